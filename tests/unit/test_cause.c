#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cdr/cause.h"

static const struct {
	const char *text;
	bool hex;
	int want;
} cases[] = {
	{ "16", false, 16 },
	{ "016", false, 16 },
	{ "127", false, 127 },
	{ "10", true, 16 },
	{ "0x1F", true, 31 },
	{ "NORMAL_CLEARING", false, 16 },
	{ "normal clearing", false, 16 },
	{ "User-Busy", false, 17 },
	{ "INTERWORKING", true, 127 },
	{ "ORIGINATOR_CANCEL", false, 16 },
	/* nothing that Q.850 knows */
	{ "", false, 0 },
	{ "0", false, 0 },
	{ "128", false, 0 },
	{ "393216", false, 0 },
	{ "99999999999999999999", false, 0 },
	{ "-16", false, 0 },
	{ "16.0", false, 0 },
	{ "0x", true, 0 },
	{ "0x10", false, 0 },
	{ "NORMAL", false, 0 },
	{ "NORMAL_CLEARING_", false, 0 },
};

static void
test_causes(void **state)
{
	size_t i;
	int got;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		got = cause_parse(cases[i].text, strlen(cases[i].text),
		    cases[i].hex);
		if (got != cases[i].want)
			fail_msg("'%s': %d, not %d", cases[i].text, got,
			    cases[i].want);
	}
}

/* The text need not end where its length does. */
static void
test_length(void **state)
{
	(void)state;
	assert_int_equal(cause_parse("1678", 2, false), 16);
	assert_int_equal(cause_parse("USER_BUSY,", 9, false), 17);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_causes),
		cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
