#include "base/radix.h"

#include <assert.h>
#include <string.h>

enum { BITS = 8, VALUES = 1 << BITS, DIGITS = 64 / BITS };

static size_t
digit(uint64_t key, unsigned from, unsigned place)
{
	return key >> from >> (place * BITS) & (VALUES - 1);
}

/* Where the first key of each value of a digit goes. */
static void
sum_up(size_t *counts)
{
	size_t i, n, sum = 0;

	for (i = 0; i < VALUES; i++) {
		n = counts[i];
		counts[i] = sum;
		sum += n;
	}
}

void
radix_sort(uint64_t *keys, uint64_t *room, size_t n, unsigned from)
{
	size_t counts[DIGITS][VALUES] = { { 0 } }, i;
	uint64_t *to = room, *other;
	uint64_t *at = keys;
	unsigned place;

	assert(from < 64);
	for (i = 0; i < n; i++)
		for (place = 0; place < DIGITS; place++)
			counts[place][digit(keys[i], from, place)]++;
	for (place = 0; n > 0 && place < DIGITS; place++) {
		/* All keys have the same here. */
		if (counts[place][digit(at[0], from, place)] == n)
			continue;
		sum_up(counts[place]);
		for (i = 0; i < n; i++)
			to[counts[place][digit(at[i], from, place)]++] = at[i];
		other = at;
		at = to;
		to = other;
	}
	if (at != keys)
		memcpy(keys, at, n * sizeof(*keys));
}
