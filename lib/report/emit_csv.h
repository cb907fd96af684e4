/*
 * emit_csv: findings as a table for spreadsheets and programs.
 *
 * A row is a finding, with what there is to say of its case beside it.  A
 * header always.  CSV is that of RFC 4180: CRLF, cells quoted where they need
 * it.  TSV has no quotes: tab, line feed, carriage return and backslash in a
 * cell are \t, \n, \r and \\.  Both are UTF-8 with what was none replaced by
 * U+FFFD; numbers have a decimal point and no grouping, times are RFC 3339 in
 * UTC.  Cells that list several things have ";" between them.  Rows stand in
 * the order of the findings, or of a column.
 *
 * Spreadsheets run cells that begin with = + - @ as formulas, and every outside
 * number begins with +: with `csv_safe` an apostrophe stands before such cells,
 * and before those that begin with a tab or a line end.
 */
#ifndef LIB_REPORT_EMIT_CSV_H
#define LIB_REPORT_EMIT_CSV_H

#include "base/buf.h"
#include "report/writer.h"

/* Write the columns of `opt`; all of them if it names none. */
int emit_csv(struct outfile *out, const struct view *v,
    const struct emit_options *opt, struct errmsg *err);
int emit_tsv(struct outfile *out, const struct view *v,
    const struct emit_options *opt, struct errmsg *err);
/* The CSV appended to a buf, to be carried by something else. */
void emit_csv_print(struct buf *b, const struct view *v,
    const struct emit_options *opt);

/* One cell of a table that is not of findings, by the same rules. */
void emit_csv_cell(struct buf *b, const char *text, bool as_tsv, bool safe);

/* The names of columns in their order, NULL behind the last. */
const char *emit_csv_column(size_t i);
bool emit_csv_has(const char *name);
const char *emit_csv_nearest(const char *name); /* NULL: none is near */
/*
 * "case,entity,cost" to columns in `opt`, whose array belongs to the arena.
 * -1 with words for a name that is none or stands twice.
 */
int emit_csv_choose(struct emit_options *opt, struct arena *arena,
    const char *list, struct errmsg *err);

#endif
