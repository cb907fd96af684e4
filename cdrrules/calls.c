#include "calls.h"

#include <stdlib.h>
#include <string.h>

#include "store/store.h"
#include "tool/archive.h"

/* Layouts ----------------------------------------------------------------- */

static void
open_layouts(struct rules_calls *c, struct rules_run *r)
{
	struct buf path;

	c->layouts = layouts_new();
	buf_init(&path);
	buf_addf(&path, "%s/layouts", r->setup.data.data);
	(void)layouts_load(c->layouts, path.data, &c->notes);
	buf_fini(&path);
}

/* The layout of --type for all files; "auto": none is stated. */
static int
state_layout(struct rules_calls *c, struct rules_run *r, const char *id)
{
	const size_t prefix = strlen(LAYOUT_MAP);
	const struct layout *own;
	size_t i;

	if (strncmp(id, LAYOUT_MAP, prefix) == 0) {
		own = layouts_load_stated(c->layouts, id + prefix, &c->notes);
		if (own == NULL)
			return EXIT_NOT_DONE;
		id = own->id;
	} else if (strcmp(id, "auto") == 0) {
		id = NULL;
	} else if (layouts_find(c->layouts, id) == NULL) {
		diag_unknown(&r->setup.diag, "--type: no such layout", id,
		    layouts_suggest(c->layouts, id));
		return EXIT_NOT_DONE;
	}
	for (i = 0; i < r->setup.sources.n; i++)
		r->setup.sources.list[i].layout = id;
	return EXIT_DONE;
}

/* Files ------------------------------------------------------------------- */

static int
read_files(struct rules_calls *c, struct rules_run *r, char **files, int n)
{
	const struct ingest_settings set = {
		.layouts = c->layouts,
		.numplan = r->setup.numplan,
		.directory = r->setup.directory,
		.rates = r->setup.rates,
		.as_of = r->setup.now,
		.max_rejects = -1,
		.max_reject_share = 1,
		.guess = true,
		.default_zone = r->setup.env_zone,
	};
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

/* The store --------------------------------------------------------------- */

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
		status = archive_load(&r->setup, s, c->batch, &c->zone,
		    &c->notes, &err);
	store_close(&s);
	if (status != 0)
		diag_error(&r->setup.diag, "%s", err.text);
	return status == 0 ? EXIT_DONE : EXIT_NOT_DONE;
}

int
rules_calls_open(struct rules_calls *c, struct rules_run *r, char **files,
    int n)
{
	int status = EXIT_DONE;

	memset(c, 0, sizeof(*c));
	notes_init(&c->notes);
	c->batch = batch_new();
	c->zone = r->setup.zone;
	open_layouts(c, r);
	if (r->o->layout != NULL)
		status = state_layout(c, r, r->o->layout);
	if (status == EXIT_DONE)
		status = n > 0 ? read_files(c, r, files, n) : load_store(c, r);
	if (c->zone == NULL)
		c->zone =
		    r->setup.env_zone != NULL ? r->setup.env_zone : zone_utc();
	c->as_of = r->setup.now;
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
