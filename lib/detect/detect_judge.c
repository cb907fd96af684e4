/* detect_judge: whether an instant fires, and how far it went. */
#include "detect/detect_impl.h"

const struct baseline_reading *
detect_reading(struct detect_work *w, const struct measure_instant *at)
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

bool
detect_within(const struct condition *c, const struct measure_value *v)
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

/* Whether all limits are numbers, as they mostly are. */
static bool
is_settled(const struct condition *c)
{
	bool settled = true;
	size_t i;

	for (i = 0; i < COND_LIMITS; i++)
		settled &= c->from[i] == NULL;
	return settled;
}

const struct condition *
detect_settle(const struct detect_work *w, const struct condition *c,
    const struct measure_instant *at, struct condition *room)
{
	int64_t *const limits[COND_LIMITS] = { &room->gte, &room->gt,
		&room->lte, &room->lt };
	size_t i;

	if (is_settled(c))
		return c;
	*room = *c;
	for (i = 0; i < COND_LIMITS; i++)
		if (c->from[i] != NULL &&
		    !greatest_of(w, c->from[i], at, limits[i]))
			return NULL;
	return room;
}

/* Whether there are records enough to say that something never was before. */
static bool
long_known(const struct detect_work *w, const struct measure_instant *at)
{
	size_t i;

	for (i = 0; i < at->nentered; i++)
		if (detect_known_long(w->batch, w->rule, at->entered[i]))
			return true;
	return false;
}

/* A gap has no value at the first call: that is what `never` is for. */
static bool
value_holds(const struct detect_work *w, const struct condition *c,
    const struct measure_value *v, const struct measure_instant *at)
{
	if ((c->set & COND_NEVER) == 0)
		return detect_within(c, v);
	if (v->den == 0)
		return long_known(w, at);
	return (c->set & COND_LIMIT) != 0 && detect_within(c, v);
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
	r = detect_reading(w, at);
	if (r == NULL)
		w->cold = true;
	return r != NULL &&
	       ((c->set & COND_TIMES) == 0 ||
		   measure_compare(v, baseline_times(r, c->times)) >= 0) &&
	       ((c->set & COND_MADS) == 0 ||
		   measure_compare(v, baseline_mads(r, c->mads)) >= 0);
}

bool
detect_fires(struct detect_work *w, struct detect_moment *m)
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
		if (!detect_within(&r->also[i].cond, &w->also[i]))
			return false;
	}
	m->when = detect_settle(w, &r->when, &m->at, &m->room);
	return m->when != NULL && holds(w, m->when, &m->now.value, &m->at);
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

bool
detect_downwards(const struct detect_peak *p)
{
	return p->op != NULL && p->op[0] == 'l';
}

int
detect_score_now(struct detect_work *w, const struct detect_moment *m)
{
	const struct escalate *e = w->rule->escalate;
	const struct condition *step;
	struct condition room;
	int score = w->rule->score;
	size_t i;

	for (i = 0; i < w->rule->nescalate; i++) {
		if (e[i].score <= score)
			continue;
		step = detect_settle(w, &e[i].cond, &m->at, &room);
		if (step != NULL && holds(w, step, &m->now.value, &m->at))
			score = e[i].score;
	}
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

void
detect_complete(struct detect_work *w, struct detect_moment *m)
{
	const struct baseline_reading *r = detect_reading(w, &m->at);

	m->now.op = NULL;
	m->now.never = m->now.value.den == 0;
	if (m->now.never)
		m->now.value = on_record(w, &m->at);
	m->now.units = measure_units(&m->now.value);
	m->now.has_baseline = r != NULL;
	if (r != NULL)
		m->now.baseline = *r;
	if (!m->now.never)
		find_limit(m->when, &m->now);
}
