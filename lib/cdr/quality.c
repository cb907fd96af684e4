#include "cdr/quality.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "tel/calltime.h"

#define HOUR_MS   INT64_C(3600000)
#define MINUTE_MS INT64_C(60000)
#define WEEK_MS   (168 * HOUR_MS)

enum {
	WEEKS = 4,   /* that must have been alike */
	USUAL = 10,  /* records that each of them had where now is none */
	COPIES = 10, /* of an hour, ... */
	SHARE = 10   /* ... one of so many records */
};

/* An event of call `at`, which may move: the batch grows. */
static void
add_event(struct batch *b, enum call_quality kind, size_t at, int64_t start,
    uint32_t duration, const char *words)
{
	const uint32_t said = intern_addstr(b->names, words);
	const struct call c = b->calls[at];
	const struct origin o = b->origins[at];
	/* Several files may fail at one call, each in its own way. */
	const uint64_t why =
	    kind == QUALITY_LIMIT ? hash64(words, strlen(words)) : 0;
	const uint64_t told[] = { (uint64_t)kind, (uint64_t)start, why };
	struct origin *origin;
	struct call *call;

	(void)batch_add(b, &call, &origin);
	call->start = start;
	call->duration = duration;
	call->source = c.source;
	call->flags = CALL_EVENT;
	origin->key = hash64(told, sizeof(told));
	origin->line = o.line;
	origin->file = o.file;
	origin->zone_kind = o.zone_kind;
	origin->service = said;
	origin->event = EVENT_QUALITY;
	origin->quality = (uint8_t)kind;
}

/* Holes ------------------------------------------------------------------- */

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
	if (start_of(r, 0) > from - WEEKS * WEEK_MS)
		return INT64_MAX;
	for (week = 1; week <= WEEKS; week++) {
		const int64_t back = week * WEEK_MS;

		early = usual_after(r, from - back);
		late = usual_after(r, from - back + HOUR_MS);
		if (late == INT64_MAX)
			return INT64_MAX;
		early += HOUR_MS;
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

		if (to - from <= HOUR_MS || (clear = clear_at(r, from)) >= to)
			continue;
		buf_reset(&words);
		span_clock(&words, to - from);
		buf_addstr(&words, " without a record");
		add_event(b, QUALITY_GAP, r->at[i], clear, (uint32_t)length,
		    words.data);
	}
	buf_fini(&words);
}

static void
find_holes(struct batch *b)
{
	const size_t n = b->n;
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

/* Copies ------------------------------------------------------------------ */

/* The present hour of a source. */
struct copies {
	int64_t hour;
	size_t records, copies, first; /* the first copy is a call */
};

static int
compare_keys(const void *va, const void *vb)
{
	const uint64_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

static void
end_hour(struct batch *b, const struct copies *c)
{
	char words[64];

	if (c->copies < COPIES || c->copies * SHARE < c->records)
		return;
	(void)snprintf(words, sizeof(words), "%zu of %zu records of an hour",
	    c->copies, c->records);
	add_event(b, QUALITY_DUPLICATE, c->first, b->calls[c->first].start, 0,
	    words);
}

/*
 * How many of the calls from `begin` to `end`, which have one source and one
 * start, are copies of others: their keys are made of those of the others.
 */
static size_t
count_copies(const struct batch *b, size_t begin, size_t end)
{
	size_t n = end - begin, i, found = 0;
	uint64_t *keys, key, nth;

	if (n < 2)
		return 0;
	keys = xmalloc(n * sizeof(*keys));
	for (i = 0; i < n; i++)
		keys[i] = b->origins[begin + i].key;
	qsort(keys, n, sizeof(*keys), compare_keys);
	for (i = 0; i < n; i++) {
		nth = 2;
		key = call_key_again(keys[i], nth);
		while (bsearch(&key, keys, n, sizeof(*keys), compare_keys) !=
		       NULL) {
			found++;
			key = call_key_again(keys[i], ++nth);
		}
	}
	free(keys);
	return found;
}

/* The end of the calls with the start and the source of call `i`. */
static size_t
end_of_instant(const struct batch *b, size_t i, size_t n)
{
	size_t end = i + 1;

	while (end < n && b->calls[end].start == b->calls[i].start &&
	       b->calls[end].source == b->calls[i].source)
		end++;
	return end;
}

static void
find_copies(struct batch *b)
{
	struct copies *list = xcalloc(b->nsources, sizeof(*list)), *c;
	const size_t n = b->n;
	size_t i, end, found;
	int64_t hour;

	for (i = 0; i < n;) {
		end = end_of_instant(b, i, n);
		c = &list[b->calls[i].source];
		hour = b->calls[i].start / HOUR_MS;
		if (hour != c->hour) {
			end_hour(b, c);
			*c = (struct copies){ .hour = hour };
		}
		found = count_copies(b, i, end);
		if (c->copies == 0)
			c->first = i;
		c->copies += found;
		for (; i < end; i++)
			c->records += batch_event(b, i) != EVENT_QUALITY;
	}
	for (i = 0; i < b->nsources; i++)
		end_hour(b, &list[i]);
	free(list);
}

void
quality_of_calls(struct batch *b)
{
	assert(b->sorted);
	find_copies(b);
	find_holes(b);
}

/* Order ------------------------------------------------------------------- */

static int64_t
ends_at(const struct call *c)
{
	return c->start + c->ring + c->duration;
}

/* Records of a minute may be written in any order. */
static bool
in_order(const struct batch *b, size_t first, size_t last)
{
	size_t i;

	for (i = first; i < last; i++)
		if (ends_at(&b->calls[i + 1]) <
		    ends_at(&b->calls[i]) - MINUTE_MS)
			return false;
	return true;
}

void
quality_of_order(struct batch *b, size_t first, size_t end)
{
	struct buf words;
	int64_t back;
	size_t i;

	buf_init(&words);
	for (i = first + QUALITY_IN_ORDER; i + QUALITY_IN_ORDER <= end; i++) {
		back = ends_at(&b->calls[i - 1]) - ends_at(&b->calls[i]);
		if (back <= HOUR_MS ||
		    !in_order(b, i - QUALITY_IN_ORDER, i - 1) ||
		    !in_order(b, i, i + QUALITY_IN_ORDER - 1))
			continue;
		buf_reset(&words);
		buf_addstr(&words, "clock put back by ");
		span_clock(&words, back);
		add_event(b, QUALITY_CLOCK_JUMP, i, b->calls[i].start, 0,
		    words.data);
	}
	buf_fini(&words);
}

void
quality_unread(struct batch *b, size_t at, const char *why)
{
	assert(at < b->n);
	add_event(b, QUALITY_LIMIT, at, b->calls[at].start, 0, why);
}
