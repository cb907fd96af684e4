/* The configuration file, key by key. */
#include "tool/config_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/nearest.h"
#include "cdr/call.h"
#include "report/mime.h"
#include "tel/calltime.h"
#include "tel/money.h"

/*
 * The keys as a table.  A reader puts the value where `at` says; most settings
 * are a text or a list of texts.
 */
struct key {
	const char *name;
	void (*read)(const struct config_reading *r, const struct json *j,
	    void *at);
	size_t at;
};

void
config_wrong(const struct config_reading *r, const struct json *j,
    const char *wanted)
{
	json_note(r->notes, NOTE_ERROR, "E204", j, wanted, NULL,
	    "wrong type for '%s'", j->key != NULL ? j->key : "element");
}

static const char *
key_at(const void *keys, size_t i)
{
	return ((const struct key *)keys)[i].name;
}

/* Every member of an object through its table; each table ends with NULL. */
static void
read_object(const struct config_reading *r, const struct json *obj,
    const struct key *keys, void *at)
{
	const struct json *j;
	const struct key *k;
	const char *near;

	if (obj->type != JSON_OBJECT) {
		config_wrong(r, obj, "an object is needed");
		return;
	}
	for (j = obj->first; j != NULL; j = j->next) {
		for (k = keys; k->name != NULL; k++)
			if (strcmp(k->name, j->key) == 0)
				break;
		if (k->name != NULL) {
			k->read(r, j, (char *)at + k->at);
			continue;
		}
		near = nearest(j->key, key_at, keys);
		json_note_key(r->notes, NOTE_ERROR, "E201", j,
		    near != NULL ? arena_printf(&r->config->arena,
				       "did you mean \"%s\"?", near)
				 : NULL,
		    NULL, "unknown key '%s'", j->key);
	}
}

static void
read_text(const struct config_reading *r, const struct json *j, void *at)
{
	if (j->type != JSON_STRING)
		config_wrong(r, j, "a text is needed");
	else
		*(const char **)at = arena_strdup(&r->config->arena, j->string);
}

/* A name by which something is known. */
static void
read_name(const struct config_reading *r, const struct json *j, void *at)
{
	if (j->type != JSON_STRING || j->string[0] == '\0')
		config_wrong(r, j, "a name is needed");
	else
		read_text(r, j, at);
}

/* Which countries there are, the number plan tells. */
static void
read_country(const struct config_reading *r, const struct json *j, void *at)
{
	if (j->type != JSON_STRING || j->string[0] == '\0')
		config_wrong(r, j, "a country such as \"US\" is needed");
	else
		read_text(r, j, at);
}

static void
read_currency(const struct config_reading *r, const struct json *j, void *at)
{
	if (j->type != JSON_STRING ||
	    !money_is_code(j->string, strlen(j->string)))
		config_wrong(r, j, "a currency such as \"USD\" is needed");
	else
		read_text(r, j, at);
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

static void
read_path(const struct config_reading *r, const struct json *j, void *at)
{
	if (j->type != JSON_STRING || j->string[0] == '\0')
		config_wrong(r, j, "a path is needed");
	else
		*(const char **)at = config_path(r, j->string);
}

/* An id, or "map:" and a path. */
static void
read_layout(const struct config_reading *r, const struct json *j, void *at)
{
	const size_t len = strlen(LAYOUT_MAP);

	if (j->type == JSON_STRING && strncmp(j->string, LAYOUT_MAP, len) == 0)
		*(const char **)at = arena_printf(&r->config->arena, "%s%s",
		    LAYOUT_MAP, config_path(r, j->string + len));
	else
		read_text(r, j, at);
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

static void
read_texts(const struct config_reading *r, const struct json *j, void *at)
{
	read_list(r, j, at, as_it_is);
}

static void
read_paths(const struct config_reading *r, const struct json *j, void *at)
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
static void
read_zone(const struct config_reading *r, const struct json *j, void *at)
{
	if (config_zone(r, j) != NULL)
		read_text(r, j, at);
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

static void
read_truth(const struct config_reading *r, const struct json *j, void *at)
{
	if (j->type != JSON_BOOL)
		config_wrong(r, j, "true or false is needed");
	else
		*(bool *)at = j->boolean;
}

/* "400d" to ms. */
static void
read_span(const struct config_reading *r, const struct json *j, void *at)
{
	int64_t ms;

	if (j->type != JSON_STRING || span_parse(j->string, &ms) != 0 ||
	    ms <= 0)
		config_wrong(r, j, "a span such as \"400d\" is needed");
	else
		*(int64_t *)at = ms;
}

static void
read_score(const struct config_reading *r, const struct json *j, void *at)
{
	read_whole(r, j, 0, 100, "a whole number from 0 to 100 is needed", at);
}

static void
read_year(const struct config_reading *r, const struct json *j, void *at)
{
	read_whole(r, j, 2000, 9999, "a year such as 2026 is needed", at);
}

#define AT(member) offsetof(struct config_site, member)

static const struct key dialplan_keys[] = {
	{ "international", read_texts, AT(international) },
	{ "national", read_text, AT(national) },
	{ "outside", read_texts, AT(outside) },
	{ "extensions", read_text, AT(extensions) },
	{ "own", read_texts, AT(own) },
	{ "toll_free", read_texts, AT(toll_free) },
	{ "area", read_text, AT(area) },
	{ "domestic", read_texts, AT(domestic) },
	{ NULL, NULL, 0 },
};

static void
read_dialplan(const struct config_reading *r, const struct json *j, void *at)
{
	read_object(r, j, dialplan_keys, at);
}

/* {"voicemail": ["\\*97"], ...}: one list of patterns a feature. */
static void
read_services(const struct config_reading *r, const struct json *j, void *at)
{
	struct config_site *site = at;
	const struct json *e;
	int feature;

	if (j->type != JSON_OBJECT) {
		config_wrong(r, j, "an object is needed");
		return;
	}
	for (e = j->first; e != NULL; e = e->next) {
		feature = feature_parse(e->key);
		if (feature <= FEATURE_NONE)
			json_note_key(r->notes, NOTE_ERROR, "E205", e,
			    "voicemail, disa, ivr, conference or queue", NULL,
			    "unknown service '%s'", e->key);
		else
			read_texts(r, e, &site->services[feature]);
	}
}

#define SITE_KEYS(base)                                                  \
	{ "tz", read_zone, (base) + AT(tz) },                            \
	    { "currency", read_currency, (base) + AT(currency) },        \
	    { "home_country", read_country, (base) + AT(home_country) }, \
	    { "calendar", read_text, (base) + AT(calendar) },            \
	    { "dialplan", read_dialplan, (base) },                       \
	    { "trunks", read_texts, (base) + AT(trunks) },               \
	{                                                                \
		"services", read_services, (base)                        \
	}

static const struct key source_keys[] = {
	SITE_KEYS(0),
	{ "name", read_text, AT(name) },
	{ "site", read_name, AT(site) },
	{ "layout", read_layout, AT(layout) },
	{ "files", read_paths, AT(files) },
	{ "year", read_year, AT(year) },
	{ NULL, NULL, 0 },
};

/* A name that another source has: findings and records go by it. */
static void
check_name(const struct config_reading *r, const struct config_site *s)
{
	const struct config *c = r->config;
	size_t i;

	if (s->name == NULL || s->name[0] == '\0') {
		json_note(r->notes, NOTE_ERROR, "E202", s->at, NULL, NULL,
		    "a source needs a name");
		return;
	}
	if (strcmp(s->name, c->base.name) == 0)
		json_note(r->notes, NOTE_ERROR, "E203", s->at, NULL,
		    "it is the source of all files that no other one has",
		    "a source cannot be named '%s'", s->name);
	for (i = 0; &c->sources[i] != s; i++)
		if (c->sources[i].name != NULL &&
		    strcmp(c->sources[i].name, s->name) == 0)
			json_note(r->notes, NOTE_ERROR, "E203", s->at, NULL,
			    NULL, "two sources are named '%s'", s->name);
}

/* What a source does not state is what the top level states. */
static void
read_sources(const struct config_reading *r, const struct json *j)
{
	struct config *c = r->config;
	struct config_site *s;
	const struct json *e;

	if (j->type != JSON_ARRAY || j->n >= BOUNDS_SOURCES) {
		config_wrong(r, j, "an array of sources is needed");
		return;
	}
	c->sources = arena_array(&c->arena, j->n, sizeof(*c->sources));
	for (e = j->first; e != NULL; e = e->next) {
		s = &c->sources[c->nsources++];
		*s = c->base;
		s->at = e;
		s->name = NULL;
		read_object(r, e, source_keys, s);
		check_name(r, s);
	}
}

static void
read_calendars(const struct config_reading *r, const struct json *j, void *at)
{
	struct config *c = r->config;
	struct calendar *cal;
	const struct json *e;

	(void)at;
	if (j->type != JSON_OBJECT) {
		config_wrong(r, j, "an object is needed");
		return;
	}
	c->calendars = arena_array(&c->arena, j->n, sizeof(*c->calendars));
	for (e = j->first; e != NULL; e = e->next) {
		if (e->type != JSON_OBJECT) {
			config_wrong(r, e, "an object is needed");
			continue;
		}
		cal = calendar_new(e->key);
		c->calendars[c->ncalendars++] = cal;
		config_read_calendar(r, e, cal);
	}
}

static void
read_format(const struct config_reading *r, const struct json *j, void *at)
{
	(void)at;
	if (j->type != JSON_NUMBER || j->number != 1)
		json_note(r->notes, NOTE_ERROR, "E120", j, "1 is known", NULL,
		    "a configuration of another format");
}

/* Sources inherit from the top level, so they are read when it is complete. */
static void
read_later(const struct config_reading *r, const struct json *j, void *at)
{
	(void)r;
	(void)j;
	(void)at;
}

static void
read_digits(const struct config_reading *r, const struct json *j, void *at)
{
	read_whole(r, j, 0, 15, "a whole number from 0 to 15 is needed", at);
}

/* They stand in the head of a message as they are. */
static void
read_addresses(const struct config_reading *r, const struct json *j, void *at)
{
	if (j->type != JSON_STRING || !mime_addresses_valid(j->string))
		config_wrong(r, j,
		    "addresses such as \"ops@example.net\" are needed");
	else
		read_text(r, j, at);
}

static const struct key report_keys[] = {
	{ "min_score", read_score, offsetof(struct config, report_min_score) },
	{ "to", read_addresses, offsetof(struct config, report_to) },
	{ "redact", read_digits, offsetof(struct config, report_redact) },
	{ NULL, NULL, 0 },
};

static void
read_report(const struct config_reading *r, const struct json *j, void *at)
{
	read_object(r, j, report_keys, at);
}

static const struct key top_keys[] = {
	SITE_KEYS(offsetof(struct config, base)),
	{ "cdrconfig", read_format, 0 },
	{ "calendars", read_calendars, 0 },
	{ "rules", read_paths, offsetof(struct config, rules) },
	{ "db", read_path, offsetof(struct config, db) },
	{ "report", read_report, 0 },
	{ "sources", read_later, 0 },
	{ "directory", read_path, offsetof(struct config, directory) },
	{ "rates", read_path, offsetof(struct config, rates) },
	{ "waivers", read_path, offsetof(struct config, waivers) },
	{ "allow_wildcard_waivers", read_truth,
	    offsetof(struct config, wildcard_waivers) },
	{ "retention", read_span, offsetof(struct config, retention) },
	{ NULL, NULL, 0 },
};

void
config_read(const struct config_reading *r, const struct json *root)
{
	const struct json *sources = json_get(root, "sources");

	if (json_get(root, "cdrconfig") == NULL)
		json_note(r->notes, NOTE_ERROR, "E120", root,
		    "begin with \"cdrconfig\": 1", NULL,
		    "not a configuration of cdrguard");
	r->config->base.at = root;
	read_object(r, root, top_keys, r->config);
	if (sources != NULL)
		read_sources(r, sources);
}
