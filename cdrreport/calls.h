/*
 * calls: what the files of `cdrreport calls` share: which calls, and how one
 * is shown, as understood or as recorded (--raw).
 */
#ifndef CDRREPORT_CALLS_H
#define CDRREPORT_CALLS_H

#include "cdr/batch.h"
#include "listing.h"

struct call_list {
	struct listing *l;
	const struct batch *batch;
	size_t *calls; /* of the batch, in its order, then in that of --sort */
	size_t n;
};

enum call_cell { CELL_TEXT, CELL_NUMBER };

struct call_column {
	const char *name;
	enum call_cell kind;
	bool in_text; /* shown as text unless columns are chosen */
	void (*put)(struct buf *b, const struct batch *batch, size_t i);
	/* What it is sorted by; NULL: its text. */
	int64_t (*number)(const struct batch *batch, size_t i);
};

/* NULL behind the last. */
extern const struct call_column calls_understood[], calls_raw[];

/*
 * Append the calls in the order and format asked for, at most --limit; -1 for
 * wrong columns, said.
 */
int calls_print(struct call_list *c);

#endif
