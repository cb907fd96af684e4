#include "base/radix.h"

#include <assert.h>
#include <string.h>

/*
 * A digit has at most so many bits: the more it has the fewer there are, but
 * its values are counted, which few keys are not worth; and many keys, which do
 * not stay near, go to too many places at once.
 */
enum {
	NARROW = 8,
	WIDE = 11,
	VALUES = 1 << WIDE,
	WIDE_LEAST = VALUES,
	WIDE_MOST = 1 << 14 /* keys */
};

/* Some bits of a key. */
struct digit {
	unsigned from;
	uint64_t mask;
};

static inline size_t
value_of(uint64_t key, struct digit d)
{
	return (size_t)(key >> d.from & d.mask);
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
deal(const uint64_t *keys, uint64_t *to, size_t n, struct digit d)
{
	size_t ends[VALUES], i, count, sum = 0;

	memset(ends, 0, ((size_t)d.mask + 1) * sizeof(*ends));
	for (i = 0; i < n; i++)
		ends[value_of(keys[i], d)]++;
	/* From counts to where the first key of each value goes. */
	for (i = 0; i <= d.mask; i++) {
		count = ends[i];
		ends[i] = sum;
		sum += count;
	}
	for (i = 0; i < n; i++)
		to[ends[value_of(keys[i], d)]++] = keys[i];
}

/* Of digits equally wide that cover `bits` from the last one that is set. */
static unsigned
width_of(uint64_t bits, unsigned most)
{
	unsigned width = 0, digits;

	while (width < 64 && bits >> width != 0)
		width++;
	digits = (width + most - 1) / most;
	return digits > 0 ? (width + digits - 1) / digits : 0;
}

void
radix_sort(uint64_t *keys, uint64_t *room, size_t n, unsigned from)
{
	uint64_t *at = keys, *to = room, *other;
	struct digit d = { .from = from };
	uint64_t bits;
	unsigned width;

	assert(from < 64);
	bits = differing(keys, n) >> from;
	for (; bits != 0 && (bits & 1) == 0; bits >>= 1)
		d.from++;
	width =
	    width_of(bits, n >= WIDE_LEAST && n <= WIDE_MOST ? WIDE : NARROW);
	d.mask = (UINT64_C(1) << width) - 1;
	for (; bits != 0; bits >>= width, d.from += width) {
		if ((bits & d.mask) == 0)
			continue;
		deal(at, to, n, d);
		other = at;
		at = to;
		to = other;
	}
	if (at != keys)
		memcpy(keys, at, n * sizeof(*keys));
}
