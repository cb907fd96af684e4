/*
 * calls: the calls that a command looks at, from files or from the store.
 */
#ifndef CDRRULES_CALLS_H
#define CDRRULES_CALLS_H

#include "base/notes.h"
#include "cdr/batch.h"
#include "cdr/ingest.h"
#include "cdr/layout.h"
#include "rules.h"

struct rules_calls {
	struct layouts *layouts;
	struct batch *batch; /* understood and sorted */
	struct ingest *ingest;
	struct notes notes;
	const struct zone *zone; /* of times shown and of days */
	/* --now, else the last call; of a store: where its last run stood */
	int64_t as_of;
};

/*
 * Read `n` files as cdrscan does without a store; the store, if there are
 * none.  What fails is said; an enum exit_code.  To be closed all the same.
 */
int rules_calls_open(struct rules_calls *c, struct rules_run *r, char **files,
    int n);
void rules_calls_close(struct rules_calls *c);

#endif
