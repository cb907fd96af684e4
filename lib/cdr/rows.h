/*
 * rows: the records of a stream as rows of cells, whatever holds them.
 *
 * Of container "rows" cells between delimiters come from io/csvrow as they
 * are; of "fixed" a cell is what stands at its place in the line, cut where
 * the line ends, and cell i is column i of the layout; NULs around a line are
 * padding, and where the layout says which characters end a record, too, there
 * may be several of them in a line.  Where the layout says
 * what of a line is the record (`record`: "INSERT ... VALUES (...);"), each
 * line is matched and what its first group took is split into cells; a line
 * that does not match is a row without cells.  Every row still tells where
 * the whole line stands in the stream.
 */
#ifndef LIB_CDR_ROWS_H
#define LIB_CDR_ROWS_H

#include "cdr/layout.h"
#include "io/csvrow.h"
#include "io/input.h"

struct rows;

/* Read `in`, which stays the caller's, as does the layout. */
struct rows *rows_new(struct input *in, const struct layout *l,
    const struct layout_form *form);
/* Read memory that stays valid, without copying it. */
struct rows *rows_memory(const char *bytes, size_t len, const struct layout *l,
    const struct layout_form *form);
void rows_free(struct rows **rp);

/*
 * As csvreader_next(); but a row without cells and without fault is no record
 * of this layout.
 */
int rows_next(struct rows *r, struct csvrow *row, struct errmsg *err);

#endif
