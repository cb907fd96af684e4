#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/ingest_impl.h"
#include "cdr/quality.h"
#include "cdr/understand.h"

/* Take the counters of the batch's files out of the calls of ours. */
static void
move_counts(struct ingest *in, const int64_t *per_file, bool legs)
{
	struct ingest_file *f;
	int64_t n;
	size_t i;

	for (i = 0; i < in->nfiles; i++) {
		f = &in->files[i];
		n = per_file[in->streams[i].file];
		f->calls -= n;
		if (legs)
			f->legs += n;
		else
			f->duplicates += n;
	}
}

/* The latest call of a file, or of its source where it has none; or `n`. */
static size_t
latest_call(const struct batch *b, const struct ingest_stream *s, size_t n)
{
	const bool none = s->end == s->first;
	size_t i, end = none ? n : s->end, at = n;

	for (i = none ? 0 : s->first; i < end; i++)
		if (b->calls[i].source == s->source &&
		    (at == n || b->calls[i].start > b->calls[at].start))
			at = i;
	return at;
}

/* What only who reads the files can tell; calls still stand as they do. */
static void
tell_quality(struct ingest *in)
{
	const size_t n = in->batch->n;
	const struct ingest_stream *s;
	const struct ingest_file *f;
	size_t i, at;

	for (i = 0; i < in->nfiles; i++) {
		s = &in->streams[i];
		f = &in->files[i];
		if (s->layout == NULL)
			continue;
		if (s->layout->file_order)
			quality_of_order(in->batch, s->first, s->end);
		if (f->trouble == NULL || (!f->refused && f->calls == 0))
			continue;
		at = latest_call(in->batch, s, n);
		if (at < n)
			quality_unread(in->batch, at, f->trouble);
	}
}

void
ingest_settle(struct ingest *in)
{
	struct stages *st = in->set.stages;
	struct stages_span span;
	int64_t *per_file;

	if (in->settled)
		return;
	in->settled = true;
	stages_begin(st, &span, "times");
	ingest_zones(in);
	ingest_seam_equal(in);
	tell_quality(in);
	stages_end(st, &span, 0, NULL);
	stages_begin(st, &span, "sort");
	batch_sort_on(in->batch, in->set.threads);
	ingest_number_sorted(in);
	stages_end(st, &span, (int64_t)in->batch->n, "calls");
	stages_begin(st, &span, "duplicates");
	per_file = xcalloc(in->batch->nfiles, sizeof(*per_file));
	if (batch_mark_duplicates(in->batch, in->set.threads, per_file) > 0 &&
	    !in->set.keep_copies)
		batch_sort_on(in->batch, in->set.threads);
	move_counts(in, per_file, false);
	free(per_file);
	in->batch->once = !in->numbered;
	stages_end(st, &span, 0, NULL);
}

int
ingest_finish(struct ingest *in, struct errmsg *err)
{
	const struct understand_settings set = {
		.sources = in->sources,
		.nsources = in->nsources,
		.numplan = in->set.numplan,
		.directory = in->set.directory,
		.rates = in->set.rates,
		.guess = in->set.guess,
		.zone = in->zone,
		.threads = in->set.threads,
		.stages = in->set.stages,
	};
	struct understood u;
	int r;

	assert(!in->finished);
	in->finished = true;
	ingest_settle(in);
	r = understand(in->batch, &set, &u, in->notes, err);
	if (r >= 0) {
		move_counts(in, u.legs, true);
		memcpy(in->home, u.home, sizeof(in->home));
	}
	understood_fini(&u);
	return r;
}
