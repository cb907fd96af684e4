#include "cdr/quality.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "tel/calltime.h"

#define HOUR_MS   INT64_C(3600000)
#define MINUTE_MS INT64_C(60000)

enum {
	WEEK = 168, /* hours */
	WEEKS = 4,  /* that must have been alike */
	RING = WEEK * (WEEKS + 1),
	USUAL = 5,   /* records that an hour had in each of them */
	HOLE = 2,    /* hours */
	COPIES = 10, /* of an hour, ... */
	SHARE = 10,  /* ... one of so many records */
	IN_ORDER = 8 /* records before and after a jump */
};

/* An event at call `at`, which may move: the batch grows. */
static void
add_event(struct batch *b, enum call_quality kind, size_t at, uint32_t duration,
    const char *words)
{
	const uint32_t said = intern_addstr(b->names, words);
	const struct call c = b->calls[at];
	const struct origin o = b->origins[at];
	const uint64_t told[] = { (uint64_t)kind, (uint64_t)c.start };
	struct origin *origin;
	struct call *call;

	(void)batch_add(b, &call, &origin);
	call->start = c.start;
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

/* What a source wrote in the latest hours; all zeroed: nothing. */
struct hours {
	uint32_t count[RING]; /* by hour modulo RING */
	int64_t latest;
	bool any;
};

static size_t
place(int64_t hour)
{
	return (size_t)((hour % RING + RING) % RING);
}

static bool
usual(const struct hours *h, int64_t hour)
{
	int week;

	for (week = 1; week <= WEEKS; week++)
		if (h->count[place(hour - week * WEEK)] < USUAL)
			return false;
	return true;
}

/*
 * On to an hour; how many of those between it and the latest are missed.  After
 * as many empty hours as there are in the ring nothing is usual any more.
 */
static uint32_t
move_on(struct hours *h, int64_t hour)
{
	uint32_t missed = 0;
	int64_t x, end = h->latest + RING;

	for (x = h->latest + 1; x < hour && x <= end; x++) {
		missed += usual(h, x);
		h->count[place(x)] = 0;
	}
	h->count[place(hour)] = 0;
	h->latest = hour;
	return missed;
}

static void
find_holes(struct batch *b)
{
	struct hours *list = xcalloc(b->nsources, sizeof(*list)), *h;
	const size_t n = b->n;
	char words[64];
	uint32_t missed;
	int64_t hour;
	size_t i;

	for (i = 0; i < n; i++) {
		if (batch_event(b, i) == EVENT_QUALITY)
			continue;
		h = &list[b->calls[i].source];
		hour = b->calls[i].start / HOUR_MS;
		missed = 0;
		if (!h->any)
			h->latest = hour;
		else if (hour > h->latest)
			missed = move_on(h, hour);
		h->any = true;
		h->count[place(hour)]++;
		if (missed < HOLE)
			continue;
		(void)snprintf(words, sizeof(words),
		    "%u hours without a record", (unsigned)missed);
		add_event(b, QUALITY_GAP, i, missed * (uint32_t)HOUR_MS, words);
	}
	free(list);
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
	add_event(b, QUALITY_DUPLICATE, c->first, 0, words);
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
	for (i = first + IN_ORDER; i + IN_ORDER <= end; i++) {
		back = ends_at(&b->calls[i - 1]) - ends_at(&b->calls[i]);
		if (back <= HOUR_MS || !in_order(b, i - IN_ORDER, i - 1) ||
		    !in_order(b, i, i + IN_ORDER - 1))
			continue;
		buf_reset(&words);
		buf_addstr(&words, "clock put back by ");
		span_clock(&words, back);
		add_event(b, QUALITY_CLOCK_JUMP, i, 0, words.data);
	}
	buf_fini(&words);
}

void
quality_unread(struct batch *b, size_t at, const char *why)
{
	assert(at < b->n);
	add_event(b, QUALITY_LIMIT, at, 0, why);
}
