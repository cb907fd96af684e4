/* detect_resume: what stands of an earlier run, and where judging goes on. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/intern.h"
#include "base/xalloc.h"
#include "detect/detect_finding_impl.h"
#include "detect/detect_resume_impl.h"

/* All that such a rule knows is in what it keeps: its own calls make that. */
bool
detect_resume_by_calendar(const struct detect_work *w)
{
	const struct rule *r = w->rule;

	return r->measure.window > WINDOW_OVER && w->only == NULL &&
	       w->set->sight == NULL && w->events == NULL &&
	       r->follows.rule == NULL &&
	       !rule_asks(r, field_find("since_prev")) &&
	       !rule_asks(r, field_find("src_new")) && !rule_asks_never(r) &&
	       !rule_takes_events(r);
}

int64_t
detect_span(const struct measure *m)
{
	return m->window == WINDOW_OVER ? m->over : 1;
}

/*
 * All that such a rule knows of earlier calls is in its window, its findings
 * and what it kept.
 */
static bool
resumable(const struct detect_work *w)
{
	const struct rule *r = w->rule;

	if (r->measure.window > WINDOW_OVER)
		return detect_resume_by_calendar(w);
	return !detect_tuned_apart(r) && w->only == NULL &&
	       w->set->sight == NULL && detect_held_serves(w);
}

static struct detect_left *
group_of(struct detect_resume *p, const struct finding *f)
{
	struct buf key;
	uint32_t id;
	size_t i;

	buf_init(&key);
	for (i = 0; i < f->ngroup; i++)
		buf_add(&key, f->group_values[i],
		    strlen(f->group_values[i]) + 1);
	id = intern_add(p->keys, key.data, key.len);
	buf_fini(&key);
	p->groups =
	    xgrow(p->groups, &p->cap, (size_t)id + 1, sizeof(*p->groups));
	for (; p->ngroups <= id; p->ngroups++)
		p->groups[p->ngroups] =
		    (struct detect_left){ INT64_MIN, INT64_MIN, INT64_MIN };
	return &p->groups[id];
}

/*
 * With a sliding window, or none, an episode first fired when it crossed, and
 * last with its latest call.
 */
static void
note_finding(struct detect_resume *p, const struct rule *r,
    const struct finding *f)
{
	struct detect_left *g = group_of(p, f);
	int64_t first = f->crossed_at, last = f->last_seen;

	if (r->measure.fn == MEASURE_CONCURRENT &&
	    !detect_talk_span(p, f, &first, &last))
		return;
	if (first >= p->from)
		return;
	if (first > g->first) {
		g->earlier = g->last;
		g->first = first;
		g->last = last;
	} else if (last > g->earlier) {
		g->earlier = last;
	}
}

/* The call that the finding was told of first; false if it is not there. */
static bool
first_member(const struct detect_batch *db, const struct finding *f,
    uint32_t *call)
{
	const struct batch *b = db->calls;
	const int64_t start = f->first_seen;
	struct call_ref m;
	size_t i, k;

	for (i = batch_lower(b, start); i < b->n && b->calls[i].start == start;
	     i++)
		for (k = 0; k < f->nmembers; k++) {
			m = finding_member(f, k);
			if (m.start != start)
				break;
			if (m.key != b->origins[i].key ||
			    m.source != db->source_hashes[b->calls[i].source])
				continue;
			*call = (uint32_t)i;
			return true;
		}
	return false;
}

/* Whether it would be told of the same one with the calls that there are. */
static bool
same_entity(const struct detect_work *w, const struct finding *f)
{
	struct finding now = { .group_values = f->group_values };
	uint32_t call;

	if (!first_member(w->batch, f, &call))
		return f->first_seen < w->batch->begins &&
		       detect_entity_stands(w->batch, w->rule, f);
	detect_entity(w->batch, w->rule, call, &w->out->arena, &now);
	return strcmp(now.entity_type, f->entity_type) == 0 &&
	       strcmp(now.entity, f->entity) == 0;
}

/* Whether judging begins behind it. */
static bool
stands(struct detect_resume *p, const struct rule *r, const struct finding *f)
{
	int64_t first = f->crossed_at, last;

	if (r->measure.fn == MEASURE_SILENCE)
		return f->first_seen <
		       detect_silence_begin(p,
			   detect_held_key(f->group_values, f->ngroup));
	if (r->measure.fn == MEASURE_CONCURRENT &&
	    !detect_talk_span(p, f, &first, &last))
		return true;
	return first < detect_left_begin(p, r, group_of(p, f));
}

/* False if one of them cannot be kept. */
static bool
take_kept(struct detect_resume *p, const struct detect_work *w)
{
	struct finding *f;
	size_t i;

	p->kept = xcalloc(w->nfound + 1, sizeof(struct finding *));
	for (i = 0; i < w->nfound; i++) {
		f = w->found[i];
		if (!stands(p, w->rule, f))
			continue;
		if (!same_entity(w, f))
			return false;
		p->kept[p->nkept++] = f;
	}
	return true;
}

static bool
is_of_rule(const struct finding *f, const struct rule *r)
{
	const size_t prefix = strlen("xxh128:");

	return f->kind != KIND_WAIVED && f->ngroup == r->nby &&
	       strlen(f->rule_hash) >= prefix &&
	       strcmp(f->rule_hash + prefix, r->hash) == 0;
}

/* False if one of them is not of this rule as it is now. */
static bool
note_findings(struct detect_resume *p, const struct detect_work *w)
{
	const struct finding *f;
	int64_t begin;
	size_t i;

	for (i = 0; i < w->nfound; i++) {
		f = w->found[i];
		if (!is_of_rule(f, w->rule))
			return false;
		/* One bucket tells nothing of the next one. */
		if (p->buckets == NULL)
			note_finding(p, w->rule, f);
	}
	p->first = p->from;
	for (i = 0; i < p->ngroups; i++) {
		begin = detect_left_begin(p, w->rule, &p->groups[i]);
		if (begin < p->first)
			p->first = begin;
	}
	p->first -= p->span - 1;
	return true;
}

/* From when on the list has all findings of the rule. */
static int64_t
listed_since(const struct detect_past *past, const struct rule *r)
{
	size_t i;

	for (i = 0; past->since != NULL && i < past->rules->n; i++)
		if (past->rules->rules[i] == r)
			return past->since[i];
	return INT64_MIN;
}

/* Findings that are over this long before can no longer matter. */
static bool
knows_enough(const struct detect_resume *p, const struct detect_work *w)
{
	const int64_t since = listed_since(w->set->past, w->rule);
	const int64_t first = p->held != NULL ? p->first : p->from;

	if (p->buckets != NULL)
		return !w->set->past->left || since <= p->from;
	return since == INT64_MIN ||
	       since <= first - DETECT_EPISODE_MS - w->rule->quiet - p->span;
}

/* False if what was kept cannot be gone on from. */
static bool
open_buckets(struct detect_resume *p, struct detect_work *w)
{
	if (w->rule->measure.window <= WINDOW_OVER)
		return true;
	p->buckets = detect_buckets_open(w);
	if (p->buckets == NULL)
		return false;
	p->from = detect_buckets_begin(p->buckets);
	return true;
}

/* Where looking begins; false if what was kept does not tell what is before. */
static bool
begins_late_enough(struct detect_resume *p, const struct detect_work *w)
{
	const struct rule *r = w->rule;
	const bool at_once = r->measure.fn == MEASURE_CONCURRENT,
		   asks = rule_asks(r, field_find("since_prev"));

	if (p->held == NULL)
		return true;
	if (r->measure.fn == MEASURE_SILENCE) {
		p->first = p->held->until;
		detect_silence_begins(p, w);
		return true;
	}
	if (r->measure.fn != MEASURE_GAP && !at_once && !asks)
		return true;
	if (p->first < p->held->until)
		return false;
	p->first = p->held->until;
	if (at_once && p->held->talking < p->first)
		p->first = p->held->talking;
	return !asks || p->first == p->held->until;
}

struct detect_resume *
detect_resume_new(struct detect_work *w)
{
	const struct detect_past *past = w->set->past;
	struct detect_resume *p;

	if (past == NULL || past->from == INT64_MIN || !resumable(w))
		return NULL;
	p = xcalloc(1, sizeof(*p));
	p->from = past->from;
	p->span = detect_span(&w->rule->measure);
	p->held = detect_held_needed(w) ? w->held : NULL;
	p->keys = intern_new();
	if (!open_buckets(p, w) || !note_findings(p, w) ||
	    !begins_late_enough(p, w) || !knows_enough(p, w) ||
	    !take_kept(p, w) ||
	    (w->rule->measure.fn == MEASURE_CONCURRENT &&
		!detect_talk_told(p, w)))
		detect_resume_free(&p);
	return p;
}

void
detect_resume_free(struct detect_resume **rp)
{
	struct detect_resume *p = *rp;

	if (p == NULL)
		return;
	intern_free(&p->keys);
	detect_buckets_free(&p->buckets);
	detect_marks_fini(&p->begins);
	detect_marks_fini(&p->befores);
	free(p->told);
	free(p->groups);
	free(p->kept);
	free(p);
	*rp = NULL;
}

void
detect_resume_keep(const struct detect_resume *p, struct results *out)
{
	struct finding *f;
	size_t i;

	for (i = 0; i < p->nkept; i++) {
		f = results_finding(out);
		*f = *p->kept[i];
		f->state = f->state_reason = f->case_id = NULL;
		f->backlog = false;
	}
}
