#include <assert.h>
#include <string.h>

#include "base/intern_impl.h"
#include "base/intern_nibbles_impl.h"

enum { HASHED_AT_ONCE = 64 };

/* Nibbles are hashed as they are held. */
static inline uint32_t
hash_kept(const char *bytes)
{
	return nibbles_begin(bytes)
		   ? intern_hash_of(bytes, nibbles_size((unsigned char)*bytes))
		   : intern_hash_of(bytes, strlen(bytes));
}

/* The same of a string that is not only kept, though some are. */
static uint32_t
hash_as_kept(const struct intern_entry *e)
{
	char room[INTERN_ROOM];

	return nibbles_pack(e->text, e->len, room) ? hash_kept(room) : e->hash;
}

/*
 * The first round only looks at the first bytes, so that those of many strings
 * come from memory together.
 */
static void
hash_some(const struct intern *in, uint32_t *ids, size_t n)
{
	const char *texts[HASHED_AT_ONCE];
	unsigned char first = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		texts[i] = NULL;
		if (ids[i] & INTERN_KEPT) {
			texts[i] = intern_kept(in, ids[i]);
			first |= (unsigned char)texts[i][0];
			continue;
		}
		assert(ids[i] < in->n);
		ids[i] = in->nsegments == 0
			     ? in->entries[ids[i]].hash
			     : hash_as_kept(&in->entries[ids[i]]);
	}
	if (first == 0) /* none is only kept: those are not empty */
		return;
	for (i = 0; i < n; i++)
		if (texts[i] != NULL)
			ids[i] = hash_kept(texts[i]);
}

void
intern_hash_all(const struct intern *in, uint32_t *ids, size_t n)
{
	for (; n > HASHED_AT_ONCE; n -= HASHED_AT_ONCE, ids += HASHED_AT_ONCE)
		hash_some(in, ids, HASHED_AT_ONCE);
	hash_some(in, ids, n);
}
