/* Which calls may be legs of one call. */
#include "cdr/legs_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"

/*
 * Join keys may be texts that are only kept, so equal ones are found by their
 * hashes.  Nearly all calls are the only ones with theirs.  Legs are at most
 * LEGS_SPAN apart, so they stand in one window of that length or in two that
 * follow each other; two bits for each of many times as many places as a
 * window has calls tell most of those apart that are alone, and fit the
 * processor's cache.  Each thread looks at one stretch of the calls, and at
 * the windows before and behind it.
 */
enum { PLACES_A_CALL = 32, WORD = 64 };

/* Two bits for each place of hashes: one came, another came. */
struct places {
	uint64_t *once, *twice;
	size_t once_cap, twice_cap;
	unsigned shift; /* of a hash, to its place */
};

struct window {
	size_t first, end;
	struct places places;
};

/* Calls that are not known to be alone, in order. */
struct sifted {
	uint32_t *calls, *hashes;
	size_t n, calls_cap, hashes_cap;
};

enum {
	LEAST = 4096, /* calls that are worth a thread */
	HASHED = 256  /* calls at once */
};

struct search {
	const struct batch *b;
	uint32_t *hashes;    /* of join keys, by call; 0: it has none */
	struct sifted *list; /* by part */
	size_t parts;
};

/* Calls without a key have that of no call: the hash 0. */
static void
hash_some(const struct batch *b, uint32_t *hashes, size_t first, size_t n)
{
	uint32_t joins[HASHED];
	size_t i;

	for (i = 0; i < n; i++)
		joins[i] = b->origins[first + i].event == EVENT_CALL
			       ? batch_join(b, first + i)
			       : 0;
	for (i = 0; i < n; i++)
		hashes[i] = joins[i];
	intern_hash_all(b->names, hashes, n);
	for (i = 0; i < n; i++)
		hashes[i] = joins[i] != 0 ? hashes[i] + (hashes[i] == 0) : 0;
}

static void
hash_part(void *arg, size_t part)
{
	const struct search *s = arg;
	const size_t end = pool_cut(s->b->n, s->parts, part + 1);
	size_t i, n;

	for (i = pool_cut(s->b->n, s->parts, part); i < end; i += n) {
		n = end - i < HASHED ? end - i : HASHED;
		hash_some(s->b, s->hashes + i, i, n);
	}
}

static uint64_t *
clear(uint64_t *bits, size_t *cap, size_t words)
{
	bits = xgrow(bits, cap, words, sizeof(*bits));
	memset(bits, 0, words * sizeof(*bits));
	return bits;
}

/* None of `n` hashes came yet. */
static void
places_clear(struct places *p, size_t n)
{
	size_t places = WORD;

	p->shift = 26;
	while (places < n * PLACES_A_CALL && p->shift > 0) {
		places *= 2;
		p->shift--;
	}
	p->once = clear(p->once, &p->once_cap, places / WORD);
	p->twice = clear(p->twice, &p->twice_cap, places / WORD);
}

/* Whether it has a hash is chance, so nothing is to wait for the answer. */
static inline void
places_add(struct places *p, uint32_t hash)
{
	const uint32_t place = hash >> p->shift;
	const uint64_t bit = (uint64_t)(hash != 0) << place % WORD;
	uint64_t *once = &p->once[place / WORD];

	p->twice[place / WORD] |= *once & bit;
	*once |= bit;
}

static inline uint64_t
has(const uint64_t *bits, const struct places *p, uint32_t hash)
{
	const uint32_t place = hash >> p->shift;

	return bits[place / WORD] >> place % WORD & (hash != 0);
}

static void
places_fini(struct places *p)
{
	free(p->once);
	free(p->twice);
}

static void
look(struct window *w, const struct search *s, size_t first, size_t end)
{
	size_t i;

	w->first = first;
	w->end = end;
	places_clear(&w->places, end - first);
	for (i = first; i < end; i++)
		places_add(&w->places, s->hashes[i]);
}

/* The calls until a span behind call `i`. */
static size_t
span_behind(const struct batch *b, size_t i)
{
	return i < b->n ? batch_lower(b, b->calls[i].start + LEGS_SPAN + 1)
			: b->n;
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

/* The calls of the middle one of three windows, those of the part. */
static void
sift(const struct search *s, size_t part, const struct window *w)
{
	const struct places *at = &w[1].places;
	const size_t most = pool_cut(s->b->n, s->parts, part + 1),
		     end = w[1].end < most ? w[1].end : most;
	uint32_t hash;
	size_t i;

	for (i = w[1].first; i < end; i++) {
		hash = s->hashes[i];
		if ((has(at->twice, at, hash) |
			has(w[0].places.once, &w[0].places, hash) |
			has(w[2].places.once, &w[2].places, hash)) != 0)
			keep(&s->list[part], i, hash);
	}
}

/*
 * The part's calls in one window after another, each of which is a span long,
 * also where the part ends before: the other leg of a call stands in the window
 * behind or before its own, or in none.
 */
static void
sift_part(void *arg, size_t part)
{
	const struct search *s = arg;
	const struct batch *b = s->b;
	const size_t first = pool_cut(b->n, s->parts, part);
	const size_t end = pool_cut(b->n, s->parts, part + 1);
	struct window w[3] = { { .first = 0 } }, spare;
	size_t i;

	if (first == end)
		return;
	look(&w[0], s, batch_lower(b, b->calls[first].start - LEGS_SPAN),
	    first);
	look(&w[1], s, first, span_behind(b, first));
	while (w[1].first < end) {
		i = w[1].end;
		look(&w[2], s, i, span_behind(b, i));
		sift(s, part, w);
		spare = w[0];
		w[0] = w[1];
		w[1] = w[2];
		w[2] = spare;
	}
	for (i = 0; i < 3; i++)
		places_fini(&w[i].places);
}

/* Other bits of a hash than those that tell a place at first. */
static uint32_t
turned(uint32_t hash)
{
	return hash << 16 | hash >> 16;
}

/*
 * What all parts kept, in order.  Most of them only share a place with others,
 * and hardly any of them another place, too.
 */
static void
gather(const struct search *s, struct sifted *all)
{
	struct places p = { .once = NULL };
	const struct sifted *l;
	size_t part, i, n = 0;

	for (part = 0; part < s->parts; part++)
		n += s->list[part].n;
	places_clear(&p, n);
	for (part = 0; part < s->parts; part++)
		for (l = &s->list[part], i = 0; i < l->n; i++)
			places_add(&p, turned(l->hashes[i]));
	for (part = 0; part < s->parts; part++)
		for (l = &s->list[part], i = 0; i < l->n; i++)
			if (has(p.twice, &p, turned(l->hashes[i])))
				keep(all, l->calls[i], l->hashes[i]);
	places_fini(&p);
}

static void
sift_all(struct sifted *all, const struct batch *b, size_t threads)
{
	struct search s = { .b = b, .parts = pool_parts(threads, b->n, LEAST) };
	size_t part;

	s.hashes = xmalloc((b->n + 1) * sizeof(*s.hashes));
	s.list = xcalloc(s.parts, sizeof(*s.list));
	pool_run(threads, s.parts, hash_part, &s);
	pool_run(threads, s.parts, sift_part, &s);
	gather(&s, all);
	for (part = 0; part < s.parts; part++) {
		free(s.list[part].calls);
		free(s.list[part].hashes);
	}
	free(s.list);
	xfree_large(s.hashes);
}

int
legs_compare_keys(const struct batch *b, uint32_t i, uint32_t j)
{
	const uint32_t p = batch_join(b, i), q = batch_join(b, j);
	const uint16_t s = b->calls[i].source, t = b->calls[j].source;
	char room[INTERN_ROOM], other[INTERN_ROOM];
	int c;

	if (p != q && (c = strcmp(intern_read(b->names, p, room),
			   intern_read(b->names, q, other))) != 0)
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
