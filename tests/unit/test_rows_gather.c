#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "cdr/rows.h"
#include "ingest_run.h"

/*
 * Events "when,what,id,one,two": B begins a call, E completes it, X alone is
 * one, S is none.
 */
#define LAYOUT(header)                                                  \
	"{ \"cdrlayout\": 1, \"id\": \"toy\", \"title\": \"Toy\","      \
	" \"evidence\": \"documented\", \"order\": \"file\","           \
	" \"container\": \"rows\", \"delimiter\": \",\","               \
	" \"quote\": \"\\\"\"," header " \"comment\": \"#\","           \
	" \"columns\": [\"when\", \"what\", \"id\", \"one\", \"two\"]," \
	" \"gather\": { \"by\": [\"id\", [\"one\", \"two\"]],"          \
	"  \"rows\": {"                                                 \
	"   \"begin\": { \"all\": [{ \"column\": \"what\","             \
	"    \"in\": [\"B\"] }] },"                                     \
	"   \"alone\": { \"all\": [{ \"column\": \"what\","             \
	"    \"in\": [\"X\"] }], \"unless\": \"begin\" },"              \
	"   \"end\": { \"all\": [{ \"column\": \"what\","               \
	"    \"in\": [\"E\"] }] } },"                                   \
	"  \"ends\": [\"end\", \"alone\"] },"                           \
	" \"fields\": { \"start\": { \"column\": [\"begin.when\","      \
	"  \"when\"], \"stamp\": \"%s\" },"                             \
	"  \"answer\": { \"column\": \"begin.when\","                   \
	"   \"stamp\": \"%s\" },"                                       \
	"  \"end\": { \"column\": \"end.when\", \"stamp\": \"%s\" },"   \
	"  \"src\": \"begin.one\", \"dst\": \"alone.two\" },"           \
	" \"answered\": { \"all\": [{ \"column\": \"end.when\","        \
	"  \"filled\": true }] },"                                      \
	" \"skip\": { \"all\": [{ \"column\": \"what\","                \
	"  \"in\": [\"S\"] }] },"                                       \
	" \"recognise\": [{ \"column\": \"what\", \"filled\": true,"    \
	"  \"must\": true }] }"

static struct layouts *
toy(const char *json)
{
	struct layouts *ls = layouts_new();
	struct notes notes;

	notes_init(&notes);
	assert_int_equal(layouts_parse(ls, json, strlen(json), "toy.json",
			     &notes),
	    0);
	notes_fini(&notes);
	return ls;
}

/*
 * "LINE: a|b + begin.when|begin.one|alone.two" a row, those that are there.
 * What is in its place in `text`.
 */
static char *
show(const struct layout *l, struct rows *r, const char *text)
{
	struct csvrow row;
	struct buf b;
	uint32_t i;

	buf_init(&b);
	while (rows_next(r, &row, NULL) == 1) {
		assert_true(row.offset + row.raw_len <= strlen(text));
		assert_memory_equal(row.raw, text + row.offset, row.raw_len);
		buf_addf(&b, "%u:", (unsigned)row.line);
		if (row.fault != NULL)
			buf_addstr(&b, " !");
		for (i = 0; i < row.n; i++)
			buf_addf(&b, "%c%.*s", i > 0 ? '|' : ' ',
			    (int)row.fields[i].len, row.fields[i].text);
		if (row.gathered != NULL)
			buf_addstr(&b, " +");
		for (i = 0; row.gathered != NULL && i < l->gather.ncells; i++)
			if (row.gathered[i].text != NULL)
				buf_addf(&b, " %s", row.gathered[i].text);
		buf_addch(&b, '\n');
	}
	return buf_detach(&b);
}

static void
check(const char *json, const char *text, const char *wanted)
{
	struct layouts *ls = toy(json);
	const struct layout *l = layouts_at(ls, 0);
	struct layout_form form = layout_form(l);
	struct input *in;
	struct rows *r;
	size_t chunk;
	char *got;

	for (chunk = 1; chunk < 9; chunk += 7) {
		in = input_memory("x", text, strlen(text), chunk);
		r = rows_new(in, l, &form);
		got = show(l, r, text);
		assert_string_equal(got, wanted);
		free(got);
		rows_free(&r);
		input_close(&in);
	}
	layouts_free(&ls);
}

static const struct {
	const char *text, *wanted;
} cases[] = {
	/* Two calls whose rows are mixed. */
	{ "1,B,a,x,y\n2,B,b,x,y\n3,E,a,x,y\n4,M,b,x,y\n5,E,b,x,y\n",
	    "1:\n3: 3|E|a|x|y + 1 x 3\n2:\n4:\n5: 5|E|b|x|y + 2 x 5\n" },
	/* The two sides change places. */
	{ "1,B,a,x,y\n2,E,a,y,x\n", "1:\n2: 2|E|a|y|x + 1 x 2\n" },
	{ "1,B,a,x,y\n2,E,a,y,z\n", "2: 2|E|a|y|z + 2\n1: 1|B|a|x|y + 1 x\n" },
	/* The first row that has a name keeps it. */
	{ "1,B,a,x,y\n2,B,a,x,y\n3,E,a,x,y\n",
	    "1:\n2:\n3: 3|E|a|x|y + 1 x 3\n" },
	/* Of a row alone, and of one that is not. */
	{ "1,X,a,x,y\n", "1: 1|X|a|x|y + y\n" },
	{ "1,B,a,x,y\n2,X,a,x,y\n3,E,a,x,y\n",
	    "1:\n2:\n3: 3|E|a|x|y + 1 x 3\n" },
	/* Behind its end a call with the same key is another. */
	{ "1,B,a,x,y\n2,E,a,x,y\n3,B,a,x,y\n4,E,a,x,y\n",
	    "1:\n2: 2|E|a|x|y + 1 x 2\n3:\n4: 4|E|a|x|y + 3 x 4\n" },
	/* What nothing completes, in the order of the last rows. */
	{ "1,B,a,x,y\n2,B,b,x,y\n3,M,a,x,y",
	    "1:\n2: 2|B|b|x|y + 2 x\n3: 3|M|a|x|y + 1 x\n" },
	/* No events: skipped, a comment, without key, too wide, damaged. */
	{ "1,S,a,x,y\n#\n1,B,,x,y\n1,B,a,,\n1,B,a,x,y,z\n\"1,\n",
	    "1: 1|S|a|x|y\n2: #\n3: 1|B||x|y\n4: 1|B|a||\n"
	    "5: 1|B|a|x|y|z\n6: !\n" },
	/* A lost quote takes no rows of other calls with it. */
	{ "1,B,a,x,y\n2,B,b,x,\"y#\n3,E,a,x,\"y\"\n4,E,b,x,y\n",
	    "1:\n3: 3|E|a|x|y + 1 x 3\n4: 4|E|b|x|y + 4\n"
	    "2: 2|B|b|x|\"y# + 2 x\n" },
	/* Nor a quote that another one closes; what its lines have is text. */
	{ "1,B,a,x,y\n2,M,b,x,\"y\n\xef\xbb\xbf"
	  "3,E,a,x,y\n4\r4,E,c,x,y\n"
	  "5,S,d,x\",z\n",
	    "2: !\n1:\n3: \xef\xbb\xbf"
	    "3|E|a|x|y + 1 x \xef\xbb\xbf"
	    "3\n"
	    "4: 4\r4|E|c|x|y + 4\r4\n5: 5|S|d|x\"|z\n" },
	/* A quoted line end is text. */
	{ "1,B,a,x,\"y\nz\"\n3,E,a,x,\"y\nz\"\n",
	    "1:\n3: 3|E|a|x|y\nz + 1 x 3\n" },
	{ "", "" },
};

static void
test_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(LAYOUT(""), cases[i].text, cases[i].wanted);
}

/* By name, and anew below each header. */
static void
test_header(void **state)
{
	(void)state;
	check(LAYOUT(" \"header\": true,"),
	    "1,B,a,x,y\nwhat,when,two,one,id\nB,1,y,x,a\n"
	    "id,one,two,when,what\na,x,y,2,E\n",
	    "1: 1|B|a|x|y\n2: what|when|two|one|id\n"
	    "4: id|one|two|when|what\n3:\n5: a|x|y|2|E + 1 x 2\n");
}

/* Memory is a piece of a file: no row has others. */
static void
test_memory(void **state)
{
	static const char text[] = "1,B,a,x,y\n2,E,a,x,y\n";
	struct layouts *ls = toy(LAYOUT(""));
	const struct layout *l = layouts_at(ls, 0);
	struct layout_form form = layout_form(l);
	struct rows *r = rows_memory(text, strlen(text), l, &form);
	char *got = show(l, r, text);

	(void)state;
	assert_string_equal(got, "1: 1|B|a|x|y\n2: 2|E|a|x|y\n");
	free(got);
	rows_free(&r);
	layouts_free(&ls);
}

/* Of too many open calls that with the oldest last row is given out. */
static void
test_open_calls(void **state)
{
	struct layouts *ls = toy(LAYOUT(""));
	const struct layout *l = layouts_at(ls, 0);
	struct layout_form form = layout_form(l);
	struct csvrow row;
	struct input *in;
	struct rows *r;
	struct buf b;
	int i, calls = 0, others = 0;

	(void)state;
	buf_init(&b);
	for (i = 0; i < BOUNDS_OPEN_CALLS; i++)
		buf_addf(&b, "%d,B,%d,x,y\n", i + 1, i);
	/* The first is not the oldest any more. */
	buf_addstr(&b, "7,M,0,x,y\n8,B,last,x,y\n");
	in = input_memory("x", b.data, b.len, 4096);
	r = rows_new(in, l, &form);
	assert_int_equal(rows_next(r, &row, NULL), 1);
	assert_int_equal(row.n, 0);
	assert_int_equal(row.line, 1);
	assert_int_equal(rows_next(r, &row, NULL), 1);
	assert_int_equal(row.line, 2);
	assert_non_null(row.gathered);
	assert_string_equal(row.raw, "2,B,1,x,y");
	for (i = 2; rows_next(r, &row, NULL) == 1; i++) {
		calls += row.gathered != NULL;
		others += row.gathered == NULL;
	}
	assert_int_equal(calls, BOUNDS_OPEN_CALLS);
	assert_int_equal(others, 0);
	rows_free(&r);
	input_close(&in);
	buf_fini(&b);
	layouts_free(&ls);
}

/* A long row takes the place of many short ones. */
static void
test_open_bytes(void **state)
{
	enum { SHORT = 300, LONG = 500, BYTES = 250 * 1024 };
	struct layouts *ls = toy(LAYOUT(""));
	const struct layout *l = layouts_at(ls, 0);
	struct layout_form form = layout_form(l);
	int i, marks = 0, calls = 0;
	struct csvrow row;
	struct input *in;
	struct rows *r;
	struct buf b;

	(void)state;
	buf_init(&b);
	for (i = 0; i < SHORT; i++)
		buf_addf(&b, "1,B,%d,x,y\n", i);
	for (i = 0; i < LONG; i++) {
		buf_addf(&b, "1,B,long%d,x,", i);
		buf_fill(&b, 'z', BYTES);
		buf_addstr(&b, "\n1,S,mark,x,y\n");
	}
	in = input_memory("x", b.data, b.len, 0);
	r = rows_new(in, l, &form);
	while (rows_next(r, &row, NULL) == 1 && row.raw_len < BYTES) {
		marks += row.gathered == NULL;
		calls += row.gathered != NULL;
	}
	/* Of the long ones not all were read, and no short one is left. */
	assert_int_equal(calls, SHORT);
	assert_in_range(marks, 1, LONG - 1);
	rows_free(&r);
	input_close(&in);
	buf_fini(&b);
	layouts_free(&ls);
}

/* Every row is counted once, and a reject is on its own line. */
static void
test_accounting(void **state)
{
	struct run r;
	const struct reject *bad;

	(void)state;
	run_begin(&r);
	layouts_free(&r.layouts);
	r.layouts = toy(LAYOUT(""));
	r.set.layouts = r.layouts;
	r.set.guess = false;
	run_text(&r, "x.csv",
	    "when,what,id,one,two\n"
	    "1768270269,B,a,201,y\n1768270270,S,a,x,y\n"
	    "never,B,b,x,y\n1768270280,E,a,201,y\n1768270281,E,b,x,y\n"
	    "1768270290,X,c,x,202\n1768270300,B,d,204,y\n1,2\n");
	run_counts(&r, 0,
	    "9 = 3 calls 0 legs 4 skipped 0 duplicates 2 rejects");
	bad = ingest_reject_at(r.ingest, 0);
	assert_int_equal(bad->line, 6);
	assert_int_equal(bad->column, 1);
	assert_string_equal(bad->reason, "begin.when: not a time: 'never'");
	assert_string_equal(bad->raw, "1768270281,E,b,x,y");
	assert_int_equal(ingest_reject_at(r.ingest, 1)->line, 9);
	ingest_settle(r.ingest);
	assert_int_equal(r.batch->n, 3);
	assert_int_equal(r.batch->origins[0].line, 5);
	assert_int_equal(r.batch->calls[0].duration, 11000);
	assert_int_equal(r.batch->origins[1].line, 7);
	assert_int_equal(r.batch->origins[2].line, 8);
	run_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_open_calls),
		cmocka_unit_test(test_open_bytes),
		cmocka_unit_test(test_accounting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
