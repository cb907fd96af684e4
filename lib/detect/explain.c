#include "detect/explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/explain_impl.h"
#include "rule/rulefile.h"
#include "tel/calltime.h"

enum { INDENT = 2 }; /* of a clause in a combination */

void
explained_begin(struct explained *told, const char *part, const char *verdict)
{
	const bool more = part[0] == '\0' && told->n > 0;

	if (told->n == told->cap) {
		told->cap = told->cap * 2 + 16;
		told->steps =
		    xrealloc(told->steps, told->cap, sizeof(*told->steps));
	}
	if (told->n > 0)
		buf_addch(&told->texts, '\0');
	told->steps[told->n] = (struct explain_step){
		.part = more ? told->steps[told->n - 1].part : part,
		.verdict = verdict,
		.more = more,
		.text = told->texts.len,
	};
	told->n++;
}

const char *
explained_text(const struct explained *told, size_t k)
{
	return told->texts.data + told->steps[k].text;
}

void
explained_print(const struct explained *told, struct buf *out)
{
	const struct explain_step *s;
	size_t k;

	buf_addstr(out, told->head.data);
	for (k = 0; k < told->n; k++) {
		s = &told->steps[k];
		buf_addf(out, "  %-8s  %-4s  ", s->more ? "" : s->part,
		    s->verdict);
		buf_fill(out, ' ', s->depth * INDENT);
		buf_addf(out, "%s\n", explained_text(told, k));
	}
}

void
explained_fini(struct explained *told)
{
	buf_fini(&told->head);
	buf_fini(&told->texts);
	free(told->steps);
	told->steps = NULL;
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
	char room[INTERN_ROOM];
	const char *id = intern_read(e->b->names, e->b->origins[e->i].call_id,
		       room),
		   *text;
	size_t k;

	buf_addf(&e->told->head, "%s %s%s",
	    batch_event(e->b, e->i) == EVENT_CALL ? "call" : "event", id,
	    id[0] != '\0' ? "   " : "");
	time_local(&e->told->head, e->zone, e->b->calls[e->i].start);
	for (k = 0; k < sizeof(parts) / sizeof(parts[0]); k++) {
		text = text_of(e, parts[k].field);
		if (text != NULL)
			buf_addf(&e->told->head, "%s%s%s", parts[k].before,
			    text, parts[k].after);
	}
	buf_addch(&e->told->head, '\n');
}

static void
add_head(const struct explaining *e)
{
	const struct rule *r = e->rule;

	buf_addf(&e->told->head, "%s v%d   score %d   family %s   ", r->id,
	    r->version, r->score, r->family);
	explain_verdict_of_all(e);
}

/* A clause, or a combination, of match. */
static void
add_clause(void *context, bool passed, size_t depth, const char *text)
{
	struct explained *told = context;
	const bool first =
	    told->n == 0 || strcmp(told->steps[told->n - 1].part, "match") != 0;

	explained_begin(told, first ? "match" : "", explain_verdict(passed));
	told->steps[told->n - 1].depth = depth;
	buf_addstr(&told->texts, text);
}

/* Whether all clauses hold; 1, 0, -1 with words. */
static int
explain_match(const struct explaining *e, const struct named *named,
    struct errmsg *err)
{
	struct predicate_bound *p = NULL;
	const size_t before = e->told->n;
	enum call_event event;
	int status = predicate_bind(&p, e->rule->match, e->b, named, err);
	struct buf text;
	bool passed;

	if (status != 0)
		return -1;
	passed = predicate_test(p, e->b, e->i);
	predicate_explain(p, e->b, e->i, add_clause, e->told);
	event = batch_event(e->b, e->i);
	if (event != EVENT_CALL && !rule_takes_events(e->rule)) {
		passed = false;
		buf_init(&text);
		buf_addf(&text, "event = \"%s\", needs \"call\"",
		    event_name(event));
		add_clause(e->told, false, 0, text.data);
		buf_fini(&text);
	}
	if (e->told->n == before)
		add_clause(e->told, true, 0, "every call");
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
	explained_begin(e->told, "by", all ? "" : "fail");
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
	return all;
}

static void
explain_follows(const struct explaining *e)
{
	const struct follows *f = &e->rule->follows;
	size_t k;

	if (f->id == NULL)
		return;
	explained_begin(e->told, "follows", explain_verdict(e->sight.seen));
	buf_addf(e->out, "%s'%s' fired in the ",
	    e->sight.seen ? "" : "no call of ", f->id);
	span_print(e->out, f->within);
	buf_addstr(e->out, " before");
	for (k = 0; k < f->nsame; k++) {
		buf_addf(e->out, "%s%s=", k == 0 ? " for " : ", ",
		    f->theirs[k]->name);
		field_print(f->own[k], e->b, e->i, e->out);
	}
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
		if (e->rule->follows.id == NULL) {
			explained_begin(e->told, "", "stop");
			buf_addstr(e->out,
			    "an emergency number is no group of its own");
		}
		return;
	}
	explain_window(e);
	explain_measures(e);
}

/* Entries of the tuning that are for some groups, this call's among them. */
static void
explain_tuning(const struct explaining *e, const struct rule *rule)
{
	const char *label = "tuning";
	size_t i;

	for (i = 0; e->sight.tuned_apart && i < rule->ntuning; i++) {
		if (rule->tuning[i].match == NULL ||
		    (e->sight.tuned_by >> i & 1) == 0)
			continue;
		explained_begin(e->told, label, "");
		buf_addstr(e->out, rule->tuning[i].origin);
		label = "";
	}
}

/* What a run at that time would not have seen. */
static void
explain_time(const struct explaining *e)
{
	if (e->b->calls[e->i].start <= e->as_of)
		return;
	explained_begin(e->told, "now", "");
	buf_addstr(e->out, "the call is later than ");
	time_local(e->out, e->zone, e->as_of);
	buf_addstr(e->out, ", at which this look at the calls stands");
}

/* All lines, once the rule was evaluated. */
static int
tell(struct explaining *e, const struct rule *rule, const struct named *named,
    struct errmsg *err)
{
	int status;

	e->told->standing = explain_standing(e->rule);
	e->told->waived = e->sight.waived;
	e->told->finding = e->finding != NULL &&
			   e->finding->kind == KIND_FINDING &&
			   strcmp(e->told->standing, "active") == 0;
	add_head(e);
	add_call(e);
	explain_time(e);
	explain_tuning(e, rule);
	status = explain_match(e, named, err);
	if (status > 0)
		explain_group(e);
	explain_finding(e);
	if (status > 0)
		explain_waivers(e);
	return status < 0 ? -1 : 0;
}

/* As tuning makes the rule for the call; the variant, or NULL, is new. */
static int
make_variant(struct explaining *e, struct arena *arena, struct rule **variant,
    struct errmsg *err)
{
	*variant = NULL;
	if (!e->sight.tuned_apart)
		return 0;
	if (rulefile_variant(e->rule, e->sight.tuned_by, arena, variant, err) !=
	    0)
		return -1;
	e->rule = *variant;
	return 0;
}

/* A note of a rule that was stopped says why. */
static int
evaluate(struct explaining *e, const struct ruleset *rules,
    const struct detect_settings *set, struct results *found,
    struct notes *notes, struct errmsg *err)
{
	struct detect_settings own = *set;
	struct notes told;
	size_t i;
	int status;

	notes_init(&told);
	own.sight = &e->sight;
	status = detect_asked(e->b, rules, e->rule, &own, &e->waivers, found,
	    &told, err);
	for (i = 0; i < told.n && status >= 0; i++)
		if (told.list[i].level == NOTE_WARNING) {
			notes_add(notes, &told.list[i]);
			(void)errmsg_set(err, "%s", told.list[i].text);
		}
	if (status > 0)
		status = -1;
	notes_fini(&told);
	return status;
}

int
explain_call(const struct batch *b, size_t i, const struct ruleset *rules,
    const struct rule *rule, const struct detect_settings *set,
    struct explained *told, struct notes *notes, struct errmsg *err)
{
	struct explaining e = { .b = b,
		.i = i,
		.rule = rule,
		.zone = set->zone,
		.as_of = set->as_of,
		.told = told,
		.out = &told->texts };
	struct batch view = *b;
	struct rule *variant = NULL;
	struct results found;
	struct arena arena;
	int status;

	memset(told, 0, sizeof(*told));
	buf_init(&told->head);
	buf_init(&told->texts);
	results_init(&found);
	arena_init(&arena);
	e.sight = (struct detect_sight){ .rule = rule, .call = i };
	e.sight.also = xcalloc(rule->nalso + 1, sizeof(*e.sight.also));
	status = evaluate(&e, rules, set, &found, notes, err);
	if (status == 0)
		status = make_variant(&e, &arena, &variant, err);
	view.since_prev = e.sight.since_prev;
	view.src_new = e.sight.src_new;
	e.b = &view;
	e.finding = explain_finding_of(&found, b, i);
	if (status == 0)
		status = tell(&e, rule, &rules->named, err);
	free(e.sight.also);
	free(e.sight.since_prev);
	free(e.sight.src_new);
	rule_release(variant);
	waiver_uses_fini(&e.waivers);
	results_fini(&found);
	arena_fini(&arena);
	return status;
}
