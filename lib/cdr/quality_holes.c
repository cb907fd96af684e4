/* Times without records, where there always were some. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cdr/quality_impl.h"
#include "tel/calltime.h"

/* Records that each of the weeks had where now is none. */
enum { USUAL = 10 };

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

/* When the USUAL-th record behind time t came; INT64_MAX: it did not. */
static int64_t
usual_after(const struct records *r, int64_t t)
{
	const size_t i = first_after(r, t) + USUAL - 1;

	return i < r->n ? start_of(r, i) : INT64_MAX;
}

/*
 * When it was clear that records are missing behind `from`: the moment by which
 * there were enough of them in each of the weeks before, even if all was an
 * hour earlier or later there, as it is when clocks change.  INT64_MAX: it
 * never was, or the source is too young to tell.
 */
static int64_t
clear_at(const struct records *r, int64_t from)
{
	int64_t clear = from, early, late;
	int week;

	/* Of weeks before the first record nothing is known. */
	if (start_of(r, 0) > from - QUALITY_WEEKS * QUALITY_WEEK_MS)
		return INT64_MAX;
	for (week = 1; week <= QUALITY_WEEKS; week++) {
		const int64_t back = week * QUALITY_WEEK_MS;

		early = usual_after(r, from - back);
		late = usual_after(r, from - back + QUALITY_HOUR_MS);
		if (late == INT64_MAX)
			return INT64_MAX;
		early += QUALITY_HOUR_MS;
		late = (early > late ? early : late) + back;
		if (late > clear)
			clear = late;
	}
	return clear;
}

/* `until` is the last record of all sources: that far silence is known. */
static void
find_holes_of(struct batch *b, const struct records *r, int64_t until)
{
	struct buf words;
	size_t i;

	buf_init(&words);
	for (i = 0; i < r->n; i++) {
		const int64_t from = start_of(r, i);
		const int64_t to = i + 1 < r->n ? start_of(r, i + 1) : until;
		const int64_t length =
		    to - from < UINT32_MAX ? to - from : UINT32_MAX;
		int64_t clear;

		if (to - from <= QUALITY_HOUR_MS ||
		    (clear = clear_at(r, from)) >= to)
			continue;
		buf_reset(&words);
		span_clock(&words, to - from);
		buf_addstr(&words, " without a record");
		quality_add(b, QUALITY_GAP, r->at[i], clear, (uint32_t)length,
		    words.data);
	}
	buf_fini(&words);
}

void
quality_find_holes(struct batch *b, size_t n)
{
	const int64_t until = n > 0 ? b->calls[n - 1].start : 0;
	size_t *first = xcalloc((size_t)b->nsources + 1, sizeof(*first));
	uint32_t *at = xmalloc((n + 1) * sizeof(*at));
	size_t i, begin = 0;

	/* By source; first[] is where its next one goes, then its end. */
	for (i = 0; i < n; i++)
		first[b->calls[i].source + 1] +=
		    batch_event(b, i) != EVENT_QUALITY;
	for (i = 1; i <= b->nsources; i++)
		first[i] += first[i - 1];
	for (i = 0; i < n; i++)
		if (batch_event(b, i) != EVENT_QUALITY)
			at[first[b->calls[i].source]++] = (uint32_t)i;
	for (i = 0; i < b->nsources; i++) {
		const struct records r = { b, at + begin, first[i] - begin };

		find_holes_of(b, &r, until);
		begin = first[i];
	}
	free(first);
	free(at);
}
