/*
 * The parts of finding:
 *
 *   finding.c          names, results and their order
 *   finding_members.c  which calls findings have
 *   finding_tally.c    sums over these
 */
#ifndef LIB_DETECT_FINDING_IMPL_H
#define LIB_DETECT_FINDING_IMPL_H

#include "detect/finding.h"

enum { FINDING_UNPACKED = 16 };

/* The i-th call but for its key, which may lie elsewhere and few ask for. */
struct call_ref finding_keyless(const struct finding *f, size_t i);
/*
 * FINDING_UNPACKED calls from the `at`-th on, or as many as there are; of packed
 * ones that takes less time than one by one.
 */
void finding_unpack(const struct finding *f, size_t at, struct call_ref *refs);

#endif
