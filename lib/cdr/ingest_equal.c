#include <stdlib.h>

#include "base/radix.h"
#include "base/xalloc.h"
#include "cdr/ingest_impl.h"

/*
 * Equal records of one file get the keys K, hash(K, 2), hash(K, 3) ...; so
 * the second of two equal calls is no duplicate, but both are when the file
 * is read again.  Few files have equal records.  Two bits for each of several
 * times as many places as there are calls tell most of those apart that are
 * equal to no other; only the keys of the rest are sorted.
 */
enum { PLACES_A_CALL = 8, WORD = 64 };

struct sieve {
	uint64_t *once, *twice;
	unsigned shift; /* of a key, to its place */
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

static void
sieve_init(struct sieve *s, const struct batch *b, size_t first, size_t end)
{
	size_t places = WORD, i, at;
	uint64_t bit;

	for (s->shift = 58; places < (end - first) * PLACES_A_CALL; s->shift--)
		places *= 2;
	s->once = xcalloc(places / WORD, sizeof(*s->once));
	s->twice = xcalloc(places / WORD, sizeof(*s->twice));
	for (i = first; i < end; i++) {
		at = b->origins[i].key >> s->shift;
		bit = UINT64_C(1) << at % WORD;
		s->twice[at / WORD] |= s->once[at / WORD] & bit;
		s->once[at / WORD] |= bit;
	}
	free(s->once);
	s->once = NULL;
}

/* The keys that stand more than once, and others, sorted; to be freed. */
static uint64_t *
sift(const struct batch *b, size_t first, size_t end, size_t *n)
{
	uint64_t *keys = NULL, key;
	struct sieve s;
	size_t i, at, cap = 0;

	*n = 0;
	sieve_init(&s, b, first, end);
	for (i = first; i < end; i++) {
		key = b->origins[i].key;
		at = key >> s.shift;
		if ((s.twice[at / WORD] >> at % WORD & 1) == 0)
			continue;
		/* As much again is room to sort. */
		keys = xgrow(keys, &cap, 2 * (*n + 1), sizeof(*keys));
		keys[(*n)++] = key;
	}
	free(s.twice);
	if (*n > 0)
		radix_sort(keys, keys + *n, *n, 0);
	return keys;
}

size_t
ingest_number_equal(struct batch *b, size_t first, size_t end,
    const struct ingest_above *above)
{
	struct repeat *list;
	uint64_t *keys;
	size_t i, n, equal = 0;

	if (end - first < (above != NULL ? 1 : 2))
		return 0;
	keys = sift(b, first, end, &n);
	n = find_repeats(keys, n, &list);
	free(keys);
	for (i = first; (n > 0 || above != NULL) && i < end; i++)
		equal +=
		    number(&b->origins[i], list, n, count_above(b, i, above));
	free(list);
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
