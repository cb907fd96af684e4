/* Which calls may be legs of one call. */
#include "cdr/legs_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"

/*
 * Join keys may be texts that are only kept, so equal ones are found by their
 * hashes.  Nearly all calls are the only ones with theirs: two bits for each of
 * many times as many places as there are calls tell most of those apart.
 */
enum { PLACES_A_CALL = 32 };

struct sieve {
	uint32_t *hashes; /* by call; of a call without key, 0 */
	uint64_t *once, *twice;
	unsigned shift; /* of a hash, to its place */
};

/* The join key of a call; 0 for what is none, or has none. */
static uint32_t
key_of(const struct batch *b, size_t i)
{
	const bool event = (b->calls[i].flags & CALL_EVENT) != 0;

	return event ? 0 : b->origins[i].join;
}

static uint32_t
hash_of(const struct batch *b, size_t i)
{
	const uint32_t key = key_of(b, i);

	if (key == 0)
		return 0;
	return (uint32_t)(hash64(intern_text(b->names, key),
			      intern_len(b->names, key)) >>
			  32);
}

static void
sieve_init(struct sieve *s, size_t n)
{
	size_t places = 64;

	for (s->shift = 26; places < n * PLACES_A_CALL && s->shift > 0;
	     s->shift--)
		places *= 2;
	s->hashes = xmalloc(n * sizeof(*s->hashes));
	s->once = xcalloc(places / 64, sizeof(*s->once));
	s->twice = xcalloc(places / 64, sizeof(*s->twice));
}

static void
sieve_fini(struct sieve *s)
{
	free(s->hashes);
	free(s->once);
	free(s->twice);
}

static void
sieve_add(struct sieve *s, size_t i, uint32_t hash)
{
	const uint32_t place = hash >> s->shift;
	const uint64_t bit = UINT64_C(1) << (place & 63);

	s->hashes[i] = hash;
	if (hash == 0)
		return;
	s->twice[place >> 6] |= s->once[place >> 6] & bit;
	s->once[place >> 6] |= bit;
}

static bool
sieve_keeps(const struct sieve *s, size_t i)
{
	const uint32_t place = s->hashes[i] >> s->shift;

	return s->hashes[i] != 0 && (s->twice[place >> 6] >> (place & 63) & 1);
}

/* Those that the sieve keeps, in order. */
static uint32_t *
sift(const struct sieve *s, size_t all, size_t *n)
{
	uint32_t *list, i;

	*n = 0;
	for (i = 0; i < all; i++)
		*n += sieve_keeps(s, i);
	list = xmalloc(*n * sizeof(*list));
	*n = 0;
	for (i = 0; i < all; i++)
		if (sieve_keeps(s, i))
			list[(*n)++] = i;
	return list;
}

int
legs_compare_keys(const struct batch *b, uint32_t i, uint32_t j)
{
	const uint32_t p = b->origins[i].join, q = b->origins[j].join;
	const uint16_t s = b->calls[i].source, t = b->calls[j].source;
	int c;

	if (p != q && (c = strcmp(batch_text(b, p), batch_text(b, q))) != 0)
		return c;
	return (s > t) - (s < t);
}

/* Calls of one (key, source), one behind another, by place in a list. */
struct chains {
	uint32_t *heads; /* by hash: 1 + the first of a chain; 0: free */
	size_t mask;
	uint32_t *next; /* 0: none */
	uint32_t *last; /* of the first of a chain; of others LATER */
};

#define LATER UINT32_MAX

static void
chain(struct chains *c, const struct batch *b, const uint32_t *hashes,
    const uint32_t *list, uint32_t k)
{
	const uint32_t hash = hashes[list[k]];
	size_t at = hash & c->mask;
	uint32_t head;

	for (; (head = c->heads[at]) != 0; at = (at + 1) & c->mask)
		if (hashes[list[head - 1]] == hash &&
		    legs_compare_keys(b, list[head - 1], list[k]) == 0)
			break;
	c->next[k] = 0;
	if (head == 0) {
		c->heads[at] = k + 1;
		c->last[k] = k;
		return;
	}
	c->next[c->last[head - 1]] = k;
	c->last[head - 1] = k;
	c->last[k] = LATER;
}

/* In the order of the first of each chain, which is nearly that of time. */
static uint32_t *
one_by_one(const struct batch *b, const uint32_t *hashes, const uint32_t *list,
    size_t n)
{
	struct chains c = { .mask = 15 };
	uint32_t *out = xmalloc(n * sizeof(*out)), k, at;
	size_t to = 0;

	while (c.mask < n * 2)
		c.mask = c.mask * 2 + 1;
	c.heads = xcalloc(c.mask + 1, sizeof(*c.heads));
	c.next = xmalloc(n * sizeof(*c.next));
	c.last = xmalloc(n * sizeof(*c.last));
	for (k = 0; k < n; k++)
		chain(&c, b, hashes, list, k);
	for (k = 0; k < n; k++) {
		if (c.last[k] == LATER)
			continue;
		out[to++] = list[k];
		for (at = c.next[k]; at != 0; at = c.next[at])
			out[to++] = list[at];
	}
	free(c.heads);
	free(c.next);
	free(c.last);
	return out;
}

uint32_t *
legs_candidates(const struct batch *b, size_t *n)
{
	struct sieve s;
	uint32_t *list, *out;
	size_t i;

	sieve_init(&s, b->n);
	for (i = 0; i < b->n; i++)
		sieve_add(&s, i, hash_of(b, i));
	list = sift(&s, b->n, n);
	out = one_by_one(b, s.hashes, list, *n);
	free(list);
	sieve_fini(&s);
	return out;
}
