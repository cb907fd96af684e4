#include "calls.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "store/store.h"
#include "store/store_findings.h"
#include "tool/readcalls.h"

static int
read_one(struct rules_calls *c, struct rules_run *r, const char *file,
    const struct source *src)
{
	struct errmsg err;

	if (ingest_read(c->ingest, file, src, &err) == 0)
		return EXIT_DONE;
	diag_error(&r->setup.diag, "%s", err.text);
	return EXIT_NOT_DONE;
}

/* All files that a pattern of a source is for; none is none. */
static int
read_pattern(struct rules_calls *c, struct rules_run *r, const char *pattern,
    const struct source *src)
{
	int status = EXIT_DONE;
	glob_t found;
	size_t i;

	if (glob(pattern, 0, NULL, &found) == 0)
		for (i = 0; i < found.gl_pathc && status == EXIT_DONE; i++)
			status = read_one(c, r, found.gl_pathv[i], src);
	globfree(&found);
	return status;
}

static int
read_sources(struct rules_calls *c, struct rules_run *r)
{
	const struct config *config = &r->setup.config;
	const struct config_list *files;
	int status = EXIT_DONE;
	size_t i, f;

	for (i = 0; i < config->nsources; i++) {
		files = &config->sources[i].files;
		for (f = 0; f < files->n && status == EXIT_DONE; f++)
			status = read_pattern(c, r, files->items[f],
			    &r->setup.sources.list[i + 1]);
	}
	return status;
}

static int
finish(struct rules_calls *c, struct rules_run *r)
{
	const struct ingest_file *file;
	struct errmsg err;
	size_t k;

	for (k = 0; k < ingest_files(c->ingest); k++) {
		file = ingest_file_at(c->ingest, k);
		if (file->records > 0 || file->trouble == NULL)
			continue;
		diag_error(&r->setup.diag, "%s: %s", file->path, file->trouble);
		return EXIT_NOT_DONE;
	}
	if (ingest_finish(c->ingest, &err) < 0) {
		diag_error(&r->setup.diag, "%s", err.text);
		return EXIT_NOT_DONE;
	}
	if (c->zone == NULL && ingest_zone_name(c->ingest)[0] != '\0')
		c->zone = zone_get(ingest_zone_name(c->ingest), NULL);
	return EXIT_DONE;
}

/* These files; with none those of the sources. */
static int
read_files(struct rules_calls *c, struct rules_run *r, char **files, int n)
{
	const struct ingest_settings set =
	    readcalls_settings(&r->setup, c->layouts);
	int status = EXIT_DONE, i;

	c->ingest = ingest_new(&set, c->batch, &c->notes);
	if (n == 0)
		status = read_sources(c, r);
	for (i = 0; i < n && status == EXIT_DONE; i++)
		status = read_one(c, r, files[i],
		    config_source_for(&r->setup.sources, &r->setup.config,
			files[i]));
	return status == EXIT_DONE ? finish(c, r) : status;
}

/* A store is as of its last run, however long ago that was. */
static int
recall_moment(struct rules_calls *c, const struct rules_run *r, struct store *s,
    struct errmsg *err)
{
	struct results last;
	int got;

	results_init(&last);
	got = store_findings_last_run(s, &last, err);
	if (got == 0 && !r->setup.now_given)
		c->as_of = last.run.as_of;
	results_fini(&last);
	return got < 0 ? -1 : 0;
}

static int
load_store(struct rules_calls *c, struct rules_run *r)
{
	struct store *s = NULL;
	struct errmsg err;
	int status;

	if (r->setup.db == NULL) {
		diag_error(&r->setup.diag,
		    "no store; name files or give one with --db");
		return EXIT_NOT_DONE;
	}
	status = store_open(&s, r->setup.db, STORE_READ, &err);
	if (status == 0)
		status = readcalls_load(&r->setup, s, c->batch, &c->zone,
		    &c->notes, &err);
	if (status == 0)
		status = recall_moment(c, r, s, &err);
	store_close(&s);
	if (status != 0)
		diag_error(&r->setup.diag, "%s", err.text);
	return status == 0 ? EXIT_DONE : EXIT_NOT_DONE;
}

/* Where calls come from. */
enum calls_from { FROM_STORE, FROM_SOURCES, FROM_FILES };

static int
open_calls(struct rules_calls *c, struct rules_run *r, enum calls_from from,
    char **files, int n)
{
	int status;

	memset(c, 0, sizeof(*c));
	notes_init(&c->notes);
	c->batch = batch_new();
	c->zone = r->setup.zone;
	c->as_of = r->setup.now;
	c->layouts = layouts_new();
	status = readcalls_layouts(&r->setup, c->layouts);
	/* What is configured for files does not matter to a store. */
	if (status == EXIT_DONE && (from != FROM_STORE || r->o->layout != NULL))
		status = readcalls_settle_layouts(&r->setup, c->layouts,
		    r->o->layout);
	if (status == EXIT_DONE)
		status = from == FROM_STORE ? load_store(c, r)
					    : read_files(c, r, files, n);
	if (c->zone == NULL)
		c->zone =
		    r->setup.env_zone != NULL ? r->setup.env_zone : zone_utc();
	if (from != FROM_STORE && !r->setup.now_given && c->batch->n > 0)
		c->as_of = c->batch->calls[c->batch->n - 1].start;
	diag_notes(&r->setup.diag, &c->notes);
	return status;
}

int
rules_calls_open(struct rules_calls *c, struct rules_run *r, char **files,
    int n)
{
	return open_calls(c, r, n > 0 ? FROM_FILES : FROM_STORE, files, n);
}

/* A store that is configured may have to be made yet. */
static bool
has_store(const struct rules_run *r)
{
	return r->setup.db != NULL &&
	       (r->o->common.db != NULL || access(r->setup.db, F_OK) == 0);
}

static bool
has_sources(const struct rules_run *r)
{
	const struct config *config = &r->setup.config;
	size_t i;

	for (i = 0; i < config->nsources; i++)
		if (config->sources[i].files.n > 0)
			return true;
	return false;
}

static bool
has_file(const struct rules_calls *c, const char *file)
{
	uint8_t *of = rules_calls_of_file(c->batch, file);

	free(of);
	return of != NULL;
}

/* The default source has the files that nobody configured. */
static bool
is_configured(const struct rules_run *r, const char *file)
{
	const struct setup *s = &r->setup;

	return config_source_for(&s->sources, &s->config, file) !=
	       &s->sources.list[0];
}

static int
open_alone(struct rules_calls *c, struct rules_run *r, const char *file)
{
	char *one = xstrdup(file);
	int status = open_calls(c, r, FROM_FILES, &one, 1);

	c->alone = true;
	free(one);
	return status;
}

int
rules_calls_around(struct rules_calls *c, struct rules_run *r, const char *file)
{
	int status;

	if (!has_store(r)) {
		if (file != NULL && !is_configured(r, file))
			return open_alone(c, r, file);
		return open_calls(c, r,
		    has_sources(r) ? FROM_SOURCES : FROM_STORE, NULL, 0);
	}
	status = open_calls(c, r, FROM_STORE, NULL, 0);
	if (status != EXIT_DONE || file == NULL || has_file(c, file) ||
	    access(file, F_OK) != 0)
		return status;
	rules_calls_close(c);
	return open_alone(c, r, file);
}

void
rules_calls_close(struct rules_calls *c)
{
	ingest_free(&c->ingest);
	batch_free(&c->batch);
	layouts_free(&c->layouts);
	notes_fini(&c->notes);
}
