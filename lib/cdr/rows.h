/*
 * rows: the records of a stream as rows of cells, whatever holds them.
 *
 * Of container "rows" cells between delimiters come from io/csvrow as they
 * are; of "fixed" a cell is what stands at its place in the line, cut where
 * the line ends, and cell i is column i of the layout; NULs around a line are
 * padding, and where the layout says which characters end a record, too, there
 * may be several of them in a line.  Where the layout says what of a line is
 * the record (`record`: "INSERT ... VALUES (...);"), each line is matched and
 * what its first group took is split into cells; a line that does not match is
 * a row without cells.  Every row still tells where the whole line stands in
 * the stream.
 *
 * Where a row is an event and several make one call (`gather`), the row that
 * completes a call comes with the cells of the others; these others come as
 * rows without cells, each when it is known not to be the last of its call.
 * A call that nothing completes is given out with its last row, at the end or
 * where more calls, or bytes of them, are open than bounds allow.  So rows come
 * out of order; each has its own line.  Where a row
 * of cells between delimiters covers several lines and is no record, but one of
 * its lines is, each of them is a row.
 *
 * Of "xml" and "json" a record is an element or an object, found as text, so
 * that one that is damaged does not take others with it: each is parsed by
 * itself.  Its raw text is that of the element or object; cell i is what
 * stands at the path of column i, UTF-8; `repaired` is true where it had to be
 * mended.  What begins or ends a record and has no other end, what is longer
 * than BOUNDS_DOCUMENT, and text that is in no object, is a row with a fault;
 * an object that is no record, and in none, a row without cells.  Rows begin
 * one behind another and may overlap.  `ended` is false for what is cut off by
 * the end of the stream.
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
/*
 * Read memory that stays valid, without copying it; every row as it stands,
 * for a piece of a file does not show whole calls.
 */
struct rows *rows_memory(const char *bytes, size_t len, const struct layout *l,
    const struct layout_form *form);
void rows_free(struct rows **rp);
/*
 * The reader of its lines where they can be cut into pieces (io/csvrow): where
 * each record is some of them, whatever others are; else NULL.
 */
struct csvreader *rows_lines_of(struct rows *r);

/*
 * As csvreader_next(); but a row without cells and without fault is no record
 * of this layout.
 */
int rows_next(struct rows *r, struct csvrow *row, struct errmsg *err);

#endif
