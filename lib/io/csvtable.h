/*
 * csvtable: the tables that a site writes, as CSV with a header (io/csvrow).
 *
 * The first row names the columns; rows that begin with an unquoted # are
 * comments.  Every message begins with file and line, and with the column of
 * the cell that was looked at last.
 */
#ifndef LIB_IO_CSVTABLE_H
#define LIB_IO_CSVTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/notes.h"

enum { CSVTABLE_COLUMNS = 16 };

struct csvtable_row {
	/* By column of the form, NUL-terminated; "" where it is not there. */
	const char *cells[CSVTABLE_COLUMNS];
	uint32_t line;
	const char *raw; /* as it stood */
	size_t raw_len;
	const size_t *at; /* by column: which field it is, from 1; 0 none */
	size_t *looked;   /* csvtable_cell() */
};

struct csvtable_form {
	const char *const *columns; /* at most CSVTABLE_COLUMNS */
	size_t n;
	unsigned needed; /* bit i: column i must be there */
	bool exact;      /* all of them, in this order, in every row */
	bool others;     /* columns of other names are passed over */
	/* Each row; -1 with words ends it, its place is put before. */
	int (*row)(void *ctx, const struct csvtable_row *row,
	    struct errmsg *err);
	/* The header, too, and comments, as they stand; or NULL. */
	void (*header)(void *ctx, const struct csvtable_row *row);
	void (*comment)(void *ctx, const struct csvtable_row *row);
};

/* For `row`: a cell, which is what it refuses if it does so next. */
const char *csvtable_cell(const struct csvtable_row *row, size_t column);
/*
 * Where in its line a cell begins, in characters from 1; 0 where there is none,
 * or not in the line that the row begins with.
 */
uint32_t csvtable_place(const struct csvtable_row *row, size_t column);

/* Read all of a file; -1 with words. */
int csvtable_read(const char *path, const struct csvtable_form *form, void *ctx,
    struct errmsg *err);
/*
 * The same, telling all that is wrong and not only the first: an error in
 * `notes` for each row that is refused.
 */
int csvtable_read_all(const char *path, const struct csvtable_form *form,
    void *ctx, struct notes *notes);

#endif
