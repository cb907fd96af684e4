/* rulefile_named: lists and calendars. */
#include "rule/rulefile_impl.h"

#include <string.h>

#include "tel/icsdays.h"

enum { NAME_MAX_CHARS = 60 };

/* A path in a file is relative to that file. */
static const char *
beside(struct reading *r, const struct json *j)
{
	const char *file = json_file(j->doc), *slash = strrchr(file, '/');

	if (j->string[0] == '/' || slash == NULL)
		return j->string;
	return arena_printf(r->arena, "%.*s/%s", (int)(slash - file), file,
	    j->string);
}

/* A name may come from each layer once. */
static bool
name_free(struct reading *r, const struct json *j, const char *what,
    const char *file, uint32_t line, unsigned layer)
{
	if (layer != r->layer)
		return true;
	json_note_key(r->notes, NOTE_ERROR, "E315", j, NULL,
	    file != NULL ? arena_printf(r->arena, "first in %s:%u", file, line)
			 : NULL,
	    "two %ss have the name '%s'", what, j->key);
	return false;
}

/* Lists ------------------------------------------------------------------- */

struct list_read {
	const char *title;
	int kind;
	const struct field *of;
	const struct json *values, *file;
	int64_t max_age;
};

static void
read_kind(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	(void)k;
	((struct list_read *)into)->kind =
	    rulefile_word(r, &rulefile_list_kinds, j);
}

static void
read_of(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	struct list_read *l = into;

	rulefile_read_field(r, k, j, into);
	if (l->of != NULL && l->of->type != FIELD_TEXT)
		json_note(r->notes, NOTE_ERROR, "E313", j, NULL, NULL,
		    "a list cannot be one of '%s': it is no text", l->of->name);
}

static void
read_values(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	if (j->type != JSON_ARRAY || j->n == 0)
		rulefile_wrong(r, "E304", j, "an array of values is needed");
	else
		*(const struct json **)(void *)((char *)into + k->at) = j;
}

static void
read_file(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	if (j->type != JSON_STRING || j->string[0] == '\0')
		rulefile_wrong(r, "E304", j, "the path of a file is needed");
	else
		*(const struct json **)(void *)((char *)into + k->at) = j;
}

#define TEXT "{\"$ref\":\"#/$defs/text\"}"
#define DATE "{\"$ref\":\"#/$defs/date\"}"
#define LAST                                  \
	{                                     \
		NULL, false, NULL, 0, 0, NULL \
	}

static const struct key list_keys[] = {
	{ "kind", true, read_kind, 0, 0, "{\"$ref\":\"#/$defs/kind\"}" },
	{ "of", true, read_of, offsetof(struct list_read, of), 0,
	    "{\"$ref\":\"#/$defs/field\"}" },
	{ "title", false, rulefile_read_text, offsetof(struct list_read, title),
	    0, TEXT },
	{ "values", false, read_values, offsetof(struct list_read, values), 0,
	    "{\"type\":\"array\",\"minItems\":1,\"items\":{\"anyOf\":["
	    "{\"$ref\":\"#/$defs/text\"},{\"$ref\":\"#/$defs/entry\"}]}}" },
	{ "file", false, read_file, offsetof(struct list_read, file), 0, TEXT },
	{ "max_age", false, rulefile_read_span,
	    offsetof(struct list_read, max_age), 0,
	    "{\"$ref\":\"#/$defs/span\"}" },
	LAST,
};
const struct table rulefile_list = { "list", "E303", "E301", list_keys };

static const struct key entry_keys[] = {
	{ "value", true, rulefile_read_text,
	    offsetof(struct numlist_entry, value), 0, TEXT },
	{ "source", false, rulefile_read_text,
	    offsetof(struct numlist_entry, source), 0, TEXT },
	{ "added", false, rulefile_read_date,
	    offsetof(struct numlist_entry, added), 0, DATE },
	{ "expires", false, rulefile_read_date,
	    offsetof(struct numlist_entry, expires), 0, DATE },
	{ "note", false, rulefile_read_text,
	    offsetof(struct numlist_entry, note), 0, TEXT },
	LAST,
};
const struct table rulefile_entry = { "entry", "E303", "E301", entry_keys };

static void
add_value(struct reading *r, struct numlist *list, const struct json *j)
{
	struct numlist_entry e = { .value = "",
		.source = "",
		.note = "",
		.added = INT64_MIN,
		.expires = NUMLIST_NEVER,
		.line = json_line(j) };
	struct errmsg err;

	if (j->type == JSON_OBJECT) {
		if (!rulefile_object(r, j, &rulefile_entry, &e))
			return;
	} else if (j->type == JSON_STRING) {
		e.value = j->string;
	} else {
		rulefile_wrong(r, "E304", j, "a text in quotes is needed");
		return;
	}
	if (numlist_add(list, &e, &err) == -1)
		json_note(r->notes, NOTE_ERROR, "E313", j, NULL, NULL, "%s",
		    err.text);
}

static void
fill_list(struct reading *r, struct numlist *list, const struct list_read *got)
{
	const struct json *j;
	struct errmsg err;

	for (j = got->values != NULL ? got->values->first : NULL; j != NULL;
	     j = j->next)
		add_value(r, list, j);
	if (got->file != NULL &&
	    numlist_load(list, beside(r, got->file), &err) == -1)
		json_note(r->notes, NOTE_ERROR, "E313", got->file, NULL, NULL,
		    "%s", err.text);
	numlist_seal(list);
}

static void
read_list(struct reading *r, const struct json *j)
{
	struct list_read got = { .title = "" };
	const struct named_list *other = named_list(r->named, j->key);
	struct numlist *list;

	if (other != NULL &&
	    !name_free(r, j, "list", other->file, other->line, other->layer))
		return;
	if (rulefile_object(r, j, &rulefile_list, &got) && got.values == NULL &&
	    got.file == NULL)
		json_note(r->notes, NOTE_ERROR, "E313", j, NULL, NULL,
		    "list '%s' needs \"values\" or \"file\"", j->key);
	/* In spite of errors, so that rules do not miss it, too. */
	list = numlist_new(j->key,
	    got.kind >= 0 ? (enum numlist_kind)got.kind : NUMLIST_EXACT);
	fill_list(r, list, &got);
	named_put_list(r->named, &(struct named_list){ .name = j->key,
				     .title = got.title,
				     .of = got.of,
				     .list = list,
				     .max_age = got.max_age,
				     .file = json_file(j->doc),
				     .line = json_line(j),
				     .layer = r->layer });
}

/* Each member of a section, whose key is a name. */
static void
read_section(struct reading *r, const struct json *section,
    void (*read)(struct reading *r, const struct json *j))
{
	const struct json *j;

	if (section->type != JSON_OBJECT) {
		rulefile_wrong(r, "E304", section,
		    "an object is needed: {\"name\": {...}}");
		return;
	}
	for (j = section->first; j != NULL; j = j->next) {
		if (j->key[0] == '\0' || strlen(j->key) > NAME_MAX_CHARS)
			json_note_key(r->notes, NOTE_ERROR, "E304", j, NULL,
			    NULL, "'%s' cannot be a name", j->key);
		else
			read(r, j);
	}
}

void
rulefile_read_lists(struct reading *r, const struct key *k,
    const struct json *j, void *into)
{
	(void)k;
	(void)into;
	read_section(r, j, read_list);
}

/* Calendars --------------------------------------------------------------- */

static void
read_zone(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	const struct zone *z;
	struct errmsg err;

	(void)k;
	if (j->type != JSON_STRING) {
		rulefile_wrong(r, "E304", j,
		    "a time zone such as \"Europe/Berlin\" is needed");
		return;
	}
	if ((z = zone_get(j->string, &err)) == NULL)
		json_note(r->notes, NOTE_ERROR, "E314", j, NULL, NULL, "%s",
		    err.text);
	else
		calendar_set_zone(into, z);
}

static void
add_hours(struct reading *r, struct calendar *c, const struct json *days,
    const struct json *j)
{
	struct errmsg err;

	if (j->type != JSON_STRING)
		rulefile_wrong(r, "E304", j,
		    "hours such as \"08:00-18:00\" are needed");
	else if (calendar_open(c, days->key, j->string, &err) == -1)
		json_note(r->notes, NOTE_ERROR, "E314", j, NULL, NULL, "%s",
		    err.text);
}

/* {"mon-fri": ["08:00-12:00", "13:00-18:00"]} */
static void
read_open(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	const struct json *days, *hours;

	(void)k;
	if (j->type != JSON_OBJECT) {
		rulefile_wrong(r, "E304", j,
		    "{\"mon-fri\": [\"08:00-18:00\"]} is needed");
		return;
	}
	for (days = j->first; days != NULL; days = days->next) {
		if (days->type != JSON_ARRAY)
			rulefile_wrong(r, "E304", days,
			    "an array of hours is needed");
		else
			for (hours = days->first; hours != NULL;
			     hours = hours->next)
				add_hours(r, into, days, hours);
	}
}

static void
read_closed(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	static const struct key one = { "closed", true, NULL, 0, 0, NULL };
	const struct json *e;
	size_t before;
	int64_t day;

	(void)k;
	if (j->type != JSON_ARRAY) {
		rulefile_wrong(r, "E304", j, "an array of dates is needed");
		return;
	}
	for (e = j->first; e != NULL; e = e->next) {
		before = r->notes->errors;
		rulefile_read_date(r, &one, e, &day);
		if (r->notes->errors == before)
			calendar_close(into, day);
	}
}

static void
close_day(void *calendar, int64_t day)
{
	calendar_close(calendar, day);
}

static void
read_ics(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	struct errmsg err;

	(void)k;
	if (j->type != JSON_STRING || j->string[0] == '\0')
		rulefile_wrong(r, "E304", j, "the path of a file is needed");
	else if (icsdays_load(beside(r, j), close_day, into, &err) != 0)
		json_note(r->notes, NOTE_ERROR, "E314", j, NULL, NULL, "%s",
		    err.text);
}

static const struct key calendar_keys[] = {
	{ "title", false, rulefile_read_nothing, 0, 0, TEXT },
	{ "tz", false, read_zone, 0, 0, TEXT },
	{ "open", true, read_open, 0, 0,
	    "{\"type\":\"object\",\"additionalProperties\":{\"type\":"
	    "\"array\",\"items\":{\"type\":\"string\",\"pattern\":"
	    "\"^\\\\d\\\\d:\\\\d\\\\d-\\\\d\\\\d:\\\\d\\\\d$\"}}}" },
	{ "closed", false, read_closed, 0, 0,
	    "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/date\"}}" },
	{ "ics", false, read_ics, 0, 0, TEXT },
	LAST,
};
const struct table rulefile_calendar = { "calendar", "E303", "E301",
	calendar_keys };

static void
read_calendar(struct reading *r, const struct json *j)
{
	const struct named_calendar *other =
	    named_calendar_entry(r->named, j->key);
	struct calendar *c;

	if (other != NULL && !name_free(r, j, "calendar", other->file,
				 other->line, other->layer))
		return;
	c = calendar_new(j->key);
	(void)rulefile_object(r, j, &rulefile_calendar, c);
	named_put_calendar(r->named, &(struct named_calendar){ .name = j->key,
					 .calendar = c,
					 .file = json_file(j->doc),
					 .line = json_line(j),
					 .layer = r->layer });
}

void
rulefile_read_calendars(struct reading *r, const struct key *k,
    const struct json *j, void *into)
{
	(void)k;
	(void)into;
	read_section(r, j, read_calendar);
}

int
rulefile_named(const struct json *obj, struct named *n, struct arena *arena,
    struct notes *notes)
{
	struct reading r = { .arena = arena, .notes = notes, .named = n };
	const struct json *lists = json_get(obj, "lists");
	const struct json *calendars = json_get(obj, "calendars");
	size_t before = notes->errors;

	if (lists != NULL)
		read_section(&r, lists, read_list);
	if (calendars != NULL)
		read_section(&r, calendars, read_calendar);
	return notes->errors == before ? 0 : -1;
}
