/*
 * Calls go to their places in the memory where they stand.  The columns of a
 * batch go by themselves, so that two threads have something to do.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/batch_impl.h"

enum {
	COLUMNS_MOST = 2 + 1 + EXTRA_COUNT,
	WORD = 64,
	KEPT = 16 /* what is kept on the side: at most this part of the calls */
};

/* What a batch has of each call, `size` bytes. */
struct column {
	char *list;
	size_t size;
};

static size_t
columns_of(const struct batch *b, struct column list[COLUMNS_MOST])
{
	const struct batch_extras *x = &b->extras;
	size_t i, n = 0;

	list[n++] = (struct column){ (char *)b->calls, sizeof(*b->calls) };
	list[n++] = (struct column){ (char *)b->origins, sizeof(*b->origins) };
	if (x->costs != NULL)
		list[n++] =
		    (struct column){ (char *)x->costs, sizeof(*x->costs) };
	for (i = 0; i < EXTRA_COUNT; i++)
		if (x->ids[i] != NULL)
			list[n++] = (struct column){ (char *)x->ids[i],
				sizeof(*x->ids[i]) };
	return n;
}

/* By an index ------------------------------------------------------------- */

struct turning {
	struct column columns[COLUMNS_MOST];
	const uint32_t *from;
	size_t n;
};

/* Each cycle of a column is turned by one place, through one spare. */
static inline void
turn(char *list, size_t size, const uint32_t *from, size_t n)
{
	uint64_t *done = xcalloc(n / WORD + 1, sizeof(*done));
	char *spare = xmalloc(size);
	size_t i, at, next;

	for (i = 0; i < n; i++) {
		if (from[i] == i || (done[i / WORD] >> i % WORD & 1) != 0)
			continue;
		memcpy(spare, list + i * size, size);
		for (at = i; (next = from[at]) != i; at = next) {
			memcpy(list + at * size, list + next * size, size);
			done[at / WORD] |= UINT64_C(1) << at % WORD;
		}
		memcpy(list + at * size, spare, size);
		done[at / WORD] |= UINT64_C(1) << at % WORD;
	}
	free(spare);
	free(done);
}

/* Where the size of what is copied is known, that is a few instructions. */
static void
turn_column(void *arg, size_t i)
{
	const struct turning *t = arg;
	const struct column *c = &t->columns[i];

	if (c->size == sizeof(struct call))
		turn(c->list, sizeof(struct call), t->from, t->n);
	else if (c->size == sizeof(struct origin))
		turn(c->list, sizeof(struct origin), t->from, t->n);
	else
		turn(c->list, c->size, t->from, t->n);
}

void
batch_arrange(struct batch *b, const uint32_t *from, size_t threads)
{
	struct turning t = { .from = from, .n = b->n };
	const size_t columns = columns_of(b, t.columns);

	pool_run(b->n < BATCH_LEAST ? 1 : threads, columns, turn_column, &t);
}

/* Over holes -------------------------------------------------------------- */

/* A share of the places of one column. */
struct share {
	struct column column;
	size_t first, end;
	size_t kept; /* from here on the next share overwrites this one ... */
	char *copy;  /* ... so that is kept */
};

struct closing {
	const struct batch_list *holes;
	struct share *shares; /* of the columns in turn */
	size_t n;
};

/* How many holes stand before a place: so far do the calls from there go. */
static size_t
holes_before(const struct batch_list *holes, size_t at)
{
	size_t low = 0, high = holes->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (holes->calls[mid] < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void
shares_init(struct closing *c, const struct batch *b, size_t parts)
{
	struct column columns[COLUMNS_MOST];
	const size_t n = columns_of(b, columns);
	struct share *s;
	size_t i;

	c->n = parts * n;
	c->shares = xcalloc(c->n, sizeof(*c->shares));
	for (i = 0; i < c->n; i++) {
		s = &c->shares[i];
		s->column = columns[i % n];
		s->first = pool_cut(b->n, parts, i / n);
		s->kept = s->end = pool_cut(b->n, parts, i / n + 1);
		if (s->end < b->n)
			s->kept -= holes_before(c->holes, s->end);
	}
}

static void
keep_end(void *arg, size_t i)
{
	const struct closing *c = arg;
	struct share *s = &c->shares[i];
	const size_t size = s->column.size, bytes = (s->end - s->kept) * size;

	s->copy = xmalloc(bytes + 1);
	memcpy(s->copy, s->column.list + s->kept * size, bytes);
}

/* The calls from `at` to `end` go up by so many places. */
static void
shift(const struct share *s, size_t at, size_t end, size_t by)
{
	const size_t stay = end < s->kept ? end : s->kept;
	const size_t size = s->column.size;
	char *list = s->column.list;

	if (by > 0 && at < stay) {
		memmove(list + (at - by) * size, list + at * size,
		    (stay - at) * size);
		at = stay;
	}
	if (by > 0 && at < end)
		memcpy(list + (at - by) * size, s->copy + (at - s->kept) * size,
		    (end - at) * size);
}

static void
close_share(void *arg, size_t i)
{
	const struct closing *c = arg;
	const struct batch_list *holes = c->holes;
	const struct share *s = &c->shares[i];
	size_t k = holes_before(holes, s->first), at = s->first, hole;

	for (; k < holes->n && (hole = holes->calls[k]) < s->end; k++) {
		shift(s, at, hole, k);
		at = hole + 1;
	}
	shift(s, at, s->end, k);
}

void
batch_close_up(struct batch *b, const struct batch_list *holes, size_t threads)
{
	struct closing c = { .holes = holes };
	size_t parts = pool_parts(threads, b->n, BATCH_LEAST), i;

	if (holes->n * parts > b->n / KEPT)
		parts = 1;
	shares_init(&c, b, parts);
	pool_run(parts, c.n, keep_end, &c);
	pool_run(parts, c.n, close_share, &c);
	for (i = 0; i < c.n; i++)
		free(c.shares[i].copy);
	free(c.shares);
	b->n -= holes->n;
	b->single = 0; /* what is added now would count as one of them */
}
