#include <string.h>

#include "tel/zone.h"
#include "tel/zone_impl.h"

/*
 * The POSIX TZ string at the end of a zone file (POSIX.1-2008, 8.3, with the
 * wider hours of RFC 8536, 3.3.1):
 *
 *     CET-1CEST,M3.5.0,M10.5.0/3      <+0330>-3:30      EST5EDT,J74,J305/1
 *
 * Offsets in it count west of UTC.  The text is NUL-terminated here, so that
 * each step may look at one more character.
 */

/* A whole number from `least` to `most`, no sign. */
static int
number(const char **p, int least, int most, int *value)
{
	const char *s = *p;
	int v = 0;

	for (; *s >= '0' && *s <= '9' && s - *p < 4; s++)
		v = v * 10 + (*s - '0');
	if (s == *p || v < least || v > most)
		return -1;
	*p = s;
	*value = v;
	return 0;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static int
clock_time(const char **p, int most_hours, int32_t *seconds)
{
	int hours, part[2] = { 0, 0 }, i;
	int32_t sign = **p == '-' ? -1 : 1;

	if (**p == '-' || **p == '+')
		++*p;
	if (number(p, 0, most_hours, &hours) != 0)
		return -1;
	for (i = 0; i < 2 && **p == ':'; i++) {
		++*p;
		if (number(p, 0, 59, &part[i]) != 0)
			return -1;
	}
	*seconds = sign * (hours * 3600 + part[0] * 60 + part[1]);
	return 0;
}

/* CEST, or any letters, digits and signs in <>. */
static int
abbreviation(const char **p, char abbr[ZONE_ABBR])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz";
	static const char quoted[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz"
				     "0123456789+-";
	int in_quotes = **p == '<';
	size_t len;

	if (in_quotes)
		++*p;
	len = strspn(*p, in_quotes ? quoted : letters);
	if (len < 3 || len >= ZONE_ABBR || (in_quotes && (*p)[len] != '>'))
		return -1;
	memcpy(abbr, *p, len);
	abbr[len] = '\0';
	*p += len + (in_quotes ? 1 : 0);
	return 0;
}

/* ,Mm.w.d[/time]  ,Jn[/time]  ,n[/time] */
static int
change_day(const char **p, struct zone_change *c)
{
	if (*(*p)++ != ',')
		return -1;
	c->time = 2 * 3600;
	if (**p == 'M') {
		c->kind = CHANGE_MONTH_WEEK;
		++*p;
		if (number(p, 1, 12, &c->month) != 0 || *(*p)++ != '.' ||
		    number(p, 1, 5, &c->week) != 0 || *(*p)++ != '.' ||
		    number(p, 0, 6, &c->weekday) != 0)
			return -1;
	} else if (**p == 'J') {
		c->kind = CHANGE_JULIAN;
		++*p;
		if (number(p, 1, 365, &c->day) != 0)
			return -1;
	} else {
		c->kind = CHANGE_DAY;
		if (number(p, 0, 365, &c->day) != 0)
			return -1;
	}
	if (**p != '/')
		return 0;
	++*p;
	return clock_time(p, 167, &c->time);
}

static int
parse_rule(struct zone_rule *r, const char *p)
{
	int32_t west;

	if (abbreviation(&p, r->abbr[0]) != 0 || clock_time(&p, 24, &west) != 0)
		return -1;
	r->offset[0] = r->offset[1] = -west;
	if (*p == '\0')
		return 0;
	r->summer = 1;
	r->offset[1] += 3600;
	if (abbreviation(&p, r->abbr[1]) != 0)
		return -1;
	if (*p != ',') {
		if (clock_time(&p, 24, &west) != 0)
			return -1;
		r->offset[1] = -west;
	}
	if (change_day(&p, &r->change[1]) != 0 ||
	    change_day(&p, &r->change[0]) != 0)
		return -1;
	return *p == '\0' ? 0 : -1;
}

int
zone_rule_parse(struct zone_rule *r, const char *text, size_t len)
{
	char copy[128];

	memset(r, 0, sizeof(*r));
	if (len >= sizeof(copy) || memchr(text, '\0', len) != NULL)
		return -1;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return parse_rule(r, copy);
}

static int64_t
change_date(const struct zone_change *c, int32_t year)
{
	int64_t first = zone_days(year, 1, 1), day, next;
	int leap = zone_days(year, 3, 1) - first == 60;

	switch (c->kind) {
	case CHANGE_JULIAN:
		return first + c->day - 1 + (leap && c->day >= 60 ? 1 : 0);
	case CHANGE_DAY:
		return first + c->day;
	case CHANGE_MONTH_WEEK:
		break;
	}
	first = zone_days(year, c->month, 1);
	next = c->month < 12 ? zone_days(year, c->month + 1, 1)
			     : zone_days(year + 1, 1, 1);
	/* zone_weekday() counts from Monday, POSIX from Sunday. */
	day = first + (c->weekday + 6 - zone_weekday(first)) % 7 +
	      7 * (c->week - 1);
	return day < next ? day : day - 7;
}

int64_t
zone_rule_change(const struct zone_rule *r, int summer, int32_t year)
{
	const struct zone_change *c = &r->change[summer];

	/* The time is that of the clocks before they change. */
	return change_date(c, year) * 86400 + c->time - r->offset[!summer];
}
