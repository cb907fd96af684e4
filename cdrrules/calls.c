#include "calls.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/understand.h"
#include "store/store.h"
#include "store/store_calls.h"

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
	const char *near;
	size_t i;

	if (strncmp(id, LAYOUT_MAP, prefix) == 0) {
		own = layouts_load_stated(c->layouts, id + prefix, &c->notes);
		if (own == NULL)
			return EXIT_NOT_DONE;
		id = own->id;
	} else if (strcmp(id, "auto") == 0) {
		id = NULL;
	} else if (layouts_find(c->layouts, id) == NULL) {
		near = layouts_suggest(c->layouts, id);
		diag_error(&r->setup.diag, "--type: no such layout: '%s'%s%s%s",
		    id, near != NULL ? "; did you mean '" : "",
		    near != NULL ? near : "", near != NULL ? "'?" : "");
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

/* The zone that the store keeps under a name, or NULL. */
static const struct zone *
kept_zone(struct store *s, const char *key)
{
	const struct zone *z = NULL;
	struct buf name;

	buf_init(&name);
	if (store_get(s, key, &name, NULL) == 1)
		z = zone_get(name.data, NULL);
	buf_fini(&name);
	return z;
}

/* A source of the store as the configuration has it now. */
static void
settle_source(struct rules_calls *c, struct rules_run *r, struct store *s,
    size_t i, struct source *out)
{
	struct batch_source *bs = &c->batch->sources[i];
	const char *name = batch_text(c->batch, bs->name);
	const struct source *src = config_source_named(&r->setup.sources, name);
	struct buf key;

	*out = src != NULL ? *src : r->setup.sources.list[0];
	if (src == NULL)
		out->name = out->site = name;
	bs->site = intern_addstr(c->batch->names, out->site);
	bs->calendar = out->calendar;
	bs->zone = out->zone;
	buf_init(&key);
	buf_addf(&key, "zone:%s", name);
	if (bs->zone == NULL)
		bs->zone = kept_zone(s, key.data);
	if (bs->zone == NULL)
		bs->zone = c->zone != NULL ? c->zone : zone_utc();
	buf_fini(&key);
}

static int
understand_all(struct rules_calls *c, struct rules_run *r, struct store *s,
    struct errmsg *err)
{
	size_t n = c->batch->nsources, i;
	struct source *own = xcalloc(n + 1, sizeof(*own));
	const struct source **list = xcalloc(n + 1, sizeof(*list));
	struct understand_settings set = { .sources = list,
		.nsources = n,
		.numplan = r->setup.numplan,
		.directory = r->setup.directory,
		.rates = r->setup.rates,
		.guess = true,
		.zone = c->zone };
	struct understood u = { .legs = NULL };
	struct buf home;
	int status;

	for (i = 0; i < n; i++) {
		settle_source(c, r, s, i, &own[i]);
		list[i] = &own[i];
	}
	buf_init(&home);
	status = store_get(s, "home_country", &home, err);
	if (status == 1)
		set.home = home.data;
	if (status >= 0)
		status = understand(c->batch, &set, &u, &c->notes, err);
	understood_fini(&u);
	buf_fini(&home);
	free(own);
	free(list);
	return status < 0 ? -1 : 0;
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
	if (status == 0 && c->zone == NULL)
		c->zone = kept_zone(s, "zone");
	if (status == 0)
		status = store_calls_load(s, INT64_MIN, INT64_MAX, 0, c->batch,
		    &err);
	if (status == 0)
		status = understand_all(c, r, s, &err);
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
