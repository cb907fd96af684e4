#include <stdlib.h>

#include "base/pool.h"
#include "base/radix.h"
#include "base/xalloc.h"
#include "cdr/ingest_impl.h"

/*
 * Equal records of one file get the keys K, hash(K, 2), hash(K, 3) ...; so
 * the second of two equal calls is no duplicate, but both are when the file
 * is read again.  Few files have equal records: keys that share their last
 * bits with another are told by eight bits a call, only those few are sorted,
 * and only of equal ones a table is made.
 */
enum {
	LEAST = 16384, /* calls that are worth a thread */
	SLOTS = 8      /* for a call */
};

struct repeat {
	uint64_t key;
	uint64_t seen;
};

static int
compare_keys(const void *va, const void *vb)
{
	const uint64_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

/* The keys of some calls, by one thread. */
struct part {
	/* Bits, by the last bits of a key: one had them; several had. */
	uint64_t *seen, *again;
};

struct search {
	const struct origin *origins;
	size_t n, mask;
	struct part *parts;
	size_t nparts;
};

static void
note_keys(void *arg, size_t i)
{
	const struct search *s = arg;
	struct part *p = &s->parts[i];
	const size_t end = pool_cut(s->n, s->nparts, i + 1);
	uint64_t bit, *seen;
	size_t k, slot;

	p->seen = xcalloc(s->mask / 64 + 1, sizeof(*p->seen));
	p->again = xcalloc(s->mask / 64 + 1, sizeof(*p->again));
	for (k = pool_cut(s->n, s->nparts, i); k < end; k++) {
		slot = s->origins[k].key & s->mask;
		seen = &p->seen[slot / 64];
		bit = UINT64_C(1) << slot % 64;
		if ((*seen & bit) != 0)
			p->again[slot / 64] |= bit;
		*seen |= bit;
	}
}

/* All is known to the first part then. */
static void
add_part(struct search *s, const struct part *p)
{
	struct part *all = &s->parts[0];
	size_t i;

	for (i = 0; i <= s->mask / 64; i++) {
		all->again[i] |= p->again[i] | (all->seen[i] & p->seen[i]);
		all->seen[i] |= p->seen[i];
	}
}

/* The keys that may stand there more than once; returns how many. */
static size_t
list_keys(const struct search *s, uint64_t **keys)
{
	const uint64_t *again = s->parts[0].again;
	size_t i, slot, n = 0, cap = 0;

	*keys = NULL;
	for (i = 0; i < s->n; i++) {
		slot = s->origins[i].key & s->mask;
		if ((again[slot / 64] >> slot % 64 & 1) == 0)
			continue;
		*keys = xgrow(*keys, &cap, n + 1, sizeof(**keys));
		(*keys)[n++] = s->origins[i].key;
	}
	return n;
}

/* The keys that may be repeated, of `n` calls; returns how many. */
static size_t
find_likely(const struct origin *origins, size_t n, size_t threads,
    uint64_t **keys)
{
	struct search s = { .origins = origins,
		.n = n,
		.mask = 63,
		.nparts = pool_parts(threads, n, LEAST) };
	size_t i, kept;

	while (s.mask < n * SLOTS)
		s.mask = s.mask * 2 + 1;
	s.parts = xcalloc(s.nparts, sizeof(*s.parts));
	pool_run(threads, s.nparts, note_keys, &s);
	for (i = 1; i < s.nparts; i++)
		add_part(&s, &s.parts[i]);
	kept = list_keys(&s, keys);
	for (i = 0; i < s.nparts; i++) {
		free(s.parts[i].seen);
		free(s.parts[i].again);
	}
	free(s.parts);
	return kept;
}

/* The keys that stand more than once in sorted `keys`, in order. */
static size_t
find_repeats(const uint64_t *keys, size_t n, struct repeat **list)
{
	size_t i, found = 0, cap = 0;

	*list = NULL;
	for (i = 1; i < n; i++) {
		if (keys[i] != keys[i - 1] ||
		    (found > 0 && (*list)[found - 1].key == keys[i]))
			continue;
		*list = xgrow(*list, &cap, found + 1, sizeof(**list));
		(*list)[found++] = (struct repeat){ .key = keys[i] };
	}
	return found;
}

static int
compare_repeat(const void *vkey, const void *vr)
{
	const struct repeat *r = vr;

	return compare_keys(vkey, &r->key);
}

/* Whether an equal record came before, `above` of them in no list. */
static bool
number(struct origin *o, struct repeat *list, size_t n, uint64_t above)
{
	struct repeat *r =
	    n > 0 ? bsearch(&o->key, list, n, sizeof(*list), compare_repeat)
		  : NULL;
	const uint64_t nth = above + (r != NULL ? ++r->seen : 1);

	if (nth == 1)
		return false;
	o->key = call_key_again(o->key, nth);
	return true;
}

static uint64_t
count_above(const struct batch *b, size_t i, const struct ingest_above *above)
{
	return above != NULL ? above->equal(above->ctx, b->calls[i].start,
				   b->origins[i].key)
			     : 0;
}

/* Number those of some calls, returns how many. */
static size_t
number_equal(struct batch *b, size_t first, size_t end,
    const struct ingest_above *above, size_t threads)
{
	const size_t all = end - first;
	struct repeat *list;
	uint64_t *keys, *room;
	size_t i, n, equal = 0;

	if (all < (above != NULL ? 1 : 2))
		return 0;
	n = find_likely(b->origins + first, all, threads, &keys);
	room = xmalloc((n + 1) * sizeof(*room));
	radix_sort(keys, room, n, 0);
	free(room);
	n = find_repeats(keys, n, &list);
	free(keys);
	for (i = first; (n > 0 || above != NULL) && i < end; i++)
		equal +=
		    number(&b->origins[i], list, n, count_above(b, i, above));
	free(list);
	return equal;
}

size_t
ingest_number_equal(struct batch *b, size_t first, size_t end,
    const struct ingest_above *above, size_t threads)
{
	const size_t equal = number_equal(b, first, end, above, threads);

	if (equal == 0 && b->single == first)
		b->single = end;
	return equal;
}

void
ingest_note_equal(struct ingest *in, const char *path, size_t equal,
    size_t calls)
{
	/* As many as that are not how a switch writes. */
	if (equal >= 2 && equal >= calls / 4)
		notes_addf(in->notes, NOTE_WARNING, path, 0,
		    "%zu of %zu calls are written like others in it, and are "
		    "counted: is it there twice?",
		    equal, calls);
}
