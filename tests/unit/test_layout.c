#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cdr/call.h"
#include "cdr/layout.h"
#include "layout_files.h"
#include "refusal.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A layout with every key; the cases below replace one text of it. */
static const char sound[] =
    "{\n"
    "  \"cdrlayout\": 1,\n"
    "  \"id\": \"toy\",\n"
    "  \"title\": \"A toy\",\n"
    "  \"about\": \"nothing\",\n"
    "  \"evidence\": \"documented\",\n"
    "  \"order\": \"file\",\n"
    "  \"container\": \"rows\",\n"
    "  \"delimiter\": \";\",\n"
    "  \"quote\": null,\n"
    "  \"columns\": [\"when\", \"from\", \"to\", \"talk\"],\n"
    "  \"variants\": [\n"
    "    { \"more\": [] },\n"
    "    { \"more\": [\"id\"],\n"
    "      \"when\": { \"all\": [{ \"column\": \"id\","
    " \"matches\": \"^i\" }] } },\n"
    "    { \"more\": [\"way\"] }\n"
    "  ],\n"
    "  \"fields\": {\n"
    "    \"start\": { \"column\": \"when\", \"stamp\": \"%d/%m/%Y %H:%M\" },\n"
    "    \"duration\": { \"column\": \"talk\", \"unit\": \"ms\" },\n"
    "    \"direction\": { \"column\": \"way\","
    " \"map\": { \"O\": \"out\", \"I\": \"in\" } },\n"
    "    \"src\": \"from\",\n"
    "    \"dst\": { \"column\": \"to\", \"regex\": \"^n(.*)\","
    " \"required\": true },\n"
    "    \"call_id\": { \"column\": \"id\", \"epoch\": \"^i(.*)\" },\n"
    "    \"join\": [\"id\", [\"from\", \"when\"]]\n"
    "  },\n"
    "  \"answered\": { \"any\": [{ \"column\": \"talk\","
    " \"positive\": true }] },\n"
    "  \"recognise\": [\n"
    "    { \"column\": \"when\", \"stamp\": \"%d/%m/%Y %H:%M\","
    " \"must\": true, \"weight\": 3 },\n"
    "    { \"column\": \"to\", \"filled\": true, \"says\": \"called\" }\n"
    "  ]\n"
    "}\n";

static void
test_sound(void **state)
{
	struct layouts *ls = layouts_new();
	const struct layout *l;
	struct notes notes;

	(void)state;
	notes_init(&notes);
	assert_int_equal(layouts_parse(ls, sound, strlen(sound), "toy.json",
			     &notes),
	    0);
	assert_int_equal(notes.n, 0);
	l = layouts_find(ls, "toy");
	assert_non_null(l);
	assert_string_equal(l->title, "A toy");
	assert_string_equal(l->file, "toy.json");
	assert_int_equal(l->evidence, EVIDENCE_DOCUMENTED);
	assert_true(l->file_order);
	assert_string_equal(l->delimiters, ";");
	assert_int_equal(l->quote, 0);
	assert_int_equal(l->ncolumns, 6);
	assert_int_equal(l->nvariants, 3);
	assert_int_equal(l->variants[2].columns, 5);
	assert_int_equal(l->variants[2].at[4], -1); /* id */
	assert_int_equal(l->variants[2].at[5], 4);  /* way */
	assert_int_equal(l->fields[TARGET_DURATION].unit.ms, 1);
	assert_true(l->fields[TARGET_DST].required);
	assert_int_equal(l->fields[TARGET_DIRECTION].words[1].value, DIR_IN);
	assert_int_equal(l->fields[TARGET_JOIN].nfrom, 2);
	assert_int_equal(l->fields[TARGET_JOIN].from[1].n, 2);
	assert_true(l->has_answered && l->answered.any);
	assert_int_equal(l->recognise.list[0].weight, 3);
	assert_int_equal(l->recognise.list[1].weight, 1);
	notes_fini(&notes);
	layouts_free(&ls);
}

static const struct refusal refused[] = {
	{ "{\n", "[]", "E1", 0, 0, NULL, NULL },
	{ "1,", "2,", "E604", 2, 16, "cdrlayout: this program reads version 1",
	    NULL },
	{ "  \"cdrlayout\": 1,\n", "", "E603", 1, 1,
	    "key 'cdrlayout' is missing", NULL },
	{ "\"id\": \"toy\"", "\"id\": \"Toy\"", "E604", 3, 10,
	    "id: only small letters, digits and '-'", NULL },
	{ "\"id\": \"toy\"", "\"id\": \"to y\"", "E604", 3, 12,
	    "id: only small letters, digits and '-'", NULL },
	{ "\"A toy\"", "7", "E601", 4, 12,
	    "title: must be a text, not a number", NULL },
	{ "\"documented\"", "\"reall\"", "E602", 6, 15,
	    "no such evidence: 'reall'", "did you mean 'real'?" },
	{ "\"file\"", "\"any\"", "E602", 7, 12, "no such order: 'any'",
	    "'free' or 'file'" },
	{ "\"rows\"", "\"asn1\"", "E602", 8, 16, "no such container: 'asn1'",
	    NULL },
	{ "\"delimiter\"", "\"delimeter\"", "E602", 9, 3,
	    "unknown key 'delimeter'", "did you mean 'delimiter'?" },
	{ "\"quote\": null,", "", "E603", 1, 1, "key 'quote' is missing",
	    NULL },
	{ "\"rows\"", "\"fixed\"", "E604", 9, 3,
	    "delimiter: only with container 'rows'", NULL },
	{ "\";\"", "\";;\"", "E604", 9, 16,
	    "delimiter: must be one ASCII character", NULL },
	{ "null", "\";\"", "E604", 10, 12, "quote: is the delimiter, too",
	    NULL },
	{ "null", "7", "E601", 10, 12,
	    "quote: must be null or a text, not a number", NULL },
	{ "\"to\", \"talk\"", "\"to\", \"to\"", "E608", 11, 37,
	    "column 'to' is named twice", NULL },
	{ "\"to\", \"talk\"", "\"to\", \"\"", "E604", 11, 37,
	    "a column needs a name", NULL },
	{ "\"more\": [\"way\"]", "\"more\": [\"way\", \"to\"]", "E608", 16, 23,
	    "column 'to' is named twice", NULL },
	{ "{ \"more\": [\"way\"] }", "7", "E601", 16, 5,
	    "must be an object, not a number", NULL },
	{ "\"when\": { \"all\"", "\"when\": { \"none\"", "E602", 15, 17,
	    "unknown key 'none'", NULL },
	{ "\"matches\": \"^i\"", "\"matches\": \"^(i\"", "E606", 15, 58, NULL,
	    NULL },
	{ "\"matches\": \"^i\"", "\"matches\": \"^i\", \"must\": true", "E602",
	    15, 60, "unknown key 'must'", NULL },
	{ "\"column\": \"when\"", "\"column\": \"wehn\"", "E605", 19, 26,
	    "no such column: 'wehn'", "did you mean 'when'?" },
	{ "%Y %H:%M", "%Y %N", "E607", 19, 53, NULL, NULL },
	{ "%d/%m/%Y %H", "%d %H", "E607", 19, 52,
	    "bad stamp: time pattern without a month", NULL },
	{ "\"stamp\": \"%d/%m/%Y %H:%M\" },\n    \"dur",
	    "\"stampp\": \"%d/%m/%Y %H:%M\" },\n    \"dur", "E602", 19, 34,
	    "unknown key 'stampp'", "did you mean 'stamp'?" },
	{ "\"unit\": \"ms\"", "\"unit\": \"hours\"", "E602", 20, 45,
	    "no such unit: 'hours'", NULL },
	{ "\"I\": \"in\"", "\"I\": \"inn\"", "E602", 21, 63,
	    "no such direction: 'inn'", NULL },
	{ "\"src\": \"from\"",
	    "\"event\": { \"column\": \"from\", \"other\": \"call\" }", "E602",
	    22, 43, "no such event: 'call'", NULL },
	{ "\"src\": \"from\"",
	    "\"event\": { \"column\": \"from\", \"other\": \"quality\" }",
	    "E602", 22, 43, "no such event: 'quality'", NULL },
	{ "\"src\"", "\"scr\"", "E602", 22, 5, "unknown field 'scr'",
	    "did you mean 'src'?" },
	{ "\"src\": \"from\"", "\"src\": []", "E604", 22, 12,
	    "names 1 to 8 alternatives, not 0", NULL },
	{ "\"src\": \"from\"", "\"src\": [[]]", "E604", 22, 13,
	    "joins 1 to 6 columns, not 0", NULL },
	{ "\"src\": \"from\"", "\"src\": 2", "E601", 22, 12,
	    "src: must be an object, not a number", NULL },
	{ "\"start\": {", "\"ring\": {", "E603", 18, 13,
	    "field 'start' is missing", NULL },
	{ "\"regex\": \"^n(.*)\"", "\"epoch\": \"^n(.*)\"", "E602", 23, 30,
	    "unknown key 'epoch'", NULL },
	{ "\"epoch\": \"^i(.*)\"", "\"at\": \"middle\"", "E602", 24, 40,
	    "at: must be 'start' or 'end', not 'middle'", NULL },
	{ "\"regex\": \"^n(.*)\"", "\"at\": \"end\"", "E602", 23, 30,
	    "unknown key 'at'", NULL },
	{ "\"any\": [{", "\"any\": [], \"all\": [{", "E604", 27, 15,
	    "must have one of 'all' and 'any'", NULL },
	{ "\"answered\": { \"any\": [{ \"column\": \"talk\","
	  " \"positive\": true }] },\n  ",
	    "", "E603", 1, 1, "key 'answered' or field 'status' is missing",
	    NULL },
	{ "\"direction\": { \"column\": \"way\", \"map\": { \"O\": \"out\"",
	    "\"side\": { \"column\": \"way\", \"map\": { \"O\": \"transit\"",
	    "E602", 21, 46, "no such side: 'transit'", NULL },
	{ "\"positive\": true }",
	    "\"positive\": true,"
	    " \"integer\": true }",
	    "E604", 27, 25, "a test states one condition, not 2", NULL },
	{ "\"positive\": true", "\"positive\": false", "E604", 27, 57,
	    "positive: only true can be stated", NULL },
	{ "\"weight\": 3", "\"weight\": 2.5", "E604", 29, 76,
	    "weight: must be a whole number from 1 to 100", NULL },
	{ "\"filled\": true", "\"in\": []", "E604", 30, 29, "in: no words",
	    NULL },
	{ "\";\"", "[\";\", \";\"]", "E608", 9, 22,
	    "delimiter ';' is named twice", NULL },
	{ "\";\"", "[]", "E604", 9, 16, "names 1 to 4 alternatives, not 0",
	    NULL },
	{ "null", "null, \"escape\": \";\"", "E604", 10, 28,
	    "escape: is the delimiter, too", NULL },
	{ "null", "null, \"record\": \"(\"", "E606", 10, 30, NULL, NULL },
	{ "null", "null, \"width\": \"all\"", "E602", 10, 27,
	    "no such width: 'all'", NULL },
	{ "null", "null, \"zone\": \"Mars\"", "E604", 10, 26, NULL, NULL },
	{ "null", "null, \"empty\": [7]", "E601", 10, 28,
	    "must be a text, not a number", NULL },
	{ "\"more\": [\"way\"]", "\"more\": { \"way\": 0 }", "E604", 16, 24,
	    "a column is a whole number from 1 to 1024", NULL },
	{ "\"more\": [\"way\"]", "\"more\": { \"way\": \"5\" }", "E601", 16, 24,
	    "way: must be a number, not a text", NULL },
	{ "\"more\": [\"way\"]", "\"more\": { \"\": 5 }", "E604", 16, 21,
	    "a column needs a name", NULL },
	{ "[\"when\", \"from\", \"to\", \"talk\"]", "{ \"when\": 0 }", "E604",
	    11, 24, "a column is a whole number from 1 to 1024", NULL },
	{ "[\"when\", \"from\", \"to\", \"talk\"]", "{ \"when\": \"1\" }",
	    "E601", 11, 24, "when: must be a number, not a text", NULL },
	{ "null", "null, \"header\": true", "E604", 12, 3,
	    "variants: not with a header", NULL },
	{ "null", "null, \"aliases\": { \"to\": [\"called\"] }", "E604", 10, 18,
	    "aliases: only with a header", NULL },
	{ "null", "null, \"aliases\": { \"too\": [\"called\"] }", "E602", 10,
	    31, "unknown column 'too'", "did you mean 'to'?" },
	{ "null", "null, \"aliases\": { \"to\": \"called\" }", "E601", 10, 37,
	    "to: must be a list, not a text", NULL },
	{ "\"%d/%m/%Y %H:%M\" },\n    \"dur",
	    "[\"%Y-%m-%d\", \"%m-%d %z\"] },\n    \"dur", "E607", 19, 65,
	    "bad stamp: '%z' needs a year", NULL },
	{ "\"column\": \"way\",",
	    "\"rules\": [{ \"is\": \"up\","
	    " \"all\": [{ \"column\": \"way\", \"filled\": true }] }],",
	    "E602", 21, 38, "no such direction: 'up'", NULL },
	{ "\"column\": \"way\",",
	    "\"rules\": [{"
	    " \"all\": [{ \"column\": \"way\", \"filled\": true }] }],",
	    "E603", 21, 30, "key 'is' is missing", NULL },
	{ "\"column\": \"way\",", "\"other\": \"elsewhere\",", "E602", 21, 29,
	    "no such direction: 'elsewhere'", NULL },
	{ "\"src\": \"from\"", "\"cost\": { \"constant\": 1 }", "E601", 22, 27,
	    "constant: must be a text, not a number", NULL },
	{ "\"src\": \"from\"",
	    "\"cause\": { \"column\": \"to\","
	    " \"least\": true }",
	    "E602", 22, 32, "unknown key 'least'", NULL },
	{ "null", "null, \"carry\": { \"columns\": [\"to\"] }", "E603", 10, 27,
	    "key 'from' is missing", NULL },
	{ "null",
	    "null, \"carry\": { \"columns\": [], \"from\": { \"all\":"
	    " [{ \"column\": \"to\", \"empty\": true }] } }",
	    "E604", 10, 40, "columns: 1 to 8 can be named", NULL },
	{ "null",
	    "null, \"carry\": { \"columns\": [\"too\"], \"from\": { \"all\":"
	    " [{ \"column\": \"to\", \"empty\": true }] } }",
	    "E605", 10, 41, "no such column: 'too'", "did you mean 'to'?" },
	{ "\"src\": \"from\"",
	    "\"src\": { \"column\": \"from\", \"when\": true }", "E601", 22, 40,
	    "when: must be an object, not true or false", NULL },
	{ "\"src\": \"from\"",
	    "\"src\": { \"column\": \"from\", \"plus\": \"(\" }", "E606", 22,
	    42, NULL, NULL },
	{ "\"src\": \"from\"",
	    "\"cost\": { \"column\": \"from\", \"plus\": \"a\" }", "E602", 22,
	    33, "unknown key 'plus'", NULL },
	{ "\"filled\": true", "\"empty\": false", "E604", 30, 32,
	    "empty: only true can be stated", NULL },
	{ "\"column\": \"to\", \"filled\": true", "\"time\": \"end\"", "E605",
	    30, 15, "there is no field 'end'", NULL },
	{ "\"column\": \"to\", \"filled\": true",
	    "\"column\": \"to\", \"time\": \"start\"", "E603", 30, 5,
	    "a time is of no column", NULL },
	{ "\"column\": \"to\", \"filled\": true", "\"filled\": true", "E603",
	    30, 5, "key 'column' is missing", NULL },
};

static void
test_refused(void **state)
{
	(void)state;
	refusal_layouts(sound, refused, COUNT(refused));
}

/* All problems of a file are told at once. */
static void
test_several_errors(void **state)
{
	static const char text[] = "{ \"cdrlayout\": 1, \"idd\": 7 }";
	struct layouts *ls = layouts_new();
	struct notes notes;

	(void)state;
	notes_init(&notes);
	assert_int_equal(layouts_parse(ls, text, strlen(text), "bad.json",
			     &notes),
	    -1);
	assert_true(notes.errors >= 9);
	notes_fini(&notes);
	layouts_free(&ls);
}

static void
test_same_id(void **state)
{
	struct layouts *ls = layouts_new();
	struct notes notes;

	(void)state;
	notes_init(&notes);
	assert_int_equal(layouts_parse(ls, sound, strlen(sound), "one.json",
			     &notes),
	    0);
	assert_int_equal(layouts_parse(ls, sound, strlen(sound), "two.json",
			     &notes),
	    -1);
	assert_int_equal(notes.n, 1);
	assert_string_equal(notes.list[0].text,
	    "layout 'toy' is in one.json, too");
	assert_int_equal(layouts_count(ls), 1);
	notes_fini(&notes);
	layouts_free(&ls);
}

static void
test_shipped(void **state)
{
	struct layouts *ls = shipped_layouts();
	struct buf ids;

	(void)state;
	assert_non_null(layouts_find(ls, "asterisk-csv"));
	assert_non_null(layouts_find(ls, "asterisk-custom"));
	assert_non_null(layouts_find(ls, "asterisk-simple"));
	assert_null(layouts_find(ls, "asterisk"));
	assert_string_equal(layouts_suggest(ls, "asterisk-cvs"),
	    "asterisk-csv");
	assert_string_equal(layout_target_name(TARGET_SRC_NAME), "src_name");
	buf_init(&ids);
	layouts_of_switch(ls, "", &ids);
	layouts_of_switch(ls, "asterisk-csv", &ids);
	layouts_of_switch(ls, "avaya-ip", &ids);
	assert_int_equal(ids.len, 0);
	buf_addstr(&ids, "there are ");
	layouts_of_switch(ls, "kamailio", &ids);
	assert_string_equal(ids.data,
	    "there are kamailio-acc, kamailio-acc-table, kamailio-cdrs");
	buf_fini(&ids);
	layouts_free(&ls);
}

/* The first row of a text. */
static struct csvreader *
first_row(const char *text, const struct layout *l, struct csvrow *row)
{
	struct csvreader *r;

	r = csvreader_memory(text, strlen(text), layout_form(l).dialect);
	assert_int_equal(csvreader_next(r, row, NULL), 1);
	return r;
}

static void
test_variants(void **state)
{
	static const char common[] =
	    "a,1,2,c,n,ch,dch,app,data,s,a,e,5,4,ANSWERED,BILLING";
	static const struct {
		const char *more;
		int variant; /* -1: none */
	} cases[] = {
		{ "", 0 },
		{ ",1706368044.0", 1 },
		{ ",pbx-1-1706368044.15", 1 },
		{ ",1706368044", 2 },
		{ ",note", 2 },
		{ ",", 2 },
		{ ",1706368044.0,note", 3 },
		{ ",peer,link,3", 4 },
		{ ",1706368044.0,peer,link,3", 5 },
		{ ",note,peer,link,3", 6 },
		{ ",1706368044.0,note,peer,link,3", 7 },
		{ ",1706368044.0,note,peer,link,3,more", -1 },
	};
	struct layouts *ls = shipped_layouts();
	const struct layout *l = layouts_find(ls, "asterisk-csv");
	struct layout_record rec = { .layout = l };
	const struct layout_header none = { .at = NULL };
	struct csvreader *r;
	struct csvrow row;
	struct buf text;
	size_t i;
	int got;

	(void)state;
	buf_init(&text);
	for (i = 0; i < COUNT(cases); i++) {
		buf_reset(&text);
		buf_addf(&text, "%s%s\n", common, cases[i].more);
		r = first_row(text.data, l, &row);
		got = layout_record(&rec, &none, &row)
			  ? (int)(rec.variant - l->variants)
			  : -1;
		assert_int_equal(got, cases[i].variant);
		csvreader_free(&r);
	}
	r = first_row("too,few", l, &row);
	assert_false(layout_record(&rec, &none, &row));
	csvreader_free(&r);
	buf_fini(&text);
	layouts_free(&ls);
}

/* The sound layout with columns by number, which each variant adds to. */
static void
add_numbered(struct buf *b)
{
	char *text =
	    refusal_make(sound, "[\"when\", \"from\", \"to\", \"talk\"]",
		"{ \"kind\": 1, \"talk\": 2 }");
	const char *begin = strstr(text, "  \"variants\""),
		   *end = strstr(text, "  \"fields\"");

	buf_add(b, text, (size_t)(begin - text));
	buf_addf(b,
	    "\"width\": \"least\", \"variants\": ["
	    "{ \"more\": { \"when\": 3, \"from\": 4, \"to\": 5 },"
	    " \"when\": { \"all\": [{ \"column\": \"kind\","
	    " \"in\": [\"S\"] }] } },"
	    "{ \"more\": { \"to\": 4, \"way\": 3, \"id\": 2 },"
	    " \"when\": { \"all\": [{ \"column\": \"kind\","
	    " \"in\": [\"A\"] }] } },"
	    "{ \"more\": {}, \"when\": { \"all\": ["
	    "{ \"column\": \"kind\", \"in\": [\"B\"] }] } }],%s",
	    end);
	free(text);
}

/* Columns by number, which stand elsewhere in each variant. */
static void
test_numbered(void **state)
{
	static const struct {
		const char *row;
		int variant;    /* -1: none */
		uint32_t place; /* of the called number */
	} cases[] = {
		{ "S;1;;a;b", 0, 5 },
		{ "S;1;;a;b;more", 0, 5 },
		{ "S;1;;a", -1, 0 },
		{ "A;1;c;d", 1, 4 },
		{ "A;1;c", -1, 0 },
		{ "B;1;c", 2, 0 },
	};
	struct layouts *ls = layouts_new();
	const struct layout *l;
	struct layout_record rec = { .layout = NULL };
	const struct layout_header none = { .at = NULL };
	struct csvreader *r;
	struct csvrow row;
	struct notes notes;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	notes_init(&notes);
	add_numbered(&b);
	assert_int_equal(layouts_parse(ls, b.data, b.len, "toy.json", &notes),
	    0);
	l = layouts_find(ls, "toy");
	rec.layout = l;
	for (i = 0; i < COUNT(cases); i++) {
		r = first_row(cases[i].row, l, &row);
		assert_int_equal(layout_record(&rec, &none, &row)
				     ? (int)(rec.variant - l->variants)
				     : -1,
		    cases[i].variant);
		if (cases[i].variant >= 0)
			assert_int_equal(
			    layout_value(&rec, &l->fields[TARGET_DST]).column,
			    cases[i].place);
		csvreader_free(&r);
	}
	buf_fini(&b);
	notes_fini(&notes);
	layouts_free(&ls);
}

static void
test_cells(void **state)
{
	static const struct {
		const char *cell;
		enum cell_test_kind kind;
		bool want;
	} cases[] = {
		{ "0", CELL_POSITIVE, false },
		{ "00.000", CELL_POSITIVE, false },
		{ "0.001", CELL_POSITIVE, true },
		{ "12", CELL_POSITIVE, true },
		{ "-1", CELL_POSITIVE, false },
		{ "12x", CELL_POSITIVE, false },
		{ ".", CELL_POSITIVE, false },
		{ "", CELL_POSITIVE, false },
		{ "12", CELL_INTEGER, true },
		{ "12.0", CELL_INTEGER, false },
		{ "", CELL_INTEGER, false },
		{ "", CELL_FILLED, false },
		{ " ", CELL_FILLED, true },
	};
	struct csvfield field = { .text = "" };
	const struct csvrow row = { .fields = &field, .n = 1 };
	static const int16_t at[] = { 0, -1 };
	static const char *const names[] = { "a", "b" };
	const struct layout_variant v = { .columns = 1, .at = at };
	const struct layout l = { .columns = names, .ncolumns = 2 };
	const struct layout_record rec = { .layout = &l,
		.variant = &v,
		.row = &row };
	struct cell_test t = { .column = 0 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		field.text = cases[i].cell;
		field.len = (uint32_t)strlen(cases[i].cell);
		t.kind = cases[i].kind;
		assert_int_equal(layout_test(&t, &rec), cases[i].want);
	}
	t.column = 1; /* not in this variant */
	assert_false(layout_test(&t, &rec));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_several_errors),
		cmocka_unit_test(test_same_id),
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_variants),
		cmocka_unit_test(test_numbered),
		cmocka_unit_test(test_cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
