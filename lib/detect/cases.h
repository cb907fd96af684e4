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
 * What a store has of the findings that came from it, which have `stored`, so
 * that not all of their calls have to be looked at.
 */
struct cases_past {
	const struct results *was; /* the cases there, by id; or NULL */
	/*
	 * No call of any of them talks for a part of a second, so that their
	 * sums are exact; then those of a case that has more calls than it had
	 * go on from those that it had.  The findings there, with their calls
	 * unless they are bare, in any order.
	 */
	bool whole;
	struct finding *const *findings;
	size_t n;
	/* Fetch the calls of those that are bare; -1: the cases are not made. */
	int (*fetch)(void *arg, struct finding *const *list, size_t n);
	void *arg;
};

/*
 * The same of those that do not stay in their case (what goes on a case that
 * stays is told by `after`), with cases that were ended, oldest end first; a finding that
 * several of them had is of the first.  Texts must live as long as `rs`.
 * `past`, or NULL: one that has the same findings as a case there has the same
 * sums over calls.  -1: fetching failed.
 */
int cases_make_after(struct results *rs, const struct case_end *ends, size_t n,
    const struct cases_past *past);

/*
 * Whether no call of a batch, nor of findings that were made of others, talks
 * for a part of a second.
 */
bool cases_whole(const struct results *rs, const struct batch *b);

#endif
