#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/jsonout.h"
#include "tel/calltime.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static struct stamp_pattern *
compile(const char *text)
{
	struct stamp_pattern *p;
	struct errmsg err;
	size_t offset;

	if (stamp_compile(&p, text, &offset, &err) != 0)
		fail_msg("%s: %s at %zu", text, err.text, offset);
	return p;
}

static int
parse(const char *pattern, const char *text, struct stamp *out)
{
	struct stamp_pattern *p = compile(pattern);
	size_t len = strlen(text);
	char *exact = malloc(len + 1);
	int rc;

	/* Without a NUL behind it, so that reading on is seen. */
	assert_non_null(exact);
	memcpy(exact, text, len);
	exact = realloc(exact, len > 0 ? len : 1);
	rc = stamp_parse(p, exact, len, out);
	free(exact);
	stamp_free(&p);
	assert_null(p);
	return rc;
}

static void
show(const struct stamp *s, char text[64])
{
	static const char *const kinds[] = { "local", "utc", "offset",
		"abbrev" };
	const struct civil *c = &s->civil;

	(void)snprintf(text, 64, "%s %04d-%02d-%02d %02d:%02d:%02d.%03d%s%s",
	    kinds[s->kind], (int)c->year, c->month, c->day, c->hour, c->minute,
	    c->second, c->ms, s->abbrev[0] != '\0' ? " " : "", s->abbrev);
}

static const struct {
	const char *pattern, *text, *result;
} stamps_table[] = {
	{ "%Y-%m-%d %H:%M:%S", "2026-01-13 02:11:09",
	    "local 2026-01-13 02:11:09.000" },
	{ "%Y-%m-%d %H:%M:%S", "  2024-02-29 23:59:60\t",
	    "local 2024-02-29 23:59:59.000" },
	{ "%Y-%m-%d %H:%M:%S", "2026-1-3 \t 2:1:9",
	    "local 2026-01-03 02:01:09.000" },
	{ " %Y-%m-%d  ", "2026-01-13", "local 2026-01-13 00:00:00.000" },
	{ "%Y%m%d%H%M%S", "20260113021109", "local 2026-01-13 02:11:09.000" },
	{ "%y%m%d%H%M", "2601130211", "local 2026-01-13 02:11:00.000" },
	{ "%d/%m/%y", "01/02/69", "local 1969-02-01 00:00:00.000" },
	{ "%d/%m/%y", "01/02/68", "local 2068-02-01 00:00:00.000" },
	{ "%d/%m/%y", "01/02/99", "local 1999-02-01 00:00:00.000" },
	{ "%d/%m/%y", "01/02/00", "local 2000-02-01 00:00:00.000" },
	{ "%Y-%m-%d %H:%M:%S.%f", "2026-01-13 02:11:09.2",
	    "local 2026-01-13 02:11:09.200" },
	{ "%Y-%m-%d %H:%M:%S.%f", "2026-01-13 02:11:09.123999999999",
	    "local 2026-01-13 02:11:09.123" },
	{ "%m/%d/%Y %I:%M:%S %p", "12/20/2011 12:00:00 AM",
	    "local 2011-12-20 00:00:00.000" },
	{ "%m/%d/%Y %I:%M:%S %p", "12/20/2011 12:00:00 pm",
	    "local 2011-12-20 12:00:00.000" },
	{ "%m/%d/%y %I:%M%p", "12/20/11   7:09PM",
	    "local 2011-12-20 19:09:00.000" },
	{ "%m/%d/%y %I:%M %p", "12/20/11 7:09 a.m.",
	    "local 2011-12-20 07:09:00.000" },
	{ "%m/%d/%y %I:%M%p", "12/20/11 7:09p",
	    "local 2011-12-20 19:09:00.000" },
	{ "%a %b %e %H:%M:%S %Y", "Tue Jan  3 02:11:09 2026",
	    "local 2026-01-03 02:11:09.000" },
	{ "%a %b%e %H:%M:%S %Y", "tuesday JANUARY 13 02:11:09 2026",
	    "local 2026-01-13 02:11:09.000" },
	{ "%d %B %Y", "1 sept 2026", "local 2026-09-01 00:00:00.000" },
	{ "%d-%b-%Y", "31-May-2026", "local 2026-05-31 00:00:00.000" },
	/* A switch that leaves the year out: leap or not. */
	{ "%m/%d %H:%M", "02/29 23:00", "local 0000-02-29 23:00:00.000" },
	{ "%H:%M:%S.%f %Z %b %d %Y", "15:54:56.868 PST DEC 18 2017",
	    "abbrev 2017-12-18 15:54:56.868 PST" },
	{ "%H:%M:%S.%f %Z %a %b %d %Y", "06:13:54.950  utc  Fri Mar 02 2012",
	    "utc 2012-03-02 06:13:54.950" },
	{ "%b %d %H:%M:%S %Z", "May 24 08:00:00 UTC",
	    "abbrev 0000-05-24 08:00:00.000 UTC" },
	{ "%Y-%m-%dT%H:%M:%S%z", "2026-01-13T02:11:09Z",
	    "offset 2026-01-13 02:11:09.000" },
	{ "%s", "1706368044", "utc 2024-01-27 15:07:24.000" },
	{ "%s", "1706368044.0", "utc 2024-01-27 15:07:24.000" },
	{ "%s", "1706368044.2509", "utc 2024-01-27 15:07:24.250" },
	{ "%s", "0", "utc 1970-01-01 00:00:00.000" },
	{ "%s", "253402300799", "utc 9999-12-31 23:59:59.000" },
	{ "%Q", "1706368044250", "utc 2024-01-27 15:07:24.250" },
	{ "%U", "1706368044250999", "utc 2024-01-27 15:07:24.250" },
	{ "<%s>", "<1706368044>", "utc 2024-01-27 15:07:24.000" },
	{ "%d%%%m%%%Y", "13%01%2026", "local 2026-01-13 00:00:00.000" },
};

static void
stamps(void **state)
{
	struct stamp s;
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(stamps_table); i++) {
		if (parse(stamps_table[i].pattern, stamps_table[i].text, &s) !=
		    0)
			fail_msg("%s: %s", stamps_table[i].pattern,
			    stamps_table[i].text);
		show(&s, text);
		assert_string_equal(text, stamps_table[i].result);
		assert_int_equal(s.no_year, s.civil.year == 0);
	}
}

static const struct {
	const char *pattern, *text;
	int year;
	const char *result; /* NULL: it has no such day */
} years_table[] = {
	{ "%m/%d %H:%M", "01/13 02:11", 2026, "local 2026-01-13 02:11:00.000" },
	{ "%m/%d", "02/29", 2024, "local 2024-02-29 00:00:00.000" },
	{ "%m/%d", "02/29", 2026, NULL },
	{ "%m/%d", "02/29", 2000, "local 2000-02-29 00:00:00.000" },
	{ "%m/%d", "02/29", 1900, NULL },
	{ "%m/%d", "01/13", 10000, NULL },
	{ "%b %d %H:%M:%S %Z", "May 24 08:00:00 CEST", 2026,
	    "abbrev 2026-05-24 08:00:00.000 CEST" },
	{ "%b %d %H:%M:%S %Z", "May 24 08:00:00 GMT", 2026,
	    "utc 2026-05-24 08:00:00.000" },
};

static void
years(void **state)
{
	struct stamp s;
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(years_table); i++) {
		assert_int_equal(parse(years_table[i].pattern,
				     years_table[i].text, &s),
		    0);
		assert_true(s.no_year);
		if (years_table[i].result == NULL) {
			assert_int_equal(stamp_set_year(&s,
					     years_table[i].year),
			    -1);
			assert_true(s.no_year);
			assert_int_equal(s.civil.year, 0);
			continue;
		}
		assert_int_equal(stamp_set_year(&s, years_table[i].year), 0);
		show(&s, text);
		assert_string_equal(text, years_table[i].result);
		assert_false(s.no_year);
	}
	assert_int_equal(parse("%m/%d %H:%M %Z", "01/13 02:11 UTC", &s), 0);
	assert_int_equal(stamp_set_year(&s, 2026), 0);
	assert_true(s.utc_ms == INT64_C(1768270260000));
}

static void
instants(void **state)
{
	static const struct {
		const char *pattern, *text;
		int64_t utc_ms;
	} table[] = {
		{ "%Y-%m-%d %H:%M:%S%z", "2024-01-27 15:07:24Z",
		    INT64_C(1706368044000) },
		{ "%Y-%m-%d %H:%M:%S%z", "2024-01-27 15:07:24+00",
		    INT64_C(1706368044000) },
		{ "%Y-%m-%d %H:%M:%S %z", "2024-01-27 20:37:24 +0530",
		    INT64_C(1706368044000) },
		{ "%Y-%m-%d %H:%M:%S.%f%z", "2024-01-27 07:07:24.5-08:00",
		    INT64_C(1706368044500) },
		{ "%Y-%m-%d %H:%M:%S %Z", "2024-01-27 15:07:24 GMT",
		    INT64_C(1706368044000) },
		{ "%Y-%m-%d %H:%M:%S%Z", "2024-01-27 15:07:24z",
		    INT64_C(1706368044000) },
		{ "%Y-%m-%d %H:%M:%S%z", "1969-12-31 23:59:59Z", -1000 },
		{ "%s", "1706368044.25", INT64_C(1706368044250) },
	};
	struct stamp s;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(table); i++) {
		assert_int_equal(parse(table[i].pattern, table[i].text, &s), 0);
		assert_int_equal(s.utc_ms, table[i].utc_ms);
	}
}

static const char *const stamps_refused_table[][2] = {
	{ "%Y-%m-%d %H:%M:%S", "" },
	{ "%Y-%m-%d %H:%M:%S", "   " },
	{ "%Y-%m-%d %H:%M:%S", "2026-02-30 00:00:00" },
	{ "%Y-%m-%d %H:%M:%S", "2026-02-29 00:00:00" },
	{ "%Y-%m-%d %H:%M:%S", "2026-13-01 00:00:00" },
	{ "%Y-%m-%d %H:%M:%S", "2026-00-01 00:00:00" },
	{ "%Y-%m-%d %H:%M:%S", "2026-01-00 00:00:00" },
	{ "%Y-%m-%d %H:%M:%S", "0000-01-01 00:00:00" },
	{ "%Y-%m-%d %H:%M:%S", "2026-01-13 24:00:00" },
	{ "%Y-%m-%d %H:%M:%S", "2026-01-13 00:60:00" },
	{ "%Y-%m-%d %H:%M:%S", "2026-01-13 00:00:61" },
	{ "%Y-%m-%d %H:%M:%S", "2026-01-13 00:00:000" },
	{ "%Y-%m-%d %H:%M:%S", "2026-01-13 00:00:00x" },
	{ "%Y-%m-%d %H:%M:%S", "2026-01-13 00:00:" },
	{ "%Y-%m-%d %H:%M:%S", "2026-01-1300:00:00" },
	{ "%Y-%m-%d %H:%M:%S", "26-01-13 00:00:00" },
	{ "%Y-%m-%d %H:%M:%S", "-026-01-13 00:00:00" },
	{ "%Y-%m-%d", "\xef\xbc\x92"
		      "026-01-13" },
	{ "%d/%m/%y", "1/2/3" },
	{ "%m/%d", "02/30" },
	{ "%d %b %Y", "1 Ja 2026" },
	{ "%d %b %Y", "1 Janu4ry 2026" },
	{ "%d %b %Y", "1 Januaryy 2026" },
	{ "%a %d %b %Y", "xyz 1 Jan 2026" },
	{ "%m/%d/%Y %I:%M %p", "12/20/2011 13:00 PM" },
	{ "%m/%d/%Y %I:%M %p", "12/20/2011 0:00 AM" },
	{ "%m/%d/%Y %I:%M %p", "12/20/2011 1:00 XM" },
	{ "%m/%d/%Y %I:%M %p", "12/20/2011 1:00 " },
	{ "%Y-%m-%d %H:%M:%S.%f", "2026-01-13 02:11:09." },
	{ "%Y-%m-%d %H:%M:%S%z", "2026-01-13 02:11:09" },
	{ "%Y-%m-%d %H:%M:%S%z", "2026-01-13 02:11:09+1" },
	{ "%Y-%m-%d %H:%M:%S%z", "2026-01-13 02:11:09+24:00" },
	{ "%Y-%m-%d %H:%M:%S%z", "2026-01-13 02:11:09+01:60" },
	{ "%Y-%m-%d %H:%M:%S%z", "2026-01-13 02:11:09+01:" },
	{ "%Y-%m-%d %H:%M:%S %Z", "2026-01-13 02:11:09 +01" },
	{ "%Y-%m-%d %H:%M:%S %Z", "2026-01-13 02:11:09 TOOLONGX" },
	{ "%s", "" },
	{ "%s", "-1" },
	{ "%s", "1e9" },
	{ "%s", "1706368044." },
	{ "%s", "253402300800" },
	{ "%s", "9223372036854775807" },
	{ "%s", "9223372036854775808" },
	{ "%s", "18446744073709551616000000000000" },
	{ "%Q", "253402300800000" },
	{ "%U", "253402300800000000" },
};

static void
stamps_refused(void **state)
{
	struct stamp s;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(stamps_refused_table); i++)
		if (parse(stamps_refused_table[i][0],
			stamps_refused_table[i][1], &s) != -1)
			fail_msg("%s: %s", stamps_refused_table[i][0],
			    stamps_refused_table[i][1]);
}

static void
patterns_refused(void **state)
{
	static const struct {
		const char *text;
		size_t offset;
		const char *words;
	} table[] = {
		{ "", 0, "time pattern without a month" },
		{ "%Y-%m", 5, "time pattern without a day" },
		{ "%H:%M:%S", 8, "time pattern without a month" },
		{ "%Y-%m-%d %", 9, "time pattern ends in '%'" },
		{ "%Y-%m-%d %q", 9, "no such part of a time: '%q'" },
		{ "%Y-%m-%d %e", 9, "'%e' gives the day twice" },
		{ "%Y %y", 3, "'%y' gives the year twice" },
		{ "%m %B", 3, "'%B' gives the month twice" },
		{ "%z %Z", 3, "'%Z' gives the zone twice" },
		{ "%s %Y", 3, "'%s' stands alone in a time pattern" },
		{ "%Y %Q", 3, "'%Q' stands alone in a time pattern" },
		{ "%m/%d %z", 8, "'%z' needs a year" },
		{ "%Y-%m-%d %I:%M", 14, "'%I' needs '%p'" },
		{ "%Y-%m-%d %H:%M%p", 16, "'%p' needs '%I'" },
		{ "%Y%m%d 0123456789012345678901234567890123456789"
		  "0123456789012345678901234567890123456789",
		    67, "time pattern is too long" },
	};
	struct stamp_pattern *p;
	struct errmsg err;
	size_t i, offset;

	(void)state;
	for (i = 0; i < LENGTH(table); i++) {
		assert_int_equal(stamp_compile(&p, table[i].text, &offset,
				     &err),
		    -1);
		assert_null(p);
		assert_string_equal(err.text, table[i].words);
		assert_int_equal(offset, table[i].offset);
	}
}

/* Any text under any pattern: an answer, and a valid one. */
static void
hostile_text(void **state)
{
	static const char *const patterns[] = { "%Y-%m-%d %H:%M:%S",
		"%a %b %e %I:%M:%S.%f %p %y %Z", "%d%m%Y%z", "%s", "%U" };
	static const char bytes[] = "0123456789 -:./+ZzAPMapmJanTue\0\xff%";
	uint64_t seed = 88172645463325252U;
	struct stamp_pattern *p;
	struct stamp s;
	char text[24];
	size_t i, k, len, n;

	(void)state;
	for (i = 0; i < LENGTH(patterns); i++) {
		p = compile(patterns[i]);
		for (k = 0; k < 20000; k++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			len = seed % sizeof(text);
			for (n = 0; n < len; n++)
				text[n] = bytes[(seed >> n % 40) %
						(sizeof(bytes) - 1)];
			if (stamp_parse(p, text, len, &s) == 0)
				assert_true(zone_valid(&s.civil));
		}
		stamp_free(&p);
	}
	stamp_free(&p);
}

static void
spans(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} table[] = {
		{ "0s", 0 },
		{ "2h", 7200000 },
		{ "90s", 90000 },
		{ "1.5d", 129600000 },
		{ "500ms", 500 },
		{ "2m", 120000 },
		{ "1w", 604800000 },
		{ "0.001s", 1 },
		{ "0.00005m", 3 },
		{ "1.500000000000000000s", 1500 },
		{ "106751991167d", INT64_C(9223372036828800000) },
		{ "9223372036854775.807s", INT64_MAX },
	};
	static const char *const refused[] = { "", "s", "5", "5 s", " 5s",
		"5s ", "-5s", "+5s", "5S", "1h30m", ".5s", "5.s", "1..5s",
		"1.5.5s", "1.5ms", "0.0001s", "0.00001m", "1e3s", "5y", "5mss",
		"9223372036854775808ms", "9223372036854775.808s",
		"106751991168d", "0x5s", "0.0000000001w" };
	int64_t ms;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(table); i++) {
		if (span_parse(table[i].text, &ms) != 0)
			fail_msg("%s", table[i].text);
		assert_int_equal(ms, table[i].ms);
	}
	for (i = 0; i < LENGTH(refused); i++)
		if (span_parse(refused[i], &ms) != -1)
			fail_msg("%s", refused[i]);
}

static void
check_printed(void (*print)(struct buf *, int64_t), int64_t v, const char *text)
{
	struct buf b;

	buf_init(&b);
	print(&b, v);
	assert_string_equal(b.data, text);
	buf_fini(&b);
}

static void
spans_printed(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} table[] = {
		{ 0, "0s" },
		{ 1, "1ms" },
		{ 250, "0.25s" },
		{ 1000, "1s" },
		{ 90000, "90s" },
		{ 120000, "2m" },
		{ 7200000, "2h" },
		{ 30600000, "8.5h" },
		{ 86400000, "1d" },
		{ 129600000, "36h" },
		{ 604800000, "7d" },
		{ INT64_C(5184000000), "60d" },
		{ 1001, "1.001s" },
		{ -90000, "-90s" },
		{ INT64_MAX, "9223372036854775.807s" },
		{ INT64_MIN, "-9223372036854775.808s" },
	};
	struct buf b;
	int64_t ms, back;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(table); i++)
		check_printed(span_print, table[i].ms, table[i].text);
	buf_init(&b);
	for (ms = 0; ms < INT64_C(100000000000); ms = ms * 3 + 7) {
		buf_reset(&b);
		span_print(&b, ms);
		assert_int_equal(span_parse(b.data, &back), 0);
		assert_int_equal(back, ms);
	}
	buf_fini(&b);
}

static void
clocks_printed(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} table[] = {
		{ 0, "0:00" },
		{ 999, "0:00" },
		{ 65000, "1:05" },
		{ 842000, "14:02" },
		{ 3599999, "59:59" },
		{ 3600000, "1:00:00" },
		{ 92620000, "25:43:40" },
		{ -65000, "-1:05" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(table); i++)
		check_printed(span_clock, table[i].ms, table[i].text);
}

static void
times_as_json(void **state)
{
	struct jsonout j;
	struct buf b;

	(void)state;
	buf_init(&b);
	jsonout_init(&j, &b, false);
	jsonout_object(&j);
	time_json(&j, "at", INT64_C(1768266669250));
	date_json(&j, "on", 20466);
	jsonout_end_object(&j);
	assert_string_equal(b.data,
	    "{\"at\":\"2026-01-13T01:11:09.250Z\",\"on\":\"2026-01-13\"}");
	buf_fini(&b);
}

static void
times_printed(void **state)
{
	struct errmsg err;
	const struct zone *z = zone_get("Europe/Berlin", &err);
	struct buf b;

	(void)state;
	assert_non_null(z);
	check_printed(time_rfc3339, INT64_C(1768266669000),
	    "2026-01-13T01:11:09Z");
	check_printed(time_rfc3339, INT64_C(1768266669250),
	    "2026-01-13T01:11:09.250Z");
	check_printed(time_rfc3339, -1, "1969-12-31T23:59:59.999Z");
	check_printed(date_print, 20466, "2026-01-13");
	check_printed(date_print, -1, "1969-12-31");
	buf_init(&b);
	time_local(&b, z, INT64_C(1768266669250));
	assert_string_equal(b.data, "2026-01-13 02:11:09");
	buf_fini(&b);
}

static const struct {
	const char *text, *result;
} times_table[] = {
	{ "2026-01-13T01:11:09Z", "2026-01-13T01:11:09Z" },
	{ "2026-01-13t01:11:09z", "2026-01-13T01:11:09Z" },
	{ "2026-01-13 01:11:09Z", "2026-01-13T01:11:09Z" },
	{ "2026-01-13T01:11:09.25Z", "2026-01-13T01:11:09.250Z" },
	{ "2026-01-13T02:11:09+01:00", "2026-01-13T01:11:09Z" },
	{ "2026-01-13T02:11+01:00", "2026-01-13T01:11:00Z" },
	{ "2026-01-13", "2026-01-12T23:00:00Z" },
	{ "2026-07-13", "2026-07-12T22:00:00Z" },
	{ "2026-01-13T10:00", "2026-01-13T09:00:00Z" },
	{ "2026-01-13 10:00:30", "2026-01-13T09:00:30Z" },
	{ "2026-10-25T02:30", "2026-10-25T00:30:00Z" },
	{ "2026-03-29T02:30", "2026-03-29T01:30:00Z" },
	{ "7d", "2026-01-13T12:00:00Z" },
	{ "90s", "2026-01-20T11:58:30Z" },
};

static void
times(void **state)
{
	static const char *const refused[] = { "", "now", "7", "d", "-7d",
		"2026", "2026-01", "2026-02-30", "2026-1-13", "13/01/2026",
		"2026-01-13T", "2026-01-13T25:00", "2026-01-13T10",
		"2026-01-13X10:00", "2026-01-13T10:00+", "yesterday" };
	const int64_t now = INT64_C(1768910400000); /* 2026-01-20 12:00 UTC */
	const struct zone *z = zone_get("Europe/Berlin", NULL);
	struct errmsg err;
	int64_t t;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(times_table); i++) {
		if (time_parse(times_table[i].text, z, now, &t, &err) != 0)
			fail_msg("%s", err.text);
		check_printed(time_rfc3339, t, times_table[i].result);
	}
	for (i = 0; i < LENGTH(refused); i++)
		if (time_parse(refused[i], z, now, &t, &err) != -1)
			fail_msg("%s", refused[i]);
	assert_string_equal(err.text,
	    "not a time: 'yesterday' "
	    "(2026-01-13, 2026-01-13T10:00 or 7d is one)");
	assert_int_equal(time_parse("106751991166d", z, -1000000000000, &t,
			     &err),
	    -1);
}

static void
dates(void **state)
{
	static const char *const refused[] = { "", "2026-1-13", "2026-01-3",
		"2026-01-131", "2026-02-29", "2026/01/13", "+026-01-13",
		" 2026-01-13", "2026-01-13 ", "20260113ab" };
	int64_t day;
	size_t i;

	(void)state;
	assert_int_equal(date_parse("2026-01-13", &day), 0);
	assert_int_equal(day, 20466);
	assert_int_equal(date_parse("2024-02-29", &day), 0);
	for (i = 0; i < LENGTH(refused); i++)
		assert_int_equal(date_parse(refused[i], &day), -1);
}

static void
weekdays(void **state)
{
	(void)state;
	assert_int_equal(weekday_parse("mon", 3), 0);
	assert_int_equal(weekday_parse("Thurs", 5), 3);
	assert_int_equal(weekday_parse("SUNDAY", 6), 6);
	assert_int_equal(weekday_parse("mo", 2), -1);
	assert_int_equal(weekday_parse("mon-", 4), -1);
	assert_int_equal(weekday_parse("sundays", 7), -1);
	assert_int_equal(weekday_parse("sun\0day", 7), -1);
	assert_int_equal(weekday_parse("", 0), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamps),
		cmocka_unit_test(years),
		cmocka_unit_test(instants),
		cmocka_unit_test(stamps_refused),
		cmocka_unit_test(patterns_refused),
		cmocka_unit_test(hostile_text),
		cmocka_unit_test(spans),
		cmocka_unit_test(spans_printed),
		cmocka_unit_test(clocks_printed),
		cmocka_unit_test(times_printed),
		cmocka_unit_test(times_as_json),
		cmocka_unit_test(times),
		cmocka_unit_test(dates),
		cmocka_unit_test(weekdays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
