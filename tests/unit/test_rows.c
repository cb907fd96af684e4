#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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
			buf_addf(&b, "%c%s", i > 0 ? '|' : ' ',
			    row.fields[i].text);
		buf_addch(&b, '\n');
	}
	rows_free(&r);
	assert_null(r);
	return buf_detach(&b);
}

static void
check(const char *layout, const char *text, const char *wanted)
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
	got = show(rows_memory(text, strlen(text), l, &form));
	assert_string_equal(got, wanted);
	free(got);
	in = input_memory("x", text, strlen(text), 3);
	got = show(rows_new(in, l, &form));
	assert_string_equal(got, wanted);
	free(got);
	input_close(&in);
	notes_fini(&notes);
	layouts_free(&ls);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
