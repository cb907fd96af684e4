/* Times without records, where there always were some. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cdr/quality_impl.h"
#include "tel/calltime.h"

/* The records of one source, in order. */
struct records {
	const struct batch *b;
	const uint32_t *at; /* indexes of calls */
	size_t n;
};

static int64_t
start_of(const struct records *r, size_t i)
{
	return r->b->calls[r->at[i]].start;
}

/* The first record behind time t. */
static size_t
first_after(const struct records *r, int64_t t)
{
	size_t low = 0, high = r->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (start_of(r, middle) > t)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* When the QUALITY_USUAL-th record behind time t came; INT64_MAX: it did not. */
static int64_t
usual_after(const void *records, int64_t t)
{
	const struct records *r = records;
	const size_t i = first_after(r, t) + QUALITY_USUAL - 1;

	return i < r->n ? start_of(r, i) : INT64_MAX;
}

int64_t
quality_clear(int64_t from, int64_t (*usual)(const void *records, int64_t t),
    const void *records)
{
	int64_t clear = from, early, late;
	int week;

	for (week = 1; week <= QUALITY_WEEKS; week++) {
		const int64_t back = week * QUALITY_WEEK_MS;

		early = usual(records, from - back);
		late = usual(records, from - back + QUALITY_HOUR_MS);
		if (late == INT64_MAX)
			return INT64_MAX;
		early += QUALITY_HOUR_MS;
		late = (early > late ? early : late) + back;
		if (late > clear)
			clear = late;
	}
	return clear;
}

/* INT64_MAX: it never was, or the source is too young to tell. */
static int64_t
clear_at(const struct records *r, int64_t from)
{
	/* Of weeks before the first record nothing is known. */
	if (start_of(r, 0) > from - QUALITY_WEEKS * QUALITY_WEEK_MS)
		return INT64_MAX;
	return quality_clear(from, usual_after, r);
}

void
quality_tell_hole(struct batch *b, const struct quality_record *like,
    const struct quality_hole *h)
{
	const int64_t span = h->to - h->from;
	struct buf words;

	buf_init(&words);
	span_clock(&words, span);
	buf_addstr(&words, " without a record");
	quality_add_like(b, QUALITY_GAP, like, h->clear,
	    (uint32_t)(span < UINT32_MAX ? span : UINT32_MAX), words.data);
	buf_fini(&words);
}

/* Of the record at `at`, where it begins; it is kept, too, if it is to be. */
static void
found_hole(struct batch *b, size_t at, struct quality_hole *h,
    struct quality_feed *kept)
{
	const struct quality_record like = quality_record_of(b, at);

	h->line = like.line;
	h->zone_kind = like.zone_kind;
	quality_tell_hole(b, &like, h);
	if (kept != NULL)
		quality_kept_hole(kept, h, batch_text(b, b->files[like.file]));
}

/*
 * `until` is the last record of all sources: that far silence is known.  What
 * is over is kept, and when silence since the last one is a hole.
 */
static void
find_holes_of(struct batch *b, const struct records *r, int64_t until,
    struct quality_feed *kept)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		const bool over = i + 1 < r->n;
		struct quality_hole h = { .from = start_of(r, i),
			.to = over ? start_of(r, i + 1) : until,
			.clear = INT64_MAX };

		if (h.to - h.from > QUALITY_HOUR_MS || (kept != NULL && !over))
			h.clear = clear_at(r, h.from);
		if (kept != NULL && !over)
			kept->clear = h.clear;
		if (h.to - h.from > QUALITY_HOUR_MS && h.clear < h.to)
			found_hole(b, r->at[i], &h,
			    over && h.to > until - QUALITY_KEPT_MS ? kept
								   : NULL);
	}
}

uint32_t *
quality_by_source(const struct batch *b, size_t n, size_t **ends)
{
	size_t *first = xcalloc((size_t)b->nsources + 1, sizeof(*first));
	uint32_t *at = xmalloc((n + 1) * sizeof(*at));
	size_t i;

	/* By source; first[] is where its next one goes, then its end. */
	for (i = 0; i < n; i++)
		first[b->calls[i].source + 1] +=
		    batch_event(b, i) != EVENT_QUALITY;
	for (i = 1; i <= b->nsources; i++)
		first[i] += first[i - 1];
	for (i = 0; i < n; i++)
		if (batch_event(b, i) != EVENT_QUALITY)
			at[first[b->calls[i].source]++] = (uint32_t)i;
	*ends = first;
	return at;
}

void
quality_find_holes(struct batch *b, size_t n, struct quality_kept *k)
{
	const int64_t until = n > 0 ? b->calls[n - 1].start : 0;
	size_t *ends, i, begin = 0;
	uint32_t *at = quality_by_source(b, n, &ends);
	struct quality_feed *kept = NULL;

	for (i = 0; i < b->nsources; i++) {
		const struct records r = { b, at + begin, ends[i] - begin };

		begin = ends[i];
		if (k != NULL && r.n > 0)
			kept = quality_kept_feed(k,
			    batch_text(b, b->sources[i].name));
		find_holes_of(b, &r, until, kept);
	}
	free(ends);
	free(at);
}
