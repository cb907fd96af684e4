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

/* All but gap and silence. */
struct model_value model_value_of(const struct batch *b,
    const struct measure *m, const struct model_window *w);
/* As strcmp(), against RULE_UNIT. */
int model_compare(struct model_value v, int64_t limit);
int64_t model_units(struct model_value v);

/* What a group did in a bucket that it had calls in. */
struct model_past {
	int64_t label, value;
};
struct model_history {
	struct model_past list[MODEL_CALLS];
	size_t n;
};

/* The clock and the calendar, perhaps none, that something goes by. */
struct model_local {
	const struct zone *zone;
	const struct calendar *calendar;
};

/* One group at work. */
struct model_group {
	const struct batch *b;
	const struct rule *r;
	const struct named *named;
	struct model_local at;
	const struct calendar *hours; /* that a silence is measured in */
	int64_t as_of;
	uint16_t source;
	char name[80];
	size_t calls[MODEL_CALLS];
	size_t n;
	bool taken[MODEL_CALLS];
	bool gone[MODEL_CALLS]; /* taken, by an episode that is over */
	const bool *only;       /* by call of the batch: it may be one for r */
	const bool *fraud;      /* by call of the batch: it is labelled so */
	const bool *waived;     /* by call of the batch: it is no call for r */
	struct model_history *history;
	bool learnt; /* the history is there already */
	struct model_finding *out;
	size_t *nout;
	bool *fired; /* by call of the batch: the rule fired at it */
	bool open;
	int64_t first_fired, last_fired, label;
	size_t peak_calls; /* equal values: more calls say more */
};

/* When a call of the group counts. */
int64_t model_instant(const struct rule *r, const struct call *c);
/* The instant before t, or INT64_MIN. */
int64_t model_before(const struct model_group *g, int64_t t);
/* gap and silence at t; no value without an instant before. */
struct model_value model_elapsed(const struct model_group *g, int64_t t);
/* When the silence that is judged at t first was as long as `c` wants. */
int64_t model_crossing(const struct model_group *g, const struct condition *c,
    int64_t t);
/* The calls that tell of the instant t. */
void model_at(const struct model_group *g, int64_t t, struct model_window *w);
/* Whether the records before these calls go back long enough for `never`. */
bool model_known(const struct model_group *g, const struct model_window *w);
/* How long the sources of these calls have been on record at t. */
struct model_value model_on_record(const struct model_group *g,
    const struct model_window *w, int64_t t);
/* A condition with the limits that the calls say; false: they do not. */
bool model_settle(const struct model_group *g, const struct condition *c,
    const struct model_window *w, struct condition *out);
/* Whether the call counts for a rule, as far as it depends on no other. */
bool model_takes(const struct batch *b, const struct rule *r, size_t call);
/* Whether the call counts for a rule that follows one which fired so. */
bool model_follows(const struct batch *b, const struct rule *r, size_t call,
    const bool *fired);

/* The zone of a call, and of a source. */
const struct zone *model_zone(const struct batch *b, const struct named *named,
    size_t call);
const struct zone *model_source_zone(const struct batch *b,
    const struct named *named, uint16_t source);
/* Find out where the group is. */
void model_settle_down(struct model_group *g);

/* Which calls are none for this rule. */
void model_waived(const struct batch *b, const struct named *named,
    const struct rule *r, const struct model_waivers *waivers, bool *waived);
/*
 * Of the findings from `first` to `real`, made without regard to waivers,
 * those that are told beside the others, up to n.  Returns how many are left.
 */
size_t model_keep_waived(struct model_finding *list, size_t first, size_t real,
    size_t n);

/* The fields since_prev and src_new, for a copy of the batch. */
void model_since(const struct batch *b, const struct rule *r,
    const bool *before, int64_t *since);
void model_src_new(const struct batch *b, uint8_t *is_new);
/* "A1|+44...|", or false if the call lacks one of them. */
bool model_name(const struct batch *b, const struct rule *r, size_t i,
    char *out, size_t size);

/* Buckets by scanning the clock in quarters of an hour. */
int64_t model_label(const struct measure *m, const struct zone *z, int64_t t);

struct model_baseline {
	int64_t value, median, mad;
};

/* False: not enough comparable buckets. */
bool model_baseline_of(const struct model_group *g,
    const struct model_history *h, int64_t label, struct model_baseline *out);

/* The four limits. */
bool model_within(const struct condition *c, struct model_value v);
/*
 * All of a condition over the calls of the window; `at` are those of the
 * instant, `bl` is NULL where there is none.
 */
bool model_holds(const struct model_group *g, const struct condition *wants,
    struct model_value v, const struct model_window *w,
    const struct model_window *at, const struct model_baseline *bl);
/* What would just have fired; 0: nothing of that kind. */
int64_t model_limit(const struct condition *c, const struct model_baseline *bl);
/* Whether less is worse. */
bool model_downwards(const struct condition *c);

#endif
