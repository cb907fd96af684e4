/* The parts of select: which cases fit, their order, the view, its sums. */
#ifndef LIB_REPORT_SELECT_IMPL_H
#define LIB_REPORT_SELECT_IMPL_H

#include "report/select.h"

/* Why a case is not shown. */
enum select_verdict {
	SELECT_SHOW,
	SELECT_OTHER, /* another name, rule, state ... */
	SELECT_LOWER, /* only its score is too low */
	SELECT_OLDER, /* only its last call is too long ago */
	SELECT_BACKLOG,
	SELECT_TOLD /* open, and only there is no news of it */
};

enum select_verdict select_case(const struct selection *sel,
    const struct view_case *vc);
/* A finding that belongs to no case: waived, shadow, or its case is lost. */
bool select_apart(const struct selection *sel, const struct finding *f);

struct select_field {
	const char *name;
	void (*key)(struct order_key *k, const struct fraud_case *c);
};
/* The first `n` cases of the view, in the order selected. */
void select_sort(struct view *v, const struct selection *sel, size_t n);

/* The calls of these findings, each once where the members are known. */
void select_tally(struct tally *t, struct arena *arena,
    const struct finding *const *findings, size_t n);
/* Fill in v->calls and v->calls_exact from its cases. */
void select_case_totals(struct view *v);

#endif
