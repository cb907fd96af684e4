#include "detect/detect.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "detect/detect_facts_impl.h"

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
	bool lacks;                   /* detect_impl.h, struct detect_work */
	int64_t most, needs;          /* the same */
	int64_t carried, carries;
	struct detect_carry carry;
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
	struct part **now;           /* those of one level */
	struct detect_piece *pieces; /* of the work on them */
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
		.most = p->most,
		.needs = INT64_MIN,
		.carry = ps->set->keep != NULL ? &p->carry : NULL,
		.carried = p->carried,
		.carries = INT64_MAX,
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
	p->lacks = w.lacks;
	p->most = w.most;
	p->needs = w.needs;
	p->carries = w.carries;
	detect_events_sort(&p->events);
	detect_trail_fini(&trail);
	detect_shared_done(ps->db.shared, p->rule);
	stages_part_end(ps->set->stages, &span, p->rule->id,
	    (int64_t)p->results.n, "findings");
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
	*p = (struct part){ .rule = r,
		.reported = reported,
		.carried = INT64_MAX };
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
run_piece(void *arg, size_t i)
{
	const struct parts *ps = arg;
	const struct detect_piece *piece = &ps->pieces[i];

	if (piece->order != NULL)
		detect_shared_order(ps->db.shared, ps->db.calls, piece->order);
	else
		run_part(ps, ps->now[piece->rule]);
}

/*
 * Whether a rule has to look at calls that are not there; those with a calendar
 * window tell later.
 */
static bool
any_lacks(const struct parts *ps)
{
	const struct part *p;
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

/* What is kept under a name for the rules that ask something. */
static struct detect_look
look_for(const struct parts *ps, const char *name,
    bool (*asks)(const struct rule *r), struct buf *keep)
{
	const struct detect_settings *set = ps->set;
	struct detect_look look = { .first = INT64_MAX,
		.until = INT64_MAX,
		.begins = ps->db.begins };
	const struct part *p;
	int64_t until, first;
	size_t i;

	buf_init(keep);
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
	look.keep = set->keep != NULL ? keep : NULL;
	return look;
}

static bool
asks_src_new(const struct rule *r)
{
	return rule_asks(r, field_find("src_new"));
}

static void
hand_on(struct detect_keep *keep, const char *name, struct buf *body)
{
	struct buf *kept;

	if (keep != NULL && body->len > 0) {
		kept = detect_keep_put(keep, name);
		buf_add(kept, body->data, body->len);
	}
	buf_fini(body);
}

/* What rules ask of the past, and of each call; false: that is not known. */
static bool
prepare(struct parts *ps)
{
	const struct rule **rules = xcalloc(ps->n + 1, sizeof(*rules));
	struct detect_keep *keep = ps->set->keep;
	struct detect_looks looks;
	struct buf known, callers;
	struct stages_span span;
	size_t i;

	for (i = 0; i < ps->n; i++)
		rules[i] = ps->list[i].rule;
	stages_begin(ps->set->stages, &span, "questions");
	looks.known = look_for(ps, DETECT_KEEP_KNOWN, rule_asks_never, &known);
	looks.callers =
	    look_for(ps, DETECT_KEEP_CALLERS, asks_src_new, &callers);
	detect_prepare(&ps->db, ps->named, rules, ps->n, &looks,
	    ps->set->threads);
	hand_on(keep, DETECT_KEEP_KNOWN, &known);
	hand_on(keep, DETECT_KEEP_CALLERS, &callers);
	stages_end(ps->set->stages, &span, 0, NULL);
	free(rules);
	return !looks.known.lacks && !looks.callers.lacks;
}

/*
 * The pieces of work on one level; a run that goes on from another looks at
 * too few calls to need orders of all.
 */
static size_t
take_level(struct parts *ps, size_t level)
{
	const struct rule **rules = xcalloc(ps->n + 1, sizeof(*rules));
	size_t i, n = 0;

	for (i = 0; i < ps->n; i++)
		if (ps->list[i].level == level) {
			ps->now[n] = &ps->list[i];
			rules[n++] = ps->list[i].rule;
			detect_shared_expect(ps->db.shared, ps->list[i].rule);
		}
	n = detect_schedule(ps->pieces, rules, n, ps->set->past == NULL);
	free(rules);
	return n;
}

/* What was known of calls that are missing, by rule; false: that is not. */
static bool
recall_terms(struct parts *ps)
{
	struct detect_terms terms;
	const struct detect_mark *m;
	bool good = detect_terms_take(&terms, ps->set->past->keep) &&
		    terms.from != INT64_MAX && ps->db.begins <= terms.from;
	size_t i;

	for (i = 0; good && i < ps->n; i++) {
		m = detect_marks_find(&terms.groups,
		    detect_terms_key(ps->list[i].rule));
		good = m != NULL && m->at >= 0;
		if (good)
			ps->list[i].most = m->at;
		m = detect_marks_find(&terms.carries,
		    detect_terms_key(ps->list[i].rule));
		if (m != NULL)
			ps->list[i].carried = m->at;
	}
	detect_terms_fini(&terms);
	return good;
}

/* A rule that stops is told of by all calls. */
static bool
has_all(const struct parts *ps)
{
	bool all = true;
	size_t i;

	for (i = 0; i < ps->n && ps->db.begins != INT64_MIN; i++)
		all &= !ps->list[i].lacks && ps->list[i].status == 0;
	return all;
}

/* 0, or DETECT_NEEDS_ALL. */
static int
run_parts(struct parts *ps)
{
	size_t levels = link_parts(ps), level, n;
	struct stages_span span;

	if (ps->db.begins != INT64_MIN && !recall_terms(ps))
		return DETECT_NEEDS_ALL;
	if (ps->set->past != NULL)
		plan(ps, levels);
	if (any_lacks(ps) || !prepare(ps))
		return DETECT_NEEDS_ALL;
	stages_begin(ps->set->stages, &span, "rules");
	ps->now = xcalloc(ps->n + 1, sizeof(struct part *));
	ps->pieces = xcalloc(2 * ps->n + 1, sizeof(*ps->pieces));
	for (level = 0; level < levels; level++) {
		n = take_level(ps, level);
		pool_run(ps->set->threads, n, run_piece, ps);
	}
	free(ps->now);
	free(ps->pieces);
	stages_end(ps->set->stages, &span, (int64_t)ps->n, "rules");
	return has_all(ps) ? 0 : DETECT_NEEDS_ALL;
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
		/* What stopped found nothing that could be gone on from. */
		hand_on(p->status == 0 ? ps->set->keep : NULL, p->rule->id,
		    &p->keep);
		notes_add_all(notes, &p->notes);
		if (p->status < 0 && status >= 0)
			(void)errmsg_set(err, "%s", p->err.text);
		if (p->status != 0 && status >= 0)
			status = p->status;
	}
	return status;
}

static void
close_parts(struct parts *ps)
{
	struct part *p;
	size_t i;

	for (i = 0; i < ps->n; i++) {
		p = &ps->list[i];
		detect_resume_free(&p->resume);
		detect_held_free(&p->held);
		detect_events_fini(&p->events);
		detect_events_fini(&p->carry.calls);
		buf_fini(&p->keep);
		results_fini(&p->results);
		notes_fini(&p->notes);
	}
	free(ps->list);
	detect_batch_fini(&ps->db);
}

/* Run the parts, and end them. */
static int
evaluate(struct parts *ps, struct results *out, struct notes *notes,
    struct errmsg *err)
{
	int status = run_parts(ps);

	if (status == 0)
		status = put_together(ps, out, notes, err);
	return status;
}

/* The single calls that rules will ask for, of before all that they need. */
static void
keep_carried(const struct parts *ps, int64_t before)
{
	struct detect_events all = { .calls = NULL };
	const struct detect_carry *one;
	size_t i;

	for (i = 0; i < ps->n; i++) {
		one = &ps->list[i].carry;
		if (!one->too_many)
			detect_events_add(&all, one->calls.calls, one->calls.n);
	}
	detect_carry_keep(ps->db.locals.batch, &all, before,
	    detect_keep_put(ps->set->keep, DETECT_KEEP_CARRIED));
	detect_events_fini(&all);
}

/* What is kept of all calls, and of what the rules need of them. */
static void
keep_all(const struct parts *ps)
{
	const struct detect_facts *was = ps->db.facts;
	const int64_t end = detect_kept_until(ps->set, ps->db.calls);
	struct detect_terms terms = { .until = end };
	const struct part *p;
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
	assert(b->sorted);
	ps->named = &rules->named;
	ps->waivers = waivers;
	detect_batch_init(&ps->db, b, &rules->named, ps->set);
	if (waivers_ask_src_new(rules))
		detect_show_src_new(&ps->db);
	if (waiver_uses_init(waivers, rules, ps->db.calls, ps->set->zone,
		ps->set->as_of, notes, err) == 0)
		return 0;
	detect_batch_fini(&ps->db);
	return -1;
}

static int
run_rules(struct parts *ps, const struct ruleset *rules, struct results *out,
    struct notes *notes, struct errmsg *err)
{
	struct notes said;
	const struct rule *r;
	int status;
	size_t i;

	if (!detect_batch_knows(&ps->db, ps->set))
		return DETECT_NEEDS_ALL;
	for (i = 0; i < rules->n; i++) {
		r = rules->rules[i];
		/* a private rule is only there for others to follow */
		if (detect_chosen(r, ps->set) && !r->private_rule)
			add_part(ps, r, true);
	}
	notes_init(&said);
	detect_tell_old_lists(&rules->named, ps->set->as_of, &said);
	status = evaluate(ps, out, &said, err);
	if (status != DETECT_NEEDS_ALL)
		notes_add_all(notes, &said);
	notes_fini(&said);
	if (status == 0 && ps->set->keep != NULL && ps->db.calls->n > 0)
		keep_all(ps);
	return status;
}

/*
 * The past as of the instant for which something is kept, or earlier: so that
 * what matters there is looked at again.
 */
static struct detect_past
stand_where_kept(const struct detect_past *past,
    const struct detect_settings *set, const struct batch *b)
{
	const int64_t until = detect_kept_until(set, b);
	struct detect_past own = *past;

	if (b->n > 0 && own.from > until)
		own.from = until;
	return own;
}

int
detect_run(const struct batch *b, const struct ruleset *rules,
    const struct detect_settings *set, struct results *out, struct notes *notes,
    struct errmsg *err)
{
	struct detect_settings own = *set;
	struct detect_past past;
	struct waiver_uses waivers;
	struct parts ps = { .set = &own };
	int status;

	if (set->keep != NULL)
		detect_keep_fini(set->keep);
	/* A waiver covers calls by what there is of a whole day. */
	if (rules->nwaivers > 0) {
		if (set->past != NULL && set->past->begins != INT64_MIN)
			return DETECT_NEEDS_ALL;
		own.past = NULL;
		own.keep = NULL;
	}
	if (own.past != NULL && own.keep != NULL) {
		past = stand_where_kept(own.past, set, b);
		own.past = &past;
	}
	status = open_parts(&ps, b, rules, &waivers, notes, err);
	if (status == 0) {
		detect_describe_run(out, &ps.db, rules, set);
		detect_describe_feeds(&out->run, &ps.db, &out->arena);
		detect_tell_waivers(&waivers, &ps.db, out);
		status = run_rules(&ps, rules, out, notes, err);
		close_parts(&ps);
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
	int status;

	if (open_parts(&ps, b, rules, waivers, notes, err) != 0)
		return -1;
	add_part(&ps, rule, true);
	status = evaluate(&ps, out, notes, err);
	hand_over(&ps);
	close_parts(&ps);
	return status;
}

int
detect_rule(const struct batch *b, const struct rule *rule,
    const struct named *named, const struct detect_settings *set,
    struct results *out, struct notes *notes, struct errmsg *err)
{
	struct parts ps = { .named = named, .set = set, .as_written = true };
	int status;

	assert(b->sorted);
	detect_batch_init(&ps.db, b, named, set);
	add_part(&ps, rule, true);
	status = evaluate(&ps, out, notes, err);
	close_parts(&ps);
	return status;
}
