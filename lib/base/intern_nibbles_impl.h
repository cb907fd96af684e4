/*
 * intern_nibbles: texts of digits in half the bytes.
 *
 * Call ids often are nothing but digits and points.  Such a text is held as
 * its length, which is one byte, and four bits of each character: those from
 * ',' to ';', so '-', '.', '/' and ':', too.  Each byte has one character of
 * the first half and that of the second which is as far from its end:
 *
 *	1768590000.2000000   18, then 1.  72  60  80  50  90  00  00  00
 *
 * The length tells it from all texts but those that begin with such a byte.
 * As many are packed at once as a word has; the last of a half may begin before
 * the first of it end.
 */
#ifndef LIB_BASE_INTERN_NIBBLES_IMPL_H
#define LIB_BASE_INTERN_NIBBLES_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { NIBBLES_LEAST = 8, NIBBLES_MOST = 31, NIBBLES_WORD = 8 };

#define NIBBLES_FIRST (UINT64_C(0x0101010101010101) * ',')
#define NIBBLES_LOW   UINT64_C(0x0f0f0f0f0f0f0f0f)

static inline bool
nibbles_begin(const char *bytes)
{
	return (unsigned char)*bytes >= NIBBLES_LEAST &&
	       (unsigned char)*bytes <= NIBBLES_MOST;
}

static inline size_t
nibbles_size(size_t len)
{
	return 1 + (len + 1) / 2;
}

/* So many characters of both halves; what is left has bits that no other has. */
static inline uint64_t
nibbles_pack_some(const char *first, const char *second, size_t n, char *to)
{
	uint64_t low = NIBBLES_FIRST, high = NIBBLES_FIRST, both;

	memcpy(&low, first, n);
	memcpy(&high, second, n);
	low -= NIBBLES_FIRST;
	high -= NIBBLES_FIRST;
	both = low | high << 4;
	memcpy(to, &both, n);
	return (low | high) & ~NIBBLES_LOW;
}

static inline void
nibbles_unpack_some(const char *bytes, size_t n, char *first, char *second)
{
	uint64_t both = 0, low, high;

	memcpy(&both, bytes, n);
	low = (both & NIBBLES_LOW) + NIBBLES_FIRST;
	high = (both >> 4 & NIBBLES_LOW) + NIBBLES_FIRST;
	memcpy(first, &low, n);
	memcpy(second, &high, n);
}

/* To `to`, which has room for the text; false, and anything, if it cannot be. */
static inline bool
nibbles_pack(const char *text, size_t len, char *to)
{
	const size_t half = (len + 1) / 2, n = NIBBLES_WORD / 2;
	const char *second = text + len - half;
	uint64_t bad;

	if (len < NIBBLES_LEAST || len > NIBBLES_MOST)
		return false;
	*to++ = (char)len;
	if (half < NIBBLES_WORD) {
		bad = nibbles_pack_some(text, second, n, to);
		bad |= nibbles_pack_some(text + half - n, second + half - n, n,
		    to + half - n);
		return bad == 0;
	}
	bad = nibbles_pack_some(text, second, 2 * n, to);
	bad |= nibbles_pack_some(text + half - 2 * n, second + half - 2 * n,
	    2 * n, to + half - 2 * n);
	return bad == 0;
}

/* What is there, of nibbles_begin(), with a NUL; how long it is. */
static inline size_t
nibbles_unpack(const char *bytes, char *text)
{
	const size_t len = (unsigned char)*bytes++, half = (len + 1) / 2;
	const size_t n = NIBBLES_WORD / 2;
	char *second = text + len - half;

	if (half < NIBBLES_WORD) {
		nibbles_unpack_some(bytes, n, text, second);
		nibbles_unpack_some(bytes + half - n, n, text + half - n,
		    second + half - n);
	} else {
		nibbles_unpack_some(bytes, 2 * n, text, second);
		nibbles_unpack_some(bytes + half - 2 * n, 2 * n,
		    text + half - 2 * n, second + half - 2 * n);
	}
	text[len] = '\0';
	return len;
}

#endif
