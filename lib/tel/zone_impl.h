/*
 * zone_impl: what the parts of zone share; private to them and their test.
 */
#ifndef LIB_TEL_ZONE_IMPL_H
#define LIB_TEL_ZONE_IMPL_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"

enum {
	ZONE_NAME = 64,
	ZONE_ABBR = 16,
	/* No clock is further from UTC (RFC 8536, 3.2), in seconds. */
	ZONE_REACH = 26 * 3600
};

/* The Gregorian calendar, weekdays included, repeats every 400 years. */
#define ZONE_CYCLE (INT64_C(146097) * 86400)

struct zone_type {
	int32_t offset; /* seconds east of UTC */
	const char *abbr;
};

/*
 * Spans of time, each with one offset:
 *
 *     at[0] = INT64_MIN    at[1]         at[2]            at[n - 1]
 *     |--- types[of[0]] ---|- types[..] -|- ...           |- for ever
 *
 * A zone with a rule for the future has it written out for 400 years and
 * some; instants from `cycle_end` on are moved back by whole cycles.
 */
struct zone {
	char name[ZONE_NAME];
	struct zone *next; /* in the cache */
	const int64_t *at; /* UTC seconds, ascending */
	const uint8_t *of;
	size_t n;
	const struct zone_type *types;
	char *abbrs;
	int64_t cycle_end; /* UTC seconds; INT64_MAX without a rule */
};

/* A day and time of every year on which clocks change. */
struct zone_change {
	enum {
		CHANGE_JULIAN,    /* day 1 to 365, never February 29 */
		CHANGE_DAY,       /* day 0 to 365 */
		CHANGE_MONTH_WEEK /* week 5 is the last */
	} kind;
	int day, month, week;
	int weekday;  /* 0 Sunday, as POSIX counts */
	int32_t time; /* seconds of the wall clock, -167 h to 167 h */
};

/* A POSIX TZ string: standard time, and summer time where there is one. */
struct zone_rule {
	char abbr[2][ZONE_ABBR];
	int32_t offset[2]; /* [0] standard, [1] summer; equal without */
	int summer;        /* whether there is summer time */
	struct zone_change change[2]; /* to standard, to summer */
};

/* -1 if `text` (`len` bytes) is none. */
int zone_rule_parse(struct zone_rule *r, const char *text, size_t len);
/* UTC second of the change to summer (1) or standard (0) time in a year. */
int64_t zone_rule_change(const struct zone_rule *r, int summer, int32_t year);

/* A whole file to a zone without name; -1 with words, nothing to free. */
int zone_file_parse(struct zone *z, const unsigned char *bytes, size_t len,
    struct errmsg *err);
/* What zone_file_parse() allocated. */
void zone_file_release(struct zone *z);

#endif
