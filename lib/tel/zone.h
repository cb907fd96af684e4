/*
 * zone: IANA time zones as tables of transitions (RFC 8536 files of the
 * system's tzdata).
 *
 * All arithmetic is in UTC; a zone only translates.  Besides IANA names it
 * takes "UTC", "Z" and fixed offsets ("+03:00", "-0530", "+03").  Zones are
 * loaded once per name, live until the program ends and are read-only, so
 * threads share them.
 */
#ifndef LIB_TEL_ZONE_H
#define LIB_TEL_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/errmsg.h"

struct zone;

/* A wall clock reading. */
struct civil {
	int32_t year;
	int8_t month, day;           /* from 1 */
	int8_t hour, minute, second; /* second 60 is read as 59 */
	int16_t ms;
};

enum zone_fold {
	ZONE_ONCE,   /* the reading happened once */
	ZONE_TWICE,  /* clocks went back: `first` and `second` */
	ZONE_SKIPPED /* clocks went forward over it; `first` is as if they
	                had not yet */
};

/* No change comes any more. */
#define ZONE_NEVER INT64_MAX

/* NULL with words for a name that is no zone. */
const struct zone *zone_get(const char *name, struct errmsg *err);
const struct zone *zone_utc(void);
/* The name asked for; "UTC" for "Z", "+03:00" for any way to write that. */
const char *zone_name(const struct zone *z);

/* Seconds east of UTC at `utc_ms`; `abbr` (may be NULL) lives like the zone. */
int32_t zone_offset(const struct zone *z, int64_t utc_ms, const char **abbr);

/* The first instant after `utc_ms` with another rule in force, ZONE_NEVER. */
int64_t zone_next_change(const struct zone *z, int64_t utc_ms);

/*
 * A wall clock reading, which must be zone_valid(), to UTC milliseconds.
 * Unless it is ZONE_TWICE `second` is the same as `first`.
 */
enum zone_fold zone_to_utc(const struct zone *z, const struct civil *c,
    int64_t *first, int64_t *second);

void zone_to_local(const struct zone *z, int64_t utc_ms, struct civil *c);

/* Days since 1970-01-01 of a date, and back (proleptic Gregorian). */
int64_t zone_days(int32_t year, int month, int day);
void zone_date(int64_t days, int32_t *year, int8_t *month, int8_t *day);
/* 0 Monday ... 6 Sunday. */
int zone_weekday(int64_t days);
/*
 * Whether year (0 to 9999, 0 being a leap year), month, day, hour, minute
 * and second are a reading.
 */
bool zone_valid(const struct civil *c);

/* The day number (zone_days) of the date that clocks show at an instant. */
int64_t zone_local_day(const struct zone *z, int64_t utc_ms);
/*
 * UTC ms of the first instant of a local day at hour:minute (24:00 is its
 * end); where clocks went forward over it, the instant they did.
 */
int64_t zone_day_start(const struct zone *z, int64_t day, int hour, int minute);

#endif
