/* rulefile_calls: what tests say of calls is checked here. */
#include "rule/rulefile_impl.h"

#include <math.h>
#include <string.h>

#include "base/nearest.h"
#include "tel/calltime.h"

enum { REPEAT_MAX = 100000, DAYS_MAX = 4000 };

static void
check_moment(struct reading *r, const struct json *j)
{
	struct errmsg err;
	int64_t t;

	if (j->type != JSON_STRING)
		rulefile_wrong(r, "E504", j,
		    "a time such as \"2026-01-13T02:00:00\" is needed");
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
		rulefile_wrong(r, "E504", j, "a word in quotes is needed");
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
		rulefile_wrong(r, "E504", j,
		    "seconds, or a duration such as \"10m\"");
}

void
rulefile_check_value(struct reading *r, const struct field *f,
    const struct json *j)
{
	if (j->type == JSON_NULL)
		return; /* the field is missing in this call */
	switch (f->type) {
	case FIELD_TEXT:
		if (j->type != JSON_STRING)
			rulefile_wrong(r, "E504", j,
			    "a text in quotes is needed");
		return;
	case FIELD_ENUM:
		check_word(r, f, j);
		return;
	case FIELD_BOOL:
		if (j->type != JSON_BOOL)
			rulefile_wrong(r, "E504", j, "true or false is needed");
		return;
	case FIELD_SPAN:
		check_span(r, j);
		return;
	case FIELD_TIME:
		check_moment(r, j);
		return;
	default:
		if (j->type != JSON_NUMBER)
			rulefile_wrong(r, "E504", j, "a number is needed");
	}
}

void
rulefile_check_whole(struct reading *r, const struct json *j, int max)
{
	if (j->type != JSON_NUMBER || j->number != floor(j->number) ||
	    j->number < 1 || j->number > max)
		rulefile_wrong(r, "E504", j,
		    arena_printf(r->arena, "a whole number from 1 to %d", max));
}

static void
check_every(struct reading *r, const struct json *j)
{
	int64_t ms;

	if (j->type != JSON_STRING || span_parse(j->string, &ms) == -1 ||
	    ms < 0)
		rulefile_wrong(r, "E504", j,
		    "a duration such as \"10m\" is needed");
}

static void
check_days(struct reading *r, const struct json *j)
{
	struct errmsg err;
	unsigned days;

	if (j->type != JSON_STRING)
		rulefile_wrong(r, "E504", j,
		    "days such as \"mon-fri\" are needed");
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
		rulefile_wrong(r, "E504", j, "{\"dst\": 1} is needed");
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
			rulefile_wrong(r, "E504", e,
			    "a whole number is needed");
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
		rulefile_check_value(r, f, j);
	else if (strcmp(j->key, "repeat") == 0)
		rulefile_check_whole(r, j, REPEAT_MAX);
	else if (strcmp(j->key, "days") == 0)
		rulefile_check_whole(r, j, DAYS_MAX);
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
		rulefile_wrong(r, "E504", j,
		    "an object is needed: {\"field\": value}");
		return;
	}
	for (e = j->first; e != NULL; e = e->next)
		check_member(r, e);
}

void
rulefile_read_base(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	(void)k;
	(void)into;
	check_call(r, j);
}

void
rulefile_read_calls(struct reading *r, const struct key *k,
    const struct json *j, void *into)
{
	const struct json *e;

	(void)into;
	if (j->type != JSON_ARRAY || (k->arg > 0 && j->n == 0)) {
		rulefile_wrong(r, "E504", j, "an array of calls is needed");
		return;
	}
	for (e = j->first; e != NULL; e = e->next)
		check_call(r, e);
}

void
rulefile_check_starts(struct reading *r, const struct json *test)
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
