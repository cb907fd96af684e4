#include "detect/explain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "detect/explain_impl.h"
#include "rule/rulefile.h"
#include "rule/tuning.h"
#include "tel/calltime.h"

/* Lines of a text that says its own verdicts, under one label. */
static void
add_lines(struct buf *out, const char *label, const char *text)
{
	size_t n;

	for (; *text != '\0'; text += n + 1) {
		n = strcspn(text, "\n");
		buf_addf(out, "  %-8s  %.*s\n", label, (int)n, text);
		label = "";
	}
}

static const char *
text_of(const struct explaining *e, const char *field)
{
	const struct field *f = field_find(field);
	uint32_t code = field_code(f, e->b, e->i);

	return code != FIELD_MISSING ? field_code_text(f, e->b, code) : NULL;
}

/* "call 17683.93   2026-01-13 10:00:00   A1 4 > +5377 (CU)" */
static void
add_call(const struct explaining *e)
{
	static const struct {
		const char *field, *before, *after;
	} parts[] = {
		{ "account", "   ", "" },
		{ "src", " ", "" },
		{ "dst", " > ", "" },
		{ "dst_country", " (", ")" },
	};
	const char *id = batch_text(e->b, e->b->origins[e->i].call_id), *text;
	size_t k;

	buf_addf(e->out, "%s %s%s",
	    batch_event(e->b, e->i) == EVENT_CALL ? "call" : "event", id,
	    id[0] != '\0' ? "   " : "");
	time_local(e->out, e->zone, e->b->calls[e->i].start);
	for (k = 0; k < sizeof(parts) / sizeof(parts[0]); k++) {
		text = text_of(e, parts[k].field);
		if (text != NULL)
			buf_addf(e->out, "%s%s%s", parts[k].before, text,
			    parts[k].after);
	}
	buf_addch(e->out, '\n');
}

static void
add_head(const struct explaining *e)
{
	const struct rule *r = e->rule;

	buf_addf(e->out, "%s v%d   score %d   family %s   ", r->id, r->version,
	    r->score, r->family);
	if (e->finding != NULL)
		buf_addf(e->out, "finding %s\n", e->finding->id);
	else
		buf_addstr(e->out, "no finding\n");
}

/* Whether all clauses hold; 1, 0, -1 with words. */
static int
explain_match(const struct explaining *e, const struct named *named,
    struct errmsg *err)
{
	struct predicate_bound *p = NULL;
	enum call_event event;
	struct buf text;
	int status = predicate_bind(&p, e->rule->match, e->b, named, err);
	bool passed;

	if (status != 0)
		return -1;
	passed = predicate_test(p, e->b, e->i);
	buf_init(&text);
	predicate_explain(p, e->b, e->i, &text);
	event = batch_event(e->b, e->i);
	if (event != EVENT_CALL && !rule_takes_events(e->rule)) {
		passed = false;
		buf_addf(&text, "fail  event = \"%s\", needs \"call\"\n",
		    event_name(event));
	}
	if (text.len == 0)
		buf_addstr(&text, "pass  every call\n");
	add_lines(e->out, "match", text.data);
	buf_fini(&text);
	predicate_unbind(&p);
	return passed;
}

/* Group ------------------------------------------------------------------- */

static bool
explain_by(const struct explaining *e)
{
	const struct rule *r = e->rule;
	bool all = true;
	size_t k;

	for (k = 0; k < r->nby; k++)
		all &= field_code(r->by[k], e->b, e->i) != FIELD_MISSING;
	explain_begin(e->out, "by", all ? "" : "fail");
	if (r->nby == 0)
		buf_addf(e->out, "all %s are one group",
		    rule_noun(rule_events(r), 2));
	for (k = 0; k < r->nby; k++) {
		buf_addf(e->out, "%s%s", k > 0 ? "  " : "", r->by[k]->name);
		if (field_code(r->by[k], e->b, e->i) == FIELD_MISSING) {
			buf_addstr(e->out, " is missing");
			continue;
		}
		buf_addch(e->out, '=');
		field_print(r->by[k], e->b, e->i, e->out);
	}
	buf_addch(e->out, '\n');
	return all;
}

static void
explain_follows(const struct explaining *e)
{
	const struct follows *f = &e->rule->follows;
	size_t k;

	if (f->id == NULL)
		return;
	explain_begin(e->out, "follows", explain_verdict(e->sight.seen));
	buf_addf(e->out, "%s'%s' fired in the ",
	    e->sight.seen ? "" : "no call of ", f->id);
	span_print(e->out, f->within);
	buf_addstr(e->out, " before");
	for (k = 0; k < f->nsame; k++) {
		buf_addf(e->out, "%s%s=", k == 0 ? " for " : ", ",
		    f->theirs[k]->name);
		field_print(f->own[k], e->b, e->i, e->out);
	}
	buf_addch(e->out, '\n');
}

/* All --------------------------------------------------------------------- */

static void
explain_group(const struct explaining *e)
{
	bool keys = explain_by(e);

	if (!keys)
		return;
	explain_follows(e);
	if (!e->sight.seen) {
		if (e->rule->follows.id == NULL || !e->rule->enabled) {
			explain_begin(e->out, "", "stop");
			buf_addstr(e->out,
			    e->rule->enabled
				? "an emergency number is no group of its own\n"
				: "the rule is off for this group\n");
		}
		return;
	}
	explain_window(e);
	explain_measures(e);
}

static void
explain_finding(const struct explaining *e)
{
	const struct finding *f = e->finding;

	if (f == NULL)
		return;
	explain_begin(e->out, "finding", "");
	buf_addf(e->out, "%s, ", f->id);
	time_local(e->out, e->zone, f->first_seen);
	buf_addstr(e->out, " to ");
	time_local(e->out, e->zone, f->last_seen);
	buf_addf(e->out, ", %" PRId64 " %s, score %d\n", f->calls.calls,
	    rule_noun(rule_events(e->rule), f->calls.calls), f->score);
	explain_begin(e->out, "", "");
	buf_addf(e->out, "%s\n", f->reason);
}

static bool
holds_call(const struct finding *f, const struct batch *b, size_t i)
{
	const char *source = batch_text(b, b->sources[b->calls[i].source].name);
	uint64_t hash = hash64(source, strlen(source));
	const struct call_ref *m;
	size_t k;

	for (k = 0; k < f->nmembers; k++) {
		m = &f->members[k];
		if (m->start == b->calls[i].start &&
		    m->key == b->origins[i].key && m->source == hash)
			return true;
	}
	return false;
}

/*
 * What tuning makes of the rule for the group of the call, in place of the
 * rule; `variant` is to be released.
 */
static int
tune(struct explaining *e, const struct named *named, struct arena *arena,
    struct rule **variant, struct errmsg *err)
{
	struct tuning_sets ts;
	int status;

	if (e->rule->untuned == NULL)
		return 0;
	status = tuning_sets_init(&ts, e->rule, e->b, named, err);
	if (status == 0)
		status = rulefile_variant(e->rule, ts.sets[ts.of_call[e->i]],
		    arena, variant, err);
	if (status == 0)
		e->rule = *variant;
	tuning_sets_fini(&ts);
	return status != 0 ? -1 : 0;
}

int
explain_call(const struct batch *b, size_t i, const struct rule *rule,
    const struct named *named, const struct detect_settings *set,
    struct buf *out, struct errmsg *err)
{
	struct explaining e = { .b = b,
		.i = i,
		.rule = rule,
		.zone = set->zone,
		.out = out };
	struct detect_settings own = *set;
	struct rule *variant = NULL;
	struct batch view = *b;
	struct results found;
	struct notes notes;
	struct arena arena;
	int status;
	size_t k;

	results_init(&found);
	notes_init(&notes);
	arena_init(&arena);
	e.sight = (struct detect_sight){ .rule = rule, .call = i };
	e.sight.also = xcalloc(rule->nalso + 1, sizeof(*e.sight.also));
	own.sight = &e.sight;
	status = detect_rule(b, rule, named, &own, &found, &notes, err);
	if (status > 0)
		status = errmsg_set(err, "%s", notes.list[0].text);
	for (k = 0; status == 0 && k < found.n; k++)
		if (holds_call(found.findings[k], b, i))
			e.finding = found.findings[k];
	if (status == 0)
		status = tune(&e, named, &arena, &variant, err);
	view.since_prev = e.sight.since_prev;
	view.src_new = e.sight.src_new;
	e.b = &view;
	if (status == 0) {
		add_head(&e);
		add_call(&e);
		status = explain_match(&e, named, err);
		if (status > 0)
			explain_group(&e);
		explain_finding(&e);
	}
	if (status >= 0)
		status = e.finding != NULL;
	free(e.sight.also);
	free(e.sight.since_prev);
	free(e.sight.src_new);
	rule_release(variant);
	arena_fini(&arena);
	notes_fini(&notes);
	results_fini(&found);
	return status;
}

size_t
explain_waivers(const struct waiver_uses *us, const struct rule *rule,
    uint32_t call, struct buf *out)
{
	const struct waiver *w;
	size_t i, n = 0;

	for (i = 0; i < us->n; i++) {
		w = us->list[i].waiver;
		if (!waiver_names(w, rule) ||
		    !waiver_covers(&us->list[i], call))
			continue;
		explain_begin(out, n++ == 0 ? "waiver" : "", "stop");
		buf_addf(out, "%s until ", w->id);
		date_print(out, w->expires);
		buf_addf(out, ", %s: %s\n", w->owner, w->reason);
	}
	return n;
}
