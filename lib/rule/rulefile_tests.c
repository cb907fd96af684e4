/* rulefile_tests: tests are data; what they say is checked here. */
#include "rule/rulefile_impl.h"

#include <string.h>

#include "tel/zone.h"

/* A test, as far as its parts are needed to check other parts. */
struct test_read {
	const char *name;
	bool todo;
	struct named named; /* its own lists and calendars */
};

/* What is expected ------------------------------------------------------- */

static void
read_group(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	const struct json *e;
	size_t i;

	(void)k;
	(void)into;
	if (j->type != JSON_OBJECT) {
		rulefile_wrong(r, "E504", j,
		    "an object is needed: {\"account\": \"A1\"}");
		return;
	}
	for (e = j->first; e != NULL; e = e->next) {
		for (i = 0; i < r->rule->nby; i++)
			if (strcmp(r->rule->by[i]->name, e->key) == 0)
				break;
		if (i == r->rule->nby)
			json_note_key(r->notes, NOTE_ERROR, "E506", e, NULL,
			    NULL, "'%s' is not in by of rule '%s'", e->key,
			    r->rule->id);
		else
			rulefile_check_value(r, r->rule->by[i], e);
	}
}

static void
read_count(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	(void)into;
	rulefile_check_whole(r, j, (int)k->arg);
}

static void
read_amount(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	const struct measure *m = &r->rule->measure;
	int64_t v;

	(void)k;
	(void)into;
	if (json_get(r->rule->json, "measure") == NULL) {
		json_note_key(r->notes, NOTE_ERROR, "E504", j, NULL, NULL,
		    "rule %s has no measure, so there is no value",
		    r->rule->id);
		return;
	}
	(void)quantity_read_as(j, NULL, rulefile_value_kind(m), &v, r->notes);
}

#define TEXT     "{\"$ref\":\"#/$defs/text\"}"
#define QUANTITY "{\"$ref\":\"#/$defs/quantity\"}"
#define CALLS(least)                                            \
	"{\"type\":\"array\",\"minItems\":" least ",\"items\":" \
	"{\"$ref\":\"#/$defs/call\"}}"
#define LAST                                  \
	{                                     \
		NULL, false, NULL, 0, 0, NULL \
	}

static const struct key expect_keys[] = {
	{ "by", true, read_group, 0, 0, "{\"type\":\"object\"}" },
	{ "calls", false, read_count, 0, 10000000,
	    "{\"type\":\"integer\",\"minimum\":1}" },
	{ "value", false, read_amount, 0, 0, QUANTITY },
	{ "baseline", false, read_amount, 0, 0, QUANTITY },
	{ "score", false, read_count, 0, 100, "{\"$ref\":\"#/$defs/score\"}" },
	LAST,
};
const struct table rulefile_expect = { "expect", "E502", "E501", expect_keys };

static void
read_expect(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	const struct json *e;

	(void)k;
	(void)into;
	if (j->type != JSON_ARRAY) {
		rulefile_wrong(r, "E504", j,
		    "an array of findings is needed; [] for none");
		return;
	}
	for (e = j->first; e != NULL; e = e->next)
		(void)rulefile_object(r, e, &rulefile_expect, NULL);
}

/* Tests ------------------------------------------------------------------- */

static void
read_zone(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	struct errmsg err;

	(void)k;
	(void)into;
	if (j->type != JSON_STRING)
		rulefile_wrong(r, "E504", j,
		    "a time zone such as \"Europe/Berlin\" is needed");
	else if (zone_get(j->string, &err) == NULL)
		json_note(r->notes, NOTE_ERROR, "E504", j, NULL, NULL, "%s",
		    err.text);
}

static const struct key test_keys[] = {
	{ "name", true, rulefile_read_text, offsetof(struct test_read, name), 0,
	    TEXT },
	{ "rule", false, rulefile_read_nothing, 0, 0,
	    "{\"$ref\":\"#/$defs/id\"}" },
	{ "tz", false, read_zone, 0, 0, TEXT },
	{ "lists", false, rulefile_read_nothing, 0, 0,
	    "{\"type\":\"object\",\"additionalProperties\":"
	    "{\"$ref\":\"#/$defs/list\"}}" },
	{ "calendars", false, rulefile_read_nothing, 0, 0,
	    "{\"type\":\"object\",\"additionalProperties\":"
	    "{\"$ref\":\"#/$defs/calendar\"}}" },
	{ "base", false, rulefile_read_base, 0, 0,
	    "{\"$ref\":\"#/$defs/call\"}" },
	{ "calls", true, rulefile_read_calls, 0, 1, CALLS("1") },
	{ "expect", true, read_expect, 0, 0,
	    "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/expect\"}}" },
	{ "not_when", false, rulefile_read_calls, 0, 0, CALLS("0") },
	{ "todo", false, rulefile_read_bool, offsetof(struct test_read, todo),
	    0, "{\"type\":\"boolean\"}" },
	LAST,
};
const struct table rulefile_test = { "test", "E502", "E501", test_keys };

static void
check_test(struct reading *r, struct rule *rule, const struct json *j)
{
	struct test_read got = { .name = "" };

	got.named.under = &r->rs->named;
	r->rule = rule;
	(void)rulefile_object(r, j, &rulefile_test, &got);
	(void)rulefile_named(j, &got.named, r->arena, r->notes);
	rulefile_check_starts(r, j);
	r->rule = NULL;
	named_fini(&got.named);
}

/* Whether the rule of a test that stands apart is there. */
static bool
has_rule(struct reading *r, const struct json *j)
{
	const struct json *id = json_get(j, "rule");

	if (id == NULL || id->type != JSON_STRING) {
		json_note(r->notes, NOTE_ERROR, "E501", id != NULL ? id : j,
		    NULL, NULL, "a test that stands apart needs \"rule\"");
		return false;
	}
	if (ruleset_find(r->rs, id->string) != NULL)
		return true;
	json_note(r->notes, NOTE_ERROR, "E505", id,
	    rulefile_did_you_mean(r, ruleset_suggest(r->rs, id->string)), NULL,
	    "unknown rule '%s'", id->string);
	return false;
}

static void
attach(struct reading *r, struct rule *rule)
{
	const struct json *own = json_get(rule->json, "tests"), *e;
	size_t max = r->nsidecars, i;
	const struct json **tests;

	if (own != NULL && own->type == JSON_ARRAY)
		max += own->n;
	tests = arena_array(r->arena, max, sizeof(*tests));
	if (own != NULL)
		for (e = own->first; e != NULL; e = e->next)
			tests[rule->ntests++] = e;
	for (i = 0; i < r->nsidecars; i++)
		if (strcmp(json_get_string(r->sidecars[i], "rule"), rule->id) ==
		    0)
			tests[rule->ntests++] = r->sidecars[i];
	rule->tests = tests;
}

void
rulefile_tests(struct reading *r)
{
	size_t n = 0, i, k;

	for (i = 0; i < r->nsidecars; i++)
		if (has_rule(r, r->sidecars[i]))
			r->sidecars[n++] = r->sidecars[i];
	r->nsidecars = n;
	for (i = 0; i < r->rs->n; i++) {
		attach(r, r->rs->rules[i]);
		for (k = 0; k < r->rs->rules[i]->ntests; k++)
			check_test(r, r->rs->rules[i],
			    r->rs->rules[i]->tests[k]);
	}
}
