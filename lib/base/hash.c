#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>

/* Most strings are short: to call the library takes as long as hashing. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/xalloc.h"

struct hash_state {
	XXH3_state_t *x;
};

static void
print_hex(XXH128_hash_t h, char hex[HASH_HEX])
{
	(void)snprintf(hex, HASH_HEX, "%016llx%016llx",
	    (unsigned long long)h.high64, (unsigned long long)h.low64);
}

uint64_t
hash64(const void *bytes, size_t len)
{
	return XXH3_64bits(bytes, len);
}

void
hash_hex(const void *bytes, size_t len, char hex[HASH_HEX])
{
	print_hex(XXH3_128bits(bytes, len), hex);
}

struct hash_state *
hash_new(void)
{
	struct hash_state *h = xmalloc(sizeof(*h));

	h->x = XXH3_createState();
	if (h->x == NULL)
		abort();
	hash_reset(h);
	return h;
}

void
hash_free(struct hash_state **hp)
{
	if (*hp == NULL)
		return;
	(void)XXH3_freeState((*hp)->x);
	free(*hp);
	*hp = NULL;
}

void
hash_reset(struct hash_state *h)
{
	(void)XXH3_128bits_reset(h->x);
}

void
hash_add(struct hash_state *h, const void *bytes, size_t len)
{
	(void)XXH3_128bits_update(h->x, bytes, len);
}

uint64_t
hash_end64(const struct hash_state *h)
{
	return XXH3_128bits_digest(h->x).low64;
}

void
hash_end_hex(const struct hash_state *h, char hex[HASH_HEX])
{
	print_hex(XXH3_128bits_digest(h->x), hex);
}
