#include "tool/setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tel/calltime.h"
#include "tool/datadir.h"

static int64_t
clock_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Whole seconds since 1970, until the year 9999. */
static int
parse_epoch(const char *text, int64_t *utc_ms)
{
	const long long most = 253402300799;
	char *end;
	long long v;

	errno = 0;
	v = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || v < 0 || v > most)
		return -1;
	*utc_ms = (int64_t)v * 1000;
	return 0;
}

/* --now, else SOURCE_DATE_EPOCH, else the clock. */
static int
settle_now(struct setup *s)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");

	s->now = clock_now();
	if (s->options->now != NULL) {
		s->now_given = true;
		if (setup_time(s, "--now", s->options->now, &s->now) != 0)
			return EXIT_NOT_DONE;
	} else if (epoch != NULL && epoch[0] != '\0') {
		s->now_given = true;
		if (parse_epoch(epoch, &s->now) != 0) {
			diag_error(&s->diag,
			    "SOURCE_DATE_EPOCH: not seconds since 1970: '%s'",
			    epoch);
			return EXIT_NOT_DONE;
		}
	}
	return EXIT_DONE;
}

/* A TZ that is none of our zones, such as "EST5EDT", is as good as none. */
static void
settle_zones(struct setup *s)
{
	const char *stated = s->options->tz;
	const char *env = getenv("TZ");

	if (stated == NULL)
		stated = s->config.base.tz;
	/* Both were found to be zones when the sources were made. */
	if (stated != NULL)
		s->zone = zone_get(stated, NULL);
	if (env != NULL && env[0] != '\0')
		s->env_zone = zone_get(env[0] == ':' ? env + 1 : env, NULL);
}

static void
settle_db(struct setup *s)
{
	const char *env = getenv("CDR_DB");

	if (s->options->db != NULL)
		s->db = s->options->db;
	else if (env != NULL && env[0] != '\0')
		s->db = env;
	else
		s->db = s->config.db;
}

static int
load_numplan(struct setup *s)
{
	struct buf path;
	struct errmsg err;
	int status = EXIT_DONE;

	datadir_find(&s->data);
	buf_init(&path);
	buf_addf(&path, "%s/numplan", s->data.data);
	if (numplan_load(&s->numplan, path.data, &err) != 0) {
		diag_error(&s->diag, "%s", err.text);
		status = EXIT_NOT_DONE;
	}
	buf_fini(&path);
	return status;
}

static int
load_config(struct setup *s)
{
	const struct setup_options *o = s->options;
	enum config_where where = CONFIG_SEARCH;
	struct notes notes;
	int status = EXIT_DONE;

	if (o->no_config && o->config != NULL) {
		diag_error(&s->diag,
		    "--config and --no-config exclude each other");
		return EXIT_NOT_DONE;
	}
	if (o->no_config)
		where = CONFIG_NONE;
	else if (o->config != NULL)
		where = CONFIG_FILE;
	notes_init(&notes);
	if (config_load(&s->config, where, o->config, &notes) != 0 ||
	    config_sources_make(&s->sources, &s->config, o->tz, s->numplan,
		&notes) != 0)
		status = EXIT_NOT_DONE;
	diag_notes(&s->diag, &notes);
	notes_fini(&notes);
	return status;
}

int
setup_load_tables(struct setup *s, struct notes *notes)
{
	const struct config *c = &s->config;
	const struct json *root = c->base.at;
	int r = 0;

	if (c->directory != NULL &&
	    (!config_readable(json_get(root, "directory"), c->directory,
		 notes) ||
		directory_load(&s->directory, c->directory, notes) != 0))
		r = -1;
	if (c->rates != NULL &&
	    (!config_readable(json_get(root, "rates"), c->rates, notes) ||
		rates_load(&s->rates, c->rates, notes) != 0))
		r = -1;
	return r;
}

static int
load_tables(struct setup *s)
{
	struct notes notes;
	int r;

	notes_init(&notes);
	r = setup_load_tables(s, &notes);
	diag_notes(&s->diag, &notes);
	notes_fini(&notes);
	return r == 0 ? EXIT_DONE : EXIT_NOT_DONE;
}

int
setup_open(struct setup *s, const char *program, const struct setup_options *o)
{
	int status;

	memset(s, 0, sizeof(*s));
	buf_init(&s->data);
	s->options = o;
	s->diag.program = program;
	s->diag.verbosity = o->verbosity;
	s->diag.colour = setup_colour(o, STDERR_FILENO);
	if ((status = load_numplan(s)) != EXIT_DONE ||
	    (status = load_config(s)) != EXIT_DONE ||
	    (status = load_tables(s)) != EXIT_DONE)
		return status;
	settle_zones(s);
	settle_db(s);
	return settle_now(s);
}

void
setup_close(struct setup *s)
{
	config_sources_fini(&s->sources);
	config_fini(&s->config);
	directory_free(&s->directory);
	rates_free(&s->rates);
	numplan_free(&s->numplan);
	buf_fini(&s->data);
}

int
setup_time(const struct setup *s, const char *option, const char *text,
    int64_t *utc_ms)
{
	const struct zone *z = s->zone != NULL ? s->zone : s->env_zone;
	struct errmsg err;

	if (z == NULL)
		z = zone_utc();
	if (time_parse(text, z, s->now, utc_ms, &err) == 0)
		return 0;
	diag_error(&s->diag, "%s: %s", option, err.text);
	return -1;
}
