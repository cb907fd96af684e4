#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cdr/recognise.h"
#include "layout_files.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define CSV_ROW                                                          \
	"\"\",\"1\",\"2\",\"c\",\"n\",\"ch\",\"\",\"Dial\",\"\","        \
	"\"2026-01-13 02:11:09\",,\"2026-01-13 02:11:14\",5,0,\"BUSY\"," \
	"\"DOCUMENTATION\",\"1768270269.1\",\"\"\n"
#define CSV_ROW_19                                                       \
	"\"\",\"1\",\"2\",\"c\",\"n\",\"ch\",\"\",\"Dial\",\"\","        \
	"\"2026-01-13 02:11:09\",,\"2026-01-13 02:11:14\",5,0,\"BUSY\"," \
	"\"DOCUMENTATION\",\"p\",\"1768270269.1\",3\n"
#define CUSTOM_ROW                                                       \
	"\"n\",\"1\",\"2\",\"c\",\"ch\",\"\",\"Dial\",\"\","             \
	"\"2026-01-13 02:11:09\",\"\",\"2026-01-13 02:11:14\",\"5.25\"," \
	"\"0.000\",\"BUSY\",\"DOCUMENTATION\",\"\",\"1768270269.1\",\"\",3\n"
#define SIMPLE_ROW "\"1768270269\",\"2041\",\"+13125550142\"\n"

/* The columns of a table of Asterisk's, but no disposition of its. */
#define OTHER_WORD                                                 \
	"calldate,src,dst,duration,billsec,disposition,uniqueid\n" \
	"2026-01-15 02:04:00,201,+5355512345,60,55,OK,"
#define AS_GENERIC                                                 \
	"1 of 1 records: 7 columns, start in column 1, caller in " \
	"column 2, called number in column 3"

static const struct {
	const char *text, *layout;
	int percent;
	const char *reason;
} found[] = {
	{ CSV_ROW CSV_ROW, "asterisk-csv", 100,
	    "2 of 2 records: 18 columns, disposition in column 15, "
	    "AMA flag in column 16, start in column 10" },
	{ CSV_ROW CSV_ROW_19, "asterisk-csv", 100,
	    "2 of 2 records: 18 to 19 columns, disposition in column "
	    "15, AMA flag in column 16, start in column 10" },
	{ CSV_ROW_19, "asterisk-csv", 100,
	    "1 of 1 records: 19 columns, disposition in column 15, "
	    "AMA flag in column 16, start in column 10" },
	{ CUSTOM_ROW, "asterisk-custom", 100,
	    "1 of 1 records: 19 columns, disposition in column 14, "
	    "AMA flag in column 15, start in column 9" },
	{ SIMPLE_ROW, "asterisk-simple", 100,
	    "1 of 1 records: 3 columns, seconds since 1970 in column "
	    "1, caller in column 2, called number in column 3" },
	/* all there is was cut off inside quotes */
	{ ",1,2,,,,,,,2026-01-13 02:11:09,,,5,0,BUSY,OMIT,1.0,\"\n",
	    "asterisk-csv", 100,
	    "1 of 1 records: 18 columns, disposition in column 15, "
	    "AMA flag in column 16, start in column 10" },
	/* a header, with nothing below it or nothing of its layout's */
	{ "Start Time;From;To\n", "generic", 100,
	    "the header names its columns, no record follows" },
	{ "Start Time;From;To\n#\n", "generic", 100,
	    "the header names its columns, all records are skipped" },
	{ "Start Time;From;To\n2026-01-", "generic", 100,
	    "the header names its columns, no record follows" },
	{ "Start Time;From;To\n2026-01-13 02:11:09;1;2\nx;2", "generic", 100,
	    "1 of 1 records: 3 columns, start in column 1, caller in "
	    "column 2, called number in column 3" },
	/* all cells are there, so it is one, with its end or without */
	{ "Start Time;From;To\n2026-01-13 02:11:09;1;2\nx;2;3", "generic", 50,
	    "1 of 2 records: 3 columns, start in column 1, caller in "
	    "column 2, called number in column 3" },
	{ OTHER_WORD "1768442640.1", "generic", 100, AS_GENERIC },
	{ OTHER_WORD "1768442640.1\n", "generic", 100, AS_GENERIC },
	{ OTHER_WORD "\"1768442640.1\n", "generic", 100, AS_GENERIC },
	/* the last of them may not be whole */
	{ "From,To,Start Time\n201,+13125550142,2026-01-", "generic", 100,
	    "the header names its columns, no record follows" },
	{ "From,To,Start Time\n201,+13125550142,", "generic", 100,
	    "the header names its columns, no record follows" },
	{ "Start Time,Name,From,To\n2026-01-13 02:11:09,\"a\n", "generic", 100,
	    "the header names its columns, no record follows" },
	/* a number in a cell that was a time is one of a header, too */
	{ "created,src,dst\n1768270269,201,+13125550142\n"
	  "1,created,src,dst\n1,1768270469,201,+13125550144\n",
	    "generic", 100,
	    "2 of 2 records: 3 to 4 columns, start in column 2, caller in "
	    "column 3, called number in column 4" },
	/* a record that the same header is joined to */
	{ "Start Time,From,To\n2026-01-13 02:11:09,201,+13125550142\n"
	  "2026-01-13 02:12:09,201,+13125550142Start Time,From,To\n"
	  "2026-01-13 02:13:09,201,+13125550142\n",
	    "generic", 67,
	    "2 of 3 records: 3 columns, start in column 1, caller in "
	    "column 2, called number in column 3" },
	/* files put one behind another, most of them without a record */
	{ "Start Time,From,To\nStart Time,From,To\nTo,From,Start Time\n"
	  "1,2,2026-01-13 02:11:09\n",
	    "generic", 100,
	    "1 of 1 records: 3 columns, start in column 3, caller in "
	    "column 2, called number in column 1" },
	/* damage, and the end cut off */
	{ CSV_ROW "\"\",\"1\n" CSV_ROW CSV_ROW "\"\",", "asterisk-csv", 60,
	    "3 of 5 records: 18 columns, disposition in column 15, "
	    "AMA flag in column 16, start in column 10" },
};

static void
test_found(void **state)
{
	struct recognition r;
	struct layouts *ls;
	struct input *in;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(found); i++) {
		ls = shipped_layouts();
		in = input_memory("x", found[i].text, strlen(found[i].text), 7);
		recognise(ls, in, 1, &r);
		assert_non_null(r.layout);
		assert_string_equal(r.layout->id, found[i].layout);
		assert_int_equal((int)(r.confidence * 100 + 0.5),
		    found[i].percent);
		assert_string_equal(r.reason, found[i].reason);
		input_close(&in);
		layouts_free(&ls);
	}
}

/* `n` rows, or as many of another layout, with other ends. */
static void
add_lines(struct buf *b, bool rows, size_t n, const char *end)
{
	const char *line = rows ? CSV_ROW : SIMPLE_ROW;

	for (; n > 0; n--) {
		buf_add(b, line, strlen(line) - 1);
		buf_addstr(b, end);
	}
}

/*
 * Half of the records is enough, and not one fewer, wherever they stand: who
 * stops to look once it is decided, must not stop too soon, or the other layout
 * wins alone.  Threads are only asked for where there is something to read.
 */
static void
test_half(void **state)
{
	static const char *const ends[] = { "\n", "\r\n", "\r" };
	static const size_t halves[] = { 20, 300 }, threads[] = { 1, 3 };
	struct layouts *ls = shipped_layouts();
	struct recognition r;
	struct input *in;
	struct buf b;
	size_t i, n, half;

	(void)state;
	for (i = 0; i < COUNT(ends) * 2 * 2; i++) {
		half = halves[i / 2 % 2];
		for (n = half - 1; n <= half + 1; n++) {
			buf_init(&b);
			if (i % 2 == 0)
				add_lines(&b, true, n, ends[i / 4]);
			add_lines(&b, false, half, ends[i / 4]);
			if (i % 2 != 0)
				add_lines(&b, true, n, ends[i / 4]);
			in = input_memory("x", b.data, b.len, 0);
			recognise(ls, in, threads[i / 2 % 2], &r);
			assert_non_null(r.layout);
			assert_string_equal(r.layout->id,
			    n >= half ? "asterisk-csv" : "asterisk-simple");
			assert_int_equal(r.second != NULL, n == half);
			assert_int_equal(r.records, n + half);
			input_close(&in);
			buf_fini(&b);
		}
	}
	layouts_free(&ls);
}

static void
test_not_found(void **state)
{
	static const struct {
		const char *text;
		uint32_t records;
		const char *reason;
	} cases[] = {
		{ "", 0, "" },
		{ "\n\n \r\n", 0, "" },
		{ "hello\nworld\n", 2, "" },
		{ "a,b,c\n1,2,3\n", 2,
		    "nearest is asterisk-simple, 0 of 2 records; 2 have no "
		    "seconds since 1970 in column 1" },
		/* eighteen columns, stamps and a number, but no disposition */
		{ ",1,2,c,n,ch,,D,,2026-01-13 02:11:09,,,5,0,NORMAL_CLEARING,"
		  "x,y,z\n",
		    1,
		    "nearest is freeswitch-asterisk, 0 of 1 records; 1 has no "
		    "UUID in column 17" },
		{ CSV_ROW "x\ny\n", 3,
		    "nearest is asterisk-csv, 1 of 3 records; 2 have another "
		    "number of columns" },
		/* telephone numbers are no seconds since 1970 */
		{ "3125550142,1,2\n", 1,
		    "nearest is asterisk-simple, 0 of 1 records; 1 has no "
		    "seconds since 1970 in column 1" },
	};
	struct layouts *ls = shipped_layouts();
	struct recognition r;
	struct input *in;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		in = input_memory("x", cases[i].text, strlen(cases[i].text), 0);
		recognise(ls, in, 1, &r);
		input_close(&in);
		assert_null(r.layout);
		assert_int_equal(r.records, cases[i].records);
		assert_string_equal(r.reason, cases[i].reason);
		assert_null(r.second);
		if (strncmp(r.reason, "nearest is ", 11) == 0)
			assert_memory_equal(r.reason + 11, r.nearest->id,
			    strlen(r.nearest->id));
		else
			assert_null(r.nearest);
	}
	layouts_free(&ls);
}

/* Two layouts of one switch, of which the second lacks a test. */
static void
test_second(void **state)
{
	static const char other[] =
	    "{ \"cdrlayout\": 1, \"id\": \"other\", \"title\": \"x\",\n"
	    "  \"extends\": \"asterisk-csv\", \"recognise\": [\n"
	    "    { \"column\": \"disposition\", \"in\": [\"BUSY\"],\n"
	    "      \"weight\": 3 },\n"
	    "    { \"column\": \"src\", \"in\": [\"x\"] }] }";
	struct layouts *ls = shipped_layouts();
	struct recognition r;
	struct notes notes;
	struct input *in;

	(void)state;
	notes_init(&notes);
	in = input_memory("x", CSV_ROW, strlen(CSV_ROW), 0);
	recognise(ls, in, 1, &r);
	assert_string_equal(r.layout->id, "asterisk-csv");
	assert_null(r.second);
	assert_int_equal(layouts_parse(ls, other, strlen(other), "o.json",
			     &notes),
	    0);
	recognise(ls, in, 1, &r);
	assert_string_equal(r.layout->id, "asterisk-csv");
	assert_string_equal(r.second->id, "other");
	assert_int_equal((int)(r.second_confidence * 100), 75);
	assert_null(r.nearest);
	input_close(&in);
	notes_fini(&notes);
	layouts_free(&ls);
}

/* How stamps are written, of the forms that the layout knows. */
static void
test_stamps(void **state)
{
	static const struct {
		const char *text, *stamp;
		bool either;
	} cases[] = {
		{ "Start Time,From,To,Duration\n13/01/2026 10:00:00,1,2,60\n",
		    "%d/%m/%Y %H:%M:%S", false },
		{ "Start Time,From,To,Duration\n01/13/2026 10:00:00,1,2,60\n",
		    "%m/%d/%Y %H:%M:%S", false },
		{ "Start Time,From,To,Duration\n01/02/2026 10:00:00,1,2,60\n",
		    "%d/%m/%Y %H:%M:%S", true },
		/* three days, or a day in each of three months */
		{ "Start Time,From,To,Duration\n05/01/2026 10:00:00,1,2,60\n"
		  "05/02/2026 10:00:00,1,2,60\n05/03/2026 10:00:00,1,2,60\n",
		    "%m/%d/%Y %H:%M:%S", true },
		{ "Start Time,From,To,Duration\n01/05/2026 10:00:00,1,2,60\n"
		  "02/05/2026 10:00:00,1,2,60\n03/05/2026 10:00:00,1,2,60\n",
		    "%d/%m/%Y %H:%M:%S", true },
		/* as far apart one way as the other */
		{ "Start Time,From,To,Duration\n01/02/2026 10:00:00,1,2,60\n"
		  "02/01/2026 10:00:00,1,2,60\n",
		    "%d/%m/%Y %H:%M:%S", true },
	};
	const struct layout_field *start;
	struct recognition r;
	struct layouts *ls;
	struct input *in;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		ls = shipped_layouts();
		in = input_memory("x", cases[i].text, strlen(cases[i].text), 0);
		recognise(ls, in, 1, &r);
		assert_string_equal(r.layout->id, "generic");
		start = &r.layout->fields[TARGET_START];
		assert_string_equal(
		    start->stamps[r.form.stamps[TARGET_START]].text,
		    cases[i].stamp);
		assert_int_equal(r.either_day, cases[i].either);
		input_close(&in);
		layouts_free(&ls);
	}
}

/* What is stated is judged, too. */
static void
test_form(void **state)
{
	struct layouts *ls = shipped_layouts();
	const struct layout *l = layouts_find(ls, "asterisk-csv");
	struct recognition r;
	struct input *in;

	(void)state;
	in = input_memory("x", CSV_ROW CUSTOM_ROW CUSTOM_ROW,
	    strlen(CSV_ROW CUSTOM_ROW CUSTOM_ROW), 0);
	recognise_form(l, in, &r);
	assert_ptr_equal(r.layout, l);
	assert_int_equal((int)(r.confidence * 100), 33);
	assert_string_equal(r.reason,
	    "1 of 3 records; 2 have no disposition in column 15");
	input_close(&in);
	layouts_free(&ls);
}

/* What was looked at is still there to be read. */
static void
test_takes_nothing(void **state)
{
	struct layouts *ls = shipped_layouts();
	struct input *in = input_memory("x", CSV_ROW, strlen(CSV_ROW), 0);
	char bytes[sizeof(CSV_ROW)];
	struct recognition r;
	struct errmsg err;

	(void)state;
	recognise(ls, in, 1, &r);
	assert_int_equal(input_read(in, bytes, sizeof(bytes), &err),
	    strlen(CSV_ROW));
	assert_memory_equal(bytes, CSV_ROW, strlen(CSV_ROW));
	assert_int_equal(input_read(in, bytes, sizeof(bytes), &err), 0);
	input_close(&in);
	layouts_free(&ls);
}

/*
 * A file whose first part is of another kind: records are taken from all of
 * it, at most 1,000, none of them cut.
 */
static void
test_spread(void **state)
{
	struct layouts *ls = shipped_layouts();
	char *dir = folder_make(), *path;
	struct recognition r;
	struct errmsg err;
	struct input *in;
	struct buf b;
	int i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < 1000; i++)
		buf_addstr(&b, CUSTOM_ROW);
	for (i = 0; i < 9000; i++)
		buf_addstr(&b, CSV_ROW);
	path = folder_write(dir, "large.csv", b.data, b.len);
	assert_int_equal(input_open(&in, path, &err), 0);
	recognise(ls, in, 1, &r);
	assert_string_equal(r.layout->id, "asterisk-csv");
	assert_true(r.records > 900 && r.records <= 1000);
	assert_true(r.confidence > 0.85 && r.confidence < 0.95);
	input_close(&in);

	/* The same bytes from a pipe: only the beginning is seen. */
	in = input_memory("pipe", b.data, b.len, 0);
	recognise(ls, in, 1, &r);
	assert_true(r.records > 900 && r.records <= 1000);
	assert_string_equal(r.layout->id, "asterisk-custom");
	input_close(&in);

	free(path);
	buf_fini(&b);
	folder_remove(&dir);
	layouts_free(&ls);
}

/* Records without any line end, spread over the file: none is cut. */
static void
test_framed(void **state)
{
	static const char record[] = "\x02"
				     "0!KE0020112  2204  01220920050122092736"
				     "\x03";
	struct layouts *ls = shipped_layouts();
	char *dir = folder_make(), *path;
	struct recognition r;
	struct errmsg err;
	struct input *in;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < 6000; i++)
		buf_add(&b, record, sizeof(record) - 1);
	path = folder_write(dir, "framed", b.data, b.len);
	assert_int_equal(input_open(&in, path, &err), 0);
	recognise(ls, in, 1, &r);
	assert_string_equal(r.layout->id, "nec-neax");
	assert_true(r.records > 900);
	assert_true(r.confidence == 1);
	input_close(&in);
	free(path);
	buf_fini(&b);
	folder_remove(&dir);
	layouts_free(&ls);
}

/* The date of a record of its own counts for those below it. */
static void
test_carried(void **state)
{
	static const char text[] =
	    "0915 0011 7    9  701 13125550142          20207\r\n"
	    "0122\r\n\0\0\0"
	    "0915 0011 7    9  701 13125550142          20207\r\n\0\0\0"
	    "0917 0002 7    9  701 13125550177          20207\r\n\0\0\0";
	struct layouts *ls = shipped_layouts();
	struct recognition r;
	struct input *in;

	(void)state;
	in = input_memory("x", text, sizeof(text) - 1, 0);
	recognise(ls, in, 1, &r);
	assert_non_null(r.layout);
	assert_string_equal(r.layout->id, "avaya-cm-int-isdn");
	assert_int_equal((int)(r.confidence * 100 + 0.5), 67);
	input_close(&in);
	layouts_free(&ls);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_half),
		cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_second),
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_takes_nothing),
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_framed),
		cmocka_unit_test(test_carried),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
