#include "base/radix.h"

#include <assert.h>
#include <string.h>

enum { BITS = 8, VALUES = 1 << BITS, DIGITS = 64 / BITS };

static size_t
digit(uint64_t key, unsigned from, unsigned place)
{
	return key >> from >> (place * BITS) & (VALUES - 1);
}

/* The bits in which keys differ. */
static uint64_t
differing(const uint64_t *keys, size_t n)
{
	uint64_t bits = 0;
	size_t i;

	for (i = 1; i < n; i++)
		bits |= keys[i] ^ keys[0];
	return bits;
}

/* By one digit, keys with the same as they stand. */
static void
deal(const uint64_t *keys, uint64_t *to, size_t n, unsigned from,
    unsigned place)
{
	size_t ends[VALUES] = { 0 }, i, count, sum = 0;

	for (i = 0; i < n; i++)
		ends[digit(keys[i], from, place)]++;
	/* From counts to where the first key of each value goes. */
	for (i = 0; i < VALUES; i++) {
		count = ends[i];
		ends[i] = sum;
		sum += count;
	}
	for (i = 0; i < n; i++)
		to[ends[digit(keys[i], from, place)]++] = keys[i];
}

void
radix_sort(uint64_t *keys, uint64_t *room, size_t n, unsigned from)
{
	uint64_t *at = keys, *to = room, *other;
	uint64_t bits;
	unsigned place;

	assert(from < 64);
	bits = differing(keys, n);
	for (place = 0; place < DIGITS; place++) {
		if (digit(bits, from, place) == 0)
			continue;
		deal(at, to, n, from, place);
		other = at;
		at = to;
		to = other;
	}
	if (at != keys)
		memcpy(keys, at, n * sizeof(*keys));
}
