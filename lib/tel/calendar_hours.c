#include "tel/calendar_impl.h"

#include <string.h>

#include "tel/calltime.h"

/* "mon" or "mon-fri" of `len` bytes, added to the set. */
static int
add_days(const char *s, size_t len, unsigned *set)
{
	const char *dash = memchr(s, '-', len);
	int from, to;

	from = weekday_parse(s, dash != NULL ? (size_t)(dash - s) : len);
	to = from;
	if (dash != NULL)
		to = weekday_parse(dash + 1, (size_t)(s + len - dash) - 1);
	if (from < 0 || to < 0)
		return -1;
	for (*set |= 1U << to; from != to; from = (from + 1) % CALENDAR_DAYS)
		*set |= 1U << from;
	return 0;
}

int
calendar_days(const char *days, unsigned *set, struct errmsg *err)
{
	const char *s = days;
	size_t len;

	for (*set = 0;; s += len + 1) {
		len = strcspn(s, ",");
		if (add_days(s, len, set) != 0)
			return errmsg_set(err,
			    "not days of the week: '%s' (mon-fri or sat,sun is)",
			    days);
		if (s[len] == '\0')
			return 0;
	}
}

/* "7:00" or "07:00", to 24:00; returns the character behind it, or NULL. */
static const char *
parse_clock(const char *s, int *minute)
{
	int hours = 0, minutes, n;

	for (n = 0; n < 2 && s[n] >= '0' && s[n] <= '9'; n++)
		hours = hours * 10 + (s[n] - '0');
	if (n == 0 || s[n] != ':')
		return NULL;
	s += n + 1;
	if (s[0] < '0' || s[0] > '5' || s[1] < '0' || s[1] > '9')
		return NULL;
	minutes = (s[0] - '0') * 10 + (s[1] - '0');
	*minute = hours * 60 + minutes;
	return *minute <= CALENDAR_MINUTES ? s + 2 : NULL;
}

int
calendar_hours(const char *hours, int *from, int *to)
{
	const char *s = parse_clock(hours, from);

	if (s == NULL || *s != '-' || (s = parse_clock(s + 1, to)) == NULL ||
	    *s != '\0' || *from == CALENDAR_MINUTES || *from == *to)
		return -1;
	if (*to < *from)
		*to += CALENDAR_MINUTES;
	return 0;
}
