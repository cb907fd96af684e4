#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "rule/rulefile.h"

#define TEN  "aaaaaaaaaa"
#define LONG TEN TEN TEN TEN

static void
check(const char *text, const char *expected)
{
	struct json_doc *doc;
	struct notes notes;
	struct buf out;

	notes_init(&notes);
	buf_init(&out);
	doc = json_parse(text, strlen(text), "f", &notes);
	assert_non_null(doc);
	rulefile_format(json_root(doc), &out);
	if (strcmp(out.data, expected) != 0)
		print_error("got:\n%s", out.data);
	assert_string_equal(out.data, expected);
	json_free(&doc);
	buf_fini(&out);
	notes_fini(&notes);
}

/* Whatever comes in, and what comes out once more. */
static void
test_layout(void **state)
{
	static const struct {
		const char *text, *laid_out;
	} table[] = {
		{ "{}", "{}\n" },
		{ "{\"a\":1}", "{\n  \"a\": 1\n}\n" },
		{ "{\"a\":{\"b\":[1,2],\"c\":{}},\"d\":[]}",
		    "{\n  \"a\": { \"b\": [1, 2], \"c\": {} },\n"
		    "  \"d\": []\n}\n" },
		/* a value stays as it is written */
		{ "{\"a\":1.50e1,\"\\u0061b\":\"\\u00fc\\/\"}",
		    "{\n  \"a\": 1.50e1,\n  \"\\u0061b\": \"\\u00fc\\/\"\n}\n" },
		/* rules and tests are open however short */
		{ "{\"rules\":[{\"id\":\"r\",\"tests\":[{\"name\":\"n\"}]}]}",
		    "{\n  \"rules\": [\n    {\n      \"id\": \"r\",\n"
		    "      \"tests\": [\n        {\n          \"name\": \"n\"\n"
		    "        }\n      ]\n    }\n  ]\n}\n" },
		/* what is too long: plain members are filled, ... */
		{ "{\"o\":{\"a\":\"" LONG "\",\"b\":\"" LONG "\",\"c\":1}}",
		    "{\n  \"o\": { \"a\": \"" LONG "\",\n"
		    "    \"b\": \"" LONG "\", \"c\": 1 }\n}\n" },
		/* ... arrays, too, ... */
		{ "{\"o\":[\"" LONG "\",\"" LONG "\",\"" LONG "\"]}",
		    "{\n  \"o\": [\n    \"" LONG "\", \"" LONG "\",\n"
		    "    \"" LONG "\"\n  ]\n}\n" },
		/* ... others have a line each */
		{ "{\"o\":{\"a\":[\"" LONG "\"],\"b\":\"" LONG "\",\"c\":1}}",
		    "{\n  \"o\": {\n    \"a\": [\"" LONG "\"],\n"
		    "    \"b\": \"" LONG "\",\n    \"c\": 1\n  }\n}\n" },
		/* 98 characters fit with the comma, whatever their bytes */
		{ "{\"o\":[\"" LONG LONG "\xc3\xbc\",12],\"p\":1}",
		    "{\n  \"o\": [\"" LONG LONG
		    "\xc3\xbc\", 12],\n  \"p\": 1\n}\n" },
		{ "{\"o\":[\"" LONG LONG "\xc3\xbc\",1234],\"p\":1}",
		    "{\n  \"o\": [\n    \"" LONG LONG
		    "\xc3\xbc\", 1234\n  ],\n  \"p\": 1\n}\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		check(table[i].text, table[i].laid_out);
		check(table[i].laid_out, table[i].laid_out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
