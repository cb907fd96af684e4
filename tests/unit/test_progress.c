#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "tool/progress.h"

#define S  INT64_C(1000000000)
#define MB UINT64_C(1000000)

static const struct {
	struct stages_now now;
	const char *line;
} lines[] = {
	{ { "", 0, 0, 0, 2 * S, 0 }, "scan: 0 records" },
	{ { "settings", 0, 0, 0, 2 * S, S / 2 }, "scan: 0 records, settings" },
	{ { "read", 100 * MB, 25 * MB, 1, 2 * S, S },
	    "scan: 1 record, 25% of 100 MB, 12 MB/s, 7 s left" },
	{ { "read", 100 * MB, 2 * MB, 9000, 4 * S, S },
	    "scan: 9000 records, 2% of 100 MB, 0.5 MB/s, 3 min left" },
	/* Its length is not known. */
	{ { "read", 0, 25 * MB, 1234567, 2 * S, S },
	    "scan: 1234567 records, 25 MB, 12 MB/s" },
	{ { "read", 0, 0, 0, 2 * S, S }, "scan: 0 records, 0.0 MB, 0.0 MB/s" },
	{ { "read", 100 * MB, 0, 0, 2 * S, S },
	    "scan: 0 records, 0% of 100 MB, 0.0 MB/s" },
	/* It has grown. */
	{ { "read", 1 * MB, 4 * MB, 9, 2 * S, S },
	    "scan: 9 records, 100% of 4.0 MB, 2.0 MB/s, 1 s left" },
	{ { "rules", 9 * MB, 9 * MB, 200, 20 * S, 14 * S },
	    "scan: 200 records, rules, 14 s" },
	{ { "store calls", 0, 0, 200, 999 * S, 271 * S },
	    "scan: 200 records, store calls, 5 min" },
};

static void
test_line(void **state)
{
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		buf_init(&b);
		progress_line(&b, "scan", &lines[i].now);
		assert_string_equal(b.data, lines[i].line);
		buf_fini(&b);
	}
}

static void
test_width(void **state)
{
	const struct stages_now far = { "read", UINT64_MAX, UINT64_MAX / 2,
		UINT64_MAX, INT64_MAX, INT64_MAX };
	struct buf b;

	(void)state;
	buf_init(&b);
	buf_addstr(&b, "before");
	progress_line(&b, "a program with a name of many, many letters", &far);
	assert_true(b.len > 6 + 60 && b.len <= 6 + 79);
	buf_fini(&b);
}

/* Tests have no terminal; and what there is not can be stopped. */
static void
test_none(void **state)
{
	struct progress *p = NULL;

	(void)state;
	assert_int_equal(setenv("TERM", "dumb", 1), 0);
	assert_false(progress_possible());
	progress_pause(p);
	progress_resume(p);
	progress_stop(&p);
	assert_null(p);
}

/* Nothing is shown of work that does not last. */
static void
test_short(void **state)
{
	struct stages *st = stages_new();
	struct progress *p = progress_start("scan", st);

	(void)state;
	assert_non_null(p);
	progress_pause(p);
	progress_resume(p);
	progress_stop(&p);
	assert_null(p);
	stages_free(&st);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
