#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tel/money.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define MOST      "9223372036854.775807"

static const struct {
	const char *text;
	int64_t micro;
} amounts_table[] = {
	{ "0", 0 },
	{ "12.5", 12500000 },
	{ "-0.0075", -7500 },
	{ "   0.0618", 61800 },
	{ "0.0618\t", 61800 },
	{ "+3", 3000000 },
	{ ".5", 500000 },
	{ "5.", 5000000 },
	{ ",5", 500000 },
	{ "000001.50", 1500000 },
	{ "1,5", 1500000 },
	{ "1,234", 1234000 },
	{ "1.234", 1234000 },
	{ "1,234.50", 1234500000 },
	{ "1.234,50", 1234500000 },
	{ "1,234,567", INT64_C(1234567000000) },
	{ "1.234.567", INT64_C(1234567000000) },
	{ "1,234,567.891", INT64_C(1234567891000) },
	{ "1.234.567,891", INT64_C(1234567891000) },
	{ "12,34,567.50", INT64_C(1234567500000) },
	{ "1 234,50", 1234500000 },
	{ "1\xc2\xa0"
	  "234,50",
	    1234500000 },
	{ "1\xe2\x80\xaf"
	  "234",
	    1234000000 },
	{ "1'234.50", 1234500000 },
	{ "1\xe2\x80\x99"
	  "234.50",
	    1234500000 },
	{ "1 234", 1234000000 },
	/* Currencies and signs. */
	{ "$1,234.50", 1234500000 },
	{ "-$0.0075", -7500 },
	{ "$-0.0075", -7500 },
	{ "(1.50)", -1500000 },
	{ "($1.50)", -1500000 },
	{ "$(1.50)", -1500000 },
	{ "( 1.50 )", -1500000 },
	{ "1.50-", -1500000 },
	{ "\xe2\x88\x92"
	  "1.50",
	    -1500000 },
	{ "- 1.50", -1500000 },
	{ "EUR 1,50", 1500000 },
	{ "1,50EUR", 1500000 },
	{ "1,50 \xe2\x82\xac", 1500000 },
	{ "\xc2\xa3"
	  "902",
	    902000000 },
	{ "$1.50 USD", 1500000 },
	{ "us$ 1.50", 1500000 },
	{ "1.50 chf", 1500000 },
	{ "R$ 1.234,50", 1234500000 },
	{ "12 kr", 12000000 },
	{ "-12,50 z\xc5\x82", -12500000 },
	/* Half to even behind six decimals. */
	{ "0.0000004", 0 },
	{ "0.0000005", 0 },
	{ "0.00000050000000000000000000000000000000001", 1 },
	{ "0.0000006", 1 },
	{ "0.0000015", 2 },
	{ "0.0000025", 2 },
	{ "0.0000035", 4 },
	{ "-0.0000015", -2 },
	{ "0.9999995", 1000000 },
	/* As programs write what is very small or large. */
	{ "5.0E-5", 50 },
	{ "1e-05", 10 },
	{ "1.5E+3", 1500000000 },
	{ "12345e-10", 1 },
	{ "15e-7", 2 },
	{ "1e-30", 0 },
	{ "1e5 EUR", INT64_C(100000000000) },
	/* The ends of the range. */
	{ MOST, INT64_MAX },
	{ "-" MOST, -INT64_MAX },
	{ MOST "4", INT64_MAX },
	{ "00000000000000000000000000000000000000000000000001", 1000000 },
	{ "0e30", 0 },
};

static void
amounts(void **state)
{
	int64_t micro;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(amounts_table); i++) {
		if (money_parse(amounts_table[i].text, &micro) != 0)
			fail_msg("'%s'", amounts_table[i].text);
		if (micro != amounts_table[i].micro)
			fail_msg("'%s': %" PRId64, amounts_table[i].text,
			    micro);
	}
}

static void
no_amounts(void **state)
{
	static const char *const table[] = { "", " ", "-", "$", "EUR", ".", ",",
		".,", "()", "abc", "nan", "inf", "0x10", "1.2.3", "1,2,3",
		"1,23,45", "1234,567,890", "1,234,56", "1,234.567,89",
		"1.234,567.89", "12.34.567,5", "1'23.50", "1 23", "1 2345",
		"1'234 567", "1'234,567.50", ",234,567", "--1", "-1-", "(-1)",
		"((1))", "(1", "1)", "+-1", "1..5", "1.5,", "1e", "e5", "1e+",
		"1e5.5", "1e99", "1e31", "1e99999999999999999999", "5 min",
		"100sec", "12.5k", "5%", "5 \xc2\xa2", "$$5", "USD EUR 5",
		"5 USD EUR", "\xef\xbc\x95", "\xd9\xa5", "9223372036854.775808",
		MOST "5", "-" MOST "5", "9223372036855", "1e13",
		"99999999999999999999999999", "1\n", "1;2", "1 .5" };
	int64_t micro;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(table); i++)
		if (money_parse(table[i], &micro) != -1)
			fail_msg("'%s': %" PRId64, table[i], micro);
}

static void
printed(void **state)
{
	static const struct {
		int64_t micro;
		const char *text;
	} table[] = {
		{ 0, "0.00" },
		{ 902000000, "902.00" },
		{ -500000, "-0.50" },
		{ -5000, "0.00" },
		{ 5000, "0.00" },
		{ 5001, "0.01" },
		{ 15000, "0.02" },
		{ 25000, "0.02" },
		{ -15000, "-0.02" },
		{ 999995000, "1000.00" },
		{ 999985000, "999.98" },
		{ INT64_C(1234567890000), "1234567.89" },
		{ INT64_MAX, "9223372036854.78" },
		{ INT64_MIN, "-9223372036854.78" },
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < LENGTH(table); i++) {
		buf_reset(&b);
		money_print(&b, table[i].micro);
		assert_string_equal(b.data, table[i].text);
	}
	buf_fini(&b);
}

static void
added(void **state)
{
	(void)state;
	assert_int_equal(money_add(2, 3), 5);
	assert_int_equal(money_add(-2, -3), -5);
	assert_int_equal(money_add(INT64_MAX, 1), INT64_MAX);
	assert_int_equal(money_add(INT64_MAX, -1), INT64_MAX - 1);
	assert_int_equal(money_add(INT64_MIN, -1), INT64_MIN);
	assert_int_equal(money_add(INT64_MIN, INT64_MAX), -1);
	assert_int_equal(money_add(INT64_MIN, INT64_MIN), INT64_MIN);
}

/* Every amount of six decimals is read back as it was written. */
static void
exact(void **state)
{
	uint64_t seed = 88172645463325252U;
	int64_t micro, back;
	char text[40];
	size_t k;

	(void)state;
	for (k = 0; k < 100000; k++) {
		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		micro = (int64_t)(seed >> (1 + k % 60));
		(void)snprintf(text, sizeof(text), "%s%" PRId64 "%c%06" PRId64,
		    k % 2 != 0 ? "-" : "", micro / MONEY_UNIT,
		    k % 3 != 0 ? '.' : ',', micro % MONEY_UNIT);
		assert_int_equal(money_parse(text, &back), 0);
		assert_int_equal(back, k % 2 != 0 ? -micro : micro);
	}
}

static void
hostile_text(void **state)
{
	static const char bytes[] = "0123456789.,'- +()$EeURk\xc2\xa0\xe2\x82";
	uint64_t seed = 88172645463325252U;
	int64_t micro;
	char text[24];
	size_t k, n, len;

	(void)state;
	for (k = 0; k < 200000; k++) {
		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		len = seed % sizeof(text);
		for (n = 0; n < len; n++)
			text[n] =
			    bytes[(seed * (n + 1) >> 33) % (sizeof(bytes) - 1)];
		text[len] = '\0';
		if (money_parse(text, &micro) == 0)
			assert_non_null(strpbrk(text, "0123456789"));
	}
}

static void
codes(void **state)
{
	static const char *const good[] = { "USD", "eur", "Chf", "ZWG" };
	static const char *const bad[] = { "", "US", "USDX", "XXX", "D E",
		"SD ", "AE " };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(money_is_code(good[i], strlen(good[i])));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(money_is_code(bad[i], strlen(bad[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amounts),
		cmocka_unit_test(no_amounts),
		cmocka_unit_test(printed),
		cmocka_unit_test(added),
		cmocka_unit_test(exact),
		cmocka_unit_test(hostile_text),
		cmocka_unit_test(codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
