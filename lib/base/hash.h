/*
 * hash: XXH3, fast and not secret (libxxhash).
 *
 * Record keys and tables use 64 bits.  What a person sees (rule, rule set and
 * input fingerprints, finding ids) is hex of the 128-bit hash, named "xxh128".
 * Neither protects against somebody who wants a collision.
 */
#ifndef LIB_BASE_HASH_H
#define LIB_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_state; /* a hash over bytes that come in pieces */

enum { HASH_HEX = 33 }; /* 32 hex digits and the NUL */

uint64_t hash64(const void *bytes, size_t len);
/*
 * The same with wider vectors, if the compiler has them: sooner of some hundred
 * bytes.  Only where the processor has AVX2.
 */
uint64_t hash64_256(const void *bytes, size_t len);
void hash_hex(const void *bytes, size_t len, char hex[HASH_HEX]);

struct hash_state *hash_new(void);
void hash_free(struct hash_state **hp);
void hash_reset(struct hash_state *h);
void hash_add(struct hash_state *h, const void *bytes, size_t len);
/* Of all bytes added; it is not hash64() of the same bytes. */
uint64_t hash_end64(const struct hash_state *h);
void hash_end_hex(const struct hash_state *h, char hex[HASH_HEX]);

#endif
