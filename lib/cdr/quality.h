/*
 * quality: what records show of themselves, as events among the calls.
 *
 * "No data" must not look like "no fraud": a hole in a source's records,
 * records written twice, a clock that was put back and records that could not
 * be read are events with EVENT_QUALITY, which rules can find.  An event
 * belongs to a record, has its source, file and line, and words for people
 * in `service`; its key depends on nothing but the records.
 *
 * Holes and copies are told by the calls alone, so they are worked out anew
 * whenever calls are understood, from a file or from a store.  The order of
 * records and what was not read are known only while reading, so a store keeps
 * these events as records: in how many files and runs the calls came matters
 * for them, and for them alone.
 *
 * Whether records are missing is told by those of four weeks before.  What is
 * kept of all records tells so for a stretch of them, mostly: how many each
 * source had in each five minutes of some weeks, its first and its last one,
 * and the holes that are over.
 */
#ifndef LIB_CDR_QUALITY_H
#define LIB_CDR_QUALITY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "cdr/batch.h"

/*
 * Of sorted calls as recorded: QUALITY_GAP where a source has no record for
 * more than an hour, in a time in which it had ten or more one, two, three and
 * four weeks before, be it an hour shorter at either end, for clocks change;
 * QUALITY_DUPLICATE where ten records of an hour of UTC, and a tenth of them,
 * are copies.  A hole is told at the moment by which it was clear, and is the
 * record's above it, so that it is the same event when records return; until
 * then it lasts as far as there are records of others.  Only such events are
 * added, so the batch must be sorted again.  `threads` as for pool_run().
 */
void quality_of_calls(struct batch *b, size_t threads);

/*
 * The same where only calls from `from` on, which begins an hour, are in the
 * batch, and all that have CALL_ADDED.  `kept` is of all others, or of all but
 * some since `from`.  Of events before `begins` only some are made.
 * QUALITY_NEEDS_ALL, and `b` is of no use, where that cannot tell: records are
 * missing now, or may be, or came late, or `kept` is of no use.
 */
enum { QUALITY_NEEDS_ALL = 2 };
struct quality_stretch {
	int64_t from, begins;
	const struct buf *kept;
};
int quality_of_stretch(struct batch *b, size_t threads,
    const struct quality_stretch *st, struct buf *keep);
/* quality_of_calls(), and what is kept of them for that; NULL: nothing. */
void quality_of_all(struct batch *b, size_t threads, struct buf *keep);

enum { QUALITY_IN_ORDER = 8 }; /* calls before and after a clock jump */

/*
 * Of calls `first` to `end`, in the order of their file: QUALITY_CLOCK_JUMP
 * where they end more than an hour before the one above them, and eight on
 * either side are in order.  Of two files nobody knows which one follows, so
 * a jump within eight records of a file's end or beginning is not seen.
 * A call that is still open where its file ends, or is given up, stands behind
 * calls of later lines: it has not ended, so it is left out.
 */
void quality_of_order(struct batch *b, size_t first, size_t end);

/*
 * QUALITY_LIMIT: records of a file were not read.  Told at call `at`, the last
 * that is known; `why` is for people, and the same words at one call are one
 * event.  It tells of one reading and is not taken back: a store has it still
 * when the file has been read to its end since.
 */
void quality_unread(struct batch *b, size_t at, const char *why);

#endif
