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
 * processor's cache.  Each thread looks for hashes of its own in all calls.
 */
enum { PLACES_A_CALL = 32, WORD = 64 };

struct window {
	size_t first, end;
	uint64_t *once, *twice;
	size_t once_cap, twice_cap;
	unsigned shift; /* of a hash, to its place */
};

/* Calls that are not known to be alone, in order. */
struct sifted {
	uint32_t *calls, *hashes;
	size_t n, calls_cap, hashes_cap;
};

/* A hash of the join key of a call; 0 for what is none, or has none. */
static uint32_t
hash_of(const struct batch *b, size_t i)
{
	const bool event = (b->calls[i].flags & CALL_EVENT) != 0;
	const uint32_t join = event ? 0 : batch_join(b, i);
	uint32_t hash;

	if (join == 0)
		return 0;
	hash = (uint32_t)hash64(intern_text(b->names, join),
	    intern_len(b->names, join));
	return hash != 0 ? hash : 1;
}

enum { LEAST = 4096 }; /* calls that are worth a thread */

struct search {
	const struct batch *b;
	uint32_t *hashes;    /* by call */
	struct sifted *list; /* by part */
	size_t parts;
};

static void
hash_part(void *arg, size_t part)
{
	const struct search *s = arg;
	const size_t end = pool_cut(s->b->n, s->parts, part + 1);
	size_t i;

	for (i = pool_cut(s->b->n, s->parts, part); i < end; i++)
		s->hashes[i] = hash_of(s->b, i);
}

/*
 * The hash of a call if it is the part's, else 0.  Which it is is chance, so
 * nothing is to wait for the answer.
 */
static uint32_t
hash_at(const struct search *s, size_t part, size_t i)
{
	const uint32_t hash = s->hashes[i];

	return hash & -(uint32_t)((uint64_t)hash * s->parts >> 32 == part);
}

static uint64_t *
clear(uint64_t *bits, size_t *cap, size_t words)
{
	bits = xgrow(bits, cap, words, sizeof(*bits));
	memset(bits, 0, words * sizeof(*bits));
	return bits;
}

/* The window that begins with a call. */
static void
look(struct window *w, const struct search *s, size_t part, size_t first)
{
	const struct batch *b = s->b;
	size_t i, places = WORD;
	uint32_t hash, place;
	uint64_t bit;

	w->first = w->end = first;
	w->shift = 26;
	if (first == b->n)
		return;
	w->end = batch_lower(b, b->calls[first].start + LEGS_SPAN);
	while (places < (w->end - first) * PLACES_A_CALL && w->shift > 0) {
		places *= 2;
		w->shift--;
	}
	w->once = clear(w->once, &w->once_cap, places / WORD);
	w->twice = clear(w->twice, &w->twice_cap, places / WORD);
	for (i = first; i < w->end; i++) {
		hash = hash_at(s, part, i);
		place = hash >> w->shift;
		bit = (uint64_t)(hash != 0) << place % WORD;
		w->twice[place / WORD] |= w->once[place / WORD] & bit;
		w->once[place / WORD] |= bit;
	}
}

static uint64_t
has(const struct window *w, const uint64_t *bits, uint32_t hash)
{
	const uint32_t place = hash >> w->shift;

	return w->first < w->end ? bits[place / WORD] >> place % WORD : 0;
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
sift(const struct search *s, size_t part, const struct window *w)
{
	const struct window *before = w, *at = w + 1, *after = w + 2;
	uint32_t hash;
	size_t i;

	for (i = at->first; i < at->end; i++) {
		hash = hash_at(s, part, i);
		if (((has(at, at->twice, hash) |
			 has(before, before->once, hash) |
			 has(after, after->once, hash)) &
			(uint64_t)(hash != 0)) != 0)
			keep(&s->list[part], i, hash);
	}
}

/* The hashes of a part in one window after another. */
static void
sift_part(void *arg, size_t part)
{
	const struct search *s = arg;
	struct window w[3] = { { .first = 0 } }, spare;
	size_t i;

	look(&w[1], s, part, 0);
	while (w[1].first < s->b->n) {
		look(&w[2], s, part, w[1].end);
		sift(s, part, w);
		spare = w[0];
		w[0] = w[1];
		w[1] = w[2];
		w[2] = spare;
	}
	for (i = 0; i < 3; i++) {
		free(w[i].once);
		free(w[i].twice);
	}
}

/* What all parts kept, in order again. */
static void
merge(const struct search *s, struct sifted *all)
{
	size_t *at = xcalloc(s->parts, sizeof(*at)), part, least;
	const struct sifted *l;

	for (;;) {
		least = s->parts;
		for (part = 0; part < s->parts; part++) {
			l = &s->list[part];
			if (at[part] < l->n &&
			    (least == s->parts ||
				l->calls[at[part]] <
				    s->list[least].calls[at[least]]))
				least = part;
		}
		if (least == s->parts)
			break;
		l = &s->list[least];
		keep(all, l->calls[at[least]], l->hashes[at[least]]);
		at[least]++;
	}
	free(at);
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
	merge(&s, all);
	for (part = 0; part < s.parts; part++) {
		free(s.list[part].calls);
		free(s.list[part].hashes);
	}
	free(s.list);
	free(s.hashes);
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
