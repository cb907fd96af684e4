#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "cdr/decode.h"
#include "cdr/rows.h"
#include "tel/calltime.h"

/* Columns as a text, and what a record gives to those below it. */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* `top` has the columns and what else is not the same for all. */
#define LAYOUT(top)                                                           \
	"{ \"cdrlayout\": 1, \"id\": \"x\", \"title\": \"X\","                \
	" \"evidence\": \"documented\", \"order\": \"file\","                 \
	" \"container\": \"fixed\", \"trim\": true, " top " \"fields\": {"    \
	" \"end\": { \"column\": [[\"date\", \"time\"]],"                     \
	" \"stamp\": [\"%m%d%y %H%M\", \"%m%d%y %I%M%p\"] },"                 \
	" \"duration\": { \"column\": [\"sec-dur\","                          \
	" { \"column\": \"dur\", \"regex\": \"^(?!9999)\\\\d+\","             \
	" \"unit\": \"hmmt\" }], \"unit\": \"s\" },"                          \
	" \"src\": { \"column\": [{ \"column\": [\"to\", \"from\"],"          \
	" \"regex\": \"^I (.+)\" }, \"from\"] },"                             \
	" \"dst\": \"to\" }, \"answered\": { \"all\": [{ \"column\": \"to\"," \
	" \"filled\": true }] }, \"recognise\": [{ \"column\": \"to\","       \
	" \"filled\": true }] }"
#define ITEMS                                                             \
	"\"items\": [\"date\", \"time\", \"dur\", \"sec-dur\", \"from\"," \
	" \"to\"], "
#define LINE "date 6, space 1, time 5, dur 4, from 4, to 4"

static struct layouts *
parse(const char *text, struct notes *notes)
{
	struct layouts *ls = layouts_new();

	notes_init(notes);
	(void)layouts_parse(ls, text, strlen(text), "x.json", notes);
	return ls;
}

/* "NAME BEGIN-END" of each column, from 0. */
static void
test_places(void **state)
{
	static const char *const texts[] = {
		LAYOUT(ITEMS "\"columns\": \"" LINE "\","),
		LAYOUT(ITEMS "\"columns\": \"date-6 space-1 time-5 dur-4 from-4"
			     " to-4\","),
		LAYOUT(ITEMS "\"columns\": \" 1: date - 6  4: dur   - 4\\n"
			     " 2: space - 1  5: from - 4\\n\","),
	};
	static const char *const wanted[] = {
		"date 0-6 time 7-12 dur 12-16 sec-dur - from 16-20 to 20-24 ",
		"date 0-6 time 7-12 dur 12-16 sec-dur - from 16-20 to 20-24 ",
		"date 0-6 time - dur 6-10 sec-dur - from 11-15 to - ",
	};
	const struct layout *l;
	struct layouts *ls;
	struct notes notes;
	struct buf b;
	uint32_t k;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < COUNT(texts); i++) {
		ls = parse(texts[i], &notes);
		assert_int_equal(notes.n, 0);
		l = layouts_at(ls, 0);
		buf_reset(&b);
		for (k = 0; k < l->ncolumns; k++) {
			if (l->variants[0].at[k] < 0)
				buf_addf(&b, "%s - ", l->columns[k]);
			else
				buf_addf(&b, "%s %u-%u ", l->columns[k],
				    (unsigned)l->spans[k].begin,
				    (unsigned)l->spans[k].end);
		}
		assert_string_equal(b.data, wanted[i]);
		notes_fini(&notes);
		layouts_free(&ls);
	}
	buf_fini(&b);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *text, *code, *says;
	} cases[] = {
		{ LAYOUT(ITEMS "\"columns\": \"date 6, tiem 5\","), "E605",
		    "no such column: 'tiem'" },
		{ LAYOUT(ITEMS "\"columns\": \"date 6, date 5\","), "E608",
		    "column 'date' is named twice" },
		{ LAYOUT(ITEMS "\"columns\": \"date, time 5\","), "E604",
		    "no width behind 'date'" },
		{ LAYOUT(ITEMS "\"columns\": \"date 0\","), "E604",
		    "no width behind 'date'" },
		{ LAYOUT(ITEMS "\"columns\": \"date 6, time\","), "E604",
		    "no width behind 'time'" },
		{ LAYOUT(ITEMS "\"columns\": \"date 99999999999\","), "E604",
		    "no width behind 'date'" },
		{ LAYOUT(ITEMS "\"columns\": \" , \","), "E604",
		    "columns: none" },
		/* Without items a field may only have what the text names. */
		{ LAYOUT(
		      "\"columns\": \"date 6, time 4, from 4, dur 4, to 1\","),
		    "E605", "no such column: 'sec-dur'" },
		{ LAYOUT(ITEMS "\"columns\": { \"date\": \"1-6\" },"), "E604",
		    "items: only with columns as a text" },
		{ LAYOUT(ITEMS "\"columns\": \"" LINE "\", \"carry\": {"
			       " \"columns\": [], \"from\": { \"all\": [{"
			       " \"column\": \"to\", \"filled\": true }] } },"),
		    "E604", "columns: 1 to 8 can be named" },
		{ LAYOUT(ITEMS "\"columns\": \"" LINE "\", \"carry\": {"
			       " \"columns\": [\"date\"] },"),
		    "E603", "key 'from' is missing" },
		{ LAYOUT(ITEMS "\"columns\": \"" LINE "\","
			       " \"separators\": \"\\r\\n\","),
		    "E604", "separators: none but line ends and blanks" },
	};
	struct layouts *ls;
	struct notes notes;
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		ls = parse(cases[i].text, &notes);
		assert_int_equal(layouts_count(ls), 0);
		for (k = 0; k < notes.n; k++)
			if (strcmp(notes.list[k].text, cases[i].says) == 0)
				break;
		if (k == notes.n)
			fail_msg("no '%s'", cases[i].says);
		assert_string_equal(notes.list[k].code, cases[i].code);
		notes_fini(&notes);
		layouts_free(&ls);
	}
}

/* "LINE: START+TALK SRC>DST", "LINE: REASON" or "LINE: skipped". */
static void
show(struct decoder *d, const struct csvrow *row, struct buf *b)
{
	struct call c;
	struct origin o;
	struct errmsg reason;
	uint32_t column;

	memset(&c, 0, sizeof(c));
	memset(&o, 0, sizeof(o));
	buf_addf(b, "%u: ", (unsigned)row->line);
	switch (decode_row(d, row, &c, &o, &column, &reason)) {
	case DECODE_CALL:
		time_rfc3339(b, c.start);
		buf_addf(b, "+%u %s>%s\n", (unsigned)c.duration,
		    batch_text(d->batch, c.src), batch_text(d->batch, c.dst));
		return;
	case DECODE_SKIPPED:
	case DECODE_NO_RECORD:
		buf_addstr(b, "skipped\n");
		return;
	case DECODE_REJECT:
		buf_addf(b, "%s\n", reason.text);
	}
}

static void
check(const char *layout, const char *text, const char *wanted)
{
	struct batch *batch = batch_new();
	struct layout_form form;
	const struct layout *l;
	struct decoder d;
	struct layouts *ls;
	struct notes notes;
	struct csvrow row;
	struct rows *r;
	struct buf b;

	ls = parse(layout, &notes);
	assert_int_equal(notes.n, 0);
	l = layouts_at(ls, 0);
	form = layout_form(l);
	decoder_init(&d, l, &form, batch, INT64_C(1800000000000));
	buf_init(&b);
	r = rows_memory(text, strlen(text), l, &form);
	while (rows_next(r, &row, NULL) == 1)
		show(&d, &row, &b);
	assert_string_equal(b.data, wanted);
	rows_free(&r);
	buf_fini(&b);
	decoder_fini(&d);
	notes_fini(&notes);
	layouts_free(&ls);
	batch_free(&batch);
}

/* Each alternative with a pattern and a unit of its own, forms of one order. */
static void
test_alternatives(void **state)
{
	(void)state;
	check(LAYOUT(ITEMS "\"columns\": \"" LINE "\","),
	    "012226 0915 0011 2071234\n"
	    "012226 0915P9999 207I\n"
	    "012226 0915 1599 20756\n"
	    "012226 0915 1600 20756\n",
	    "1: 2026-01-22T09:13:54Z+66000 207>1234\n"
	    "2: 2026-01-22T21:15:00Z+0 207>I\n"
	    "3: 2026-01-22T07:15:06Z+7194000 207>56\n"
	    "4: dur: not a duration: '1600'\n");
	check(LAYOUT(ITEMS "\"columns\": \"date 6, time 4, sec-dur 3, to 2,"
			   " from 4\","),
	    "0122260915068I 207\n", "1: 2026-01-22T09:13:52Z+68000 207>I\n");
}

/* A record of another width, or without its blanks, is no record of this. */
static void
test_gaps(void **state)
{
	(void)state;
	check(LAYOUT(ITEMS "\"columns\": \"date 6, space 1, time 4, space 2,"
			   " sec-dur 3, from 3, space 1, to 3\","),
	    "012226 0915  068207 204\n"
	    "012226 0915 068207 204\n"
	    "012226 0915  068207\n",
	    "1: 2026-01-22T09:13:52Z+68000 207>204\n"
	    "2: there is text where the layout has a space\n"
	    "3: 2026-01-22T09:13:52Z+0 207>\n");
}

static void
test_carry(void **state)
{
	(void)state;
	check(LAYOUT("\"columns\": { \"date\": \"1-6\", \"time\": \"1-4\","
		     " \"sec-dur\": \"5-7\", \"from\": \"8-10\","
		     " \"to\": \"11-13\", \"dur\": \"20\", \"line\": \"1-\" },"
		     " \"carry\": { \"columns\": [\"date\"],"
		     " \"replace\": true, \"from\": {"
		     " \"all\": [{ \"column\": \"line\","
		     " \"matches\": \"^\\\\d{6}$\" }] } },"),
	    "0915068207204\n"
	    "012226\n"
	    "0915068207204\n"
	    "012326\n"
	    "1000000208205\n"
	    "139999\n"
	    "1000000208205\n",
	    "1: above it nothing gives its 'date'\n"
	    "2: skipped\n"
	    "3: 2026-01-22T09:13:52Z+68000 207>204\n"
	    "4: skipped\n"
	    "5: 2026-01-23T10:00:00Z+0 208>205\n"
	    "6: skipped\n"
	    "7: date: not a time: '139999 1000'\n");
}

/* The items are those of a text, and not of columns by their places. */
static void
test_extends(void **state)
{
	static const char our[] =
	    "{ \"cdrlayout\": 1, \"id\": \"our\", \"title\": \"Ours\","
	    " \"extends\": \"x\", \"columns\": ";
	static const char *const columns[] = { "\"date 6, time 4, to 4\" }",
		"{ \"date\": \"1-6\", \"time\": \"7-10\","
		" \"to\": \"11-14\" } }" };
	static const uint32_t wanted[] = { 6, 3 };
	const struct layout *l;
	struct layouts *ls;
	struct notes notes;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(columns); i++) {
		ls = parse(LAYOUT(ITEMS "\"columns\": \"" LINE "\","), &notes);
		buf_init(&b);
		buf_addf(&b, "%s%s", our, columns[i]);
		if (layouts_parse(ls, b.data, b.len, "our.json", &notes) != 0)
			fail_msg("%s", notes.list[0].text);
		l = layouts_find(ls, "our");
		assert_int_equal(l->ncolumns, wanted[i]);
		assert_int_equal(l->fields[TARGET_SRC].nfrom, i == 0 ? 2 : 0);
		buf_fini(&b);
		notes_fini(&notes);
		layouts_free(&ls);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_alternatives),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_carry),
		cmocka_unit_test(test_extends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
