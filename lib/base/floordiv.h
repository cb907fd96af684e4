/*
 * floordiv: division that rounds down.
 *
 * C rounds to zero, so the hour or the day of an instant before 1970 would be
 * the one behind it.  The divisor is above 0.
 */
#ifndef LIB_BASE_FLOORDIV_H
#define LIB_BASE_FLOORDIV_H

#include <stdint.h>

inline int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The last multiple of `b` that is not above `a`; there must be one. */
inline int64_t
floor_to(int64_t a, int64_t b)
{
	return a - a % b - (a % b < 0 ? b : 0);
}

#endif
