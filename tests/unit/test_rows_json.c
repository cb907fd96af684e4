#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "row_text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define BROKEN   "!not well-formed JSON\n"
#define LACKS    "!an object that lacks a member of a record\n"

/* A record has the members a and b. */
static const struct {
	const char *name, *text, *rows;
} cases[] = {
	{ "nothing", "", "" },
	{ "one", "{\"a\": 1, \"b\": \"x\"}", "1@0 1|x\n" },
	{ "lines", "{\"a\":1,\"b\":2}\n{\"a\":3,\"b\":4}\n",
	    "1@0 1|2\n2@14 3|4\n" },
	{ "a list", "\xef\xbb\xbf[{\"a\":1,\"b\":2},\n {\"b\":4,\"a\":3}]",
	    "1@4 1|2\n2@20 3|4\n" },
	{ "deep",
	    "{\"x\":{\"y\":[{\"a\":1,\"b\":2},{\"a\":3,\"b\":4}]},"
	    "\"z\":5}",
	    "1@11 1|2\n1@25 3|4\n" },
	{ "lines of one", "{\n \"a\": {\"c\": 1},\n \"b\": 2\n}",
	    "1+4@0 |2\n" },
	{ "words", "{\"a\":true,\"b\":null}\n{\"a\":-1.50,\"b\":1e9}",
	    "1@0 true|\n2@20 -1.50|1e9\n" },
	{ "large", "{\"a\":12345678901234567890,\"b\":[]}",
	    "1@0 12345678901234567890|\n" },
	{ "braces in strings", "{\"a\":\"}{\\\"\",\"b\":\"{ \"}",
	    "1@0 }{\"|{ \n" },
	{ "others", "{}\n{\"c\":1}\n{\"a\":1,\"b\":2}",
	    "1@0\n2@3\n3@11 1|2\n" },
	{ "a record in one", "{\"a\":{\"a\":1,\"b\":2},\"b\":3}", "1@5 1|2\n" },
	{ "one name only", "{\"a\":1,\"c\":2}{\"a\":1,\"b\":2}",
	    "1@0 " LACKS "1@13 1|2\n" },
	{ "a key twice", "{\"a\":1,\"a\":2,\"b\":3}", "1@0 1|3 ~\n" },
	{ "not UTF-8", "{\"a\":\"\xe9\",\"b\":\"\\u00e9\"}",
	    "1@0 \xef\xbf\xbd|\xc3\xa9 ~\n" },
	{ "a comma too many", "{\"a\":1,\"b\":2,}", "1@0 1|2 ~\n" },
	{ "not well-formed JSON", "a,b,c\nd,e,f\n",
	    "1@0 !text that is in no object\n" },
	{ "no begin", "\"a\":1,\"b\":2}\n{\"a\":3,\"b\":4}",
	    "1@0 !text that is in no object\n2@13 3|4\n" },
	{ "an end alone", "{\"a\":1,\"b\":2}}\n{\"a\":3,\"b\":4}",
	    "1@0 1|2\n1@13 !an object ends that did not begin\n2@15 3|4\n" },
	{ "no end", "{\"a\":1,\"b\":2\n{\"a\":3,\"b\":4}",
	    "1+2@0 " BROKEN "2@13 3|4\n" },
	{ "another end", "{\"a\":1,\"b\":2]\n{\"a\":3,\"b\":4}",
	    "1@0 " BROKEN "2@14 3|4\n" },
	{ "a lost quote", "{\"a\":1,\"b:2}\n{\"a\":3,\"b\":4}",
	    "1+2@0 " BROKEN "2@13 3|4\n" },
	{ "a lost quote in a line", "{\"a\":\"x,\"b\":2},{\"a\":3,\"b\":4}",
	    "1@0 " BROKEN "1@15 3|4\n" },
	{ "a quote too many", "{\"a\":\"x\"y\",\"b\":2},{\"a\":3,\"b\":4}",
	    "1@0 " BROKEN "1@18 3|4\n" },
	{ "damage inside",
	    "{\"c\":[{\"d\":1},{\"d\";1},{\"d\":1}],\"a\":1,"
	    "\"b\":2}\n{\"a\":3,\"b\":4}",
	    "1@0 " BROKEN "2@44 3|4\n" },
	{ "damage in a list",
	    "{\"l\":[{\"a\":1,\"b\":2},{\"a\"=1,\"b\":2},"
	    "{\"a\":3,\"b\":4}],\"n\":3}\n",
	    "1@6 1|2\n1@20 " BROKEN "1@34 3|4\n" },
	{ "two damaged", "{\"a\":1,\"b\":=}{\"a\":1,\"b\":=}{\"a\":3,\"b\":4}",
	    "1@0 " BROKEN "1@13 " BROKEN "1@26 3|4\n" },
	{ "cut", "{\"a\":1,\"b\":2}\n{\"a\":3,\"b",
	    "1@0 1|2\n"
	    "2@14 !cut off: its end is missing $\n" },
	{ "cut and again", "{\"a\":\"x{\"a\":3,\"b\":4}",
	    "1@0 " BROKEN "1@7 3|4\n" },
	{ "a lost quote behind a record",
	    "{\"x\":{\"a\":1,\"b\":2},\"y': {\n\"a\":3,\"b\":4}}",
	    "1@5 1|2\n1+2@19 " BROKEN "1+2@24 3|4\n" },
	{ "text at the end", "{\"a\":1,\"b\":2}\nx\ny",
	    "1@0 1|2\n2@14 !text that is in no object\n" },
	{ "text behind records", "{\"a\":1,\"b\":2} x",
	    "1@0 1|2\n1@14 !text that is in no object $\n" },
	{ "text alone", "no line end", "1@0 !text that is in no object $\n" },
	{ "cut at the end", "{\"a\":1,\"b\":\"x{ \"a", "1@0 " BROKEN },
};

static void
test_rows(void **state)
{
	char *layout = row_layout("json", "[\"a\", \"b\"]",
	    "{ \"a\": \"/a\", \"b\": \"/b\" }", "");
	char *got;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		got = row_text(layout, cases[i].text, strlen(cases[i].text));
		if (strcmp(got, cases[i].rows) != 0)
			fail_msg("%s:\n%swanted:\n%s", cases[i].name, got,
			    cases[i].rows);
		free(got);
	}
	free(layout);
}

static void
test_pointers(void **state)
{
	static const char text[] =
	    "{\"a\":[{\"x/y\":1},{\"x~y\":2},[\"z\"]],\"\":3,\"01\":4}";
	char *layout = row_layout("json", "\"a\"",
	    "{ \"a\": \"/a/0/x~1y\", \"b\": \"/a/1/x~0y\", \"c\": \"/a/2/0\","
	    " \"d\": \"/\", \"e\": \"/01\", \"f\": \"/a/01\","
	    " \"g\": \"/a/3\", \"h\": \"/a/0/x~1y/0\", \"i\": \"/a/0\" }",
	    "");
	char *got = row_text(layout, text, strlen(text));

	(void)state;
	assert_string_equal(got, "1@0 1|2|z|3|4||||\n");
	free(got);
	free(layout);
}

/* What is too long does not take the next record with it. */
static void
test_long(void **state)
{
	char *layout = row_layout("json", "\"a\"", "{ \"a\": \"/a\" }", "");
	struct buf b;
	char *got;

	(void)state;
	buf_init(&b);
	buf_addstr(&b, "{\"a\":\"");
	buf_fill(&b, 'x', BOUNDS_DOCUMENT);
	buf_addstr(&b, "\"}{\"a\":1}");
	got = row_text(layout, b.data, b.len);
	assert_string_equal(got,
	    "1@1048583 !longer than a record can be\n1@1048584 1\n");
	free(got);
	/* Nor does a line end in a key that is longer. */
	buf_reset(&b);
	buf_addstr(&b, "{\"a\":1,\"{ {");
	buf_fill(&b, 'x', BOUNDS_DOCUMENT);
	buf_addstr(&b, "\n\"}{\"a\":1}");
	got = row_text(layout, b.data, b.len);
	assert_string_equal(got, "1+2@1048587 " BROKEN "2@1048590 1\n");
	free(got);
	/* And it is not lost where the stream ends in it. */
	buf_reset(&b);
	buf_addstr(&b, "{\"a\":1}{\"a\":\"");
	buf_fill(&b, 'x', BOUNDS_DOCUMENT);
	got = row_text(layout, b.data, b.len);
	assert_string_equal(got,
	    "1@0 1\n1@1048589 !cut off: its end is missing $\n");
	free(got);
	/* An object of any length around records is none. */
	buf_reset(&b);
	buf_addstr(&b, "{\"x\":\"");
	buf_fill(&b, 'x', BOUNDS_DOCUMENT);
	buf_addstr(&b, "\",\"y\":[{\"a\":1}]}");
	got = row_text(layout, b.data, b.len);
	assert_string_equal(got, "1@1048589 1\n");
	free(got);
	free(layout);
	buf_fini(&b);
}

/* Brackets without end are read in time. */
static void
test_deep(void **state)
{
	char *layout = row_layout("json", "\"a\"", "{ \"a\": \"/a\" }", "");
	struct buf b;
	char *got;
	int i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < 100000; i++)
		buf_addstr(&b, "{\"x\":[");
	buf_addstr(&b, "\n{\"a\":1}");
	got = row_text(layout, b.data, b.len);
	assert_string_equal(got, "1@0 " BROKEN "2@600001 1\n");
	free(got);
	free(layout);
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_pointers),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
