#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tel/zone.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static const struct zone *
get(const char *name)
{
	struct errmsg err;
	const struct zone *z = zone_get(name, &err);

	if (z == NULL)
		fail_msg("%s: %s", name, err.text);
	return z;
}

/* "2026-03-29 02:30:00" as a reading. */
static struct civil
reading(const char *text)
{
	int y, m, d, h, min, s;

	assert_int_equal(sscanf(text, "%d-%d-%d %d:%d:%d", &y, &m, &d, &h, &min,
			     &s),
	    6);
	return (struct civil){ .year = y,
		.month = (int8_t)m,
		.day = (int8_t)d,
		.hour = (int8_t)h,
		.minute = (int8_t)min,
		.second = (int8_t)s };
}

static int64_t
utc(const char *text)
{
	struct civil c = reading(text);
	int64_t first, second;

	assert_int_equal(zone_to_utc(zone_utc(), &c, &first, &second),
	    ZONE_ONCE);
	assert_int_equal(first, second);
	return first;
}

static void
show(int64_t utc_ms, const struct zone *z, char text[32])
{
	struct civil c;

	zone_to_local(z, utc_ms, &c);
	(void)snprintf(text, 32, "%04d-%02d-%02d %02d:%02d:%02d", (int)c.year,
	    c.month, c.day, c.hour, c.minute, c.second);
}

static void
dates(void **state)
{
	static const struct {
		int64_t days;
		int32_t year;
		int month, day, weekday;
	} table[] = {
		{ 0, 1970, 1, 1, 3 },
		{ -1, 1969, 12, 31, 2 },
		{ 11016, 2000, 2, 29, 1 },
		{ 11017, 2000, 3, 1, 2 },
		{ 20466, 2026, 1, 13, 1 },
		{ 47540, 2100, 2, 28, 6 },
		{ 47541, 2100, 3, 1, 0 },
		{ -719162, 1, 1, 1, 0 },
		{ -719528, 0, 1, 1, 5 },
		{ 2932896, 9999, 12, 31, 4 },
	};
	int32_t year;
	int8_t month, day;
	int64_t days;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(table); i++) {
		assert_int_equal(zone_days(table[i].year, table[i].month,
				     table[i].day),
		    table[i].days);
		assert_int_equal(zone_weekday(table[i].days), table[i].weekday);
	}
	for (days = -800000; days < 3000000; days += 17) {
		zone_date(days, &year, &month, &day);
		assert_int_equal(zone_days(year, month, day), days);
	}
}

static void
readings(void **state)
{
	static const struct {
		struct civil c;
		bool valid;
	} table[] = {
		{ { 2026, 2, 28, 23, 59, 59, 0 }, true },
		{ { 2024, 2, 29, 0, 0, 0, 0 }, true },
		{ { 2000, 2, 29, 0, 0, 0, 0 }, true },
		{ { 2016, 12, 31, 23, 59, 60, 0 }, true },
		{ { 2026, 2, 29, 0, 0, 0, 0 }, false },
		{ { 2100, 2, 29, 0, 0, 0, 0 }, false },
		{ { 2026, 0, 1, 0, 0, 0, 0 }, false },
		{ { 2026, 13, 1, 0, 0, 0, 0 }, false },
		{ { 2026, 4, 31, 0, 0, 0, 0 }, false },
		{ { 2026, 4, 0, 0, 0, 0, 0 }, false },
		{ { 2026, 4, 1, 24, 0, 0, 0 }, false },
		{ { 2026, 4, 1, 0, 60, 0, 0 }, false },
		{ { 2026, 4, 1, 0, 0, 61, 0 }, false },
		{ { 2026, 4, 1, -1, 0, 0, 0 }, false },
		{ { 0, 2, 29, 0, 0, 0, 0 }, true },
		{ { -1, 4, 1, 0, 0, 0, 0 }, false },
		{ { 10000, 4, 1, 0, 0, 0, 0 }, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(table); i++)
		assert_int_equal(zone_valid(&table[i].c), table[i].valid);
}

static void
leap_second_is_read_as_59(void **state)
{
	(void)state;
	assert_int_equal(utc("2016-12-31 23:59:60"),
	    utc("2016-12-31 23:59:59"));
}

/* What clocks showed, from the zones' laws. */
static const struct {
	const char *zone, *utc, *local, *abbr;
	int32_t offset;
} clocks_table[] = {
	{ "UTC", "2026-07-01 12:00:00", "2026-07-01 12:00:00", "UTC", 0 },
	{ "Europe/Berlin", "2026-03-29 00:59:59", "2026-03-29 01:59:59", "CET",
	    3600 },
	{ "Europe/Berlin", "2026-03-29 01:00:00", "2026-03-29 03:00:00", "CEST",
	    7200 },
	{ "Europe/Berlin", "2026-10-25 00:59:59", "2026-10-25 02:59:59", "CEST",
	    7200 },
	{ "Europe/Berlin", "2026-10-25 01:00:00", "2026-10-25 02:00:00", "CET",
	    3600 },
	/* Behind the clocks_table in the file, and 400 years on. */
	{ "Europe/Berlin", "2040-03-25 00:59:59", "2040-03-25 01:59:59", "CET",
	    3600 },
	{ "Europe/Berlin", "2040-03-25 01:00:00", "2040-03-25 03:00:00", "CEST",
	    7200 },
	{ "Europe/Berlin", "2040-10-28 00:59:59", "2040-10-28 02:59:59", "CEST",
	    7200 },
	{ "Europe/Berlin", "2040-10-28 01:00:00", "2040-10-28 02:00:00", "CET",
	    3600 },
	{ "Europe/Berlin", "2440-03-25 01:00:00", "2440-03-25 03:00:00", "CEST",
	    7200 },
	{ "Europe/Berlin", "8840-10-28 01:00:00", "8840-10-28 02:00:00", "CET",
	    3600 },
	{ "Europe/Berlin", "1970-07-01 00:00:00", "1970-07-01 01:00:00", "CET",
	    3600 },
	{ "America/New_York", "2026-03-08 06:59:59", "2026-03-08 01:59:59",
	    "EST", -18000 },
	{ "America/New_York", "2026-03-08 07:00:00", "2026-03-08 03:00:00",
	    "EDT", -14400 },
	{ "America/New_York", "2026-11-01 05:59:59", "2026-11-01 01:59:59",
	    "EDT", -14400 },
	{ "America/New_York", "2026-11-01 06:00:00", "2026-11-01 01:00:00",
	    "EST", -18000 },
	/* Half an hour of summer time, southern half of the year. */
	{ "Australia/Lord_Howe", "2026-04-04 14:59:59", "2026-04-05 01:59:59",
	    "+11", 39600 },
	{ "Australia/Lord_Howe", "2026-04-04 15:00:00", "2026-04-05 01:30:00",
	    "+1030", 37800 },
	{ "Australia/Lord_Howe", "2060-10-02 15:30:00", "2060-10-03 02:30:00",
	    "+11", 39600 },
	{ "Asia/Kolkata", "2026-01-12 19:41:09", "2026-01-13 01:11:09", "IST",
	    19800 },
	{ "Asia/Tokyo", "2095-07-01 00:00:00", "2095-07-01 09:00:00", "JST",
	    32400 },
	/* Winter is the exception: negative summer time. */
	{ "Europe/Dublin", "2050-01-10 12:00:00", "2050-01-10 12:00:00", "GMT",
	    0 },
	{ "Europe/Dublin", "2050-07-10 12:00:00", "2050-07-10 13:00:00", "IST",
	    3600 },
	{ "+03:00", "2026-01-12 22:00:00", "2026-01-13 01:00:00", "+03:00",
	    10800 },
	{ "-0530", "2026-01-12 02:00:00", "2026-01-11 20:30:00", "-05:30",
	    -19800 },
};

static void
clocks(void **state)
{
	const struct zone *z;
	const char *abbr;
	char text[32];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(clocks_table); i++) {
		z = get(clocks_table[i].zone);
		show(utc(clocks_table[i].utc), z, text);
		assert_string_equal(text, clocks_table[i].local);
		assert_int_equal(zone_offset(z, utc(clocks_table[i].utc),
				     &abbr),
		    clocks_table[i].offset);
		assert_string_equal(abbr, clocks_table[i].abbr);
	}
}

static const struct {
	const char *zone, *local;
	enum zone_fold fold;
	const char *first, *second;
} nights_of_change_table[] = {
	{ "Europe/Berlin", "2026-03-29 01:59:59", ZONE_ONCE,
	    "2026-03-29 00:59:59", "2026-03-29 00:59:59" },
	{ "Europe/Berlin", "2026-03-29 02:00:00", ZONE_SKIPPED,
	    "2026-03-29 01:00:00", "2026-03-29 01:00:00" },
	{ "Europe/Berlin", "2026-03-29 02:30:00", ZONE_SKIPPED,
	    "2026-03-29 01:30:00", "2026-03-29 01:30:00" },
	{ "Europe/Berlin", "2026-03-29 03:00:00", ZONE_ONCE,
	    "2026-03-29 01:00:00", "2026-03-29 01:00:00" },
	{ "Europe/Berlin", "2026-10-25 01:59:59", ZONE_ONCE,
	    "2026-10-24 23:59:59", "2026-10-24 23:59:59" },
	{ "Europe/Berlin", "2026-10-25 02:00:00", ZONE_TWICE,
	    "2026-10-25 00:00:00", "2026-10-25 01:00:00" },
	{ "Europe/Berlin", "2026-10-25 02:59:59", ZONE_TWICE,
	    "2026-10-25 00:59:59", "2026-10-25 01:59:59" },
	{ "Europe/Berlin", "2026-10-25 03:00:00", ZONE_ONCE,
	    "2026-10-25 02:00:00", "2026-10-25 02:00:00" },
	{ "Europe/Berlin", "2440-10-28 02:30:00", ZONE_TWICE,
	    "2440-10-28 00:30:00", "2440-10-28 01:30:00" },
	{ "Europe/Berlin", "2440-03-25 02:30:00", ZONE_SKIPPED,
	    "2440-03-25 01:30:00", "2440-03-25 01:30:00" },
	{ "America/New_York", "2026-03-08 02:30:00", ZONE_SKIPPED,
	    "2026-03-08 07:30:00", "2026-03-08 07:30:00" },
	{ "America/New_York", "2026-11-01 01:30:00", ZONE_TWICE,
	    "2026-11-01 05:30:00", "2026-11-01 06:30:00" },
	{ "Australia/Lord_Howe", "2026-04-05 01:29:59", ZONE_ONCE,
	    "2026-04-04 14:29:59", "2026-04-04 14:29:59" },
	{ "Australia/Lord_Howe", "2026-04-05 01:45:00", ZONE_TWICE,
	    "2026-04-04 14:45:00", "2026-04-04 15:15:00" },
	{ "Australia/Lord_Howe", "2026-10-04 02:15:00", ZONE_SKIPPED,
	    "2026-10-03 15:45:00", "2026-10-03 15:45:00" },
	/* A whole day that Samoa never had. */
	{ "Pacific/Apia", "2011-12-30 12:00:00", ZONE_SKIPPED,
	    "2011-12-30 22:00:00", "2011-12-30 22:00:00" },
	{ "Asia/Kolkata", "2026-03-29 02:30:00", ZONE_ONCE,
	    "2026-03-28 21:00:00", "2026-03-28 21:00:00" },
};

static void
nights_of_change(void **state)
{
	int64_t first, second;
	struct civil c;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(nights_of_change_table); i++) {
		c = reading(nights_of_change_table[i].local);
		c.ms = 250;
		assert_int_equal(
		    zone_to_utc(get(nights_of_change_table[i].zone), &c, &first,
			&second),
		    nights_of_change_table[i].fold);
		assert_int_equal(first,
		    utc(nights_of_change_table[i].first) + 250);
		assert_int_equal(second,
		    utc(nights_of_change_table[i].second) + 250);
	}
}

static void
day_starts(void **state)
{
	static const struct {
		const char *zone;
		int month, day, hour, minute;
		const char *utc;
	} table[] = {
		{ "UTC", 1, 13, 0, 0, "2026-01-13 00:00:00" },
		{ "UTC", 1, 13, 24, 0, "2026-01-14 00:00:00" },
		{ "Europe/Berlin", 3, 29, 0, 0, "2026-03-28 23:00:00" },
		{ "Europe/Berlin", 3, 30, 0, 0, "2026-03-29 22:00:00" },
		{ "Europe/Berlin", 3, 29, 2, 30, "2026-03-29 01:00:00" },
		{ "Europe/Berlin", 10, 25, 2, 30, "2026-10-25 00:30:00" },
		/* Clocks in Beirut go forward at midnight. */
		{ "Asia/Beirut", 3, 29, 0, 0, "2026-03-28 22:00:00" },
		{ "America/New_York", 7, 4, 12, 0, "2026-07-04 16:00:00" },
	};
	int64_t day;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(table); i++) {
		day = zone_days(2026, table[i].month, table[i].day);
		assert_int_equal(zone_day_start(get(table[i].zone), day,
				     table[i].hour, table[i].minute),
		    utc(table[i].utc));
	}
	assert_int_equal(zone_local_day(get("Europe/Berlin"),
			     utc("2026-01-12 23:00:00")),
	    zone_days(2026, 1, 13));
	assert_int_equal(zone_local_day(get("Europe/Berlin"),
			     utc("2026-01-12 23:00:00") - 1),
	    zone_days(2026, 1, 12));
	assert_int_equal(zone_local_day(zone_utc(), -1), -1);
}

static void
next_changes(void **state)
{
	const struct zone *z = get("Europe/Berlin");
	int64_t spring = utc("2026-03-29 01:00:00");
	int64_t autumn = utc("2026-10-25 01:00:00");

	(void)state;
	assert_int_equal(zone_next_change(z, spring - 1), spring);
	assert_int_equal(zone_next_change(z, spring), autumn);
	assert_int_equal(zone_next_change(z, utc("2440-01-01 00:00:00")),
	    utc("2440-03-25 01:00:00"));
	assert_int_equal(zone_next_change(z, utc("9000-01-01 00:00:00")),
	    utc("9000-03-30 01:00:00"));
	assert_int_equal(zone_next_change(zone_utc(), 0), ZONE_NEVER);
	assert_int_equal(zone_next_change(get("Asia/Kolkata"), autumn),
	    ZONE_NEVER);
}

static void
ends_of_the_range(void **state)
{
	static const int64_t ends[] = { INT64_MIN, INT64_MIN + 1, -1, 0,
		INT64_MAX - 1, INT64_MAX };
	const struct zone *z = get("Europe/Berlin");
	struct civil c;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(ends); i++) {
		zone_to_local(z, ends[i], &c);
		assert_in_range(c.month, 1, 12);
		assert_in_range(c.day, 1, 31);
		assert_in_range(c.ms, 0, 999);
		(void)zone_next_change(z, ends[i]);
	}
}

static void
names(void **state)
{
	static const char *const same[][2] = {
		{ "Z", "UTC" },
		{ "+0300", "+03:00" },
		{ "+03", "+03:00" },
		{ "-0530", "-05:30" },
		{ "Europe/Berlin", "Europe/Berlin" },
		{ "Etc/GMT-14", "Etc/GMT-14" },
		{ "America/Argentina/Buenos_Aires",
		    "America/Argentina/Buenos_Aires" },
	};
	static const char *const refused[] = { "", "/etc/localtime",
		"../zoneinfo/Europe/Berlin", "Europe/../Europe/Berlin",
		"Europe", "Europe/", "Europe//Berlin", "Europe/Nowhere",
		"europe/berlin", "CET-1CEST", "+", "+3", "+3:00",
		"+03:", "+03:0", "+03:60", "+16:00", "+03:00:00", "+030",
		"zone.tab", "iso3166.tab", "Europe/Ber\nlin", "leapseconds",
		"right/Europe/Berlin" };
	struct errmsg err;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(same); i++) {
		assert_string_equal(zone_name(get(same[i][0])), same[i][1]);
		assert_ptr_equal(get(same[i][0]), get(same[i][1]));
	}
	for (i = 0; i < LENGTH(refused); i++) {
		err.text[0] = '\0';
		assert_null(zone_get(refused[i], &err));
		assert_string_not_equal(err.text, "");
		assert_null(zone_get(refused[i], NULL));
	}
	assert_null(zone_get("Europe/Nowhere", &err));
	assert_string_equal(err.text, "unknown time zone: 'Europe/Nowhere'");
}

static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* The reading and back must be the instant it came from. */
static void
check_round_trip(const struct zone *z, int64_t t, const struct civil *c)
{
	int64_t first, second;
	enum zone_fold fold = zone_to_utc(z, c, &first, &second);

	assert_int_not_equal(fold, ZONE_SKIPPED);
	assert_true(first == t || (fold == ZONE_TWICE && second == t));
	assert_true(fold == ZONE_TWICE ? first < second : first == second);
}

static void
check_like_libc(const struct zone *z, int64_t t)
{
	time_t seconds = (time_t)(t / 1000);
	const char *abbr;
	struct civil c;
	struct tm tm;

	assert_non_null(localtime_r(&seconds, &tm));
	zone_to_local(z, t, &c);
	if (c.year != tm.tm_year + 1900 || c.month != tm.tm_mon + 1 ||
	    c.day != tm.tm_mday || c.hour != tm.tm_hour ||
	    c.minute != tm.tm_min || c.second != tm.tm_sec)
		fail_msg("%s: %lld: %d-%d-%d %d:%d:%d", zone_name(z),
		    (long long)seconds, (int)c.year, c.month, c.day, c.hour,
		    c.minute, c.second);
	assert_int_equal((zone_weekday(zone_local_day(z, t)) + 1) % 7,
	    tm.tm_wday);
	(void)zone_offset(z, t, &abbr);
	assert_string_equal(abbr, tzname[tm.tm_isdst > 0]);
	check_round_trip(z, t, &c);
}

static void
like_libc(void **state)
{
	static const char *const zones[] = { "Europe/Berlin",
		"America/New_York", "Australia/Lord_Howe", "Asia/Kolkata",
		"Europe/Dublin", "Africa/Casablanca", "America/St_Johns",
		"Pacific/Apia", "Asia/Tehran", "America/Sao_Paulo",
		"Pacific/Chatham", "Asia/Beirut", "America/Nuuk",
		"Africa/Cairo" };
	uint64_t seed = UINT64_C(0x9e3779b97f4a7c15), most;
	const char *given = getenv("CDRGUARD_SEED"), *old = getenv("TZ");
	const struct zone *z;
	int64_t t;
	size_t i, k;

	(void)state;
	if (given != NULL)
		seed = strtoull(given, NULL, 0) | 1;
	print_message("CDRGUARD_SEED=%llu\n", (unsigned long long)seed);
	most = (uint64_t)utc("2100-12-31 23:59:59") / 1000;
	for (i = 0; i < LENGTH(zones); i++) {
		z = get(zones[i]);
		assert_int_equal(setenv("TZ", zones[i], 1), 0);
		tzset();
		for (k = 0; k < 4000; k++) {
			t = (int64_t)(next_random(&seed) % most) * 1000;
			check_like_libc(z, t);
		}
		/* Every change, where mistakes live. */
		for (t = 0;
		     (t = zone_next_change(z, t)) / 1000 < (int64_t)most;)
			for (k = 0; k < 3; k++)
				check_like_libc(z, t + ((int64_t)k - 1) * 1000);
	}
	if (old != NULL)
		(void)setenv("TZ", old, 1);
	else
		(void)unsetenv("TZ");
	tzset();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates),
		cmocka_unit_test(readings),
		cmocka_unit_test(leap_second_is_read_as_59),
		cmocka_unit_test(clocks),
		cmocka_unit_test(nights_of_change),
		cmocka_unit_test(day_starts),
		cmocka_unit_test(next_changes),
		cmocka_unit_test(ends_of_the_range),
		cmocka_unit_test(names),
		cmocka_unit_test(like_libc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
