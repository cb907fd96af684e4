#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/utf8.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static const char *const good[] = { "a", "\x7f", "\xc2\x80", "\xdf\xbf",
	"\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
	"\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf" };

/* Unicode 15, table 3-7: everything beside it. */
static const char *const bad[] = { "\x80", "\xbf", "\xc0\x80", "\xc1\xbf",
	"\xc2", "\xc2\x41", "\xc2\xc0", "\xe0\x9f\xbf", "\xe0\xa0",
	"\xe1\x80\x41", "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf",
	"\xf0\x90\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xfe",
	"\xff" };

static void
test_char(void **state)
{
	size_t i, len;

	(void)state;
	for (i = 0; i < LENGTH(good); i++) {
		len = strlen(good[i]);
		assert_int_equal(utf8_char(good[i], len), len);
		assert_int_equal(utf8_char(good[i], len - 1), 0);
		assert_true(utf8_valid(good[i], len));
	}
	for (i = 0; i < LENGTH(bad); i++) {
		assert_int_equal(utf8_char(bad[i], strlen(bad[i])), 0);
		assert_false(utf8_valid(bad[i], strlen(bad[i])));
	}
	assert_int_equal(utf8_char("\0", 1), 1);
	assert_int_equal(utf8_char("", 0), 0);
}

static void
test_valid(void **state)
{
	(void)state;
	assert_true(utf8_valid("", 0));
	assert_true(utf8_valid("J\xc3\xbcrg \xe2\x82\xac", 9));
	assert_true(utf8_valid("a\0b", 3));
	assert_false(utf8_valid("J\xfcrg", 4));
	assert_false(utf8_valid("J\xc3\xbcrg \xe2\x82\xac", 8));
}

static void
test_length(void **state)
{
	(void)state;
	assert_int_equal(utf8_length("", 0), 0);
	assert_int_equal(utf8_length("abc", 3), 3);
	assert_int_equal(utf8_length("J\xc3\xbcrg", 5), 4);
	assert_int_equal(utf8_length("\xf0\x9f\x98\x80", 4), 1);
	assert_int_equal(utf8_length("a\xff\xc3", 3), 3);
}

struct text_case {
	const char *text, *wanted;
};

static void
check_cases(const struct text_case *cases, size_t n,
    void (*f)(struct buf *, const char *, size_t))
{
	struct buf b;
	size_t i;

	for (i = 0; i < n; i++) {
		buf_init(&b);
		f(&b, cases[i].text, strlen(cases[i].text));
		assert_string_equal(b.data, cases[i].wanted);
		buf_fini(&b);
	}
}

static void
test_repair(void **state)
{
	static const struct text_case cases[] = {
		{ "", "" },
		{ "J\xc3\xbcrg\n\x1b", "J\xc3\xbcrg\n\x1b" },
		{ "J\xfcrg", "J\xef\xbf\xbdrg" },
		{ "\xc3", "\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	};

	(void)state;
	check_cases(cases, LENGTH(cases), utf8_repair);
}

static void
test_printable(void **state)
{
	static const struct text_case cases[] = {
		{ "", "" },
		{ "+1 312 555 0142", "+1 312 555 0142" },
		{ "J\xc3\xbcrg \xe2\x82\xac \xf0\x9f\x98\x80",
		    "J\xc3\xbcrg \xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "a\tb\nc\rd\x1b[31m\x7f", "a?b?c?d?[31m?" },
		/* C1 controls; a no-break space behind them is fine. */
		{ "\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "???\xc2\xa0" },
		/* U+061C, U+200B, U+200F, U+202A, U+202E, U+2066, U+2069. */
		{ "\xd8\x9c\xe2\x80\x8b\xe2\x80\x8f\xe2\x80\xaa\xe2\x80\xae"
		  "\xe2\x81\xa6\xe2\x81\xa9",
		    "???????" },
		{ "\xef\xbb\xbf", "?" },
		{ "\xe2\x80\x90\xe2\x80\xaf", "\xe2\x80\x90\xe2\x80\xaf" },
		{ "J\xfcrg\xff", "J?rg?" },
	};

	(void)state;
	check_cases(cases, LENGTH(cases), utf8_printable);
}

static void
test_ascii(void **state)
{
	char text[40];
	size_t len, i;

	(void)state;
	memset(text, '~', sizeof(text));
	for (len = 0; len < sizeof(text); len++) {
		assert_true(utf8_ascii(text, len));
		for (i = 0; i < sizeof(text); i++) {
			text[i] = (char)(0x80 + i);
			assert_int_equal(utf8_ascii(text, len), i >= len);
			text[i] = '~';
		}
	}
}

static void
test_mend(void **state)
{
	static const struct {
		const char *text, *mended;
	} rows[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "J\xc3\xbcrg", "J\xc3\xbcrg" },
		{ "J\xfcrg", "J\xc3\xbcrg" },
		{ "\x80\xff", "\xc2\x80\xc3\xbf" },
		/* the first half of a character, and a whole one */
		{ "\xc3 \xe2\x82\xac", "\xc3\x83 \xe2\x82\xac" },
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < LENGTH(rows); i++) {
		buf_reset(&b);
		utf8_mend(&b, rows[i].text, strlen(rows[i].text));
		assert_string_equal(b.data, rows[i].mended);
		assert_true(utf8_valid(b.data, b.len));
	}
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_char),
		cmocka_unit_test(test_valid),
		cmocka_unit_test(test_ascii),
		cmocka_unit_test(test_mend),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_repair),
		cmocka_unit_test(test_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
