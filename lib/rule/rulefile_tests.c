/* rulefile_tests: tests are data; what they say is checked here. */
#include "rule/rulefile_impl.h"

#include <math.h>
#include <string.h>

#include "base/nearest.h"
#include "tel/calltime.h"
#include "tel/zone.h"

enum { REPEAT_MAX = 100000, DAYS_MAX = 4000 };

/* A test, as far as its parts are needed to check other parts. */
struct test_read {
	const char *name;
	bool todo;
	struct named named; /* its own lists and calendars */
};

/* Calls ------------------------------------------------------------------- */

static void
wrong(struct reading *r, const struct json *j, const char *need)
{
	rulefile_wrong(r, "E504", j, need);
}

static void
check_moment(struct reading *r, const struct json *j)
{
	struct errmsg err;
	int64_t t;

	if (j->type != JSON_STRING)
		wrong(r, j, "a time such as \"2026-01-13T02:00:00\" is needed");
	else if (time_parse(j->string, zone_utc(), 0, &t, &err) == -1)
		json_note(r->notes, NOTE_ERROR, "E507", j,
		    "such as \"2026-01-13T02:00:00\"", NULL, "%s", err.text);
}

static const char *
word_at(const void *table, size_t i)
{
	const struct field *f = table;

	return i < (size_t)f->nwords ? f->word((int)i) : NULL;
}

static void
check_word(struct reading *r, const struct field *f, const struct json *j)
{
	if (j->type != JSON_STRING)
		wrong(r, j, "a word in quotes is needed");
	else if (j->string[0] == '\0' || field_word(f, j->string) < 0)
		json_note(r->notes, NOTE_ERROR, "E504", j,
		    rulefile_did_you_mean(r, nearest(j->string, word_at, f)),
		    NULL, "'%s' is no %s", j->string, f->name);
}

/* A talk time may be plain seconds in a test: a switch would write that. */
static void
check_span(struct reading *r, const struct json *j)
{
	int64_t ms;

	if (j->type == JSON_NUMBER && j->number >= 0)
		return;
	if (j->type != JSON_STRING || span_parse(j->string, &ms) == -1)
		wrong(r, j, "seconds, or a duration such as \"10m\"");
}

static void
check_value(struct reading *r, const struct field *f, const struct json *j)
{
	if (j->type == JSON_NULL)
		return; /* the field is missing in this call */
	switch (f->type) {
	case FIELD_TEXT:
		if (j->type != JSON_STRING)
			wrong(r, j, "a text in quotes is needed");
		return;
	case FIELD_ENUM:
		check_word(r, f, j);
		return;
	case FIELD_BOOL:
		if (j->type != JSON_BOOL)
			wrong(r, j, "true or false is needed");
		return;
	case FIELD_SPAN:
		check_span(r, j);
		return;
	case FIELD_TIME:
		check_moment(r, j);
		return;
	default:
		if (j->type != JSON_NUMBER)
			wrong(r, j, "a number is needed");
	}
}

static void
check_whole(struct reading *r, const struct json *j, int max)
{
	if (j->type != JSON_NUMBER || j->number != floor(j->number) ||
	    j->number < 1 || j->number > max)
		wrong(r, j,
		    arena_printf(r->arena, "a whole number from 1 to %d", max));
}

static void
check_every(struct reading *r, const struct json *j)
{
	int64_t ms;

	if (j->type != JSON_STRING || span_parse(j->string, &ms) == -1 ||
	    ms < 0)
		wrong(r, j, "a duration such as \"10m\" is needed");
}

static void
check_days(struct reading *r, const struct json *j)
{
	struct errmsg err;
	unsigned days;

	if (j->type != JSON_STRING)
		wrong(r, j, "days such as \"mon-fri\" are needed");
	else if (calendar_days(j->string, &days, &err) == -1)
		json_note(r->notes, NOTE_ERROR, "E504", j, NULL, NULL, "%s",
		    err.text);
}

static void
check_field_name(struct reading *r, const struct json *j)
{
	json_note_key(r->notes, NOTE_ERROR, "E503", j,
	    rulefile_did_you_mean(r, field_suggest(j->key)),
	    "cdrrules fields lists them", "unknown field '%s'", j->key);
}

/* {"dst": 1}: every further call adds 1 to the digits of dst. */
static void
check_step(struct reading *r, const struct json *j)
{
	const struct json *e;
	const struct field *f;

	if (j->type != JSON_OBJECT) {
		wrong(r, j, "{\"dst\": 1} is needed");
		return;
	}
	for (e = j->first; e != NULL; e = e->next) {
		f = field_find(e->key);
		if (f == NULL)
			check_field_name(r, e);
		else if (f->type == FIELD_ENUM || f->type == FIELD_BOOL ||
			 f->type == FIELD_TIME || field_is_derived(f))
			json_note_key(r->notes, NOTE_ERROR, "E504", e, NULL,
			    NULL, "'%s' cannot be stepped", e->key);
		else if (e->type != JSON_NUMBER ||
			 e->number != floor(e->number))
			wrong(r, e, "a whole number is needed");
	}
}

static void
check_member(struct reading *r, const struct json *j)
{
	const struct field *f = field_find(j->key);

	if (f != NULL && field_is_derived(f))
		json_note_key(r->notes, NOTE_ERROR, "E504", j, NULL, NULL,
		    "'%s' follows from the calls; it cannot be stated",
		    f->name);
	else if (f != NULL)
		check_value(r, f, j);
	else if (strcmp(j->key, "repeat") == 0)
		check_whole(r, j, REPEAT_MAX);
	else if (strcmp(j->key, "days") == 0)
		check_whole(r, j, DAYS_MAX);
	else if (strcmp(j->key, "every") == 0)
		check_every(r, j);
	else if (strcmp(j->key, "on") == 0)
		check_days(r, j);
	else if (strcmp(j->key, "step") == 0)
		check_step(r, j);
	else if (strcmp(j->key, "note") != 0)
		check_field_name(r, j);
}

/* A call, the base of calls, or what `not_when` forces on them. */
static void
check_call(struct reading *r, const struct json *j)
{
	const struct json *e;

	if (j->type != JSON_OBJECT) {
		wrong(r, j, "an object is needed: {\"field\": value}");
		return;
	}
	for (e = j->first; e != NULL; e = e->next)
		check_member(r, e);
}

static void
read_base(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	(void)k;
	(void)into;
	check_call(r, j);
}

/* `arg` 1: there must be one. */
static void
read_calls(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	const struct json *e;

	(void)into;
	if (j->type != JSON_ARRAY || (k->arg > 0 && j->n == 0)) {
		wrong(r, j, "an array of calls is needed");
		return;
	}
	for (e = j->first; e != NULL; e = e->next)
		check_call(r, e);
}

static void
check_starts(struct reading *r, const struct json *test)
{
	const struct json *calls = json_get(test, "calls"), *e;

	if (json_get(json_get(test, "base"), "start") != NULL ||
	    calls == NULL || calls->type != JSON_ARRAY)
		return;
	for (e = calls->first; e != NULL; e = e->next)
		if (e->type == JSON_OBJECT && json_get(e, "start") == NULL)
			json_note(r->notes, NOTE_ERROR, "E501", e, NULL, NULL,
			    "call has no \"start\"");
}

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
		wrong(r, j, "an object is needed: {\"account\": \"A1\"}");
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
			check_value(r, r->rule->by[i], e);
	}
}

static void
read_count(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	(void)into;
	check_whole(r, j, (int)k->arg);
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
		wrong(r, j, "an array of findings is needed; [] for none");
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
		wrong(r, j, "a time zone such as \"Europe/Berlin\" is needed");
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
	{ "base", false, read_base, 0, 0, "{\"$ref\":\"#/$defs/call\"}" },
	{ "calls", true, read_calls, 0, 1, CALLS("1") },
	{ "expect", true, read_expect, 0, 0,
	    "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/expect\"}}" },
	{ "not_when", false, read_calls, 0, 0, CALLS("0") },
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
	check_starts(r, j);
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
