/* rulefile_tuning: what a site changes of a rule without copying it. */
#include "rule/rulefile_impl.h"

#include <string.h>

#include "base/nearest.h"
#include "base/xalloc.h"
#include "rule/tuning.h"

enum { ENTRIES_MAX = 64 };

#define TEXT "{\"$ref\":\"#/$defs/text\"}"
#define LAST                                  \
	{                                     \
		NULL, false, NULL, 0, 0, NULL \
	}

/* Entries ----------------------------------------------------------------- */

/* An entry while its keys are checked against its rule. */
struct entry {
	const struct rule *rule;
	const struct predicate *match;
};

static void
read_match(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	struct entry *e = into;
	const struct json *m;
	size_t i;

	(void)k;
	e->match = predicate_compile(j, r->arena, NULL, r->notes);
	for (m = e->match != NULL ? j->first : NULL; m != NULL; m = m->next) {
		for (i = 0; i < e->rule->nby; i++)
			if (strcmp(e->rule->by[i]->name, m->key) == 0)
				break;
		if (i == e->rule->nby && strcmp(m->key, "class") != 0 &&
		    strcmp(m->key, "group") != 0)
			json_note_key(r->notes, NOTE_ERROR, "E411", m,
			    "a field in \"by\", class or group", NULL,
			    "rule '%s' does not group calls by '%s'",
			    e->rule->id, m->key);
	}
}

static const char *
param_at(const void *params, size_t i)
{
	const struct params *p = params;

	return i < p->n ? p->list[i].name : NULL;
}

static void
check_param(struct reading *r, const struct rule *rule, const struct json *j)
{
	const struct param *p = params_find(&rule->params, j->key);
	bool is_span;
	int64_t v;

	if (p == NULL) {
		json_note_key(r->notes, NOTE_ERROR, "E409", j,
		    rulefile_did_you_mean(r,
			nearest(j->key, param_at, &rule->params)),
		    NULL, "rule '%s' has no parameter '%s'", rule->id, j->key);
		return;
	}
	if (quantity_read(j, NULL, &v, &is_span, r->notes) != 0)
		return;
	if (is_span != p->is_span)
		json_note(r->notes, NOTE_ERROR, "E204", j, NULL, NULL,
		    "'%s' is %s", j->key,
		    p->is_span ? "a duration" : "a number");
	else if (v < p->min || v > p->max)
		json_note(r->notes, NOTE_ERROR, "E410", j, NULL,
		    arena_printf(r->arena, "its range stands in %s:%u",
			rule->file, rule->line),
		    "value of '%s' is not between min and max", j->key);
}

static void
read_params(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	const struct json *p;

	(void)k;
	if (j->type != JSON_OBJECT) {
		rulefile_wrong(r, "E304", j, "an object is needed");
		return;
	}
	for (p = j->first; p != NULL; p = p->next)
		check_param(r, ((struct entry *)into)->rule, p);
}

static void
read_score(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	int score;

	(void)k;
	if (!rulefile_tuned_score(j, ((struct entry *)into)->rule->score,
		&score))
		rulefile_wrong(r, "E304", j,
		    "a score such as 60, or \"+10\", is needed");
	else if (score < 1 || score > RULEFILE_SCORE_MAX)
		json_note(r->notes, NOTE_ERROR, "E410", j, NULL, NULL,
		    "a score of %d is not between 1 and %d", score,
		    RULEFILE_SCORE_MAX);
}

static void
read_status(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	(void)k;
	(void)into;
	(void)rulefile_word(r, &rulefile_statuses, j);
}

static void
read_enabled(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	bool unused = false;

	(void)into;
	rulefile_read_bool(r, &(struct key){ .name = k->name }, j, &unused);
}

static void
read_word(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	const char *unused = NULL;

	(void)into;
	rulefile_read_text(r, &(struct key){ .name = k->name }, j,
	    (void *)&unused);
}

static const struct key tuning_keys[] = {
	{ "match", false, read_match, 0, 0,
	    "{\"$ref\":\"#/$defs/predicate\"}" },
	{ "params", false, read_params, 0, 0,
	    "{\"type\":\"object\",\"additionalProperties\":"
	    "{\"$ref\":\"#/$defs/quantity\"}}" },
	{ "score", false, read_score, 0, 0,
	    "{\"anyOf\":[{\"$ref\":\"#/$defs/score\"},{\"type\":\"string\","
	    "\"pattern\":\"^[+-]\\\\d{1,3}$\"}]}" },
	{ "status", false, read_status, 0, 0, "{\"$ref\":\"#/$defs/status\"}" },
	{ "enabled", false, read_enabled, 0, 0, "{\"type\":\"boolean\"}" },
	{ "by", false, read_word, 0, 0, TEXT },
	{ "date", false, rulefile_read_date_text, 0, 0,
	    "{\"$ref\":\"#/$defs/date\"}" },
	{ "reason", false, read_word, 0, 0, TEXT },
	LAST,
};
const struct table rulefile_tuning = { "tuning", "E404", "E403", tuning_keys };

/* Kept until all rules are there. */
void
rulefile_read_tuning(struct reading *r, const struct key *k,
    const struct json *j, void *into)
{
	const struct json *e;

	(void)k;
	(void)into;
	if (j->type != JSON_OBJECT) {
		rulefile_wrong(r, "E304", j,
		    "an object is needed: {\"rule-id\": {...}}");
		return;
	}
	for (e = j->first; e != NULL; e = e->next) {
		r->tuning = xgrow(r->tuning, &r->tuning_cap, r->ntuning + 1,
		    sizeof(*r->tuning));
		r->tuning[r->ntuning++] = e;
	}
}

/* Against the rules ------------------------------------------------------- */

static struct rule *
find(struct reading *r, const struct json *at)
{
	const struct rule *rule = rulefile_rule_named_key(r, at);
	size_t i;

	for (i = 0; rule != NULL && i < r->rs->n; i++)
		if (r->rs->rules[i] == rule)
			return r->rs->rules[i];
	return NULL;
}

/* One object for a rule, which gets it behind those it has. */
static void
add_entry(struct reading *r, struct rule *rule, const struct json *j)
{
	struct entry e = { .rule = rule };
	struct tuning *list;

	if (!rulefile_object(r, j, &rulefile_tuning, &e))
		return;
	if (rule->ntuning == ENTRIES_MAX) {
		json_note(r->notes, NOTE_ERROR, "E412", j, NULL, NULL,
		    "more than %d tuning entries for rule '%s'", ENTRIES_MAX,
		    rule->id);
		return;
	}
	list = arena_array(r->arena, rule->ntuning + 1, sizeof(*list));
	if (rule->ntuning > 0)
		memcpy(list, rule->tuning, rule->ntuning * sizeof(*list));
	list[rule->ntuning++] = (struct tuning){
		.match = e.match,
		.json = j,
		.origin = arena_printf(r->arena, "%s:%u", json_file(j->doc),
		    json_line(j)),
	};
	rule->tuning = list;
	if (e.match != NULL)
		predicate_check_names(e.match, &r->rs->named, r->notes);
}

/* Each entry must work with those that are always there. */
static void
try_entries(struct reading *r, const struct rule *rule)
{
	uint64_t always = tuning_always(rule);
	struct rule *made;
	struct errmsg err;
	size_t i;

	for (i = 0; i < rule->ntuning; i++) {
		made = rulefile_make_tuned(r, rule, always | UINT64_C(1) << i,
		    &err);
		if (made == NULL)
			json_note(r->notes, NOTE_ERROR, "E412",
			    rule->tuning[i].json, NULL, NULL,
			    "rule '%s' does not work so: %s", rule->id,
			    err.text);
		rule_release(made);
	}
}

void
rulefile_apply_tuning(struct reading *r)
{
	size_t before = r->notes->errors, i;
	const struct json *at, *e;
	struct errmsg err;
	struct rule *rule, *made;

	for (i = 0; i < r->ntuning; i++) {
		at = r->tuning[i];
		if ((rule = find(r, at)) == NULL)
			continue;
		if (at->type != JSON_ARRAY)
			add_entry(r, rule, at);
		for (e = at->type == JSON_ARRAY ? at->first : NULL; e != NULL;
		     e = e->next)
			add_entry(r, rule, e);
	}
	for (i = 0; i < r->rs->n && r->notes->errors == before; i++) {
		rule = r->rs->rules[i];
		if (rule->ntuning == 0)
			continue;
		try_entries(r, rule);
		made = rulefile_make_tuned(r, rule, tuning_always(rule), &err);
		if (made != NULL)
			r->rs->rules[i] = made;
	}
	rulefile_relink(r->rs);
}
