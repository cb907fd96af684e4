/*
 * calendar: when a site is open.
 *
 * Weekly hours with several intervals a day, over midnight too, and closed
 * dates.  An interval belongs to the day it begins on: "fri 22:00-06:00"
 * ends on Saturday, and a closed Friday closes all of it, a closed Saturday
 * nothing of it.  Times are what clocks show in the calendar's zone; where
 * it has none, in the zone given with the question (the source's).  So an
 * hour that clocks go back over is open both times, one that they skip is
 * not there.  24:00 is the end of a day.
 */
#ifndef LIB_TEL_CALENDAR_H
#define LIB_TEL_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "tel/zone.h"

struct calendar;

struct calendar *calendar_new(const char *name);
struct calendar *calendar_copy(const struct calendar *c);
void calendar_free(struct calendar **cp);
const char *calendar_name(const struct calendar *c);

void calendar_set_zone(struct calendar *c, const struct zone *z);
const struct zone *calendar_zone(const struct calendar *c); /* or NULL */

/*
 * Add opening hours, one interval: days as calendar_days() takes them, hours
 * "07:00-19:30"; an end that is not after the begin is on the next day.
 * Hours that overlap count once.  -1 with words for what is neither.
 */
int calendar_open(struct calendar *c, const char *days, const char *hours,
    struct errmsg *err);
/* A closed date, zone_days() number. */
void calendar_close(struct calendar *c, int64_t day);
/* How many closed dates there are from a day on; INT64_MIN: all of them. */
size_t calendar_closed_from(const struct calendar *c, int64_t day);

/* `fallback` NULL is UTC. */
bool calendar_inside(const struct calendar *c, const struct zone *fallback,
    int64_t utc_ms);
/* The same, which holds until then; that is no more than a local day away. */
bool calendar_inside_until(const struct calendar *c,
    const struct zone *fallback, int64_t utc_ms, int64_t *until);
/* Whether any opening hours begin on the local day. */
bool calendar_open_day(const struct calendar *c, int64_t day);
/* Open time within [from, to), ms; exactly where calendar_inside() holds. */
int64_t calendar_open_ms(const struct calendar *c, const struct zone *fallback,
    int64_t from, int64_t to);

/*
 * Days of the week: "mon-fri", "sat", "mon,wed", "fri-mon" over the week's
 * end; full names, too.  Bit 0 of `*set` is Monday.  -1 with words.
 */
int calendar_days(const char *days, unsigned *set, struct errmsg *err);

/* For the fingerprint of a rule set: of zone, hours and closed dates. */
uint64_t calendar_hash(const struct calendar *c);

#endif
