/* detect_sight: what a rule sees of the one call that somebody asks about. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_impl.h"

bool
detect_watched(const struct detect_work *w)
{
	const struct detect_sight *s = w->set->sight;

	return s != NULL && strcmp(s->rule->id, w->rule->id) == 0 &&
	       (w->only == NULL || w->only->of_call[s->call] == w->only->set);
}

/* Whether a call is in the window of the instant at t. */
static bool
in_window(const struct detect_work *w, const struct measure_instant *at,
    const struct call *c)
{
	const struct measure *m = &w->rule->measure;
	int64_t t = measure_enters(m, c);

	if (t > at->t)
		return false;
	if (m->window == WINDOW_OVER)
		return t > at->t - m->over;
	if (m->window > WINDOW_OVER)
		return t >= w->line->buckets.edges[at->bucket];
	return t + c->duration > at->t;
}

static bool
has_window(const struct measure *m)
{
	return m->window != WINDOW_NONE || m->fn == MEASURE_CONCURRENT;
}

/* The value of no calls: nothing, where that is a number. */
static struct measure_value
value_of_none(const struct measure *m)
{
	bool counts = m->fn == MEASURE_COUNT || m->fn == MEASURE_SUM ||
		      m->fn == MEASURE_DISTINCT || m->fn == MEASURE_RUN ||
		      m->fn == MEASURE_CONCURRENT;

	return (struct measure_value){ 0, counts, RULE_UNIT };
}

/* These calls are the window; none of them is in it twice. */
static int
measure_these(struct detect_work *w, uint32_t *calls, size_t n)
{
	struct detect_sight *s = w->set->sight;
	const struct rule *r = w->rule;
	struct measure_sweep *sweep = NULL;
	struct measure_instant at;
	struct errmsg err;
	size_t i;
	int rc;

	rc = measure_open(&sweep, r, w->batch->calls, w->named,
	    w->batch->answers, calls, &n, 1, &err);
	if (rc != 0)
		return rc;
	measure_group(sweep, 0, w->line != NULL ? &w->line->buckets : NULL);
	while (measure_next(sweep, &at)) {
		s->at.calls = at.calls;
		s->at.duration = at.duration;
		s->at.cost = at.cost;
		s->value = measure_value(sweep, 0);
		for (i = 0; i < r->nalso; i++)
			s->also[i] = measure_value(sweep, i + 1);
	}
	measure_close(&sweep);
	return 0;
}

/*
 * The call is under a waiver: what its window holds without all that are.  It
 * enters no window of the second pass, which begins afresh after each episode
 * besides.
 */
static void
look_without(struct detect_work *w, const struct measure_instant *at)
{
	struct detect_sight *s = w->set->sight;
	const struct rule *r = w->rule;
	size_t k = w->group > 0 ? w->left_ends[w->group - 1] : 0;
	uint32_t *calls =
	    xcalloc(w->left_ends[w->group] - k + 1, sizeof(*calls));
	size_t n = 0, i;

	for (; k < w->left_ends[w->group]; k++)
		if (in_window(w, at, &w->batch->calls->calls[w->left[k]]))
			calls[n++] = w->left[k];
	s->at.calls = 0;
	s->at.duration = s->at.cost = 0;
	s->value = value_of_none(&r->measure);
	for (i = 0; i < r->nalso; i++)
		s->also[i] = value_of_none(&r->also[i].measure);
	/* The patterns kept their limits when the sweep of all was opened. */
	if (n > 0 && measure_these(w, calls, n) != 0)
		assert(false);
	free(calls);
}

void
detect_see(struct detect_work *w, const struct measure_instant *at)
{
	struct detect_sight *s = w->set->sight;
	size_t i;

	s->seen = true;
	s->at = *at;
	s->value = measure_value(w->sweep, 0);
	for (i = 0; i < w->rule->nalso; i++)
		s->also[i] = measure_value(w->sweep, i + 1);
	if (!w->ignoring)
		return;
	s->beside_waived = has_window(&w->rule->measure);
	s->with = s->value;
	s->calls_with = at->calls;
	s->waived = w->waived[s->call];
	if (s->waived && s->beside_waived)
		look_without(w, at);
}
