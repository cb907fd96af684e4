#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cdr/rows.h"
#include "layout_files.h"

/* A layout with what says where in a line its records stand. */
#define LAYOUT(record)                                           \
	"{ \"cdrlayout\": 1, \"id\": \"x\", \"title\": \"X\","   \
	" \"evidence\": \"documented\", \"order\": \"free\","    \
	" \"container\": \"rows\", \"delimiter\": \",\","        \
	" \"quote\": \"\\\"\"," record " \"columns\": [\"at\"]," \
	" \"fields\": { \"start\": { \"column\": \"at\","        \
	" \"stamp\": \"%s\" } },"                                \
	" \"recognise\": [{ \"time\": \"start\" }] }"

/* Cells by their places; `columns` beside "at". */
#define FIXED(record, columns)                                 \
	"{ \"cdrlayout\": 1, \"id\": \"x\", \"title\": \"X\"," \
	" \"evidence\": \"documented\", \"order\": \"free\","  \
	" \"container\": \"fixed\"," record " \"columns\": {"  \
	" \"at\": \"1-3\"" columns " },"                       \
	" \"fields\": { \"start\": { \"column\": \"at\","      \
	" \"stamp\": \"%s\" } },"                              \
	" \"recognise\": [{ \"time\": \"start\" }] }"

/* "LINE@OFFSET: a|b" a row. */
static char *
show(struct rows *r)
{
	struct csvrow row;
	struct buf b;
	uint32_t i;

	buf_init(&b);
	while (rows_next(r, &row, NULL) == 1) {
		buf_addf(&b, "%u@%u:", (unsigned)row.line,
		    (unsigned)row.offset);
		if (row.fault != NULL)
			buf_addstr(&b, " !");
		for (i = 0; i < row.n; i++)
			buf_addf(&b, "%c%.*s", i > 0 ? '|' : ' ',
			    (int)row.fields[i].len, row.fields[i].text);
		buf_addch(&b, '\n');
	}
	rows_free(&r);
	assert_null(r);
	return buf_detach(&b);
}

static void
check_bytes(const char *layout, const char *text, size_t len,
    const char *wanted)
{
	struct layouts *ls = layouts_new();
	const struct layout *l;
	struct layout_form form;
	struct notes notes;
	struct input *in;
	char *got;

	notes_init(&notes);
	assert_int_equal(layouts_parse(ls, layout, strlen(layout), "x.json",
			     &notes),
	    0);
	l = layouts_at(ls, 0);
	form = layout_form(l);
	got = show(rows_memory(text, len, l, &form));
	assert_string_equal(got, wanted);
	free(got);
	in = input_memory("x", text, len, 3);
	got = show(rows_new(in, l, &form));
	assert_string_equal(got, wanted);
	free(got);
	input_close(&in);
	notes_fini(&notes);
	layouts_free(&ls);
}

static void
check(const char *layout, const char *text, const char *wanted)
{
	check_bytes(layout, text, strlen(text), wanted);
}

static void
test_plain(void **state)
{
	(void)state;
	check(LAYOUT(""), "a,\"b\nc\"\n\n\"d\n", "1@0: a|b\nc\n4@9: !\n");
}

static void
test_record(void **state)
{
	(void)state;
	check(LAYOUT(" \"record\": \"^INSERT \\\\((.*)\\\\);\","),
	    "-- dump\nINSERT (a,\"b,c\");\r\nINSERT ();\nINSERT (\"a,b\n"
	    "INSERT (\"d,e);\nINSERT (f);",
	    "1@0:\n2@8: a|b,c\n3@27:\n4@38:\n5@51: !\n6@66: f\n");
}

/* What a short line does not reach is empty; a NUL is a byte of its cell. */
static void
test_fixed(void **state)
{
	(void)state;
	check(FIXED("", ", \"b\": \"5-6\", \"c\": \"6\", \"d\": \"7-\""),
	    "abcdefgh ij\r\nab\n\n\"a,b,c\n",
	    "1@0: abc|ef|f|gh ij\n2@13: ab|||\n4@17: \"a,|,c|c|\n");
	check(FIXED(" \"record\": \"^>(.*)$\",", ", \"b\": \"4\""),
	    ">abcd\nabcd\n", "1@0: abc|d\n2@6:\n");
}

static void
test_padding(void **state)
{
	static const char text[] = "abc\r\n\0\0\0abd\r\n\0\0\0\r\n\0";

	(void)state;
	check_bytes(FIXED("", ""), text, sizeof(text) - 1,
	    "1@0: abc\n2@8: abd\n");
}

/* Several records of a line, each where it stands. */
static void
test_separators(void **state)
{
	const char layout[] =
	    FIXED(" \"separators\": \"<>\",", ", \"b\": \"4-\"");

	(void)state;
	check(layout, "<abcd><efg>\n<hij>  \r\n\r\n>> <klm\nno",
	    "1@1: abc|d\n1@7: efg|\n2@13: hij|\n4@27: klm|\n5@31: no|\n");
	check(layout, "abcd", "1@0: abc|d\n");
	/* behind a byte order mark, which is none elsewhere */
	check(layout, "\xef\xbb\xbf<abcd>", "1@4: abc|d\n");
	check(layout,
	    "\xef\xbb\xbf"
	    "abcd>\xef\xbb\xbf",
	    "1@3: abc|d\n1@8: \xef\xbb\xbf|\n");
	check(layout, "\xef\xbb\xbf", "");
	check(layout, "", "");
}

/* A piece that never ends takes no other with it. */
static void
test_too_long(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text);
	buf_addstr(&text, "<abc><");
	buf_fill(&text, 'x', 3 * 256 * 1024);
	buf_addstr(&text, "><def>");
	check(FIXED(" \"separators\": \"<>\",", ""), text.data,
	    "1@1: abc\n1@6: !\n1@786440: def\n");
	buf_fini(&text);
}

static void
test_places_refused(void **state)
{
	static const char *const bad[] = { "", "0", "0-3", "3-2", "2-a", "-3",
		"2-3-4", "2 - 3", "1-99999999", "99999999999999999999" };
	char layout[1024];
	struct layouts *ls;
	struct notes notes;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		/* The second is that of the layout's stamp. */
		(void)snprintf(layout, sizeof(layout),
		    FIXED("", ", \"b\": \"%s\""), bad[i], "%s");
		ls = layouts_new();
		notes_init(&notes);
		assert_int_equal(layouts_parse(ls, layout, strlen(layout),
				     "x.json", &notes),
		    -1);
		assert_int_equal(notes.n, 1);
		assert_string_equal(notes.list[0].code, "E604");
		notes_fini(&notes);
		layouts_free(&ls);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_separators),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_places_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
