/*
 * understand: a whole batch of calls as recorded becomes calls as understood.
 *
 * Where a source states no home country, the country is guessed from the
 * numbers of all such sources; then numbers are read, it is settled who called
 * whom and which way (cdr/party), costs without currency get that of their
 * source, the legs of a call are joined (cdr/legs), the calls are sorted, and
 * costs that are missing are worked out from rates.  Events tell of holes and
 * copies among the records (cdr/quality).  The same for calls just read from
 * files and for calls that a store gave back.
 */
#ifndef LIB_CDR_UNDERSTAND_H
#define LIB_CDR_UNDERSTAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "base/notes.h"
#include "base/stages.h"
#include "cdr/batch.h"
#include "cdr/party.h"
#include "tel/directory.h"
#include "tel/numplan.h"
#include "tel/rates.h"

struct understand_settings {
	/* Each source of the batch; NULL: no call has it. */
	const struct source *const *sources;
	size_t nsources;
	const struct numplan *numplan;
	const struct directory *directory; /* of the site, or NULL ... */
	const struct rates *rates;         /* ... and what calls cost */
	bool guess;              /* country and trunks, from the calls */
	const char *home;        /* country guessed before; NULL: none was */
	const struct zone *zone; /* a hint for the guess; or NULL */
	size_t threads;          /* 0: as many as there are processors */
	struct stages *stages;   /* told of what it does; or NULL */
};

/* What came of it. */
struct understood {
	/* Guessed, now or before; "": not needed, or unclear. */
	char home[4];
	/* By batch file: records that another call absorbed as a leg. */
	int64_t *legs;
	int64_t *legs_added; /* of them, those with CALL_ADDED */
};

/*
 * Understand `b`, whose stamps are UTC and which has no duplicates.  The
 * guesses are said in `notes`.  1 when a pattern of a source hit its limits,
 * which `notes` tell; all is understood then, too.  -1 with words when the home
 * country cannot be.  The arrays of `out` are freed with understood_fini(),
 * whatever is returned.
 */
int understand(struct batch *b, const struct understand_settings *set,
    struct understood *out, struct notes *notes, struct errmsg *err);
void understood_fini(struct understood *u);

#endif
