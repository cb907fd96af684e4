/* Which files a store has seen, and which of them need not be read again. */
#include "stored.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "store/store_files.h"

/* A path that was to be read. */
struct entry {
	char *path;
	const char *source;
	char reading[HASH_HEX];
	struct fileprint *print; /* NULL: none */
	size_t first, end;       /* files of the ingest; none if skipped */
	bool skipped;
};

struct stored_files {
	struct store *store;
	struct entry *list;
	size_t n, cap;
};

struct stored_files *
stored_files_new(struct store *store)
{
	struct stored_files *f = xcalloc(1, sizeof(*f));

	f->store = store;
	return f;
}

void
stored_files_free(struct stored_files **fp)
{
	struct stored_files *f = *fp;
	size_t i;

	if (f == NULL)
		return;
	for (i = 0; i < f->n; i++) {
		free(f->list[i].path);
		free(f->list[i].print);
	}
	free(f->list);
	free(f);
	*fp = NULL;
}

/* All that decides how the records of a file are read. */
static void
hash_reading(const struct scan *s, const struct source *src, char hex[HASH_HEX])
{
	const struct ingest_settings *set = &s->reading;
	const char *layout = src->layout != NULL ? src->layout : "auto";
	const char *zone = src->zone != NULL ? zone_name(src->zone) : "";
	struct hash_state *h = hash_new();

	hash_add(h, CDRGUARD_VERSION, sizeof(CDRGUARD_VERSION));
	hash_add(h, layout, strlen(layout) + 1);
	hash_add(h, zone, strlen(zone) + 1);
	hash_add(h, &src->year, sizeof(src->year));
	hash_add(h, &set->max_rejects, sizeof(set->max_rejects));
	hash_add(h, &set->max_reject_share, sizeof(set->max_reject_share));
	hash_end_hex(h, hex);
	hash_free(&h);
}

static struct store_file
file_of(const struct entry *e)
{
	return (struct store_file){ .path = e->path,
		.member = "",
		.source = e->source,
		.reading = e->reading,
		.print = e->print,
		.whole = true };
}

/*
 * The print is taken before the file is read: what is written to it meanwhile
 * makes another print, so that it is read again, and never left out.
 */
bool
stored_files_skip(struct scan *s, const char *path, const struct source *src)
{
	struct stored_files *f = s->files;
	struct store_file file;
	struct fileprint print;
	struct entry *e;

	f->list = xgrow(f->list, &f->cap, f->n + 1, sizeof(*f->list));
	e = &f->list[f->n++];
	*e = (struct entry){ .path = xstrdup(path), .source = src->name };
	hash_reading(s, src, e->reading);
	if (fileprint_take(path, &print)) {
		e->print = xmalloc(sizeof(print));
		*e->print = print;
	}
	file = file_of(e);
	/* Where the store cannot say, reading is always right. */
	e->skipped = s->from_config && !s->o->rescore &&
		     store_files_known(f->store, &file, NULL) == 1;
	if (e->skipped)
		diag_info(&s->setup.diag, "%s: as it was, not read again",
		    path);
	return e->skipped;
}

void
stored_files_read(struct scan *s, size_t first)
{
	struct entry *e = &s->files->list[s->files->n - 1];

	e->first = first;
	e->end = ingest_files(s->ingest);
}

/* The files of one path; those of an archive are its members. */
static int
put_entry(struct stored_run *r, const struct entry *e, int64_t *seen,
    struct errmsg *err)
{
	struct store_file file = file_of(e);
	const size_t len = strlen(e->path);
	const struct ingest_file *f;
	size_t i;

	if (e->skipped)
		return store_files_moved(r->store, &file, err);
	for (i = e->first; i < e->end; i++) {
		f = ingest_file_at(r->s->ingest, i);
		assert(strncmp(f->path, e->path, len) == 0);
		file.member = f->path + len;
		file.whole = f->trouble == NULL && !f->left;
		/* The batch counts its files from 1. */
		if (store_files_put(r->store, &file, r->number, &seen[i + 1],
			err) != 0)
			return -1;
	}
	return 0;
}

int
stored_files_put(struct stored_run *r, int64_t **seen, struct errmsg *err)
{
	const struct stored_files *f = r->s->files;
	size_t i;

	assert(r->s->batch->nfiles <= ingest_files(r->s->ingest) + 1);
	*seen = xcalloc(ingest_files(r->s->ingest) + 1, sizeof(**seen));
	for (i = 0; i < f->n; i++)
		if (put_entry(r, &f->list[i], *seen, err) != 0)
			return -1;
	return 0;
}
