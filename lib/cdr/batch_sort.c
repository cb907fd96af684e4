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
	uint32_t f, g;
	int c;

	if ((c = compare_identity(b, i, j)) != 0)
		return c;
	f = batch_file_of(b, i);
	g = batch_file_of(b, j);
	if (f != g && (c = strcmp(batch_text(b, b->files[f]),
			   batch_text(b, b->files[g]))) != 0)
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
	struct call_extras extras;
	uint32_t i, at, next;

	for (i = 0; i < n; i++) {
		if (from[i] == i)
			continue;
		call = calls[i];
		origin = origins[i];
		extras = batch_get_extras(b, first + i);
		for (at = i; (next = from[at]) != i; at = next) {
			batch_move(b, first + at, first + next);
			from[at] = at;
		}
		calls[at] = call;
		origins[at] = origin;
		batch_set_extras(b, first + at, &extras);
		from[at] = at;
	}
}

/*
 * Calls by the stretch of time in which they start, so that only those of one
 * stretch have to be compared: they are few, and stand near each other.
 */
struct stretches {
	int64_t least;
	unsigned shift; /* of the time since then */
	size_t n;
	uint32_t *ends; /* by stretch: where its calls end in an index */
};

enum { CALLS_A_STRETCH = 4096, STRETCHES_MOST = 1 << 16 };

static size_t
stretch_of(const struct stretches *s, int64_t start)
{
	return (size_t)(((uint64_t)start - (uint64_t)s->least) >> s->shift);
}

static void
stretches_init(struct stretches *s, const struct batch *b)
{
	int64_t least = b->calls[0].start, most = least;
	size_t i, n = 2; /* or the shift could be 64 */

	for (i = 1; i < b->n; i++) {
		if (b->calls[i].start < least)
			least = b->calls[i].start;
		if (b->calls[i].start > most)
			most = b->calls[i].start;
	}
	while (n < STRETCHES_MOST && n * CALLS_A_STRETCH < b->n)
		n *= 2;
	*s = (struct stretches){ .least = least };
	while (stretch_of(s, most) >= n)
		s->shift++;
	s->n = stretch_of(s, most) + 1;
	s->ends = xcalloc(s->n + 1, sizeof(*s->ends));
}

/* The indexes of all calls by stretch, those of one as they stand. */
static uint32_t *
index_stretches(struct stretches *s, const struct batch *b)
{
	uint32_t *index = xmalloc(b->n * sizeof(*index)), *begins = s->ends;
	size_t i;

	for (i = 0; i < b->n; i++)
		begins[stretch_of(s, b->calls[i].start) + 1]++;
	for (i = 1; i <= s->n; i++)
		begins[i] += begins[i - 1];
	/* Each beginning moves to its end, which is the next beginning. */
	for (i = 0; i < b->n; i++)
		index[begins[stretch_of(s, b->calls[i].start)]++] = (uint32_t)i;
	return index;
}

static unsigned
width_of(uint64_t n)
{
	unsigned bits = 0;

	for (; n != 0; n >>= 1)
		bits++;
	return bits;
}

/* An instant and an index side by side are one number. */
struct keys {
	uint64_t *list, *room;
	size_t list_cap, room_cap;
	unsigned width; /* of an index */
};

/* The calls of one stretch by their starts alone. */
static void
sort_stretch(const struct batch *b, struct keys *k, uint32_t *index, size_t n)
{
	const uint64_t mask = (UINT64_C(1) << k->width) - 1;
	int64_t least;
	size_t i;

	if (n < 2)
		return;
	k->list = xgrow(k->list, &k->list_cap, n, sizeof(*k->list));
	k->room = xgrow(k->room, &k->room_cap, n, sizeof(*k->room));
	least = b->calls[index[0]].start;
	for (i = 1; i < n; i++)
		if (b->calls[index[i]].start < least)
			least = b->calls[index[i]].start;
	for (i = 0; i < n; i++)
		k->list[i] =
		    ((uint64_t)b->calls[index[i]].start - (uint64_t)least)
			<< k->width |
		    index[i];
	radix_sort(k->list, k->room, n, k->width);
	for (i = 0; i < n; i++)
		index[i] = (uint32_t)(k->list[i] & mask);
}

/* Calls of one instant, by all that tells them apart. */
static void
sort_instant(struct batch *b, size_t first, size_t n)
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
			sort_instant(b, i, n);
	}
}

static void
sort(struct batch *b)
{
	struct keys k = { .width = width_of(b->n - 1) };
	struct stretches s;
	uint32_t *index;
	size_t i, first;

	stretches_init(&s, b);
	index = index_stretches(&s, b);
	for (i = first = 0; i < s.n; first = s.ends[i++]) {
		if (s.shift + k.width <= 64)
			sort_stretch(b, &k, index + first, s.ends[i] - first);
		else
			batch_order(index + first, s.ends[i] - first,
			    compare_calls, b);
	}
	free(k.list);
	free(k.room);
	free(s.ends);
	permute(b, 0, index, b->n);
	free(index);
	sort_instants(b);
}

static void
drop_marked(struct batch *b)
{
	size_t i, kept = 0;

	for (i = 0; i < b->n; i++) {
		if (b->calls[i].flags & (CALL_DUPLICATE | CALL_FURTHER))
			continue;
		if (kept != i)
			batch_move(b, kept, i);
		kept++;
	}
	b->n = kept;
}

void
batch_sort(struct batch *b)
{
	drop_marked(b);
	if (!in_order(b))
		sort(b);
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
				per_file[batch_file_of(b, i)]++;
		}
		marked += s.parts[part].n;
		free(s.parts[part].calls);
	}
	free(s.parts);
	return marked;
}
