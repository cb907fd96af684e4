#include <assert.h>

#include "rule/measure_sweep_impl.h"

static const struct call *
call_at(const struct measure_sweep *s, size_t k)
{
	return &s->batch->calls[s->calls[k]];
}

static int64_t
instant_of(const struct measure_sweep *s, size_t k)
{
	return s->entries[k].enters;
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
	if (!measure_at_once(s))
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

	if (measure_at_once(s))
		leave_ended(s, INT64_MAX);
	else
		leave_until(s, s->high);
	for (i = 0; i < s->ncolumns; i++)
		measure_column_reset(&s->columns[i]);
	if (group < s->first_group || group >= s->end_group)
		measure_slice_load(s, group);
	first = measure_group_begin(s, s->first_group);
	s->line = line;
	s->begin = measure_group_begin(s, group) - first;
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

	if (measure_at_once(s)) {
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
	if (!measure_at_once(s) && entered < s->high)
		at->call_start = s->entries[entered].enters;
	/* Talk that begins at once may have rung since different times. */
	for (k = entered; measure_at_once(s) && k < s->high; k++)
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

	if (measure_at_once(s)) {
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
