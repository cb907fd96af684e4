/*
 * rowscan_impl: what the sources of rowscan share.
 *
 *   rowscan.c       rows out of masks
 *   rowscan_mask.c  masks without vectors, and which width there is
 *   rowscan_128.c   with SSE2 or NEON
 *   rowscan_256.c   with AVX2: compiled for it, and so only called where it is
 */
#ifndef LIB_IO_ROWSCAN_IMPL_H
#define LIB_IO_ROWSCAN_IMPL_H

#include "io/rowscan.h"

enum { ROWSCAN_WORD = 64 /* bytes of which a mask has the bits */ };

/* Bit i is byte i. */
struct rowscan_mask {
	uint64_t delimiter, quote, lf, cr;
};

/* The masks of so many words; with `quote` 0 NULs are marked as quotes. */
struct rowscan_masker {
	void (*mask)(const char *bytes, size_t words, char delimiter,
	    char quote, struct rowscan_mask *masks);
};

extern const struct rowscan_masker rowscan_scalar;
/* Without a function where the compiler does not have the instructions. */
extern const struct rowscan_masker rowscan_128, rowscan_256;

/* NULL if the width is not there. */
const struct rowscan_masker *rowscan_masker(enum rowscan_width width);
/* Whether the system keeps wide registers; only where the processor says so. */
bool rowscan_256_kept(void);

#endif
