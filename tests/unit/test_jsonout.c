#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/jsonout.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static void
write_all(struct jsonout *j)
{
	jsonout_object(j);
	jsonout_kstring(j, "id", "f-1");
	jsonout_kstring_opt(j, "absent", NULL);
	jsonout_kstring_opt(j, "empty", "");
	jsonout_kstring_opt(j, "there", "x");
	jsonout_kint(j, "n", -5);
	jsonout_kbool(j, "yes", true);
	jsonout_key(j, "none");
	jsonout_null(j);
	jsonout_key(j, "list");
	jsonout_array(j);
	jsonout_int(j, 1);
	jsonout_object(j);
	jsonout_end_object(j);
	jsonout_array(j);
	jsonout_end_array(j);
	jsonout_string(j, "s");
	jsonout_end_array(j);
	jsonout_key(j, "raw");
	jsonout_raw(j, "{\"a\": 1}");
	jsonout_end_object(j);
}

static void
test_layout(void **state)
{
	struct jsonout j;
	struct buf b;

	(void)state;
	buf_init(&b);
	jsonout_init(&j, &b, false);
	write_all(&j);
	assert_string_equal(b.data,
	    "{\"id\":\"f-1\",\"there\":\"x\",\"n\":-5,\"yes\":true,"
	    "\"none\":null,\"list\":[1,{},[],\"s\"],\"raw\":{\"a\": 1}}");
	buf_reset(&b);
	jsonout_init(&j, &b, true);
	write_all(&j);
	assert_string_equal(b.data, "{\n"
				    "  \"id\": \"f-1\",\n"
				    "  \"there\": \"x\",\n"
				    "  \"n\": -5,\n"
				    "  \"yes\": true,\n"
				    "  \"none\": null,\n"
				    "  \"list\": [\n"
				    "    1,\n"
				    "    {},\n"
				    "    [],\n"
				    "    \"s\"\n"
				    "  ],\n"
				    "  \"raw\": {\"a\": 1}\n"
				    "}");
	buf_fini(&b);
}

static void
test_list(void **state)
{
	struct jsonout j;
	struct buf b;

	(void)state;
	buf_init(&b);
	jsonout_begin_list(&j, &b);
	jsonout_end_list(&j);
	jsonout_begin_list(&j, &b);
	jsonout_int(&j, 1);
	jsonout_string(&j, "s");
	jsonout_end_list(&j);
	assert_string_equal(b.data, "[]\n[\n  1,\n  \"s\"\n]\n");
	buf_fini(&b);
}

static void
test_string(void **state)
{
	static const struct {
		const char *text, *json;
	} cases[] = {
		{ "", "\"\"" },
		{ "+1 312 555 0142", "\"+1 312 555 0142\"" },
		{ "a\"b\\c/", "\"a\\\"b\\\\c/\"" },
		{ "\b\f\n\r\t\x01\x1b\x7f",
		    "\"\\b\\f\\n\\r\\t\\u0001\\u001b\\u007f\"" },
		{ "\xc3\xa9\xf0\x9f\x98\x80", "\"\xc3\xa9\xf0\x9f\x98\x80\"" },
		{ "\xc2\x9b"
		  "31m\xc2\xa0",
		    "\"\\u009b31m\xc2\xa0\"" },
		{ "J\xa5rg\xff", "\"J\xef\xbf\xbdrg\xef\xbf\xbd\"" },
		{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "cut \xe2\x82", "\"cut \xef\xbf\xbd\xef\xbf\xbd\"" },
	};
	struct jsonout j;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		buf_init(&b);
		jsonout_init(&j, &b, false);
		jsonout_string(&j, cases[i].text);
		assert_string_equal(b.data, cases[i].json);
		buf_fini(&b);
	}
}

static const struct number_case {
	double v;
	const char *json;
} numbers[] = {
	{ 0, "0" },
	{ -0.0, "0" },
	{ 1, "1" },
	{ -1.5, "-1.5" },
	{ 0.1, "0.1" },
	{ 0.7, "0.7" },
	{ 1.0 / 3, "0.3333333333333333" },
	{ 0.1 + 0.2, "0.30000000000000004" },
	{ 100000, "100000" },
	{ 1e15, "1e+15" },
	{ 9007199254740993.0, "9007199254740992" },
	{ 1e300, "1e+300" },
	{ 5e-324, "5e-324" },
	{ DBL_MAX, "1.7976931348623157e+308" },
};

static void
check_numbers(void)
{
	struct jsonout j;
	struct buf b;
	size_t i;

	for (i = 0; i < LENGTH(numbers); i++) {
		buf_init(&b);
		jsonout_init(&j, &b, false);
		jsonout_number(&j, numbers[i].v);
		assert_string_equal(b.data, numbers[i].json);
		buf_fini(&b);
	}
}

static void
test_number(void **state)
{
	struct jsonout j;
	struct buf b;

	(void)state;
	check_numbers();
	buf_init(&b);
	jsonout_init(&j, &b, false);
	jsonout_array(&j);
	jsonout_number(&j, (double)INFINITY);
	jsonout_number(&j, -(double)INFINITY);
	jsonout_number(&j, (double)NAN);
	jsonout_end_array(&j);
	assert_string_equal(b.data, "[null,null,null]");
	buf_fini(&b);
}

/* Where a comma is the decimal point. */
static void
test_locale(void **state)
{
	static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8",
		"de_DE", "fr_FR.UTF-8", "ps_AF.UTF-8" };
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(names); i++)
		if (setlocale(LC_NUMERIC, names[i]) != NULL)
			break;
	check_numbers();
	assert_non_null(setlocale(LC_NUMERIC, "C"));
	if (i == LENGTH(names))
		skip();
}

static void
test_decimal(void **state)
{
	static const struct {
		int64_t v;
		int decimals;
		const char *json;
	} cases[] = {
		{ 0, 6, "0" },
		{ 5, 0, "5" },
		{ 500, 0, "500" },
		{ 1234567, 6, "1.234567" },
		{ 1200000, 6, "1.2" },
		{ 1000000, 6, "1" },
		{ -50000, 6, "-0.05" },
		{ 1, 6, "0.000001" },
		{ 1500, 3, "1.5" },
		{ INT64_MAX, 6, "9223372036854.775807" },
		{ INT64_MIN, 6, "-9223372036854.775808" },
		{ INT64_MIN, 18, "-9.223372036854775808" },
		{ INT64_MIN, 0, "-9223372036854775808" },
	};
	struct jsonout j;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		buf_init(&b);
		jsonout_init(&j, &b, false);
		jsonout_decimal(&j, cases[i].v, cases[i].decimals);
		assert_string_equal(b.data, cases[i].json);
		buf_fini(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_string),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_locale),
		cmocka_unit_test(test_decimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
