/* detect_thin: calls by which a rule cannot fire are not looked at further. */
#include <stdlib.h>
#include <string.h>

#include "detect/detect_impl.h"

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

size_t
detect_needs(const struct rule *r)
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

/* The calls of one group, from `begin` to `end`, that stay. */
struct thinning {
	struct detect_groups *groups;
	size_t need;
	int64_t span;
	bool whole; /* calls that are in no window that fires count, too */
	size_t kept;
};

static void
keep(struct thinning *t, size_t begin, size_t end)
{
	uint32_t *calls = t->groups->calls;

	memmove(calls + t->kept, calls + begin, (end - begin) * sizeof(*calls));
	t->kept += end - begin;
}

/*
 * At an instant that fires all calls of the window are among `need` of them
 * that began within the span; those that never are can be left out.
 */
static void
keep_some(struct thinning *t, size_t begin, size_t end)
{
	const int64_t *starts = t->groups->starts;
	size_t last, first;

	if (t->span == 0 && end - begin >= t->need)
		keep(t, begin, end);
	for (last = begin + t->need; t->span > 0 && last <= end; last++) {
		first = last - t->need;
		if (starts[last - 1] - starts[first] >= t->span)
			continue;
		if (t->whole) {
			keep(t, begin, end);
			return;
		}
		keep(t, first > begin ? first : begin, last);
		begin = last;
	}
}

void
detect_thin(struct detect_groups *g, const struct rule *r, size_t need)
{
	struct thinning t = { .groups = g,
		.need = need,
		.span = window_span(&r->measure),
		/*
		 * ... for the time since the last, and for calendar buckets:
		 * for what is usual, and for the source that has the calendar.
		 */
		.whole = r->measure.fn == MEASURE_GAP ||
			 r->measure.window > WINDOW_OVER };
	size_t n = 0, begin, end = 0, before, i;

	for (i = 0; need > 1 && i < g->n; i++) {
		begin = end;
		end = g->ends[i];
		before = t.kept;
		keep_some(&t, begin, end);
		if (t.kept == before)
			continue;
		memmove(g->keys + n * r->nby, g->keys + i * r->nby,
		    r->nby * sizeof(*g->keys));
		g->ends[n++] = t.kept;
	}
	if (need > 1)
		g->n = n;
	free(g->starts);
	g->starts = NULL;
}
