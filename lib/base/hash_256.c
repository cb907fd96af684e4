#include "base/hash.h"

#if defined(__AVX2__)
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t
hash64_256(const void *bytes, size_t len)
{
	return XXH3_64bits(bytes, len);
}
#else
uint64_t
hash64_256(const void *bytes, size_t len)
{
	return hash64(bytes, len);
}
#endif
