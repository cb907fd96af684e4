#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "cdr/layout.h"
#include "row_text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *container, *record, *columns, *more, *code, *text;
} refused[] = {
	{ "xml", "[]", "{ \"a\": \"a\" }", "", "E604",
	    "1 to 8 names are needed" },
	{ "json",
	    "[\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\","
	    " \"i\"]",
	    "{ \"a\": \"/a\" }", "", "E604", "1 to 8 names are needed" },
	{ "json", "\"\"", "{ \"a\": \"/a\" }", "", "E604",
	    "a record needs a name" },
	{ "xml", "\"c:Call\"", "{ \"a\": \"a\" }", "", "E604",
	    "an element is named without the prefix of its namespace" },
	{ "xml", "[7]", "{ \"a\": \"a\" }", "", "E601",
	    "must be a text, not a number" },
	{ "rows", "[\"a\"]", "[\"a\"]",
	    " \"delimiter\": \",\", \"quote\": null,", "E601",
	    "record: must be a text, not a list" },
	{ "xml", "\"r\"", "{ \"a\": \"/a\" }", "", "E604",
	    "no path to a text of XML: '/a'" },
	{ "xml", "\"r\"", "{ \"a\": 1 }", "", "E601",
	    "a: must be a text, not a number" },
	{ "xml", "\"r\"", "[\"a\"]", "", "E601",
	    "columns: must be an object, not a list" },
	{ "json", "\"r\"", "{ \"a\": \"a\" }", "", "E604",
	    "no pointer such as '/a/0/b': 'a'" },
	{ "json", "\"r\"", "{ \"a\": \"\" }", "", "E604",
	    "no pointer such as '/a/0/b': ''" },
	{ "json", "\"r\"", "{ \"a\": \"/a~2\" }", "", "E604",
	    "no pointer such as '/a/0/b': '/a~2'" },
	{ "json", "\"r\"", "{ \"a\": \"/a\" }", " \"encoding\": \"url\",",
	    "E602", "no such encoding: 'url'" },
	{ "json", "\"r\"", "{ \"a\": \"/a\" }", " \"comment\": \"#\",", "E604",
	    "comment: only for lines" },
	{ "json", "\"r\"", "{ \"a\": \"/a\" }", " \"header\": true,", "E604",
	    "header: only with container 'rows'" },
	{ "fixed", "\"(r)\"", "{ \"a\": \"1-3\" }",
	    " \"encoding\": \"percent\",", "E604",
	    "encoding: only with container 'xml' or 'json'" },
};

static void
test_refused(void **state)
{
	struct layouts *ls;
	struct notes notes;
	char *layout;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(refused); i++) {
		layout = row_layout(refused[i].container, refused[i].record,
		    refused[i].columns, refused[i].more);
		ls = layouts_new();
		notes_init(&notes);
		assert_int_equal(layouts_parse(ls, layout, strlen(layout),
				     "x.json", &notes),
		    -1);
		assert_string_equal(notes.list[0].text, refused[i].text);
		assert_string_equal(notes.list[0].code, refused[i].code);
		notes_fini(&notes);
		layouts_free(&ls);
		free(layout);
	}
}

static void
test_record_needed(void **state)
{
	char *layout = row_layout("xml", "\"r\"", "{ \"a\": \"a\" }", "");
	char *record = strstr(layout, " \"record\": \"r\",");
	struct layouts *ls = layouts_new();
	struct notes notes;

	(void)state;
	notes_init(&notes);
	memset(record, ' ', strlen(" \"record\": \"r\","));
	assert_int_equal(layouts_parse(ls, layout, strlen(layout), "x.json",
			     &notes),
	    -1);
	assert_string_equal(notes.list[0].text, "key 'record' is missing");
	notes_fini(&notes);
	layouts_free(&ls);
	free(layout);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_record_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
