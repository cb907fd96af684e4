#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tel/calltime.h"

/*
 * The form of nearly all stamps has a way of its own.  The same pattern with a
 * percent sign behind it has not: both must read the same.
 */
struct both {
	struct stamp_pattern *usual, *steps;
	struct stamp_day day; /* for stamp_reading() */
	int readings;         /* that it could tell */
};

static struct stamp_pattern *
compile(const char *text)
{
	struct stamp_pattern *p;
	struct errmsg err;
	size_t offset;

	assert_int_equal(stamp_compile(&p, text, &offset, &err), 0);
	return p;
}

static void
both_init(struct both *b, const char *pattern)
{
	char more[64];

	(void)snprintf(more, sizeof(more), "%s%%%%", pattern);
	*b = (struct both){ .usual = compile(pattern), .steps = compile(more) };
}

static void
both_fini(struct both *b)
{
	stamp_free(&b->usual);
	stamp_free(&b->steps);
}

/* What is read without a struct stamp, if it is, is `s`; NULL: it is none. */
static void
check_reading(struct both *b, const char *text, size_t len,
    const struct stamp *s)
{
	int64_t ms, wanted, second;

	if (!stamp_reading(b->usual, text, len, &b->day, &ms))
		return;
	b->readings++;
	if (s == NULL)
		fail_msg("'%.*s' is no stamp", (int)len, text);
	if (s->kind == STAMP_UTC)
		wanted = s->utc_ms;
	else
		(void)zone_to_utc(zone_utc(), &s->civil, &wanted, &second);
	assert_int_equal(s->kind, stamp_pattern_kind(b->usual));
	assert_int_equal(ms, wanted);
}

/* Whether it is a stamp. */
static bool
check(struct both *b, const char *text)
{
	const size_t len = strlen(text);
	struct stamp got, wanted;
	char *exact, more[64];
	int rc;

	(void)snprintf(more, sizeof(more), "%s%%", text);
	exact = malloc(len > 0 ? len : 1);
	assert_non_null(exact);
	memcpy(exact, text, len);
	rc = stamp_parse(b->usual, exact, len, &got);
	check_reading(b, exact, len, rc == 0 ? &got : NULL);
	free(exact);
	if (rc != stamp_parse(b->steps, more, len + 1, &wanted))
		fail_msg("'%s': %d", text, rc);
	if (rc != 0)
		return false;
	if (memcmp(&got.civil, &wanted.civil, sizeof(got.civil)) != 0 ||
	    got.kind != wanted.kind || got.no_year != wanted.no_year)
		fail_msg("'%s' reads differently", text);
	return true;
}

static void
test_edges(void **state)
{
	static const char *const good[] = { "2026-01-13 02:11:09",
		"2024-02-29 23:59:59", "0001-01-01 00:00:00",
		"9999-12-31 23:59:60", "2026-01-13\t02:11:09",
		"2026-1-13 02:11:09", " 2026-01-13 2:11:09",
		"2026-01-13  2:11:09", "2026-01-13 02:11:0" };
	static const char *const bad[] = { "", "2026-02-29 00:00:00",
		"2026-00-13 02:11:09", "2026-13-13 02:11:09",
		"2026-01-00 02:11:09", "2026-01-32 02:11:09",
		"2026-01-13 24:11:09", "2026-01-13 02:60:09",
		"2026-01-13 02:11:61", "0000-01-13 02:11:09",
		"2026-01-13T02:11:09", "2026/01-13 02:11:09",
		"2026-01-13 02:11.09", "202a-01-13 02:11:09",
		"2026-01-13 02:11:0:" };
	struct both b;
	size_t i;

	(void)state;
	both_init(&b, "%Y-%m-%d %H:%M:%S");
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(check(&b, good[i]));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(check(&b, bad[i]));
	assert_int_equal(b.readings, 4);
	both_fini(&b);
}

static void
test_epochs(void **state)
{
	static const char *const good[] = { "1767294000", "0", "00000000001",
		"99999999999", "253402300799", "1767294000.5", " 1767294000" };
	static const char *const bad[] = { "", "-1", "253402300800", "1767x",
		"17672940001767294000", "1767-294000" };
	struct both b;
	size_t i;

	(void)state;
	both_init(&b, "%s");
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(check(&b, good[i]));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(check(&b, bad[i]));
	assert_int_equal(b.readings, 4);
	both_fini(&b);
	both_init(&b, "%Q");
	assert_true(check(&b, "1767294000"));
	assert_int_equal(b.readings, 0);
	both_fini(&b);
}

/* However many digits, and whichever of them is none. */
static void
test_seconds(void **state)
{
	static const char digits[] = "987654321012345678";
	char text[sizeof(digits)];
	int64_t got, wanted = 0;
	size_t len, i;

	(void)state;
	assert_false(seconds_parse(digits, 0, &got));
	for (len = 1; len < sizeof(digits); len++) {
		wanted = wanted * 10 + (digits[len - 1] - '0');
		assert_true(seconds_parse(digits, len, &got));
		assert_int_equal(got, wanted);
		for (i = 0; i < len; i++) {
			memcpy(text, digits, sizeof(text));
			text[i] = i % 2 == 0 ? '/' : ':';
			assert_false(seconds_parse(text, len, &got));
		}
	}
}

/* The date that was read last is not taken for one of another pattern. */
static void
test_other_pattern(void **state)
{
	static const char text[] = "2026-01-13 02:11:09";
	struct stamp_pattern *dashes = compile("%Y-%m-%d %H:%M:%S");
	struct stamp_pattern *slashes = compile("%Y/%m/%d %H:%M:%S");
	struct stamp_day day = { 0 };
	int64_t ms;

	(void)state;
	assert_true(stamp_reading(dashes, text, strlen(text), &day, &ms));
	assert_int_equal(ms, INT64_C(1768270269000));
	assert_false(stamp_reading(slashes, text, strlen(text), &day, &ms));
	assert_true(stamp_reading(dashes, text, strlen(text), &day, &ms));
	stamp_free(&dashes);
	stamp_free(&slashes);
}

/* Stamps in which one or two characters were changed. */
static void
test_random(void **state)
{
	static const char *const patterns[] = { "%Y-%m-%d %H:%M:%S",
		"%Y/%m/%d %H.%M.%S", "%Y%m%d %H%M%S", "%d-%m-%Y %H:%M:%S" };
	static const char odd[] = "0123456789-/:. \ta";
	const char *given = getenv("SEED");
	const unsigned seed =
	    given != NULL ? (unsigned)atoi(given) : (unsigned)time(NULL);
	const char *s;
	struct both b;
	int year = 0, month = 0, day = 0, i;
	size_t p, read = 0;
	char text[64];

	(void)state;
	print_message("SEED=%u\n", seed);
	srand(seed);
	for (p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++) {
		both_init(&b, patterns[p]);
		s = p == 1 ? "/." : "-:";
		for (i = 0; i < 20000; i++) {
			if (i % 3 == 0) {
				year = rand() % 3000;
				month = rand() % 14;
				day = rand() % 33;
			}
			(void)snprintf(text, sizeof(text),
			    "%04d%c%02d%c%02d %02d%c%02d%c%02d", year, s[0],
			    month, s[0], day, rand() % 25, s[1], rand() % 61,
			    s[1], rand() % 62);
			text[rand() % 18] = odd[rand() / 5 % 17];
			read += check(&b, text);
		}
		/* The first two are usual, and many of them are stamps. */
		assert_int_equal(b.readings > 1000, p < 2);
		both_fini(&b);
	}
	assert_true(read > 5000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_epochs),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_other_pattern),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
