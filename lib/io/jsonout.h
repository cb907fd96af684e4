/*
 * jsonout: JSON written to a buf, byte for byte the same on every run.
 *
 * Keys come out in the order they are written.  Text is repaired to valid
 * UTF-8.  Money is exact, durations are whole or decimal seconds; numbers of
 * parties and identifiers are strings, because readers lose digits beyond
 * 2^53.  The writer keeps track of commas and, when asked, of indentation.
 */
#ifndef LIB_IO_JSONOUT_H
#define LIB_IO_JSONOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum { JSONOUT_DEPTH = 32 };

struct jsonout {
	struct buf *out;
	bool pretty; /* one member a line, two spaces a level */
	int depth;
	bool filled[JSONOUT_DEPTH]; /* something stands at this level */
	bool after_key;
};

void jsonout_init(struct jsonout *j, struct buf *out, bool pretty);
void jsonout_object(struct jsonout *j); /* { */
void jsonout_end_object(struct jsonout *j);
void jsonout_array(struct jsonout *j); /* [ */
void jsonout_end_array(struct jsonout *j);
/* A list that is a whole document, for people too; a line end is its last. */
void jsonout_begin_list(struct jsonout *j, struct buf *out);
void jsonout_end_list(struct jsonout *j);
void jsonout_key(struct jsonout *j, const char *key);
/* Also safe on a terminal: DEL and C1 controls are escaped, too. */
void jsonout_string(struct jsonout *j, const char *text);
void jsonout_int(struct jsonout *j, int64_t v);
/* The shortest that reads back as the same; null if it is not finite. */
void jsonout_number(struct jsonout *j, double v);
void jsonout_bool(struct jsonout *j, bool v);
void jsonout_null(struct jsonout *j);
/* v / 10^decimals (at most 18), exact, without trailing zeros */
void jsonout_decimal(struct jsonout *j, int64_t v, int decimals);
void jsonout_raw(struct jsonout *j, const char *json); /* a value as it is */

/* Key and value in one; the _opt form writes nothing for NULL or "". */
void jsonout_kstring(struct jsonout *j, const char *key, const char *text);
void jsonout_kstring_opt(struct jsonout *j, const char *key, const char *text);
void jsonout_kint(struct jsonout *j, const char *key, int64_t v);
void jsonout_kbool(struct jsonout *j, const char *key, bool v);

#endif
