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
#include "io/jsontext.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static void
show_value(struct buf *b, const struct json *j)
{
	const struct json *m;

	if (j->key != NULL)
		buf_addf(b, "%s=", j->key);
	switch (j->type) {
	case JSON_NULL:
		buf_addstr(b, "null");
		break;
	case JSON_BOOL:
		buf_addstr(b, j->boolean ? "true" : "false");
		break;
	case JSON_NUMBER:
		buf_addf(b, "%g", j->number);
		break;
	case JSON_STRING:
		buf_addf(b, "'%s'", j->string);
		break;
	default:
		buf_addf(b, "%s%u", j->type == JSON_OBJECT ? "o" : "a", j->n);
		for (m = j->first; m != NULL; m = m->next) {
			assert_ptr_equal(m->parent, j);
			buf_addch(b, ' ');
			show_value(b, m);
		}
		buf_addstr(b, ".");
	}
	buf_addf(b, "@%zu-%zu", j->begin, j->end);
}

static const struct good_case {
	const char *text, *value;
} good[] = {
	{ "null", "null@0-4" },
	{ " true\n", "true@1-5" },
	{ "[]", "a0.@0-2" },
	{ "{}", "o0.@0-2" },
	{ "{ }\r\n", "o0.@0-3" },
	{ "-0.5e+2", "-50@0-7" },
	{ "[0,1 , 2.25]", "a3 0@1-2 1@3-4 2.25@7-11.@0-12" },
	{ "9007199254740992", "9.0072e+15@0-16" },
	{ "{\"a\":{\"b\":[false]},\"c\":\"\"}",
	    "o2 a=o1 b=a1 false@11-16.@10-17.@5-18 c=''@23-25.@0-26" },
	{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"",
	    "'\"\\/\b\f\n\r\t\xc3\xa9'@0-24" },
	{ "\"\\ud83d\\ude00 \xc3\xa9\"", "'\xf0\x9f\x98\x80 \xc3\xa9'@0-17" },
	{ "\xef\xbb\xbf[1]", "a1 1@1-2.@0-3" },
	{ "{\"a\":1,\"A\":2,\"\":3}", "o3 a=1@5-6 A=2@11-12 =3@16-17.@0-18" },
};

static void
test_good(void **state)
{
	struct json_doc *doc;
	struct notes notes;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(good); i++) {
		notes_init(&notes);
		doc = json_parse(good[i].text, strlen(good[i].text), "f.json",
		    &notes);
		assert_non_null(doc);
		assert_int_equal(notes.n, 0);
		buf_init(&b);
		show_value(&b, json_root(doc));
		assert_string_equal(b.data, good[i].value);
		assert_string_equal(json_file(doc), "f.json");
		buf_fini(&b);
		json_free(&doc);
		assert_null(doc);
		notes_fini(&notes);
	}
}

/* Notes as "E105 1:3-5; E107 2:1-2". */
static void
show_notes(struct buf *b, const struct notes *notes)
{
	const struct note *n;
	size_t i;

	for (i = 0; i < notes->n; i++) {
		n = &notes->list[i];
		assert_int_equal(n->level, NOTE_ERROR);
		assert_string_equal(n->file, "f.json");
		buf_addf(b, "%s%s %u:%u-%u", i > 0 ? "; " : "", n->code,
		    n->line, n->column, n->end);
	}
}

static const struct bad_case {
	const char *text, *notes;
} bad[] = {
	{ "", "E103 1:1-2" },
	{ " \n\t", "E103 1:1-2" },
	{ "// x\n1", "E105 1:1-3" },
	{ "# x\n1", "E105 1:1-2" },
	{ "[1, /* a\nb */ 2] // c", "E105 1:5-7; E105 2:9-11" },
	{ "/* never closed", "E105 1:1-3; E103 1:1-2" },
	{ "[1,]", "E106 1:3-4" },
	{ "{\"a\":1,}", "E106 1:7-8" },
	{ "[1, // c\n]", "E105 1:5-7" },
	{ "{\"a\":1, # c\n}", "E105 1:9-10" },
	{ "{\"a\":[1,],}", "E106 1:8-9; E106 1:10-11" },
	{ "[", "E107 1:2-3" },
	{ "[1", "E107 1:3-4" },
	{ "[\r", "E107 1:2-3" },
	{ "[\r\n", "E107 2:1-2" },
	{ "[1 2]", "E107 1:4-5" },
	{ "[,1]", "E107 1:2-3" },
	{ "[1,,2]", "E107 1:4-5" },
	{ "{\"a\"}", "E107 1:5-6" },
	{ "{\"a\":}", "E107 1:6-7" },
	{ "{\"a\":1 \"b\":2}", "E107 1:8-9" },
	{ "{a:1}", "E107 1:2-3" },
	{ "{'a':1}", "E107 1:2-3" },
	{ "['a']", "E107 1:2-3" },
	{ "[1}", "E107 1:3-4" },
	{ "[True]", "E107 1:2-3" },
	{ "[NaN]", "E107 1:2-3" },
	{ "[nul]", "E107 1:2-3" },
	{ "\"abc", "E107 1:1-2" },
	{ "[\"abc\n\"]", "E107 1:2-3" },
	{ "\"abc\\", "E115 1:5-6; E107 1:1-2" },
	{ "{\"a\":1,\n \"b\":2, \"a\":3}", "E108 2:9-12" },
	{ "{\"a\":1,\"\\u0061\":2,\"a\":3}", "E108 1:8-16; E108 1:19-22" },
	{ "[{\"a\":{\"x\":1,\"x\":2}},{\"b\":1,\"b\":2}]",
	    "E108 1:14-17; E108 1:29-32" },
	{ "[\"a\tb\x01\"]", "E109 1:4-5; E109 1:6-7" },
	{ "\"\xc3\xa9\xff\xfe\"", "E110 1:3-4" },
	{ "\"\xed\xa0\x80\"", "E110 1:2-3" },
	{ "[\"\xff\", \"\xc0\xaf\"]", "E110 1:3-4; E110 1:8-9" },
	{ "\"\xc3\xa9\\u0000x\"", "E111 1:3-9" },
	{ "[01]", "E112 1:2-4" },
	{ "[1., .5, +1, -, 1e, 1.2.3]",
	    "E112 1:2-4; E112 1:6-8; E112 1:10-12; E112 1:14-15; "
	    "E112 1:17-19; E112 1:21-26" },
	{ "[1e999, -1e999]", "E112 1:2-7; E112 1:9-15" },
	{ "12345678901234567890", "E112 1:1-21" },
	{ "1 2", "E113 1:3-4" },
	{ "{}}", "E113 1:3-4" },
	{ "\"\\q\\u12g4\"", "E115 1:2-4; E115 1:4-6" },
	{ "\"\\ud800\"", "E115 1:2-8" },
	{ "\"\\ud800\\u0041\\udc00\"", "E115 1:2-8; E115 1:14-20" },
	{ "{\"a\":1,// x\n\"a\":01,}", "E105 1:8-10; E112 2:5-7; "
				       "E106 2:7-8; E108 2:1-4" },
};

static void
test_bad(void **state)
{
	struct notes notes;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++) {
		notes_init(&notes);
		assert_null(json_parse(bad[i].text, strlen(bad[i].text),
		    "f.json", &notes));
		buf_init(&b);
		show_notes(&b, &notes);
		if (strcmp(b.data, bad[i].notes) != 0)
			print_error("problems of: %s\n", bad[i].text);
		assert_string_equal(b.data, bad[i].notes);
		buf_fini(&b);
		notes_fini(&notes);
	}
}

/* Every beginning of a text is either a value or an error, never a crash. */
static void
test_cut_off(void **state)
{
	static const char text[] =
	    "{\"a\\u00e9\":[1.5e-3,true,{\"b\":null}],\"c\":\"\\\\d\xc3\xa9\"}";
	struct json_doc *doc;
	struct notes notes;
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(text); len++) {
		notes_init(&notes);
		doc = json_parse(text, len, "f.json", &notes);
		assert_int_equal(doc != NULL, len == sizeof(text) - 1);
		assert_int_equal(notes.errors > 0, len < sizeof(text) - 1);
		json_free(&doc);
		notes_fini(&notes);
	}
}

static void
test_nul_byte(void **state)
{
	struct notes notes;

	(void)state;
	notes_init(&notes);
	assert_null(json_parse("[1\0]", 4, "f.json", &notes));
	assert_string_equal(notes.list[0].code, "E107");
	assert_null(json_parse("[\"\0\"]", 5, "f.json", &notes));
	assert_string_equal(notes.list[1].code, "E109");
	assert_null(json_parse("1\0", 2, "f.json", &notes));
	assert_string_equal(notes.list[2].code, "E113");
	notes_fini(&notes);
}

static void
check_depth(int depth, bool fine)
{
	struct json_doc *doc;
	struct notes notes;
	struct buf b;

	buf_init(&b);
	notes_init(&notes);
	buf_fill(&b, '[', (size_t)depth);
	buf_fill(&b, ']', (size_t)depth);
	doc = json_parse(b.data, b.len, "f.json", &notes);
	assert_int_equal(doc != NULL, fine);
	if (!fine)
		assert_string_equal(notes.list[0].code, "E114");
	json_free(&doc);
	notes_fini(&notes);
	buf_fini(&b);
}

static void
test_depth(void **state)
{
	(void)state;
	check_depth(BOUNDS_JSON_DEPTH, true);
	check_depth(BOUNDS_JSON_DEPTH + 1, false);
	check_depth(100000, false);
}

/* More problems than anybody reads, all on one line, and soon over. */
static void
test_many(void **state)
{
	struct notes notes;
	struct buf b;
	int i;

	(void)state;
	buf_init(&b);
	buf_addstr(&b, "{");
	for (i = 0; i < 100000; i++)
		buf_addstr(&b, "\"a\":1,");
	buf_addstr(&b, "\"a\":1}");
	notes_init(&notes);
	assert_null(json_parse(b.data, b.len, "f.json", &notes));
	assert_int_equal(notes.n, BOUNDS_NOTES);
	assert_int_equal(notes.errors, 100000);
	/* Nobody wrote that line, so nobody is shown it. */
	assert_null(notes.list[0].source);
	notes_fini(&notes);
	buf_fini(&b);
}

/* The words and the source line, for one problem of each kind of place. */
static void
test_words(void **state)
{
	static const char text[] =
	    "{\r\n\t\"\xc3\xbc\": 1, \"\xc3\xbc\": 2\r\n}";
	struct notes notes;

	(void)state;
	notes_init(&notes);
	assert_null(json_parse(text, strlen(text), "f.json", &notes));
	assert_int_equal(notes.n, 1);
	assert_string_equal(notes.list[0].text, "key given twice");
	assert_string_equal(notes.list[0].more,
	    "first given at line 2; a parser keeps only one of them");
	assert_string_equal(notes.list[0].source,
	    "\t\"\xc3\xbc\": 1, \"\xc3\xbc\": 2");
	assert_int_equal(notes.list[0].line, 2);
	assert_int_equal(notes.list[0].column, 10);
	assert_int_equal(notes.list[0].end, 13);
	notes_fini(&notes);
}

static struct json_doc *
parse(const char *text, struct notes *notes)
{
	struct json_doc *doc = json_parse(text, strlen(text), "f.json", notes);

	assert_non_null(doc);
	return doc;
}

static void
test_get(void **state)
{
	struct json_doc *doc;
	struct notes notes;
	const struct json *root;

	(void)state;
	notes_init(&notes);
	doc = parse("{\"a\":\"x\",\n\"b\":2,\"c\":null}", &notes);
	root = json_root(doc);
	assert_string_equal(json_get_string(root, "a"), "x");
	assert_null(json_get_string(root, "b"));
	assert_null(json_get_string(root, "d"));
	assert_true(json_get(root, "b")->number == 2);
	assert_int_equal(json_line(json_get(root, "a")), 1);
	assert_int_equal(json_line(json_get(root, "b")), 2);
	assert_null(json_get(root, "A"));
	assert_null(json_get(json_get(root, "a"), "a"));
	assert_null(json_get(NULL, "a"));
	json_free(&doc);
	json_free(&doc);
	notes_fini(&notes);
}

static void
check_place(const struct notes *notes, uint32_t line, uint32_t column,
    uint32_t end)
{
	const struct note *n = &notes->list[notes->n - 1];

	assert_int_equal(n->line, line);
	assert_int_equal(n->column, column);
	assert_int_equal(n->end, end);
}

static void
test_note(void **state)
{
	struct json_doc *doc;
	struct notes notes;
	const struct json *a, *b;

	(void)state;
	notes_init(&notes);
	doc = parse("{\"\xc3\xa9\":\"x\", \"b\": [1,\n2]}", &notes);
	a = json_root(doc)->first;
	b = a->next;
	json_note(&notes, NOTE_WARNING, "W301", a, "help", "more", "no %d", 1);
	check_place(&notes, 1, 6, 9);
	assert_int_equal(notes.warnings, 1);
	assert_string_equal(notes.list[0].text, "no 1");
	assert_string_equal(notes.list[0].help, "help");
	assert_string_equal(notes.list[0].more, "more");
	json_note_key(&notes, NOTE_ERROR, "E201", a, NULL, NULL, "key");
	check_place(&notes, 1, 2, 5);
	json_note_key(&notes, NOTE_ERROR, "E201", json_root(doc), NULL, NULL,
	    "no key");
	check_place(&notes, 1, 1, 2);
	json_note(&notes, NOTE_ERROR, "E204", b, NULL, NULL, "two lines");
	check_place(&notes, 1, 16, 17);
	json_note(&notes, NOTE_ERROR, "E204", b->first->next, NULL, NULL, "2");
	check_place(&notes, 2, 1, 2);
	json_note_at(&notes, NOTE_ERROR, "E204", b, 7, NULL, NULL, "no text");
	check_place(&notes, 1, 16, 17);
	json_free(&doc);
	notes_fini(&notes);
}

/* Decoded:   \ 5 0 U+E9 U+1F600 " Z ; as bytes 1 1 1 2 4 1 1. */
static void
test_note_at(void **state)
{
	static const struct {
		size_t offset;
		uint32_t column, end;
	} places[] = { { 0, 3, 5 }, { 1, 5, 6 }, { 2, 6, 12 }, { 3, 12, 13 },
		{ 4, 12, 13 }, { 5, 13, 25 }, { 8, 13, 25 }, { 9, 25, 27 },
		{ 10, 27, 28 }, { 11, 28, 29 }, { 99, 28, 29 } };
	struct json_doc *doc;
	struct notes notes;
	size_t i;

	(void)state;
	notes_init(&notes);
	doc = parse("[\"\\\\5\\u0030\xc3\xa9\\ud83d\\ude00\\\"Z\"]", &notes);
	for (i = 0; i < LENGTH(places); i++) {
		json_note_at(&notes, NOTE_ERROR, "E203", json_root(doc)->first,
		    places[i].offset, NULL, NULL, "here");
		check_place(&notes, 1, places[i].column, places[i].end);
	}
	json_free(&doc);
	notes_fini(&notes);
}

static void
test_load(void **state)
{
	char path[] = "/tmp/test_jsontext.XXXXXX";
	struct json_doc *doc;
	struct notes notes;
	FILE *f;

	(void)state;
	notes_init(&notes);
	assert_null(json_load("/nonexistent/f.json", &notes));
	assert_string_equal(notes.list[0].code, "E101");
	assert_string_equal(notes.list[0].file, "/nonexistent/f.json");
	assert_string_equal(notes.list[0].text, "No such file or directory");
	assert_null(json_load("/", &notes));
	assert_string_equal(notes.list[1].text, "is a directory");
	f = fdopen(mkstemp(path), "w");
	assert_non_null(f);
	assert_true(fputs("{\"a\": 1}\n", f) >= 0);
	assert_int_equal(fclose(f), 0);
	doc = json_load(path, &notes);
	assert_non_null(doc);
	assert_string_equal(json_text(doc), "{\"a\": 1}\n");
	json_free(&doc);
	assert_int_equal(remove(path), 0);
	notes_fini(&notes);
}

static const struct data_case {
	const char *text, *value; /* NULL: it cannot be mended */
	bool repaired;
} data[] = {
	{ "{\"a\":\"x\"}", "x", false },
	{ "{\"a\":12345678901234567890}", "12345678901234567890", false },
	{ "{\"a\":\"x\",\"a\":\"y\"}", "x", true },
	{ "{\"a\":\"\\u0000\x01\\q\"}", "????????q", true },
	{ "{\"a\":\"\xe9\"}", "\xe9", true },
	{ "{\"a\":\"x\",}", "x", true },
	{ "{\"a\":\"x\"", NULL, false },
	{ "{\"a\":x}", NULL, false },
	{ "{\"a\":\"x\n\"}", NULL, false },
	{ "", NULL, false },
};

static void
test_data(void **state)
{
	const struct json *j;
	struct json_doc *doc;
	bool repaired;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(data); i++) {
		doc = json_parse_data(data[i].text, strlen(data[i].text),
		    &repaired);
		assert_int_equal(doc == NULL, data[i].value == NULL);
		if (doc == NULL)
			continue;
		assert_int_equal(repaired, data[i].repaired);
		j = json_at(json_root(doc), "/a");
		assert_non_null(j);
		if (j->type == JSON_STRING)
			assert_string_equal(j->string, data[i].value);
		else
			assert_memory_equal(json_text(doc) + j->begin,
			    data[i].value, j->end - j->begin);
		assert_null(json_at(json_root(doc), "/b"));
		assert_null(json_at(json_root(doc), "/a/0"));
		assert_ptr_equal(json_at(json_root(doc), ""), json_root(doc));
		json_free(&doc);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_nul_byte),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_note),
		cmocka_unit_test(test_note_at),
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
