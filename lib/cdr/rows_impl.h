/*
 * rows_impl: what the sources of rows share.
 *
 *   rows.c        the container's reader by its kind
 *   rows_lines.c  lines, and what of a line is the record: rows and fixed
 *   rows_fixed.c  cells by their places
 *   rows_pieces.c records that characters of the layout's own end, too
 */
#ifndef LIB_CDR_ROWS_IMPL_H
#define LIB_CDR_ROWS_IMPL_H

#include "cdr/rows.h"

/* How the records of a container are read; `self` is what open() gave. */
struct rows_kind {
	void *(*open)(struct input *in, const struct layout *l,
	    const struct layout_form *form);
	void *(*open_memory)(const char *bytes, size_t len,
	    const struct layout *l, const struct layout_form *form);
	int (*next)(void *self, struct csvrow *row, struct errmsg *err);
	void (*close)(void *self);
};

extern const struct rows_kind rows_lines;

/*
 * What stands between line ends and the characters of `separators`, as rows
 * without cells; padding alone is no row.
 */
struct pieces;

struct pieces *pieces_new(struct input *in, const char *separators);
struct pieces *pieces_memory(const char *bytes, size_t len,
    const char *separators);
void pieces_free(struct pieces **pp);
int pieces_next(struct pieces *p, struct csvrow *row, struct errmsg *err);

/* The cells of a line at the places of `l`, kept until the next line. */
struct fixed_cells;

struct fixed_cells *fixed_cells_new(const struct layout *l);
void fixed_cells_free(struct fixed_cells **fp);
void fixed_cells_cut(struct fixed_cells *f, const char *line, size_t len,
    struct csvrow *row);

#endif
