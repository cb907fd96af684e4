#include "detect/detect.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_finding_impl.h"
#include "detect/detect_parts_impl.h"

/* What is kept under a name for the rules that ask something. */
static struct detect_look
look_for(const struct detect_run_parts *ps, const char *name,
    bool (*asks)(const struct rule *r), struct buf *keep)
{
	const struct detect_settings *set = ps->set;
	struct detect_look look = { .first = INT64_MAX,
		.until = INT64_MAX,
		.begins = ps->db.begins };
	const struct detect_run_part *p;
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

/* The same of what is older, which mostly stays. */
static void
look_for_older(const struct detect_run_parts *ps, struct detect_look *look,
    struct buf *keep)
{
	const struct detect_settings *set = ps->set;

	buf_init(keep);
	if (set->past != NULL && set->past->keep != NULL)
		look->older =
		    detect_keep_get(set->past->keep, DETECT_KEEP_OLDER);
	look->keep_older = look->keep != NULL ? keep : NULL;
}

static bool
asks_src_new(const struct rule *r)
{
	return rule_asks(r, field_find("src_new"));
}

/* The body itself: some are of many MB. */
static void
hand_on(struct detect_keep *keep, const char *name, struct buf *body)
{
	struct buf *kept;

	if (keep != NULL && body->len > 0) {
		kept = detect_keep_put(keep, name);
		buf_fini(kept);
		*kept = *body;
		buf_init(body);
	}
	buf_fini(body);
}

/*
 * The first call that the rule looks at, or one before.  Where calls are
 * missing it goes on from what it found, or the run is of no use; what a
 * calendar window goes on from is known only later.
 */
static size_t
looks_from(const struct detect_run_parts *ps, const struct detect_run_part *p)
{
	const int64_t begins = ps->db.begins;

	if (begins == INT64_MIN)
		return 0;
	if (p->resume != NULL)
		return batch_lower(ps->db.calls, p->resume->first);
	return batch_lower(ps->db.calls,
	    p->carried < begins ? p->carried : begins);
}

/* What rules ask of the past, and of each call; false: that is not known. */
static bool
prepare(struct detect_run_parts *ps)
{
	const struct rule **rules = xcalloc(ps->n + 1, sizeof(*rules));
	size_t *froms = xcalloc(ps->n + 1, sizeof(*froms));
	struct detect_keep *keep = ps->set->keep;
	struct detect_looks looks;
	struct buf known, callers, older;
	struct stages_span span;
	size_t i;

	for (i = 0; i < ps->n; i++) {
		rules[i] = ps->list[i].rule;
		froms[i] = ps->list[i].looks_from =
		    looks_from(ps, &ps->list[i]);
	}
	stages_begin(ps->set->stages, &span, "questions");
	looks.known = look_for(ps, DETECT_KEEP_KNOWN, rule_asks_never, &known);
	looks.callers =
	    look_for(ps, DETECT_KEEP_CALLERS, asks_src_new, &callers);
	look_for_older(ps, &looks.callers, &older);
	looks.seen = ps->set->sight != NULL;
	detect_prepare(&ps->db, ps->named, rules, froms, ps->n, &looks,
	    ps->set->threads);
	hand_on(keep, DETECT_KEEP_KNOWN, &known);
	hand_on(keep, DETECT_KEEP_CALLERS, &callers);
	hand_on(keep, DETECT_KEEP_OLDER, &older);
	if (looks.callers.older_stays)
		detect_keep_same(keep, DETECT_KEEP_OLDER, looks.callers.older);
	stages_end(ps->set->stages, &span, 0, NULL);
	free(rules);
	free(froms);
	return !looks.known.lacks && !looks.callers.lacks;
}

/* A rule that stops is told of by all calls. */
static bool
has_all(const struct detect_run_parts *ps)
{
	bool all = true;
	size_t i;

	for (i = 0; i < ps->n && ps->db.begins != INT64_MIN; i++)
		all &= !ps->list[i].lacks && ps->list[i].status == 0;
	return all;
}

/* 0, or DETECT_NEEDS_ALL. */
static int
run_parts(struct detect_run_parts *ps)
{
	size_t levels = detect_parts_link(ps);
	struct stages_span span;

	if (!detect_parts_plan(ps, levels) || !prepare(ps))
		return DETECT_NEEDS_ALL;
	stages_begin(ps->set->stages, &span, "rules");
	detect_parts_run(ps, levels);
	stages_end(ps->set->stages, &span, (int64_t)ps->n, "rules");
	return has_all(ps) ? 0 : DETECT_NEEDS_ALL;
}

/* In the order of the rules, so that threads leave no trace. */
static int
put_together(struct detect_run_parts *ps, struct results *out,
    struct notes *notes, struct errmsg *err)
{
	int status = 0;
	size_t i;

	for (i = 0; i < ps->n; i++) {
		struct detect_run_part *p = &ps->list[i];

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

/* Run the parts, and end them. */
static int
evaluate(struct detect_run_parts *ps, struct results *out, struct notes *notes,
    struct errmsg *err)
{
	int status = run_parts(ps);

	if (status == 0)
		status = put_together(ps, out, notes, err);
	return status;
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
open_parts(struct detect_run_parts *ps, const struct batch *b,
    const struct ruleset *rules, struct waiver_uses *waivers,
    struct results *out, struct notes *notes, struct errmsg *err)
{
	assert(b->sorted);
	ps->named = &rules->named;
	ps->waivers = waivers;
	detect_batch_init(&ps->db, b, &rules->named, ps->set, &out->arena);
	if (waivers_ask_src_new(rules))
		detect_show_src_new(&ps->db);
	if (waiver_uses_init(waivers, rules, ps->db.calls, ps->set->zone,
		ps->set->as_of, notes, err) == 0)
		return 0;
	detect_batch_fini(&ps->db);
	return -1;
}

static int
run_rules(struct detect_run_parts *ps, const struct ruleset *rules,
    struct results *out, struct notes *notes, struct errmsg *err)
{
	struct notes said;
	const struct rule *r;
	int status;
	size_t i;

	if (!detect_batch_knows(&ps->db, ps->set) ||
	    !detect_about_stands(&ps->db, ps->set))
		return DETECT_NEEDS_ALL;
	for (i = 0; i < rules->n; i++) {
		r = rules->rules[i];
		/* a private rule is only there for others to follow */
		if (detect_chosen(r, ps->set) && !r->private_rule)
			detect_parts_add(ps, r, true);
	}
	notes_init(&said);
	detect_tell_old_lists(&rules->named, ps->set->as_of, &said);
	status = evaluate(ps, out, &said, err);
	if (status != DETECT_NEEDS_ALL)
		notes_add_all(notes, &said);
	notes_fini(&said);
	if (status == 0 && ps->set->keep != NULL && ps->db.calls->n > 0)
		detect_parts_keep(ps, out);
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
	struct detect_run_parts ps = { .set = &own };
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
	status = open_parts(&ps, b, rules, &waivers, out, notes, err);
	if (status == 0) {
		detect_describe_run(out, &ps.db, rules, set);
		detect_describe_feeds(&out->run, &ps.db, &out->arena);
		detect_tell_waivers(&waivers, &ps.db, out);
		status = run_rules(&ps, rules, out, notes, err);
		detect_parts_close(&ps);
		detect_show_evidence(b, set->threads, out);
	}
	waiver_uses_fini(&waivers);
	return status;
}

/* What was made for the rules to look at is the asker's from now on. */
static void
hand_over(struct detect_run_parts *ps)
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
	struct detect_run_parts ps = { .set = set };
	int status;

	if (open_parts(&ps, b, rules, waivers, out, notes, err) != 0)
		return -1;
	detect_parts_add(&ps, rule, true);
	status = evaluate(&ps, out, notes, err);
	hand_over(&ps);
	detect_parts_close(&ps);
	detect_show_evidence(b, set->threads, out);
	return status;
}

int
detect_rule(const struct batch *b, const struct rule *rule,
    const struct named *named, const struct detect_settings *set,
    struct results *out, struct notes *notes, struct errmsg *err)
{
	struct detect_run_parts ps = { .named = named,
		.set = set,
		.as_written = true };
	int status;

	assert(b->sorted);
	detect_batch_init(&ps.db, b, named, set, &out->arena);
	detect_parts_add(&ps, rule, true);
	status = evaluate(&ps, out, notes, err);
	detect_parts_close(&ps);
	detect_show_evidence(b, set->threads, out);
	return status;
}
