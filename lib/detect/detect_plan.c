/* detect_plan: which rules go on from what they found, settled before any. */
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "detect/detect_facts_impl.h"
#include "detect/detect_parts_impl.h"

/* A rule that is evaluated whole: nothing of before N is taken over. */
static void
look_at_all(struct detect_run_part *p)
{
	detect_resume_free(&p->resume);
	detect_events_fini(&p->events);
}

static void
plan_one(void *arg, size_t i)
{
	const struct detect_run_parts *ps = arg;
	struct detect_run_part *p = &ps->list[i];
	struct detect_work w = detect_parts_work(ps, p);

	/* It goes on by itself: nothing else depends on whether it does. */
	if (p->rule->measure.window > WINDOW_OVER)
		return;
	w.held = p->held = detect_held_take(&w);
	p->resume = detect_resume_new(&w);
	if (p->resume != NULL && p->followed &&
	    !detect_held_fired(p->held, &ps->db, p->resume->from, &p->events))
		look_at_all(p);
}

/*
 * Which rules go on from what they found.  One that looks at all calls, or
 * further back than firings are known, has the rule that it follows do so,
 * too.
 */
static void
plan(struct detect_run_parts *ps, size_t levels)
{
	struct detect_run_part *p, *t;
	size_t level, i;

	pool_run(ps->set->threads, ps->n, plan_one, ps);
	for (level = levels; level-- > 1;)
		for (i = 0; i < ps->n; i++) {
			p = &ps->list[i];
			t = p->trigger;
			if (p->level == level && t->resume != NULL &&
			    (p->resume == NULL ||
				p->resume->first - p->rule->follows.within <
				    t->held->fired_since))
				look_at_all(t);
		}
}

/*
 * Whether a rule has to look at calls that are not there; those with a calendar
 * window tell later.
 */
static bool
any_lacks(const struct detect_run_parts *ps)
{
	const struct detect_run_part *p;
	size_t i;

	for (i = 0; i < ps->n && ps->db.begins != INT64_MIN; i++) {
		p = &ps->list[i];
		if (p->rule->measure.window <= WINDOW_OVER &&
		    (p->resume == NULL || (p->resume->first < ps->db.begins &&
					      p->resume->first < p->carried)))
			return true;
	}
	return false;
}

/* How many groups each had, and what is carried; false: one is not told. */
static bool
recall_rules(struct detect_run_parts *ps, const struct detect_terms *terms)
{
	const struct detect_mark *m;
	struct detect_run_part *p;
	bool all = true;
	size_t i;

	for (i = 0; i < ps->n; i++) {
		p = &ps->list[i];
		m = detect_marks_find(&terms->groups,
		    detect_terms_key(p->rule));
		if (m != NULL && m->at >= 0)
			p->had = m->at;
		else
			all = false;
		m = detect_marks_find(&terms->carries,
		    detect_terms_key(p->rule));
		if (m != NULL && ps->db.begins != INT64_MIN)
			p->carried = m->at;
	}
	return all;
}

/* What was known of calls of before, by rule; false: not of missing ones. */
static bool
recall_terms(struct detect_run_parts *ps)
{
	struct detect_terms terms;
	bool good = detect_terms_take(&terms, ps->set->past->keep) &&
		    recall_rules(ps, &terms);

	if (ps->db.begins != INT64_MIN)
		good = good && terms.from != INT64_MAX &&
		       ps->db.begins <= terms.from;
	detect_terms_fini(&terms);
	return good || ps->db.begins == INT64_MIN;
}

/* Parts are in the order of their rules; NULL: there is no such rule. */
static struct detect_run_part *
part_of(const struct detect_run_parts *ps, const char *rule)
{
	size_t low = 0, high = ps->n, middle;
	int c;

	while (low < high) {
		middle = low + (high - low) / 2;
		c = strcmp(rule, ps->list[middle].rule->id);
		if (c == 0)
			return &ps->list[middle];
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* To each rule what it found in an earlier run. */
static void
share_findings(struct detect_run_parts *ps)
{
	const struct detect_past *past = ps->set->past;
	struct detect_run_part *p;
	struct finding **next;
	size_t i;

	for (i = 0; i < past->n; i++)
		if ((p = part_of(ps, past->list[i]->rule)) != NULL)
			p->nfound++;
	ps->found = next = xcalloc(past->n + 1, sizeof(struct finding *));
	for (i = 0; i < ps->n; i++) {
		p = &ps->list[i];
		p->found = next;
		next += p->nfound;
		p->nfound = 0;
	}
	for (i = 0; i < past->n; i++)
		if ((p = part_of(ps, past->list[i]->rule)) != NULL)
			p->found[p->nfound++] = past->list[i];
}

bool
detect_parts_plan(struct detect_run_parts *ps, size_t levels)
{
	if (ps->set->past != NULL) {
		share_findings(ps);
		if (!recall_terms(ps))
			return false;
		plan(ps, levels);
	}
	return !any_lacks(ps);
}
