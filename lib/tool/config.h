/*
 * config: the one file that a site edits (cdrguard-config.5).
 *
 * Found by option, by CDR_CONFIG, as $XDG_CONFIG_HOME/cdrguard/config.json
 * (or ~/.config/...), then /etc/cdrguard/config.json; never in the working
 * directory.  Strict JSON; an unknown key is an error with its place.  Every
 * setting knows where it came from.  Relative paths are relative to the file
 * that names them.
 *
 * Each source may state what the top level states; what it does not state is
 * taken from there.
 */
#ifndef LIB_TOOL_CONFIG_H
#define LIB_TOOL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/notes.h"
#include "cdr/ingest.h"
#include "cdr/party.h"
#include "io/jsontext.h"
#include "tel/calendar.h"
#include "tel/dialplan.h"

/* In front of the path of a layout of one's own, where an id may stand. */
#define LAYOUT_MAP "map:"

/* A list of texts and the array that states it, NULL if nothing does. */
struct config_list {
	const char *const *items;
	size_t n;
	const struct json *at;
};

/* What a site states about itself: the top level, or one source. */
struct config_site {
	const char *name, *site, *layout, *tz, *currency, *home_country;
	const char *calendar;
	const char *national, *area, *extensions;
	struct config_list international, outside, own, toll_free, domestic;
	struct config_list trunks, services[FEATURE_COUNT];
	struct config_list files; /* paths or patterns, made absolute */
	long year;                /* 0: not stated */
	const struct json *at;    /* the object that states it */
};

struct config {
	struct arena arena;   /* of all texts below */
	struct json_doc *doc; /* NULL: no file */
	const char *path;     /* of the file as it was found, or "" */
	struct config_site base;
	struct config_site *sources;
	size_t nsources;
	struct calendar **calendars; /* each rule set gets copies */
	size_t ncalendars;
	struct config_list rules; /* folders, made absolute */
	const char *db, *waivers, *directory, *rates; /* made absolute */
	bool wildcard_waivers; /* allow_wildcard_waivers */
	long report_min_score; /* 40 */
	const char *report_to; /* addresses that can be; NULL: none */
	long report_redact;    /* last digits of outside numbers; 0: none */
	int64_t retention;     /* ms that --prune keeps; 0: for ever */
};

/*
 * Whether a path that stands there can be read; if not it is noted there, E101.
 */
bool config_readable(const struct json *at, const char *path,
    struct notes *notes);

/*
 * Add what calls are judged by: what the top level and each source say of their
 * site.  Where files are, how they are read, what is reported and what is
 * deleted is none of it, nor are calendars, which a rule set has.
 */
void config_judged(const struct config *c, struct hash_state *h);

enum config_where { CONFIG_SEARCH, CONFIG_FILE, CONFIG_NONE };

/*
 * Read the configuration: `path` with CONFIG_FILE, else where it is searched.
 * No file at all is fine with CONFIG_SEARCH, unless CDR_CONFIG names one.  -1
 * when a note is an error; to be ended with config_fini() all the same.
 */
int config_load(struct config *c, enum config_where where, const char *path,
    struct notes *notes);
void config_fini(struct config *c);

/*
 * What ingest needs, made from the configuration, which must outlive it: zones
 * looked up, dial plans built, patterns compiled.  Index 0 is the source
 * "default" with the settings of the top level; then come the configured
 * ones.  A source without home country has `dialling` instead of a plan.
 */
struct config_sources {
	struct source *list;
	size_t n;
	struct dialplan **plans; /* owned; beside list, NULL: taken over */
	struct pattern **patterns;
	size_t npatterns, patterns_cap;
	struct arena arena;
};

/*
 * `tz_option` is the zone of all sources, or NULL.  -1 when a note is an
 * error; to be ended with config_sources_fini() all the same.
 */
int config_sources_make(struct config_sources *s, const struct config *c,
    const char *tz_option, const struct numplan *np, struct notes *notes);
void config_sources_fini(struct config_sources *s);

/* The first source with a pattern for `path`, else the default one. */
const struct source *config_source_for(const struct config_sources *s,
    const struct config *c, const char *path);
/* The source with this name, or NULL. */
const struct source *config_source_named(const struct config_sources *s,
    const char *name);

/*
 * What the file says of the site and its sources, and what is built in where
 * it says nothing: a setting a line, with its origin.  `tz_option` as above.
 */
void config_show(const struct config *c, const char *tz_option,
    struct buf *out);
/* "db = calls.db      # /etc/cdrguard/config.json" */
void config_show_line(struct buf *out, const char *prefix, const char *key,
    const char *value, const char *origin);

#endif
