/* explain, private: a call that is being explained. */
#ifndef LIB_DETECT_EXPLAIN_IMPL_H
#define LIB_DETECT_EXPLAIN_IMPL_H

#include "detect/explain.h"

struct explaining {
	const struct batch *b;
	size_t i;
	const struct rule *rule; /* as tuning makes it for the call */
	const struct zone *zone; /* of times shown */
	int64_t as_of;           /* where the run stands */
	struct explained *told;
	struct detect_sight sight;
	struct waiver_uses waivers;
	const struct finding *finding; /* that holds the call, or NULL */
	struct buf *out;               /* the texts of `told` */
};

const char *explain_verdict(bool passed);

/* Of a call that joined a group. */
void explain_window(const struct explaining *e);
void explain_measures(const struct explaining *e);

/* What the rule does in a run: active, shadow, private, off. */
const char *explain_standing(const struct rule *r);
/* The finding that holds the i-th call, or NULL. */
const struct finding *explain_finding_of(const struct results *found,
    const struct batch *b, size_t i);
/* The end of the first line, the finding with its reason, the waivers. */
void explain_verdict_of_all(const struct explaining *e);
void explain_finding(const struct explaining *e);
void explain_waivers(const struct explaining *e);

#endif
