#include <assert.h>
#include <string.h>

#include "detect/detect_impl.h"

#define EPISODE_MS (7 * 24 * INT64_C(3600000))

/* One instant as it is judged. */
struct moment {
	struct measure_instant at;
	struct detect_peak now;
	struct condition when; /* with the limits that stand in the calls */
};

/* The baseline of the instant's bucket, read when first needed; or NULL. */
static const struct baseline_reading *
reading(struct detect_work *w, const struct measure_instant *at)
{
	if (!w->rule->baseline.present)
		return NULL;
	if (w->reading_of != at->bucket) {
		w->reading_of = at->bucket;
		w->reading_known = baseline_read(&w->rule->baseline, w->line,
		    &w->history, at->bucket, &w->reading);
	}
	return w->reading_known ? &w->reading : NULL;
}

static bool
within(const struct condition *c, const struct measure_value *v)
{
	if (v->den == 0)
		return false;
	return ((c->set & COND_GTE) == 0 || measure_compare(v, c->gte) >= 0) &&
	       ((c->set & COND_GT) == 0 || measure_compare(v, c->gt) > 0) &&
	       ((c->set & COND_LTE) == 0 || measure_compare(v, c->lte) <= 0) &&
	       ((c->set & COND_LT) == 0 || measure_compare(v, c->lt) < 0);
}

/* The greatest value of a field among the calls of the instant. */
static bool
greatest_of(const struct detect_work *w, const struct field *f,
    const struct measure_instant *at, int64_t *out)
{
	int64_t scale = f->type == FIELD_MONEY ? 1 : RULE_UNIT, v;
	bool any = false;
	size_t i;

	for (i = 0; i < at->nentered; i++) {
		if (!field_number(f, w->batch->calls, at->entered[i], &v))
			continue;
		v = v > INT64_MAX / scale ? INT64_MAX : v * scale;
		if (!any || v > *out)
			*out = v;
		any = true;
	}
	return any;
}

/* The condition with its limits as numbers; false: a limit is missing. */
static bool
settle(const struct detect_work *w, const struct condition *c,
    const struct measure_instant *at, struct condition *out)
{
	int64_t *const limits[COND_LIMITS] = { &out->gte, &out->gt, &out->lte,
		&out->lt };
	size_t i;

	*out = *c;
	for (i = 0; i < COND_LIMITS; i++)
		if (c->from[i] != NULL &&
		    !greatest_of(w, c->from[i], at, limits[i]))
			return false;
	return true;
}

/* Whether there are records enough to say that something never was before. */
static bool
long_known(const struct detect_work *w, const struct measure_instant *at)
{
	const int64_t day = 24 * INT64_C(3600000);
	int64_t days = (w->rule->measure.history + day - 1) / day;
	const struct detect_known *k;
	size_t i;

	for (i = 0; i < at->nentered; i++) {
		k = &w->batch->known[at->entered[i]];
		if (k->of_source >= days && k->of_account >= days)
			return true;
	}
	return false;
}

/* A gap has no value at the first call: that is what `never` is for. */
static bool
value_holds(const struct detect_work *w, const struct condition *c,
    const struct measure_value *v, const struct measure_instant *at)
{
	if ((c->set & COND_NEVER) == 0)
		return within(c, v);
	if (v->den == 0)
		return long_known(w, at);
	return (c->set & COND_LIMIT) != 0 && within(c, v);
}

/*
 * The baseline last: it is only worked out where everything else holds, which
 * with an absolute minimum is seldom.
 */
static bool
holds(struct detect_work *w, const struct condition *c,
    const struct measure_value *v, const struct measure_instant *at)
{
	const struct baseline_reading *r;

	if (!value_holds(w, c, v, at) ||
	    ((c->set & COND_MIN_CALLS) != 0 &&
		(int64_t)at->calls < c->min_calls) ||
	    ((c->set & COND_MIN_COST) != 0 && at->cost < c->min_cost) ||
	    ((c->set & COND_MIN_DURATION) != 0 &&
		at->duration < c->min_duration))
		return false;
	if ((c->set & (COND_TIMES | COND_MADS)) == 0)
		return true;
	r = reading(w, at);
	if (r == NULL)
		w->cold = true;
	return r != NULL &&
	       ((c->set & COND_TIMES) == 0 ||
		   measure_compare(v, baseline_times(r, c->times)) >= 0) &&
	       ((c->set & COND_MADS) == 0 ||
		   measure_compare(v, baseline_mads(r, c->mads)) >= 0);
}

static bool
fires(struct detect_work *w, struct moment *m)
{
	const struct rule *r = w->rule;
	size_t i;

	if (w->at_close &&
	    !(m->at.closes &&
		w->line->buckets.edges[m->at.bucket + 1] <= w->set->as_of))
		return false;
	m->now.value = measure_value(w->sweep, 0);
	m->now.calls = m->at.calls;
	m->now.also = w->also;
	for (i = 0; i < r->nalso; i++) {
		w->also[i] = measure_value(w->sweep, i + 1);
		if (!within(&r->also[i].cond, &w->also[i]))
			return false;
	}
	return settle(w, &r->when, &m->at, &m->when) &&
	       holds(w, &m->when, &m->now.value, &m->at);
}

static void
raise_limit(struct detect_peak *p, int64_t limit, const char *op)
{
	if (p->op == NULL || limit > p->limit) {
		p->limit = limit;
		p->op = op;
	}
}

/* What would just have fired: the greatest of the lower limits. */
static void
find_limit(const struct condition *c, struct detect_peak *p)
{
	p->op = NULL;
	if ((c->set & COND_GTE) != 0)
		raise_limit(p, c->gte, "gte");
	if ((c->set & COND_GT) != 0)
		raise_limit(p, c->gt, "gt");
	if ((c->set & COND_TIMES) != 0)
		raise_limit(p, baseline_times(&p->baseline, c->times), "times");
	if ((c->set & COND_MADS) != 0)
		raise_limit(p, baseline_mads(&p->baseline, c->mads), "mads");
	if (p->op != NULL || (c->set & (COND_LTE | COND_LT)) == 0)
		return;
	if ((c->set & COND_LTE) != 0)
		raise_limit(p, c->lte, "lte");
	if ((c->set & COND_LT) != 0 && (p->op == NULL || c->lt <= p->limit)) {
		p->limit = c->lt;
		p->op = "lt";
	}
}

static bool
downwards(const struct detect_peak *p)
{
	return p->op != NULL && p->op[0] == 'l';
}

static int
score_now(struct detect_work *w, const struct moment *m)
{
	const struct escalate *e = w->rule->escalate;
	int score = w->rule->score;
	struct condition step;
	size_t i;

	for (i = 0; i < w->rule->nescalate; i++)
		if (e[i].score > score &&
		    settle(w, &e[i].cond, &m->at, &step) &&
		    holds(w, &step, &m->now.value, &m->at))
			score = e[i].score;
	return score;
}

/* How long the source has been on record: it was not seen for longer. */
static struct measure_value
on_record(const struct detect_work *w, const struct measure_instant *at)
{
	const struct batch *b = w->batch->calls;
	int64_t first = at->t, begin;
	size_t i;

	for (i = 0; i < at->nentered; i++) {
		begin =
		    w->batch->source_begins[b->calls[at->entered[i]].source];
		if (begin < first)
			first = begin;
	}
	return (struct measure_value){ at->t - first, 1, RULE_UNIT };
}

static void
complete(struct detect_work *w, struct moment *m)
{
	const struct baseline_reading *r = reading(w, &m->at);

	m->now.op = NULL;
	m->now.never = m->now.value.den == 0;
	if (m->now.never)
		m->now.value = on_record(w, &m->at);
	m->now.units = measure_units(&m->now.value);
	m->now.has_baseline = r != NULL;
	if (r != NULL)
		m->now.baseline = *r;
	if (!m->now.never)
		find_limit(&m->when, &m->now);
}

static void
end_episode(struct detect_work *w)
{
	if (w->firing && !w->silent)
		detect_finding(w);
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
crossing_of(const struct detect_work *w, const struct moment *m)
{
	int64_t low = m->at.before, high = m->at.t, middle;
	struct measure_value v;

	if (w->rule->measure.fn != MEASURE_SILENCE)
		return m->at.call_start;
	while (high - low > 1) {
		middle = low + (high - low) / 2;
		v = measure_silence(w->sweep, &m->at, middle);
		if (within(&m->when, &v))
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
	       begin_of(w, at) - e->first < EPISODE_MS;
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
	return downwards(now) ? now->units < peak->units
			      : now->units > peak->units;
}

static void
fire(struct detect_work *w, struct moment *m)
{
	struct detect_episode *e = &w->episode;
	int score = score_now(w, m);

	complete(w, m);
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
	if (w->events != NULL && !w->ignoring && !w->silent)
		detect_events_add(w->events, m->at.entered, m->at.nentered);
	e->last = m->at.t;
	if (score > e->score)
		e->score = score;
	w->nmembers += measure_collect(w->sweep, w->members + w->nmembers);
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
		if (downwards(&e->peak) ? units < e->peak.limit
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
show(struct detect_work *w, struct moment *m, bool firing)
{
	struct detect_sight *s = w->set->sight;
	const struct baseline_reading *r;

	if (w->silent || !detect_watched(w) || !entered(&m->at, s->call))
		return;
	detect_see(w, &m->at);
	s->has_limits = settle(w, &w->rule->when, &m->at, &s->when);
	s->fires = firing;
	s->score = firing ? score_now(w, m) : 0;
	s->at_close = w->at_close;
	if (w->line != NULL) {
		s->opens = w->line->buckets.edges[m->at.bucket];
		s->closes = w->line->buckets.edges[m->at.bucket + 1];
	}
	r = reading(w, &m->at);
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
	size_t call = w->group > 0 ? w->groups.ends[w->group - 1] : 0, i;
	uint32_t first;

	for (i = 0; i < w->rule->nby; i++)
		if (w->rule->by[i] == field_find("account"))
			break;
	if (i == w->rule->nby)
		return;
	first =
	    w->batch->account_since[b->calls[w->groups.calls[call]].account];
	if (first != 0)
		baseline_appear(&w->history,
		    measure_line_find(&w->line->buckets,
			b->calls[first - 1].start));
}

void
detect_follow(struct detect_work *w)
{
	struct moment m = { 0 };
	bool firing;

	w->nmembers = 0;
	w->firing = w->cold = false;
	w->reading_of = SIZE_MAX;
	if (!w->learnt)
		baseline_forget(&w->history);
	if (w->rule->baseline.present && w->history.n == 0)
		appear(w);
	measure_group(w->sweep, w->group,
	    w->line != NULL ? &w->line->buckets : NULL);
	while (measure_next(w->sweep, &m.at)) {
		if (m.at.calls > w->max_window) {
			w->crowded = true;
			w->firing = false;
			return;
		}
		let_go(w, &m.at);
		firing = fires(w, &m);
		show(w, &m, firing);
		if (firing)
			fire(w, &m);
		if (m.at.closes && w->rule->baseline.present)
			learn(w, &m.at);
	}
	if (measure_last(w->sweep, w->set->as_of, &m.at) && fires(w, &m))
		fire(w, &m);
	end_episode(w);
	w->ncold += w->cold;
}
