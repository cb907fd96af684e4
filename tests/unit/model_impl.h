/* model, private. */
#ifndef TESTS_UNIT_MODEL_IMPL_H
#define TESTS_UNIT_MODEL_IMPL_H

#include "model.h"

/* num / den in RULE_UNIT; den 0 is no value. */
struct model_value {
	int64_t num, den;
};

/* The calls of a window, as indexes into the batch. */
struct model_window {
	size_t calls[MODEL_CALLS];
	size_t n;
};

struct model_value model_value_of(const struct batch *b,
    const struct measure *m, const struct model_window *w);
/* As strcmp(), against RULE_UNIT. */
int model_compare(struct model_value v, int64_t limit);
int64_t model_units(struct model_value v);

/* Buckets by scanning the clock in quarters of an hour. */
int64_t model_label(const struct measure *m, const struct zone *z, int64_t t);

/* What a group did in a bucket that it had calls in. */
struct model_past {
	int64_t label, value;
};
struct model_history {
	struct model_past list[MODEL_CALLS];
	size_t n;
};

struct model_baseline {
	int64_t value, median, mad;
};

/* False: not enough comparable buckets. */
bool model_baseline_of(const struct batch *b, const struct rule *r,
    uint16_t source, const struct model_history *h, int64_t label,
    struct model_baseline *out);

#endif
