/*
 * understand: a whole batch of calls as recorded becomes calls as understood.
 *
 * Guess the home country where no source states one, read the numbers, decide
 * who called whom and which way, join the legs of a call, sort.  The same for
 * calls just read from files and for calls that a store gave back.
 */
#ifndef LIB_CDR_UNDERSTAND_H
#define LIB_CDR_UNDERSTAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/notes.h"
#include "cdr/batch.h"
#include "cdr/party.h"
#include "tel/numplan.h"

struct understand_settings {
	/* By batch source; NULL: no call has it. */
	const struct source *const *sources;
	size_t nsources;
	const struct numplan *numplan;
	bool guess;              /* country and trunks, from the calls */
	const char *home;        /* guessed before and remembered; or NULL */
	const struct zone *zone; /* a hint for the guess; or NULL */
};

/* What came of it. */
struct understood {
	char home[4]; /* the country that was guessed or remembered, or "" */
	/*
	 * By batch file: records that another call absorbed as a leg.  The
	 * caller frees it.
	 */
	int64_t *legs;
	int64_t *legs_added; /* the same, of calls with CALL_ADDED only */
};

/*
 * Stamps are UTC and duplicates are gone.  -1 with words when a pattern hits
 * its limits.
 */
int understand(struct batch *b, const struct understand_settings *set,
    struct understood *out, struct notes *notes, struct errmsg *err);
void understood_fini(struct understood *u);

#endif
