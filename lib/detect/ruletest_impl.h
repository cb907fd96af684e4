/* ruletest, private: a test at work, its calls, what differs. */
#ifndef LIB_DETECT_RULETEST_IMPL_H
#define LIB_DETECT_RULETEST_IMPL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/errmsg.h"
#include "cdr/batch.h"
#include "detect/finding.h"
#include "detect/ruletest.h"

/* One test at work. */
struct ruletest_work {
	const struct rule *rule;
	const struct json *test;
	const struct zone *zone;
	struct named named; /* its own, above the rule set's */
	struct arena arena; /* of its lists and calendars */
	struct buf out;     /* what differs */
	bool keep;          /* calls are made once, for many runs */
	bool one;           /* one difference is enough */
	/* Kept calls: as they are, then with each not_when; NULL: not yet. */
	struct batch **batches;
	size_t nbatches;
};

/*
 * The sorted calls of a test, every one with the fields of `force` (a
 * not_when object, or NULL).  -1 with words.
 */
int ruletest_calls(struct batch **bp, const struct json *test,
    const struct json *force, const struct zone *zone, struct errmsg *err);

/* Each expected finding with the earliest of its group that is left. */
void ruletest_compare(struct ruletest_work *w, struct results *rs);
/* The source of a value on one line. */
void ruletest_add_source(struct buf *out, const struct json *j);
/* "account=A1, 3 calls, score 45" */
void ruletest_add_finding(struct buf *out, const struct finding *f);

#endif
