#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tel/calltime.h"
#include "tel/zone.h"
#include "tel/zone_impl.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static int64_t
utc(const char *text)
{
	struct errmsg err;
	int64_t t;

	if (time_parse(text, zone_utc(), 0, &t, &err) != 0)
		fail_msg("%s", err.text);
	return t;
}

/* A header and a block with one type, and a change to it if `second` is. */
static size_t
put_block(unsigned char *file, const int64_t *second)
{
	static const unsigned char type[] = { 0, 0, 0, 0, 0, 0, 'U', 'T', 'C',
		'\0' };
	size_t n = 44, i;

	memset(file, 0, n);
	memcpy(file, "TZif2", 5);
	file[35] = second != NULL; /* timecnt */
	file[39] = 1;              /* typecnt */
	file[43] = 4;              /* charcnt */
	if (second != NULL) {
		for (i = 0; i < 8; i++)
			file[n++] =
			    (unsigned char)((uint64_t)*second >> (56 - 8 * i));
		file[n++] = 0;
	}
	memcpy(file + n, type, sizeof(type));
	return n + sizeof(type);
}

/* A file of version 2, perhaps with a change, and a footer. */
static size_t
make_changing_file(unsigned char *file, const int64_t *second,
    const char *footer)
{
	size_t n = put_block(file, NULL);

	n += put_block(file + n, second);
	return n + (size_t)sprintf((char *)file + n, "\n%s\n", footer);
}

static size_t
make_file(unsigned char *file, const char *footer)
{
	return make_changing_file(file, NULL, footer);
}

static const struct {
	const char *footer, *utc;
	int32_t offset;
	const char *abbr;
} footers_table[] = {
	{ "", "2030-07-01 00:00:00", 0, "UTC" },
	{ "CET-1CEST,M3.5.0,M10.5.0/3", "2030-03-31 01:00:00", 7200, "CEST" },
	{ "CET-1CEST,M3.5.0,M10.5.0/3", "2030-03-31 00:59:59", 3600, "CET" },
	/* J60 is always March 1. */
	{ "EST5EDT4,J60,J300", "2028-03-01 06:59:59", -18000, "EST" },
	{ "EST5EDT4,J60,J300", "2028-03-01 07:00:00", -14400, "EDT" },
	{ "EST5EDT4,J60,J300", "2029-03-01 07:00:00", -14400, "EDT" },
	/* 59 counts February 29. */
	{ "EST5EDT,59,300", "2028-02-29 07:00:00", -14400, "EDT" },
	{ "EST5EDT,59,300", "2029-03-01 06:59:59", -18000, "EST" },
	{ "EST5EDT,59,300", "2029-03-01 07:00:00", -14400, "EDT" },
	{ "<+0330>-3:30<+0430>,J79/24,J263/24", "2030-03-20 20:30:00", 16200,
	    "+0430" },
	{ "<+0330>-3:30<+0430>,J79/24,J263/24", "2030-03-20 20:29:59", 12600,
	    "+0330" },
	/* The day before the last Sunday, and hours beyond a day. */
	{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2030-03-31 00:59:59", -7200,
	    "-02" },
	{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2030-03-31 01:00:00", -3600,
	    "-01" },
	{ "IST-2IDT,M3.4.4/26,M10.5.0", "2030-03-29 00:00:00", 10800, "IDT" },
	{ "IST-2IDT,M3.4.4/26,M10.5.0", "2030-03-28 23:59:59", 7200, "IST" },
	/* Summer time all year round. */
	{ "XXX3EDT4,0/0,J365/23", "2030-01-01 03:00:00", -14400, "EDT" },
	{ "XXX3EDT4,0/0,J365/23", "2030-12-31 23:59:59", -14400, "EDT" },
};

static void
footers(void **state)
{
	unsigned char file[256];
	struct zone z = { .name = "test" };
	struct errmsg err;
	const char *abbr;
	size_t i, len;

	(void)state;
	for (i = 0; i < LENGTH(footers_table); i++) {
		len = make_file(file, footers_table[i].footer);
		if (zone_file_parse(&z, file, len, &err) != 0)
			fail_msg("%s: %s", footers_table[i].footer, err.text);
		assert_int_equal(zone_offset(&z, utc(footers_table[i].utc),
				     &abbr),
		    footers_table[i].offset);
		assert_string_equal(abbr, footers_table[i].abbr);
		zone_file_release(&z);
	}
}

/* Changes at the end of time, and rules whose days come the wrong way round. */
static void
odd_files(void **state)
{
	static const struct {
		int64_t change;
		const char *footer;
		int32_t in_july; /* offset in July 2030 */
	} odd[] = {
		{ INT64_MIN, "", 0 },
		{ INT64_MIN, "CET-1CEST,M3.5.0,M10.5.0/3", 7200 },
		{ INT64_MIN + 1, "CET-1CEST,M3.5.0,M10.5.0/3", 7200 },
		{ -(INT64_C(1) << 62), "CET-1CEST,M3.5.0,M10.5.0/3", 7200 },
		{ INT64_C(253402300799), "CET-1CEST,M3.5.0,M10.5.0/3", 0 },
		{ 0, "CET-1CEST,J1/-167,J365/167", 7200 },
		{ 0, "CET-1CEST,J365/167,J1/-167", 3600 },
	};
	unsigned char file[256];
	struct zone z = { .name = "test" };
	struct errmsg err;
	size_t i, k, len;

	(void)state;
	for (i = 0; i < LENGTH(odd); i++) {
		len = make_changing_file(file, &odd[i].change, odd[i].footer);
		if (zone_file_parse(&z, file, len, &err) != 0)
			fail_msg("%zu: %s", i, err.text);
		for (k = 1; k < z.n; k++)
			assert_true(z.at[k - 1] < z.at[k]);
		assert_int_equal(zone_offset(&z, utc("2030-07-01 00:00:00"),
				     NULL),
		    odd[i].in_july);
		zone_file_release(&z);
	}
}

static void
damaged_files(void **state)
{
	static const char *const footers_refused[] = { "C-1", "CET", "CET-25",
		"CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,M10.5.0/",
		"CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
		"CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J5",
		"CET-1CEST,J366,J5", "CET-1CEST,366,5",
		"CET-1CEST,M3.5.0/168,M10.5.0", "<+3-3", "<+03>-3x", "CET-1:60",
		"CET-1CEST,M3.5.0,M10.5.0,M1.1.1" };
	unsigned char file[256];
	struct zone z = { .name = "test" };
	struct errmsg err;
	size_t i, len, n;

	(void)state;
	for (i = 0; i < LENGTH(footers_refused); i++) {
		len = make_file(file, footers_refused[i]);
		assert_int_equal(zone_file_parse(&z, file, len, &err), -1);
	}
	len = make_file(file, "CET-1CEST,M3.5.0,M10.5.0/3");
	for (n = 0; n < len; n++)
		assert_int_equal(zone_file_parse(&z, file, n, &err), -1);
	/* Any damage to any one byte is survived. */
	for (n = 0; n < len; n++) {
		for (i = 1; i < 256; i++) {
			file[n] ^= (unsigned char)i;
			if (zone_file_parse(&z, file, len, &err) == 0) {
				(void)zone_offset(&z, 0, NULL);
				(void)zone_offset(&z, INT64_MAX, NULL);
				zone_file_release(&z);
			}
			file[n] ^= (unsigned char)i;
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(footers),
		cmocka_unit_test(odd_files),
		cmocka_unit_test(damaged_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
