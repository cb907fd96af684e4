#include "cdr/ingest.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/ingest_impl.h"

struct ingest *
ingest_new(const struct ingest_settings *set, struct batch *b,
    struct notes *notes)
{
	struct ingest *in = xcalloc(1, sizeof(*in));

	in->set = *set;
	in->batch = b;
	in->notes = notes;
	if (in->set.default_zone == NULL)
		in->set.default_zone = zone_utc();
	return in;
}

void
ingest_free(struct ingest **ip)
{
	struct ingest *in = *ip;

	if (in == NULL)
		return;
	arena_fini(&in->arena);
	free(in->files);
	free(in->streams);
	free(in->rejects);
	free(in->sources);
	free(in->guessed);
	decode_lately_free(&in->lately);
	free(in);
	*ip = NULL;
}

void
ingest_add_file(struct ingest *in, const char *path)
{
	struct ingest_file *f;
	struct ingest_stream *s;

	in->files = xgrow(in->files, &in->files_cap, in->nfiles + 1,
	    sizeof(*in->files));
	in->streams = xgrow(in->streams, &in->streams_cap, in->nfiles + 1,
	    sizeof(*in->streams));
	f = &in->files[in->nfiles];
	s = &in->streams[in->nfiles++];
	memset(f, 0, sizeof(*f));
	memset(s, 0, sizeof(*s));
	f->path = arena_strdup(&in->arena, path);
	f->reason = "";
	s->file = batch_file(in->batch, path);
	s->first = s->end = in->batch->n;
}

void
ingest_add_reject(struct ingest *in, const struct reject *r)
{
	struct reject *kept;

	if (in->nrejects >= BOUNDS_REJECTS)
		return;
	in->rejects = xgrow(in->rejects, &in->rejects_cap, in->nrejects + 1,
	    sizeof(*in->rejects));
	kept = &in->rejects[in->nrejects++];
	*kept = *r;
	if (kept->raw_len > BOUNDS_FIELD)
		kept->raw_len = BOUNDS_FIELD;
	kept->file = in->files[in->nfiles - 1].path;
	kept->raw = arena_strndup(&in->arena, r->raw, kept->raw_len);
	kept->reason = arena_strdup(&in->arena, r->reason);
}

uint16_t
ingest_source(struct ingest *in, const struct source *src)
{
	uint16_t id = batch_source(in->batch, src->name, src->site, src->zone,
	    src->calendar);
	size_t had = in->nsources;

	if (id >= in->nsources) {
		in->sources = xgrow(in->sources, &in->sources_cap,
		    (size_t)id + 1, sizeof(*in->sources));
		in->guessed = xgrow(in->guessed, &in->guessed_cap,
		    (size_t)id + 1, sizeof(*in->guessed));
		in->nsources = (size_t)id + 1;
		for (; had < in->nsources; had++) {
			in->sources[had] = NULL;
			in->guessed[had] = NULL;
		}
	}
	in->sources[id] = src;
	return id;
}

const char *
ingest_trouble(struct ingest *in, const char *path, const struct errmsg *err)
{
	const char *text = err->text;
	size_t len = strlen(path);

	if (strncmp(text, path, len) == 0 && strncmp(text + len, ": ", 2) == 0)
		text += len + 2;
	return arena_strdup(&in->arena, text);
}

/* The stream the input stands at, then the further members of an archive. */
static void
read_streams(struct ingest *in, struct input *input, const struct source *src,
    const struct ingest_above *above)
{
	struct errmsg err;
	int more;

	do {
		ingest_add_file(in, input_name(input));
		ingest_stream(in, input, src, above);
		more = input_next(input, &err);
	} while (more == 1);
	if (more == 0)
		return;
	ingest_add_file(in, input_name(input));
	in->files[in->nfiles - 1].trouble =
	    ingest_trouble(in, input_name(input), &err);
}

/*
 * Open a file.  Nobody knows how long standard input lets wait: that is no part
 * of recognising it.
 */
static int
open_input(struct ingest *in, struct input **input, const char *path,
    struct errmsg *err)
{
	const bool waits = strcmp(path, "-") == 0;
	struct stages *st = in->set.stages;
	struct stages_span span;
	int r;

	stages_file(st);
	if (waits)
		stages_begin(st, &span, "waiting for standard input");
	r = input_open(input, path, err);
	if (r == 0 && pool_threads(in->set.threads) > 1)
		input_unpack_ahead(*input);
	if (r == 0 && waits)
		recognise_await(*input);
	if (waits)
		stages_end(st, &span, 0, NULL);
	return r;
}

static int
read_file(struct ingest *in, const char *path, const struct source *src,
    const struct ingest_above *above, struct errmsg *err)
{
	struct input *input;

	if (open_input(in, &input, path, err) != 0)
		return -1;
	in->told = 0;
	read_streams(in, input, src, above);
	input_close(&input);
	return 0;
}

static int
read_directory(struct ingest *in, const char *path, const struct source *src,
    struct errmsg *err)
{
	struct errmsg why;
	char **paths;
	size_t i, n;

	if (input_list(path, &paths, &n, err) != 0)
		return -1;
	for (i = 0; i < n; i++) {
		if (read_file(in, paths[i], src, NULL, &why) != 0) {
			ingest_add_file(in, paths[i]);
			in->files[in->nfiles - 1].trouble =
			    ingest_trouble(in, paths[i], &why);
		}
		free(paths[i]);
	}
	free(paths);
	return 0;
}

int
ingest_resume(struct ingest *in, const char *path, const struct source *src,
    const struct ingest_above *above, struct errmsg *err)
{
	const char *near;

	assert(!in->settled);
	if (src->layout != NULL &&
	    layouts_find(in->set.layouts, src->layout) == NULL) {
		near = layouts_suggest(in->set.layouts, src->layout);
		return errmsg_set(err, "no such layout: '%s'%s%s%s",
		    src->layout, near != NULL ? "; did you mean '" : "",
		    near != NULL ? near : "", near != NULL ? "'?" : "");
	}
	if (input_is_directory(path))
		return read_directory(in, path, src, err);
	return read_file(in, path, src, above, err);
}

int
ingest_read(struct ingest *in, const char *path, const struct source *src,
    struct errmsg *err)
{
	return ingest_resume(in, path, src, NULL, err);
}

bool
ingest_ambiguous(const struct ingest *in)
{
	return in->ambiguous;
}

size_t
ingest_files(const struct ingest *in)
{
	return in->nfiles;
}

const struct ingest_file *
ingest_file_at(const struct ingest *in, size_t i)
{
	assert(i < in->nfiles);
	return &in->files[i];
}

size_t
ingest_rejects(const struct ingest *in)
{
	return in->nrejects;
}

const struct reject *
ingest_reject_at(const struct ingest *in, size_t i)
{
	assert(i < in->nrejects);
	return &in->rejects[i];
}

const char *
ingest_home_country(const struct ingest *in)
{
	return in->home;
}

const char *
ingest_zone_name(const struct ingest *in)
{
	return in->zone != NULL ? zone_name(in->zone) : "";
}

const char *
ingest_zone_of(const struct ingest *in, const char *source)
{
	size_t i;

	for (i = 0; i < in->nsources; i++)
		if (in->guessed[i] != NULL &&
		    strcmp(in->sources[i]->name, source) == 0)
			return zone_name(in->guessed[i]);
	return "";
}
