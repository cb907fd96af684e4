#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "rule/measure_impl.h"

enum {
	SLICE = 1 << 16, /* calls, or one group */
	SOME = 1 << 10   /* calls, all of which is read while they are near */
};

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

static const struct call *
call_at(const struct measure_sweep *s, size_t k)
{
	return &s->batch->calls[s->calls[k]];
}

static bool
at_once(const struct measure_sweep *s)
{
	return s->rule->measure.fn == MEASURE_CONCURRENT;
}

static int64_t
instant_of(const struct measure_sweep *s, size_t k)
{
	return s->entries[k].enters;
}

static int
open_columns(struct measure_sweep *s, const struct named *named,
    const struct predicate_answers *answers, struct errmsg *err)
{
	const struct rule *r = s->rule;
	size_t i;
	int rc;

	s->columns = xcalloc(1 + r->nalso, sizeof(*s->columns));
	for (i = 0; i <= r->nalso; i++) {
		s->ncolumns++;
		rc = measure_column_open(&s->columns[i],
		    i == 0 ? &r->measure : &r->also[i - 1].measure, s->batch,
		    named, answers, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

int
measure_open(struct measure_sweep **sp, const struct rule *r,
    const struct batch *b, const struct named *named,
    const struct predicate_answers *answers, uint32_t *calls,
    const size_t *ends, size_t ngroups, struct errmsg *err)
{
	struct measure_sweep *s = xcalloc(1, sizeof(*s));
	int rc;

	s->rule = r;
	s->batch = b;
	s->all = calls;
	s->group_ends = ends;
	s->ngroups = ngroups;
	s->ncost = b->ncurrencies > 0 ? b->ncurrencies : 1;
	s->cost = xcalloc(s->ncost, sizeof(*s->cost));
	rc = open_columns(s, named, answers, err);
	if (rc != 0)
		measure_close(&s);
	*sp = s;
	return rc;
}

void
measure_know(struct measure_sweep *s, const struct measure_known *known)
{
	size_t i;

	s->known = known;
	for (i = 0; known != NULL && i < s->ncolumns; i++)
		measure_column_know(&s->columns[i], known);
}

static void
free_slice(struct measure_sweep *s)
{
	free(s->entries);
	free(s->alive);
	free(s->waiting);
}

/* What there was for the slice before serves for others that are no larger. */
static void
make_room(struct measure_sweep *s, size_t n)
{
	if (n > s->room) {
		free_slice(s);
		s->room = n;
		s->entries = xmalloc(n * sizeof(*s->entries));
		s->alive = xmalloc(n);
		s->waiting =
		    at_once(s) ? xcalloc(n, sizeof(*s->waiting)) : NULL;
	}
	if (n > 0)
		memset(s->alive, 0, n);
}

static size_t
group_begin(const struct measure_sweep *s, size_t group)
{
	return group > 0 ? s->group_ends[group - 1] : 0;
}

static void
fetch_slice(struct measure_sweep *s, size_t n)
{
	size_t i, k, m;

	for (k = 0; k < n; k += m) {
		m = n - k < SOME ? n - k : SOME;
		measure_entries(&s->rule->measure, s->batch, s->known,
		    s->calls + k, m, s->entries + k);
		for (i = 0; i < s->ncolumns; i++)
			measure_column_fetch(&s->columns[i], s->batch, s->calls,
			    k, m);
	}
}

/* The slice that begins with a group: that, and what there is room for. */
static void
load_slice(struct measure_sweep *s, size_t group)
{
	const size_t begin = group_begin(s, group);
	size_t end = group + 1, n, i;

	while (end < s->ngroups && s->group_ends[end] - begin <= SLICE)
		end++;
	s->first_group = group;
	s->end_group = end;
	s->calls = s->all + begin;
	n = s->group_ends[end - 1] - begin;
	for (i = group; at_once(s) && i < end; i++)
		measure_order_by_talk(s->batch, s->all + group_begin(s, i),
		    s->group_ends[i] - group_begin(s, i));
	make_room(s, n);
	for (i = 0; i < s->ncolumns; i++)
		measure_column_room(&s->columns[i], n);
	fetch_slice(s, n);
	for (i = 0; i < s->ncolumns; i++)
		measure_column_load(&s->columns[i], s->batch, s->calls, n);
}

void
measure_close(struct measure_sweep **sp)
{
	struct measure_sweep *s = *sp;
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->ncolumns; i++)
		measure_column_close(&s->columns[i]);
	free_slice(s);
	free(s->columns);
	free(s->ends.items);
	free(s->cost);
	free(s);
	*sp = NULL;
}

static void
enter(struct measure_sweep *s, size_t k)
{
	const struct measure_entry *e = &s->entries[k];
	size_t i;

	for (i = 0; i < s->ncolumns; i++)
		measure_column_add(&s->columns[i], k);
	s->alive[k] = 1;
	s->in++;
	s->duration += e->duration;
	if (e->has_cost)
		s->cost[call_at(s, k)->currency] +=
		    batch_cost(s->batch, s->calls[k]);
	if (!at_once(s))
		return;
	measure_heap_push(&s->ends, e->enters + e->duration, (uint32_t)k);
	s->waiting[s->nwaiting++] = (uint32_t)k;
}

static void
leave(struct measure_sweep *s, size_t k)
{
	const struct measure_entry *e = &s->entries[k];
	size_t i;

	for (i = 0; i < s->ncolumns; i++)
		measure_column_remove(&s->columns[i], k);
	s->alive[k] = 0;
	s->in--;
	s->duration -= e->duration;
	if (e->has_cost)
		s->cost[call_at(s, k)->currency] -=
		    batch_cost(s->batch, s->calls[k]);
}

static void
leave_until(struct measure_sweep *s, size_t until)
{
	while (s->low < until)
		leave(s, s->low++);
}

/* Those whose talk has ended at t, or all of them. */
static void
leave_ended(struct measure_sweep *s, int64_t t)
{
	while (s->ends.n > 0 && s->ends.items[0].key <= t) {
		leave(s, s->ends.items[0].at);
		measure_heap_pop(&s->ends);
	}
}

void
measure_group(struct measure_sweep *s, size_t group,
    const struct measure_line *line)
{
	size_t first, i;

	if (at_once(s))
		leave_ended(s, INT64_MAX);
	else
		leave_until(s, s->high);
	for (i = 0; i < s->ncolumns; i++)
		measure_column_reset(&s->columns[i]);
	if (group < s->first_group || group >= s->end_group)
		load_slice(s, group);
	first = group_begin(s, s->first_group);
	s->line = line;
	s->begin = group_begin(s, group) - first;
	s->end = s->group_ends[group] - first;
	s->low = s->high = s->late = s->fresh = s->begin;
	s->before = INT64_MIN;
	s->nwaiting = 0;
	s->bucket = SIZE_MAX;
}

void
measure_after(struct measure_sweep *s, int64_t before)
{
	s->before = before;
}

/* What is not in the window of an instant t any more. */
static void
make_old_leave(struct measure_sweep *s, int64_t t)
{
	const struct measure *m = &s->rule->measure;
	int64_t over = m->window == WINDOW_OVER ? m->over : 1;

	if (at_once(s)) {
		leave_ended(s, t);
		return;
	}
	if (s->line != NULL) {
		if (s->bucket != SIZE_MAX && t < s->line->edges[s->bucket + 1])
			return;
		leave_until(s, s->high);
		s->bucket = measure_line_find(s->line, t);
		return;
	}
	while (s->low < s->high && t - instant_of(s, s->low) >= over)
		leave(s, s->low++);
}

static int64_t
greatest_cost(const struct measure_sweep *s)
{
	__extension__ __int128 most = s->cost[0];
	size_t i;

	for (i = 1; i < s->ncost; i++)
		if (s->cost[i] > most)
			most = s->cost[i];
	return most > INT64_MAX ? INT64_MAX : (int64_t)most;
}

void
measure_during(struct measure_sweep *s, const struct calendar *hours,
    const struct zone *zone)
{
	s->hours = hours;
	s->hours_zone = zone;
}

struct measure_value
measure_silence(const struct measure_sweep *s, const struct measure_instant *at,
    int64_t t)
{
	struct measure_value v = { 0, 1, RULE_UNIT };

	v.num = s->hours == NULL
		    ? t - at->before
		    : calendar_open_ms(s->hours, s->hours_zone, at->before, t);
	return v;
}

/* Whether the measure is the time since the instant before. */
static bool
of_elapsed(const struct measure_sweep *s)
{
	return s->rule->measure.fn == MEASURE_GAP ||
	       s->rule->measure.fn == MEASURE_SILENCE;
}

/* What is in the window at `at`, where all of it has come and gone. */
static void
describe(struct measure_sweep *s, struct measure_instant *at, size_t entered)
{
	size_t k;

	at->call_start = INT64_MIN;
	if (!at_once(s) && entered < s->high)
		at->call_start = s->entries[entered].enters;
	/* Talk that begins at once may have rung since different times. */
	for (k = entered; at_once(s) && k < s->high; k++)
		if (call_at(s, k)->start > at->call_start)
			at->call_start = call_at(s, k)->start;
	at->entered = s->calls + entered;
	at->nentered = s->high - entered;
	at->calls = s->in;
	at->duration = s->duration;
	at->cost = greatest_cost(s);
	at->bucket = s->bucket;
	at->before = s->before;
	s->before = at->t;
	if (!of_elapsed(s))
		return;
	s->elapsed = (struct measure_value){ 0, 0, RULE_UNIT };
	if (at->before != INT64_MIN)
		s->elapsed = measure_silence(s, at, at->t);
}

/* The calls of the instant before are in the window, those of t come late. */
static void
enter_late(struct measure_sweep *s)
{
	leave_until(s, s->high);
	while (s->high < s->late)
		enter(s, s->high++);
}

static bool
next_silence(struct measure_sweep *s, struct measure_instant *at)
{
	size_t entered = s->high;

	enter_late(s);
	if (s->late == s->end)
		return false;
	*at = (struct measure_instant){ .t = instant_of(s, s->late) };
	while (s->late < s->end && instant_of(s, s->late) == at->t)
		s->late++;
	describe(s, at, entered);
	return true;
}

bool
measure_last(struct measure_sweep *s, int64_t as_of, struct measure_instant *at)
{
	if (s->rule->measure.fn != MEASURE_SILENCE || as_of <= s->before)
		return false;
	assert(s->high == s->end); /* what next_silence() left behind */
	*at = (struct measure_instant){ .t = as_of };
	describe(s, at, s->low);
	return true;
}

bool
measure_next(struct measure_sweep *s, struct measure_instant *at)
{
	size_t entered = s->high;

	if (s->rule->measure.fn == MEASURE_SILENCE)
		return next_silence(s, at);
	if (s->high == s->end)
		return false;
	*at = (struct measure_instant){ .t = instant_of(s, s->high) };
	make_old_leave(s, at->t);
	while (s->high < s->end && instant_of(s, s->high) == at->t)
		enter(s, s->high++);
	describe(s, at, entered);
	at->closes = s->line != NULL &&
		     (s->high == s->end || instant_of(s, s->high) >=
					       s->line->edges[s->bucket + 1]);
	return true;
}

void
measure_forget(struct measure_sweep *s, struct measure_instant *at)
{
	assert(s->rule->measure.window == WINDOW_OVER);
	while (s->low < s->fresh)
		leave(s, s->low++);
	at->calls = s->in;
	at->duration = s->duration;
	at->cost = greatest_cost(s);
}

struct measure_value
measure_value(struct measure_sweep *s, size_t which)
{
	assert(which < s->ncolumns);
	if (which == 0 && of_elapsed(s))
		return s->elapsed;
	return measure_column_value(&s->columns[which], s->alive);
}

struct measure_detail
measure_detail(const struct measure_sweep *s, size_t which)
{
	const struct measure_column *c = &s->columns[which];

	assert(which < s->ncolumns);
	if (c->measure->fn != MEASURE_RUN && c->measure->fn != MEASURE_MODE)
		return (struct measure_detail){ NULL, NULL, 0, 0 };
	return measure_places_detail(c);
}

size_t
measure_collect(struct measure_sweep *s, uint32_t *out)
{
	size_t n = 0, k;

	if (at_once(s)) {
		for (k = 0; k < s->nwaiting; k++)
			if (s->alive[s->waiting[k]])
				out[n++] = s->calls[s->waiting[k]];
		s->nwaiting = 0;
		return n;
	}
	if (s->fresh < s->low)
		s->fresh = s->low;
	while (s->fresh < s->high)
		out[n++] = s->calls[s->fresh++];
	return n;
}
