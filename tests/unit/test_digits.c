#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "tel/digits.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

struct example {
	const char *text;
	const char *out;
};

static enum digits_kind
clean(const char *s, size_t len, char out[BOUNDS_NUMBER])
{
	enum digits_kind kind;
	char *exact = malloc(len > 0 ? len : 1);

	/* Without a NUL behind it, so that reading on is seen. */
	assert_non_null(exact);
	memcpy(exact, s, len);
	kind = digits_clean(exact, len, out);
	free(exact);
	assert_true(memchr(out, '\0', BOUNDS_NUMBER) != NULL);
	return kind;
}

static void
check(const struct example *table, size_t n, enum digits_kind kind)
{
	char out[BOUNDS_NUMBER];
	size_t i;

	for (i = 0; i < n; i++) {
		if (clean(table[i].text, strlen(table[i].text), out) != kind)
			fail_msg("'%s' is another kind: '%s'", table[i].text,
			    out);
		assert_string_equal(out, table[i].out);
	}
}

static const struct example numbers_table[] = {
	{ "2041", "2041" },
	{ "0", "0" },
	{ "+13125550142", "+13125550142" },
	{ "  +1 (312) 555-0142 ", "+13125550142" },
	{ "312.555.0142", "3125550142" },
	{ "020/7946 0123", "02079460123" },
	{ "+44 (0)20 7946 0123", "+442079460123" },
	{ "(0)20 7946 0123", "02079460123" },
	{ "00442079460123#", "00442079460123" },
	{ "\"3125550142\"", "3125550142" },
	{ "'0442079460123", "0442079460123" },
	{ "=\"+442079460123\"", "+442079460123" },
	{ "\"Front Desk\" <2041>", "2041" },
	{ "Front Desk <2041>", "2041" },
	{ "\"\"3125550142\"\" <3125550142>", "3125550142" },
	{ "\"a <b>\" <3125550142>", "3125550142" },
	{ "<3125550142>", "3125550142" },
	{ "\"X\" <sip:+13125550142@192.0.2.7:5060;user=phone>;tag=7",
	    "+13125550142" },
	{ "\"\\\"X\\\"\"<sip:13125550142@192.0.2.7>;tag=SD1", "13125550142" },
	{ "tel:+1-312-555-0142", "+13125550142" },
	{ "tel:+1.312.555.0142", "+13125550142" },
	{ "tel:5550142;phone-context=+1312", "5550142" },
	{ "TEL:+13125550142", "+13125550142" },
	{ "callto:+13125550142", "+13125550142" },
	{ "sip:2041@pbx.example.net", "2041" },
	{ "sips:2041@pbx.example.net;transport=tls", "2041" },
	{ "sip:2041:secret@pbx.example.net", "2041" },
	{ "sip:+13125550142;npdi;rn=1@192.0.2.7", "+13125550142" },
	{ "sip:2041", "2041" },
	{ "sip:%2B13125550142@192.0.2.7", "+13125550142" },
	{ "2041@192.0.2.7", "2041" },
	{ "sip:312-555-0142@[2001:db8::1]:5060", "3125550142" },
	{ "999999999999999999999999999999999999999999999999999999999"
	  "999999",
	    "999999999999999999999999999999999999999999999999999999999"
	    "999999" },
};

static void
numbers(void **state)
{
	(void)state;
	check(numbers_table, LENGTH(numbers_table), DIGITS_NUMBER);
}

static void
codes(void **state)
{
	static const struct example table[] = {
		{ "*97", "*97" },
		{ "#31#", "#31#" },
		{ "*21*04012345#", "*21*04012345#" },
		{ "*67 312-555-0142", "*673125550142" },
		{ "9*72", "9*72" },
		{ "*", "*" },
		{ "#", "#" },
		{ "##", "##" },
		{ "12##", "12##" },
		{ "sip:*97@pbx.example.net", "*97" },
		{ "sip:%2331%23@pbx.example.net", "#31#" },
		{ "<*60>", "*60" },
	};

	(void)state;
	check(table, LENGTH(table), DIGITS_CODE);
}

static void
nothing(void **state)
{
	static const struct example table[] = {
		{ "", "" },
		{ "   ", "" },
		{ "\"\"", "" },
		{ "NULL", "" },
		{ "null", "" },
		{ "<null>", "" },
		{ "(null)", "" },
		{ "\\N", "" },
		{ "N/A", "" },
		{ "n/a", "" },
		{ "NA", "" },
		{ "-", "" },
		{ "--", "" },
		{ "None", "" },
		{ "()", "" },
		{ "/", "" },
		{ "<>", "" },
		{ "\"\" <>", "" },
		{ "\"Front Desk\" <>", "" },
		{ "sip:", "" },
		{ "@example.net", "" },
	};

	(void)state;
	check(table, LENGTH(table), DIGITS_NONE);
}

static void
anonymous(void **state)
{
	static const struct example table[] = {
		{ "anonymous", "anonymous" },
		{ "Anonymous", "anonymous" },
		{ "anonymous@anonymous.invalid", "anonymous" },
		{ "sip:anonymous@anonymous.invalid", "anonymous" },
		{ "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1",
		    "anonymous" },
		{ "Restricted", "anonymous" },
		{ "Unknown", "anonymous" },
		{ "<unknown>", "anonymous" },
		{ "\"X\" <unknown>", "anonymous" },
		{ "Private", "anonymous" },
		{ "PRIVATE NUMBER", "anonymous" },
		{ "Withheld", "anonymous" },
		{ "Unavailable", "anonymous" },
		{ "not-available", "anonymous" },
		{ "Out Of Area", "anonymous" },
		{ "blocked", "anonymous" },
	};

	(void)state;
	check(table, LENGTH(table), DIGITS_ANONYMOUS);
}

static void
not_numbers(void **state)
{
	static const struct example table[] = {
		{ "s", "s" },
		{ "i", "i" },
		{ "h", "h" },
		{ "t", "t" },
		{ "+", "+" },
		{ "sip:j.smith@example.net", "j.smith" },
		{ "anonymously", "anonymously" },
		{ "9.71E+11", "9.71E+11" },
		{ "00+442079460123", "00+442079460123" },
		{ "++442079460123", "++442079460123" },
		{ "312555O142", "312555O142" },
		{ "3125550142x12", "3125550142x12" },
		{ "192.0.2.7:5060", "192.0.2.7:5060" },
		{ "sip:192.0.2.7", "192.0.2.7" },
		{ "Local/2041@from-internal", "Local/2041" },
		/* Full-width and Arabic digits. */
		{ "\xef\xbc\x91\xef\xbc\x92", "\xef\xbc\x91\xef\xbc\x92" },
		{ "\xd9\xa1\xd9\xa2", "\xd9\xa1\xd9\xa2" },
		{ "312\xc2\xa0"
		  "5550142",
		    "312\xc2\xa0"
		    "5550142" },
		{ "312\x01"
		  "5550142",
		    "312\x01"
		    "5550142" },
		{ "\"unclosed <2041", "unclosed <2041" },
		{ "2041>", "2041>" },
		{ "%2331%23", "%2331%23" },
		{ "sip:%zz@example.net", "%zz" },
	};

	(void)state;
	check(table, LENGTH(table), DIGITS_WORD);
}

static void
too_long(void **state)
{
	char text[3 * BOUNDS_NUMBER], out[BOUNDS_NUMBER];
	size_t len;

	(void)state;
	memset(text, '7', sizeof(text));
	for (len = BOUNDS_NUMBER - 2; len < sizeof(text); len++) {
		assert_int_equal(clean(text, len, out),
		    len < BOUNDS_NUMBER ? DIGITS_NUMBER : DIGITS_WORD);
		assert_int_equal(strlen(out),
		    len < BOUNDS_NUMBER ? len : BOUNDS_NUMBER - 1);
	}
	/* A NUL in the middle is no end. */
	assert_int_equal(clean("20\0"
			       "41",
			     5, out),
	    DIGITS_WORD);
	assert_int_equal(clean("null\0x", 6, out), DIGITS_WORD);
	assert_string_equal(out, "null?x");
	assert_int_equal(clean("\0"
			       "2041",
			     5, out),
	    DIGITS_WORD);
	assert_string_equal(out, "?2041");
	assert_int_equal(digits_clean(NULL, 0, out), DIGITS_NONE);
}

/* Cleaning what is clean changes nothing, whatever the text. */
static void
hostile_text(void **state)
{
	static const char bytes[] =
	    "0123456789+*#<>\"'@:;.-/()% =siptelN\\\0\xff";
	char text[80], out[BOUNDS_NUMBER], again[BOUNDS_NUMBER];
	uint64_t seed = 88172645463325252U;
	enum digits_kind kind;
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
		kind = clean(text, len, out);
		if (kind != DIGITS_NUMBER && kind != DIGITS_CODE)
			continue;
		assert_int_equal(strspn(out, "+0123456789*#"), strlen(out));
		assert_int_equal(clean(out, strlen(out), again), kind);
		assert_string_equal(out, again);
	}
}

static void
only(void **state)
{
	(void)state;
	assert_true(digits_only("0123456789", 10));
	assert_true(digits_only("7x", 1));
	assert_false(digits_only("", 0));
	assert_false(digits_only("+1", 2));
	assert_false(digits_only("1 ", 2));
	assert_false(digits_only("1\xd9\xa1", 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(codes),
		cmocka_unit_test(nothing),
		cmocka_unit_test(anonymous),
		cmocka_unit_test(not_numbers),
		cmocka_unit_test(too_long),
		cmocka_unit_test(hostile_text),
		cmocka_unit_test(only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
