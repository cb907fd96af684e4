/*
 * calendar_impl: what the sources of calendar share.
 *
 *   calendar.c        the minutes and dates of one, and what is asked of them
 *   calendar_hours.c  days and hours as people write them
 */
#ifndef LIB_TEL_CALENDAR_IMPL_H
#define LIB_TEL_CALENDAR_IMPL_H

#include "tel/calendar.h"

/* Minutes of a day, days of a week. */
enum { CALENDAR_MINUTES = 24 * 60, CALENDAR_DAYS = 7 };

/*
 * "07:00-19:30" to minutes of the day; over midnight `*to` is of the day after,
 * above CALENDAR_MINUTES.  -1: that is not how hours are written.
 */
int calendar_hours(const char *hours, int *from, int *to);

#endif
