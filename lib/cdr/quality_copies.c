/*
 * Hours in which many records are copies.  Threads share the calls by hours,
 * so none of these is looked at by two; on the way they see whether records
 * may be missing anywhere.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/quality_impl.h"

enum {
	COPIES = 10, /* of an hour, ... */
	SHARE = 10,  /* ... one of so many records */
	FEW = 16,    /* calls of one instant that are held against each other */
	LEAST = 4096 /* calls that are worth a thread */
};

/* The present hour of a source. */
struct hour {
	int64_t hour;
	size_t records, copies, first; /* the first copy is a call */
};

/* A source in the calls of one part. */
struct seen {
	struct hour now;
	int64_t ends;        /* the hour, if it is one after 1970; else 0 */
	int64_t first, last; /* its records */
	int64_t quiet;       /* when its last quiet hour began */
	bool any, was_quiet;
};

/* Some calls, for one thread. */
struct part {
	size_t begin, end;
	struct seen *seen;   /* by source */
	struct hour *copied; /* that must be told */
	size_t ncopied, cap;
};

struct parts {
	const struct batch *b;
	struct part *list;
	size_t n;
	bool single;   /* no call is a copy of another */
	int64_t first; /* a record, or none of any source is before it */
};

static int
compare_keys(const void *va, const void *vb)
{
	const uint64_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

static void
end_hour(struct part *p, const struct hour *h)
{
	if (h->copies < COPIES || h->copies * SHARE < h->records)
		return;
	p->copied =
	    xgrow(p->copied, &p->cap, p->ncopied + 1, sizeof(*p->copied));
	p->copied[p->ncopied++] = *h;
}

static bool
has_key(const uint64_t *sorted, size_t n, uint64_t key)
{
	return bsearch(&key, sorted, n, sizeof(key), compare_keys) != NULL;
}

/* Few are quicker looked at one by one; `begin` is where they stand. */
static bool
has_origin(const struct origin *begin, size_t n, uint64_t key)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (begin[i].key == key)
			return true;
	return false;
}

/*
 * How many of `n` calls, which have one source and one start, are copies of
 * others: their keys are made of those of the others.
 */
static size_t
count_copies(const struct origin *begin, size_t n)
{
	uint64_t *keys = NULL, key, nth;
	size_t i, found = 0;

	if (n < 2)
		return 0;
	if (n > FEW) {
		keys = xmalloc(n * sizeof(*keys));
		for (i = 0; i < n; i++)
			keys[i] = begin[i].key;
		qsort(keys, n, sizeof(*keys), compare_keys);
	}
	for (i = 0; i < n; i++) {
		nth = 2;
		key = call_key_again(begin[i].key, nth);
		while (keys != NULL ? has_key(keys, n, key)
				    : has_origin(begin, n, key)) {
			found++;
			key = call_key_again(begin[i].key, ++nth);
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

/* Whether there was no record for more than an hour, and since when last. */
static void
see_record(struct seen *s, int64_t start)
{
	if (!s->any)
		s->first = start;
	else if (start - s->last > QUALITY_HOUR_MS) {
		s->quiet = s->last;
		s->was_quiet = true;
	}
	s->any = true;
	s->last = start;
}

static void
enter_hour(struct part *p, struct seen *s, int64_t start)
{
	const int64_t hour = start / QUALITY_HOUR_MS;

	s->ends = hour > 0 ? (hour + 1) * QUALITY_HOUR_MS : 0;
	if (hour == s->now.hour)
		return;
	end_hour(p, &s->now);
	s->now = (struct hour){ .hour = hour };
}

/* Calls of one instant; how many of them are records. */
static size_t
take_instant(struct seen *s, const struct batch *b, size_t i, size_t end)
{
	const size_t found = count_copies(b->origins + i, end - i);
	size_t records = 0;

	if (found > 0 && s->now.copies == 0)
		s->now.first = i;
	s->now.copies += found;
	for (; i < end; i++)
		records += batch_event(b, i) != EVENT_QUALITY;
	return records;
}

/* The calls are in order, so an hour begins where the last one ends. */
static void
take_part(void *arg, size_t which)
{
	const struct parts *ps = arg;
	const struct batch *b = ps->b;
	struct part *p = &ps->list[which];
	size_t i, end, records;
	const struct call *c;
	struct seen *s;

	for (i = p->begin; i < p->end; i = end) {
		c = &b->calls[i];
		s = &p->seen[c->source];
		if (c->start >= s->ends)
			enter_hour(p, s, c->start);
		end = ps->single ? i + 1 : end_of_instant(b, i, p->end);
		records = end == i + 1 ? batch_event(b, i) != EVENT_QUALITY
				       : take_instant(s, b, i, end);
		if (records > 0)
			see_record(s, c->start);
		s->now.records += records;
	}
	for (i = 0; i < b->nsources; i++)
		end_hour(p, &p->seen[i].now);
}

/* The next call from `i` on that begins an hour. */
static size_t
next_hour(const struct batch *b, size_t i)
{
	while (i > 0 && i < b->n &&
	       b->calls[i].start / QUALITY_HOUR_MS ==
		   b->calls[i - 1].start / QUALITY_HOUR_MS)
		i++;
	return i;
}

/* Whether a source that is old enough had a quiet hour; `until` all ends. */
static bool
may_have_hole(const struct parts *ps, size_t source, int64_t until)
{
	struct seen all = { .any = false };
	const struct seen *s;
	size_t i;

	for (i = 0; i < ps->n; i++) {
		s = &ps->list[i].seen[source];
		if (!s->any)
			continue;
		see_record(&all, s->first);
		if (s->was_quiet) {
			all.quiet = s->quiet;
			all.was_quiet = true;
		}
		all.last = s->last;
	}
	if (all.any)
		see_record(&all, until);
	return all.was_quiet &&
	       all.quiet - (ps->single ? ps->first : all.first) >=
		   QUALITY_WEEKS * QUALITY_WEEK_MS;
}

static void
tell(struct batch *b, const struct part *p)
{
	const struct hour *h;
	char words[64];
	size_t i;

	for (i = 0; i < p->ncopied; i++) {
		h = &p->copied[i];
		(void)snprintf(words, sizeof(words),
		    "%zu of %zu records of an hour", h->copies, h->records);
		quality_add(b, QUALITY_DUPLICATE, h->first,
		    b->calls[h->first].start, 0, words);
	}
}

/*
 * Where no call is a copy, only those that are old enough for a hole tell
 * anything.
 */
static size_t
first_to_see(const struct parts *ps)
{
	return ps->single ? batch_lower(ps->b,
				ps->first + QUALITY_WEEKS * QUALITY_WEEK_MS)
			  : 0;
}

bool
quality_find_copies(struct batch *b, size_t threads)
{
	const size_t least = b->nsources > LEAST ? b->nsources : LEAST;
	const int64_t until = b->n > 0 ? b->calls[b->n - 1].start : 0;
	struct parts ps = { .b = b,
		.single = b->once,
		.first = b->n > 0 ? b->calls[0].start : 0 };
	const size_t from = first_to_see(&ps), all = b->n - from;
	struct part *p;
	bool holes = false;
	size_t i;

	ps.n = pool_parts(threads, all, least);
	ps.list = xcalloc(ps.n, sizeof(*ps.list));
	for (i = 0; i < ps.n; i++) {
		p = &ps.list[i];
		p->begin = next_hour(b, from + pool_cut(all, ps.n, i));
		p->end = next_hour(b, from + pool_cut(all, ps.n, i + 1));
		p->seen = xcalloc(b->nsources, sizeof(*p->seen));
	}
	ps.list[0].begin = from;
	pool_run(threads, ps.n, take_part, &ps);
	for (i = 0; i < b->nsources; i++)
		holes |= may_have_hole(&ps, i, until);
	for (i = 0; i < ps.n; i++) {
		tell(b, &ps.list[i]);
		free(ps.list[i].seen);
		free(ps.list[i].copied);
	}
	free(ps.list);
	return holes;
}
