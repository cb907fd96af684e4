#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cdr/call.h"

static void
test_names(void **state)
{
	int i;

	(void)state;
	assert_string_equal(direction_name(DIR_MISSING), "");
	assert_string_equal(direction_name(DIR_TRANSIT), "transit");
	assert_string_equal(status_name(STATUS_NO_ANSWER), "no-answer");
	assert_string_equal(feature_name(FEATURE_NONE), "none");
	assert_string_equal(account_type_name(ACCOUNT_TRUNK), "trunk");
	for (i = DIR_OUT; i <= DIR_TRANSIT; i++)
		assert_int_equal(direction_parse(
				     direction_name((enum call_direction)i)),
		    i);
	for (i = STATUS_ANSWERED; i <= STATUS_CANCELLED; i++)
		assert_int_equal(status_parse(status_name((enum call_status)i)),
		    i);
	for (i = FEATURE_NONE; i < FEATURE_COUNT; i++)
		assert_int_equal(feature_parse(
				     feature_name((enum call_feature)i)),
		    i);
}

static void
test_no_names(void **state)
{
	static const char *const wrong[] = { "", "OUT", "outgoing", "answered ",
		"missing", "x" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(direction_parse(wrong[i]), -1);
		assert_int_equal(status_parse(wrong[i]), -1);
		assert_int_equal(feature_parse(wrong[i]), -1);
	}
}

static void
test_channels(void **state)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
		{ "PJSIP/carrier-0000001a", "PJSIP/carrier-" },
		{ "SIP/carrier-a-02897fd8", "SIP/carrier-a-" },
		{ "SIP/198.51.100.7-00000012", "SIP/198.51.100.7-" },
		{ "IAX2/office-2-1234", "IAX2/office-2-" },
		{ "DAHDI/1-1", "DAHDI/1-" },
		{ "DAHDI/i1/3125550142-3f", "DAHDI/i1/3125550142-" },
		{ "Dongle/dongle0-0100000001", "Dongle/dongle0-" },
		{ "Local/201@from-internal-0000000e;2",
		    "Local/201@from-internal-;2" },
		{ "Local/201@default-ab12,1", "Local/201@default-,1" },
		/* This form already, and texts that are no such channel. */
		{ "IAX2/office-2-", "IAX2/office-2-" },
		{ "Local/201@from-internal-;2", "Local/201@from-internal-;2" },
		{ "SIP/carrier-x", "SIP/carrier-x" },
		{ "SIP/carrier-abx", "SIP/carrier-abx" },
		{ "Agent/1001", "Agent/1001" },
		{ "trunk-12", "trunk-12" },
		{ "NOT-AVAILABLE", "NOT-AVAILABLE" },
		{ "-", "-" },
		{ "/", "/" },
		{ "", "" },
	};
	char out[64];
	size_t i, n, stem, stems = 0;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		n = channel_plain(cases[i].name, strlen(cases[i].name), out);
		out[n] = '\0';
		assert_string_equal(out, cases[i].want);
		stem = channel_stem(cases[i].name, strlen(cases[i].name));
		assert_true(stem == 0 || stem == n);
		stems += stem > 0;
	}
	assert_true(stems > 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_no_names),
		cmocka_unit_test(test_channels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
