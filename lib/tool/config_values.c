/* Values of the configuration file: texts, paths, numbers, lists of them. */
#include "tool/config_impl.h"

#include <stdlib.h>
#include <string.h>

#include "report/mime.h"
#include "tel/calltime.h"
#include "tel/money.h"

void
config_wrong(const struct config_reading *r, const struct json *j,
    const char *wanted)
{
	json_note(r->notes, NOTE_ERROR, "E204", j, wanted, NULL,
	    "wrong type for '%s'", j->key != NULL ? j->key : "element");
}

void
config_read_text(const struct config_reading *r, const struct json *j, void *at)
{
	if (j->type != JSON_STRING)
		config_wrong(r, j, "a text is needed");
	else
		*(const char **)at = arena_strdup(&r->config->arena, j->string);
}

/* A text that says something, or `wrong` is said of it. */
static void
read_filled(const struct config_reading *r, const struct json *j,
    const char *wrong, void *at)
{
	if (j->type != JSON_STRING || j->string[0] == '\0')
		config_wrong(r, j, wrong);
	else
		config_read_text(r, j, at);
}

/* A name by which something is known. */
void
config_read_name(const struct config_reading *r, const struct json *j, void *at)
{
	read_filled(r, j, "a name is needed", at);
}

/* Which countries there are, the number plan tells. */
void
config_read_country(const struct config_reading *r, const struct json *j,
    void *at)
{
	read_filled(r, j, "a country such as \"US\" is needed", at);
}

void
config_read_currency(const struct config_reading *r, const struct json *j,
    void *at)
{
	if (j->type != JSON_STRING ||
	    !money_is_code(j->string, strlen(j->string)))
		config_wrong(r, j, "a currency such as \"USD\" is needed");
	else
		config_read_text(r, j, at);
}

const char *
config_path(const struct config_reading *r, const char *path)
{
	const char *home = getenv("HOME");
	struct arena *arena = &r->config->arena;

	if (strncmp(path, "~/", 2) == 0 && home != NULL)
		return arena_printf(arena, "%s%s", home, path + 1);
	if (path[0] == '/')
		return arena_strdup(arena, path);
	return arena_printf(arena, "%s/%s", r->folder, path);
}

void
config_read_path(const struct config_reading *r, const struct json *j, void *at)
{
	if (j->type != JSON_STRING || j->string[0] == '\0')
		config_wrong(r, j, "a path is needed");
	else
		*(const char **)at = config_path(r, j->string);
}

/* An id, or "map:" and a path. */
void
config_read_layout(const struct config_reading *r, const struct json *j,
    void *at)
{
	const size_t len = strlen(LAYOUT_MAP);

	if (j->type == JSON_STRING && strncmp(j->string, LAYOUT_MAP, len) == 0)
		*(const char **)at = arena_printf(&r->config->arena, "%s%s",
		    LAYOUT_MAP, config_path(r, j->string + len));
	else
		config_read_text(r, j, at);
}

static void
read_list(const struct config_reading *r, const struct json *j, void *at,
    const char *(*convert)(const struct config_reading *, const char *))
{
	struct config_list *l = at;
	const char **items;
	const struct json *e;
	size_t n = 0;

	if (j->type != JSON_ARRAY) {
		config_wrong(r, j, "an array of texts is needed");
		return;
	}
	items = arena_array(&r->config->arena, j->n, sizeof(*items));
	for (e = j->first; e != NULL; e = e->next)
		if (e->type != JSON_STRING)
			config_wrong(r, e, "a text is needed");
		else if (convert == config_path && e->string[0] == '\0')
			config_wrong(r, e, "a path is needed");
		else
			items[n++] = convert(r, e->string);
	*l = (struct config_list){ .items = items, .n = n, .at = j };
}

static const char *
as_it_is(const struct config_reading *r, const char *text)
{
	return arena_strdup(&r->config->arena, text);
}

void
config_read_texts(const struct config_reading *r, const struct json *j,
    void *at)
{
	read_list(r, j, at, as_it_is);
}

void
config_read_paths(const struct config_reading *r, const struct json *j,
    void *at)
{
	read_list(r, j, at, config_path);
}

const struct zone *
config_zone(const struct config_reading *r, const struct json *j)
{
	const struct zone *z = NULL;
	struct errmsg err;

	if (j->type != JSON_STRING)
		config_wrong(r, j, "a time zone is needed");
	else if ((z = zone_get(j->string, &err)) == NULL)
		json_note(r->notes, NOTE_ERROR, "E208", j, NULL, NULL, "%s",
		    err.text);
	return z;
}

/* Kept by its name; a wrong one is told here, where it stands. */
void
config_read_zone(const struct config_reading *r, const struct json *j, void *at)
{
	if (config_zone(r, j) != NULL)
		config_read_text(r, j, at);
}

static void
read_whole(const struct config_reading *r, const struct json *j, long least,
    long most, const char *wanted, long *v)
{
	if (j->type != JSON_NUMBER || j->number < (double)least ||
	    j->number > (double)most || j->number != (double)(long)j->number)
		config_wrong(r, j, wanted);
	else
		*v = (long)j->number;
}

void
config_read_truth(const struct config_reading *r, const struct json *j,
    void *at)
{
	if (j->type != JSON_BOOL)
		config_wrong(r, j, "true or false is needed");
	else
		*(bool *)at = j->boolean;
}

/* "400d" to ms. */
void
config_read_span(const struct config_reading *r, const struct json *j, void *at)
{
	int64_t ms;

	if (j->type != JSON_STRING || span_parse(j->string, &ms) != 0 ||
	    ms <= 0)
		config_wrong(r, j, "a span such as \"400d\" is needed");
	else
		*(int64_t *)at = ms;
}

void
config_read_score(const struct config_reading *r, const struct json *j,
    void *at)
{
	read_whole(r, j, 0, 100, "a whole number from 0 to 100 is needed", at);
}

void
config_read_year(const struct config_reading *r, const struct json *j, void *at)
{
	read_whole(r, j, 2000, 9999, "a year such as 2026 is needed", at);
}

void
config_read_digits(const struct config_reading *r, const struct json *j,
    void *at)
{
	read_whole(r, j, 0, 15, "a whole number from 0 to 15 is needed", at);
}

/* They stand in the head of a message as they are. */
void
config_read_addresses(const struct config_reading *r, const struct json *j,
    void *at)
{
	if (j->type != JSON_STRING || !mime_addresses_valid(j->string))
		config_wrong(r, j,
		    "addresses such as \"ops@example.net\" are needed");
	else
		config_read_text(r, j, at);
}
