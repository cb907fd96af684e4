/*
 * legs: the records of one call become one call.
 *
 * Switches write a record for each telephone of a ring group, for each end of
 * a Local channel, for each try of another trunk.  Records of one source with
 * one join key (Asterisk: linkedid), at most 24 h after the first of them, are
 * legs of one call if they all stay inside or reach the same outside number.
 * The group that begins first is the first call, of those that begin together
 * the one that stays inside.  Each further outside number is a call of its own:
 * somebody inside sent the first call on.  What stays inside and begins later
 * is a call of its own, too, and nobody sent it on.  Who called first is the
 * caller of what was sent on, if its legs do not name one; what left on a
 * trunk and came in on none went out, whoever called.
 *
 *	201 rings, 202 answers       one call in
 *	201 rings, sends on to A     one call in, one forwarded by 201 to A
 *	201 to A, then asks 202      one call out, one internal
 *	trunk 1 to A fails, trunk 2  one call out to A
 *
 * Where a switch writes a record for each of its two sides (gateways, border
 * controllers), one that tells how the call came in belongs to the first that
 * tells how it left: caller, dialled digits and incoming trunk are those of the
 * former, the called number and the outgoing trunk those of the latter.  What
 * left and nobody answered is a try, whatever number it was rewritten to; it
 * belongs to the first call, too, which is then the one that was answered.
 *
 * A leg that reached nobody (a hang-up, an announcement) belongs to the first
 * call.  The joined call starts with its first leg and is answered if any leg
 * is; its talk is that of the longest answered leg, `ring` lasts until that
 * talk began, or until the last leg ended if there was none.  Parties, file
 * and line are those of the least leg by (answered first, start, key) among
 * those that name a called number; what that leg lacks is the next one's.  A
 * trunk that any leg came in on tells the direction; the user is who answered;
 * of costs the greatest counts.  So neither the order of the records nor the
 * way they were cut into files matters.
 */
#ifndef LIB_CDR_LEGS_H
#define LIB_CDR_LEGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "cdr/batch.h"

/* Switches start to count their call ids anew; these are of another call. */
#define LEGS_SPAN INT64_C(86400000)

/*
 * Join the legs of sorted calls as understood.  A joined call takes the place
 * and key of its first leg and has CALL_JOINED; all others get CALL_FURTHER
 * and are counted in `per_file`, those of them with CALL_ADDED in `added`, too;
 * both have a counter for each of the batch's files (may be NULL).  Returns how
 * many were marked.  The calls stay sorted.  `threads` as for pool_run().
 */
size_t legs_join(struct batch *b, size_t threads, int64_t *per_file,
    int64_t *added);

/*
 * The same, and what is kept, for a run that has only the calls from an instant
 * on: how far back join keys reach that go on across it without a pause of
 * LEGS_SPAN.  Bytes, which legs_kept_from() reads; told of each hour from
 * `since` on, and of the last days alone.  No key of a call from `since` on may
 * reach back to calls that are not there.
 */
size_t legs_join_keep(struct batch *b, size_t threads, int64_t *per_file,
    int64_t *added, int64_t since, struct buf *keep);
/*
 * The beginning of the hour from which on all records must be there that can
 * be legs of calls from `begins` on, which begins an hour, if what came since
 * is later by LEGS_SPAN; INT64_MIN: that is not known.
 */
int64_t legs_kept_from(const struct buf *kept, int64_t begins);

/*
 * Of sorted calls from `from` on: whether a call that begins at `begins` or
 * later may have a leg before `from`, or may not be the first of its join key
 * within the span, as far as calls tell that are there.
 */
bool legs_reach(const struct batch *b, size_t threads, int64_t from,
    int64_t begins);

#endif
