#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/eight.h"

static void
check(const char *text)
{
	const uint64_t values = eight_load(text) ^ EIGHT('0');
	const uint64_t pairs = eight_pairs(values);
	unsigned i;

	assert_int_equal(eight_load(text) & 0xff, text[0]);
	assert_int_equal(eight_load(text) >> 56, text[7]);
	assert_true(eight_are_digits(values));
	assert_int_equal(eight_number(values), strtoull(text, NULL, 10));
	for (i = 0; i < 7; i++)
		assert_int_equal(pairs >> (8 * i) & 0xff,
		    (text[i] - '0') * 10 + (text[i + 1] - '0'));
}

static void
test_numbers(void **state)
{
	static const char *const texts[] = { "00000000", "12345678", "99999999",
		"10000000", "00000001", "90909090", "09090909", "17672940" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		check(texts[i]);
}

/* Every character at every place. */
static void
test_what_is_a_digit(void **state)
{
	char text[] = "12345678";
	int c, i, k;

	(void)state;
	for (k = 0; k < 2; k++)
		for (i = 0; i < 8; i++)
			for (c = 0; c < 256; c++) {
				memcpy(text, k == 0 ? "12345678" : "99999999",
				    8);
				text[i] = (char)c;
				assert_int_equal(eight_are_digits(
						     eight_load(text) ^
						     EIGHT('0')),
				    c >= '0' && c <= '9');
			}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_what_is_a_digit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
