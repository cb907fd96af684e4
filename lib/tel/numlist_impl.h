/* What the parts of numlist share. */
#ifndef LIB_TEL_NUMLIST_IMPL_H
#define LIB_TEL_NUMLIST_IMPL_H

#include "base/arena.h"
#include "tel/numlist.h"

/*
 * Entries that are compared in the same way: equally long prefixes, patterns
 * with # at the same places.  In `order` they stand together, by value.
 */
struct numlist_shape {
	const char *like; /* one of its values; # is any digit */
	size_t len;
	size_t fixed; /* bytes that are not # */
	size_t begin, end;
};

/*
 * An entry in its place.  `head` has the first 16 characters, four bits each,
 * in the order of ASCII as far as numbers go, so that most comparisons need
 * not look at the value: three million entries do not fit a cache.
 */
struct numlist_slot {
	uint64_t head;
	uint32_t entry;
	uint32_t len; /* of what is compared; a range's first end */
};

struct numlist {
	char *name;
	enum numlist_kind kind;
	struct arena texts;
	struct numlist_entry *entries;
	size_t n, cap;
	const char *source, *note; /* of the last entry: often the same */

	/* Made by numlist_seal(). */
	bool sealed;
	struct numlist_slot *order;   /* by shape, then value */
	struct numlist_shape *shapes; /* longest first */
	size_t nshapes;
	uint32_t *reach; /* ranges: up to here the entry with the latest end */
};

/* What is asked of a list. */
struct numlist_query {
	const char *text;
	size_t len;
	int64_t day; /* or INT64_MIN: on any day */
	const struct numlist_entry **out;
	size_t n, max;
};

bool numlist_in_force(const struct numlist_entry *e, int64_t day);
uint64_t numlist_head(const char *s, size_t len);
/* Compare a slot's value with a text of the same length. */
int numlist_compare(const struct numlist *l, const struct numlist_slot *slot,
    uint64_t head, const char *text);
/* A range's other end; its first end is as long. */
const char *numlist_range_end(const struct numlist_entry *e);
void numlist_ask_ranges(const struct numlist *l, struct numlist_query *q);

#endif
