/* detect_keep_run: what a run keeps for the next one, beside its rules. */
#include "detect/detect_facts_impl.h"
#include "detect/detect_parts_impl.h"

/* The single calls that rules will ask for, of before all that they need. */
static void
keep_carried(const struct detect_run_parts *ps, int64_t before)
{
	struct detect_events all = { .calls = NULL };
	const struct detect_carry *one;
	size_t i;

	for (i = 0; i < ps->n; i++) {
		one = &ps->list[i].carry;
		if (!one->too_many)
			detect_events_add(&all, one->calls.calls, one->calls.n);
	}
	detect_carried_settle(ps->set, ps->db.locals.batch, &all, before);
	if (!ps->set->keep_later)
		detect_keep_finish(ps->set->keep);
}

void
detect_parts_keep(const struct detect_run_parts *ps, const struct results *out)
{
	const struct detect_facts *was = ps->db.facts;
	const int64_t end = detect_kept_until(ps->set, ps->db.calls);
	struct detect_terms terms = { .until = end };
	const struct detect_run_part *p;
	int64_t floor = INT64_MAX, needs, back;
	size_t i;

	if (was != NULL && was->until > end)
		terms.until = was->until;
	needs = terms.until;
	for (i = 0; i < ps->n; i++) {
		p = &ps->list[i];
		back = detect_buckets_back(ps->set, ps->db.calls, p->rule);
		floor = back < floor ? back : floor;
		detect_marks_add(&terms.groups, detect_terms_key(p->rule),
		    p->most);
		if (p->carries != INT64_MAX)
			detect_marks_add(&terms.carries,
			    detect_terms_key(p->rule), p->carries);
		needs = p->needs < needs ? p->needs : needs;
		if (p->needs != INT64_MIN)
			detect_marks_add(&terms.needs,
			    detect_terms_key(p->rule), p->needs);
	}
	terms.from = needs != INT64_MIN ? needs : INT64_MAX;
	keep_carried(ps, needs);
	detect_facts_keep(&ps->db, was, terms.until, floor,
	    detect_keep_put(ps->set->keep, DETECT_KEEP_CALLS));
	detect_terms_print(&terms,
	    detect_keep_put(ps->set->keep, DETECT_KEEP_RULES));
	detect_terms_fini(&terms);
	detect_about_keep(ps, out,
	    detect_keep_put(ps->set->keep, DETECT_KEEP_ABOUT));
}
