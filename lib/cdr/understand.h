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

#include "base/buf.h"
#include "base/errmsg.h"
#include "base/notes.h"
#include "base/stages.h"
#include "cdr/batch.h"
#include "cdr/party.h"
#include "tel/directory.h"
#include "tel/numplan.h"
#include "tel/rates.h"

/*
 * What is kept of all calls, so that a stretch of them is enough the next time:
 * bytes that cdr alone reads, and does not trust.  Empty: nothing.
 */
struct understand_kept {
	struct buf trunks; /* what channels prove (cdr/party) */
	struct buf legs;   /* how far back join keys reach (cdr/legs) */
	struct buf hours;  /* when there were records (cdr/quality) */
};

/*
 * The batch has only the calls from `from` on, which begins an hour, and all
 * those with CALL_ADDED.  What begins before `begins`, which is what
 * understand_from() tells of, or at least a day and what legs may need later,
 * only tells of others and is dropped.
 */
struct understand_stretch {
	int64_t from, begins;
	const struct understand_kept *kept; /* of all without CALL_ADDED */
	uint64_t rated; /* calls before `begins` whose cost is from rates */
};

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
	/* NULL: all calls are there. */
	const struct understand_stretch *stretch;
	struct understand_kept *keep; /* gets what is kept of all; or NULL */
};

/* What came of it. */
struct understood {
	/* Guessed, now or before; "": not needed, or unclear. */
	char home[4];
	/*
	 * By batch file: records that another call absorbed as a leg.  NULL
	 * where nothing was understood.
	 */
	int64_t *legs;
	int64_t *legs_added; /* of them, those with CALL_ADDED */
};

/*
 * A stretch that is not enough: what came makes calls others that are not
 * there, or may do so, or something has to be told of all calls.
 */
enum { UNDERSTAND_NEEDS_ALL = 2 };

/*
 * Understand `b`, whose stamps are UTC and which has no duplicates.  The
 * guesses are said in `notes`.  1 when a pattern of a source hit its limits,
 * which `notes` tell; all is understood then, too.  UNDERSTAND_NEEDS_ALL, when
 * batch and notes are of no use.  -1 with words when the home
 * country cannot be.  The arrays of `out` are freed with understood_fini(),
 * whatever is returned.
 */
int understand(struct batch *b, const struct understand_settings *set,
    struct understood *out, struct notes *notes, struct errmsg *err);
void understood_fini(struct understood *u);

/*
 * From where calls must be there to understand those from `begins` on, the
 * beginning of an hour, if all that came are a day later, or more; INT64_MIN if
 * what was kept does not tell.
 */
int64_t understand_from(const struct understand_kept *kept, int64_t begins);

void understand_kept_init(struct understand_kept *k);
void understand_kept_fini(struct understand_kept *k);
/* As it began. */
void understand_kept_reset(struct understand_kept *k);

#endif
