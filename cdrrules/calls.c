#include "calls.h"

#include <string.h>

#include "store/store.h"
#include "store/store_findings.h"
#include "tool/readcalls.h"

static int
read_files(struct rules_calls *c, struct rules_run *r, char **files, int n)
{
	const struct ingest_settings set =
	    readcalls_settings(&r->setup, c->layouts);
	const struct ingest_file *file;
	struct errmsg err;
	size_t k;
	int i;

	c->ingest = ingest_new(&set, c->batch, &c->notes);
	for (i = 0; i < n; i++)
		if (ingest_read(c->ingest, files[i],
			config_source_for(&r->setup.sources, &r->setup.config,
			    files[i]),
			&err) != 0) {
			diag_error(&r->setup.diag, "%s", err.text);
			return EXIT_NOT_DONE;
		}
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

int
rules_calls_open(struct rules_calls *c, struct rules_run *r, char **files,
    int n)
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
	if (status == EXIT_DONE && (n > 0 || r->o->layout != NULL))
		status = readcalls_settle_layouts(&r->setup, c->layouts,
		    r->o->layout);
	if (status == EXIT_DONE)
		status = n > 0 ? read_files(c, r, files, n) : load_store(c, r);
	if (c->zone == NULL)
		c->zone =
		    r->setup.env_zone != NULL ? r->setup.env_zone : zone_utc();
	if (n > 0 && !r->setup.now_given && c->batch->n > 0)
		c->as_of = c->batch->calls[c->batch->n - 1].start;
	diag_notes(&r->setup.diag, &c->notes);
	return status;
}

void
rules_calls_close(struct rules_calls *c)
{
	ingest_free(&c->ingest);
	batch_free(&c->batch);
	layouts_free(&c->layouts);
	notes_fini(&c->notes);
}
