/* rulefile_keys: objects through their tables, and readers of plain values. */
#include "rule/rulefile_impl.h"

#include <math.h>
#include <string.h>

#include "base/nearest.h"
#include "base/utf8.h"
#include "tel/calltime.h"

const char *
rulefile_did_you_mean(struct reading *r, const char *word)
{
	return word == NULL
		   ? NULL
		   : arena_printf(r->arena, "did you mean \"%s\"?", word);
}

void
rulefile_wrong(struct reading *r, const char *code, const struct json *j,
    const char *need)
{
	json_note(r->notes, NOTE_ERROR, code, j, need, NULL, "wrong type");
}

/* Objects ----------------------------------------------------------------- */

static const char *
key_at(const void *table, size_t i)
{
	return ((const struct key *)table)[i].name;
}

/* What every author may add: "note" and "x-...". */
static bool
free_key(const char *name)
{
	return strcmp(name, "note") == 0 || strncmp(name, "x-", 2) == 0;
}

static void
check_keys(struct reading *r, const struct json *obj, const struct table *t)
{
	const struct json *j;
	const struct key *k;

	for (j = obj->first; j != NULL; j = j->next) {
		for (k = t->keys; k->name != NULL; k++)
			if (strcmp(k->name, j->key) == 0)
				break;
		if (k->name != NULL || free_key(j->key))
			continue;
		json_note_key(r->notes, NOTE_ERROR, t->unknown, j,
		    rulefile_did_you_mean(r, nearest(j->key, key_at, t->keys)),
		    NULL, "unknown key '%s' in %s", j->key, t->what);
	}
}

bool
rulefile_object(struct reading *r, const struct json *obj,
    const struct table *t, void *into)
{
	size_t before = r->notes->errors;
	const struct json *j;
	const struct key *k;

	if (obj->type != JSON_OBJECT) {
		rulefile_wrong(r, "E304", obj, "an object is needed");
		return false;
	}
	check_keys(r, obj, t);
	for (k = t->keys; k->name != NULL; k++) {
		j = json_get(obj, k->name);
		if (j != NULL)
			k->read(r, k, j, into);
		else if (k->needed)
			json_note(r->notes, NOTE_ERROR, t->missing, obj, NULL,
			    NULL, "%s has no \"%s\"", t->what, k->name);
	}
	return r->notes->errors == before;
}

/* Plain values ------------------------------------------------------------ */

void
rulefile_read_nothing(struct reading *r, const struct key *k,
    const struct json *j, void *into)
{
	(void)r;
	(void)k;
	(void)j;
	(void)into;
}

static bool
text(struct reading *r, const struct json *j)
{
	if (j->type == JSON_STRING && j->string[0] != '\0')
		return true;
	rulefile_wrong(r, "E304", j, "a text is needed");
	return false;
}

void
rulefile_read_text(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	if (text(r, j))
		*(const char **)((char *)into + k->at) = j->string;
}

void
rulefile_read_title(struct reading *r, const struct key *k,
    const struct json *j, void *into)
{
	size_t length;

	if (!text(r, j))
		return;
	length = utf8_length(j->string, strlen(j->string));
	if (length > k->arg)
		json_note(r->notes, NOTE_ERROR, "E307", j, NULL, NULL,
		    "%zu characters; at most %u fit a report", length, k->arg);
	rulefile_read_text(r, k, j, into);
}

/* Lower case words and digits joined by single hyphens. */
static bool
id_ok(const char *id, size_t max)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	size_t len = strlen(id), i;

	if (len == 0 || len > max || strspn(id, letters) == 0 ||
	    id[len - 1] == '-')
		return false;
	for (i = 0; i < len; i++)
		if (strchr(letters, id[i]) == NULL &&
		    (id[i] != '-' || id[i - 1] == '-'))
			return false;
	return true;
}

void
rulefile_read_id(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	if (!text(r, j))
		return;
	if (!id_ok(j->string, k->arg)) {
		json_note(r->notes, NOTE_ERROR, "E304", j,
		    arena_printf(r->arena,
			"a-z, 0-9 and single hyphens, at most %u characters",
			k->arg),
		    NULL, "'%s' cannot be an id", j->string);
		return;
	}
	*(const char **)((char *)into + k->at) = j->string;
}

void
rulefile_read_int(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	if (j->type != JSON_NUMBER || j->number != floor(j->number)) {
		rulefile_wrong(r, "E304", j, "a whole number is needed");
		return;
	}
	if (j->number < 1 || j->number > (double)k->arg) {
		json_note(r->notes, NOTE_ERROR, "E307", j,
		    arena_printf(r->arena, "1 to %u", k->arg), NULL,
		    "out of range");
		return;
	}
	*(int *)((char *)into + k->at) = (int)j->number;
}

void
rulefile_read_bool(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	if (j->type == JSON_BOOL)
		*(bool *)((char *)into + k->at) = j->boolean;
	else
		rulefile_wrong(r, "E304", j, "true or false is needed");
}

void
rulefile_read_texts(struct reading *r, const struct key *k,
    const struct json *j, void *into)
{
	struct texts *texts = (struct texts *)(void *)((char *)into + k->at);
	const struct json *e;
	const char **list;

	if (j->type != JSON_ARRAY || j->n == 0) {
		rulefile_wrong(r, "E304", j, "an array of texts is needed");
		return;
	}
	list = arena_array(r->arena, j->n, sizeof(*list));
	texts->list = list;
	for (e = j->first; e != NULL; e = e->next)
		if (text(r, e))
			list[texts->n++] = e->string;
}

void
rulefile_read_field(struct reading *r, const struct key *k,
    const struct json *j, void *into)
{
	const struct field *f;

	if (!text(r, j))
		return;
	f = field_find(j->string);
	if (f == NULL)
		json_note(r->notes, NOTE_ERROR, "E201", j,
		    rulefile_did_you_mean(r, field_suggest(j->string)),
		    "cdrrules fields lists them", "unknown field '%s'",
		    j->string);
	*(const struct field **)((char *)into + k->at) = f;
}

void
rulefile_read_span(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	const struct params *params = r->rule != NULL ? &r->rule->params : NULL;
	int64_t v;

	if (quantity_read_as(j, params, QUANTITY_SPAN, &v, r->notes) == -1)
		return;
	if (v < RULE_UNIT) {
		json_note(r->notes, NOTE_ERROR, "E307", j, NULL, NULL,
		    "must be longer than nothing");
		return;
	}
	*(int64_t *)(void *)((char *)into + k->at) = v / RULE_UNIT;
}

/* "2026-02-30" is written as a date. */
static bool
looks_like_date(const char *text)
{
	static const char form[] = "dddd-dd-dd";
	size_t i;

	for (i = 0; form[i] != '\0'; i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9'
				   : text[i] != form[i])
			return false;
	return text[i] == '\0';
}

void
rulefile_read_date(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	int64_t day;

	if (j->type == JSON_STRING && looks_like_date(j->string) &&
	    date_parse(j->string, &day) == -1)
		json_note(r->notes, NOTE_ERROR, "E304", j, NULL, NULL,
		    "no such date: '%s'", j->string);
	else if (j->type != JSON_STRING || date_parse(j->string, &day) == -1)
		rulefile_wrong(r, "E304", j,
		    "a date such as \"2026-01-13\" is needed");
	else
		*(int64_t *)(void *)((char *)into + k->at) = day;
}

void
rulefile_read_date_text(struct reading *r, const struct key *k,
    const struct json *j, void *into)
{
	int64_t day;

	(void)into;
	rulefile_read_date(r, &(struct key){ .name = k->name, .at = 0 }, j,
	    &day);
}

/* Words ------------------------------------------------------------------- */

/* "a, b or c" */
static const char *
all_words(struct reading *r, const struct words *w)
{
	const char *all = w->at(NULL, 0);
	size_t i;

	for (i = 1; w->at(NULL, i) != NULL; i++)
		all = arena_printf(r->arena, "%s%s%s", all,
		    w->at(NULL, i + 1) != NULL ? ", " : " or ", w->at(NULL, i));
	return all;
}

const char *
rulefile_one_of(struct reading *r, const struct words *w, const char *word)
{
	const char *near = nearest(word, w->at, NULL);

	return near != NULL ? rulefile_did_you_mean(r, near) : all_words(r, w);
}

int
rulefile_word(struct reading *r, const struct words *w, const struct json *j)
{
	size_t i;

	if (j->type != JSON_STRING) {
		rulefile_wrong(r, "E304", j, all_words(r, w));
		return -1;
	}
	for (i = 0; w->at(NULL, i) != NULL; i++)
		if (strcmp(w->at(NULL, i), j->string) == 0)
			return (int)i;
	if (w->local && strncmp(j->string, "local-", 6) == 0)
		return (int)i;
	json_note(r->notes, NOTE_ERROR, "E308", j,
	    rulefile_one_of(r, w, j->string),
	    w->local ? "a word of your own begins with local-" : NULL,
	    "unknown %s '%s'", w->name, j->string);
	return -1;
}
