/* Which calls may be legs of one call. */
#include "cdr/legs_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/pool.h"
#include "base/xalloc.h"

/*
 * Join keys may be texts that are only kept, so equal ones are found by their
 * hashes.  Nearly all calls are the only ones with theirs.  Legs are at most
 * LEGS_SPAN apart, so they stand in one window of that length or in two that
 * follow each other; two bits for each of many times as many places as a
 * window has calls tell most of those apart that are alone, and fit the
 * processor's cache.
 */
enum { PLACES_A_CALL = 32, WORD = 64 };

struct window {
	size_t first, end;
	uint32_t *hashes; /* of its calls; of one without a key 0 */
	uint64_t *once, *twice;
	unsigned shift; /* of a hash, to its place */
};

/* Calls that are not known to be alone, in order. */
struct sifted {
	uint32_t *calls, *hashes;
	size_t n, calls_cap, hashes_cap;
};

/* The join key of a call; 0 for what is none, or has none. */
static uint32_t
key_of(const struct batch *b, size_t i)
{
	const bool event = (b->calls[i].flags & CALL_EVENT) != 0;

	return event ? 0 : batch_join(b, i);
}

static uint32_t
hash_of(const struct batch *b, size_t i)
{
	const uint32_t key = key_of(b, i);
	uint32_t hash;

	if (key == 0)
		return 0;
	hash = (uint32_t)hash64(intern_text(b->names, key),
	    intern_len(b->names, key));
	return hash != 0 ? hash : 1;
}

enum { LEAST = 4096 }; /* calls that are worth a thread */

/* Of the calls of a window, by several threads. */
struct hashing {
	const struct batch *b;
	const struct window *w;
	size_t parts;
};

static void
hash_part(void *arg, size_t part)
{
	const struct hashing *h = arg;
	const size_t n = h->w->end - h->w->first;
	const size_t end = pool_cut(n, h->parts, part + 1);
	size_t i;

	for (i = pool_cut(n, h->parts, part); i < end; i++)
		h->w->hashes[i] = hash_of(h->b, h->w->first + i);
}

static void
add_hash(struct window *w, uint32_t hash)
{
	const uint32_t place = hash >> w->shift;
	const uint64_t bit = UINT64_C(1) << place % WORD;

	if (hash == 0)
		return;
	w->twice[place / WORD] |= w->once[place / WORD] & bit;
	w->once[place / WORD] |= bit;
}

/* The window that begins with a call. */
static void
window_init(struct window *w, const struct batch *b, size_t first,
    size_t threads)
{
	struct hashing hashing = { .b = b, .w = w };
	size_t n, i, places = WORD;

	*w = (struct window){ .first = first, .end = first, .shift = 26 };
	if (first == b->n)
		return;
	w->end = batch_lower(b, b->calls[first].start + LEGS_SPAN);
	n = w->end - first;
	for (; places < n * PLACES_A_CALL && w->shift > 0; w->shift--)
		places *= 2;
	w->hashes = xmalloc(n * sizeof(*w->hashes));
	w->once = xcalloc(places / WORD, sizeof(*w->once));
	w->twice = xcalloc(places / WORD, sizeof(*w->twice));
	hashing.parts = pool_parts(threads, n, LEAST);
	pool_run(threads, hashing.parts, hash_part, &hashing);
	for (i = 0; i < n; i++)
		add_hash(w, w->hashes[i]);
}

static void
window_fini(struct window *w)
{
	free(w->hashes);
	free(w->once);
	free(w->twice);
}

static bool
has(const struct window *w, const uint64_t *bits, uint32_t hash)
{
	const uint32_t place = hash >> w->shift;

	return w->first < w->end &&
	       (bits[place / WORD] >> place % WORD & 1) != 0;
}

static void
keep(struct sifted *s, size_t call, uint32_t hash)
{
	s->calls = xgrow(s->calls, &s->calls_cap, s->n + 1, sizeof(*s->calls));
	s->hashes =
	    xgrow(s->hashes, &s->hashes_cap, s->n + 1, sizeof(*s->hashes));
	s->calls[s->n] = (uint32_t)call;
	s->hashes[s->n++] = hash;
}

static void
sift(struct sifted *s, const struct window *w)
{
	const struct window *before = w, *at = w + 1, *after = w + 2;
	uint32_t hash;
	size_t i;

	for (i = at->first; i < at->end; i++) {
		hash = at->hashes[i - at->first];
		if (hash != 0 && (has(at, at->twice, hash) ||
				     has(before, before->once, hash) ||
				     has(after, after->once, hash)))
			keep(s, i, hash);
	}
}

static void
sift_all(struct sifted *s, const struct batch *b, size_t threads)
{
	struct window w[3] = { { .first = 0 } };

	window_init(&w[1], b, 0, threads);
	while (w[1].first < b->n) {
		window_init(&w[2], b, w[1].end, threads);
		sift(s, w);
		window_fini(&w[0]);
		w[0] = w[1];
		w[1] = w[2];
	}
	window_fini(&w[0]);
}

int
legs_compare_keys(const struct batch *b, uint32_t i, uint32_t j)
{
	const uint32_t p = batch_join(b, i), q = batch_join(b, j);
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
chain(struct chains *c, const struct batch *b, const struct sifted *s,
    uint32_t k)
{
	const uint32_t hash = s->hashes[k];
	size_t at = hash & c->mask;
	uint32_t head;

	for (; (head = c->heads[at]) != 0; at = (at + 1) & c->mask)
		if (s->hashes[head - 1] == hash &&
		    legs_compare_keys(b, s->calls[head - 1], s->calls[k]) == 0)
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
one_by_one(const struct batch *b, const struct sifted *s)
{
	struct chains c = { .mask = 15 };
	uint32_t *out = xmalloc(s->n * sizeof(*out)), k, at;
	size_t to = 0;

	while (c.mask < s->n * 2)
		c.mask = c.mask * 2 + 1;
	c.heads = xcalloc(c.mask + 1, sizeof(*c.heads));
	c.next = xmalloc(s->n * sizeof(*c.next));
	c.last = xmalloc(s->n * sizeof(*c.last));
	for (k = 0; k < s->n; k++)
		chain(&c, b, s, k);
	for (k = 0; k < s->n; k++) {
		if (c.last[k] == LATER)
			continue;
		out[to++] = s->calls[k];
		for (at = c.next[k]; at != 0; at = c.next[at])
			out[to++] = s->calls[at];
	}
	free(c.heads);
	free(c.next);
	free(c.last);
	return out;
}

uint32_t *
legs_candidates(const struct batch *b, size_t threads, size_t *n)
{
	struct sifted s = { .calls = NULL };
	uint32_t *out;

	sift_all(&s, b, threads);
	out = one_by_one(b, &s);
	*n = s.n;
	free(s.calls);
	free(s.hashes);
	return out;
}
