/* The parts of page: text and tables. */
#ifndef LIB_REPORT_PAGE_IMPL_H
#define LIB_REPORT_PAGE_IMPL_H

#include "report/page.h"

/* Columns of the terminal that a text takes. */
size_t page_length(const char *text);
/* Bytes of what fits into `n` columns. */
size_t page_bytes(const char *text, size_t n);
/*
 * How much of `text` goes on a line with room for `room` columns: bytes to
 * write; `*next` is where the rest begins, blanks skipped.  Breaks at blanks,
 * within a long word behind a hyphen or slash, else anywhere.
 */
size_t page_break(const char *text, size_t room, size_t *next);
/* Append in a style. */
void page_styled(struct page *p, const char *text, size_t len,
    enum page_style style);
/* Append what fits into `room` columns, its end replaced by "..." if cut. */
void page_clipped(struct page *p, const char *text, size_t room,
    enum page_style style);
/* End the line: no blanks before the line feed. */
void page_end(struct page *p);

#endif
