/*
 * setup: what the three programs have in common: the common options, the
 * configuration, the shipped data, the rules, the way results go out.
 *
 * A program puts struct setup_options first into its settings, SETUP_OPTIONS
 * first into its option table, an entry of its own for `format`, and calls
 * setup_open().
 */
#ifndef LIB_TOOL_SETUP_H
#define LIB_TOOL_SETUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/notes.h"
#include "base/stages.h"
#include "report/emit.h"
#include "rule/rule.h"
#include "tel/directory.h"
#include "tel/numplan.h"
#include "tel/rates.h"
#include "tool/config.h"
#include "tool/diag.h"
#include "tool/opts.h"

struct setup_options {
	const char *config, *db, *output, *tz, *now, *colour;
	const char *format; /* NULL: text */
	struct opt_list rules;
	bool no_config, show_config;
	int verbosity;
};

#define SETUP_AT(member) offsetof(struct setup_options, member)

/* In the order of the letters; a program's own options follow. */
/* clang-format off */
#define SETUP_OPTIONS \
	{ 'c', "config", "FILE", "read only this configuration", OPT_TEXT, \
	    SETUP_AT(config), NULL, 0 }, \
	{ 0, "no-config", NULL, "read no configuration", OPT_FLAG, \
	    SETUP_AT(no_config), NULL, 0 }, \
	{ 'd', "db", "FILE", "the store", OPT_TEXT, SETUP_AT(db), NULL, 0 }, \
	{ 'R', "rules", "DIR", \
	    "read these rules instead of the shipped and configured ones", \
	    OPT_LIST, SETUP_AT(rules), NULL, 0 }, \
	{ 'o', "output", "FILE", "write to FILE, complete or not at all", \
	    OPT_TEXT, SETUP_AT(output), NULL, 0 }, \
	{ 0, "tz", "ZONE", "zone of naive stamps and of local times shown", \
	    OPT_TEXT, SETUP_AT(tz), NULL, 0 }, \
	{ 0, "now", "TIME", "pretend it is TIME", OPT_TEXT, SETUP_AT(now), \
	    NULL, 0 }, \
	{ 0, "color", "WHEN", "auto, always or never", OPT_WORD, \
	    SETUP_AT(colour), "auto|always|never", 0 }, \
	{ 'q', "quiet", NULL, "say only errors", OPT_LESS, \
	    SETUP_AT(verbosity), NULL, 0 }, \
	{ 'v', "verbose", NULL, "say more", OPT_COUNT, \
	    SETUP_AT(verbosity), NULL, 0 }, \
	{ 0, "completion", NULL, \
	    "show the completion for bash, and end", OPT_COMPLETION, 0, NULL, \
	    0 }, \
	{ 0, "show-config", NULL, \
	    "show every setting with its origin, and end", OPT_FLAG, \
	    SETUP_AT(show_config), NULL, 0 }, \
	{ 'h', "help", NULL, "show this help, and end", OPT_HELP, 0, NULL, \
	    0 }, \
	{ 'V', "version", NULL, "show the version, and end", OPT_VERSION, 0, \
	    NULL, 0 }
/* clang-format on */

struct setup {
	const struct setup_options *options;
	struct diag diag;
	struct config config;
	struct numplan *numplan;
	struct directory *directory; /* of the site, or NULL */
	struct rates *rates;         /* what calls cost, or NULL */
	struct config_sources sources;
	struct buf data;         /* folder of the shipped data */
	const struct zone *zone; /* --tz, the file's: of times shown; or NULL */
	const struct zone *env_zone; /* TZ: of stamps without any; or NULL */
	/* The store: -d, else as configured (CDR_DB, the file); or NULL. */
	const char *db;
	struct stages *stages; /* told of what the program does; or NULL */
	size_t threads;        /* 0: as many as there are processors */
	int64_t now;           /* UTC ms: --now, SOURCE_DATE_EPOCH, the clock */
	bool now_given;
};

/*
 * Options, configuration and shipped data.  Problems are said;
 * EXIT_NOT_DONE if they forbid going on.  `o` must outlive it; to be ended
 * with setup_close() all the same.
 */
int setup_open(struct setup *s, const char *program,
    const struct setup_options *o);
void setup_close(struct setup *s);

/*
 * The directory and the rates of the configuration, where it names some;
 * problems are left in `notes` and nothing is said; -1 on errors.
 */
int setup_load_tables(struct setup *s, struct notes *notes);

/*
 * The rules, once: those of -R, else of CDR_RULES, else the shipped and the
 * configured ones.  Problems are said with their places; EXIT_NOT_DONE if
 * there is an error.
 */
int setup_rules(struct setup *s, struct ruleset *rules);
/* Say what came of it when they were loaded with setup_load_rules(). */
void setup_say_rules(const struct setup *s, struct notes *notes);
/*
 * The same with problems left in `notes` and nothing said; -1 on errors.
 * `files` names files and folders: to read in place of all that, with the
 * shipped lists and calendars alone, or beside the rules, in place of the
 * waivers.  NULL with SETUP_IN_FORCE.
 */
enum setup_files { SETUP_IN_FORCE, SETUP_INSTEAD, SETUP_BESIDE };
int setup_load_rules(struct setup *s, enum setup_files how,
    const struct opt_list *files, struct ruleset *rules, struct notes *notes);

/*
 * The moment that the value of an option means (tel/calltime, time_parse).
 * -1 when it means none, which is said.
 */
int setup_time(const struct setup *s, const char *option, const char *text,
    int64_t *utc_ms);

/* Whether colour is wanted on `fd` (--color, NO_COLOR, a terminal). */
bool setup_colour(const struct setup_options *o, int fd);

/*
 * Results to --output, else to standard output; problems are said.  Each
 * returns EXIT_DONE or EXIT_NOT_DONE.
 */
int setup_put(const struct setup *s, const char *text, size_t len);
/* The same for settings, such as rules, which other users must read. */
int setup_put_shared(const struct setup *s, const char *text, size_t len);
/* The same for lines of text of unknown origin: what cannot be shown is '?'. */
int setup_put_lines(const struct setup *s, const struct buf *lines);
/* A report in --format; zone and colour of `opt` are filled in. */
int setup_emit(const struct setup *s, const struct view *v,
    struct emit_options *opt);
/* The same, appended to `report` without colour, whatever --output says. */
int setup_emit_buf(const struct setup *s, const struct view *v,
    struct emit_options *opt, struct buf *report);
/*
 * Where standard input, output or error are closed, no file that is opened
 * takes their place: whoever reads or writes them is told that it cannot.
 */
void setup_streams(void);
/* What opts_parse() showed is out: EXIT_DONE, or EXIT_NOT_DONE and said. */
int setup_shown(const struct diag *diag);
/*
 * --show-config, the whole of it: open, put out every setting in force with
 * its origin, close.
 */
int setup_show(const char *program, const struct setup_options *o);

#endif
