/*
 * measure: the number a rule compares, at each instant, over the calls in its
 * window.
 *
 * A rule's matching calls come ordered by group.  For each group a sweep goes
 * from instant to instant: all calls of one instant enter together, those
 * that are too old leave, and then the measure (and each `also`) has a value.
 *
 *     over 2h      (t - 2h, t], all of t included
 *     hour day     from the beginning of the calendar bucket to t
 *     concurrent   the calls that talk at t
 *     silence      those of the instant before t, the last sign of life
 *     gap, none    the calls of that instant alone
 *
 * An instant is the start of a call, but for `concurrent` the moment at which
 * talk begins, start + ring, because calls at once are calls that talk at
 * once: [start + ring, start + ring + duration), the end excluded.  A call
 * without talk is at once with others at its start only.
 *
 * `gap` and `silence` are the time since the group's instant before, and have
 * no value at the first; silence is judged once more when the run stands
 * still, measure_last(), and may count the open time of a calendar alone.
 *
 * `run` is the most numbers of one length that follow each other, whatever
 * order they came in: the digits of `of`, behind an optional + and before an
 * optional @site.  `mode` is the largest share of the calls with `of` whose
 * values lie in one interval [v, v + bin), or are equal.
 *
 * A call whose `of` is missing is in the window and adds nothing.  Money is
 * summed and averaged per currency, and the greatest of them is the value;
 * min and max look at each call's amount.
 *
 * All work is O(n log n) in the calls of the rule, without allocation per
 * call.
 */
#ifndef LIB_RULE_MEASURE_H
#define LIB_RULE_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "cdr/batch.h"
#include "rule/named.h"
#include "rule/rule.h"
#include "tel/calendar.h"
#include "tel/zone.h"

/*
 * num / den, where num counts units of scale / RULE_UNIT: shares and averages
 * stay exact.  den 0: there is no value (the average of nothing), and no
 * condition holds.
 */
struct measure_value {
	int64_t num, den, scale;
};

/* As strcmp(): the value against a limit in RULE_UNIT; den is not 0. */
int measure_compare(const struct measure_value *v, int64_t limit);
/* In RULE_UNIT, the nearest, half to even, kept at the ends of the range. */
int64_t measure_units(const struct measure_value *v);
/* a x b / RULE_UNIT for a, b >= 0, rounded up, kept at the end of the range. */
int64_t measure_times(int64_t a, int64_t b);

/*
 * Whether the value can still fall while a bucket is open, so that a lower
 * limit can only be judged when it closes: avg, ratio, min, mode.
 */
bool measure_can_fall(const struct measure *m);

/*
 * The calendar buckets of a zone that calls of a batch are in: bucket k is
 * [edges[k], edges[k + 1]).  Days may have 23 or 25 hours, a repeated hour is
 * one bucket, a skipped one is none.  Weeks begin on Monday.  What lies
 * between two buckets with calls, however long, is one without.
 */
struct measure_line {
	int64_t *edges; /* n + 1 */
	size_t n;
	uint32_t *firsts; /* n + 1: of the batch the first call from there on */
};
void measure_line_init(struct measure_line *l, const struct measure *m,
    const struct zone *z, const struct batch *b);
/*
 * The same for a batch that lacks early calls, from the instants, in order,
 * that all calls would have.
 */
void measure_line_told(struct measure_line *l, const struct measure *m,
    const struct zone *z, const struct batch *b, const int64_t *starts,
    size_t n);
void measure_line_fini(struct measure_line *l);
/* The bucket of an instant from the first to the last of them. */
size_t measure_line_find(const struct measure_line *l, int64_t t);
/* The bucket that a call of the batch, by its index, begins in. */
size_t measure_line_of(const struct measure_line *l, uint32_t call);

/* The instant at which a call enters: its start, or the begin of its talk. */
int64_t measure_enters(const struct measure *m, const struct call *c);

struct measure_sweep;

/* What the window holds at one instant. */
struct measure_instant {
	int64_t t;          /* UTC ms */
	int64_t call_start; /* latest start of the calls that entered at t */
	size_t calls;       /* in the window */
	int64_t duration;   /* their talk, ms */
	int64_t cost;       /* micro-units in the currency that has most */
	size_t bucket;      /* number in the line, calendar windows only */
	bool closes;        /* no later instant of the group is in the bucket */
	int64_t before;     /* the group's instant before; INT64_MIN: none */
	/* The calls that entered at t, for silence before; batch indexes. */
	const uint32_t *entered;
	size_t nentered;
};

/* Which calls made a value: the ends of a run, the most frequent values. */
struct measure_detail {
	const char *first, *last; /* texts; NULL: amounts, or nothing */
	int64_t low, high;        /* amounts: the least and greatest of them */
};

/*
 * `calls` are indexes into the batch, each group's in time order, groups one
 * after the other; group g ends before ends[g].  The order inside groups is
 * changed for `concurrent`; `calls` and `ends` must outlive the sweep.
 * `answers` are to what the rules of the batch ask, or NULL.  1 with words when
 * a pattern of `where` hits its limits; -1 with words when it cannot be
 * evaluated at all.  There is no sweep then.
 */
int measure_open(struct measure_sweep **sp, const struct rule *r,
    const struct batch *b, const struct named *named,
    const struct predicate_answers *answers, uint32_t *calls,
    const size_t *ends, size_t ngroups, struct errmsg *err);
void measure_close(struct measure_sweep **sp);

/*
 * How long calls talk, by call, in as few bytes as tell it; where a call has
 * more to say than that, it is asked.
 */
struct measure_talk {
	uint16_t *seconds; /* whole ones, UINT16_MAX: ask; or ... */
	uint32_t *ms;      /* MEASURE_ASK: ask */
};
#define MEASURE_ASK UINT32_MAX
/* In ms, or MEASURE_ASK. */
static inline uint32_t
measure_talk_of(const struct measure_talk *t, size_t call)
{
	if (t->seconds == NULL)
		return t->ms[call];
	return t->seconds[call] != UINT16_MAX
		   ? t->seconds[call] * UINT32_C(1000)
		   : MEASURE_ASK;
}

/*
 * What is known of the calls of a batch, by call and side by side, because
 * those of a group lie far apart.  It tells the same as they do.
 */
enum { MEASURE_ROWS = 3 };
struct measure_known {
	const uint32_t *ticks; /* start is first + (tick << shift) */
	int64_t first;
	unsigned shift;
	struct measure_talk talk;
	/* Numbers as places, equal ones at one; 0: there is none. */
	struct measure_row {
		const struct field *of;
		const uint16_t *few; /* or ... */
		const uint32_t *many;
	} rows[MEASURE_ROWS];
	size_t nrows;
	const uint32_t *texts; /* by place: the code of the number */
};
/* ... which is asked before the calls are, and outlives the sweep. */
void measure_know(struct measure_sweep *s, const struct measure_known *known);

/*
 * Begin a group; one after the other is quickest.  `line` is for calendar
 * windows and must outlive the group.
 */
void measure_group(struct measure_sweep *s, size_t group,
    const struct measure_line *line);
/*
 * The group, which has just begun, had an instant before its first; INT64_MIN:
 * none.
 */
void measure_after(struct measure_sweep *s, int64_t before);
/*
 * Of the groups from now on only the open time of this calendar counts
 * (silence); NULL: all time.  `zone` is for a calendar without one.
 */
void measure_during(struct measure_sweep *s, const struct calendar *hours,
    const struct zone *zone);
/* The next instant of the group; false when there is none. */
bool measure_next(struct measure_sweep *s, struct measure_instant *at);
/*
 * In a sliding window: what was collected leaves it for good, and `at` says
 * what is left.
 */
void measure_forget(struct measure_sweep *s, struct measure_instant *at);
/*
 * Silence, after the last instant: what is at `as_of`; false when that is
 * not later, or the measure another one.
 */
bool measure_last(struct measure_sweep *s, int64_t as_of,
    struct measure_instant *at);
/* Silence since `at->before`, at an earlier time t. */
struct measure_value measure_silence(const struct measure_sweep *s,
    const struct measure_instant *at, int64_t t);
/* 0 is the measure, 1 the first `also`, and so on. */
struct measure_value measure_value(struct measure_sweep *s, size_t which);
/* Of run and mode; where several are alike, the least. */
struct measure_detail measure_detail(const struct measure_sweep *s,
    size_t which);

/*
 * Write the calls in the window that no earlier collect of this group gave,
 * and return how many.  Over a group at most its size.
 */
size_t measure_collect(struct measure_sweep *s, uint32_t *out);

#endif
