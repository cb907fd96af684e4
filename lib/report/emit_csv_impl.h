/* The parts of emit_csv: cells and how they are written. */
#ifndef LIB_REPORT_EMIT_CSV_IMPL_H
#define LIB_REPORT_EMIT_CSV_IMPL_H

#include "report/emit_csv.h"

/* What the cells of one row are made of. */
struct csv_row {
	const struct finding *f;
	const struct view_case *vc; /* NULL: in no case that is shown */
	const struct run *run;
};

struct csv_column {
	const char *name;
	void (*put)(struct buf *b, const struct csv_row *r);
	int64_t (*number)(const struct csv_row *r); /* NULL: sorts as text */
};

extern const struct csv_column csv_columns[];
extern const size_t csv_ncolumns;

const struct csv_column *csv_column_named(const char *name); /* or NULL */

#endif
