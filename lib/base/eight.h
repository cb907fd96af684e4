/*
 * eight: eight characters at once, as the bytes of one number.
 *
 * Records are full of digits, and to ask each character what it is takes far
 * longer than to read them.
 */
#ifndef LIB_BASE_EIGHT_H
#define LIB_BASE_EIGHT_H

#include <stdbool.h>
#include <stdint.h>

/* The same character eight times. */
#define EIGHT(c) (UINT64_C(0x0101010101010101) * (unsigned char)(c))

/* The first is in the lowest byte, whatever order the processor has. */
inline uint64_t
eight_load(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
	       (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
	       (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
	       (uint64_t)p[7] << 56;
}

/*
 * Characters ^ EIGHT('0') are the values of digits; whether all are, 0 to 9.  A
 * sum that goes over into the next byte is of one that is far above.
 */
inline bool
eight_are_digits(uint64_t values)
{
	return ((values | (values + EIGHT(6))) & EIGHT(0xf0)) == 0;
}

/* The numbers of two digits that begin with byte 0, 1, ...: of bytes 0 to 6. */
inline uint64_t
eight_pairs(uint64_t values)
{
	return values * 10 + (values >> 8);
}

/* The number of all: pairs to numbers of four digits, and these to one. */
inline uint64_t
eight_number(uint64_t values)
{
	const uint64_t pairs = eight_pairs(values);
	const uint64_t first = UINT64_C(0x000000ff000000ff);

	return ((pairs & first) * (100 + (UINT64_C(1000000) << 32)) +
		   (pairs >> 16 & first) * (1 + (UINT64_C(10000) << 32))) >>
	       32;
}

#endif
