/*
 * radix: many numbers in order, in time that grows with how many they are.
 */
#ifndef LIB_BASE_RADIX_H
#define LIB_BASE_RADIX_H

#include <stddef.h>
#include <stdint.h>

/*
 * Sort by the bits from `from` on; keys that have the same stay as they stand.
 * `room` is for as many keys again, what is in it then means nothing.
 */
void radix_sort(uint64_t *keys, uint64_t *room, size_t n, unsigned from);

#endif
