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

static const struct {
	const char *name, *text, *rows;
} cases[] = {
	{ "nothing", "", "" },
	{ "no record", "<f><h><a>1</a></h></f>", "" },
	{ "no XML", "a,b,c\n\"d < e\",f\n", "" },
	{ "some",
	    "<?xml version='1.0'?>\n<f>\n <r b='x'>\n  <a>1</a>\n </r>\n"
	    " <r><a>2</a></r> <r b='y'/>\n</f>\n",
	    "3+3@27 1|x\n6@55 2|\n6@71 |y\n" },
	{ "whole tags", "<r b='>'/><r\nb=\"/>'\" /><r b='<r b='1'/>",
	    "1@0 |>\n1+2@10 |/>'\n"
	    "2@23 !cut off: another record begins in it\n2@29 |1\n" },
	{ "prefix", "<n:r m:b='x'><n:a>1</n:a></n:r>", "1@0 1|x\n" },
	{ "a longer name", "<rr><a>1</a></rr><r2/>", "" },
	{ "two documents", "<f><r><a>1</a></r></f><?xml ?><f><r><a>2</a></r>",
	    "1@3 1|\n1@33 2|\n" },
	{ "two kinds", "<q><a>1</a></q><r><a>2</a></r>", "1@0 1|\n1@15 2|\n" },
	{ "begin is gone", "<f><x><a>1</a></r><r><a>2</a></r></f>",
	    "1@14 !a record ends that did not begin\n1@18 2|\n" },
	{ "end is gone", "<f><r><a>1</a></x><r><a>2</a></r></f>",
	    "1@3 !cut off: another record begins in it\n1@18 2|\n" },
	{ "another end", "<r><a>1</a></q><r><a>2</a></r>",
	    "1@0 !cut off: another record ends in it\n1@15 2|\n" },
	{ "damage inside", "<r><a>1</b></r><r><a>2</a></r>",
	    "1@0 !not well-formed XML: mismatched tag\n1@15 2|\n" },
	{ "cut", "<r><a>1</a></r><r><a>2</",
	    "1@0 1|\n"
	    "1@15 !cut off: its end is missing $\n" },
	{ "cut in the tag", "<r><a>1</a></r",
	    "1@0 !cut off: its end is "
	    "missing $\n" },
	{ "comment", "<!-- <r><a>0</a></r> --><r><a>1<!-- </r> --></a></r>",
	    "1@24 1|\n" },
	{ "open comment", "<!-- <r><a>1</a></r>", "1@5 1|\n" },
	{ "CDATA", "<r><a><![CDATA[</r>]]></a></r>", "1@0 </r>|\n" },
	{ "blanks in tags", "<r\n><a>1</a></r\n ><r><a>2</a></r>",
	    "1+3@0 1|\n3@18 2|\n" },
	{ "Latin-1",
	    "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><r>"
	    "<a>\xe9</a></r>",
	    "1@43 \xc3\xa9|\n" },
	{ "a style sheet",
	    "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"
	    "<?xml-stylesheet href='x'?><r><a>\xe9</a></r>",
	    "1@70 \xc3\xa9|\n" },
	{ "not UTF-8", "<r><a>\xe9</a></r>", "1@0 \xef\xbf\xbd| ~\n" },
	{ "an entity of its own",
	    "<!DOCTYPE f [<!ENTITY e 'x'>]><r><a>&e;</a>"
	    "</r>",
	    "1@30 !not well-formed XML: undefined entity\n" },
};

static void
test_rows(void **state)
{
	char *layout = row_layout("xml", "[\"r\", \"q\"]",
	    "{ \"a\": \"a\", \"b\": \"@b\" }", "");
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
test_percent(void **state)
{
	static const char text[] = "<r><a>%40%c3%A9%2b+%4%zz%</a></r>";
	char *layout = row_layout("xml", "\"r\"", "{ \"a\": \"a\" }",
	    " \"encoding\": \"percent\",");
	char *got = row_text(layout, text, strlen(text));

	(void)state;
	assert_string_equal(got, "1@0 @\xc3\xa9++%4%zz%\n");
	free(got);
	free(layout);
}

/* What is too long does not take the next record with it. */
static void
test_long(void **state)
{
	char *layout = row_layout("xml", "\"r\"", "{ \"a\": \"a\" }", "");
	struct buf b;
	char *got;

	(void)state;
	buf_init(&b);
	buf_addstr(&b, "<r>");
	buf_fill(&b, ' ', BOUNDS_DOCUMENT + 10);
	buf_addstr(&b, "</r><r><a>1</a></r><r>");
	buf_fill(&b, 'x', BOUNDS_DOCUMENT - 100);
	buf_addstr(&b, "<a>2</a></r>");
	got = row_text(layout, b.data, b.len);
	assert_string_equal(got, "1@0 !longer than a record can be\n"
				 "1@1048589 !a record ends that did not begin\n"
				 "1@1048593 1\n1@1048608 2\n");
	free(got);
	free(layout);
	buf_fini(&b);
}

/* A comment that is too long to be one may hold one. */
static void
test_long_comment(void **state)
{
	char *layout = row_layout("xml", "\"r\"", "{ \"a\": \"a\" }", "");
	struct buf b;
	char *got;

	(void)state;
	buf_init(&b);
	buf_addstr(&b, "<!--");
	buf_fill(&b, 'x', 64 * 1024 - 20);
	buf_addstr(&b, "<!-- <r><a>0</a></r> --><r><a>1</a></r>");
	got = row_text(layout, b.data, b.len);
	assert_string_equal(got, "1@65544 1\n");
	free(got);
	free(layout);
	buf_fini(&b);
}

/* A file full of what begins comments is read in time. */
static void
test_comments(void **state)
{
	char *layout = row_layout("xml", "\"r\"", "{ \"a\": \"a\" }", "");
	struct buf b;
	char *got;
	int i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < 300000; i++)
		buf_addstr(&b, "<!--");
	buf_addstr(&b, "<r><a>1</a></r>");
	got = row_text(layout, b.data, b.len);
	assert_string_equal(got, "1@1200000 1\n");
	free(got);
	free(layout);
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_percent),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_long_comment),
		cmocka_unit_test(test_comments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
