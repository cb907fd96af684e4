/*
 * Local time of Chicago, by the rule in force since 2007: daylight saving from
 * the second Sunday of March to the first of November, both at 2:00.
 */
#include "bench/gentraffic.h"

/* Howard Hinnant, "chrono-compatible low-level date algorithms" */
int64_t
day_of_date(int year, int month, int date)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = y / 400, of_era = y - era * 400;
	int64_t of_year =
	    (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + date - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

void
date_of_day(int64_t day, int *year, int *month, int *date)
{
	int64_t z = day + 719468, era = z / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*date = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

unsigned
weekday_of(int64_t day)
{
	return (unsigned)((day + 3) % 7); /* 1970-01-01 was a Thursday */
}

/* The n-th such weekday of a month. */
static int64_t
nth(int year, int month, unsigned weekday, int n)
{
	int64_t day = day_of_date(year, month, 1);

	return day + (weekday + 7 - weekday_of(day)) % 7 + 7 * (n - 1);
}

static int64_t
summer_begins(int year)
{
	return nth(year, 3, 6, 2);
}

static int64_t
summer_ends(int year)
{
	return nth(year, 11, 6, 1);
}

static int
year_of(int64_t day)
{
	int year, month, date;

	date_of_day(day, &year, &month, &date);
	return year;
}

bool
clocks_change(int64_t day)
{
	int year = year_of(day);

	return day == summer_begins(year) || day == summer_ends(year);
}

int64_t
utc_of(int64_t day, int64_t second)
{
	int64_t face = day * DAY + second;
	int year = year_of(face / DAY);
	bool summer = face >= summer_begins(year) * DAY + 2 * HOUR &&
		      face < summer_ends(year) * DAY + 2 * HOUR;

	return face + (summer ? 5 : 6) * HOUR;
}

int64_t
local_of(int64_t utc)
{
	int year = year_of(utc / DAY);
	bool summer = utc >= summer_begins(year) * DAY + 8 * HOUR &&
		      utc < summer_ends(year) * DAY + 7 * HOUR;

	return utc - (summer ? 5 : 6) * HOUR;
}

bool
holiday(int64_t day)
{
	int year, month, date;

	date_of_day(day, &year, &month, &date);
	return (month == 1 && date == 1) || (month == 7 && date == 4) ||
	       (month == 11 && date == 11) || (month == 12 && date == 25) ||
	       day == nth(year, 1, 0, 3) || day == nth(year, 9, 0, 1) ||
	       day == nth(year, 11, 3, 4);
}
