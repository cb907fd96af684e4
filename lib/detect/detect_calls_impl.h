/*
 * detect, private: the calls of a rule, by group, and what is told of single
 * ones: that it fired there, that they follow, that they are carried.
 */
#ifndef LIB_DETECT_DETECT_CALLS_IMPL_H
#define LIB_DETECT_DETECT_CALLS_IMPL_H

#include "detect/detect_batch_impl.h"

/* Calls at which a rule fired, for the rules that follow it. */
struct detect_events {
	uint32_t *calls; /* batch indexes, sorted at the end */
	size_t n, cap;
};
void detect_events_add(struct detect_events *e, const uint32_t *calls,
    size_t n);
void detect_events_sort(struct detect_events *e);
void detect_events_fini(struct detect_events *e);

/* Calls that the next run is told beside those that it loads. */
struct detect_carry {
	struct detect_events calls; /* in any order, some of them twice */
	bool too_many;              /* these are not all */
};

/* The events that the calls of a following rule are held against. */
struct detect_trail {
	const struct follows *follows;
	const struct batch *batch;
	struct detect_step {
		uint32_t key[BOUNDS_BY]; /* codes of `theirs` */
		uint32_t call;
	} * steps; /* by key, then in the order of the batch */
	size_t n;
	/* Where the steps of each first code stand, by a hash of it. */
	struct detect_steps {
		uint32_t begin, end; /* 0, 0: free */
	} * heads;
	size_t nheads; /* a power of two */
	/* Bits by call: not long after any event; NULL: that is not known. */
	uint64_t *soon;
};
void detect_trail_init(struct detect_trail *t, const struct follows *f,
    const struct batch *b, const struct detect_events *events);
void detect_trail_fini(struct detect_trail *t);
/* The latest event that a call follows; false: none. */
bool detect_trail_find(const struct detect_trail *t, size_t call,
    uint32_t *event);

/* The matching calls of a rule: group by group, each in time order. */
struct detect_groups {
	uint32_t *calls; /* batch indexes */
	size_t *ends;    /* by group: where its calls end */
	uint32_t *keys;  /* by group: the codes of the rule's `by` */
	size_t n;
	/* Matching calls in no group: they lack a field of `by`, ... */
	size_t keyless;
	size_t emergencies; /* ... or what it names is an emergency number */
	size_t most;        /* groups of all calls there may be, or more */
	struct predicate_bound *match;
};
/* Only calls whose number here is `set`. */
struct detect_only {
	const uint8_t *of_call;
	uint8_t set;
};
void detect_groups_fini(struct detect_groups *g);

/*
 * Of each call the time since the instant before of its group, -1 where there
 * is none: the field since_prev, for a copy of the batch.  `befores` has by
 * group the instant before its first call; NULL: there is none.
 */
int64_t *detect_since_prev(const struct batch *b, const struct detect_groups *g,
    const int64_t *befores);
/*
 * The field src_new of the calls that are asked about, for a copy of it.  Of
 * calls that have no bit in `asked` (NULL: all have one) it may be anything.
 */
uint8_t *detect_src_new(const struct detect_batch *db, struct detect_look *look,
    const uint64_t *asked);

#endif
