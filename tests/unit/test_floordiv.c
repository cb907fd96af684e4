#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/floordiv.h"

static void
test_down(void **state)
{
	static const struct {
		int64_t a, b, quotient, multiple;
	} cases[] = {
		{ 0, 7, 0, 0 },
		{ 6, 7, 0, 0 },
		{ 7, 7, 1, 7 },
		{ 13, 7, 1, 7 },
		{ -1, 7, -1, -7 },
		{ -7, 7, -1, -7 },
		{ -8, 7, -2, -14 },
		{ -1, 1, -1, -1 },
		{ INT64_MAX, INT64_MAX, 1, INT64_MAX },
		{ INT64_MIN, 2, INT64_MIN / 2, INT64_MIN },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(floor_div(cases[i].a, cases[i].b),
		    cases[i].quotient);
		assert_int_equal(floor_to(cases[i].a, cases[i].b),
		    cases[i].multiple);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_down) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
