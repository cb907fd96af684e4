/* rulefile_lint: what is allowed in rules but most likely not meant. */
#include "rule/rulefile_impl.h"

#include <stdlib.h>
#include <string.h>

enum { FAMILY_SPREAD = 40 }; /* points between a rule and its family */

static void
warn(struct notes *notes, const char *code, const struct json *at,
    const char *help, const char *text)
{
	json_note(notes, NOTE_WARNING, code, at, help, NULL, "%s", text);
}

/* Conditions -------------------------------------------------------------- */

static void
lint_floor(const struct rule *r, struct notes *notes)
{
	const unsigned relative = COND_TIMES | COND_MADS;
	const unsigned absolute = COND_GTE | COND_GT | COND_MIN_CALLS |
				  COND_MIN_COST | COND_MIN_DURATION;

	if ((r->when.set & relative) && !(r->when.set & absolute))
		warn(notes, "W302", json_get(r->json, "when"),
		    "add \"gte\": from 0 to 1 is infinitely more",
		    "compared with the baseline alone");
}

/* Whether no value passes the four limits. */
static bool
impossible(const struct condition *c)
{
	int64_t least = INT64_MIN, greatest = INT64_MAX;

	if (c->from[0] != NULL || c->from[1] != NULL || c->from[2] != NULL ||
	    c->from[3] != NULL)
		return false; /* the calls know */
	if (c->set & COND_GTE)
		least = c->gte;
	if ((c->set & COND_GT) && c->gt + 1 > least)
		least = c->gt + 1;
	if (c->set & COND_LTE)
		greatest = c->lte;
	if ((c->set & COND_LT) && c->lt - 1 < greatest)
		greatest = c->lt - 1;
	return least > greatest;
}

/* Shares end at 1. */
static bool
beyond_share(const struct measure *m, const struct condition *c)
{
	if (m->fn != MEASURE_RATIO && m->fn != MEASURE_MODE)
		return false;
	return ((c->set & COND_GTE) && c->gte > RULE_UNIT) ||
	       ((c->set & COND_GT) && c->gt >= RULE_UNIT);
}

static void
lint_range(const struct measure *m, const struct condition *c,
    const struct json *at, struct notes *notes)
{
	if (impossible(c))
		warn(notes, "W303", at, NULL, "no value passes these limits");
	else if (beyond_share(m, c))
		warn(notes, "W303", at, "a share is at most 1",
		    "no value passes these limits");
}

static void
lint_ranges(const struct rule *r, struct notes *notes)
{
	const struct json *j;
	size_t i;

	lint_range(&r->measure, &r->when, json_get(r->json, "when"), notes);
	j = r->nalso > 0 ? json_get(r->json, "also")->first : NULL;
	for (i = 0; i < r->nalso; i++, j = j->next)
		lint_range(&r->also[i].measure, &r->also[i].cond, j, notes);
	j = r->nescalate > 0 ? json_get(r->json, "escalate")->first : NULL;
	for (i = 0; i < r->nescalate; i++, j = j->next) {
		lint_range(&r->measure, &r->escalate[i].cond, j, notes);
		if (r->escalate[i].score <=
		    (r->untuned != NULL ? r->untuned->score : r->score))
			warn(notes, "W309", j, NULL,
			    "this step does not exceed the rule's own score");
	}
}

/* Parameters, predicates -------------------------------------------------- */

static bool
mentions(const struct json *j, const char *param)
{
	const struct json *e;

	if (j->type == JSON_STRING && j->string[0] == '$' &&
	    strcmp(j->string + 1, param) == 0)
		return true;
	for (e = j->first; e != NULL; e = e->next)
		if (mentions(e, param))
			return true;
	return false;
}

static void
lint_params(const struct rule *r, struct notes *notes)
{
	const struct json *params = json_get(r->json, "params"), *j, *e;
	bool used;

	for (j = params != NULL ? params->first : NULL; j != NULL;
	     j = j->next) {
		used = false;
		for (e = r->json->first; e != NULL; e = e->next)
			used = used || mentions(e, j->key);
		if (!used)
			json_note_key(notes, NOTE_WARNING, "W305", j, NULL,
			    NULL, "parameter '%s' is never used", j->key);
	}
}

/* `measure` is where the `where` stands. */
static void
lint_where(const struct rule *r, const struct predicate *where,
    const struct json *measure, struct notes *notes)
{
	if (where == NULL)
		return;
	predicate_lint(where, notes);
	if ((predicate_events(where) & rule_events(r)) == 0)
		warn(notes, "W303", json_get(measure, "where"),
		    rule_takes_events(r)
			? NULL
			: "without \"event\" in match it looks at calls alone",
		    "the rule's match leaves no such event");
}

static void
lint_predicates(const struct rule *r, struct notes *notes)
{
	const struct json *j = json_get(r->json, "also");
	size_t i;

	predicate_lint(r->match, notes);
	lint_where(r, r->measure.where, json_get(r->json, "measure"), notes);
	j = j != NULL ? j->first : NULL;
	for (i = 0; i < r->nalso; i++, j = j->next)
		lint_where(r, r->also[i].measure.where, j, notes);
}

/* Tests ------------------------------------------------------------------- */

static void
lint_tests(const struct rule *r, struct notes *notes)
{
	const struct json *expect, *never;
	bool positive = false, negative = false;
	size_t i;

	for (i = 0; i < r->ntests; i++) {
		expect = json_get(r->tests[i], "expect");
		never = json_get(r->tests[i], "not_when");
		positive = positive || expect->n > 0;
		negative = negative || expect->n == 0 ||
			   (never != NULL && never->n > 0);
	}
	if (r->status != RULE_STABLE || (positive && negative))
		return;
	json_note(notes, NOTE_WARNING, "W306", json_get(r->json, "id"), NULL,
	    NULL, "stable rule without a %s test",
	    positive ? "negative" : "positive");
}

/* The set ----------------------------------------------------------------- */

static void
lint_family(const struct ruleset *rs, const struct rule *r, struct notes *notes)
{
	const struct rule *other;
	size_t others = 0, i;

	for (i = 0; i < rs->n; i++) {
		other = rs->rules[i];
		if (other == r || strcmp(other->family, r->family) != 0)
			continue;
		if (abs(other->score - r->score) <= FAMILY_SPREAD)
			return;
		others++;
	}
	if (others > 0)
		json_note(notes, NOTE_WARNING, "W307",
		    json_get(r->json, "score"), NULL, NULL,
		    "more than %d points from every other rule of family %s",
		    FAMILY_SPREAD, r->family);
}

static void
lint_twins(const struct ruleset *rs, const struct rule *r, struct notes *notes)
{
	size_t i;

	for (i = 0; i < rs->n && rs->rules[i] != r; i++)
		if (strcmp(rs->rules[i]->hash, r->hash) == 0)
			json_note(notes, NOTE_WARNING, "W311",
			    json_get(r->json, "id"), NULL, NULL,
			    "does the same as rule '%s'", rs->rules[i]->id);
}

/* A private rule is only there to be followed. */
static void
lint_private(const struct ruleset *rs, const struct rule *r,
    struct notes *notes)
{
	size_t i;

	for (i = 0; i < rs->n; i++)
		if (rs->rules[i]->follows.rule == r)
			return;
	if (r->private_rule)
		json_note(notes, NOTE_WARNING, "W305",
		    json_get(r->json, "private"), NULL, NULL,
		    "no rule follows this private one");
}

/* "lint_ok": ["W302: reason"] */
static bool
accepted(const struct rule *r, const char *code)
{
	size_t i, len = strlen(code);

	for (i = 0; i < r->lint_ok.n; i++)
		if (strncmp(r->lint_ok.list[i], code, len) == 0 &&
		    r->lint_ok.list[i][len] == ':')
			return true;
	return false;
}

static void
lint_rule(const struct ruleset *rs, const struct rule *r, struct notes *notes)
{
	struct notes found;
	size_t i;

	notes_init(&found);
	lint_predicates(r, &found);
	lint_floor(r, &found);
	lint_ranges(r, &found);
	rulefile_lint_tuning(r, &found);
	lint_params(r, &found);
	lint_tests(r, &found);
	lint_family(rs, r, &found);
	lint_private(rs, r, &found);
	rulefile_lint_reach(rs, r, &found);
	lint_twins(rs, r, &found);
	for (i = 0; i < found.n; i++)
		if (!accepted(r, found.list[i].code))
			notes_add(notes, &found.list[i]);
	notes_fini(&found);
}

struct search {
	enum predicate_uses what;
	const char *name;
	bool found;
};

static void
compare_use(void *ctx, enum predicate_uses what, const char *name)
{
	struct search *s = ctx;

	if (what == s->what && strcmp(name, s->name) == 0)
		s->found = true;
}

static bool
asked(const struct ruleset *rs, enum predicate_uses what, const char *name)
{
	struct search s = { what, name, false };
	size_t i;

	for (i = 0; i < rs->n && !s.found; i++)
		rule_names(rs->rules[i], compare_use, &s);
	for (i = 0; i < rs->nwaivers && !s.found; i++)
		predicate_names(rs->waivers[i]->match, compare_use, &s);
	return s.found;
}

static void
lint_unused(const struct ruleset *rs, struct notes *notes)
{
	const struct named *n = &rs->named;
	size_t i;

	for (i = 0; i < n->nlists; i++)
		if (n->lists[i].layer > rs->lent &&
		    !asked(rs, USES_LIST, n->lists[i].name))
			notes_add(notes,
			    &(struct note){ .level = NOTE_WARNING,
				.code = "W305",
				.file = n->lists[i].file,
				.line = n->lists[i].line,
				.text = "no rule asks this list" });
	for (i = 0; i < n->ncalendars; i++)
		if (n->calendars[i].file != NULL &&
		    n->calendars[i].layer > rs->lent &&
		    !asked(rs, USES_CALENDAR, n->calendars[i].name))
			notes_add(notes,
			    &(struct note){ .level = NOTE_WARNING,
				.code = "W305",
				.file = n->calendars[i].file,
				.line = n->calendars[i].line,
				.text = "no rule asks this calendar" });
}

static void
lint_waiver(const struct ruleset *rs, const struct waiver *w,
    struct notes *notes)
{
	const struct json *rules = json_get(w->json, "rules"), *j;
	const struct rule *r;

	for (j = rules != NULL ? rules->first : NULL; j != NULL; j = j->next) {
		r = j->type == JSON_STRING ? ruleset_find(rs, j->string) : NULL;
		if (r != NULL && !rule_is_on(r))
			json_note(notes, NOTE_WARNING, "W312", j, NULL, NULL,
			    "a waiver of rule '%s', which is off", r->id);
	}
}

/* That it is off is what the entry may have been for. */
static bool
turns_off(const struct tuning *t)
{
	return json_get(t->json, "enabled") != NULL ||
	       json_get(t->json, "status") != NULL;
}

static void
lint_off(const struct ruleset *rs, struct notes *notes)
{
	const struct rule *r;
	size_t i, k;

	for (i = 0; i < rs->nwaivers; i++)
		lint_waiver(rs, rs->waivers[i], notes);
	for (i = 0; i < rs->n; i++) {
		r = rs->rules[i];
		for (k = 0; !rule_is_on(r) && k < r->ntuning; k++)
			if (!turns_off(&r->tuning[k]))
				json_note_key(notes, NOTE_WARNING, "W312",
				    r->tuning[k].json, NULL, NULL,
				    "tuning of rule '%s', which is off", r->id);
	}
}

void
rulefile_lint(const struct ruleset *rs, struct notes *notes)
{
	size_t i;

	for (i = 0; i < rs->n; i++)
		lint_rule(rs, rs->rules[i], notes);
	lint_unused(rs, notes);
	lint_off(rs, notes);
}
