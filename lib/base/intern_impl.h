/*
 * intern_impl: what the sources of intern share.
 *
 *   intern.c                each string once, by its hash
 *   intern_kept.c           strings that are only kept
 *   intern_nibbles_impl.h   digits of these in half the bytes
 *   intern_hash.c           hashes of many, kept or not
 *   intern_map.c            what the ids of one are in another
 */
#ifndef LIB_BASE_INTERN_IMPL_H
#define LIB_BASE_INTERN_IMPL_H

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/intern.h"

struct intern_entry {
	const char *text; /* in the arena */
	uint32_t len : 31, rare : 1;
	uint32_t hash;
};

/*
 * The hash stands beside the id, so that most probes, and all of those for a
 * new string, touch one cache line: a million unique call ids are a million
 * misses otherwise.
 */
struct intern_slot {
	uint32_t hash;
	uint32_t next; /* id + 1; 0: free */
};

/*
 * Open addressing with linear probing.  At most half of the slots are taken,
 * so a probe ends soon.
 */
struct intern_table {
	struct intern_slot *slots;
	uint32_t mask, taken;
};

/* Of strings that are only kept. */
struct intern_segment {
	char *bytes;
	uint32_t used, size;
};

struct intern {
	struct arena texts;
	struct intern_entry *entries; /* by id */
	size_t cap;
	uint32_t n;
	struct intern_table usual, rare; /* each string stands in one of them */
	struct intern_segment *segments;
	size_t nsegments, segments_cap;
};

enum { INTERN_SEGMENT = 1 << INTERN_SEGMENT_BITS };

/*
 * To the table of the rare ones or of the others, unless it is there or in the
 * other one.
 */
uint32_t intern_add_hashed(struct intern *in, bool rare, const void *bytes,
    size_t len, uint32_t hash);

/* Room for that many bytes in one segment; NULL if there is none any more. */
struct intern_segment *intern_segment_for(struct intern *in, size_t len);

/* The id of what is kept next in a segment. */
static inline uint32_t
intern_place_in(const struct intern *in, const struct intern_segment *s)
{
	return INTERN_KEPT |
	       (uint32_t)(s - in->segments) << INTERN_SEGMENT_BITS | s->used;
}

/* A string that is only kept, as it is held. */
static inline const char *
intern_kept(const struct intern *in, uint32_t id)
{
	const uint32_t at = id & ~INTERN_KEPT;
	const struct intern_segment *s =
	    &in->segments[at >> INTERN_SEGMENT_BITS];

	assert(s < in->segments + in->nsegments &&
	       (at & (INTERN_SEGMENT - 1)) < s->used);
	return s->bytes + (at & (INTERN_SEGMENT - 1));
}

/*
 * A short string as two numbers, which with its length tell it from all
 * others.  Nearly all strings are short: as numbers they are hashed and
 * compared without a call.  One twice as long has four; call ids have.
 */
enum { INTERN_SHORT = 16, INTERN_MIDDLE = 32 };

struct intern_pair {
	uint64_t begin, end; /* they overlap */
};

static inline struct intern_pair
intern_pair_of(const char *s, size_t len)
{
	struct intern_pair p = { 0, 0 };
	uint32_t begin, end;

	if (len >= 8) {
		memcpy(&p.begin, s, 8);
		memcpy(&p.end, s + len - 8, 8);
	} else if (len >= 4) {
		memcpy(&begin, s, 4);
		memcpy(&end, s + len - 4, 4);
		p = (struct intern_pair){ begin, end };
	} else if (len > 0) {
		p.begin = (unsigned char)s[0] |
			  (unsigned)(unsigned char)s[len / 2] << 8;
		p.end = (unsigned char)s[len - 1];
	}
	return p;
}

/* Each bit of the pair may change each of the hash. */
static inline uint32_t
intern_hash_pair(struct intern_pair p, size_t len)
{
	uint64_t h = p.begin * UINT64_C(0x9e3779b97f4a7c15) ^
		     (p.end + len) * UINT64_C(0xc2b2ae3d27d4eb4f);

	h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
	return (uint32_t)(h >> 32);
}

static inline uint32_t
intern_hash_of(const char *bytes, size_t len)
{
	struct intern_pair p, q;

	if (len <= INTERN_SHORT)
		return intern_hash_pair(intern_pair_of(bytes, len), len);
	if (len > INTERN_MIDDLE)
		return (uint32_t)hash64(bytes, len);
	p = intern_pair_of(bytes, INTERN_SHORT);
	q = intern_pair_of(bytes + len - INTERN_SHORT, INTERN_SHORT);
	p.begin ^= q.end * UINT64_C(0xd6e8feb86659fd93);
	p.end ^= q.begin * UINT64_C(0x9e3779b97f4a7c15);
	return intern_hash_pair(p, len);
}

#endif
