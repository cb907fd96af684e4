#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cdr/layout.h"
#include "refusal.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A layout of events; the cases below replace one text of it. */
static const char sound[] =
    "{\n"
    "  \"cdrlayout\": 1, \"id\": \"toy\", \"title\": \"A toy\",\n"
    "  \"evidence\": \"documented\", \"order\": \"file\",\n"
    "  \"container\": \"rows\", \"delimiter\": \",\", \"quote\": null,\n"
    "  \"columns\": [\"when\", \"what\", \"id\", \"one\", \"two\"],\n"
    "  \"gather\": {\n"
    "    \"by\": [\"id\", [\"one\", \"two\"]],\n"
    "    \"rows\": {\n"
    "      \"begin\": { \"all\": [{ \"column\": \"what\","
    " \"in\": [\"B\"] }] },\n"
    "      \"alone\": { \"any\": [{ \"column\": \"what\","
    " \"in\": [\"X\"] }],\n"
    "        \"unless\": \"begin\" },\n"
    "      \"end\": { \"all\": [{ \"column\": \"what\","
    " \"in\": [\"E\"] }] }\n"
    "    },\n"
    "    \"ends\": [\"end\", \"alone\"]\n"
    "  },\n"
    "  \"fields\": {\n"
    "    \"start\": { \"column\": [\"begin.when\", \"when\"],"
    " \"stamp\": \"%s\" },\n"
    "    \"src\": \"begin.one\"\n"
    "  },\n"
    "  \"skip\": { \"all\": [{ \"column\": \"what\", \"in\": [\"S\"] }] },\n"
    "  \"recognise\": [{ \"column\": \"what\", \"filled\": true }]\n"
    "}\n";

static void
test_sound(void **state)
{
	struct layouts *ls = layouts_new();
	const struct layout_gather *g;
	const struct layout *l;
	struct notes notes;

	(void)state;
	notes_init(&notes);
	assert_int_equal(layouts_parse(ls, sound, strlen(sound), "toy.json",
			     &notes),
	    0);
	l = layouts_find(ls, "toy");
	g = &l->gather;
	assert_int_equal(l->ncolumns, 5);
	assert_int_equal(g->nby, 2);
	assert_int_equal(g->by[1].n, 2);
	assert_int_equal(g->npicks, 3);
	assert_int_equal(g->picks[0].unless, -1);
	assert_int_equal(g->picks[1].unless, 0);
	assert_true(g->picks[1].when.any);
	assert_int_equal(g->ends, 1U << 2 | 1U << 1);
	assert_int_equal(g->ncells, 15);
	assert_string_equal(l->columns[5], "begin.when");
	assert_string_equal(l->columns[19], "end.two");
	/* Only what a field names is kept of a row. */
	assert_true(g->cells[0].used);
	assert_true(g->cells[3].used);
	assert_false(g->cells[1].used);
	assert_int_equal(l->fields[TARGET_START].from[0].columns[0], 5);
	assert_int_equal(layout_column(l, 5), 0);
	assert_int_equal(layout_column(l, 4), 4);
	assert_int_equal(layout_column(l, 19), 4);
	notes_fini(&notes);
	layouts_free(&ls);
}

static const struct refusal refused[] = {
	{ "[\"id\", [\"one\", \"two\"]]", "[]", "E604", 7, 11,
	    "by: 1 to 4 columns, not 0", NULL },
	{ "[\"id\", [\"one\", \"two\"]]", "[[]]", "E604", 7, 12,
	    "names 1 to 6 columns, not 0", NULL },
	{ "[\"id\", [\"one\", \"two\"]]", "\"id\"", "E601", 7, 11,
	    "by: must be a list, not a text", NULL },
	{ "[\"id\",", "[\"uid\",", "E605", 7, 12, "no such column: 'uid'",
	    NULL },
	{ "[\"id\",", "[\"begin.id\",", "E605", 7, 12,
	    "no such column: 'begin.id'", NULL },
	{ "[\"id\",", "[7,", "E601", 7, 12, "must be a text, not a number",
	    NULL },
	{ "    \"by\": [\"id\", [\"one\", \"two\"]],\n", "", "E603", 6, 13,
	    "key 'by' is missing", NULL },
	{ ",\n    \"ends\": [\"end\", \"alone\"]\n", "\n", "E603", 6, 13,
	    "key 'ends' is missing", NULL },
	{ "[\"end\", \"alone\"]", "[]", "E604", 14, 13, "ends: no rows", NULL },
	{ "[\"end\", \"alone\"]", "[\"eend\"]", "E602", 14, 14,
	    "no such row: 'eend'", NULL },
	{ "[\"end\", \"alone\"]", "[1]", "E601", 14, 14,
	    "must be a text, not a number", NULL },
	{ "\"unless\": \"begin\"", "\"unless\": \"start\"", "E602", 11, 19,
	    "no such row: 'start'", NULL },
	{ "\"unless\": \"begin\"", "\"unless\": \"alone\"", "E604", 11, 19,
	    "unless: is the row itself", NULL },
	{ "\"unless\": \"begin\"", "\"is\": \"begin\"", "E602", 11, 9,
	    "unknown key 'is'", NULL },
	{ "\"begin\": {", "\"begin\": 7, \"x\": {", "E601", 9, 16,
	    "begin: must be an object, not a number", NULL },
	{ "[{ \"column\": \"what\", \"in\": [\"B\"] }]", "[]", "E604", 9, 25,
	    "no tests", NULL },
	{ "\"column\": \"what\", \"in\": [\"B\"]",
	    "\"column\": \"end.what\", \"in\": [\"B\"]", "E605", 9, 38,
	    "no such column: 'end.what'", NULL },
	{ "\"src\": \"begin.one\"", "\"src\": \"begin.three\"", "E605", 18, 12,
	    "no such column: 'begin.three'", NULL },
	{ "\"src\": \"begin.one\"", "\"src\": \"bye.one\"", "E605", 18, 12,
	    "no such column: 'bye.one'", NULL },
	{ "\"order\": \"file\"", "\"order\": \"free\"", "E604", 6, 3,
	    "gather: only with order 'file'", NULL },
	{ "  \"skip\": {",
	    "  \"carry\": { \"columns\": [\"one\"], \"from\": { \"all\":"
	    " [{ \"column\": \"two\", \"empty\": true }] } },\n  \"skip\": {",
	    "E604", 6, 3, "gather: not with 'carry'", NULL },
	/* A row by itself has no other rows. */
	{ "\"what\", \"in\": [\"S\"]", "\"end.what\", \"in\": [\"S\"]", "E605",
	    20, 33, "no such column: 'end.what'", NULL },
	{ "\"what\", \"filled\": true", "\"end.what\", \"filled\": true",
	    "E605", 21, 29, "no such column: 'end.what'", NULL },
	{ "\"column\": \"what\", \"filled\": true", "\"time\": \"start\"",
	    "E605", 21, 27, "field 'start' is of several rows", NULL },
};

static void
test_refused(void **state)
{
	(void)state;
	refusal_layouts(sound, refused, COUNT(refused));
}

/* Who takes over the columns in part has to say anew which rows are a call. */
static void
test_left_out(void **state)
{
	static const char *const lacks[] = { "id", "one", "what" };
	static const char wanted[] =
	    "key 'gather' is missing: 'columns' leaves out what 'toy' names";
	static const char *const columns[] = { "when", "what", "id", "one",
		"two" };
	struct layouts *ls;
	struct notes notes;
	struct buf b;
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(lacks); i++) {
		buf_init(&b);
		buf_addstr(&b, "{ \"cdrlayout\": 1, \"id\": \"our\","
			       " \"title\": \"Ours\", \"extends\": \"toy\","
			       " \"columns\": [\"more\"");
		for (k = 0; k < COUNT(columns); k++)
			if (strcmp(columns[k], lacks[i]) != 0)
				buf_addf(&b, ", \"%s\"", columns[k]);
		buf_addstr(&b, "] }");
		ls = layouts_new();
		notes_init(&notes);
		assert_int_equal(layouts_parse(ls, sound, strlen(sound),
				     "toy.json", &notes),
		    0);
		assert_int_equal(layouts_parse(ls, b.data, b.len, "our.json",
				     &notes),
		    -1);
		assert_string_equal(notes.list[0].text, wanted);
		notes_fini(&notes);
		layouts_free(&ls);
		buf_fini(&b);
	}
}

/* More named rows, and more columns, than there can be. */
static void
test_too_many(void **state)
{
	struct layouts *ls = layouts_new();
	struct notes notes;
	struct buf b;
	char *text;
	int i;

	(void)state;
	buf_init(&b);
	buf_addstr(&b, "\"rows\": {");
	for (i = 0; i < LAYOUT_PICKS; i++)
		buf_addf(&b,
		    "\"r%d\": { \"all\": [{ \"column\": \"what\","
		    " \"filled\": true }] },",
		    i);
	text = refusal_make(sound, "\"rows\": {", b.data);
	notes_init(&notes);
	assert_int_equal(layouts_parse(ls, text, strlen(text), "toy.json",
			     &notes),
	    -1);
	assert_string_equal(notes.list[0].text, "rows: 1 to 32 can be named");
	free(text);
	buf_fini(&b);
	notes_fini(&notes);
	layouts_free(&ls);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
