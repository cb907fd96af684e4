/* explain, private: a call that is being explained. */
#ifndef LIB_DETECT_EXPLAIN_IMPL_H
#define LIB_DETECT_EXPLAIN_IMPL_H

#include "detect/explain.h"

struct explaining {
	const struct batch *b;
	size_t i;
	const struct rule *rule;
	const struct zone *zone; /* of times shown */
	struct detect_sight sight;
	const struct finding *finding; /* that holds the call, or NULL */
	struct buf *out;
};

/* "  match     pass  "; the label may be empty, the verdict, too. */
void explain_begin(struct buf *out, const char *label, const char *verdict);
const char *explain_verdict(bool passed);

/* Of a call that joined a group. */
void explain_window(const struct explaining *e);
void explain_measures(const struct explaining *e);

#endif
