/*
 * detect_resume_held: going on from what a rule kept: the time since the call
 * before, silences, calls at once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "base/xalloc.h"
#include "detect/detect_impl.h"

/*
 * A call of before N may still come to be one at which these fire: its talk
 * begins later, the silence behind it lasts, it may be the last of its bucket.
 */
static bool
fires_late(const struct rule *r)
{
	return r->measure.fn == MEASURE_CONCURRENT ||
	       r->measure.fn == MEASURE_SILENCE ||
	       r->measure.window > WINDOW_OVER;
}

static bool
follows_late(const struct rule *r)
{
	for (r = r->follows.rule; r != NULL; r = r->follows.rule)
		if (fires_late(r))
			return true;
	return false;
}

/*
 * The place of a group, whose hours count, depends on all of its calls; that of
 * a source is its own.
 */
static bool
place_is_known(const struct rule *r, const struct locals *at)
{
	size_t i;

	if (r->measure.during == NULL || detect_one_clock(at))
		return true;
	for (i = 0; i < r->nby; i++)
		if (r->by[i] == field_find("source"))
			return at->nown == 1;
	return false;
}

static bool
silence_serves(const struct detect_work *w)
{
	const struct rule *r = w->rule;

	return r->follows.rule == NULL &&
	       !rule_asks(r, field_find("since_prev")) &&
	       !rule_asks(r, field_find("src_new")) &&
	       place_is_known(r, &w->batch->locals);
}

/* A rule that may have more groups than it may has to count them. */
static bool
may_have_too_many(const struct detect_work *w)
{
	const struct batch *b = w->batch->calls;
	const size_t max =
	    w->set->max_groups > 0 ? w->set->max_groups : BOUNDS_GROUPS;
	const size_t more = b->n - batch_lower(b, w->set->past->from);

	if (w->rule->nby == 0 ||
	    (w->rule->nby == 1 && w->batch->begins == INT64_MIN &&
		intern_count(b->names) <= max))
		return false;
	return more > max || (uint64_t)w->held->counted > max - more;
}

bool
detect_held_can(const struct detect_work *w)
{
	const struct rule *r = w->rule;

	if (!detect_held_needed(w))
		return true;
	/* what nobody is told of leaves no findings to know episodes by */
	return !follows_late(r) &&
	       (r->measure.fn != MEASURE_SILENCE || silence_serves(w)) &&
	       (w->reported || r->measure.window != WINDOW_OVER);
}

bool
detect_held_serves(const struct detect_work *w)
{
	if (!detect_held_needed(w))
		return true;
	return w->held != NULL && w->set->past->from >= w->held->until &&
	       detect_held_can(w) && !may_have_too_many(w);
}

/* Silence ----------------------------------------------------------------- */

/*
 * Of each group judged is from the last call before `until` on, which a
 * silence may follow, or from the beginning of a finding that this silence
 * may be part of.
 */
void
detect_silence_begins(struct detect_resume *p, const struct detect_work *w)
{
	const struct finding *f;
	const struct detect_mark *m;
	int64_t *begin;
	size_t i;

	for (i = 0; i < p->held->last.n; i++) {
		m = &p->held->last.list[i];
		detect_marks_add(&p->begins, m->key, m->at);
	}
	for (i = 0; i < w->nfound; i++) {
		f = w->found[i];
		m = detect_marks_find(&p->held->last,
		    detect_held_key(f->group_values, f->ngroup));
		if (m == NULL || m->at - f->first_seen >= DETECT_EPISODE_MS)
			continue;
		begin = &p->begins.list[m - p->held->last.list].at;
		if (f->first_seen < *begin)
			*begin = f->first_seen;
	}
	for (i = 0; i < p->begins.n; i++)
		if (p->begins.list[i].at < p->first)
			p->first = p->begins.list[i].at;
}

/* INT64_MIN: all of its calls are looked at. */
int64_t
detect_silence_begin(const struct detect_resume *p, uint64_t key)
{
	const struct detect_mark *m = detect_marks_find(&p->begins, key);

	return m != NULL ? m->at : INT64_MIN;
}

/* Calls at once ----------------------------------------------------------- */

/* When a finding fired; false where that was over long before. */
bool
detect_talk_span(const struct detect_resume *p, const struct finding *f,
    int64_t *first, int64_t *last)
{
	const uint64_t key = detect_held_key(&f->id, 1);
	const struct detect_mark *a = detect_marks_find(&p->held->firsts, key),
				 *b = detect_marks_find(&p->held->lasts, key);

	if (a == NULL || b == NULL)
		return false;
	*first = a->at;
	*last = b->at;
	return true;
}

bool
detect_find_call(const struct detect_batch *db, int64_t start, uint64_t key,
    uint64_t source, uint32_t *call)
{
	const struct batch *b = db->calls;
	size_t i;

	for (i = batch_lower(b, start); i < b->n && b->calls[i].start == start;
	     i++)
		if (b->origins[i].key == key &&
		    db->source_hashes[b->calls[i].source] == source) {
			*call = (uint32_t)i;
			return true;
		}
	return false;
}

static int
compare_calls(const void *va, const void *vb)
{
	const uint32_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

/*
 * Calls that talk still and are members of a finding that stands, are members
 * of no other.
 */
bool
detect_talk_told(struct detect_resume *p, const struct detect_work *w)
{
	struct call_ref m;
	size_t i, k;
	uint32_t call;

	for (i = 0; i < p->nkept; i++)
		for (k = 0; k < p->kept[i]->nmembers; k++) {
			m = finding_member(p->kept[i], k);
			if (m.start < p->first)
				continue;
			if (!detect_find_call(w->batch, m.start, m.key,
				m.source, &call)) {
				/* What talks still would be there. */
				if (m.start < w->batch->begins)
					continue;
				return false;
			}
			p->told = xgrow(p->told, &p->told_cap, p->ntold + 1,
			    sizeof(*p->told));
			p->told[p->ntold++] = call;
		}
	if (p->ntold > 1)
		qsort(p->told, p->ntold, sizeof(*p->told), compare_calls);
	return true;
}

size_t
detect_talk_untold(const struct detect_resume *p, uint32_t *calls, size_t n)
{
	size_t i, kept = 0;

	if (p == NULL || p->ntold == 0)
		return n;
	for (i = 0; i < n; i++)
		if (bsearch(&calls[i], p->told, p->ntold, sizeof(*p->told),
			compare_calls) == NULL)
			calls[kept++] = calls[i];
	return kept;
}

/* Whether a call is at once with others at this instant, or later. */
bool
detect_talks_at(const struct rule *r, const struct call *c, int64_t t)
{
	return r->measure.fn == MEASURE_CONCURRENT &&
	       (measure_enters(&r->measure, c) >= t ||
		   c->start + c->ring + c->duration > t);
}

/* The time since the call before ------------------------------------------ */

/* Of those that are looked at; or what was kept tells. */
void
detect_gap_before(struct detect_resume *p, uint64_t key, int64_t last)
{
	const struct detect_mark *m = detect_marks_find(&p->held->last, key);

	if (last == INT64_MIN && m != NULL)
		last = m->at;
	if (last != INT64_MIN)
		detect_marks_add(&p->befores, key, last);
}

int64_t
detect_gap_held(const struct detect_work *w, const uint32_t *codes)
{
	const struct detect_mark *m;

	if (w->resume == NULL || w->rule->measure.fn != MEASURE_GAP)
		return INT64_MIN;
	m = detect_marks_find(&w->resume->held->last,
	    detect_held_group(w->rule, w->batch->calls, codes));
	return m != NULL ? m->at : INT64_MIN;
}

int64_t
detect_gap_of(const struct detect_work *w)
{
	const struct rule *r = w->rule;
	const struct detect_mark *m;

	if (w->resume == NULL || r->measure.fn != MEASURE_GAP)
		return INT64_MIN;
	m = detect_marks_find(&w->resume->befores,
	    detect_held_group(r, w->batch->calls,
		w->groups.keys + w->group * r->nby));
	return m != NULL ? m->at : INT64_MIN;
}
