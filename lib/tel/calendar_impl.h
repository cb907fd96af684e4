/*
 * calendar_impl: what the sources of calendar share.
 *
 *   calendar.c        the minutes and dates of one, and what is asked of them
 *   calendar_hours.c  days and hours as people write them
 */
#ifndef LIB_TEL_CALENDAR_IMPL_H
#define LIB_TEL_CALENDAR_IMPL_H

#include "tel/calendar.h"

enum { DAY_MINUTES = 24 * 60, WEEK = 7 };

/*
 * "07:00-19:30" to minutes of the day; over midnight `*to` is of the day after,
 * above DAY_MINUTES.  -1: that is not how hours are written.
 */
int calendar_hours(const char *hours, int *from, int *to);

#endif
