/* Calls that share a join key with another: in most files there are few. */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/legs_impl.h"

enum { LEAST = 4096 }; /* calls that are worth a thread */

int
legs_compare(const void *ctx, uint32_t i, uint32_t j)
{
	const struct batch *b = ctx;
	const struct origin *p = &b->origins[i], *q = &b->origins[j];
	uint16_t s = b->calls[i].source, t = b->calls[j].source;

	if (p->join != q->join)
		return p->join < q->join ? -1 : 1;
	return (s > t) - (s < t);
}

/* Texts as bits, by names id. */
struct bits {
	uint64_t *words;
	size_t n;
};

static struct bits
bits_new(const struct batch *b)
{
	const size_t n = intern_count(b->names) / 64 + 1;

	return (struct bits){ .words = xcalloc(n, sizeof(uint64_t)), .n = n };
}

static inline bool
has_bit(const struct bits *bits, uint32_t i)
{
	return (bits->words[i / 64] >> i % 64 & 1) != 0;
}

/* The join keys of some calls, for one thread. */
struct keys {
	struct bits seen, again; /* keys; those that come again */
	uint32_t *list;          /* calls with one that does anywhere */
	size_t n, cap;
};

struct search {
	const struct batch *b;
	struct keys *parts;
	size_t nparts;
};

static void
note_keys(void *arg, size_t part)
{
	const struct search *s = arg;
	const struct origin *o = s->b->origins;
	const size_t end = pool_cut(s->b->n, s->nparts, part + 1);
	struct keys *k = &s->parts[part];
	uint64_t bit, *seen;
	size_t i;

	k->seen = bits_new(s->b);
	k->again = bits_new(s->b);
	for (i = pool_cut(s->b->n, s->nparts, part); i < end; i++) {
		seen = &k->seen.words[o[i].join / 64];
		bit = UINT64_C(1) << o[i].join % 64;
		if ((*seen & bit) != 0)
			k->again.words[o[i].join / 64] |= bit;
		*seen |= bit;
	}
}

/* All keys that come again go to the first part; false: there is none. */
static bool
gather_keys(struct search *s)
{
	struct keys *all = &s->parts[0];
	const struct keys *k;
	uint64_t any = 0;
	size_t part, i;

	for (i = 0; i < all->again.n; i++) {
		for (part = 1; part < s->nparts; part++) {
			k = &s->parts[part];
			all->again.words[i] |=
			    k->again.words[i] |
			    (all->seen.words[i] & k->seen.words[i]);
			all->seen.words[i] |= k->seen.words[i];
		}
		if (i == 0)
			all->again.words[0] &= ~UINT64_C(1); /* no key */
		any |= all->again.words[i];
	}
	return any != 0;
}

static void
list_calls(void *arg, size_t part)
{
	const struct search *s = arg;
	const struct batch *b = s->b;
	const size_t end = pool_cut(b->n, s->nparts, part + 1);
	struct keys *k = &s->parts[part];
	size_t i;

	for (i = pool_cut(b->n, s->nparts, part); i < end; i++) {
		if (!has_bit(&s->parts[0].again, b->origins[i].join) ||
		    (b->calls[i].flags & CALL_EVENT) != 0)
			continue;
		k->list = xgrow(k->list, &k->cap, k->n + 1, sizeof(*k->list));
		k->list[k->n++] = (uint32_t)i;
	}
}

/* The parts' calls one behind the other. */
static uint32_t *
put_together(const struct search *s, size_t *n)
{
	uint32_t *list;
	size_t i;

	for (*n = i = 0; i < s->nparts; i++)
		*n += s->parts[i].n;
	list = xmalloc((*n + 1) * sizeof(*list));
	for (*n = i = 0; i < s->nparts; i++) {
		if (s->parts[i].n > 0)
			memcpy(list + *n, s->parts[i].list,
			    s->parts[i].n * sizeof(*list));
		*n += s->parts[i].n;
	}
	return list;
}

uint32_t *
legs_candidates(const struct batch *b, size_t threads, size_t *n)
{
	struct search s = { .b = b };
	uint32_t *list;
	size_t i;

	s.nparts = pool_parts(threads, b->n, LEAST);
	s.parts = xcalloc(s.nparts, sizeof(*s.parts));
	pool_run(threads, s.nparts, note_keys, &s);
	if (gather_keys(&s))
		pool_run(threads, s.nparts, list_calls, &s);
	list = put_together(&s, n);
	batch_order(list, *n, legs_compare, b);
	for (i = 0; i < s.nparts; i++) {
		free(s.parts[i].seen.words);
		free(s.parts[i].again.words);
		free(s.parts[i].list);
	}
	free(s.parts);
	return list;
}
