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
	b->usual = compile(pattern);
	b->steps = compile(more);
}

static void
both_fini(struct both *b)
{
	stamp_free(&b->usual);
	stamp_free(&b->steps);
}

/* Whether it is a stamp. */
static bool
check(const struct both *b, const char *text)
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
	both_fini(&b);
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
	char text[64];
	size_t p, read = 0;
	int i;

	(void)state;
	print_message("SEED=%u\n", seed);
	srand(seed);
	for (p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++) {
		both_init(&b, patterns[p]);
		s = p == 1 ? "/." : "-:";
		for (i = 0; i < 20000; i++) {
			(void)snprintf(text, sizeof(text),
			    "%04d%c%02d%c%02d %02d%c%02d%c%02d", rand() % 3000,
			    s[0], rand() % 14, s[0], rand() % 33, rand() % 25,
			    s[1], rand() % 61, s[1], rand() % 62);
			text[rand() % 18] = odd[rand() / 5 % 17];
			read += check(&b, text);
		}
		both_fini(&b);
	}
	assert_true(read > 5000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
