/*
 * rowscan: rows and cells of delimited text, found 64 bytes at a time.
 *
 * For the rows of which nearly all files consist.  It vouches for a row that
 * is one line and ends with LF, perhaps with one CR before it; in which no
 * other CR is; of which each quote opens a cell where the cell begins, closes
 * it where it ends, or is one of two inside such a cell; and that is within
 * BOUNDS_RECORD and BOUNDS_COLUMNS.  Of such a row it finds what libcsv finds,
 * and io/csvrow has libcsv read all others: io/csvrow's words on quotes and
 * lines are about those.
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
	ROWSCAN_WIDTHS
};

/* Whether this program has that width on this processor. */
bool rowscan_has(enum rowscan_width width);

struct rowscan_row {
	/* Where each cell ends, quotes and all; the next begins one behind. */
	uint32_t ends[BOUNDS_COLUMNS];
	uint32_t n;   /* cells, at least 1; the last ends with the content */
	uint32_t end; /* behind the line end */
	bool doubled; /* a cell has two quotes that are one, all of them ... */
	uint32_t doubled_from, doubled_to; /* ... within these bytes */
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
 * The row that begins at byte `at` of `len`; its places are counted from
 * there.  False if it does not vouch for it, or the end is not in sight.  The
 * bytes may not change before rowscan_reset(), nor may `len`.
 */
bool rowscan_row(struct rowscan *s, const char *bytes, size_t len, size_t at,
    struct rowscan_row *row);

#endif
