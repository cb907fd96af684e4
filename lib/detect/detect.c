#include "detect/detect.h"

#include <assert.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "detect/detect_impl.h"
#include "rule/rulefile.h"
#include "rule/tuning.h"

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

static int
check_measure(const struct rule *r, const struct measure *m, struct errmsg *err)
{
	if (m->fn <= MEASURE_CONCURRENT)
		return 0;
	return errmsg_set(err, "rule '%s': measure '%s' cannot be evaluated",
	    r->id, measure_fn_name(m->fn));
}

static int
check_rule(const struct rule *r, struct errmsg *err)
{
	size_t i;

	for (i = 0; i < r->nalso; i++)
		if (check_measure(r, &r->also[i].measure, err) < 0)
			return -1;
	return check_measure(r, &r->measure, err);
}

/* The source of the group: of those of its calls the first by name. */
static uint16_t
source_of_group(const struct detect_work *w)
{
	const struct detect_groups *g = &w->groups;
	const struct batch *b = w->batch->calls;
	size_t k = w->group > 0 ? g->ends[w->group - 1] : 0;
	uint16_t best = b->calls[g->calls[k]].source, s;

	for (; k < g->ends[w->group]; k++) {
		s = b->calls[g->calls[k]].source;
		if (w->batch->source_ranks[s] < w->batch->source_ranks[best])
			best = s;
	}
	return best;
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

static int
follow_groups(struct detect_work *w, struct errmsg *err)
{
	const struct rule *r = w->rule;
	const struct batch *b = w->batch->calls;
	bool buckets = r->measure.window > WINDOW_OVER;
	int rc;

	detect_waivers_split(w);
	rc = measure_open(&w->sweep, r, b, w->named, w->groups.calls,
	    w->groups.ends, w->groups.n, err);
	if (rc != 0)
		return rc;
	if ((rc = detect_waivers_open(w, err)) != 0)
		return rc;
	if (buckets)
		baseline_lines_init(&w->lines, b, w->named, r, w->set->zone);
	w->at_close = judged_at_close(r);
	w->members =
	    xcalloc(largest_group(&w->groups) + 1, sizeof(*w->members));
	w->also = xcalloc(r->nalso + 1, sizeof(*w->also));
	w->peak_also = xcalloc(r->nalso + 1, sizeof(*w->peak_also));
	for (w->group = 0; w->group < w->groups.n; w->group++) {
		if (buckets)
			w->line = &w->lines.lines[source_of_group(w)];
		detect_follow_waived(w);
	}
	return 0;
}

static void
tell(const struct detect_work *w, struct notes *notes)
{
	bool one = w->groups.keyless == 1;

	if (w->groups.keyless > 0)
		notes_addf(notes, NOTE_DETAIL, NULL, 0,
		    "rule '%s': %zu call%s a field of \"by\" and joined no "
		    "group",
		    w->rule->id, w->groups.keyless, one ? " lacks" : "s lack");
	if (w->ncold > 0)
		notes_addf(notes, NOTE_DETAIL, NULL, 0,
		    "rule '%s': %zu group%s too little history for a baseline "
		    "yet",
		    w->rule->id, w->ncold, w->ncold == 1 ? " has" : "s have");
}

/* A rule that hit a limit has found nothing yet; that is told twice. */
static void
tell_stopped(const struct detect_work *w, const struct errmsg *why,
    struct notes *notes)
{
	notes_addf(notes, NOTE_WARNING, NULL, 0, "rule '%s': stopped, %s",
	    w->rule->id, why->text);
	detect_stopped(w, why);
}

static int
run_work(struct detect_work *w, struct notes *notes, struct errmsg *err)
{
	const struct detect_settings *set = w->set;
	size_t max = set->max_groups > 0 ? set->max_groups : BOUNDS_GROUPS;
	struct errmsg why;
	int status;

	status = detect_group(&w->groups, w->rule, w->batch->calls, w->named,
	    w->only, max, &why);
	if (status == 0 && w->groups.n > 0)
		status = follow_groups(w, &why);
	if (status == 0)
		tell(w, notes);
	else if (status > 0)
		tell_stopped(w, &why, notes);
	else
		(void)errmsg_set(err, "rule '%s': %s", w->rule->id, why.text);
	detect_groups_fini(&w->groups);
	measure_close(&w->sweep);
	baseline_lines_fini(&w->lines);
	baseline_history_fini(&w->history);
	detect_waivers_close(w);
	free(w->members);
	free(w->also);
	free(w->peak_also);
	return status;
}

/* The rule as tuning makes it for the calls of one set. */
static int
run_variant(const struct detect_work *base, const struct tuning_sets *ts,
    size_t set, struct notes *notes, struct errmsg *err)
{
	const struct detect_only only = { ts->of_call, (uint8_t)set };
	struct detect_work w = *base;
	struct arena arena;
	struct rule *variant = NULL;
	struct errmsg why;
	int status = 0;

	arena_init(&arena);
	if (rulefile_variant(base->rule, ts->sets[set], &arena, &variant,
		&why) != 0) {
		(void)errmsg_prefix(&why, "its tuning does not work: ");
		tell_stopped(&w, &why, notes);
		status = 1;
	} else if (variant->enabled) {
		w.rule = variant;
		w.only = &only;
		status = run_work(&w, notes, err);
	}
	rule_release(variant);
	arena_fini(&arena);
	return status;
}

static int
run_variants(const struct detect_work *w, struct notes *notes,
    struct errmsg *err)
{
	struct tuning_sets ts;
	int status, one;
	size_t i;

	status = tuning_sets_init(&ts, w->rule, w->batch->calls, w->named, err);
	if (status > 0)
		tell_stopped(w, err, notes);
	for (i = 0; status == 0 && i < ts.n; i++) {
		one = run_variant(w, &ts, i, notes, err);
		if (one != 0)
			status = one;
	}
	tuning_sets_fini(&ts);
	return status;
}

static bool
any_for_groups(const struct rule *r)
{
	size_t i;

	for (i = 0; i < r->ntuning; i++)
		if (r->tuning[i].match != NULL)
			return true;
	return false;
}

static int
run_rule(const struct detect_batch *db, const struct rule *rule,
    const struct named *named, const struct waiver_uses *waivers,
    const struct detect_settings *set, struct results *out, struct notes *notes,
    struct errmsg *err)
{
	struct detect_work w = { .rule = rule,
		.named = named,
		.waivers = waivers,
		.set = set,
		.batch = db,
		.out = out };

	return any_for_groups(rule) ? run_variants(&w, notes, err)
				    : run_work(&w, notes, err);
}

static bool
any_glob(const char *const *globs, size_t n, const char *id)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (fnmatch(globs[i], id, 0) == 0)
			return true;
	return false;
}

static bool
chosen(const struct rule *r, const struct detect_settings *set)
{
	int sensitivity = set->sensitivity > 0 ? set->sensitivity : 1;

	return r->enabled && r->status != RULE_DEPRECATED &&
	       r->sensitivity <= sensitivity &&
	       (set->nonly == 0 || any_glob(set->only, set->nonly, r->id)) &&
	       !any_glob(set->except, set->nexcept, r->id);
}

static int
compare_feeds(const void *va, const void *vb)
{
	const struct feed *a = va, *b = vb;

	return strcmp(a->source, b->source);
}

static void
describe_feeds(struct run *run, const struct batch *b, struct arena *arena)
{
	struct feed *feeds = arena_array(arena, b->nsources, sizeof(*feeds));
	struct feed *f;
	size_t i, n = 0;

	for (i = 0; i < b->n; i++) {
		f = &feeds[b->calls[i].source];
		if (f->calls++ == 0)
			f->first = b->calls[i].start;
		f->last = b->calls[i].start;
	}
	for (i = 0; i < b->nsources; i++) {
		if (feeds[i].calls == 0)
			continue;
		feeds[n] = feeds[i];
		feeds[n++].source =
		    arena_strdup(arena, batch_text(b, b->sources[i].name));
	}
	if (n > 1)
		qsort(feeds, n, sizeof(*feeds), compare_feeds);
	run->feeds = feeds;
	run->nfeeds = n;
}

static void
describe_run(struct results *out, const struct batch *b,
    const struct ruleset *rules, const struct detect_settings *set)
{
	struct run *run = &out->run;
	size_t i;

	run->as_of = set->as_of;
	run->first = b->n > 0 ? b->calls[0].start : 0;
	run->last = b->n > 0 ? b->calls[b->n - 1].start : 0;
	run->looked_at = (int64_t)b->n;
	run->ruleset = arena_printf(&out->arena, "xxh128:%s", rules->hash);
	run->rules_active = run->rules_shadow = run->rules_off = 0;
	for (i = 0; i < rules->n; i++) {
		if (!chosen(rules->rules[i], set))
			run->rules_off++;
		else if (rule_is_shadow(rules->rules[i]))
			run->rules_shadow++;
		else
			run->rules_active++;
	}
	describe_feeds(run, b, &out->arena);
}

/* What one rule found, apart from all others until they are put together. */
struct part {
	const struct rule *rule;
	struct results results;
	struct notes notes;
	struct errmsg err;
	int status;
};

struct parts {
	const struct detect_batch *db;
	const struct named *named;
	const struct waiver_uses *waivers;
	const struct detect_settings *set;
	struct part *list;
	size_t n;
};

static void
run_part(void *arg, size_t i)
{
	const struct parts *ps = arg;
	struct part *p = &ps->list[i];

	p->status = run_rule(ps->db, p->rule, ps->named, ps->waivers, ps->set,
	    &p->results, &p->notes, &p->err);
}

/* In the order of the rules, so that threads leave no trace. */
static int
put_together(struct parts *ps, struct results *out, struct notes *notes,
    struct errmsg *err)
{
	int status = 0;
	size_t i;

	for (i = 0; i < ps->n; i++) {
		struct part *p = &ps->list[i];

		results_take(out, &p->results);
		notes_add_all(notes, &p->notes);
		if (p->status < 0 && status >= 0)
			(void)errmsg_set(err, "%s", p->err.text);
		if (p->status != 0 && status >= 0)
			status = p->status;
		results_fini(&p->results);
		notes_fini(&p->notes);
	}
	return status;
}

/* A list that nobody keeps up proves less every day. */
static void
tell_old_lists(const struct named *named, int64_t as_of, struct notes *notes)
{
	const int64_t day_ms = 24 * INT64_C(3600000);
	const struct named_list *l;
	int64_t newest;
	size_t i, k;

	for (i = 0; i < named->nlists; i++) {
		l = &named->lists[i];
		newest = INT64_MIN;
		for (k = 0; l->max_age > 0 && k < numlist_size(l->list); k++)
			if (numlist_at(l->list, k)->added > newest)
				newest = numlist_at(l->list, k)->added;
		if (l->max_age == 0)
			continue;
		if (newest == INT64_MIN)
			notes_addf(notes, NOTE_WARNING, NULL, 0,
			    "list '%s': no entry says when it was added",
			    l->name);
		else if (as_of / day_ms - newest > l->max_age / day_ms)
			notes_addf(notes, NOTE_WARNING, NULL, 0,
			    "list '%s': its newest entry is %lld days old",
			    l->name, (long long)(as_of / day_ms - newest));
	}
}

int
detect_run(const struct batch *b, const struct ruleset *rules,
    const struct detect_settings *set, struct results *out, struct notes *notes,
    struct errmsg *err)
{
	struct waiver_uses waivers;
	struct parts ps = { .named = &rules->named,
		.waivers = &waivers,
		.set = set };
	struct detect_batch db;
	const struct rule *r;
	int status;
	size_t i;

	assert(b->sorted);
	describe_run(out, b, rules, set);
	for (i = 0; i < rules->n; i++)
		if (chosen(rules->rules[i], set) &&
		    check_rule(rules->rules[i], err) < 0)
			return -1;
	if (waiver_uses_init(&waivers, rules, b, set->zone, set->as_of, notes,
		err) != 0) {
		waiver_uses_fini(&waivers);
		return -1;
	}
	detect_batch_init(&db, b);
	detect_tell_waivers(&waivers, &db, out);
	tell_old_lists(&rules->named, set->as_of, notes);
	ps.db = &db;
	ps.list = xcalloc(rules->n, sizeof(*ps.list));
	for (i = 0; i < rules->n; i++) {
		r = rules->rules[i];
		/* a private rule is only there for others to follow */
		if (!chosen(r, set) || r->private_rule)
			continue;
		ps.list[ps.n].rule = r;
		results_init(&ps.list[ps.n].results);
		notes_init(&ps.list[ps.n++].notes);
	}
	pool_run(set->threads, ps.n, run_part, &ps);
	status = put_together(&ps, out, notes, err);
	free(ps.list);
	detect_batch_fini(&db);
	waiver_uses_fini(&waivers);
	return status;
}

int
detect_rule(const struct batch *b, const struct rule *rule,
    const struct named *named, const struct detect_settings *set,
    struct results *out, struct notes *notes, struct errmsg *err)
{
	struct detect_batch db;
	int status;

	assert(b->sorted);
	if (check_rule(rule, err) < 0)
		return -1;
	detect_batch_init(&db, b);
	status = run_rule(&db, rule, named, NULL, set, out, notes, err);
	detect_batch_fini(&db);
	return status;
}
