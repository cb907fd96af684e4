#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "report/order.h"

static void
test_read(void **state)
{
	static const struct {
		const char *text, *field;
		bool falling;
	} rows[] = {
		{ "cost", "cost", false },
		{ "-cost", "cost", true },
		{ "--cost", "-cost", true },
		{ "", "", false },
		{ "-", "", true },
	};
	struct order o;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		order_read(&o, rows[i].text);
		assert_string_equal(o.field, rows[i].field);
		assert_int_equal(o.falling, rows[i].falling);
	}
}

enum { ROWS = 6 };

static void
check(const struct order_key *keys, bool falling, const size_t *expected)
{
	/* Whatever order they come in, the result is one. */
	static const size_t shuffles[][ROWS] = {
		{ 0, 1, 2, 3, 4, 5 },
		{ 5, 4, 3, 2, 1, 0 },
		{ 3, 0, 5, 1, 4, 2 },
	};
	struct order_key sorted[ROWS];
	size_t i, k;

	for (k = 0; k < sizeof(shuffles) / sizeof(shuffles[0]); k++) {
		for (i = 0; i < ROWS; i++) {
			sorted[i] = keys[shuffles[k][i]];
			sorted[i].row = shuffles[k][i];
		}
		order_sort(sorted, ROWS, falling);
		for (i = 0; i < ROWS; i++)
			assert_int_equal(sorted[i].row, expected[i]);
	}
}

static void
test_numbers(void **state)
{
	static const struct order_key keys[ROWS] = {
		{ .number = 7 },
		{ .none = true },
		{ .number = INT64_MIN },
		{ .number = 7 },
		{ .none = true, .number = 99 },
		{ .number = INT64_MAX },
	};
	static const size_t rising[] = { 2, 0, 3, 5, 1, 4 };
	static const size_t falling[] = { 5, 0, 3, 2, 1, 4 };

	(void)state;
	check(keys, false, rising);
	check(keys, true, falling);
}

static void
test_texts(void **state)
{
	static const struct order_key keys[ROWS] = {
		{ .text = "b" },
		{ .text = "" },
		{ .text = "a" },
		{ .text = "a\xc3\xa4" },
		{ .text = "b" },
		{ .text = "B" },
	};
	static const size_t rising[] = { 5, 2, 3, 0, 4, 1 };
	static const size_t falling[] = { 0, 4, 3, 2, 5, 1 };

	(void)state;
	check(keys, false, rising);
	check(keys, true, falling);
	order_sort(NULL, 0, false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
