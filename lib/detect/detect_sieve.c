/* detect_sieve: calls by which a rule cannot fire are not looked at further. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_group_impl.h"

#define HOUR_MS INT64_C(3600000)

/* More calls than this, of all windows, pass any test together. */
enum { TOGETHER = 256 };

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
int64_t
detect_sieve_silence(const struct detect_work *w)
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

/*
 * Whether no call is ever taken away from a window before the rule fires at it:
 * not by a waiver, nor with an episode that an earlier run found.
 */
static bool
takes_none_away(const struct detect_work *w)
{
	return !detect_any_waivers(w) &&
	       (w->resume == NULL || w->resume->ngroups == 0);
}

static struct detect_reach
reach_of(const struct detect_clock *clock, int64_t span)
{
	const int64_t unit = INT64_C(1) << clock->shift;

	if (unit == 1)
		return (struct detect_reach){ span, span - 1, span };
	/* Ticks tell less than a unit too much or too little. */
	return (struct detect_reach){ span, span / unit - 1,
		(span - 1 + unit - 1) / unit + 1 };
}

void
detect_sieve_open(struct detect_sieve *s, const struct detect_work *w)
{
	const struct detect_clock *clock = detect_clock(w->batch->shared);
	const struct rule *r = w->rule;

	*s = (struct detect_sieve){ .rule = r,
		.batch = w->batch->calls,
		.clock = clock,
		.places = detect_places(w->batch->shared),
		.talk = w->batch->talk,
		.wants = { .ticks = true },
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
			 takes_none_away(w),
		.silent = detect_sieve_silence(w),
		.never = (r->when.set & COND_NEVER) != 0,
		.as_of = w->set->as_of };
	s->window = reach_of(clock, s->span);
	s->silence = reach_of(clock, s->silent);
	s->instant = reach_of(clock, 1);
	detect_sieve_tests(s, w);
}

/* Silence ----------------------------------------------------------------- */

/* A call that may have been moved since. */
struct moment {
	uint32_t call, tick;
};

static struct moment
moment_of(const struct detect_sieve *s, const struct detect_lane *l, size_t i)
{
	const uint32_t call = l->calls[i];

	return (struct moment){ call,
		l->ticks != NULL ? l->ticks[i]
				 : detect_tick(s->clock, s->batch, call) };
}

static bool
within(const struct detect_sieve *s, const struct detect_reach *reach,
    struct moment first, struct moment last)
{
	const struct call *calls = s->batch->calls;
	const int64_t ticks = (int64_t)last.tick - first.tick;

	if (ticks <= reach->near || ticks >= reach->far)
		return ticks <= reach->near;
	return calls[last.call].start - calls[first.call].start < reach->span;
}

bool
detect_sieve_near(const struct detect_sieve *s,
    const struct detect_reach *reach, const struct detect_lane *l, size_t first,
    size_t last)
{
	return within(s, reach, moment_of(s, l, first), moment_of(s, l, last));
}

/* The end of the instant that begins at `from`. */
static size_t
instant_end(const struct detect_sieve *s, const struct detect_lane *l, size_t n,
    size_t from)
{
	size_t i = from + 1;

	while (i < n && detect_sieve_within(s, &s->instant, l, from, i))
		i++;
	return i;
}

/* Whether so long lies between the begins of two calls. */
static bool
apart(const struct detect_sieve *s, struct moment first,
    const struct detect_lane *l, size_t last)
{
	return !within(s, &s->silence, first, moment_of(s, l, last));
}

/* The first call, from that one on, so long after `last`; n: none is. */
static size_t
find_apart(const struct detect_sieve *s, const struct detect_lane *l, size_t n,
    size_t from, struct moment last)
{
	size_t low = from, step = 1, high, middle;

	for (high = low; high < n && !apart(s, last, l, high); step *= 2) {
		low = high + 1;
		high = n - high > step ? high + step : n;
	}
	while (low < high) {
		middle = low + (high - low) / 2;
		if (apart(s, last, l, middle))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* The begin of the instant that ends with the call before that place. */
static size_t
instant_begin(const struct detect_sieve *s, const struct detect_lane *l,
    size_t end)
{
	size_t i = end - 1;

	while (i > 0 && detect_sieve_within(s, &s->instant, l, i - 1, i))
		i--;
	return i;
}

/* What stays is moved once it is known where it ends: it is still looked at. */
static size_t
move(const struct detect_sieve *s, struct detect_lane *l, size_t kept,
    size_t from, size_t end)
{
	detect_lane_move(l, &s->wants, kept, from, end);
	return kept + (end - from);
}

/*
 * The instants before and after each silence stay, the first and the last; of
 * those between them as many that none is so far from the next: what is left
 * out cannot be missed.
 */
static size_t
pass_silent(const struct detect_sieve *s, struct detect_lane *l, size_t n,
    int64_t before)
{
	size_t from, to, kept = 0;
	bool any =
	    s->never ||
	    (s->rule->measure.fn == MEASURE_SILENCE &&
		s->as_of - s->batch->calls[l->calls[n - 1]].start >=
		    s->silent) ||
	    (before != INT64_MIN &&
		s->batch->calls[l->calls[0]].start - before >= s->silent);
	bool after = true; /* a silence, or nothing */
	struct moment last = moment_of(s, l, 0);

	for (from = 0; from < n; from = to) {
		if (!after) {
			to = find_apart(s, l, n, from, last);
			from = instant_begin(s, l, to);
		}
		to = instant_end(s, l, n, from);
		last = moment_of(s, l, from);
		after = to < n && apart(s, last, l, to);
		kept = move(s, l, kept, from, to);
		any |= after;
	}
	return any ? kept : 0;
}

/* Windows ----------------------------------------------------------------- */

/*
 * At an instant that fires all calls of the window are among `need` of them
 * that began within the span; those that never are can be left out.
 */
static size_t
pass_needed(const struct detect_sieve *s, struct detect_lane *l, size_t n)
{
	size_t last, first, from = 0, end = 0, kept = 0;

	for (last = s->need; last <= n; last++) {
		first = last - s->need;
		if (!detect_sieve_within(s, &s->window, l, first, last - 1))
			continue;
		if (s->whole)
			return n;
		if (first > end) {
			kept = move(s, l, kept, from, end);
			from = first;
		}
		end = last;
	}
	return move(s, l, kept, from, end);
}

/* Where the calls end that begin within the span from that of `from` on. */
static size_t
stretch_end(const struct detect_sieve *s, const struct detect_lane *l, size_t n,
    size_t from)
{
	size_t end = from;

	while (end < n && detect_sieve_within(s, &s->window, l, from, end))
		end++;
	return end;
}

/*
 * No window has calls of more than two stretches side by side: what passes no
 * test together with those before it, nor with those after it, is left out.
 */
static size_t
pass_able(struct detect_sieve *s, struct detect_lane *l, size_t n)
{
	size_t begin, middle = stretch_end(s, l, n, 0), end, kept = 0;
	bool before = false, able;

	for (begin = 0; begin < n; begin = middle, middle = end) {
		end = middle < n ? stretch_end(s, l, n, middle) : n;
		able = detect_sieve_able(s, l, begin, end - begin);
		if (able && s->whole)
			return n;
		if (able || before)
			kept = move(s, l, kept, begin, middle);
		before = able;
	}
	return kept;
}

size_t
detect_sieve_pass(struct detect_sieve *s, struct detect_lane *l, size_t n,
    int64_t before)
{
	/* A window that is too crowded has to be told. */
	bool all = n > s->max_window;

	if (n == 0)
		return 0;
	if (s->silent > 0)
		return all ? n : pass_silent(s, l, n, before);
	if (n < s->need)
		return 0;
	if (s->need > 1 && s->span > 0)
		n = pass_needed(s, l, n);
	if (s->ntests + s->nbounds == 0 || n == 0 || all)
		return n;
	if ((n <= TOGETHER || s->span == 0) && !detect_sieve_able(s, l, 0, n))
		return 0;
	if (s->span > 0)
		n = pass_able(s, l, n);
	return detect_sieve_share(s, l, n) ? n : 0;
}
