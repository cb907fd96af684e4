/*
 * calltime: stamps and durations as switches, rules and people write them.
 *
 * A stamp pattern is strptime-like and compiled once:
 *   %Y           year, four digits
 *   %y           year, two digits: 69 to 99 are 1969 to 1999 (POSIX)
 *   %m %d %e     month, day of the month; one or two digits
 *   %b %B        month in English, three letters or more ("Sep", "Sept")
 *   %a           day of the week in English, read over
 *   %H %M %S     hour, minute, second; one or two digits
 *   %I %p        hour 1 to 12 with AM, PM, A, P, a.m. or p.m.
 *   %f           a fraction of a second, any number of digits
 *   %s %Q %U     seconds, milliseconds or microseconds since 1970, perhaps
 *                with a fraction; instead of all others
 *   %z           +hhmm, +hh:mm, +hh or Z
 *   %Z           a zone abbreviation, at most seven letters
 *   %%           a percent sign
 *   a blank      one blank or more; any other character matches itself
 *
 * Case of letters does not matter in names, and blanks around a stamp are
 * not part of it.  %e may begin with blanks.  Day and month are needed, a
 * time of day without them is no stamp; hour, minute and second are 0 where
 * the pattern has none.
 */
#ifndef LIB_TEL_CALLTIME_H
#define LIB_TEL_CALLTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/errmsg.h"
#include "tel/zone.h"

struct stamp_pattern;

enum stamp_kind {
	STAMP_LOCAL,  /* clock reading in a zone that the record leaves out */
	STAMP_UTC,    /* epoch, or %Z that was UTC, UT, GMT or Z */
	STAMP_OFFSET, /* clock reading with its distance from UTC */
	STAMP_ABBREV  /* clock reading with a name such as CEST */
};

struct stamp {
	enum stamp_kind kind;
	struct civil civil; /* the reading; for an epoch, that in UTC */
	int64_t utc_ms;     /* kind UTC and OFFSET, unless no_year */
	char abbrev[8];     /* kind ABBREV, upper case; else "" */
	bool no_year;       /* the pattern has none; civil.year is 0 */
};

/* -1 with words; `*offset` is the byte of the pattern that is wrong. */
int stamp_compile(struct stamp_pattern **pp, const char *text, size_t *offset,
    struct errmsg *err);
void stamp_free(struct stamp_pattern **pp);
/*
 * 0, or -1 if the text does not fit or is no date ("2026-02-30"); `*out` is
 * then undefined.
 */
int stamp_parse(const struct stamp_pattern *p, const char *s, size_t len,
    struct stamp *out);

/* Of what it reads; an ABBREV may turn out to be UTC. */
enum stamp_kind stamp_pattern_kind(const struct stamp_pattern *p);

/* The date of a stamp, for the next one: it most likely has the same. */
struct stamp_day {
	const struct stamp_pattern *pattern; /* that read it; NULL: none */
	char text[11];                       /* and what stands behind it */
	int64_t begins;                      /* in seconds, as if UTC */
};

/*
 * stamp_parse() of what most records have: "%Y-%m-%d %H:%M:%S", with any
 * separators, to ms as if the reading were UTC, and seconds since 1970.  False
 * for all others, which may still be stamps.  `day`, zeroed before the first,
 * is the caller's.
 */
bool stamp_reading(const struct stamp_pattern *p, const char *s, size_t len,
    struct stamp_day *day, int64_t *ms);

/*
 * The seconds since 1970 as switches write them: digits and nothing else; false
 * for what is not.  `len` is at most 18.
 */
bool seconds_parse(const char *s, size_t len, int64_t *seconds);

/*
 * Give a stamp without year its year; -1 if that has no such day, the 29th of
 * February, and the stamp is then as it was.
 */
int stamp_set_year(struct stamp *s, int year);

/*
 * "2h", "90s", "1.5d", "500ms": one number and one of the units ms s m h d
 * w, to ms; -1 if it is not, or not a whole number of ms.
 */
int span_parse(const char *s, int64_t *ms);
/*
 * The shortest exact form in one unit, the larger unit of two: "2h", "90s",
 * "8.5h", "60d".  Never weeks: rules speak of 7d and 28d.
 */
void span_print(struct buf *b, int64_t ms);
/* Talk time for people, whole seconds: "14:02", "25:43:40". */
void span_clock(struct buf *b, int64_t ms);

/* RFC 3339 in UTC: "2026-01-13T01:11:09Z", ".250" when not whole. */
void time_rfc3339(struct buf *b, int64_t utc_ms);
/* "2026-01-13 02:11:09" in a zone. */
void time_local(struct buf *b, const struct zone *z, int64_t utc_ms);

/*
 * What people type for --since, --until, --now: RFC 3339, "2026-01-13",
 * "2026-01-13T10:00" (local in `z`; the first of two such readings), "7d"
 * (before `now_ms`).
 */
int time_parse(const char *s, const struct zone *z, int64_t now_ms,
    int64_t *utc_ms, struct errmsg *err);
/* "2026-01-13", so and not otherwise, to zone_days(); -1 if it is no date. */
int date_parse(const char *s, int64_t *day);
void date_print(struct buf *b, int64_t day);

/* As a member of a JSON object: time_rfc3339(), date_print(). */
struct jsonout;
void time_json(struct jsonout *j, const char *key, int64_t utc_ms);
void date_json(struct jsonout *j, const char *key, int64_t day);

/*
 * The day of the week an English name means, three letters or more: 0
 * Monday ... 6 Sunday; -1 if none.
 */
int weekday_parse(const char *s, size_t len);

#endif
