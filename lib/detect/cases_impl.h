/*
 * The parts of cases:
 *
 *   cases.c        which findings are one case, and how bad it is
 *   cases_calls.c  the sums over its calls
 */
#ifndef LIB_DETECT_CASES_IMPL_H
#define LIB_DETECT_CASES_IMPL_H

#include "detect/cases.h"

/*
 * The sums over the calls of a case that is made of these findings, in any
 * order, and has their ids and points.
 */
void cases_calls(struct fraud_case *c, struct arena *arena,
    const struct finding *const *fs, size_t n, const struct results *was);

#endif
