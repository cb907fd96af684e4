#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/stages.h"

enum { BUSY = 100000, PIECES = 200 };

/* Processor time that no compiler takes away. */
static void
be_busy(size_t times)
{
	volatile size_t i;

	for (i = 0; i < times; i++)
		continue;
}

static void
run_stage(struct stages *st, const char *name, int64_t n, const char *unit)
{
	struct stages_span span;

	stages_begin(st, &span, name);
	be_busy(BUSY);
	stages_end(st, &span, n, unit);
}

/* One line of "name n unit" each, parts with a blank before. */
static void
check_names(struct stages *st, const char *const *wanted, size_t n)
{
	struct stages_line *lines;
	size_t i;

	assert_int_equal(stages_lines(st, &lines), n);
	for (i = 0; i < n; i++) {
		assert_int_equal(lines[i].part, wanted[i][0] == ' ');
		assert_string_equal(lines[i].name,
		    wanted[i] + (wanted[i][0] == ' '));
	}
	free(lines);
}

static void
test_order_and_sums(void **state)
{
	static const char *const names[] = { "read", "sort", "rules" };
	struct stages *st = stages_new();
	struct stages_line *lines, total;

	(void)state;
	run_stage(st, "read", 10, "records");
	run_stage(st, "sort", 0, NULL);
	run_stage(st, "read", 5, "records");
	run_stage(st, "rules", 1, "rules");
	check_names(st, names, 3);
	assert_int_equal(stages_lines(st, &lines), 3);
	assert_int_equal(lines[0].n, 15);
	assert_string_equal(lines[0].unit, "records");
	assert_null(lines[1].unit);
	assert_true(lines[0].wall_ns > 0 && lines[0].cpu_ns > 0);
	/* Of two runs of the same work. */
	assert_true(lines[0].cpu_ns > lines[1].cpu_ns / 2);
	stages_total(st, &total);
	assert_true(total.cpu_ns >=
		    lines[0].cpu_ns + lines[1].cpu_ns + lines[2].cpu_ns);
	assert_true(total.wall_ns >=
		    lines[0].wall_ns + lines[1].wall_ns + lines[2].wall_ns);
	free(lines);
	stages_free(&st);
	assert_null(st);
}

static void
run_part(void *arg, size_t i)
{
	struct stages *st = arg;
	struct stages_span span;

	stages_part_begin(st, &span);
	if (i % 2 == 1)
		be_busy(BUSY);
	stages_part_end(st, &span, i % 2 == 1 ? "slow" : "fast", 2, "calls");
}

/* On threads; equal names in two stages are two parts. */
static void
test_parts(void **state)
{
	static const char *const names[] = { "one", " slow", " fast", "two",
		" fast" };
	struct stages *st = stages_new();
	struct stages_line *lines;
	struct stages_span span;

	(void)state;
	stages_begin(st, &span, "one");
	pool_run(4, PIECES, run_part, st);
	stages_end(st, &span, 0, NULL);
	stages_begin(st, &span, "two");
	run_part(st, 0);
	stages_end(st, &span, 0, NULL);
	check_names(st, names, 5);
	assert_int_equal(stages_lines(st, &lines), 5);
	assert_int_equal(lines[1].n, PIECES);
	assert_int_equal(lines[2].n, PIECES);
	assert_int_equal(lines[4].n, 2);
	assert_int_equal(lines[1].wall_ns >= 0, true);
	free(lines);
	stages_free(&st);
}

static void
test_now(void **state)
{
	struct stages *st = stages_new();
	struct stages_span span;
	struct stages_now now;

	(void)state;
	stages_now(st, &now);
	assert_string_equal(now.stage, "");
	assert_int_equal(now.in_stage, 0);
	stages_expect(st, 3, 1000);
	stages_expect(st, 1, 500);
	assert_int_equal(now.file, 0);
	stages_file(st);
	stages_begin(st, &span, "read");
	stages_took(st, 100, 1);
	stages_file(st);
	stages_took(st, 200, 3);
	be_busy(BUSY);
	stages_now(st, &now);
	assert_string_equal(now.stage, "read");
	assert_int_equal(now.expected, 1500);
	assert_int_equal(now.bytes, 300);
	assert_int_equal(now.records, 4);
	assert_int_equal(now.file, 2);
	assert_int_equal(now.files, 4);
	assert_true(now.in_stage > 0 && now.ns >= now.in_stage);
	stages_end(st, &span, 4, "records");
	stages_now(st, &now);
	assert_string_equal(now.stage, "read");
	stages_free(&st);
}

/* Where nobody wants to know. */
static void
test_nobody(void **state)
{
	struct stages *st = NULL;
	struct stages_span span = { 7, 7 };

	(void)state;
	stages_begin(st, &span, "read");
	stages_part_begin(st, &span);
	stages_part_end(st, &span, "rows", 1, "rows");
	stages_end(st, &span, 1, "records");
	stages_expect(st, 1, 1);
	stages_file(st);
	stages_took(st, 1, 1);
	stages_free(&st);
	assert_int_equal(span.wall_ns, 7);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_and_sums),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_now),
		cmocka_unit_test(test_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
