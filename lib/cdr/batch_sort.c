#include "cdr/batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/radix.h"
#include "base/xalloc.h"

/* Below this many, insertion sort is quicker than merging. */
enum { FEW = 12 };

enum { LEAST = 4096 }; /* calls that are worth a thread */

struct order {
	int (*compare)(const void *ctx, uint32_t a, uint32_t b);
	const void *ctx;
	uint32_t *half; /* the left part while it is merged */
};

static void
insert(const struct order *o, uint32_t *index, size_t n)
{
	uint32_t moved;
	size_t i, at;

	for (i = 1; i < n; i++) {
		moved = index[i];
		for (at = i;
		     at > 0 && o->compare(o->ctx, index[at - 1], moved) > 0;
		     at--)
			index[at] = index[at - 1];
		index[at] = moved;
	}
}

static void
merge(const struct order *o, uint32_t *index, size_t nleft, size_t n)
{
	size_t left = 0, right = nleft, out = 0;

	memcpy(o->half, index, nleft * sizeof(*index));
	while (left < nleft && right < n)
		if (o->compare(o->ctx, o->half[left], index[right]) <= 0)
			index[out++] = o->half[left++];
		else
			index[out++] = index[right++];
	memcpy(index + out, o->half + left, (nleft - left) * sizeof(*index));
}

/*
 * Switches write records as calls end, so files are nearly in order of start:
 * most pairs of parts need no merging.
 */
static void
sort_part(const struct order *o, uint32_t *index, size_t n)
{
	size_t nleft = n / 2;

	if (n <= FEW) {
		insert(o, index, n);
		return;
	}
	sort_part(o, index, nleft);
	sort_part(o, index + nleft, n - nleft);
	if (o->compare(o->ctx, index[nleft - 1], index[nleft]) > 0)
		merge(o, index, nleft, n);
}

void
batch_order(uint32_t *index, size_t n,
    int (*compare)(const void *ctx, uint32_t a, uint32_t b), const void *ctx)
{
	struct order o = { .compare = compare, .ctx = ctx };

	o.half = n > FEW ? xmalloc(n / 2 * sizeof(*o.half)) : NULL;
	sort_part(&o, index, n);
	free(o.half);
}

/* By (start, source name, key): negative, 0, positive. */
static int
compare_identity(const struct batch *b, uint32_t i, uint32_t j)
{
	const struct call *x = &b->calls[i], *y = &b->calls[j];
	const struct origin *p = &b->origins[i], *q = &b->origins[j];

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->source != y->source)
		return strcmp(batch_text(b, b->sources[x->source].name),
		    batch_text(b, b->sources[y->source].name));
	if (p->key != q->key)
		return p->key < q->key ? -1 : 1;
	return 0;
}

/* Copies of one record in several files: the same stays whichever was first. */
static int
compare_calls(const void *ctx, uint32_t i, uint32_t j)
{
	const struct batch *b = ctx;
	const struct origin *p = &b->origins[i], *q = &b->origins[j];
	int c;

	if ((c = compare_identity(b, i, j)) != 0)
		return c;
	if (p->file != q->file && (c = strcmp(batch_text(b, b->files[p->file]),
				       batch_text(b, b->files[q->file]))) != 0)
		return c;
	return (p->line > q->line) - (p->line < q->line);
}

static bool
in_order(const struct batch *b)
{
	const struct call *c = b->calls;
	size_t i;

	for (i = 1; i < b->n; i++)
		if (c[i - 1].start >= c[i].start &&
		    compare_calls(b, (uint32_t)(i - 1), (uint32_t)i) > 0)
			return false;
	return true;
}

/*
 * Calls `first` and those after it come `from` where.  Each cycle of the
 * permutation is turned by one place, through one spare.
 */
static void
permute(struct batch *b, size_t first, uint32_t *from, size_t n)
{
	struct call *calls = b->calls + first, call;
	struct origin *origins = b->origins + first, origin;
	uint32_t i, at, next;

	for (i = 0; i < n; i++) {
		if (from[i] == i)
			continue;
		call = calls[i];
		origin = origins[i];
		for (at = i; (next = from[at]) != i; at = next) {
			calls[at] = calls[next];
			origins[at] = origins[next];
			from[at] = at;
		}
		calls[at] = call;
		origins[at] = origin;
		from[at] = at;
	}
}

static unsigned
width_of(uint64_t n)
{
	unsigned bits = 0;

	for (; n != 0; n >>= 1)
		bits++;
	return bits;
}

/*
 * By start alone: an instant and an index side by side are one number, unless
 * there are centuries and a great many calls.
 */
static bool
sort_by_start(struct batch *b)
{
	const unsigned width = width_of(b->n - 1);
	int64_t least = b->calls[0].start, most = least;
	uint64_t *keys, *room;
	uint32_t *index;
	size_t i;

	for (i = 1; i < b->n; i++) {
		if (b->calls[i].start < least)
			least = b->calls[i].start;
		if (b->calls[i].start > most)
			most = b->calls[i].start;
	}
	if (width_of((uint64_t)most - (uint64_t)least) + width > 64)
		return false;
	keys = xmalloc(b->n * sizeof(*keys));
	for (i = 0; i < b->n; i++)
		keys[i] = ((uint64_t)b->calls[i].start - (uint64_t)least)
			      << width |
			  i;
	room = xmalloc(b->n * sizeof(*room));
	radix_sort(keys, room, b->n, width);
	free(room);
	index = xmalloc(b->n * sizeof(*index));
	for (i = 0; i < b->n; i++)
		index[i] = (uint32_t)(keys[i] & ((UINT64_C(1) << width) - 1));
	free(keys);
	permute(b, 0, index, b->n);
	free(index);
	return true;
}

/* Put some calls in order, all of them or those of one instant. */
static void
sort_some(struct batch *b, size_t first, size_t n)
{
	uint32_t *index = xmalloc(n * sizeof(*index));
	size_t i;

	for (i = 0; i < n; i++)
		index[i] = (uint32_t)(first + i);
	batch_order(index, n, compare_calls, b);
	for (i = 0; i < n; i++)
		index[i] -= (uint32_t)first;
	permute(b, first, index, n);
	free(index);
}

static void
sort_instants(struct batch *b)
{
	const struct call *c = b->calls;
	bool sorted;
	size_t i, n;

	for (i = 0; i < b->n; i += n) {
		sorted = true;
		for (n = 1; i + n < b->n && c[i + n].start == c[i].start; n++)
			sorted &= compare_calls(b, (uint32_t)(i + n - 1),
				      (uint32_t)(i + n)) <= 0;
		if (!sorted)
			sort_some(b, i, n);
	}
}

static void
drop_marked(struct batch *b)
{
	size_t i, kept = 0;

	for (i = 0; i < b->n; i++) {
		if (b->calls[i].flags & (CALL_DUPLICATE | CALL_FURTHER))
			continue;
		if (kept != i) {
			b->calls[kept] = b->calls[i];
			b->origins[kept] = b->origins[i];
		}
		kept++;
	}
	b->n = kept;
}

void
batch_sort(struct batch *b)
{
	drop_marked(b);
	if (!in_order(b)) {
		if (sort_by_start(b))
			sort_instants(b);
		else
			sort_some(b, 0, b->n);
	}
	b->sorted = true;
}

/* Calls that are copies of the one before them. */
struct copies {
	uint32_t *calls;
	size_t n, cap;
};

struct search {
	const struct batch *b;
	struct copies *parts;
	size_t nparts;
};

static void
find_copies(void *arg, size_t part)
{
	const struct search *s = arg;
	const struct call *c = s->b->calls;
	const size_t end = pool_cut(s->b->n, s->nparts, part + 1);
	struct copies *found = &s->parts[part];
	size_t i = pool_cut(s->b->n, s->nparts, part);

	for (i = i > 0 ? i : 1; i < end; i++) {
		if (c[i].start != c[i - 1].start ||
		    compare_identity(s->b, (uint32_t)(i - 1), (uint32_t)i) != 0)
			continue;
		found->calls = xgrow(found->calls, &found->cap, found->n + 1,
		    sizeof(*found->calls));
		found->calls[found->n++] = (uint32_t)i;
	}
}

size_t
batch_mark_duplicates(struct batch *b, size_t threads, int64_t *per_file)
{
	struct search s = { .b = b,
		.nparts = pool_parts(threads, b->n, LEAST) };
	size_t part, k, i, marked = 0;

	assert(b->sorted);
	s.parts = xcalloc(s.nparts, sizeof(*s.parts));
	pool_run(threads, s.nparts, find_copies, &s);
	for (part = 0; part < s.nparts; part++) {
		for (k = 0; k < s.parts[part].n; k++) {
			i = s.parts[part].calls[k];
			b->calls[i].flags |= CALL_DUPLICATE;
			if (per_file != NULL &&
			    batch_event(b, i) != EVENT_QUALITY)
				per_file[b->origins[i].file]++;
		}
		marked += s.parts[part].n;
		free(s.parts[part].calls);
	}
	free(s.parts);
	return marked;
}
