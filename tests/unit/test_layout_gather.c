#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cdr/layout.h"

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

/* `sound` with the first `old` replaced. */
static char *
changed(const char *old, const char *new)
{
	const char *at = strstr(sound, old);
	struct buf b;

	assert_non_null(at);
	buf_init(&b);
	buf_add(&b, sound, (size_t)(at - sound));
	buf_addstr(&b, new);
	buf_addstr(&b, at + strlen(old));
	return buf_detach(&b);
}

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

static const struct {
	const char *old, *new, *code;
	unsigned line, column;
	const char *text;
} refused[] = {
	{ "[\"id\", [\"one\", \"two\"]]", "[]", "E604", 7, 11,
	    "by: 1 to 4 columns, not 0" },
	{ "[\"id\", [\"one\", \"two\"]]", "[[]]", "E604", 7, 12,
	    "names 1 to 6 columns, not 0" },
	{ "[\"id\", [\"one\", \"two\"]]", "\"id\"", "E601", 7, 11,
	    "by: must be a list, not a text" },
	{ "[\"id\",", "[\"uid\",", "E605", 7, 12, "no such column: 'uid'" },
	{ "[\"id\",", "[\"begin.id\",", "E605", 7, 12,
	    "no such column: 'begin.id'" },
	{ "[\"id\",", "[7,", "E601", 7, 12, "must be a text, not a number" },
	{ "    \"by\": [\"id\", [\"one\", \"two\"]],\n", "", "E603", 6, 13,
	    "key 'by' is missing" },
	{ ",\n    \"ends\": [\"end\", \"alone\"]\n", "\n", "E603", 6, 13,
	    "key 'ends' is missing" },
	{ "[\"end\", \"alone\"]", "[]", "E604", 14, 13, "ends: no rows" },
	{ "[\"end\", \"alone\"]", "[\"eend\"]", "E602", 14, 14,
	    "no such row: 'eend'" },
	{ "[\"end\", \"alone\"]", "[1]", "E601", 14, 14,
	    "must be a text, not a number" },
	{ "\"unless\": \"begin\"", "\"unless\": \"start\"", "E602", 11, 19,
	    "no such row: 'start'" },
	{ "\"unless\": \"begin\"", "\"unless\": \"alone\"", "E604", 11, 19,
	    "unless: is the row itself" },
	{ "\"unless\": \"begin\"", "\"is\": \"begin\"", "E602", 11, 9,
	    "unknown key 'is'" },
	{ "\"begin\": {", "\"begin\": 7, \"x\": {", "E601", 9, 16,
	    "begin: must be an object, not a number" },
	{ "[{ \"column\": \"what\", \"in\": [\"B\"] }]", "[]", "E604", 9, 25,
	    "no tests" },
	{ "\"column\": \"what\", \"in\": [\"B\"]",
	    "\"column\": \"end.what\", \"in\": [\"B\"]", "E605", 9, 38,
	    "no such column: 'end.what'" },
	{ "\"src\": \"begin.one\"", "\"src\": \"begin.three\"", "E605", 18, 12,
	    "no such column: 'begin.three'" },
	{ "\"src\": \"begin.one\"", "\"src\": \"bye.one\"", "E605", 18, 12,
	    "no such column: 'bye.one'" },
	{ "\"order\": \"file\"", "\"order\": \"free\"", "E604", 6, 3,
	    "gather: only with order 'file'" },
	{ "  \"skip\": {",
	    "  \"carry\": { \"columns\": [\"one\"], \"from\": { \"all\":"
	    " [{ \"column\": \"two\", \"empty\": true }] } },\n  \"skip\": {",
	    "E604", 6, 3, "gather: not with 'carry'" },
	/* A row by itself has no other rows. */
	{ "\"what\", \"in\": [\"S\"]", "\"end.what\", \"in\": [\"S\"]", "E605",
	    20, 33, "no such column: 'end.what'" },
	{ "\"what\", \"filled\": true", "\"end.what\", \"filled\": true",
	    "E605", 21, 29, "no such column: 'end.what'" },
	{ "\"column\": \"what\", \"filled\": true", "\"time\": \"start\"",
	    "E605", 21, 27, "field 'start' is of several rows" },
};

static void
test_refused(void **state)
{
	const struct note *note = NULL;
	struct layouts *ls;
	struct notes notes;
	char *text;
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(refused); i++) {
		ls = layouts_new();
		notes_init(&notes);
		text = changed(refused[i].old, refused[i].new);
		assert_int_equal(layouts_parse(ls, text, strlen(text),
				     "toy.json", &notes),
		    -1);
		for (k = 0; k < notes.n; k++) {
			note = &notes.list[k];
			if (strcmp(note->text, refused[i].text) == 0)
				break;
		}
		if (k == notes.n)
			fail_msg("case %zu: '%s'", i, notes.list[0].text);
		assert_string_equal(note->code, refused[i].code);
		if (note->line != refused[i].line ||
		    note->column != refused[i].column)
			fail_msg("case %zu: at %u:%u", i, (unsigned)note->line,
			    (unsigned)note->column);
		free(text);
		notes_fini(&notes);
		layouts_free(&ls);
	}
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
	text = changed("\"rows\": {", b.data);
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
