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
	bool alone; /* one file, not all that there is */
};

/*
 * Read `n` files as cdrscan does without a store; the store, if there are
 * none.  What fails is said; an enum exit_code.  To be closed all the same.
 */
int rules_calls_open(struct rules_calls *c, struct rules_run *r, char **files,
    int n);
/*
 * The same of all calls that are at hand: those of the store, else of the
 * files of the configured sources.  With `file` that one alone where neither
 * has it.
 */
int rules_calls_around(struct rules_calls *c, struct rules_run *r,
    const char *file);
/*
 * Whether the place that a call says it is from is in this file, by whatever
 * path: a byte for each file of the batch, to be freed; NULL when none is.
 */
uint8_t *rules_calls_of_file(const struct batch *b, const char *file);
void rules_calls_close(struct rules_calls *c);

#endif
