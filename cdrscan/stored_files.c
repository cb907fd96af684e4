/*
 * Which files a store has seen, and which of them need not be read again, or
 * only behind what was read before.
 */
#include "stored.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/intern.h"
#include "base/xalloc.h"
#include "store/store_files.h"
#include "store/store_forget.h"

/* A path that was to be read. */
struct entry {
	char *path;
	const char *source;
	char reading[HASH_HEX];
	struct fileprint *print; /* NULL: none */
	struct fileprint_run *run;
	struct store_past past;
	struct resuming *resuming; /* NULL: read from its start */
	char prefix[HASH_HEX];     /* of the bytes before its seam; or "" */
	size_t first, end;         /* files of the ingest; none if skipped */
	bool skipped;
};

/* What the ingest asks of a file that it goes on with. */
struct resuming {
	struct ingest_above above;
	struct store_equal *equal;
	struct errmsg *failure; /* of all; its first one stays */
};

struct stored_files {
	struct store *store;
	struct store_files *known;
	struct entry *list;
	size_t n, cap;
	struct intern *claimed;  /* numbers of files that are gone on with */
	const struct source *of; /* of `reading`, the last one; or NULL */
	char reading[HASH_HEX];
	struct errmsg failure; /* while it was asked; "": none */
};

struct stored_files *
stored_files_new(struct store *store)
{
	struct stored_files *f = xcalloc(1, sizeof(*f));

	f->store = store;
	f->known = store_files_new(store);
	f->claimed = intern_new();
	return f;
}

static void
end_resuming(struct entry *e)
{
	if (e->resuming != NULL)
		store_equal_close(&e->resuming->equal);
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
		fileprint_run_free(&f->list[i].run);
		end_resuming(&f->list[i]);
		free(f->list[i].resuming);
	}
	free(f->list);
	store_files_free(&f->known);
	intern_free(&f->claimed);
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
	const uint64_t layouts = layouts_hash(s->layouts);
	struct hash_state *h = hash_new();

	hash_add(h, &layouts, sizeof(layouts));
	hash_add(h, CDRGUARD_VERSION, sizeof(CDRGUARD_VERSION));
	hash_add(h, layout, strlen(layout) + 1);
	hash_add(h, zone, strlen(zone) + 1);
	hash_add(h, &src->year, sizeof(src->year));
	hash_add(h, &set->max_rejects, sizeof(set->max_rejects));
	hash_add(h, &set->max_reject_share, sizeof(set->max_reject_share));
	hash_end_hex(h, hex);
	hash_free(&h);
}

/* The same, asked for file after file of a source. */
static const char *
reading_of(struct scan *s, const struct source *src)
{
	struct stored_files *f = s->files;

	if (f->of != src) {
		hash_reading(s, src, f->reading);
		f->of = src;
	}
	return f->reading;
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

static void
note_failure(struct errmsg *failure, const struct errmsg *err)
{
	if (failure->text[0] == '\0')
		*failure = *err;
}

static uint64_t
count_equal(void *ctx, int64_t start, uint64_t key)
{
	struct resuming *r = ctx;
	struct errmsg err;
	uint64_t n;

	if (store_equal_count(r->equal, start, key, &n, &err) == 0)
		return n;
	note_failure(r->failure, &err);
	return 0;
}

/* Of two files with the same bytes only one can be the one that was. */
static bool
is_claimed(const struct stored_files *f, int64_t id)
{
	return intern_find(f->claimed, &id, sizeof(id)) != INTERN_NONE;
}

/*
 * Where the store cannot say what it has of the file, the run fails: noted as
 * one that did not grow, the file would be read from its start every night.
 */
static const struct ingest_above *
try_resume(struct scan *s, struct entry *e, const struct store_file *file)
{
	struct stored_files *f = s->files;
	struct resuming *r;
	struct errmsg err;

	e->run = fileprint_run_new();
	if (store_files_past(f->known, file, e->run, &e->past, &err) != 0) {
		note_failure(&f->failure, &err);
		return NULL;
	}
	if (!e->past.resume || !s->from_config || s->o->rescore ||
	    is_claimed(f, e->past.id))
		return NULL;
	r = xcalloc(1, sizeof(*r));
	if (store_equal_open(&r->equal, f->store, e->source, e->past.id,
		&err) != 0) {
		note_failure(&f->failure, &err);
		free(r);
		return NULL;
	}
	r->failure = &f->failure;
	r->above = (struct ingest_above){ .seam = e->past.seam,
		.equal = count_equal,
		.ctx = r };
	e->resuming = r;
	(void)intern_add(f->claimed, &e->past.id, sizeof(e->past.id));
	return &r->above;
}

/*
 * The print is taken before the file is read: what is written to it meanwhile
 * makes another print, so that it is read again, and never left out.
 */
static bool
look_up(struct scan *s, const char *path, const struct source *src,
    const struct ingest_above **above)
{
	struct stored_files *f = s->files;
	struct store_file file;
	struct fileprint print;
	struct entry *e;

	f->list = xgrow(f->list, &f->cap, f->n + 1, sizeof(*f->list));
	e = &f->list[f->n++];
	*e = (struct entry){ .path = xstrdup(path), .source = src->name };
	memcpy(e->reading, reading_of(s, src), sizeof(e->reading));
	if (fileprint_take(path, &print)) {
		e->print = xmalloc(sizeof(print));
		*e->print = print;
	}
	file = file_of(e);
	/* Where the store cannot say, reading is always right. */
	e->skipped = s->from_config && !s->o->rescore &&
		     store_files_known(f->known, &file, NULL) == 1;
	if (e->skipped)
		diag_info(&s->setup.diag, "%s: as it was, not read again",
		    path);
	else if (e->print != NULL)
		*above = try_resume(s, e, &file);
	return e->skipped;
}

bool
stored_files_skip(struct scan *s, const char *path, const struct source *src,
    const struct ingest_above **above)
{
	struct stages_span span;
	bool skipped;

	stages_begin(s->stages, &span, "look up files");
	skipped = look_up(s, path, src, above);
	stages_end(s->stages, &span, 1, "files");
	return skipped;
}

static void
note_read(struct scan *s, size_t first)
{
	struct entry *e = &s->files->list[s->files->n - 1];
	const struct ingest_file *f;

	e->first = first;
	e->end = ingest_files(s->ingest);
	if (e->run == NULL || e->end != first + 1)
		return;
	f = ingest_file_at(s->ingest, first);
	if (f->seam.end == 0 ||
	    !fileprint_run_to(e->run, e->path, f->seam.end, e->prefix))
		e->prefix[0] = '\0';
	fileprint_run_free(&e->run);
}

void
stored_files_read(struct scan *s, size_t first)
{
	struct stages_span span;

	stages_begin(s->stages, &span, "look up files");
	note_read(s, first);
	stages_end(s->stages, &span, 0, "files");
}

int
stored_files_settled(struct stored_files *f, struct errmsg *err)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		end_resuming(&f->list[i]);
	return f->failure.text[0] == '\0'
		   ? 0
		   : errmsg_set(err, "%s", f->failure.text);
}

/* A file of an ingest, as the store is to know it. */
static struct store_file
file_read(const struct entry *e, const struct ingest_file *f)
{
	struct store_file file = file_of(e);

	file.member = f->path + strlen(e->path);
	file.whole = f->trouble == NULL && !f->left && !f->too_early;
	file.past = &e->past;
	file.resumed = f->resumed != 0;
	file.prefix = e->prefix;
	if (e->prefix[0] != '\0')
		file.seam = &f->seam;
	return file;
}

/* The files of one path; those of an archive are its members. */
static int
put_entry(struct stored_run *r, struct entry *e, int64_t *seen,
    struct errmsg *err)
{
	const struct ingest_file *f;
	struct store_file file = file_of(e);
	size_t i;

	if (e->skipped)
		return store_files_moved(r->s->files->known, &file, err);
	/* All that the store has of it is about to be replaced. */
	e->past.grew |= r->s->o->rescore;
	for (i = e->first; i < e->end; i++) {
		f = ingest_file_at(r->s->ingest, i);
		assert(strncmp(f->path, e->path, strlen(e->path)) == 0);
		file = file_read(e, f);
		/* The batch counts its files from 1. */
		if (store_files_put(r->s->files->known, &file, r->number,
			&seen[i + 1], err) != 0)
			return -1;
	}
	return 0;
}

int
stored_files_put(struct stored_run *r, int64_t **seen, struct errmsg *err)
{
	struct stored_files *f = r->s->files;
	struct stages_span span;
	size_t i;
	int got = 0;

	assert(r->s->batch->nfiles <= ingest_files(r->s->ingest) + 1);
	*seen = xcalloc(ingest_files(r->s->ingest) + 1, sizeof(**seen));
	stages_part_begin(r->s->stages, &span);
	for (i = 0; got == 0 && i < f->n; i++)
		got = put_entry(r, &f->list[i], *seen, err);
	stages_part_end(r->s->stages, &span, "files", (int64_t)f->n, "files");
	return got;
}

/* Whether the file is the one of before, in which calls may have been open. */
static bool
may_close(const struct scan *s, const struct entry *e,
    const struct ingest_file *f, int64_t seen)
{
	const struct layout *l = layouts_find(s->layouts, f->layout);

	return e->past.id != 0 && e->past.id == seen && e->past.grew &&
	       f->trouble == NULL && l != NULL && l->gather.nby > 0;
}

int
stored_files_closed(struct stored_run *r, const int64_t *seen,
    struct errmsg *err)
{
	const struct stored_files *f = r->s->files;
	const struct ingest_file *file;
	const struct entry *e;
	int64_t gone;
	size_t i;

	for (e = f->list; e < f->list + f->n; e++)
		for (i = e->first; i < e->end; i++) {
			file = ingest_file_at(r->s->ingest, i);
			if (file->layout == NULL ||
			    !may_close(r->s, e, file, seen[i + 1]))
				continue;
			if (store_forget_rest(r->store, seen[i + 1],
				r->s->batch, (uint32_t)i + 1, &gone, err) != 0)
				return -1;
			r->shrank |= gone > 0;
		}
	return 0;
}
