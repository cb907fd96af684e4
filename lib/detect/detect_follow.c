/* detect_follow: a group from instant to instant, its episodes. */
#include <string.h>

#include "detect/detect_finding_impl.h"

static void
end_episode(struct detect_work *w)
{
	if (w->firing && !w->silent) {
		detect_finding(w);
		detect_carry_episode(w);
	}
	w->firing = false;
}

/*
 * A silence is there from the call before it on.  So whether two of them are
 * one episode does not depend on how long the second goes on.
 */
static int64_t
begin_of(const struct detect_work *w, const struct measure_instant *at)
{
	return w->rule->measure.fn == MEASURE_SILENCE ? at->before : at->t;
}

/* When a silence became too long: it did so between two calls. */
static int64_t
crossing_of(const struct detect_work *w, const struct detect_moment *m)
{
	int64_t low = m->at.before, high = m->at.t, middle;
	struct measure_value v;

	if (w->rule->measure.fn != MEASURE_SILENCE)
		return m->at.call_start;
	while (high - low > 1) {
		middle = low + (high - low) / 2;
		v = measure_silence(w->sweep, &m->at, middle);
		if (detect_within(m->when, &v))
			high = middle;
		else
			low = middle;
	}
	return high;
}

static bool
same_episode(const struct detect_work *w, const struct measure_instant *at)
{
	const struct detect_episode *e = &w->episode;

	if (w->line != NULL)
		return e->bucket == at->bucket;
	return begin_of(w, at) - e->last <= w->rule->quiet &&
	       begin_of(w, at) - e->first < DETECT_EPISODE_MS;
}

/*
 * An episode that is over takes its calls out of a sliding window with it: or
 * one burst would be told again by any call that comes while they are in it.
 */
static void
let_go(struct detect_work *w, struct measure_instant *at)
{
	if (w->rule->measure.window != WINDOW_OVER || !w->firing ||
	    same_episode(w, at))
		return;
	end_episode(w);
	measure_forget(w->sweep, at);
}

static void
take_peak(struct detect_work *w, const struct detect_peak *now)
{
	struct detect_peak *p = &w->episode.peak;

	*p = *now;
	p->detail = measure_detail(w->sweep, 0);
	p->also = w->peak_also;
	if (w->rule->nalso > 0)
		memcpy(w->peak_also, now->also,
		    w->rule->nalso * sizeof(*w->peak_also));
}

/* A share or an average of more calls says more. */
static bool
further(const struct detect_peak *now, const struct detect_peak *peak)
{
	if (now->units == peak->units)
		return now->calls > peak->calls;
	return detect_downwards(now) ? now->units < peak->units
				     : now->units > peak->units;
}

static void
fire(struct detect_work *w, struct detect_moment *m)
{
	struct detect_episode *e = &w->episode;
	int score = detect_score_now(w, m);

	detect_complete(w, m);
	if (w->firing && !same_episode(w, &m->at))
		end_episode(w);
	if (!w->firing) {
		memset(e, 0, sizeof(*e));
		e->first = begin_of(w, &m->at);
		e->bucket = m->at.bucket;
		e->crossed_at = crossing_of(w, m);
		e->begin = w->nmembers;
		take_peak(w, &m->now);
		w->firing = true;
	} else if (further(&m->now, &e->peak)) {
		take_peak(w, &m->now);
	}
	/* What fired before is known of the run that found it. */
	if (w->events != NULL && !w->ignoring && !w->silent &&
	    (w->resume == NULL || m->at.t >= w->resume->from))
		detect_events_add(w->events, m->at.entered, m->at.nentered);
	e->last = m->at.t;
	if (score > e->score)
		e->score = score;
	w->nmembers += detect_talk_untold(w->resume, w->members + w->nmembers,
	    measure_collect(w->sweep, w->members + w->nmembers));
	e->end = w->nmembers;
}

/*
 * A closed bucket becomes history.  A flagged one only up to what would just
 * have fired: an attack does not become the norm, and real growth is learnt.
 */
static void
learn(struct detect_work *w, const struct measure_instant *at)
{
	struct measure_value v = measure_value(w->sweep, 0);
	const struct detect_episode *e = &w->episode;
	int64_t units;

	if (v.den == 0 || w->learnt)
		return;
	units = measure_units(&v);
	if (w->firing && e->bucket == at->bucket && e->peak.op != NULL) {
		if (detect_downwards(&e->peak) ? units < e->peak.limit
					       : units > e->peak.limit)
			units = e->peak.limit;
	}
	baseline_learn(&w->history, at->bucket, units);
}

static bool
entered(const struct measure_instant *at, size_t call)
{
	size_t i;

	for (i = 0; i < at->nentered; i++)
		if (at->entered[i] == call)
			return true;
	return false;
}

/* Whoever asks about a call of this instant is told all of it. */
static void
show(struct detect_work *w, struct detect_moment *m, bool firing)
{
	struct detect_sight *s = w->set->sight;
	const struct baseline_reading *r;
	const struct condition *when;

	if (!entered(&m->at, s->call))
		return;
	detect_see(w, &m->at);
	when = detect_settle(w, &w->rule->when, &m->at, &m->room);
	s->has_limits = when != NULL;
	s->when = when != NULL ? *when : m->room;
	s->fires = firing;
	s->score = firing ? detect_score_now(w, m) : 0;
	s->at_close = w->at_close;
	if (w->line != NULL) {
		s->opens = w->line->buckets.edges[m->at.bucket];
		s->closes = w->line->buckets.edges[m->at.bucket + 1];
	}
	r = detect_reading(w, &m->at);
	s->has_baseline = r != NULL;
	if (r != NULL)
		s->baseline = *r;
}

/*
 * An account was there before the rule had a call of it: that it never called
 * at night until now is what the night is to be compared with.
 */
static void
appear(struct detect_work *w)
{
	const struct batch *b = w->batch->calls;
	const struct measure_line *line = &w->line->buckets;
	size_t call = w->group > 0 ? w->groups.ends[w->group - 1] : 0, i;
	const struct call *c = &b->calls[w->groups.calls[call]];
	int64_t since;

	for (i = 0; i < w->rule->nby; i++)
		if (w->rule->by[i] == field_find("account"))
			break;
	if (i == w->rule->nby)
		return;
	if (!detect_account_since(w->batch, c->account, &since) ||
	    since < line->edges[0] || since >= line->edges[line->n] ||
	    (since > c->start && w->batch->fraud == NULL))
		return;
	baseline_appear(&w->history, measure_line_find(line, since));
}

void
detect_history(struct detect_work *w, bool brief)
{
	if (!w->learnt)
		baseline_forget(&w->history);
	if (w->rule->baseline.present && w->history.n == 0)
		appear(w);
	if (!w->learnt && brief)
		detect_buckets_recall_first(w);
	else if (!w->learnt)
		detect_buckets_recall(w);
}

void
detect_follow(struct detect_work *w)
{
	struct detect_moment m = { 0 };
	const bool watched = !w->silent && detect_watched(w);
	bool firing;

	w->nmembers = 0;
	w->firing = w->cold = false;
	w->reading_of = SIZE_MAX;
	detect_history(w, false);
	measure_group(w->sweep, w->group,
	    w->line != NULL ? &w->line->buckets : NULL);
	measure_after(w->sweep, detect_gap_of(w));
	w->judged_from =
	    w->resume == NULL
		? INT64_MIN
		: detect_resume_begin(w->resume, w->batch->calls, w->rule,
		      w->groups.keys + w->group * w->rule->nby);
	while (measure_next(w->sweep, &m.at)) {
		let_go(w, &m.at);
		if (m.at.calls > w->max_window) {
			w->crowded = true;
			w->firing = false;
			return;
		}
		firing = m.at.t >= w->judged_from && detect_fires(w, &m);
		if (watched)
			show(w, &m, firing);
		if (firing)
			fire(w, &m);
		if (m.at.closes && w->rule->baseline.present)
			learn(w, &m.at);
	}
	if (measure_last(w->sweep, w->set->as_of, &m.at) && detect_fires(w, &m))
		fire(w, &m);
	end_episode(w);
	w->ncold += w->cold;
}
