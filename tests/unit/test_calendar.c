#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tel/calendar.h"
#include "tel/calltime.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

enum { MINUTE = 60000, HOUR = 3600000 };

static int64_t
instant(const char *text)
{
	struct errmsg err;
	int64_t t;

	if (time_parse(text, zone_utc(), 0, &t, &err) != 0)
		fail_msg("%s", err.text);
	return t;
}

static int64_t
date(const char *text)
{
	int64_t day;

	assert_int_equal(date_parse(text, &day), 0);
	return day;
}

static void
add_hours(struct calendar *c, const char *days, const char *hours)
{
	struct errmsg err;

	if (calendar_open(c, days, hours, &err) != 0)
		fail_msg("%s", err.text);
}

/* An office with a lunch break, a night shift on Friday and holidays. */
static struct calendar *
office(const char *zone)
{
	struct calendar *c = calendar_new("business-hours");

	add_hours(c, "mon-fri", "07:00-12:00");
	add_hours(c, "mon-fri", "12:30-19:30");
	add_hours(c, "fri", "22:00-06:00");
	add_hours(c, "sun", "18:00-24:00");
	calendar_close(c, date("2026-12-25")); /* a Friday */
	calendar_close(c, date("2026-01-01"));
	calendar_close(c, date("2026-01-01"));
	assert_int_equal(calendar_closed_from(c, INT64_MIN), 2);
	assert_int_equal(calendar_closed_from(c, date("2026-01-02")), 1);
	assert_int_equal(calendar_closed_from(c, date("2026-12-25")), 1);
	assert_int_equal(calendar_closed_from(c, date("2026-12-26")), 0);
	if (zone != NULL)
		calendar_set_zone(c, zone_get(zone, NULL));
	return c;
}

static const struct {
	const char *utc;
	bool inside;
} inside_table[] = {
	{ "2026-01-13T06:59:59.999Z", false },
	{ "2026-01-13T07:00:00Z", true },
	{ "2026-01-13T11:59:59.999Z", true },
	{ "2026-01-13T12:00:00Z", false },
	{ "2026-01-13T12:29:59Z", false },
	{ "2026-01-13T12:30:00Z", true },
	{ "2026-01-13T19:29:59Z", true },
	{ "2026-01-13T19:30:00Z", false },
	{ "2026-01-17T12:00:00Z", false },
	/* Friday's night shift is Saturday's early morning. */
	{ "2026-01-16T21:59:59Z", false },
	{ "2026-01-16T22:00:00Z", true },
	{ "2026-01-16T23:59:59Z", true },
	{ "2026-01-17T00:00:00Z", true },
	{ "2026-01-17T05:59:59Z", true },
	{ "2026-01-17T06:00:00Z", false },
	/* 24:00 is the end of the day. */
	{ "2026-01-18T23:59:59.999Z", true },
	{ "2026-01-19T00:00:00Z", false },
	/* A closed Friday takes its night shift along. */
	{ "2026-12-25T10:00:00Z", false },
	{ "2026-12-25T23:00:00Z", false },
	{ "2026-12-26T05:00:00Z", false },
	{ "2027-01-01T23:00:00Z", true },
	{ "2026-01-01T10:00:00Z", false },
	{ "1969-12-30T10:00:00Z", true },
};

static void
inside(void **state)
{
	struct calendar *c = office(NULL);
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(inside_table); i++)
		if (calendar_inside(c, NULL, instant(inside_table[i].utc)) !=
		    inside_table[i].inside)
			fail_msg("%s", inside_table[i].utc);
	calendar_free(&c);
	assert_null(c);
	calendar_free(&c);
}

static void
closed_day_after_a_night_shift(void **state)
{
	struct calendar *c = office(NULL);

	(void)state;
	calendar_close(c, date("2026-01-17"));
	assert_true(calendar_inside(c, NULL, instant("2026-01-17T05:00Z")));
	calendar_free(&c);
}

static void
zones(void **state)
{
	const struct zone *berlin = zone_get("Europe/Berlin", NULL);
	const struct zone *kolkata = zone_get("Asia/Kolkata", NULL);
	struct calendar *own = office("Europe/Berlin"), *none = office(NULL);

	(void)state;
	assert_ptr_equal(calendar_zone(own), berlin);
	assert_null(calendar_zone(none));
	assert_string_equal(calendar_name(own), "business-hours");
	/* 06:30 UTC is 07:30 in Berlin, noon in India. */
	assert_true(
	    calendar_inside(own, kolkata, instant("2026-01-13T06:30Z")));
	assert_false(
	    calendar_inside(none, kolkata, instant("2026-01-13T06:30Z")));
	assert_true(
	    calendar_inside(none, berlin, instant("2026-01-13T06:30Z")));
	assert_false(calendar_inside(none, NULL, instant("2026-01-13T06:30Z")));
	/* In summer the same clock time is an hour earlier. */
	assert_true(calendar_inside(own, NULL, instant("2026-07-14T05:00Z")));
	assert_false(calendar_inside(own, NULL, instant("2026-01-13T05:00Z")));
	calendar_free(&own);
	calendar_free(&none);
}

static void
open_days(void **state)
{
	struct calendar *c = office(NULL);

	(void)state;
	assert_true(calendar_open_day(c, date("2026-01-13")));
	assert_false(calendar_open_day(c, date("2026-01-17"))); /* Saturday */
	assert_true(calendar_open_day(c, date("2026-01-18")));
	assert_false(calendar_open_day(c, date("2026-12-25")));
	assert_false(calendar_open_day(c, date("2026-12-26")));
	assert_false(calendar_open_day(c, date("2026-01-01")));
	calendar_free(&c);
}

static void
open_time(void **state)
{
	static const struct {
		const char *from, *to;
		int64_t minutes;
	} table[] = {
		{ "2026-01-13", "2026-01-14", 720 },
		{ "2026-01-13T08:00", "2026-01-13T08:00", 0 },
		{ "2026-01-13T09:00", "2026-01-13T08:00", 0 },
		{ "2026-01-13T11:50", "2026-01-13T12:40", 20 },
		{ "2026-01-13T19:00", "2026-01-14T07:30", 60 },
		{ "2026-01-16", "2026-01-17", 720 + 120 },
		{ "2026-01-17", "2026-01-18", 360 },
		{ "2026-01-12", "2026-01-19", 5 * 720 + 480 + 360 },
		{ "2026-12-21", "2026-12-28", 4 * 720 + 360 },
		{ "2026-12-25T23:00", "2026-12-26T12:00", 0 },
	};
	struct calendar *c = office(NULL);
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(table); i++)
		assert_int_equal(calendar_open_ms(c, NULL,
				     instant(table[i].from),
				     instant(table[i].to)),
		    table[i].minutes * MINUTE);
	assert_int_equal(calendar_open_ms(c, NULL,
			     instant("2026-01-13T11:59:59.250Z"),
			     instant("2026-01-13T12:30:00.001Z")),
	    751);
	calendar_free(&c);
}

/* Nights on which clocks change. */
static void
open_time_across_changes(void **state)
{
	static const struct {
		const char *hours;
		int64_t spring, ordinary, autumn; /* hours open on a Sunday */
	} table[] = {
		{ "00:00-24:00", 23, 24, 25 },
		{ "01:00-05:00", 3, 4, 5 },
		{ "02:00-03:00", 0, 1, 2 },
		{ "03:00-04:00", 1, 1, 1 },
	};
	const struct zone *z = zone_get("Europe/Berlin", NULL);
	struct calendar *c;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(table); i++) {
		c = calendar_new("x");
		add_hours(c, "sun", table[i].hours);
		assert_int_equal(calendar_open_ms(c, z,
				     instant("2026-03-28T12:00"),
				     instant("2026-03-29T23:00")),
		    table[i].spring * HOUR);
		assert_int_equal(calendar_open_ms(c, z,
				     instant("2026-02-28T12:00"),
				     instant("2026-03-01T23:30")),
		    table[i].ordinary * HOUR);
		assert_int_equal(calendar_open_ms(c, z,
				     instant("2026-10-24T12:00"),
				     instant("2026-10-25T23:30")),
		    table[i].autumn * HOUR);
		calendar_free(&c);
	}
}

/* Stretch by stretch the answers are those of each instant. */
static void
inside_for_a_while(void **state)
{
	static const char *const from[] = { "1969-12-28T10:00:30.500",
		"2026-03-27T07:59:59.999", "2026-10-24T00:00",
		"2026-12-23T11:00" };
	struct calendar *c = office("Europe/Berlin");
	int64_t t, end, until, at;
	size_t i, stretches;
	bool open;

	(void)state;
	for (i = 0; i < LENGTH(from); i++) {
		end = instant(from[i]) + 96 * HOUR;
		for (t = instant(from[i]), stretches = 0; t < end; t = until) {
			open = calendar_inside_until(c, NULL, t, &until);
			assert_true(until > t && until <= t + 25 * HOUR);
			for (at = t; at < until; at += 30011)
				assert_int_equal(calendar_inside(c, NULL, at),
				    open);
			assert_int_equal(calendar_inside(c, NULL, until - 1),
			    open);
			stretches++;
		}
		/* It is no shorter than it has to be. */
		assert_true(stretches < 30);
	}
	calendar_free(&c);
}

static void
overlaps_count_once(void **state)
{
	struct calendar *c = calendar_new("x");

	(void)state;
	add_hours(c, "mon", "20:00-08:00");
	add_hours(c, "tue", "06:00-10:00");
	add_hours(c, "tue", "07:00-11:00");
	assert_int_equal(calendar_open_ms(c, NULL, instant("2026-01-12"),
			     instant("2026-01-14")),
	    15 * HOUR);
	calendar_close(c, date("2026-01-12"));
	assert_int_equal(calendar_open_ms(c, NULL, instant("2026-01-12"),
			     instant("2026-01-14")),
	    5 * HOUR);
	assert_true(calendar_inside(c, NULL, instant("2026-01-13T06:00Z")));
	assert_false(calendar_inside(c, NULL, instant("2026-01-13T05:59Z")));
	calendar_free(&c);
}

/* Open time is where calendar_inside() holds, minute by minute. */
static void
open_time_is_inside(void **state)
{
	static const char *const names[] = { "Europe/Berlin",
		"Australia/Lord_Howe", "America/New_York", "Asia/Kolkata" };
	struct calendar *c;
	int64_t t, from, to, sum;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(names); i++) {
		c = office(names[i]);
		add_hours(c, "sun", "01:15-02:45");
		from = instant("2026-03-02T03:17");
		to = instant("2026-04-13T21:05");
		for (t = from, sum = 0; t < to; t += MINUTE)
			sum += calendar_inside(c, NULL, t) ? MINUTE : 0;
		assert_int_equal(calendar_open_ms(c, NULL, from, to), sum);
		calendar_free(&c);
	}
}

static void
never_open(void **state)
{
	struct calendar *c = calendar_new("x");

	(void)state;
	assert_false(calendar_inside(c, NULL, 0));
	assert_false(calendar_open_day(c, 0));
	assert_int_equal(calendar_open_ms(c, NULL, 0, 864000000), 0);
	calendar_free(&c);
}

static void
days(void **state)
{
	static const struct {
		const char *text;
		unsigned set;
	} table[] = {
		{ "mon", 0x01 },
		{ "mon-fri", 0x1f },
		{ "sat,sun", 0x60 },
		{ "mon,wed", 0x05 },
		{ "fri-mon", 0x71 },
		{ "mon-sun", 0x7f },
		{ "wed-wed", 0x04 },
		{ "Monday-Wednesday,SAT", 0x27 },
	};
	static const char *const refused[] = { "", "mo", "mon-", "-fri", "mon,",
		",mon", "mon--fri", "mon-fri-sun", "mon fri", "weekday",
		"mon,,tue", "1-5" };
	struct errmsg err;
	unsigned set;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(table); i++) {
		assert_int_equal(calendar_days(table[i].text, &set, &err), 0);
		assert_int_equal(set, table[i].set);
	}
	for (i = 0; i < LENGTH(refused); i++)
		if (calendar_days(refused[i], &set, &err) != -1)
			fail_msg("%s", refused[i]);
	assert_string_equal(err.text,
	    "not days of the week: '1-5' (mon-fri or sat,sun is)");
}

static void
hours_refused(void **state)
{
	static const char *const refused[] = { "", "07:00", "07:00-", "7-19",
		"07:00-19:60", "07:00-24:01", "25:00-26:00", "24:00-06:00",
		"08:00-08:00", "00:00-00:00", "07:00-19:30 ", "07:00 - 19:30",
		"07:00-12:00,13:00-19:00", "07:0-19:30", "-1:00-05:00",
		"007:00-19:30", "07:00-19:30:00" };
	struct calendar *c = calendar_new("x");
	struct errmsg err;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(refused); i++)
		if (calendar_open(c, "mon", refused[i], &err) != -1)
			fail_msg("%s", refused[i]);
	assert_string_equal(err.text,
	    "not opening hours: '07:00-19:30:00' (07:00-19:30 is)");
	assert_int_equal(calendar_open(c, "moon", "07:00-19:00", &err), -1);
	assert_false(calendar_open_day(c, date("2026-01-12")));
	add_hours(c, "mon", "7:00-9:05");
	assert_true(calendar_inside(c, NULL, instant("2026-01-12T09:04Z")));
	calendar_free(&c);
}

static void
copies(void **state)
{
	struct calendar *c = office("Europe/Berlin"), *copy = calendar_copy(c);

	(void)state;
	assert_true(calendar_hash(c) == calendar_hash(copy));
	assert_string_equal(calendar_name(copy), "business-hours");
	assert_ptr_equal(calendar_zone(copy), calendar_zone(c));
	/* each goes its own way */
	calendar_close(copy, date("2026-05-01"));
	assert_true(calendar_hash(c) != calendar_hash(copy));
	assert_true(calendar_open_day(c, date("2026-05-01")));
	calendar_free(&c);
	assert_false(calendar_open_day(copy, date("2026-12-25")));
	calendar_free(&copy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inside),
		cmocka_unit_test(closed_day_after_a_night_shift),
		cmocka_unit_test(zones),
		cmocka_unit_test(open_days),
		cmocka_unit_test(open_time),
		cmocka_unit_test(open_time_across_changes),
		cmocka_unit_test(inside_for_a_while),
		cmocka_unit_test(overlaps_count_once),
		cmocka_unit_test(open_time_is_inside),
		cmocka_unit_test(never_open),
		cmocka_unit_test(days),
		cmocka_unit_test(hours_refused),
		cmocka_unit_test(copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
