#include <stdbool.h>
#include <string.h>

#include "tel/calltime.h"
#include "tel/calltime_impl.h"

/* The parts of a stamp: how each conversion takes its text. */

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t
count_letters(const char *p, const char *end)
{
	const char *s = p;

	while (p < end && lower(*p) >= 'a' && lower(*p) <= 'z')
		p++;
	return (size_t)(p - s);
}

/* Names ------------------------------------------------------------------- */

static const char *const months[] = { "january", "february", "march", "april",
	"may", "june", "july", "august", "september", "october", "november",
	"december" };
static const char *const weekdays[] = { "monday", "tuesday", "wednesday",
	"thursday", "friday", "saturday", "sunday" };

/* The name that `s` is or, from three letters on, begins; -1 if none. */
static int
find_name(const char *const *names, int n, const char *s, size_t len)
{
	size_t k;
	int i;

	if (len < 3)
		return -1;
	for (i = 0; i < n; i++) {
		for (k = 0; k < len && names[i][k] != '\0'; k++)
			if (names[i][k] != lower(s[k]))
				break;
		if (k == len)
			return i;
	}
	return -1;
}

int
weekday_parse(const char *s, size_t len)
{
	return find_name(weekdays, 7, s, len);
}

/* The conversions --------------------------------------------------------- */

static int
take_literal(const struct conversion *how, char literal, struct scan *s)
{
	(void)how;
	if (s->p == s->end || *s->p != literal)
		return -1;
	s->p++;
	return 0;
}

static int
take_blanks(const struct conversion *how, char literal, struct scan *s)
{
	(void)how;
	(void)literal;
	if (s->p == s->end || !blank(*s->p))
		return -1;
	while (s->p < s->end && blank(*s->p))
		s->p++;
	return 0;
}

static int
take_number(const struct conversion *how, char literal, struct scan *s)
{
	const char *p = s->p;
	int32_t v = 0;

	(void)literal;
	for (; p < s->end && p - s->p < how->digits_most && digit(*p); p++)
		v = v * 10 + (*p - '0');
	if (p - s->p < how->digits_least || v < how->least || v > how->most)
		return -1;
	s->p = p;
	s->slot[how->slot] = v;
	return 0;
}

static int
take_padded(const struct conversion *how, char literal, struct scan *s)
{
	while (s->p < s->end && blank(*s->p))
		s->p++;
	return take_number(how, literal, s);
}

static int
take_short_year(const struct conversion *how, char literal, struct scan *s)
{
	int32_t *year = &s->slot[SLOT_YEAR];

	if (take_number(how, literal, s) != 0)
		return -1;
	*year += *year >= 69 ? 1900 : 2000;
	return 0;
}

static int
take_name(const struct conversion *how, char literal, struct scan *s)
{
	size_t len = count_letters(s->p, s->end);
	int i;

	(void)literal;
	i = how->slot == SLOT_MONTH ? find_name(months, 12, s->p, len)
				    : weekday_parse(s->p, len);
	if (i < 0)
		return -1;
	s->p += len;
	s->slot[how->slot] = i + 1;
	return 0;
}

/* a, am, a.m. and the same with p */
static int
take_half(const struct conversion *how, char literal, struct scan *s)
{
	(void)literal;
	if (s->p == s->end || (lower(*s->p) != 'a' && lower(*s->p) != 'p'))
		return -1;
	s->slot[how->slot] = lower(*s->p++) == 'p' ? 12 : 0;
	if (s->end - s->p >= 2 && s->p[0] == '.' && lower(s->p[1]) == 'm')
		s->p += 2;
	else if (s->p < s->end && lower(*s->p) == 'm')
		s->p++;
	else
		return 0;
	if (s->p < s->end && *s->p == '.' && s->p[-2] == '.')
		s->p++;
	return 0;
}

static int
take_fraction(const struct conversion *how, char literal, struct scan *s)
{
	const char *start = s->p;
	int32_t worth = 100, ms = 0;

	(void)literal;
	for (; s->p < s->end && digit(*s->p); s->p++, worth /= 10)
		ms += (*s->p - '0') * worth;
	s->slot[how->slot] = ms;
	return s->p > start ? 0 : -1;
}

/* The last instant of year 9999; what is later is no time but a number. */
#define EPOCH_MOST INT64_C(253402300799)

static int
take_epoch(const struct conversion *how, char literal, struct scan *s)
{
	static const struct conversion fraction = { .slot = SLOT_MS };
	const char *start = s->p;
	int64_t v = 0, a_second = how->a_second;

	for (; s->p < s->end && digit(*s->p); s->p++) {
		if (v > EPOCH_MOST * a_second / 10)
			return -1;
		v = v * 10 + (*s->p - '0');
	}
	if (s->p == start || v > EPOCH_MOST * a_second)
		return -1;
	if (s->p < s->end && *s->p == '.') {
		s->p++;
		if (take_fraction(&fraction, literal, s) != 0)
			return -1;
	}
	s->epoch_ms =
	    a_second == 1 ? v * 1000 + s->slot[SLOT_MS] : v / (a_second / 1000);
	return 0;
}

/* Two digits below `limit`, or -1. */
static int
two_digits(const struct scan *s, int limit)
{
	int v;

	if (s->end - s->p < 2 || !digit(s->p[0]) || !digit(s->p[1]))
		return -1;
	v = (s->p[0] - '0') * 10 + (s->p[1] - '0');
	return v < limit ? v : -1;
}

static int
take_offset(const struct conversion *how, char literal, struct scan *s)
{
	int hours, minutes = 0;
	bool west;

	(void)literal;
	if (s->p == s->end)
		return -1;
	west = *s->p == '-';
	if (lower(*s->p) == 'z') {
		s->p++;
		return 0;
	}
	if (*s->p != '+' && !west)
		return -1;
	s->p++;
	if ((hours = two_digits(s, 24)) < 0)
		return -1;
	s->p += 2;
	if (s->p < s->end && (*s->p == ':' || digit(*s->p))) {
		s->p += *s->p == ':';
		if ((minutes = two_digits(s, 60)) < 0)
			return -1;
		s->p += 2;
	}
	s->slot[how->slot] = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return 0;
}

static int
take_abbreviation(const struct conversion *how, char literal, struct scan *s)
{
	const size_t room = sizeof(((struct stamp *)0)->abbrev);

	(void)how;
	(void)literal;
	s->abbrev = s->p;
	s->abbrev_len = count_letters(s->p, s->end);
	if (s->abbrev_len == 0 || s->abbrev_len >= room)
		return -1;
	s->p += s->abbrev_len;
	return 0;
}

static const struct conversion conversions[] = {
	{ 'Y', SLOT_YEAR, take_number, 4, 4, 1, 9999, 0 },
	{ 'y', SLOT_YEAR, take_short_year, 2, 2, 0, 99, 0 },
	{ 'm', SLOT_MONTH, take_number, 1, 2, 1, 12, 0 },
	{ .letter = 'b', .slot = SLOT_MONTH, .take = take_name },
	{ .letter = 'B', .slot = SLOT_MONTH, .take = take_name },
	{ 'd', SLOT_DAY, take_number, 1, 2, 1, 31, 0 },
	{ 'e', SLOT_DAY, take_padded, 1, 2, 1, 31, 0 },
	{ .letter = 'a', .slot = SLOT_WEEKDAY, .take = take_name },
	{ 'H', SLOT_HOUR, take_number, 1, 2, 0, 23, 0 },
	{ 'I', SLOT_HOUR, take_number, 1, 2, 1, 12, 0 },
	{ .letter = 'p', .slot = SLOT_HALF, .take = take_half },
	{ 'M', SLOT_MINUTE, take_number, 1, 2, 0, 59, 0 },
	{ 'S', SLOT_SECOND, take_number, 1, 2, 0, 60, 0 },
	{ .letter = 'f', .slot = SLOT_MS, .take = take_fraction },
	{ 's', SLOT_EPOCH, take_epoch, .a_second = 1 },
	{ 'Q', SLOT_EPOCH, take_epoch, .a_second = 1000 },
	{ 'U', SLOT_EPOCH, take_epoch, .a_second = 1000000 },
	{ .letter = 'z', .slot = SLOT_ZONE, .take = take_offset },
	{ .letter = 'Z', .slot = SLOT_ZONE, .take = take_abbreviation },
};

const struct conversion stamp_literal = { .take = take_literal };
const struct conversion stamp_blanks = { .take = take_blanks };

const struct conversion *
stamp_conversion(char letter)
{
	const size_t n = sizeof(conversions) / sizeof(conversions[0]);
	size_t i;

	for (i = 0; i < n; i++)
		if (conversions[i].letter == letter)
			return &conversions[i];
	return NULL;
}
