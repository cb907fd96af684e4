/*
 * rows_impl: what the sources of rows share.
 *
 *   rows.c        the container's reader by its kind
 *   rows_lines.c  lines, and what of a line is the record: rows and fixed
 *   rows_gather.c rows that are events of one call
 *   rows_group.c  the events of one call
 *   rows_split.c  rows whose lines are records by themselves
 *   rows_xml.c    elements of XML
 *   rows_json.c   objects of JSON, found by rows_json_scan.c and _token.c
 *   rows_pieces.c records that characters of the layout's own end, too
 *   rows_window.c what those three share: the bytes in sight
 *   rows_cells.c  cells that are found one by one
 */
#ifndef LIB_CDR_ROWS_IMPL_H
#define LIB_CDR_ROWS_IMPL_H

#include "base/buf.h"
#include "cdr/rows.h"

/* How the records of a container are read; `self` is what open() gave. */
struct rows_kind {
	void *(*open)(struct input *in, const struct layout *l,
	    const struct layout_form *form);
	void *(*open_memory)(const char *bytes, size_t len,
	    const struct layout *l, const struct layout_form *form);
	int (*next)(void *self, struct csvrow *row, struct errmsg *err);
	void (*close)(void *self);
	/* As rows_lines_of(); NULL: they are no lines. */
	struct csvreader *(*lines_of)(void *self);
	/* The same where its rows are the records, and next() adds nothing. */
	struct csvreader *(*records_of)(void *self);
};

extern const struct rows_kind rows_lines;
extern const struct rows_kind rows_xml;
extern const struct rows_kind rows_json;

/*
 * Rows of which several make one call (`gather` of a layout): the row that
 * completes a call is given out with the cells of the others; these, and all
 * rows before the last of a call that nothing completes, are given out as
 * rows without cells.  Whatever is no event comes as it stands.
 */
struct rows_gather;

/* `self` stays the caller's. */
struct rows_gather *rows_gather_new(const struct rows_kind *kind, void *self,
    const struct layout *l, const struct layout_form *form);
void rows_gather_free(struct rows_gather **gp);
int rows_gather_next(struct rows_gather *g, struct csvrow *row,
    struct errmsg *err);

/* A cell of an earlier row, in a group's `cells`. */
struct group_cell {
	uint32_t which; /* of the layout's gather.cells */
	uint32_t at, len;
};

/* What is known of a call of which some rows were read. */
struct row_group {
	struct row_group *older, *newer; /* by their last rows */
	struct row_group *same_bucket;
	uint64_t hash; /* of the key */
	char *key;
	size_t key_len;
	uint32_t picked; /* bits of the named rows that are there */
	/* The last row; its bytes are in `texts`. */
	bool begun;
	struct csvrow last;
	struct csvfield *fields;
	size_t fields_cap;
	struct buf texts;
	/* The cells of named rows that the layout uses. */
	struct group_cell *list;
	size_t n, cap;
	struct buf cells;
};

struct row_group *row_group_new(const char *key, size_t len, uint64_t hash);
void row_group_free(struct row_group **gp);
size_t row_group_bytes(const struct row_group *g);

/*
 * False if the group has no row yet; else its last one as it is given out
 * when a further one follows.
 */
bool row_group_further(const struct row_group *g, struct csvrow *row);
void row_group_add(struct row_group *g, const struct layout_record *rec);
/* Whether one of the rows that complete a call is there. */
bool row_group_ends(const struct row_group *g, const struct layout_gather *how);
/* The last row, with the cells of the others in `gathered`. */
void row_group_row(const struct row_group *g, const struct layout_gather *how,
    struct csvfield *gathered, struct csvrow *row);

/*
 * The rows of a container as they stand; but where one of cells between
 * delimiters that covers several lines is no record of the layout and one of
 * its lines is, each of its lines is a row, so that a lost quote does not take
 * events of other calls with it.
 */
struct rows_split;

struct rows_split *rows_split_new(const struct rows_kind *kind, void *self,
    const struct layout *l, const struct layout_form *form);
void rows_split_free(struct rows_split **sp);
int rows_split_next(struct rows_split *s, const struct layout_header *h,
    struct csvrow *row, struct errmsg *err);

/*
 * The bytes of a stream that are in sight, or memory.  Places are counted
 * from the beginning of the stream.
 */
struct window {
	struct input *in; /* NULL for memory */
	char *own;
	size_t cap;
	const char *bytes;
	uint64_t base, end; /* of what is in sight */
	bool at_end;        /* nothing will come behind `end` */
	bool failed;        /* because reading failed: */
	struct errmsg failure;
	uint64_t line_at; /* a place, */
	uint32_t line;    /* and the line it is in */
};

void window_open(struct window *w, struct input *in);
void window_open_memory(struct window *w, const char *bytes, size_t len);
void window_close(struct window *w);
/* The bytes from a place in sight to w->end. */
const char *window_at(const struct window *w, uint64_t at);
/* The first `c` from `at` on, w->end if none is in sight. */
uint64_t window_find(const struct window *w, uint64_t at, char c);
/* Forget what is before `keep`, and get more; false if there is no more. */
bool window_more(struct window *w, uint64_t keep);
/* Have `n` bytes from `at` in sight, or all there are. */
void window_need(struct window *w, uint64_t keep, uint64_t at, size_t n);
/*
 * A row without cells of the bytes from `begin` to `end`, both in sight and
 * `begin` not before that of an earlier row.
 */
void window_row(struct window *w, uint64_t begin, uint64_t end,
    struct csvrow *row);
/* 0 at the end of the stream, -1 with words if reading failed. */
int window_result(const struct window *w, struct errmsg *err);

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

/* Cells that are found one by one, for all columns of a layout. */
struct cells {
	const struct layout *layout;
	struct csvfield *fields;
	uint32_t n;
	struct buf texts; /* each with a NUL behind it */
	bool repaired;    /* one that was added was no UTF-8 */
};

void cells_init(struct cells *c, const struct layout *l);
void cells_fini(struct cells *c);
void cells_begin(struct cells *c);
/* The bytes as they are. */
void cells_add(struct cells *c, const char *text, size_t len);
/* A text, decoded as the layout says, and mended if it is no UTF-8. */
void cells_add_text(struct cells *c, const char *text, size_t len);
void cells_end(struct cells *c, struct csvrow *row);

#endif
