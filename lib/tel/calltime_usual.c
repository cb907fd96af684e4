#include <string.h>

#include "base/eight.h"
#include "tel/calltime.h"
#include "tel/calltime_impl.h"

/*
 * "2026-01-13 02:11:09" and seconds since 1970: nearly all stamps of nearly
 * all switches are one of these, so they are read without steps.
 */

enum {
	DATE = sizeof("2026-01-13") - 1,
	TIME = sizeof("02:11:09") - 1,
	EPOCH = 11 /* digits: less than the year 9999 */
};

/* Where the text has its separators, and which steps these are. */
enum { YEAR_END = 4, MONTH_END = 7, HOUR_END = 2, MINUTE_END = 5 };
enum {
	AFTER_YEAR = 1,
	AFTER_MONTH = 3,
	AFTER_DAY = 5,
	AFTER_HOUR = 7,
	AFTER_MINUTE = 9
};

/* Whether it is as nearly all switches write it. */
static bool
is_usual(const struct stamp_pattern *p)
{
	static const char letters[] = "Y m d H M S";
	const struct conversion *how;
	size_t i;

	if (p->n != sizeof(letters) - 1)
		return false;
	for (i = 0; i < p->n; i++) {
		how = p->steps[i].how;
		if (letters[i] != ' ' ? how->letter != letters[i]
		    : i == AFTER_DAY  ? how != &stamp_blanks
				      : how != &stamp_literal)
			return false;
	}
	return true;
}

void
stamp_usual_compile(struct stamp_pattern *p)
{
	char midnight[] = "00:00:00";

	p->usual = is_usual(p);
	if (p->usual) {
		midnight[HOUR_END] = p->steps[AFTER_HOUR].literal;
		midnight[MINUTE_END] = p->steps[AFTER_MINUTE].literal;
		p->midnight = eight_load(midnight);
	}
	p->epoch = p->n == 1 && p->steps[0].how->letter == 's';
}

/* Two digits; above 99 if they are none. */
static unsigned
two(const char *s)
{
	const unsigned high = (unsigned char)s[0] - (unsigned)'0';
	const unsigned low = (unsigned char)s[1] - (unsigned)'0';

	return high <= 9 && low <= 9 ? high * 10 + low : 100;
}

/* "2026-01-13" and a blank; false if it is no date. */
static bool
read_date(const struct stamp_pattern *p, const char *s, struct civil *out)
{
	const unsigned century = two(s), year = two(s + 2), month = two(s + 5),
		       day = two(s + 8);

	if (s[YEAR_END] != p->steps[AFTER_YEAR].literal ||
	    s[MONTH_END] != p->steps[AFTER_MONTH].literal ||
	    (s[DATE] != ' ' && s[DATE] != '\t') || century > 99 || year > 99 ||
	    century + year == 0)
		return false;
	*out = (struct civil){ .year = (int32_t)(century * 100 + year),
		.month = (int8_t)month,
		.day = (int8_t)day };
	return zone_valid(out);
}

/*
 * "02:11:09"; a leap second is left to the steps.  Each byte is how far the
 * character is from that of midnight: a digit from 0, a separator from itself.
 */
static bool
read_time(const struct stamp_pattern *p, const char *s, unsigned hms[3])
{
	const uint64_t separators = UINT64_C(0x0000ff0000ff0000);
	const uint64_t values = eight_load(s) ^ p->midnight;
	const uint64_t pairs = eight_pairs(values);

	hms[0] = pairs & 0xff;
	hms[1] = pairs >> 24 & 0xff;
	hms[2] = pairs >> 48 & 0xff;
	return eight_are_digits(values) && (values & separators) == 0 &&
	       hms[0] <= 23 && hms[1] <= 59 && hms[2] <= 59;
}

bool
stamp_usual_parse(const struct stamp_pattern *p, const char *s, size_t len,
    struct stamp *out)
{
	unsigned hms[3];

	*out = (struct stamp){ .kind = p->kind };
	if (len != DATE + 1 + TIME || !read_date(p, s, &out->civil) ||
	    !read_time(p, s + DATE + 1, hms))
		return false;
	out->civil.hour = (int8_t)hms[0];
	out->civil.minute = (int8_t)hms[1];
	out->civil.second = (int8_t)hms[2];
	return true;
}

/* Whose days are asked for is of the pattern: its separators are, too. */
static bool
find_day(const struct stamp_pattern *p, const char *s, struct stamp_day *day)
{
	struct civil c;

	_Static_assert(sizeof(day->text) == DATE + 1, "a blank is behind it");
	if (day->pattern == p && memcmp(day->text, s, sizeof(day->text)) == 0)
		return true;
	if (!read_date(p, s, &c))
		return false;
	day->pattern = p;
	memcpy(day->text, s, sizeof(day->text));
	day->begins = zone_days(c.year, c.month, c.day) * 86400;
	return true;
}

static bool
usual_reading(const struct stamp_pattern *p, const char *s,
    struct stamp_day *day, int64_t *ms)
{
	unsigned hms[3];

	if (!read_time(p, s + DATE + 1, hms) || !find_day(p, s, day))
		return false;
	*ms = (day->begins + (int64_t)(hms[0] * 3600 + hms[1] * 60 + hms[2])) *
	      1000;
	return true;
}

bool
seconds_parse(const char *s, size_t len, int64_t *seconds)
{
	const char *end = s + len, *last = len >= 8 ? end - 8 : end;
	uint64_t values = 0, sum = 0;
	unsigned digit;

	for (; s < last; s++) {
		digit = (unsigned char)*s - (unsigned)'0';
		if (digit > 9)
			return false;
		sum = sum * 10 + digit;
	}
	if (s < end) {
		values = eight_load(s) ^ EIGHT('0');
		sum = sum * 100000000 + eight_number(values);
	}
	*seconds = (int64_t)sum;
	return len > 0 && eight_are_digits(values);
}

static bool
epoch_reading(const char *s, size_t len, int64_t *ms)
{
	int64_t seconds;

	if (len > EPOCH || !seconds_parse(s, len, &seconds))
		return false;
	*ms = seconds * 1000;
	return true;
}

enum stamp_kind
stamp_pattern_kind(const struct stamp_pattern *p)
{
	return p->kind;
}

bool
stamp_reading(const struct stamp_pattern *p, const char *s, size_t len,
    struct stamp_day *day, int64_t *ms)
{
	if (p->usual)
		return len == DATE + 1 + TIME && usual_reading(p, s, day, ms);
	return p->epoch && epoch_reading(s, len, ms);
}
