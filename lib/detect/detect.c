#include "detect/detect.h"

#include <assert.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "detect/detect_impl.h"

/* What one rule found, apart from all others until they are put together. */
struct part {
	const struct rule *rule;
	struct part *trigger; /* of the rule that it follows, or NULL */
	bool reported;        /* false: only there to be followed */
	bool followed;
	size_t level;        /* above that of the trigger */
	int64_t follow_back; /* detect_impl.h, struct detect_work */
	struct detect_events events;
	struct detect_held *held;     /* what it kept; or NULL */
	struct detect_resume *resume; /* or NULL; see plan() */
	struct buf keep;              /* for the next run */
	struct results results;
	struct notes notes;
	struct errmsg err;
	int status;
};

struct parts {
	struct detect_batch db;
	const struct named *named;
	const struct waiver_uses *waivers; /* or NULL */
	const struct detect_settings *set;
	bool as_written;   /* rules that are followed are not tuned */
	struct part *list; /* in the order of the rules */
	size_t n, cap;
	struct part **now; /* those of one level */
};

static struct detect_work
work_of(const struct parts *ps, struct part *p)
{
	return (struct detect_work){ .rule = p->rule,
		.named = ps->named,
		.waivers = ps->waivers,
		.set = ps->set,
		.batch = &ps->db,
		.out = &p->results,
		.keep = ps->set->keep != NULL ? &p->keep : NULL,
		.held = p->held,
		.reported = p->reported,
		.follow_back = p->follow_back,
		.events = p->followed ? &p->events : NULL };
}

static void
run_part(const struct parts *ps, struct part *p)
{
	struct detect_trail trail = { 0 };
	struct detect_work w = work_of(ps, p);
	const struct part *trigger = p->trigger;
	const struct rule *stopped = NULL;
	struct stages_span span;

	stages_part_begin(ps->set->stages, &span);
	w.resume = p->resume;
	p->resume = NULL;
	if (trigger != NULL) {
		detect_trail_init(&trail, &p->rule->follows, ps->db.calls,
		    &trigger->events);
		w.trail = &trail;
		stopped = trigger->status != 0 ? trigger->rule : NULL;
	}
	p->status = detect_tuned(&w, stopped, &p->notes, &p->err);
	detect_events_sort(&p->events);
	detect_trail_fini(&trail);
	stages_part_end(ps->set->stages, &span, p->rule->id,
	    (int64_t)p->results.n, "findings");
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

	return rule_is_on(r) && r->sensitivity <= sensitivity &&
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
		if (batch_event(b, i) == EVENT_QUALITY)
			continue;
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
	run->looked_at = 0;
	for (i = 0; i < b->n; i++)
		run->looked_at += batch_event(b, i) != EVENT_QUALITY;
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

/* The rule that this one follows, or NULL. */
static const struct rule *
trigger_of(const struct parts *ps, const struct rule *r)
{
	const struct rule *t = r->follows.rule;

	return t != NULL && ps->as_written && t->untuned != NULL ? t->untuned
								 : t;
}

/* A rule, and before it those that it follows, whatever their status. */
static void
add_part(struct parts *ps, const struct rule *r, bool reported)
{
	const struct rule *trigger = trigger_of(ps, r);
	struct part *p = part_of(ps, r);

	if (p != NULL) {
		p->reported |= reported;
		return;
	}
	if (trigger != NULL)
		add_part(ps, trigger, false);
	ps->list = xgrow(ps->list, &ps->cap, ps->n + 1, sizeof(*ps->list));
	p = &ps->list[ps->n++];
	*p = (struct part){ .rule = r, .reported = reported };
	buf_init(&p->keep);
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
	int64_t back;

	if (ps->n > 1)
		qsort(ps->list, ps->n, sizeof(*ps->list), compare_parts);
	for (i = 0; i < ps->n; i++) {
		p = &ps->list[i];
		if ((r = trigger_of(ps, p->rule)) != NULL) {
			t = part_of(ps, r);
			t->followed = true;
			p->trigger = t;
			back = p->rule->follows.within +
			       detect_span(&p->rule->measure);
			if (back > t->follow_back)
				t->follow_back = back;
		}
		for (; r != NULL; r = trigger_of(ps, r))
			p->level++;
		if (p->level >= levels)
			levels = p->level + 1;
	}
	return levels;
}

/* Going on ---------------------------------------------------------------- */

/* A rule that is evaluated whole: nothing of before N is taken over. */
static void
look_at_all(struct part *p)
{
	detect_resume_free(&p->resume);
	detect_events_fini(&p->events);
}

static void
plan_one(void *arg, size_t i)
{
	const struct parts *ps = arg;
	struct part *p = &ps->list[i];
	struct detect_work w = work_of(ps, p);

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
plan(struct parts *ps, size_t levels)
{
	struct part *p, *t;
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

static void
run_now(void *arg, size_t i)
{
	const struct parts *ps = arg;

	run_part(ps, ps->now[i]);
}

/* Rules look at a copy of the batch from now on, which tells it. */
static void
show_src_new(struct detect_batch *db, const struct detect_look *look)
{
	db->src_new = detect_src_new(db, look);
	db->view = *db->calls;
	db->view.src_new = db->src_new;
	db->calls = &db->view;
}

/* What the rules ask of calls, answered once for all of them. */
static void
ask_together(struct parts *ps)
{
	struct predicate_answers *a;
	const struct rule *r;
	size_t i, k;

	a = predicate_answers_new(ps->db.calls, ps->named, &ps->db.locals);
	for (i = 0; i < ps->n; i++) {
		r = ps->list[i].rule;
		predicate_ask(a, r->match);
		if (r->measure.where != NULL)
			predicate_ask(a, r->measure.where);
		for (k = 0; k < r->nalso; k++)
			if (r->also[k].measure.where != NULL)
				predicate_ask(a, r->also[k].measure.where);
	}
	predicate_answer(a, ps->set->threads);
	ps->db.answers = a;
}

/* What is kept under a name for the rules that ask something. */
static struct detect_look
look_for(const struct parts *ps, const char *name,
    bool (*asks)(const struct rule *r))
{
	const struct detect_settings *set = ps->set;
	struct detect_look look = { .first = INT64_MAX, .until = INT64_MAX };
	const struct part *p;
	int64_t until, first;
	size_t i;

	for (i = 0; i < ps->n; i++) {
		p = &ps->list[i];
		if (!asks(p->rule))
			continue;
		first = p->resume != NULL ? p->resume->first : INT64_MIN;
		until = detect_held_until(set, p->rule, ps->db.calls);
		look.first = first < look.first ? first : look.first;
		look.until = until < look.until ? until : look.until;
	}
	if (set->past != NULL && set->past->keep != NULL)
		look.was = detect_keep_get(set->past->keep, name);
	if (set->keep != NULL && look.until != INT64_MAX)
		look.keep = detect_keep_put(set->keep, name);
	return look;
}

static bool
asks_src_new(const struct rule *r)
{
	return rule_asks(r, field_find("src_new"));
}

/* What rules ask of the past, and of each call. */
static void
prepare(struct parts *ps)
{
	struct detect_look look;
	struct stages_span span;
	size_t i;

	stages_begin(ps->set->stages, &span, "questions");
	look = look_for(ps, DETECT_KEEP_KNOWN, rule_asks_never);
	if (look.until != INT64_MAX)
		detect_known_init(&ps->db, &look);
	for (i = 0; i < ps->n; i++)
		if (ps->list[i].rule->baseline.present) {
			baseline_written_init(&ps->db.written, ps->db.calls);
			break;
		}
	look = look_for(ps, DETECT_KEEP_CALLERS, asks_src_new);
	if (ps->db.src_new == NULL && look.until != INT64_MAX)
		show_src_new(&ps->db, &look);
	ask_together(ps);
	stages_end(ps->set->stages, &span, 0, NULL);
}

static void
run_parts(struct parts *ps)
{
	size_t levels = link_parts(ps), level, i, n;
	struct stages_span span;

	if (ps->set->past != NULL)
		plan(ps, levels);
	prepare(ps);
	stages_begin(ps->set->stages, &span, "rules");
	ps->now = xcalloc(ps->n + 1, sizeof(struct part *));
	for (level = 0; level < levels; level++) {
		n = 0;
		for (i = 0; i < ps->n; i++)
			if (ps->list[i].level == level)
				ps->now[n++] = &ps->list[i];
		pool_run(ps->set->threads, n, run_now, ps);
	}
	free(ps->now);
	stages_end(ps->set->stages, &span, (int64_t)ps->n, "rules");
}

/* What stopped found nothing that could be gone on from. */
static void
hand_on(struct part *p, struct detect_keep *keep)
{
	struct buf *body;

	if (keep != NULL && p->status == 0 && p->keep.len > 0) {
		body = detect_keep_put(keep, p->rule->id);
		buf_add(body, p->keep.data, p->keep.len);
	}
	buf_fini(&p->keep);
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
		hand_on(p, ps->set->keep);
		detect_held_free(&p->held);
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

/* Waivers are for what rules ask for, and may ask themselves. */
static bool
waivers_ask_src_new(const struct ruleset *rules)
{
	const struct field *src_new = field_find("src_new");
	size_t i;

	for (i = 0; i < rules->nwaivers; i++)
		if (predicate_asks(rules->waivers[i]->match, src_new))
			return true;
	for (i = 0; rules->nwaivers > 0 && i < rules->n; i++)
		if (rule_asks(rules->rules[i], src_new))
			return true;
	return false;
}

/* The batch, and what waivers cover of it. */
static int
open_parts(struct parts *ps, const struct batch *b, const struct ruleset *rules,
    struct waiver_uses *waivers, struct notes *notes, struct errmsg *err)
{
	const struct detect_look all = { .first = INT64_MIN };

	assert(b->sorted);
	ps->named = &rules->named;
	ps->waivers = waivers;
	detect_batch_init(&ps->db, b, &rules->named, ps->set);
	if (waivers_ask_src_new(rules))
		show_src_new(&ps->db, &all);
	if (waiver_uses_init(waivers, rules, ps->db.calls, ps->set->zone,
		ps->set->as_of, notes, err) == 0)
		return 0;
	detect_batch_fini(&ps->db);
	return -1;
}

int
detect_run(const struct batch *b, const struct ruleset *rules,
    const struct detect_settings *set, struct results *out, struct notes *notes,
    struct errmsg *err)
{
	struct detect_settings own = *set;
	struct waiver_uses waivers;
	struct parts ps = { .set = &own };
	const struct rule *r;
	int status;
	size_t i;

	if (set->keep != NULL)
		detect_keep_fini(set->keep);
	/* A waiver covers calls by what there is of a whole day. */
	if (rules->nwaivers > 0) {
		own.past = NULL;
		own.keep = NULL;
	}
	describe_run(out, b, rules, set);
	status = open_parts(&ps, b, rules, &waivers, notes, err);
	if (status == 0) {
		detect_tell_waivers(&waivers, &ps.db, out);
		tell_old_lists(&rules->named, set->as_of, notes);
		for (i = 0; i < rules->n; i++) {
			r = rules->rules[i];
			/* a private rule is only there for others to follow */
			if (chosen(r, set) && !r->private_rule)
				add_part(&ps, r, true);
		}
		run_parts(&ps);
		status = put_together(&ps, out, notes, err);
	}
	waiver_uses_fini(&waivers);
	return status;
}

/* What was made for the rules to look at is the asker's from now on. */
static void
hand_over(struct parts *ps)
{
	if (ps->set->sight == NULL)
		return;
	ps->set->sight->src_new = ps->db.src_new;
	ps->db.src_new = NULL;
}

int
detect_asked(const struct batch *b, const struct ruleset *rules,
    const struct rule *rule, const struct detect_settings *set,
    struct waiver_uses *waivers, struct results *out, struct notes *notes,
    struct errmsg *err)
{
	struct parts ps = { .set = set };

	if (open_parts(&ps, b, rules, waivers, notes, err) != 0)
		return -1;
	add_part(&ps, rule, true);
	run_parts(&ps);
	hand_over(&ps);
	return put_together(&ps, out, notes, err);
}

int
detect_rule(const struct batch *b, const struct rule *rule,
    const struct named *named, const struct detect_settings *set,
    struct results *out, struct notes *notes, struct errmsg *err)
{
	struct parts ps = { .named = named, .set = set, .as_written = true };

	assert(b->sorted);
	detect_batch_init(&ps.db, b, named, set);
	add_part(&ps, rule, true);
	run_parts(&ps);
	return put_together(&ps, out, notes, err);
}
