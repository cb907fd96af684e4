/* detect_needs: which calls the next run needs. */
#include <string.h>

#include "detect/detect_buckets_impl.h"
#include "detect/detect_facts_impl.h"

/* Judging begins there, or later. */
static int64_t
judged_from(const struct detect_work *w, size_t first_finding, int64_t until)
{
	const struct results *rs = w->out;
	const struct finding *f;
	int64_t from = until;
	size_t i;

	for (i = first_finding; i < rs->n; i++) {
		f = rs->findings[i];
		if (detect_may_go_on(w->rule, until, f->crossed_at,
			f->last_seen) &&
		    f->crossed_at < from)
			from = f->crossed_at;
	}
	return from;
}

/* The same where talk decides, not the start of a call. */
static int64_t
talked_from(const struct detect_work *w, int64_t until)
{
	const struct detect_marks *firsts = &w->next->firsts;
	int64_t from = until;
	size_t i;

	for (i = 0; i < firsts->n; i++)
		if (detect_may_go_on(w->rule, until, firsts->list[i].at,
			w->next->lasts.list[i].at) &&
		    firsts->list[i].at < from)
			from = firsts->list[i].at;
	return from;
}

static int64_t
silent_from(struct detect_work *w, size_t first_finding)
{
	const struct detect_held *h = w->next;
	const struct detect_mark *m;
	const struct finding *f;
	int64_t last = h->until, began = h->until;
	size_t i;

	for (i = 0; i < h->last.n; i++)
		if (h->last.list[i].at < last)
			last = h->last.list[i].at;
	for (i = first_finding; i < w->out->n; i++) {
		f = w->out->findings[i];
		m = detect_marks_find(&h->last,
		    detect_held_key(f->group_values, f->ngroup));
		if (m != NULL && m->at - f->first_seen < DETECT_EPISODE_MS &&
		    f->first_seen < m->at && f->first_seen < began)
			began = f->first_seen;
	}
	/* A silence that others may be part of takes all calls since it. */
	if (w->carry == NULL || w->carry->too_many || began < h->until)
		return began < last ? began : last;
	w->carries = last;
	return h->until;
}

/* Calls that talk still are carried. */
static int64_t
talking_from(struct detect_work *w)
{
	const struct detect_held *h = w->next;
	const int64_t from = h->talking < h->until ? h->talking : h->until;

	if (w->carry == NULL || w->carry->too_many)
		return from;
	w->carries = from;
	return h->until;
}

/* Of a rule that keeps something, which is told as of then. */
static int64_t
held_from(struct detect_work *w, int64_t from)
{
	const struct rule *r = w->rule;
	const struct detect_held *h = w->next;
	const bool at_once = r->measure.fn == MEASURE_CONCURRENT;

	if (r->measure.fn != MEASURE_GAP && !at_once &&
	    !rule_asks(r, field_find("since_prev")))
		return from;
	if (from < h->until)
		return INT64_MIN;
	return at_once ? talking_from(w) : h->until;
}

/* The same of what rules ask together. */
static int64_t
asked_from(const struct detect_work *w, int64_t from)
{
	const int64_t until =
	    detect_held_until(w->set, w->rule, w->batch->calls);

	return from < until ? INT64_MIN : until;
}

/* The begin of the bucket that is judged next. */
static int64_t
open_bucket(struct detect_work *w)
{
	const struct measure_line *line = detect_buckets_line(w);
	int64_t until = detect_kept_until(w->set, w->batch->calls);

	if (w->set->as_of < until)
		until = w->set->as_of;
	if (until < line->edges[0] || until >= line->edges[line->n])
		return until;
	return line->edges[measure_line_find(line, until)];
}

/* The calls of this bucket and later ones. */
void
detect_carry_buckets(struct detect_work *w)
{
	if (detect_carries_window(w->rule) && w->keeping != NULL)
		detect_carry_groups(w, open_bucket(w));
}

static int64_t
bucket_from(struct detect_work *w, int64_t until)
{
	if (w->keeping == NULL)
		return INT64_MIN;
	if (w->carry == NULL || w->carry->too_many ||
	    !detect_carries_window(w->rule))
		return open_bucket(w);
	w->carries = open_bucket(w);
	return until;
}

/* Which of the calls of before are carried, so that no others are needed. */
static int64_t
carried_from(struct detect_work *w, int64_t from, int64_t until)
{
	const struct rule *r = w->rule;

	if (w->carry == NULL || !detect_carries(r))
		return from;
	if (detect_carries_window(r))
		detect_carry_groups(w, from);
	if (w->carry->too_many)
		return from;
	w->carries = from;
	return detect_carries_window(r) ? until
					: until - detect_span(&r->measure) + 1;
}

static int64_t
needs_of_sliding(struct detect_work *w, size_t first_finding, int64_t until)
{
	const struct rule *r = w->rule;
	int64_t from;

	from = r->measure.fn == MEASURE_CONCURRENT
		   ? talked_from(w, until)
		   : judged_from(w, first_finding, until);
	from -= detect_span(&r->measure) - 1;
	if (w->next != NULL && (from = held_from(w, from)) == INT64_MIN)
		return from;
	if (rule_asks_never(r) || rule_asks(r, field_find("src_new")))
		return asked_from(w, from);
	return carried_from(w, from, until);
}

int64_t
detect_needs_of(struct detect_work *w, size_t first_finding)
{
	const struct rule *r = w->rule;
	const int64_t until = detect_kept_until(w->set, w->batch->calls);
	int64_t from;

	if (r->measure.window > WINDOW_OVER)
		from = bucket_from(w, until);
	else if (w->only != NULL || !detect_held_can(w) ||
		 (detect_held_needed(w) && w->next == NULL))
		from = INT64_MIN;
	else if (r->measure.fn == MEASURE_SILENCE)
		from = silent_from(w, first_finding);
	else
		from = needs_of_sliding(w, first_finding, until);
	/* Where it fired is carried for those that follow. */
	if (w->events != NULL && w->next != NULL &&
	    (w->carry == NULL || w->carry->too_many) &&
	    w->next->fired_since < from)
		from = w->next->fired_since;
	return from;
}

static int64_t
need_of(const struct detect_terms *terms, const struct rule *r)
{
	const struct detect_mark *m =
	    detect_marks_find(&terms->needs, detect_terms_key(r));

	return m != NULL ? m->at : INT64_MIN;
}

/* A rule, and those that it follows. */
static int64_t
needs_from(const struct detect_terms *terms, const struct rule *r)
{
	int64_t from = terms->until, one;

	for (; r != NULL; r = r->follows.rule) {
		one = need_of(terms, r);
		if (one < from)
			from = one;
	}
	return from;
}

int64_t
detect_needs(const struct ruleset *rules, const struct detect_settings *set)
{
	const struct detect_past *past = set->past;
	struct detect_terms terms;
	int64_t from = INT64_MAX, one;
	size_t i;

	if (past == NULL || rules->nwaivers > 0 ||
	    !detect_terms_take(&terms, past->keep))
		return INT64_MIN;
	for (i = 0; i < rules->n; i++) {
		if (!detect_chosen(rules->rules[i], set) ||
		    rules->rules[i]->private_rule)
			continue;
		one = needs_from(&terms, rules->rules[i]);
		from = one < from ? one : from;
	}
	if (terms.from < from)
		from = terms.from;
	if (past->from < terms.until || terms.from == INT64_MAX)
		from = INT64_MIN;
	detect_terms_fini(&terms);
	return from;
}

static bool
is_followed(const struct ruleset *rules, const struct rule *r)
{
	const struct rule *trigger;
	size_t i;

	for (i = 0; i < rules->n; i++) {
		trigger = rules->rules[i]->follows.rule;
		if (trigger != NULL && strcmp(trigger->id, r->id) == 0)
			return true;
	}
	return false;
}

/*
 * With a calendar window only the bucket in which anything is another; with
 * others an episode may go on that began 7 days before, and where something is
 * kept beside it, so may the one before have.  When calls at once fired, or a
 * silence is over, the calls do not tell.
 */
int64_t
detect_needs_findings(const struct ruleset *rules, const struct rule *r,
    int64_t begins)
{
	const int64_t day = INT64_C(24) * 3600 * 1000;
	int64_t back;

	if (r->measure.fn == MEASURE_CONCURRENT ||
	    r->measure.fn == MEASURE_SILENCE || begins == INT64_MIN)
		return INT64_MIN;
	if (r->measure.window > WINDOW_OVER)
		return begins -
		       (r->measure.window == WINDOW_WEEK ? 8 : 2) * day;
	back = DETECT_EPISODE_MS + detect_span(&r->measure);
	if (detect_held_by(r, is_followed(rules, r)))
		back *= 2;
	return begins - back - r->quiet - day;
}
