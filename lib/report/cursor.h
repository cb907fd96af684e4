/*
 * cursor: what was told already, so that a report tells what is new.
 *
 * A cursor is a small file that says what the last report told of each case.
 * A case is news if it was never told, if its severity is higher, a family of
 * rules is new in it, its calls or its money are half as much again, or if it
 * was closed since; but what ended a week before a store first saw it is
 * none.  The cursor moves when its owner says so, which is when a
 * report was delivered, and only for the cases that this report showed; so a
 * report that got lost is told again.  It also knows up to when its owner has
 * looked, with news or without, so that reports that failed for weeks leave
 * no gap.
 *
 * The file is JSON (schema cdr.cursor/1), replaced as a whole.  Two reports at
 * the same time would tell the same news twice, and the cursor of one would
 * undo that of the other; so PATH.lock beside it is held from the reading to
 * the end, and stays there.  Where it cannot be made the cursor can be read,
 * and will not move.
 */
#ifndef LIB_REPORT_CURSOR_H
#define LIB_REPORT_CURSOR_H

#include <stdint.h>

#include "base/errmsg.h"
#include "report/select.h"

struct cursor;

/*
 * Read the file; one that is not there has told nothing.  Until
 * cursor_free() nobody else has it open: 1 with words when another process
 * still had after `seconds`.  -1 with words when it cannot be read or is no
 * cursor.
 */
int cursor_open(struct cursor **cp, const char *path, long seconds,
    struct errmsg *err);
void cursor_free(struct cursor **cp);

/* UTC ms of the last report delivered; 0: there was none. */
int64_t cursor_sent(const struct cursor *c);

/*
 * UTC ms at which the last results stood that were told, or had nothing to
 * tell; INT64_MAX: none were.
 */
int64_t cursor_seen(const struct cursor *c);

/*
 * For struct selection: what is new about a case; the context is the cursor.
 * Of `vc`, the news are those of the last run.
 */
enum view_news cursor_news(const void *context, const struct view_case *vc);

/*
 * A report of `v` was delivered at `now`: write the file.  Cases that the
 * results do not hold any more are forgotten.
 */
int cursor_move(const struct cursor *c, const struct view *v, int64_t now,
    struct errmsg *err);

/* There was nothing to deliver of `v`, and nothing was. */
int cursor_pass(const struct cursor *c, const struct view *v,
    struct errmsg *err);

#endif
