/*
 * cases: findings of one entity that are closer than 72 h are one case.
 *
 * A finding joins the case when less than 72 h lie between what the case has
 * seen last and the finding's first call.  A case takes no finding that begins
 * 14 days or more after its own beginning; the next one names it as its
 * predecessor.  What a person said of a case ends it, too: it keeps its id and
 * the findings that it had then, whatever comes, and others that are as near
 * are a successor that names it.
 *
 * Its score is the greatest over any 72 h, of the findings that have a part in
 * them; the points of the others are 0 and stand last.  Its calls are counted
 * once however many findings hold them.  Shadow and waived findings make no
 * case.
 */
#ifndef LIB_DETECT_CASES_H
#define LIB_DETECT_CASES_H

#include "detect/finding.h"

/* What is as far apart is not one case, ms. */
#define CASES_NEAR (INT64_C(72) * 3600 * 1000)

/* A case that was ended, with the ids of the findings that it had. */
struct case_end {
	const char *case_id;
	const char *const *findings;
	size_t n;
};

/*
 * Make the cases of all findings, set each finding's case_id, sort both.  What
 * state a case is in, only a store can tell.
 */
void cases_make(struct results *rs);
/*
 * The same of those that do not stay in their case (what goes on a case that
 * stays is told by `after`), with cases that were ended, oldest end first; a finding that
 * several of them had is of the first.  Texts must live as long as `rs`.
 * `was`, or NULL: the cases, by id, of the store that findings came from that
 * have `stored`; one that has the same findings has the same sums over calls.
 */
void cases_make_after(struct results *rs, const struct case_end *ends, size_t n,
    const struct results *was);

#endif
