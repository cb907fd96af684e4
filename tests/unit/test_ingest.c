#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest_run.h"
#include "layout_files.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define HEADER                                                          \
	"accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp," \
	"lastdata,start,answer,end,duration,billsec,disposition,amaflags\n"
#define RECORD(time, n) \
	",2041,555014" n ",,,,,,,2026-01-13 " time ",,,9,4,ANSWERED,OMIT\n"

static void
expect_reject(const struct run *r, size_t i, uint32_t line, uint64_t byte,
    uint32_t column, const char *reason, const char *raw)
{
	const struct reject *got = ingest_reject_at(r->ingest, i);

	assert_string_equal(got->reason, reason);
	assert_int_equal(got->line, line);
	assert_int_equal(got->byte, byte);
	assert_int_equal(got->column, column);
	assert_string_equal(got->raw, raw);
	assert_int_equal(got->raw_len, strlen(raw));
}

/* Every record is one of the five, and rejects say where and why. */
static void
test_accounts(void **state)
{
	struct run r;

	(void)state;
	run_begin(&r);
	run_text(&r, "a.csv",
	    HEADER RECORD("02:11:09",
		"1") "\n"
		     ",,,,\n" RECORD("02:11:10",
			 "2") ",1,2,,,,,,,2026-01-13 02:11:09,,,9,x,BUSY,OMIT\n" RECORD("02:11:08",
			 "3") "a,b\r\n");
	assert_int_equal(ingest_rejects(r.ingest), 2);
	expect_reject(&r, 0, 6,
	    strlen(HEADER RECORD("02:11:09", "1") "\n,,,,\n" RECORD("02:11:10",
		"2")),
	    14, "billsec: not a duration: 'x'",
	    ",1,2,,,,,,,2026-01-13 02:11:09,,,9,x,BUSY,OMIT");
	expect_reject(&r, 1, 8,
	    strlen(HEADER RECORD("02:11:09", "1") "\n,,,,\n" RECORD("02:11:10",
		"2") RECORD("02:11:08",
		"3") ",1,2,,,,,,,2026-01-13 02:11:09,,,9,x,BUSY,OMIT\n"),
	    0, "wrong number of columns: '2'", "a,b");
	run_finish(&r);
	run_counts(&r, 0,
	    "7 = 3 calls 0 legs 2 skipped 0 duplicates "
	    "2 rejects");
	run_calls(&r, "2026-01-13T02:11:08Z 2041>5550143 4\n"
		      "2026-01-13T02:11:09Z 2041>5550141 4\n"
		      "2026-01-13T02:11:10Z 2041>5550142 4\n");
	assert_int_equal(r.batch->origins[0].line, 7);
	assert_string_equal(ingest_file_at(r.ingest, 0)->layout,
	    "asterisk-csv");
	assert_null(ingest_file_at(r.ingest, 0)->trouble);
	run_end(&r);
}

/* Good records inside a damaged one that spans lines are not lost. */
static void
test_damage(void **state)
{
	/* A quote is lost in line 2, and one too many is in line 4. */
	static const char text[] = RECORD("02:11:01",
	    "1") ",\"2041,5550142,,,,,,,2026-01-13 02:11:02,,,9,4,ANSWERED,OMIT\n" RECORD("02:11:03",
	    "3") "x\",2041,5550144,,,,,,,2026-01-13 02:11:04,,,9,4,ANSWERED\n" RECORD("02:11:05",
	    "5")
	    /* one good record that spans two lines */
	    ",2041,5550146,,\"a\nb <1>\",,,,,2026-01-13 02:11:06,,,9,4,"
	    "ANSWERED,OMIT\n" RECORD("02:11:07", "7")
	    /* one bad record that spans two lines: one reject */
	    ",2041,5550148,,\"a\nb <1>\",,,,,2026-01-13,,,9,4,FOO,OMIT\n" RECORD(
		"02:11:09", "9");
	struct run r;

	(void)state;
	run_begin(&r);
	run_text(&r, "a.csv", text);
	run_finish(&r);
	run_counts(&r, 0,
	    "9 = 6 calls 0 legs 0 skipped 0 duplicates "
	    "3 rejects");
	run_calls(&r, "2026-01-13T02:11:01Z 2041>5550141 4\n"
		      "2026-01-13T02:11:03Z 2041>5550143 4\n"
		      "2026-01-13T02:11:05Z 2041>5550145 4\n"
		      "2026-01-13T02:11:06Z 2041>5550146 4\n"
		      "2026-01-13T02:11:07Z 2041>5550147 4\n"
		      "2026-01-13T02:11:09Z 2041>5550149 4\n");
	assert_int_equal(r.batch->origins[1].line, 3);
	assert_int_equal(r.batch->origins[3].line, 6);
	assert_int_equal(r.batch->origins[5].line, 11);
	assert_int_equal(ingest_reject_at(r.ingest, 0)->line, 2);
	assert_int_equal(ingest_reject_at(r.ingest, 1)->line, 4);
	assert_int_equal(ingest_reject_at(r.ingest, 1)->byte,
	    (size_t)(strstr(text, "x\"") - text));
	assert_int_equal(ingest_reject_at(r.ingest, 2)->line, 9);
	run_end(&r);
}

/* A record found in a damaged one is counted once. */
static void
test_damage_once(void **state)
{
	static const char text[] = RECORD("02:11:01",
	    "1") ",\"2041,5550142,,,,,,,2026-01-13 02:11:02,,,9,4,ANSWERED,OMIT\n"
		 ",2041,9.71E+11,,,,,,,2026-01-13 02:11:03,,,9,4,ANSWERED,OMIT\n"
		 "x\",2041,5550144,,,,,,,2026-01-13 02:11:04,,,9,4,ANSWERED\n";
	struct run r;

	(void)state;
	run_begin(&r);
	run_text(&r, "a.csv", text);
	run_finish(&r);
	run_counts(&r, 0,
	    "4 = 2 calls 0 legs 0 skipped 0 duplicates 2 rejects");
	assert_true(run_noted(&r, NOTE_WARNING,
	    "precision lost: 1 of 2 calls have a number rounded as in "
	    "'9.71E+11'"));
	run_end(&r);
}

/* A file cut anywhere keeps the records before the cut. */
static void
test_cut(void **state)
{
	static const char text[] = RECORD("02:11:01", "1")
	    RECORD("02:11:02", "2") RECORD("02:11:03", "3");
	const size_t one = strlen(RECORD("02:11:01", "1"));
	struct run r;
	size_t len;

	(void)state;
	for (len = 2 * one; len < 3 * one; len++) {
		run_begin(&r);
		run_bytes(&r, "a.csv", text, len);
		assert_true(r.batch->n >= 2);
		assert_int_equal(ingest_file_at(r.ingest, 0)->open_end,
		    len > 2 * one);
		run_finish(&r);
		run_end(&r);
	}
}

static void
test_open_end(void **state)
{
	static const char text[] =
	    RECORD("02:11:01", "1") ",2041,5550142,,,,,,,2026-01-13 02:11:02,"
				    ",,9,4,ANSWERED,OMIT";
	struct run r;

	(void)state;
	run_begin(&r);
	run_text(&r, "a.csv", text);
	assert_true(ingest_file_at(r.ingest, 0)->open_end);
	run_counts(&r, 0,
	    "2 = 2 calls 0 legs 0 skipped 0 duplicates "
	    "0 rejects");
	run_end(&r);

	run_begin(&r);
	r.set.leave_open_end = true;
	run_text(&r, "a.csv", text);
	assert_true(ingest_file_at(r.ingest, 0)->open_end);
	run_counts(&r, 0,
	    "1 = 1 calls 0 legs 0 skipped 0 duplicates "
	    "0 rejects");
	run_end(&r);
}

static void
test_refused(void **state)
{
	static const char bad[] = ",1,2,,,,,,,never,,,9,4,ANSWERED,OMIT\n";
	static const struct {
		int good, bad;
		int64_t max;
		double share;
		bool refused;
	} cases[] = {
		{ 2, 2, -1, 0.5, false },
		{ 2, 3, -1, 0.5, true },
		{ 2, 3, -1, 0.6, false },
		{ 2, 1, -1, 0, true },
		{ 2, 0, -1, 0, false },
		{ 0, 2, -1, 0.5, true },
		{ 2, 3, 3, 0, false },
		{ 5, 4, 3, 0, true },
	};
	struct run r;
	struct buf b;
	size_t i;
	int k;

	(void)state;
	buf_init(&b);
	for (i = 0; i < COUNT(cases); i++) {
		run_begin(&r);
		r.source.layout = "asterisk-csv";
		r.set.max_rejects = cases[i].max;
		r.set.max_reject_share = cases[i].share;
		run_text(&r, "before.csv", RECORD("02:11:01", "1"));
		buf_reset(&b);
		for (k = 0; k < cases[i].good; k++)
			buf_addf(&b, RECORD("02:11:%02d", "2"), k);
		for (k = 0; k < cases[i].bad; k++)
			buf_addstr(&b, bad);
		run_text(&r, "a.csv", b.data);
		assert_int_equal(ingest_file_at(r.ingest, 1)->refused,
		    cases[i].refused);
		assert_int_equal(ingest_file_at(r.ingest, 1)->trouble != NULL,
		    cases[i].refused);
		assert_int_equal(r.batch->n,
		    1 + (cases[i].refused ? 0 : cases[i].good));
		assert_int_equal(ingest_file_at(r.ingest, 1)->records,
		    cases[i].good + cases[i].bad);
		assert_int_equal(ingest_file_at(r.ingest, 1)->rejects,
		    cases[i].bad + (cases[i].refused ? cases[i].good : 0));
		run_finish(&r);
		run_end(&r);
	}
	buf_fini(&b);
}

/* Cut and bad: both are said. */
static void
test_refused_and_damaged(void **state)
{
	/* ",1,2,,,,,,,never,,,9,4,ANSWERED,OMIT\n" once, packed by gzip */
	static const unsigned char packed[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x02, 0x03, 0xd3, 0x31, 0xd4, 0x31, 0xd2,
		0x81, 0x80, 0xbc, 0xd4, 0xb2, 0xd4, 0x22, 0x20, 0x6d, 0xa9,
		0x63, 0xa2, 0xe3, 0xe8, 0x17, 0x1c, 0xee, 0x1a, 0xe4, 0xea,
		0xa2, 0xe3, 0xef, 0xeb, 0x19, 0xc2, 0x05, 0x00, 0x17, 0xbf,
		0x9f, 0x67, 0x25, 0x00, 0x00, 0x00 };
	struct run r;

	(void)state;
	run_begin(&r);
	r.source.layout = "asterisk-csv";
	run_bytes(&r, "whole.gz", packed, sizeof(packed));
	run_bytes(&r, "cut.gz", packed, sizeof(packed) - 8);
	assert_string_equal(ingest_file_at(r.ingest, 0)->trouble,
	    "refused: 1 of 1 record cannot be read as asterisk-csv");
	assert_string_equal(ingest_file_at(r.ingest, 1)->trouble,
	    "damaged gzip data: cut off; "
	    "refused: 1 of 1 record cannot be read as asterisk-csv");
	assert_true(ingest_file_at(r.ingest, 1)->refused);
	run_end(&r);
}

/* Files that are no records, and what is said of them. */
static void
test_no_records(void **state)
{
	static const struct {
		const char *text, *trouble;
	} cases[] = {
		{ "", NULL },
		{ "\n\n", "not one record in it" },
		{ "Dear all,\nplease find\n",
		    "no layout fits: not a call record file" },
		{ "\x7f"
		  "ELF\x02\x01",
		    "no layout fits: not a call record "
		    "file" },
	};
	struct run r;
	size_t i;

	(void)state;
	run_begin(&r);
	for (i = 0; i < COUNT(cases); i++) {
		run_text(&r, "x", cases[i].text);
		assert_null(ingest_file_at(r.ingest, i)->layout);
		if (cases[i].trouble == NULL)
			assert_null(ingest_file_at(r.ingest, i)->trouble);
		else
			assert_string_equal(
			    ingest_file_at(r.ingest, i)->trouble,
			    cases[i].trouble);
	}
	r.source.layout = "asterisk-csv";
	run_text(&r, "empty", "");
	assert_null(ingest_file_at(r.ingest, i)->trouble);
	run_text(&r, "blank", "\n,,,\n");
	assert_string_equal(ingest_file_at(r.ingest, i + 1)->trouble,
	    "not one call in it: layout 'asterisk-csv' skips all its records");
	run_finish(&r);
	run_end(&r);
}

#define CUCM "cdrRecordType,globalCallID_callId,dateTimeOrigination,duration\n"

/* The header alone is the file of a time without calls. */
static void
test_only_header(void **state)
{
	static const struct {
		const char *stated, *layout, *text;
		int skipped;
		bool trouble;
	} cases[] = {
		{ NULL, "asterisk-table", HEADER, 1, false },
		{ "asterisk-csv", "asterisk-csv", HEADER, 1, false },
		{ NULL, "generic", "start;from;to\n", 1, false },
		{ NULL, "generic", "start;from;to", 1, false },
		{ NULL, "generic", "start;from;to\n2026-01-", 1, true },
		{ "generic", "generic", "start;from;to\r\n", 1, false },
		{ "generic", "generic", "start,from,to\n,,\nstart,to,from\n", 3,
		    false },
		{ NULL, "generic", "# of today\nstart,from,to\n# end\n", 3,
		    false },
		{ NULL, "cisco-cucm", CUCM, 1, false },
		{ NULL, "cisco-cucm", CUCM CUCM, 2, false },
		{ NULL, "cisco-cucm", CUCM "INTEGER,INTEGER,INTEGER,INT(4)\n",
		    2, false },
		/* records, of another kind than calls */
		{ NULL, "cisco-cucm", CUCM "2,1,1768270269,5\n", 2, true },
		{ NULL, "cisco-cucm", CUCM "TWO,INTEGER,(4),INT(4)\n", 2,
		    true },
		{ NULL, "cisco-cucm", CUCM "TWO,INTEGER,INT(x),INT(4)\n", 2,
		    true },
		{ NULL, "cisco-cucm", CUCM "TWO,INTEGER,INT(),INT(4)\n", 2,
		    true },
		{ NULL, "cisco-cucm", CUCM "TWO,,INT,INT(4)\n", 2, true },
		{ NULL, "cisco-cucm", CUCM "INTEGER,INTEGER,INTEGER\n", 2,
		    true },
	};
	const struct ingest_file *f;
	struct run r;
	size_t i;

	(void)state;
	run_begin(&r);
	for (i = 0; i < COUNT(cases); i++) {
		r.source.layout = cases[i].stated;
		run_text(&r, "x", cases[i].text);
		f = ingest_file_at(r.ingest, i);
		assert_string_equal(f->layout, cases[i].layout);
		assert_int_equal(f->records - f->rejects, f->skipped);
		assert_int_equal(f->skipped, cases[i].skipped);
		assert_int_equal(f->trouble != NULL, cases[i].trouble);
	}
	run_finish(&r);
	run_end(&r);
}

static void
test_not_opened(void **state)
{
	struct errmsg err;
	struct run r;

	(void)state;
	run_begin(&r);
	assert_int_equal(run_path(&r, "/nonexistent/x.csv", &err), -1);
	assert_string_equal(err.text,
	    "/nonexistent/x.csv: No such file or directory");
	r.source.layout = "asterisk-cvs";
	assert_int_equal(run_path(&r, "/nonexistent/x.csv", &err), -1);
	assert_string_equal(err.text, "no such layout: 'asterisk-cvs'; did "
				      "you mean 'asterisk-csv'?");
	assert_int_equal(ingest_files(r.ingest), 0);
	run_end(&r);
}

/* A directory: its files by name; what is none is named, the rest read. */
static void
test_directory(void **state)
{
	struct errmsg err;
	struct run r;
	char *a, *b, *c;

	(void)state;
	run_begin(&r);
	a = folder_write(r.dir, "b.csv", RECORD("02:11:01", "1"),
	    strlen(RECORD("02:11:01", "1")));
	b = folder_write(r.dir, "a.txt", "hello\n", 6);
	c = folder_write(r.dir, ".hidden", "hello\n", 6);
	assert_int_equal(run_path(&r, r.dir, &err), 0);
	assert_int_equal(ingest_files(r.ingest), 2);
	assert_string_equal(ingest_file_at(r.ingest, 0)->path, b);
	assert_non_null(ingest_file_at(r.ingest, 0)->trouble);
	assert_string_equal(ingest_file_at(r.ingest, 1)->path, a);
	assert_int_equal(r.batch->n, 1);
	assert_int_equal(remove(c), 0);
	free(a);
	free(b);
	free(c);
	run_end(&r);
}

/* The same records under other names and in other wrappings. */
static void
test_duplicates(void **state)
{
	static const char record[] =
	    ",2041,5550142,,,,,,,2026-01-13 02:11:09,,,9,4,ANSWERED,OMIT,"
	    "1768270269.1,";
	/* the record and LF, packed by gzip */
	static const unsigned char packed[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x02, 0xff, 0xd3, 0x31, 0x32, 0x30, 0x31,
		0xd4, 0x31, 0x35, 0x35, 0x35, 0x30, 0x34, 0x31, 0xd2, 0x81,
		0x00, 0x23, 0x03, 0x23, 0x33, 0x5d, 0x03, 0x43, 0x5d, 0x43,
		0x63, 0x05, 0x03, 0x23, 0x2b, 0x43, 0x43, 0x2b, 0x03, 0x4b,
		0xa0, 0xa8, 0xa5, 0x8e, 0x89, 0x8e, 0xa3, 0x5f, 0x70, 0xb8,
		0x6b, 0x90, 0xab, 0x8b, 0x8e, 0xbf, 0xaf, 0x67, 0x88, 0x8e,
		0xa1, 0xb9, 0x99, 0x85, 0x91, 0x39, 0x50, 0xb1, 0xa5, 0x9e,
		0xa1, 0x0e, 0x17, 0x00, 0x32, 0x30, 0x9f, 0x57, 0x4a, 0x00,
		0x00, 0x00 };
	struct run r;
	struct buf b;

	(void)state;
	run_begin(&r);
	buf_init(&b);
	buf_addf(&b, "%s\n", record);
	run_text(&r, "a.csv", b.data);
	run_bytes(&r, "b.csv", packed, sizeof(packed));
	buf_reset(&b);
	buf_addf(&b, "\xef\xbb\xbf%s\r\n", record);
	run_text(&r, "c.csv", b.data);
	run_text(&r, "d.csv", record);
	run_finish(&r);
	run_counts(&r, 0,
	    "1 = 1 calls 0 legs 0 skipped 0 duplicates "
	    "0 rejects");
	run_counts(&r, 1,
	    "1 = 0 calls 0 legs 0 skipped 1 duplicates "
	    "0 rejects");
	run_counts(&r, 2,
	    "1 = 0 calls 0 legs 0 skipped 1 duplicates "
	    "0 rejects");
	run_counts(&r, 3,
	    "1 = 0 calls 0 legs 0 skipped 1 duplicates "
	    "0 rejects");
	buf_fini(&b);
	run_end(&r);
}

/*
 * Equal records of one file are calls of their own: as many stay as any one
 * file holds.
 */
static void
test_equal_records(void **state)
{
	struct run r;

	(void)state;
	run_begin(&r);
	run_text(&r, "a.csv",
	    RECORD("02:11:09", "1") RECORD("02:11:08", "2")
		RECORD("02:11:09", "1") RECORD("02:11:09", "1"));
	run_text(&r, "b.csv",
	    RECORD("02:11:09", "1") RECORD("02:11:09", "1")
		RECORD("02:11:07", "3"));
	ingest_settle(r.ingest);
	run_counts(&r, 0,
	    "4 = 4 calls 0 legs 0 skipped 0 duplicates "
	    "0 rejects");
	run_counts(&r, 1,
	    "3 = 1 calls 0 legs 0 skipped 2 duplicates "
	    "0 rejects");
	assert_int_equal(r.batch->n, 5);
	run_finish(&r);
	run_end(&r);
}

/* Whether no record is written twice is known once all are in order. */
static void
test_once(void **state)
{
	struct origin *o;
	struct call *c;
	struct run r;

	(void)state;
	run_begin(&r);
	run_text(&r, "a.csv", RECORD("02:11:09", "1") RECORD("02:11:08", "2"));
	run_text(&r, "b.csv", RECORD("02:11:07", "3") RECORD("02:11:08", "2"));
	assert_false(r.batch->once);
	ingest_settle(r.ingest);
	assert_int_equal(r.batch->n, 3);
	assert_true(r.batch->once);
	(void)batch_add(r.batch, &c, &o);
	assert_false(r.batch->once);
	run_end(&r);

	run_begin(&r);
	run_text(&r, "a.csv", RECORD("02:11:09", "1") RECORD("02:11:09", "1"));
	run_text(&r, "b.csv", RECORD("02:11:07", "3"));
	ingest_settle(r.ingest);
	assert_int_equal(r.batch->n, 3);
	assert_false(r.batch->once);
	run_end(&r);
}

/* Two sources are two systems. */
static void
test_sources(void **state)
{
	struct run r;

	(void)state;
	run_begin(&r);
	run_text(&r, "a.csv", RECORD("02:11:09", "1"));
	r.source.name = "pbx2";
	run_text(&r, "b.csv", RECORD("02:11:09", "1"));
	run_finish(&r);
	assert_int_equal(r.batch->n, 2);
	assert_int_not_equal(r.batch->calls[0].source,
	    r.batch->calls[1].source);
	run_end(&r);
}

/* Legs are counted as such: a ring group of two telephones. */
static void
test_legs(void **state)
{
	static const char text[] =
	    ",5550199,300,in,,SIP/t-1,SIP/201-1,Dial,,2026-01-13 02:11:09,,,"
	    "9,0,NO ANSWER,OMIT,1768270269.1,\n"
	    ",5550199,300,in,,SIP/t-1,SIP/202-1,Dial,,2026-01-13 02:11:09,,,"
	    "19,12,ANSWERED,OMIT,1768270269.1,\n";
	struct run r;

	(void)state;
	run_begin(&r);
	run_text(&r, "a.csv", text);
	run_finish(&r);
	run_counts(&r, 0,
	    "2 = 1 calls 1 legs 0 skipped 0 duplicates "
	    "0 rejects");
	assert_int_equal(r.batch->n, 1);
	assert_int_equal(r.batch->calls[0].duration, 12000);
	run_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accounts),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_damage_once),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_open_end),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_refused_and_damaged),
		cmocka_unit_test(test_no_records),
		cmocka_unit_test(test_only_header),
		cmocka_unit_test(test_not_opened),
		cmocka_unit_test(test_directory),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_equal_records),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_legs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
