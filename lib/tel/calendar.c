#include "tel/calendar.h"

#include <stdlib.h>
#include <string.h>

#include "base/floordiv.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "tel/calendar_impl.h"

enum { WORDS = (2 * CALENDAR_MINUTES + 63) / 64 };

#define MINUTE_MS INT64_C(60000)
#define DAY_MS    INT64_C(86400000)

/* Which of the two dates that open minutes come from are closed. */
enum shut { SHUT_DAY = 1, SHUT_EVE = 2 };

/*
 * For each day of the week one bit a minute, two days long: the second half
 * is what intervals over midnight take from the day after.
 *
 *     Friday     |..........#####|##.............|   "fri 20:00-04:00"
 *     Saturday                   |....######.....|...............|
 *
 * So a minute of Saturday is open if Friday's second half or Saturday's
 * first half has it, and the date that begins each of the two is not closed.
 */
struct calendar {
	char *name;
	const struct zone *zone;
	uint64_t open[CALENDAR_DAYS][WORDS];
	bool spills; /* some interval is over midnight */
	/* Open minutes of a whole day, by enum shut. */
	int minutes[CALENDAR_DAYS][4];
	int64_t *closed; /* ascending */
	size_t nclosed, cap;
};

struct calendar *
calendar_new(const char *name)
{
	struct calendar *c = xcalloc(1, sizeof(*c));

	c->name = xstrdup(name);
	return c;
}

struct calendar *
calendar_copy(const struct calendar *c)
{
	struct calendar *copy = calendar_new(c->name);
	char *name = copy->name;

	*copy = *c;
	copy->name = name;
	copy->closed = NULL;
	copy->cap = 0;
	if (c->nclosed > 0) {
		copy->closed =
		    xgrow(NULL, &copy->cap, c->nclosed, sizeof(*copy->closed));
		memcpy(copy->closed, c->closed,
		    c->nclosed * sizeof(*c->closed));
	}
	return copy;
}

void
calendar_free(struct calendar **cp)
{
	struct calendar *c = *cp;

	if (c == NULL)
		return;
	free(c->name);
	free(c->closed);
	free(c);
	*cp = NULL;
}

const char *
calendar_name(const struct calendar *c)
{
	return c->name;
}

void
calendar_set_zone(struct calendar *c, const struct zone *z)
{
	c->zone = z;
}

const struct zone *
calendar_zone(const struct calendar *c)
{
	return c->zone;
}

/* Opening hours ----------------------------------------------------------- */

/* Whether hours that begin on a weekday hold a minute of its two days. */
static bool
has(const struct calendar *c, int weekday, int minute)
{
	return (c->open[weekday][minute / 64] >> minute % 64 & 1) != 0;
}

/* 64 minutes from this one on, the first in the last bit. */
static uint64_t
minutes_at(const uint64_t *open, int minute)
{
	const int word = minute / 64, shift = minute % 64;

	if (shift == 0 || word + 1 == WORDS)
		return open[word] >> shift;
	return open[word] >> shift | open[word + 1] << (64 - shift);
}

static int
count_bits(uint64_t bits)
{
	int n = 0;

	for (; bits != 0; bits &= bits - 1)
		n++;
	return n;
}

static int
count_minutes(const struct calendar *c, int weekday, int shut)
{
	int eve = (weekday + CALENDAR_DAYS - 1) % CALENDAR_DAYS, n = 0, minute;
	uint64_t bits;

	for (minute = 0; minute < CALENDAR_MINUTES; minute += 64) {
		bits = 0;
		if (!(shut & SHUT_DAY))
			bits = minutes_at(c->open[weekday], minute);
		if (!(shut & SHUT_EVE))
			bits |=
			    minutes_at(c->open[eve], minute + CALENDAR_MINUTES);
		if (CALENDAR_MINUTES - minute < 64)
			bits &=
			    (UINT64_C(1) << (CALENDAR_MINUTES - minute)) - 1;
		n += count_bits(bits);
	}
	return n;
}

int
calendar_open(struct calendar *c, const char *days, const char *hours,
    struct errmsg *err)
{
	int from, to, day, minute, shut;
	unsigned set;

	if (calendar_days(days, &set, err) != 0)
		return -1;
	if (calendar_hours(hours, &from, &to) != 0)
		return errmsg_set(err,
		    "not opening hours: '%s' (07:00-19:30 is)", hours);
	for (day = 0; day < CALENDAR_DAYS; day++)
		for (minute = from; (set >> day & 1) != 0 && minute < to;
		     minute++)
			c->open[day][minute / 64] |= UINT64_C(1) << minute % 64;
	if (to > CALENDAR_MINUTES)
		c->spills = true;
	for (day = 0; day < CALENDAR_DAYS; day++)
		for (shut = 0; shut < 4; shut++)
			c->minutes[day][shut] = count_minutes(c, day, shut);
	return 0;
}

/* Closed dates ------------------------------------------------------------ */

/* Where `day` is among the closed ones, or belongs. */
static size_t
closed_at(const struct calendar *c, int64_t day)
{
	size_t low = 0, high = c->nclosed, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (c->closed[middle] < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t
calendar_closed_from(const struct calendar *c, int64_t day)
{
	return c->nclosed - closed_at(c, day);
}

static bool
is_closed(const struct calendar *c, int64_t day)
{
	size_t i = closed_at(c, day);

	return i < c->nclosed && c->closed[i] == day;
}

void
calendar_close(struct calendar *c, int64_t day)
{
	size_t i = closed_at(c, day);

	if (i < c->nclosed && c->closed[i] == day)
		return;
	c->closed =
	    xgrow(c->closed, &c->cap, c->nclosed + 1, sizeof(*c->closed));
	memmove(c->closed + i + 1, c->closed + i,
	    (c->nclosed - i) * sizeof(*c->closed));
	c->closed[i] = day;
	c->nclosed++;
}

/* Questions --------------------------------------------------------------- */

static const struct zone *
zone_for(const struct calendar *c, const struct zone *fallback)
{
	if (c->zone != NULL)
		return c->zone;
	return fallback != NULL ? fallback : zone_utc();
}

static bool
open_minute(const struct calendar *c, int64_t day, int minute)
{
	int weekday = zone_weekday(day),
	    eve = (weekday + CALENDAR_DAYS - 1) % CALENDAR_DAYS;

	return (has(c, weekday, minute) && !is_closed(c, day)) ||
	       (c->spills && has(c, eve, minute + CALENDAR_MINUTES) &&
		   !is_closed(c, day - 1));
}

bool
calendar_inside(const struct calendar *c, const struct zone *fallback,
    int64_t utc_ms)
{
	const struct zone *z = zone_for(c, fallback);
	int64_t local, day;

	local = floor_div(utc_ms, 1000) + zone_offset(z, utc_ms, NULL);
	day = floor_div(local, DAY_MS / 1000);
	return open_minute(c, day, (int)((local - day * (DAY_MS / 1000)) / 60));
}

bool
calendar_inside_until(const struct calendar *c, const struct zone *fallback,
    int64_t utc_ms, int64_t *until)
{
	const struct zone *z = zone_for(c, fallback);
	const int64_t ahead = (int64_t)zone_offset(z, utc_ms, NULL) * 1000;
	const int64_t change = zone_next_change(z, utc_ms);
	const int64_t day = floor_div(utc_ms + ahead, DAY_MS);
	int minute = (int)((utc_ms + ahead - day * DAY_MS) / MINUTE_MS);
	const bool inside = open_minute(c, day, minute);

	while (++minute < CALENDAR_MINUTES &&
	       open_minute(c, day, minute) == inside)
		;
	*until = day * DAY_MS + minute * MINUTE_MS - ahead;
	if (change < *until)
		*until = change;
	return inside;
}

bool
calendar_open_day(const struct calendar *c, int64_t day)
{
	return c->minutes[zone_weekday(day)][SHUT_EVE] > 0 &&
	       !is_closed(c, day);
}

/* Open time in [from, to), local ms of one day. */
static int64_t
open_of_day(const struct calendar *c, int64_t day, int64_t from, int64_t to)
{
	int64_t sum = 0, begin, end;
	int minute, shut;

	if (from == 0 && to == DAY_MS) {
		shut = (is_closed(c, day) ? SHUT_DAY : 0) |
		       (is_closed(c, day - 1) ? SHUT_EVE : 0);
		return c->minutes[zone_weekday(day)][shut] * MINUTE_MS;
	}
	for (minute = (int)(from / MINUTE_MS); minute * MINUTE_MS < to;
	     minute++) {
		if (!open_minute(c, day, minute))
			continue;
		begin = minute * MINUTE_MS;
		end = begin + MINUTE_MS;
		sum += (end < to ? end : to) - (begin > from ? begin : from);
	}
	return sum;
}

/* The same over days, as long as clocks run evenly. */
static int64_t
open_of_span(const struct calendar *c, int64_t from, int64_t to)
{
	int64_t sum = 0, day, start, end;

	for (day = floor_div(from, DAY_MS); day * DAY_MS < to; day++) {
		start = day * DAY_MS > from ? 0 : from - day * DAY_MS;
		end = to - day * DAY_MS;
		sum += open_of_day(c, day, start, end < DAY_MS ? end : DAY_MS);
	}
	return sum;
}

int64_t
calendar_open_ms(const struct calendar *c, const struct zone *fallback,
    int64_t from, int64_t to)
{
	const struct zone *z = zone_for(c, fallback);
	int64_t sum = 0, change, offset;

	for (; from < to; from = change) {
		change = zone_next_change(z, from);
		if (change > to)
			change = to;
		offset = (int64_t)zone_offset(z, from, NULL) * 1000;
		sum += open_of_span(c, from + offset, change + offset);
	}
	return sum;
}

uint64_t
calendar_hash(const struct calendar *c)
{
	const char *zone = c->zone != NULL ? zone_name(c->zone) : "";
	struct hash_state *h = hash_new();
	uint64_t hash;

	hash_add(h, zone, strlen(zone) + 1);
	hash_add(h, c->open, sizeof(c->open));
	hash_add(h, c->closed, c->nclosed * sizeof(*c->closed));
	hash = hash_end64(h);
	hash_free(&h);
	return hash;
}
