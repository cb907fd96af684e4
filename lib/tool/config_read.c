/* The configuration file, key by key. */
#include "tool/config_impl.h"

#include <string.h>

#include "base/bounds.h"
#include "base/nearest.h"
#include "cdr/call.h"

/*
 * The keys as a table.  A reader puts the value where `at` says; most settings
 * are a text or a list of texts.
 */
struct key {
	const char *name;
	config_read_value *read;
	size_t at;
};

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

#define AT(member) offsetof(struct config_site, member)

static const struct key dialplan_keys[] = {
	{ "international", config_read_texts, AT(international) },
	{ "national", config_read_text, AT(national) },
	{ "outside", config_read_texts, AT(outside) },
	{ "extensions", config_read_text, AT(extensions) },
	{ "own", config_read_texts, AT(own) },
	{ "toll_free", config_read_texts, AT(toll_free) },
	{ "area", config_read_text, AT(area) },
	{ "domestic", config_read_texts, AT(domestic) },
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
			config_read_texts(r, e, &site->services[feature]);
	}
}

#define SITE_KEYS(base)                                                  \
	{ "tz", config_read_zone, (base) + AT(tz) },                     \
	    { "currency", config_read_currency, (base) + AT(currency) }, \
	    { "home_country", config_read_country,                       \
		    (base) + AT(home_country) },                         \
	    { "calendar", config_read_text, (base) + AT(calendar) },     \
	    { "dialplan", read_dialplan, (base) },                       \
	    { "trunks", config_read_texts, (base) + AT(trunks) },        \
	{                                                                \
		"services", read_services, (base)                        \
	}

static const struct key source_keys[] = {
	SITE_KEYS(0),
	{ "name", config_read_text, AT(name) },
	{ "site", config_read_name, AT(site) },
	{ "layout", config_read_layout, AT(layout) },
	{ "files", config_read_paths, AT(files) },
	{ "year", config_read_year, AT(year) },
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

static const struct key report_keys[] = {
	{ "min_score", config_read_score,
	    offsetof(struct config, report_min_score) },
	{ "to", config_read_addresses, offsetof(struct config, report_to) },
	{ "redact", config_read_digits,
	    offsetof(struct config, report_redact) },
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
	{ "rules", config_read_paths, offsetof(struct config, rules) },
	{ "db", config_read_path, offsetof(struct config, db) },
	{ "report", read_report, 0 },
	{ "sources", read_later, 0 },
	{ "directory", config_read_path, offsetof(struct config, directory) },
	{ "rates", config_read_path, offsetof(struct config, rates) },
	{ "waivers", config_read_path, offsetof(struct config, waivers) },
	{ "allow_wildcard_waivers", config_read_truth,
	    offsetof(struct config, wildcard_waivers) },
	{ "retention", config_read_span, offsetof(struct config, retention) },
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
