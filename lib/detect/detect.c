#include "detect/detect.h"

#include <assert.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "detect/detect_impl.h"

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

/* The hours of the group's source, as predicates see them. */
static void
set_hours(struct detect_work *w)
{
	const struct batch *b = w->batch->calls;
	const struct batch_source *src = &b->sources[source_of_group(w)];
	const char *name = w->rule->measure.during;

	if (strcmp(name, NAMED_HOURS) == 0 && src->calendar != NULL)
		name = src->calendar;
	measure_during(w->sweep, named_calendar(w->named, name),
	    src->zone != NULL ? src->zone : w->set->zone);
}

static int
follow_groups(struct detect_work *w, struct errmsg *err)
{
	const struct rule *r = w->rule;
	const struct batch *b = w->batch->calls;
	bool buckets = r->measure.window > WINDOW_OVER;
	int rc;

	rc = measure_open(&w->sweep, r, b, w->named, w->groups.calls,
	    w->groups.ends, w->groups.n, err);
	if (rc != 0)
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
		if (r->measure.during != NULL)
			set_hours(w);
		detect_follow(w);
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

/* What one rule found, apart from all others until they are put together. */
struct part {
	const struct rule *rule;
	const struct part *trigger; /* of the rule that it follows, or NULL */
	bool reported;              /* false: only there to be followed */
	bool followed;
	size_t level; /* above that of the trigger */
	struct detect_events events;
	struct results results;
	struct notes notes;
	struct errmsg err;
	int status;
};

struct parts {
	struct detect_batch db;
	const struct named *named;
	const struct detect_settings *set;
	struct part *list; /* in the order of the rules */
	size_t n, cap;
	struct part **now; /* those of one level */
};

static void
close_work(struct detect_work *w)
{
	detect_groups_fini(&w->groups);
	measure_close(&w->sweep);
	baseline_lines_fini(&w->lines);
	baseline_history_fini(&w->history);
	free(w->members);
	free(w->also);
	free(w->peak_also);
}

static int
find_groups(struct detect_work *w, const struct part *p, struct errmsg *why)
{
	const struct detect_settings *set = w->set;
	size_t max = set->max_groups > 0 ? set->max_groups : BOUNDS_GROUPS;
	int status;

	if (p->trigger != NULL && p->trigger->status != 0) {
		(void)errmsg_set(why, "rule '%s', which it follows, stopped",
		    p->trigger->rule->id);
		return 1;
	}
	status = detect_group(&w->groups, w->rule, w->batch->calls, w->named,
	    w->trail, max, why);
	if (status == 0 && w->groups.n > 0)
		status = follow_groups(w, why);
	return status;
}

static void
run_part(const struct parts *ps, struct part *p)
{
	struct detect_trail trail = { 0 };
	struct detect_work w = { .rule = p->rule,
		.named = ps->named,
		.set = ps->set,
		.batch = &ps->db,
		.out = &p->results,
		.events = p->followed ? &p->events : NULL };
	struct errmsg why;

	if (p->trigger != NULL) {
		detect_trail_init(&trail, &p->rule->follows, ps->db.calls,
		    &p->trigger->events);
		w.trail = &trail;
	}
	p->status = find_groups(&w, p, &why);
	if (p->status == 0)
		tell(&w, &p->notes);
	else if (p->status > 0)
		tell_stopped(&w, &why, &p->notes);
	else
		(void)errmsg_set(&p->err, "rule '%s': %s", p->rule->id,
		    why.text);
	detect_events_sort(&p->events);
	detect_trail_fini(&trail);
	close_work(&w);
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

/* Parts ------------------------------------------------------------------- */

static struct part *
part_of(const struct parts *ps, const struct rule *r)
{
	size_t i;

	for (i = 0; i < ps->n; i++)
		if (ps->list[i].rule == r)
			return &ps->list[i];
	return NULL;
}

/* A rule, and before it those that it follows, whatever their status. */
static void
add_part(struct parts *ps, const struct rule *r, bool reported)
{
	struct part *p = part_of(ps, r);

	if (p != NULL) {
		p->reported |= reported;
		return;
	}
	if (r->follows.rule != NULL)
		add_part(ps, r->follows.rule, false);
	ps->list = xgrow(ps->list, &ps->cap, ps->n + 1, sizeof(*ps->list));
	p = &ps->list[ps->n++];
	*p = (struct part){ .rule = r, .reported = reported };
	results_init(&p->results);
	notes_init(&p->notes);
}

static int
compare_parts(const void *va, const void *vb)
{
	const struct part *a = va, *b = vb;

	return strcmp(a->rule->id, b->rule->id);
}

/* Who waits for whom; returns how many levels there are. */
static size_t
link_parts(struct parts *ps)
{
	size_t levels = 0, i;
	const struct rule *r;
	struct part *p, *t;

	if (ps->n > 1)
		qsort(ps->list, ps->n, sizeof(*ps->list), compare_parts);
	for (i = 0; i < ps->n; i++) {
		p = &ps->list[i];
		if ((r = p->rule->follows.rule) != NULL) {
			t = part_of(ps, r);
			t->followed = true;
			p->trigger = t;
		}
		for (; r != NULL; r = r->follows.rule)
			p->level++;
		if (p->level >= levels)
			levels = p->level + 1;
	}
	return levels;
}

static void
run_now(void *arg, size_t i)
{
	const struct parts *ps = arg;

	run_part(ps, ps->now[i]);
}

static void
run_parts(struct parts *ps)
{
	size_t levels = link_parts(ps), level, i, n;

	for (i = 0; i < ps->n; i++)
		if (rule_asks_never(ps->list[i].rule)) {
			detect_known_init(&ps->db, ps->named, ps->set->zone);
			break;
		}
	ps->now = xcalloc(ps->n + 1, sizeof(struct part *));
	for (level = 0; level < levels; level++) {
		n = 0;
		for (i = 0; i < ps->n; i++)
			if (ps->list[i].level == level)
				ps->now[n++] = &ps->list[i];
		pool_run(ps->set->threads, n, run_now, ps);
	}
	free(ps->now);
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

		if (p->reported)
			results_take(out, &p->results);
		notes_add_all(notes, &p->notes);
		if (p->status < 0 && status >= 0)
			(void)errmsg_set(err, "%s", p->err.text);
		if (p->status != 0 && status >= 0)
			status = p->status;
		detect_events_fini(&p->events);
		results_fini(&p->results);
		notes_fini(&p->notes);
	}
	free(ps->list);
	detect_batch_fini(&ps->db);
	return status;
}

int
detect_run(const struct batch *b, const struct ruleset *rules,
    const struct detect_settings *set, struct results *out, struct notes *notes,
    struct errmsg *err)
{
	struct parts ps = { .named = &rules->named, .set = set };
	const struct rule *r;
	size_t i;

	assert(b->sorted);
	describe_run(out, b, rules, set);
	detect_batch_init(&ps.db, b);
	for (i = 0; i < rules->n; i++) {
		r = rules->rules[i];
		/* a private rule is only there for others to follow */
		if (chosen(r, set) && !r->private_rule)
			add_part(&ps, r, true);
	}
	run_parts(&ps);
	return put_together(&ps, out, notes, err);
}

int
detect_rule(const struct batch *b, const struct rule *rule,
    const struct named *named, const struct detect_settings *set,
    struct results *out, struct notes *notes, struct errmsg *err)
{
	struct parts ps = { .named = named, .set = set };

	assert(b->sorted);
	detect_batch_init(&ps.db, b);
	add_part(&ps, rule, true);
	run_parts(&ps);
	return put_together(&ps, out, notes, err);
}
