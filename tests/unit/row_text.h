/*
 * row_text: rows of a container as text, for tests.
 */
#ifndef TESTS_UNIT_ROW_TEXT_H
#define TESTS_UNIT_ROW_TEXT_H

#include <stddef.h>

/*
 * The rows of a text under a layout, one a line; to be freed.
 *
 *	2+3@17 a|b	line, lines and offset; cells
 *	2@17 !why	with a fault
 *	2@17		without cells; 2+3 is 2 if it covers one line
 *	2@17 a|b ~	mended
 *	2@17 !why $	cut off by the end of the text
 *
 * They are read from memory, and as a stream with reads of 7 bytes and of any
 * number; a difference between these fails the test.
 */
char *row_text(const char *layout, const char *text, size_t len);

/* A layout of a container: the values of "record" and "columns", and more. */
char *row_layout(const char *container, const char *record, const char *columns,
    const char *more);

#endif
