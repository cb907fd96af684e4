/*
 * progress: one line on a terminal about a run that takes long.
 *
 *	cdrscan: 1234567 records, 43% of 540 MB, 210 MB/s, 2 s left to read
 *	cdrscan: 2871085 records, rules, 3 s so far
 *
 * The time left is that of reading alone; what comes behind it, such as storing
 * calls and applying rules, is told as it goes on.  The line is no wider than
 * the terminal: one that goes on in the next row could not be erased.  It
 * appears when the work has lasted PROGRESS_AFTER, is written anew twice a
 * second by a thread of its own, from what base/stages was told, and is erased
 * before anything else is said and at the end.
 */
#ifndef LIB_TOOL_PROGRESS_H
#define LIB_TOOL_PROGRESS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/stages.h"

#define PROGRESS_AFTER INT64_C(1500000000) /* ns */

/* Whether standard error is a terminal that can erase a line (TERM). */
bool progress_possible(void);

struct progress;

/* NULL where no thread can be started; `st` and `program` outlive it. */
struct progress *progress_start(const char *program, struct stages *st);
/* Erase the line for good; accepts NULL. */
void progress_stop(struct progress **pp);

/*
 * Between these nothing is written by the thread, and the line is gone; both
 * accept NULL.
 */
void progress_pause(struct progress *p);
void progress_resume(struct progress *p);

/*
 * The line, without what erases it; what does not fit in so many columns is
 * left out, the time last.
 */
void progress_line(struct buf *out, const char *program, size_t columns,
    const struct stages_now *now);

#endif
