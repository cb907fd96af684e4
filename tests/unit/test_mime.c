#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/utf8.h"
#include "report/mime.h"

static void
bodies(void **state)
{
	static const struct {
		const char *text, *quoted;
	} table[] = {
		{ "", "" },
		{ "a\n", "a\n" },
		{ "a", "a\n" },
		{ "a=b\n", "a=3Db\n" },
		{ "end \nof\t\n", "end=20\nof=09\n" },
		{ ".\nFrom me\nFromage\n", "=2E\n=46rom me\nFromage\n" },
		{ "J\xc3\xbcrg\n", "J=C3=BCrg\n" },
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		buf_reset(&b);
		mime_body(&b, table[i].text, strlen(table[i].text));
		assert_string_equal(b.data, table[i].quoted);
	}
	buf_reset(&b);
	mime_body_exact(&b, "a,b\r\n1\r\n", 8);
	assert_string_equal(b.data, "a,b=0D=0A=\n1=0D=0A=\n\n");
	buf_fini(&b);
}

static size_t
longest_line(const char *text)
{
	size_t most = 0, n;

	for (; *text != '\0'; text += n + (text[n] != '\0')) {
		n = strcspn(text, "\n");
		most = n > most ? n : most;
	}
	return most;
}

/* Whatever the length of what comes in. */
static void
lines_stay_short(void **state)
{
	struct buf text, b;
	size_t i;

	(void)state;
	buf_init(&text);
	buf_init(&b);
	for (i = 0; i < 400; i++) {
		buf_addstr(&text, i % 3 == 0   ? "="
				  : i % 3 == 1 ? "\xc3\xbc"
					       : " x.");
		buf_reset(&b);
		mime_body(&b, text.data, text.len);
		assert_true(longest_line(b.data) <= 76);
		buf_reset(&b);
		mime_body_exact(&b, text.data, text.len);
		assert_true(longest_line(b.data) <= 76);
		buf_reset(&b);
		mime_header(&b, "Subject", text.data);
		assert_true(longest_line(b.data) <= 78);
	}
	buf_fini(&text);
	buf_fini(&b);
}

static void
headers(void **state)
{
	static const struct {
		const char *value, *header;
	} table[] = {
		{ "plain", "Subject: plain\n" },
		{ "a\r\nBcc: x@example.net",
		    "Subject: a??Bcc: x@example.net\n" },
		{ "=?x?", "Subject: =?UTF-8?Q?=3D=3Fx=3F?=\n" },
		{ "J\xc3\xbcrg <1>",
		    "Subject: =?UTF-8?Q?J=C3=BCrg_=3C1=3E?=\n" },
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		buf_reset(&b);
		mime_header(&b, "Subject", table[i].value);
		assert_string_equal(b.data, table[i].header);
	}
	buf_fini(&b);
}

static void
addresses(void **state)
{
	static const char *const good[] = { "root", "a@example.net",
		"Ops <ops@example.net>, root" };
	static const char *const bad[] = { "", " ", "a,", ",a", "a,,b",
		"a\nBcc: b", "\xc3\xbc@example.net" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(mime_addresses_valid(good[i]));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(mime_addresses_valid(bad[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies),
		cmocka_unit_test(lines_stay_short),
		cmocka_unit_test(headers),
		cmocka_unit_test(addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
