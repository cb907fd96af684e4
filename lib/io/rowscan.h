/*
 * rowscan: rows and cells of delimited text, found 64 bytes at a time.
 *
 * For the rows of which nearly all files consist.  It vouches for a row that
 * is one line and ends with LF, perhaps with one CR before it; in which no
 * other CR is; of which each quote opens a cell where the cell begins, closes
 * it where it ends, or is one of two inside such a cell; and that is within
 * BOUNDS_RECORD and BOUNDS_COLUMNS, and has not very many quotes.  Of such a
 * row it finds what libcsv finds, and io/csvrow has libcsv read all others:
 * io/csvrow's words on quotes and lines are about those.
 *
 * Bytes are compared in vectors; the results are the same for all widths.  What
 * a processor has is found out when a scan begins.  In a virtual machine this
 * takes as long as scanning some 100 KiB: worth it for long streams alone.
 */
#ifndef LIB_IO_ROWSCAN_H
#define LIB_IO_ROWSCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"

enum rowscan_width {
	ROWSCAN_USUAL,  /* the widest that all processors of this kind have */
	ROWSCAN_BEST,   /* the widest of this processor; to ask it is slow */
	ROWSCAN_SCALAR, /* 8 bytes, in any processor */
	ROWSCAN_128,    /* SSE2, NEON */
	ROWSCAN_256,    /* AVX2 */
	ROWSCAN_512,    /* AVX-512 with VBMI2 */
	ROWSCAN_WIDTHS
};

/* Whether this program has that width on this processor. */
bool rowscan_has(enum rowscan_width width);

/* All zeroed before the first one; valid until the next one is asked for. */
struct rowscan_row {
	size_t from;    /* the byte that its places are counted from */
	uint32_t begin; /* of the row */
	/* Where each cell ends, quotes and all; the next begins one behind. */
	const uint32_t *ends;
	uint32_t n;   /* cells, at least 1; the last ends with the content */
	uint32_t end; /* behind the line end */
	/*
	 * The second of each two quotes that are one; behind the last of them
	 * there is a place that is behind the row.
	 */
	const uint32_t *doubled;
	uint32_t ndoubled;
	bool plain; /* its content has no CR and no NUL; false: or perhaps */
};

struct rowscan;

/*
 * `quote` 0: cells have no quotes.  With the delimiter LF, and no quotes, each
 * line is a cell.
 */
struct rowscan *rowscan_new(char delimiter, char quote,
    enum rowscan_width width);
void rowscan_free(struct rowscan **sp);

/* The bytes are others from now on. */
void rowscan_reset(struct rowscan *s);
/*
 * The row that begins at byte `at` of `len`.  False if it does not vouch for
 * it, or the end is not in sight.  The bytes may not change before
 * rowscan_reset(), nor may `len`.
 */
bool rowscan_row(struct rowscan *s, const char *bytes, size_t len, size_t at,
    struct rowscan_row *row);

/* hash64(), with vectors of that width if that is sooner. */
uint64_t rowscan_hash(const struct rowscan *s, const void *bytes, size_t len);

#endif
