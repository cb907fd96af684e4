#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/utf8.h"
#include "report/html.h"

static void
what_is_escaped(void **state)
{
	static const struct {
		const char *text, *html;
	} table[] = {
		{ "plain", "plain" },
		{ "<script>alert(1)</script>",
		    "&lt;script&gt;alert(1)&lt;/script&gt;" },
		{ "a&b\"c'd", "a&amp;b&quot;c&#39;d" },
		{ "\x1b[31mred", "?[31mred" },
		{ "a\nb\tc", "a?b?c" },
		{ "\xe2\x80\xaegnp.exe", "?gnp.exe" },
		{ "J\xc3\xbcrg", "J\xc3\xbcrg" },
		{ "bad \xff", "bad ?" },
		{ "", "" },
		{ NULL, "" },
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		buf_reset(&b);
		html_text(&b, table[i].text);
		assert_string_equal(b.data, table[i].html);
	}
	buf_reset(&b);
	html_element(&b, "td", "n", "<1>");
	html_element(&b, "p", NULL, "x");
	assert_string_equal(b.data, "<td class=\"n\">&lt;1&gt;</td><p>x</p>");
	buf_fini(&b);
}

/* Whole characters only. */
static void
long_texts_are_cut(void **state)
{
	struct buf text, b;
	int i;

	(void)state;
	buf_init(&text);
	buf_init(&b);
	for (i = 0; i < 10000; i++)
		buf_addstr(&text, "\xc3\xbc");
	html_text(&b, text.data);
	assert_int_equal(b.len, HTML_LONGEST * 2 + 3);
	assert_true(utf8_valid(b.data, b.len));
	assert_string_equal(b.data + b.len - 3, "...");
	buf_fini(&b);
	buf_fini(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_escaped),
		cmocka_unit_test(long_texts_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
