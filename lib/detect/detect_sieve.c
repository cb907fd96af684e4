/* detect_sieve: calls by which a rule cannot fire are not looked at further. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_group_impl.h"

#define HOUR_MS INT64_C(3600000)

static size_t
larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* A limit in RULE_UNIT as calls: the least whole number that reaches it. */
static size_t
calls_for(int64_t limit)
{
	return limit > 0 ? (size_t)((limit - 1) / RULE_UNIT + 1) : 0;
}

/*
 * How many calls have to be in the window, at least, for the condition to hold
 * of a measure that is never greater than that number.
 */
static size_t
calls_needed(const struct measure *m, const struct condition *c)
{
	size_t need = 0;

	if (m->fn != MEASURE_COUNT && m->fn != MEASURE_DISTINCT &&
	    m->fn != MEASURE_CONCURRENT && m->fn != MEASURE_RUN)
		return need;
	/* A limit that stands in the calls is known there only. */
	if ((c->set & COND_GTE) != 0 && c->from[0] == NULL)
		need = larger(need, calls_for(c->gte));
	if ((c->set & COND_GT) != 0 && c->from[1] == NULL)
		need = larger(need, calls_for(c->gt));
	return need;
}

/* How many calls a window holds at least when the rule fires. */
static size_t
needs(const struct rule *r)
{
	size_t need = calls_needed(&r->measure, &r->when), i;

	if ((r->when.set & COND_MIN_CALLS) != 0 && r->when.min_calls > 0)
		need = larger(need, (size_t)r->when.min_calls);
	for (i = 0; i < r->nalso; i++)
		need = larger(need,
		    calls_needed(&r->also[i].measure, &r->also[i].cond));
	return need;
}

/*
 * Calls of one window start less than this apart; 0: that is not known.  A
 * calendar's bucket may have an hour twice, and at the date line a day.
 */
static int64_t
window_span(const struct measure *m)
{
	/* The calls of a silence, and of talk at once, began whenever. */
	if (m->fn == MEASURE_SILENCE || m->fn == MEASURE_CONCURRENT)
		return 0;
	switch (m->window) {
	case WINDOW_OVER:
		return m->over;
	case WINDOW_HOUR:
		return 3 * HOUR_MS;
	case WINDOW_DAY:
		return 49 * HOUR_MS;
	case WINDOW_WEEK:
		return 9 * 24 * HOUR_MS;
	default:
		return 1;
	}
}

/*
 * The time without calls that the rule takes, or less.  Calls that a waiver
 * takes away make others longer, and a place is that of all calls.
 */
static int64_t
silence_of(const struct detect_work *w)
{
	const struct measure *m = &w->rule->measure;
	const struct condition *c = &w->rule->when;
	int64_t limit = 0;

	if ((m->fn != MEASURE_GAP && m->fn != MEASURE_SILENCE) ||
	    detect_any_waivers(w) ||
	    (m->during != NULL && w->batch->locals.n > 1))
		return 0;
	if ((c->set & COND_GTE) != 0 && c->from[0] == NULL)
		limit = c->gte;
	if ((c->set & COND_GT) != 0 && c->from[1] == NULL && c->gt > limit)
		limit = c->gt;
	return limit / RULE_UNIT;
}

void
detect_sieve_open(struct detect_sieve *s, const struct detect_work *w)
{
	const struct rule *r = w->rule;

	*s = (struct detect_sieve){ .rule = r,
		.batch = w->batch->calls,
		.shared = w->batch->shared,
		.clock = detect_clock(w->batch->shared),
		.need = needs(r),
		.max_window = w->set->max_window_calls > 0
				  ? w->set->max_window_calls
				  : BOUNDS_WINDOW,
		.span = window_span(&r->measure),
		/*
		 * ... for the time since the last, and for calendar buckets:
		 * for what is usual, and for the source that has the calendar.
		 */
		.whole = r->measure.fn == MEASURE_GAP ||
			 r->measure.window > WINDOW_OVER,
		.share = r->measure.fn == MEASURE_RATIO &&
			 r->measure.window == WINDOW_OVER &&
			 r->when.from[0] == NULL && r->when.from[1] == NULL &&
			 r->when.from[2] == NULL && r->when.from[3] == NULL &&
			 !detect_any_waivers(w),
		.silent = silence_of(w),
		.never = (r->when.set & COND_NEVER) != 0,
		.as_of = w->set->as_of };
	detect_sieve_tests(s, w);
}

/* Silence ----------------------------------------------------------------- */

static int64_t
start_of(const struct detect_sieve *s, uint32_t call)
{
	return detect_start(s->clock, s->batch, call);
}

/* The end of the instant that begins at `from`. */
static size_t
instant_end(const struct detect_sieve *s, const uint32_t *calls, size_t n,
    size_t from)
{
	size_t i = from + 1;

	while (i < n &&
	       detect_within_span(s->clock, s->batch, calls[from], calls[i], 1))
		i++;
	return i;
}

/* Whether so long lies between the begins of two calls. */
static bool
apart(const struct detect_sieve *s, uint32_t first, uint32_t last)
{
	return !detect_within_span(s->clock, s->batch, first, last, s->silent);
}

/* The first call, from that one on, so long after `last`; n: none is. */
static size_t
find_apart(const struct detect_sieve *s, const uint32_t *calls, size_t n,
    size_t from, uint32_t last)
{
	size_t low = from, step = 1, high, middle;

	for (high = low; high < n && !apart(s, last, calls[high]); step *= 2) {
		low = high + 1;
		high = n - high > step ? high + step : n;
	}
	while (low < high) {
		middle = low + (high - low) / 2;
		if (apart(s, last, calls[middle]))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* The begin of the instant that ends with the call before that place. */
static size_t
instant_begin(const struct detect_sieve *s, const uint32_t *calls, size_t end)
{
	size_t i = end - 1;

	while (i > 0 && start_of(s, calls[i - 1]) == start_of(s, calls[i]))
		i--;
	return i;
}

/*
 * The instants before and after each silence stay, the first and the last; of
 * those between them as many that none is so far from the next: what is left
 * out cannot be missed.
 */
static size_t
pass_silent(const struct detect_sieve *s, uint32_t *calls, size_t n)
{
	size_t from, to, kept = 0;
	bool any =
	    s->never || (s->rule->measure.fn == MEASURE_SILENCE &&
			    s->as_of - start_of(s, calls[n - 1]) >= s->silent);
	bool after = true; /* a silence, or nothing */
	uint32_t last = calls[0];

	for (from = 0; from < n; from = to) {
		if (!after) {
			to = find_apart(s, calls, n, from, last);
			from = instant_begin(s, calls, to);
		}
		to = instant_end(s, calls, n, from);
		last = calls[from];
		after = to < n && apart(s, last, calls[to]);
		memmove(calls + kept, calls + from,
		    (to - from) * sizeof(*calls));
		kept += to - from;
		any |= after;
	}
	return any ? kept : 0;
}

/* Windows ----------------------------------------------------------------- */

/* What stays is moved once it is known where it ends: it is still looked at. */
static size_t
move(uint32_t *calls, size_t kept, size_t from, size_t end)
{
	memmove(calls + kept, calls + from, (end - from) * sizeof(*calls));
	return kept + (end - from);
}

/*
 * At an instant that fires all calls of the window are among `need` of them
 * that began within the span; those that never are can be left out.
 */
static size_t
pass_needed(const struct detect_sieve *s, uint32_t *calls, size_t n)
{
	size_t last, first, from = 0, end = 0, kept = 0;

	for (last = s->need; last <= n; last++) {
		first = last - s->need;
		if (!detect_within_span(s->clock, s->batch, calls[first],
			calls[last - 1], s->span))
			continue;
		if (s->whole)
			return n;
		if (first > end) {
			kept = move(calls, kept, from, end);
			from = first;
		}
		end = last;
	}
	return move(calls, kept, from, end);
}

/* Where the calls end that begin within the span from that of `from` on. */
static size_t
stretch_end(const struct detect_sieve *s, const uint32_t *calls, size_t n,
    size_t from)
{
	size_t end = from;

	while (end < n && detect_within_span(s->clock, s->batch, calls[from],
			      calls[end], s->span))
		end++;
	return end;
}

/*
 * No window has calls of more than two stretches side by side: what passes no
 * test together with those before it, nor with those after it, is left out.
 */
static size_t
pass_able(struct detect_sieve *s, uint32_t *calls, size_t n)
{
	size_t begin, middle = stretch_end(s, calls, n, 0), end, kept = 0;
	bool before = false, able;

	for (begin = 0; begin < n; begin = middle, middle = end) {
		end = middle < n ? stretch_end(s, calls, n, middle) : n;
		able = detect_sieve_able(s, calls + begin, end - begin);
		if (able && s->whole)
			return n;
		if (able || before)
			kept = move(calls, kept, begin, middle);
		before = able;
	}
	return kept;
}

size_t
detect_sieve_pass(struct detect_sieve *s, uint32_t *calls, size_t n)
{
	/* A window that is too crowded has to be told. */
	bool all = n > s->max_window;

	if (n == 0)
		return 0;
	if (s->silent > 0)
		return all ? n : pass_silent(s, calls, n);
	if (n < s->need)
		return 0;
	if (s->need > 1 && s->span > 0)
		n = pass_needed(s, calls, n);
	if (s->ntests + s->nbounds == 0 || n == 0 || all)
		return n;
	if (!detect_sieve_able(s, calls, n))
		return 0;
	if (s->span > 0)
		n = pass_able(s, calls, n);
	return detect_sieve_share(s, calls, n) ? n : 0;
}
