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
	{ { "", 0, 0, 0, 2 * S, 0, 0, 0 }, "scan: 0 records" },
	{ { "settings", 0, 0, 0, 2 * S, S / 2, 0, 0 },
	    "scan: 0 records, settings" },
	{ { "read", 100 * MB, 25 * MB, 1, 2 * S, S, 1, 1 },
	    "scan: 1 record, 25% of 100 MB, 12 MB/s, 7 s left to read" },
	{ { "read", 100 * MB, 2 * MB, 9000, 4 * S, S, 0, 0 },
	    "scan: 9000 records, 2% of 100 MB, 0.5 MB/s, 3 min left to read" },
	/* Its length is not known. */
	{ { "read", 0, 25 * MB, 1234567, 2 * S, S, 1, 1 },
	    "scan: 1234567 records, 25 MB, 12 MB/s" },
	{ { "read", 0, 0, 0, 2 * S, S, 0, 0 },
	    "scan: 0 records, 0.0 MB, 0.0 MB/s" },
	{ { "read", 100 * MB, 0, 0, 2 * S, S, 0, 0 },
	    "scan: 0 records, 0% of 100 MB, 0.0 MB/s" },
	/* It has grown. */
	{ { "read", 1 * MB, 4 * MB, 9, 2 * S, S, 0, 0 },
	    "scan: 9 records, 100% of 4.0 MB, 2.0 MB/s, 1 s left to read" },
	/* One file of several after another is all the same. */
	{ { "read", 100 * MB, 25 * MB, 1, 2 * S, S, 7, 3 },
	    "scan: 1 record, 25% of 100 MB, 12 MB/s, 7 s left to read, file 3 of 7" },
	{ { "recognise", 100 * MB, 25 * MB, 1, 2 * S, 0, 7, 3 },
	    "scan: 1 record, 25% of 100 MB, 12 MB/s, 7 s left to read, file 3 of 7" },
	{ { "look up files", 100 * MB, 25 * MB, 1, 2 * S, 0, 7, 8 },
	    "scan: 1 record, 25% of 100 MB, 12 MB/s, 7 s left to read, file 8 of 8" },
	{ { "read", 0, 25 * MB, 8, 2 * S, S, 2, 1 },
	    "scan: 8 records, 25 MB, 12 MB/s, file 1 of 2" },
	{ { "look up files", 9 * MB, 0, 0, 2 * S, 2 * S, 7, 0 },
	    "scan: 0 records, look up files, 2 s so far" },
	{ { "recognise", 0, 0, 0, 2 * S, 2 * S, 1, 1 },
	    "scan: 0 records, recognise, 2 s so far" },
	{ { "waiting for standard input", 0, 0, 0, 4 * S, 3 * S, 1, 1 },
	    "scan: 0 records, waiting for standard input, 3 s so far" },
	{ { "rules", 9 * MB, 9 * MB, 200, 20 * S, 14 * S, 7, 7 },
	    "scan: 200 records, rules, 14 s so far" },
	{ { "store calls", 0, 0, 200, 999 * S, 271 * S, 0, 0 },
	    "scan: 200 records, store calls, 5 min so far" },
};

static void
test_line(void **state)
{
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		buf_init(&b);
		progress_line(&b, "scan", 79, &lines[i].now);
		assert_string_equal(b.data, lines[i].line);
		buf_fini(&b);
	}
}

/* What does not fit is left out, part by part, the time last. */
static void
test_width(void **state)
{
	const struct stages_now now = { "read", 100 * MB, 25 * MB, 100, 2 * S,
		S, 7, 3 };
	static const char *const fitting[] = {
		"scan: 100 records, 25% of 100 MB, 12 MB/s, 7 s left to read, "
		"file 3 of 7",
		"scan: 100 records, 25% of 100 MB, 7 s left to read, file 3 of "
		"7",
		"scan: 100 records, 25% of 100 MB, 7 s left to read",
		"scan: 100 records, 25%, 7 s left to read",
		"scan: 25%, 7 s left to read",
		"scan: 7 s left to read",
	};
	size_t columns, i = 0;
	struct buf b;

	(void)state;
	for (columns = 79; columns > 0; columns--) {
		buf_init(&b);
		buf_addstr(&b, "before, ");
		progress_line(&b, "scan", columns, &now);
		while (i + 1 < sizeof(fitting) / sizeof(fitting[0]) &&
		       strlen(fitting[i]) > columns)
			i++;
		assert_int_equal(b.len - 8, strlen(fitting[i]) <= columns
						? strlen(fitting[i])
						: columns);
		assert_memory_equal(b.data + 8, fitting[i], b.len - 8);
		buf_fini(&b);
	}
	assert_int_equal(i, 5);
}

/* So it is where no file is read, whose stage stands longest. */
static void
test_width_of_a_stage(void **state)
{
	const struct stages_now now = { "store calls", 0, 0, 200, 99 * S,
		27 * S, 0, 0 };
	const struct {
		size_t columns;
		const char *line;
	} widths[] = {
		{ 43, "scan: 200 records, store calls, 27 s so far" },
		{ 42, "scan: store calls, 27 s so far" },
		{ 30, "scan: store calls, 27 s so far" },
		{ 29, "scan: store calls" },
		{ 17, "scan: store calls" },
		{ 16, "scan: store call" },
		{ 3, "sca" },
		{ 0, "" },
	};
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		buf_init(&b);
		progress_line(&b, "scan", widths[i].columns, &now);
		assert_int_equal(b.len, strlen(widths[i].line));
		assert_memory_equal(b.data, widths[i].line, b.len);
		buf_fini(&b);
	}
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
		cmocka_unit_test(test_width_of_a_stage),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
