/* rulefile_waivers: who accepts which calls, and until when. */
#include "rule/rulefile_impl.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"

enum {
	ID_MAX = 40,
	REASON_MIN = 10, /* characters: "ok" is no reason */
	DAYS_MAX = 366,
	CALLS_MAX = 1000000000
};

#define AT(member) offsetof(struct waiver, member)
#define TEXT       "{\"$ref\":\"#/$defs/text\"}"
#define DATE       "{\"$ref\":\"#/$defs/date\"}"
#define LAST                                  \
	{                                     \
		NULL, false, NULL, 0, 0, NULL \
	}

/* Limits ------------------------------------------------------------------ */

static void
read_calls(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	int calls = 0;

	rulefile_read_int(r, &(struct key){ .name = k->name, .arg = CALLS_MAX },
	    j, &calls);
	((struct waiver *)into)->calls_per_day = calls;
}

static void
read_cost(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	int64_t micro;

	(void)k;
	if (quantity_read_as(j, NULL, QUANTITY_NUMBER, &micro, r->notes) != 0)
		return;
	if (micro <= 0)
		json_note(r->notes, NOTE_ERROR, "E408", j, NULL, NULL,
		    "must be above 0");
	else
		((struct waiver *)into)->cost_per_day = micro;
}

static const struct key limit_keys[] = {
	{ "calls_per_day", false, read_calls, 0, 0,
	    "{\"type\":\"integer\",\"minimum\":1}" },
	{ "cost_per_day", false, read_cost, 0, 0,
	    "{\"type\":\"number\",\"exclusiveMinimum\":0}" },
	LAST,
};
const struct table rulefile_waiver_limit = { "limit", "E404", "E403",
	limit_keys };

static void
read_limit(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	const struct waiver *w = into;

	(void)k;
	if (rulefile_object(r, j, &rulefile_waiver_limit, into) &&
	    w->calls_per_day == 0 && w->cost_per_day == 0)
		json_note(r->notes, NOTE_ERROR, "E408", j,
		    "calls_per_day or cost_per_day", NULL,
		    "a limit of nothing");
}

/* Waivers ----------------------------------------------------------------- */

static void
read_match(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	(void)k;
	((struct waiver *)into)->match =
	    predicate_compile(j, r->arena, NULL, r->notes);
}

static void
read_reason(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	rulefile_read_text(r, k, j, into);
	if (j->type == JSON_STRING && j->string[0] != '\0' &&
	    utf8_length(j->string, strlen(j->string)) < REASON_MIN)
		json_note(r->notes, NOTE_ERROR, "E408", j, NULL, NULL,
		    "a reason of fewer than %d characters tells nobody why",
		    REASON_MIN);
}

static const struct key waiver_keys[] = {
	{ "id", true, rulefile_read_id, AT(id), ID_MAX,
	    "{\"$ref\":\"#/$defs/id\"}" },
	{ "rules", true, rulefile_read_texts, AT(rules), 0,
	    "{\"$ref\":\"#/$defs/texts\"}" },
	{ "match", true, read_match, 0, 0, "{\"$ref\":\"#/$defs/predicate\"}" },
	{ "reason", true, read_reason, AT(reason), 0,
	    "{\"type\":\"string\",\"minLength\":10}" },
	{ "owner", true, rulefile_read_text, AT(owner), 0, TEXT },
	{ "created", true, rulefile_read_date, AT(from), 0, DATE },
	{ "from", false, rulefile_read_date, AT(from), 0, DATE },
	{ "expires", true, rulefile_read_date, AT(expires), 0, DATE },
	{ "ticket", false, rulefile_read_text, AT(ticket), 0, TEXT },
	{ "limit", false, read_limit, 0, 0,
	    "{\"$ref\":\"#/$defs/waiver_limit\"}" },
	LAST,
};
const struct table rulefile_waiver = { "waiver", "E404", "E403", waiver_keys };

static void
check_dates(struct reading *r, const struct waiver *w)
{
	const struct json *expires = json_get(w->json, "expires");

	if (w->expires <= w->from)
		json_note(r->notes, NOTE_ERROR, "E406", expires,
		    "the first day on which it no longer holds", NULL,
		    "the waiver ends before it begins");
	else if (w->expires - w->from > DAYS_MAX)
		json_note(r->notes, NOTE_ERROR, "E406", expires, NULL,
		    "renew it when somebody has looked again",
		    "the waiver holds for %" PRId64 " days; at most %d",
		    w->expires - w->from, DAYS_MAX);
}

/* The place among the waivers, which stand in the order of their ids. */
static void
insert(struct reading *r, struct waiver *w)
{
	struct ruleset *rs = r->rs;
	size_t i = 0;
	int c = 1;

	while (i < rs->nwaivers && (c = strcmp(rs->waivers[i]->id, w->id)) < 0)
		i++;
	if (i < rs->nwaivers && c == 0 && w->id[0] != '\0')
		json_note(r->notes, NOTE_ERROR, "E405", json_get(w->json, "id"),
		    NULL,
		    arena_printf(r->arena, "first in %s:%u",
			rs->waivers[i]->file, rs->waivers[i]->line),
		    "two waivers have the id '%s'", w->id);
	rs->waivers = xgrow(rs->waivers, &rs->waivers_cap, rs->nwaivers + 1,
	    sizeof(*rs->waivers));
	memmove(rs->waivers + i + 1, rs->waivers + i,
	    (rs->nwaivers - i) * sizeof(*rs->waivers));
	rs->waivers[i] = w;
	rs->nwaivers++;
}

static void
add_waiver(struct reading *r, const struct json *j)
{
	struct waiver *w = arena_alloc(r->arena, sizeof(*w));

	w->id = w->reason = w->owner = "";
	w->json = j;
	w->file = json_file(j->doc);
	w->line = json_line(j);
	if (rulefile_object(r, j, &rulefile_waiver, w))
		check_dates(r, w);
	insert(r, w);
}

void
rulefile_read_waivers(struct reading *r, const struct key *k,
    const struct json *j, void *into)
{
	const struct json *e;

	(void)k;
	(void)into;
	if (j->type != JSON_ARRAY) {
		rulefile_wrong(r, "E304", j, "an array of waivers is needed");
		return;
	}
	for (e = j->first; e != NULL; e = e->next)
		add_waiver(r, e);
}

/* Against the rules ------------------------------------------------------- */

static bool
renamed_from(const struct rule *rule, const char *id)
{
	const struct json *j = json_get(rule->json, "related"), *e;
	const char *type, *old;

	for (e = j != NULL ? j->first : NULL; e != NULL; e = e->next) {
		type = json_get_string(e, "type");
		old = json_get_string(e, "id");
		if (type != NULL && strcmp(type, "renamed") == 0 &&
		    old != NULL && strcmp(old, id) == 0)
			return true;
	}
	return false;
}

static const struct rule *
find_rule(const struct reading *r, const char *id)
{
	const struct rule *rule = ruleset_find(r->rs, id);
	size_t i;

	for (i = 0; rule == NULL && i < r->rs->n; i++)
		if (renamed_from(r->rs->rules[i], id))
			rule = r->rs->rules[i];
	return rule;
}

const struct rule *
rulefile_rule_named_key(struct reading *r, const struct json *at)
{
	const struct rule *rule = find_rule(r, at->key);

	if (rule == NULL)
		json_note_key(r->notes, NOTE_ERROR, "E401", at,
		    rulefile_did_you_mean(r, ruleset_suggest(r->rs, at->key)),
		    "cdrrules list names them", "unknown rule '%s'", at->key);
	return rule;
}

const struct rule *
rulefile_rule_named(struct reading *r, const struct json *at, const char *id)
{
	const struct rule *rule = find_rule(r, id);

	if (rule == NULL)
		json_note(r->notes, NOTE_ERROR, "E401", at,
		    rulefile_did_you_mean(r, ruleset_suggest(r->rs, id)),
		    "cdrrules list names them", "unknown rule '%s'", id);
	return rule;
}

/* {"list": ...} and {"prefix": ...} say which values; others leave it open. */
static bool
pins_operators(const struct json *value)
{
	const struct json *op;

	for (op = value->first; op != NULL; op = op->next)
		if (strcmp(op->key, "list") == 0 ||
		    strcmp(op->key, "prefix") == 0)
			return true;
	return false;
}

/* Every alternative of the value is one value or a set of named ones. */
static bool
pins(const struct waiver *w, const char *field)
{
	const struct json *value = json_get(json_get(w->json, "match"), field);
	const struct json *e;

	if (value == NULL)
		return false;
	if (value->type != JSON_ARRAY)
		return value->type != JSON_OBJECT || pins_operators(value);
	for (e = value->first; e != NULL; e = e->next)
		if (e->type == JSON_OBJECT && !pins_operators(e))
			return false;
	return true;
}

static void
check_needs(struct reading *r, const struct waiver *w, const struct rule *rule)
{
	size_t i;

	for (i = 0; i < rule->waiver_needs.n; i++)
		if (!pins(w, rule->waiver_needs.list[i]))
			json_note(r->notes, NOTE_ERROR, "E402",
			    json_get(w->json, "match"),
			    "with a value, a list or a prefix", NULL,
			    "a waiver of '%s' must pin '%s'", rule->id,
			    rule->waiver_needs.list[i]);
}

static void
check_wildcard(struct reading *r, const struct waiver *w, const struct json *at)
{
	if (!r->rs->wildcard_waivers)
		json_note(r->notes, NOTE_ERROR, "E407", at, NULL,
		    "\"allow_wildcard_waivers\" in the configuration allows it",
		    "a waiver of every rule is not allowed here");
	else if (!pins(w, "account"))
		json_note(r->notes, NOTE_ERROR, "E407", at, NULL, NULL,
		    "a waiver of every rule must pin 'account'");
}

/* The rules by the ids that they have now. */
static void
check_rules(struct reading *r, struct waiver *w)
{
	const struct json *j = json_get(w->json, "rules")->first;
	const char **ids = arena_array(r->arena, w->rules.n + 1, sizeof(*ids));
	const struct rule *rule;
	size_t n = 0;

	for (; j != NULL; j = j->next) {
		if (strcmp(j->string, "*") == 0) {
			check_wildcard(r, w, j);
			ids[n++] = j->string;
		} else if ((rule = rulefile_rule_named(r, j, j->string)) !=
			   NULL) {
			check_needs(r, w, rule);
			ids[n++] = rule->id;
		}
	}
	w->rules = (struct texts){ ids, n };
}

void
rulefile_check_waivers(struct reading *r)
{
	const struct json *rules;
	struct waiver *w;
	size_t i;

	for (i = 0; i < r->rs->nwaivers; i++) {
		w = r->rs->waivers[i];
		rules = json_get(w->json, "rules");
		/* One that was not understood was told. */
		if (rules != NULL && rules->n == w->rules.n && rules->n > 0)
			check_rules(r, w);
		if (w->match != NULL)
			predicate_check_names(w->match, &r->rs->named,
			    r->notes);
	}
}
