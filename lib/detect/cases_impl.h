/*
 * The parts of cases:
 *
 *   cases.c        which findings are one case
 *   cases_points.c how bad it is
 *   cases_calls.c  the sums over its calls
 *   cases_grown.c  the same of one that has more calls than it had
 */
#ifndef LIB_DETECT_CASES_IMPL_H
#define LIB_DETECT_CASES_IMPL_H

#include "detect/cases.h"

/* By entity, and as they begin; for qsort(), of findings by their addresses. */
int cases_compare_time(const void *va, const void *vb);
/* The score and the points of a case of these findings, as they begin. */
void cases_give_points(struct results *rs, struct fraud_case *c,
    const struct finding *const *fs, size_t n);

/* What a store has, and its findings by id. */
struct cases_before {
	const struct cases_past *past;
	const struct finding **findings;
	size_t n;
};

void cases_before_init(struct cases_before *b, const struct cases_past *past);
void cases_before_fini(struct cases_before *b);
/* NULL if there is none. */
const struct finding *cases_finding_before(const struct cases_before *b,
    const char *id);
const struct fraud_case *cases_case_before(const struct cases_before *b,
    const char *id);
/* Whether it came from a store and is as it was there. */
bool cases_stands(const struct finding *f);

/*
 * The sums over the calls of a case that is made of these findings, in any
 * order, and has their ids and points; -1 where calls could not be had.
 */
int cases_calls(struct fraud_case *c, struct arena *arena,
    struct finding *const *fs, size_t n, const struct cases_before *b);
/* False where the calls of all have to be looked at for that. */
bool cases_grown(struct tally *t, struct arena *arena,
    const struct finding *const *fs, size_t n, const struct cases_before *b);

#endif
