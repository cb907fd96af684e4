/*
 * page: plain text laid out within a width: lines, paragraphs, tables.
 *
 * Widths are counted in characters; the wide ones of East Asian scripts count
 * as two.  Every text that comes in is made printable first (utf8_printable),
 * because most of it was chosen by strangers; so nothing written through a
 * page can move the cursor of a terminal, no line is longer than the page is
 * wide, and no one text takes more than PAGE_LINES lines: then it is cut and
 * ends in "...".  No line ends in a blank.  Colour adds escape sequences of
 * our own and changes nothing else.
 */
#ifndef LIB_REPORT_PAGE_H
#define LIB_REPORT_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { PAGE_MIN = 40, PAGE_WIDTH = 80, PAGE_MAX = 1000, PAGE_LINES = 8 };

enum page_style { PAGE_PLAIN, PAGE_BOLD, PAGE_YELLOW, PAGE_RED, PAGE_ALARM };

struct page {
	struct buf *out;
	size_t width;
	bool colour;
};

/* `width` 0 is PAGE_WIDTH; others are kept within PAGE_MIN and PAGE_MAX. */
void page_init(struct page *p, struct buf *out, int width, bool colour);

void page_blank(struct page *p); /* an empty line */
void page_rule(struct page *p, char c);

/*
 * `left` at the left and `right` at the right edge of one line; when both do
 * not fit, `left` is wrapped and `right` gets a line of its own.
 */
void page_ends(struct page *p, const char *left, enum page_style left_style,
    const char *right, enum page_style right_style);
/*
 * A paragraph: `label` before the first line, the further lines indented by
 * the label's length.  Words longer than a line are broken.
 */
void page_wrap(struct page *p, const char *label, const char *text);
/* Texts with three blanks between them, broken into lines between texts. */
void page_pieces(struct page *p, const char *const *pieces, size_t n);

/* What becomes of a column when the table is too wide. */
enum page_fit {
	PAGE_WHOLE, /* stays as wide as it is; narrowed last of all */
	PAGE_CUT,   /* long cells are cut and end in "..." */
	PAGE_FOLD   /* long cells go on in the next line */
};

struct page_column {
	const char *head;
	bool right; /* to the right edge of the column */
	enum page_fit fit;
	size_t least; /* CUT and FOLD: not narrower, if possible */
};

enum { PAGE_COLUMNS = 12 };

struct page_table;

/* The columns must outlive the table; at most PAGE_COLUMNS of them. */
struct page_table *page_table_new(const struct page_column *columns, size_t n);
void page_table_free(struct page_table **tp);
/* The next cell, row by row. */
void page_table_cell(struct page_table *t, const char *text,
    enum page_style style);
void page_table_blanks(struct page_table *t, size_t n); /* n empty cells */
void page_table_cellf(struct page_table *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/*
 * Write the table: heads, with `line` a line of dashes under them, rows.
 * Every row must be complete.
 */
void page_table_print(const struct page_table *t, struct page *p, size_t indent,
    bool line);

#endif
