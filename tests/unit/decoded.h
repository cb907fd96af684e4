/*
 * decoded: rows of a toy layout decoded one after another, as text, for tests.
 */
#ifndef TESTS_UNIT_DECODED_H
#define TESTS_UNIT_DECODED_H

#include "base/buf.h"
#include "cdr/decode.h"

/* UTC ms: no row is later. */
#define DECODED_LATEST INT64_C(1768348800000)

/* The layouts that the text tells; one that is wrong fails the test. */
struct layouts *decoded_layouts(const char *text, size_t len);

/* Append what a test asks of a call. */
typedef void decoded_put(const struct batch *b, const struct call *c,
    struct buf *out);

/*
 * All rows: calls as `put` writes them, others as "column: reason".  `anew`:
 * each by a decoder that has read no other.
 */
void decoded_rows(const struct layout *l, const struct buf *rows, bool anew,
    decoded_put *put, struct buf *out);

#endif
