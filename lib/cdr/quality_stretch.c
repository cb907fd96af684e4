/*
 * Times without records, told from a stretch of them and what is kept of all.
 * Whether the time between two records is a hole depends on nothing behind it,
 * so what was told of old records stands, unless some came late.  Of the others
 * it is only settled here that they are none: the exact moment at which a hole
 * was clear takes all records.
 */
#include <stdlib.h>
#include <string.h>

#include "cdr/quality_impl.h"

/* One source. */
struct looked {
	struct batch *b;
	const struct quality_kept *kept;
	const struct quality_feed *feed;
	const uint32_t *at; /* its records that are there */
	size_t n;
	int64_t came; /* the first one that is new; INT64_MAX: none */
};

static int64_t
start_of(const struct looked *l, size_t i)
{
	return l->b->calls[l->at[i]].start;
}

static int64_t
first_added(const struct looked *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->b->calls[l->at[i]].flags & CALL_ADDED)
			return start_of(l, i);
	return INT64_MAX;
}

/* When a silence since then is a hole, at the earliest. */
static int64_t
clear_least(const struct looked *l, int64_t from)
{
	const struct quality_feed *f = l->feed;

	return from == f->was_last && from < l->came
		   ? f->was_clear
		   : quality_clear_least(l->kept, f, from);
}

static bool
may_be_hole(const struct looked *l, int64_t from, int64_t to)
{
	return to - from > QUALITY_HOUR_MS && clear_least(l, from) < to;
}

/* Holes that new records end, or begin, or that nothing ends yet. */
static bool
may_have_hole(const struct looked *l, int64_t until)
{
	const struct quality_feed *f = l->feed;
	size_t i;

	if (l->n > 0 && start_of(l, 0) >= l->came && f->was_last != INT64_MIN) {
		/* What stands before one that came late is not known. */
		if (f->was_last >= l->came ||
		    may_be_hole(l, f->was_last, l->came))
			return true;
	}
	for (i = 0; i + 1 < l->n; i++)
		if (start_of(l, i + 1) >= l->came &&
		    may_be_hole(l, start_of(l, i), start_of(l, i + 1)))
			return true;
	return f->last != INT64_MIN && may_be_hole(l, f->last, until);
}

static uint32_t
file_of(struct batch *b, const char *path)
{
	size_t i;

	for (i = 0; i < b->nfiles; i++)
		if (strcmp(batch_text(b, b->files[i]), path) == 0)
			return (uint32_t)i;
	return batch_file(b, path);
}

/* Those that are over. */
static int
tell_kept(struct looked *l, uint16_t source, int64_t begins)
{
	const struct quality_hole *h;
	struct quality_record like = { .source = source };
	size_t i;

	for (i = 0; i < l->feed->nholes; i++) {
		h = &l->feed->holes[i];
		if (h->to >= l->came)
			return QUALITY_NEEDS_ALL;
		if (h->clear < begins)
			continue;
		like.line = h->line;
		like.zone_kind = h->zone_kind;
		like.file = file_of(l->b, h->file);
		quality_tell_hole(l->b, &like, h);
	}
	return 0;
}

static int
look_at(struct looked *l, struct quality_feed *feed, uint16_t source,
    int64_t until, int64_t begins)
{
	l->feed = feed;
	l->came = first_added(l);
	if (may_have_hole(l, until) || tell_kept(l, source, begins) != 0)
		return QUALITY_NEEDS_ALL;
	feed->clear =
	    feed->last != INT64_MIN ? clear_least(l, feed->last) : INT64_MAX;
	return 0;
}

static int
look_at_all(struct batch *b, struct quality_kept *k, size_t n, int64_t begins)
{
	const int64_t until = b->calls[n - 1].start;
	struct looked l = { .b = b, .kept = k };
	size_t *ends, i, begin = 0;
	uint32_t *at = quality_by_source(b, n, &ends);
	/* Each source was counted, so it has a feed; and no other one has. */
	int r = k->n == b->nsources ? 0 : QUALITY_NEEDS_ALL;

	for (i = 0; r == 0 && i < b->nsources; i++) {
		l.at = at + begin;
		l.n = ends[i] - begin;
		begin = ends[i];
		r = look_at(&l,
		    quality_kept_feed(k, batch_text(b, b->sources[i].name)),
		    (uint16_t)i, until, begins);
	}
	free(ends);
	free(at);
	return r;
}

int
quality_of_stretch(struct batch *b, size_t threads,
    const struct quality_stretch *st, struct buf *keep)
{
	struct quality_kept k;
	const size_t n = b->n;
	int r = QUALITY_NEEDS_ALL;

	if (quality_kept_read(&k, st->kept) == 0 && n > 0) {
		quality_kept_count(&k, b, st->from, b->calls[n - 1].start);
		(void)quality_find_copies(b, threads);
		r = look_at_all(b, &k, n, st->begins);
	}
	if (r == 0 && keep != NULL)
		quality_kept_print(&k, keep);
	quality_kept_fini(&k);
	return r;
}
