/* detect_one: one rule, from its calls to its findings. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_finding_impl.h"

static bool
any_late(const struct condition *c)
{
	return (c->set & (COND_LTE | COND_LT)) != 0;
}

/*
 * Whether a condition that holds now could fail when more calls of the bucket
 * come.
 */
static bool
judged_at_close(const struct rule *r)
{
	size_t i;

	if (r->measure.window <= WINDOW_OVER)
		return false;
	if (measure_can_fall(&r->measure) || any_late(&r->when))
		return true;
	for (i = 0; i < r->nalso; i++)
		if (measure_can_fall(&r->also[i].measure) ||
		    any_late(&r->also[i].cond))
			return true;
	for (i = 0; i < r->nescalate; i++)
		if (any_late(&r->escalate[i].cond))
			return true;
	return false;
}

static bool
by_account(const struct rule *r)
{
	const struct field *account = field_find("account");
	size_t i;

	for (i = 0; i < r->nby; i++)
		if (r->by[i] == account)
			return true;
	return false;
}

/*
 * Where the group is: the source is of those of its calls the first by name.
 * A calendar of the directory is the group's only if none of its calls says
 * another, and all say it, but for those of an account, which it is.
 */
size_t
detect_place(const struct detect_work *w)
{
	const struct detect_groups *g = &w->groups;
	const struct locals *at = &w->batch->locals;
	const uint32_t *ranks = w->batch->source_ranks;
	size_t k = w->group > 0 ? g->ends[w->group - 1] : 0;
	uint16_t best = at->batch->calls[g->calls[k]].source, s;
	uint32_t own = 0, one;
	bool several = false, none = false;

	/* One place is that of all. */
	for (; at->n > 1 && k < g->ends[w->group]; k++) {
		s = at->batch->calls[g->calls[k]].source;
		if (ranks[s] < ranks[best])
			best = s;
		one = locals_own(at, g->calls[k]);
		none |= one == 0;
		several |= one != 0 && own != 0 && one != own;
		own = one != 0 ? one : own;
	}
	if (at->n > 1)
		best = detect_buckets_source(w, best);
	if (several || (none && !w->by_account))
		own = 0;
	return locals_place(at, best, own);
}

static size_t
largest_group(const struct detect_groups *g)
{
	size_t i, most = 0, from = 0;

	for (i = 0; i < g->n; i++) {
		if (g->ends[i] - from > most)
			most = g->ends[i] - from;
		from = g->ends[i];
	}
	return most;
}

/* The hours of the group's place, as predicates see them. */
static void
set_hours(struct detect_work *w, size_t place)
{
	const struct local *at = &w->batch->locals.list[place];
	const struct calendar *hours =
	    locals_calendar(at, w->named, w->rule->measure.during);

	measure_during(w->sweep, hours, at->zone);
	if (w->rest != NULL)
		measure_during(w->rest, hours, at->zone);
}

static int
too_crowded(const struct detect_work *w, struct errmsg *err)
{
	(void)errmsg_set(err, "more than %zu call%s in a window", w->max_window,
	    w->max_window == 1 ? "" : "s");
	return 1;
}

/* What follows the calls of one group after the other. */
static int
open_sweep(struct detect_work *w, struct errmsg *err)
{
	const struct rule *r = w->rule;
	int rc;

	rc = measure_open(&w->sweep, r, w->batch->calls, w->named,
	    w->batch->answers, w->groups.calls, w->groups.ends, w->groups.n,
	    err);
	if (rc != 0)
		return rc;
	measure_know(w->sweep, detect_shared_known(w->batch->shared));
	if ((rc = detect_waivers_open(w, err)) != 0 ||
	    (rc = detect_fraud_open(w, err)) != 0)
		return rc;
	w->members =
	    xcalloc(largest_group(&w->groups) + 1, sizeof(*w->members));
	w->also = xcalloc(r->nalso + 1, sizeof(*w->also));
	w->peak_also = xcalloc(r->nalso + 1, sizeof(*w->peak_also));
	return 0;
}

static void
follow_group(struct detect_work *w, bool buckets)
{
	const bool hours = w->rule->measure.during != NULL;
	const size_t place = buckets || hours ? detect_place(w) : 0;

	if (buckets)
		w->line = baseline_line(&w->lines, place);
	if (hours)
		set_hours(w, place);
	detect_follow_waived(w);
	if (buckets && !w->crowded)
		detect_buckets_note(w, false);
}

static int
follow_groups(struct detect_work *w, struct errmsg *err)
{
	const struct rule *r = w->rule;
	const bool buckets = r->measure.window > WINDOW_OVER;
	int rc;

	w->max_window = w->set->max_window_calls > 0 ? w->set->max_window_calls
						     : BOUNDS_WINDOW;
	if (buckets) {
		if (w->lines.lines == NULL)
			baseline_lines_init(&w->lines, &w->batch->locals,
			    &w->batch->written, r);
		detect_drop_quiet(w);
	}
	if (w->groups.n == 0)
		return 0;
	detect_waivers_split(w);
	if ((rc = open_sweep(w, err)) != 0)
		return rc;
	for (w->group = 0; w->group < w->groups.n; w->group++) {
		follow_group(w, buckets);
		if (w->crowded)
			return too_crowded(w, err);
	}
	return 0;
}

static void
tell(const struct detect_work *w, struct notes *notes)
{
	const struct detect_groups *g = &w->groups;

	if (g->keyless > 0)
		notes_addf(notes, NOTE_DETAIL, NULL, 0,
		    "rule '%s': %zu call%s a field of \"by\" and joined no "
		    "group",
		    w->rule->id, g->keyless,
		    g->keyless == 1 ? " lacks" : "s lack");
	if (g->emergencies > 0)
		notes_addf(notes, NOTE_DETAIL, NULL, 0,
		    "rule '%s': %zu call%s joined no group: an emergency "
		    "number is no group of its own",
		    w->rule->id, g->emergencies,
		    g->emergencies == 1 ? "" : "s");
	if (w->ncold > 0)
		notes_addf(notes, NOTE_DETAIL, NULL, 0,
		    "rule '%s': %zu group%s too little history for a baseline "
		    "yet",
		    w->rule->id, w->ncold, w->ncold == 1 ? " has" : "s have");
}

void
detect_tell_stopped(const struct detect_work *w, const struct errmsg *why,
    struct notes *notes)
{
	notes_addf(notes, NOTE_WARNING, NULL, 0, "rule '%s': stopped, %s",
	    w->rule->id, why->text);
	detect_stopped(w, why);
}

static void
close_work(struct detect_work *w)
{
	detect_groups_fini(&w->groups);
	detect_resume_free(&w->resume);
	detect_buckets_free(&w->keeping);
	detect_held_free(&w->next);
	measure_close(&w->sweep);
	baseline_lines_fini(&w->lines);
	baseline_history_fini(&w->history);
	detect_waivers_close(w);
	detect_fraud_close(w);
	free(w->members);
	free(w->also);
	free(w->peak_also);
	if (detect_watched(w))
		w->set->sight->since_prev = w->since_prev;
	else
		free(w->since_prev);
}

/*
 * A rule that asks for since_prev looks at a batch that tells it.  What the
 * groups are is asked twice therefore: which calls there are before since_prev
 * is known, and which of them match.
 */
static int
look_back(struct detect_work *w, size_t max, struct errmsg *why)
{
	struct detect_groups groups;
	int64_t *befores = NULL;
	int status;

	if (!rule_asks(w->rule, field_find("since_prev")))
		return 0;
	status = detect_group(&groups, w, true, max, why);
	if (status == 0) {
		if (w->resume != NULL)
			befores = detect_held_befores(w, &groups);
		detect_held_asked(w, &groups);
		/* Where there is no group it is missing everywhere. */
		if (groups.n > 0 || detect_watched(w))
			w->since_prev = detect_since_prev(w->batch->calls,
			    &groups, befores);
		free(befores);
		w->view = *w->batch->calls;
		w->view.since_prev = w->since_prev;
		w->own = *w->batch;
		w->own.calls = &w->view;
		w->batch = &w->own;
	}
	detect_groups_fini(&groups);
	return status;
}

/* The groups, of the calls that are looked at. */
static int
make_groups(struct detect_work *w, size_t max, struct errmsg *why)
{
	int status = detect_group(&w->groups, w, false, max, why);
	const bool cut = w->batch->begins != INT64_MIN;

	w->most = (int64_t)w->groups.most;
	w->lacks = cut && (w->resume == NULL || w->groups.most > max);
	if (status != 0 || w->resume == NULL)
		return status;
	detect_resume_thin(w->resume, &w->groups, w->batch->calls, w->rule);
	if (w->resume->buckets == NULL || detect_buckets_match(w))
		return 0;
	w->lacks = cut;
	detect_resume_free(&w->resume);
	detect_groups_fini(&w->groups);
	return detect_group(&w->groups, w, false, max, why);
}

static int
find(struct detect_work *w, const struct rule *stopped, struct errmsg *why)
{
	const struct detect_settings *set = w->set;
	const size_t first_finding = w->out->n;
	size_t max = set->max_groups > 0 ? set->max_groups : BOUNDS_GROUPS;
	int status;

	if (stopped != NULL) {
		(void)errmsg_set(why, "rule '%s', which it follows, stopped",
		    stopped->id);
		return 1;
	}
	w->at_close = judged_at_close(w->rule);
	w->by_account = by_account(w->rule);
	if (detect_resume_by_calendar(w)) {
		w->resume = detect_resume_new(w);
		detect_buckets_begin_keeping(w);
	}
	w->next = detect_held_begin(w);
	status = look_back(w, max, why);
	if (status == 0)
		status = make_groups(w, max, why);
	if (status == 0)
		detect_carry_buckets(w);
	if (status == 0 && w->groups.n > 0)
		status = follow_groups(w, why);
	if (status != 0)
		return status;
	if (w->resume != NULL)
		detect_resume_keep(w->resume, w->out);
	detect_buckets_keep(w);
	detect_held_end(w);
	if (w->keep != NULL)
		w->needs = detect_needs_of(w, first_finding);
	return 0;
}

int
detect_one(struct detect_work *w, const struct rule *stopped,
    struct notes *notes, struct errmsg *err)
{
	size_t first = w->out->n;
	struct errmsg why;
	int status = find(w, stopped, &why);

	if (status == 0)
		tell(w, notes);
	else
		w->out->n = first;
	if (status > 0)
		detect_tell_stopped(w, &why, notes);
	else if (status < 0)
		(void)errmsg_set(err, "rule '%s': %s", w->rule->id, why.text);
	close_work(w);
	return status;
}
