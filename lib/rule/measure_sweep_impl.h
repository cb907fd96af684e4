/*
 * measure_sweep, private: the window as it moves over the calls.
 *
 *   measure_sweep.c  from instant to instant
 *   measure_slice.c  a sweep opened, given groups and closed, and what is read
 *                    of each call, for so many groups at a time
 */
#ifndef LIB_RULE_MEASURE_SWEEP_IMPL_H
#define LIB_RULE_MEASURE_SWEEP_IMPL_H

#include "rule/measure_impl.h"

/*
 * What is read of each call is read of a slice of whole groups at a time, so
 * that a rule that all calls match needs no more room than others.  Positions
 * count through the calls of the slice.  In a sliding or calendar window
 * the calls from `low` to `high` are in:
 *
 *     begin      low        high           end
 *       |  left   |  in the  |  to come     |
 *
 * With `concurrent` calls enter in the same way, by the begin of talk, but
 * leave by its end: `ends` holds those that are in.  With `silence` the calls
 * of an instant enter when the next one is judged; they are `late` until
 * then, from high on.
 */
struct measure_sweep {
	const struct rule *rule;
	const struct batch *batch;
	const struct measure_known *known; /* or NULL */
	uint32_t *all;                     /* the rule's calls */
	const size_t *group_ends;
	size_t ngroups;
	size_t first_group, end_group; /* of the slice; its calls are ... */
	const uint32_t *calls;
	struct measure_entry *entries; /* by position; room for `room` */
	size_t room;
	struct measure_column *columns; /* measure, then each also */
	size_t ncolumns;
	uint8_t *alive; /* by position: in the window */
	const struct measure_line *line;
	size_t bucket;
	size_t begin, end, low, high, late;
	int64_t before;               /* the instant before; INT64_MIN: none */
	struct measure_value elapsed; /* gap, silence */
	const struct calendar *hours;
	const struct zone *hours_zone;
	struct measure_heap ends;
	size_t fresh; /* calls from here to high may not be collected yet */
	uint32_t
	    *waiting; /* concurrent: entered, not collected; perhaps left */
	size_t nwaiting;
	size_t in; /* calls in the window */
	int64_t duration;
	__extension__ __int128 *cost; /* by currency */
	size_t ncost;
};

/* Whether calls leave by the end of their talk. */
static inline bool
measure_at_once(const struct measure_sweep *s)
{
	return s->rule->measure.fn == MEASURE_CONCURRENT;
}

/* Where the calls of a group begin, among those of the rule. */
static inline size_t
measure_group_begin(const struct measure_sweep *s, size_t group)
{
	return group > 0 ? s->group_ends[group - 1] : 0;
}

/* The slice that begins with a group: that, and what there is room for. */
void measure_slice_load(struct measure_sweep *s, size_t group);

#endif
