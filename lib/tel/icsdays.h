/*
 * icsdays: the days of an iCalendar file (libical, RFC 5545): holidays.
 *
 * Only whole days count: events whose DTSTART is a date.  Such an event covers
 * the days from DTSTART to the one before DTEND, or one day; repeated by RRULE
 * and RDATE without its EXDATEs, until the end of 2099.  Events that begin at
 * a time of day, and cancelled ones, are passed over.
 */
#ifndef LIB_TEL_ICSDAYS_H
#define LIB_TEL_ICSDAYS_H

#include <stdint.h>

#include "base/errmsg.h"

/*
 * Call `day` for each day (zone_days() number), perhaps twice, in no order.
 * -1 with words that begin with the path: no iCalendar file, a broken event,
 * none of whole days, a rule that repeats within a day.
 */
int icsdays_load(const char *path, void (*day)(void *ctx, int64_t day),
    void *ctx, struct errmsg *err);

#endif
