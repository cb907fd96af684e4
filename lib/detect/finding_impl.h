/*
 * The parts of finding:
 *
 *   finding.c          names, results and their order
 *   finding_members.c  which calls findings have
 *   finding_tally.c    sums over these
 *   finding_seen.c     which of them were there before
 */
#ifndef LIB_DETECT_FINDING_IMPL_H
#define LIB_DETECT_FINDING_IMPL_H

#include "detect/finding.h"

enum { FINDING_UNPACKED = 64 };

/* The i-th call but for its key, which may lie elsewhere and few ask for. */
struct call_ref finding_keyless(const struct finding *f, size_t i);
/*
 * FINDING_UNPACKED calls from the `at`-th on, or as many as there are, which
 * takes less time than one by one.
 */
void finding_unpack(const struct finding *f, size_t at, struct call_ref *refs);

/* Calls of which each is told apart from those before, at most so many. */
struct finding_seen;
struct finding_seen *finding_seen_new(size_t most);
void finding_seen_free(struct finding_seen **sp);
/* false: it was there already. */
bool finding_seen_add(struct finding_seen *s, const struct call_ref *ref);

#endif
