/* The parts of store_calls: how a call becomes a row, and back. */
#ifndef LIB_STORE_STORE_CALLS_IMPL_H
#define LIB_STORE_STORE_CALLS_IMPL_H

#include "base/buf.h"
#include "store/store_calls.h"

/*
 * The columns that a member of a call or origin gives directly, in the order
 * of the statements; the last has no name.  A text column holds the number of
 * a row of `texts`.
 */
enum store_home { STORE_CALL, STORE_ORIGIN };
enum store_type { STORE_TEXT, STORE_UINT32, STORE_UINT8 };

struct store_column {
	const char *name;
	enum store_home home;
	enum store_type type;
	size_t at;
	uint32_t most; /* numbers: what is greater is damage */
};

extern const struct store_column store_columns[];

/* Parameters of the statements, from 1; columns of a row are one less. */
enum store_place {
	STORE_START = 1,
	STORE_SOURCE,
	STORE_KEY,
	STORE_COST,
	STORE_CURRENCY,
	STORE_FLAGS,
	STORE_FILE,
	STORE_RUN,
	STORE_SEEN,
	STORE_COLUMNS /* store_columns[0] */
};

/* Flags of a call as recorded; the others say what a run made of it. */
enum { STORE_FLAGS_KEPT = CALL_AMBIGUOUS | CALL_HAS_COST };

/* Append the names of all columns; returns how many there are. */
int store_column_list(struct buf *sql);

#endif
