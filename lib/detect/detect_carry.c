/*
 * detect_carry: single calls of long ago that the next run will ask for, told
 * as they are, so that it need not have all calls of that time.
 *
 * Those are the calls of episodes that may go on; those at which a rule fired
 * that others follow; the last ones of what may have fallen silent; and all
 * that a rule looks at whose window is long, but which looks at few.
 */
#include "detect/detect_facts_impl.h"
#include "detect/detect_group_impl.h"

#define DAY_MS (24 * INT64_C(3600000))

/* More calls of one rule are quicker loaded. */
enum { MOST = 400000 };

/* All there is to know of such a call is the call. */
bool
detect_carries(const struct rule *r)
{
	return r->measure.fn != MEASURE_GAP &&
	       r->measure.fn != MEASURE_CONCURRENT &&
	       r->measure.fn != MEASURE_SILENCE &&
	       !rule_asks(r, field_find("since_prev")) &&
	       !rule_asks(r, field_find("src_new")) && !rule_asks_never(r);
}

/* It looks far back. */
bool
detect_carries_window(const struct rule *r)
{
	return detect_carries(r) && (r->measure.window == WINDOW_WEEK ||
					(r->measure.window == WINDOW_OVER &&
					    r->measure.over > DAY_MS));
}

static void
carry(const struct detect_work *w, const uint32_t *calls, size_t n)
{
	if (w->carry->calls.n + n <= MOST)
		detect_events_add(&w->carry->calls, calls, n);
	else
		w->carry->too_many = true;
}

/* Of a group, the calls from one instant on and before another. */
static void
carry_between(const struct detect_work *w, const uint32_t *calls, size_t n,
    int64_t from, int64_t until)
{
	const struct call *all = w->batch->calls->calls;
	size_t first = 0;

	while (n > 0 && all[calls[n - 1]].start >= until)
		n--;
	while (first < n && all[calls[first]].start < from)
		first++;
	carry(w, calls + first, n - first);
}

void
detect_carry_groups(const struct detect_work *w, int64_t from)
{
	const struct detect_groups *g = &w->groups;
	const int64_t until = detect_kept_until(w->set, w->batch->calls);
	size_t i, begin = 0;

	for (i = 0; w->carry != NULL && i < g->n; begin = g->ends[i++])
		carry_between(w, g->calls + begin, g->ends[i] - begin, from,
		    until);
}

bool
detect_may_go_on(const struct rule *r, int64_t until, int64_t first,
    int64_t last)
{
	return first < until && last >= until - r->quiet &&
	       first > until - DETECT_EPISODE_MS;
}

void
detect_carry_episode(const struct detect_work *w)
{
	const struct detect_groups *g = &w->groups;
	const struct detect_episode *e = &w->episode;
	const int64_t until = detect_kept_until(w->set, w->batch->calls);
	const size_t begin = w->group > 0 ? g->ends[w->group - 1] : 0;

	if (w->carry == NULL || !detect_carries(w->rule) ||
	    w->rule->measure.window > WINDOW_OVER ||
	    !detect_may_go_on(w->rule, until, e->crossed_at, e->last))
		return;
	carry_between(w, g->calls + begin, g->ends[w->group] - begin,
	    e->crossed_at - detect_span(&w->rule->measure) + 1, until);
}

void
detect_carry_last(const struct detect_work *w, const uint32_t *calls, size_t n)
{
	const struct call *all = w->batch->calls->calls;

	if (w->carry != NULL && n > 0)
		carry_between(w, calls, n, all[calls[n - 1]].start, INT64_MAX);
}

void
detect_carry_all(const struct detect_work *w, const uint32_t *calls, size_t n)
{
	if (w->carry != NULL)
		carry(w, calls, n);
}
