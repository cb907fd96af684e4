#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cdr/decode_impl.h"
#include "cdr/rows.h"
#include "layout_files.h"
#include "tel/calltime.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* 2026-01-14 00:00:00 UTC */
#define LATEST INT64_C(1768348800000)

struct fixture {
	struct layouts *layouts;
	struct batch *batch;
	struct decoder decoder;
};

static void
begin(struct fixture *f, const char *layout)
{
	const struct layout *l;
	struct layout_form form;

	f->layouts = shipped_layouts();
	f->batch = batch_new();
	l = layouts_find(f->layouts, layout);
	form = layout_form(l);
	decoder_init(&f->decoder, l, &form, f->batch, LATEST);
}

static void
end(struct fixture *f)
{
	decoder_fini(&f->decoder);
	batch_free(&f->batch);
	layouts_free(&f->layouts);
}

static enum decode_result
decode(struct fixture *f, const char *text, size_t len, struct call *c,
    struct origin *o, uint32_t *column, struct errmsg *reason)
{
	const struct layout *l = f->decoder.layout;
	enum decode_result result;
	struct csvrow row;
	struct rows *r;

	memset(c, 0, sizeof(*c));
	memset(o, 0, sizeof(*o));
	r = rows_memory(text, len, l, &f->decoder.form);
	assert_int_equal(rows_next(r, &row, NULL), 1);
	result = decode_row(&f->decoder, &row, c, o, column, reason);
	rows_free(&r);
	return result;
}

static void
show_text(struct buf *b, const struct fixture *f, const char *key, uint32_t id)
{
	if (id != 0)
		buf_addf(b, " %s=%s", key, batch_text(f->batch, id));
}

/* A call in one line: start, status, ring and talk in ms, then what is set. */
static void
show(struct buf *b, const struct fixture *f, const struct call *c,
    const struct origin *o)
{
	time_rfc3339(b, c->start);
	buf_addf(b, "%s %s %u+%u", o->zone_kind == STAMP_LOCAL ? "?" : "",
	    status_name(c->status), (unsigned)c->ring, (unsigned)c->duration);
	show_text(b, f, "src", c->src);
	show_text(b, f, "dst", c->dst);
	show_text(b, f, "name", f->decoder.extras.ids[EXTRA_SRC_NAME]);
	show_text(b, f, "account", c->account);
	show_text(b, f, "in", c->trunk_in);
	show_text(b, f, "out", c->trunk_out);
	show_text(b, f, "service", o->service);
	show_text(b, f, "context", c->clue_in);
	show_text(b, f, "id", o->call_id);
	show_text(b, f, "join",
	    o->joins_by_id ? o->call_id : f->decoder.extras.ids[EXTRA_JOIN]);
}

static const struct {
	const char *layout, *record, *want;
} calls[] = {
	/* 21 columns, all filled */
	{ "asterisk-csv",
	    "\"SALES\",\"2041\",\"0115375550100\",\"internal\","
	    "\"\"\"Ann Example\"\" <2041>\",\"PJSIP/2041-1\","
	    "\"PJSIP/carrier-2\",\"Dial\",\"x,60\","
	    "\"2026-01-13 02:11:09\",\"2026-01-13 02:11:19\","
	    "\"2026-01-13 02:25:11\",842,832,\"ANSWERED\","
	    "\"BILLING\",\"pbx1-1768270269.7\",\"\",\"PEER\","
	    "\"pbx1-1768270269.6\",3",
	    "2026-01-13T02:11:09Z? answered 10000+832000 src=2041 "
	    "dst=0115375550100 name=Ann Example account=SALES "
	    "in=PJSIP/2041- out=PJSIP/carrier- service=Dial "
	    "context=internal id=pbx1-1768270269.7 "
	    "join=pbx1-1768270269.6" },
	/* no uniqueid: joined by channel and start; no answer */
	{ "asterisk-csv",
	    "\"\",\"2041\",\"2042\",\"internal\",\"2041\","
	    "\"PJSIP/2041-1\",\"\",\"Dial\",\"\","
	    "\"2026-01-13 02:11:09\",,\"2026-01-13 02:11:29\",20,0,"
	    "\"NO ANSWER\",\"DOCUMENTATION\"",
	    "2026-01-13T02:11:09Z? no-answer 20000+0 src=2041 dst=2042 "
	    "in=PJSIP/2041- service=Dial context=internal "
	    "join=PJSIP/2041-1 2026-01-13 02:11:09" },
	/* the peer's account, where there is no other */
	{ "asterisk-csv",
	    ",1,2,,,,,,,2026-01-13 02:11:09,,,3,0,BUSY,OMIT,"
	    "PEER,1768270269.1,9",
	    "2026-01-13T02:11:09Z? busy 3000+0 src=1 dst=2 "
	    "account=PEER join=1768270269.1" },
	/* NO ANSWER with talk: answered before it dialled on */
	{ "asterisk-csv",
	    ",1,2,,,,,,,2026-01-13 02:11:09,,,60,60,NO ANSWER,OMIT",
	    "2026-01-13T02:11:09Z? answered 0+60000 src=1 dst=2" },
	/* ANSWERED without talk stays answered */
	{ "asterisk-csv", ",1,2,,,,,,,2026-01-13 02:11:09,,,6,0,ANSWERED,OMIT",
	    "2026-01-13T02:11:09Z? answered 6000+0 src=1 dst=2" },
	/* more talk than call: Asterisk's own self test has it */
	{ "asterisk-csv", ",1,2,,,,,,,2026-01-13 02:11:09,,,5,7,ANSWERED,OMIT",
	    "2026-01-13T02:11:09Z? answered 0+7000 src=1 dst=2" },
	{ "asterisk-csv",
	    ",1,2,,,,,,,2026-01-13 02:11:09,,,5,0,CONGESTION,OMIT",
	    "2026-01-13T02:11:09Z? failed 5000+0 src=1 dst=2" },
	{ "asterisk-csv", ",1,2,,,,,,,2026-01-13 02:11:09,,,5,0,CANCEL,OMIT",
	    "2026-01-13T02:11:09Z? cancelled 5000+0 src=1 dst=2" },
	/* names: empty, bare, with quotes of its own, Latin-1 */
	{ "asterisk-csv",
	    ",1,2,,\"\"\"\"\" <1>\",,,,,2026-01-13 02:11:09,,,5,0,"
	    "FAILED,OMIT",
	    "2026-01-13T02:11:09Z? failed 5000+0 src=1 dst=2" },
	{ "asterisk-csv",
	    ",1,2,,Ann B <1>,,,,,2026-01-13 02:11:09,,,5,0,"
	    "FAILED,OMIT",
	    "2026-01-13T02:11:09Z? failed 5000+0 src=1 dst=2 "
	    "name=Ann B" },
	{ "asterisk-csv",
	    ",1,2,,\"\"\"A \"\"x\"\" <b>\xa5\"\" <1>\",,,,,"
	    "2026-01-13 02:11:09,,,5,0,FAILED,OMIT",
	    "2026-01-13T02:11:09Z? failed 5000+0 src=1 dst=2 "
	    "name=A \"x\" <b>\xc2\xa5" },
	/* as shipped, and with high resolution times */
	{ "asterisk-custom",
	    "\"\"\"Ann\"\" <1>\",\"1\",\"2\",\"in\",\"SIP/1-0\","
	    "\"SIP/2-1\",\"Dial\",\"x\",\"2026-01-13 02:11:09\",\"\","
	    "\"2026-01-13 02:11:40\",\"31\",\"13\",\"ANSWERED\","
	    "\"DOCUMENTATION\",\"ACC\",\"1768270269.2\",\"\",2",
	    "2026-01-13T02:11:09Z? answered 18000+13000 src=1 dst=2 "
	    "name=Ann account=ACC in=SIP/1- out=SIP/2- service=Dial "
	    "context=in id=1768270269.2 join=1768270269.2" },
	{ "asterisk-custom",
	    ",1,2,,,,,,2026-01-13 02:11:09,,,31.250499,13.0005,"
	    "ANSWERED,OMIT,,,",
	    "2026-01-13T02:11:09Z? answered 18249+13001 src=1 dst=2" },
	/* the whole record of Simple.csv */
	{ "asterisk-simple", "\"1768270269\",\"1\",\"2\"",
	    "2026-01-13T02:11:09Z  0+0 src=1 dst=2" },
};

static void
test_calls(void **state)
{
	struct fixture f;
	struct call c;
	struct origin o;
	struct errmsg reason;
	uint32_t column;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < COUNT(calls); i++) {
		begin(&f, calls[i].layout);
		assert_int_equal(decode(&f, calls[i].record,
				     strlen(calls[i].record), &c, &o, &column,
				     &reason),
		    DECODE_CALL);
		buf_reset(&b);
		show(&b, &f, &c, &o);
		assert_string_equal(b.data, calls[i].want);
		assert_int_equal(c.dialled, c.dst);
		end(&f);
	}
	buf_fini(&b);
}

static const struct {
	const char *record;
	uint32_t column;
	const char *reason;
} rejects[] = {
	{ "1,2,3", 0, "wrong number of columns: '3'" },
	{ ",1,2,,,,,,,13.01.2026 02:11,,,5,0,BUSY,OMIT", 10,
	    "start: not a time: '13.01.2026 02:11'" },
	{ ",1,2,,,,,,,2026-02-30 02:11:09,,,5,0,BUSY,OMIT", 10,
	    "start: not a time: '2026-02-30 02:11:09'" },
	{ ",1,2,,,,,,,,,,5,0,BUSY,OMIT", 10, "start: not a time: ''" },
	{ ",1,2,,,,,,,1999-12-31 23:59:59,,,5,0,BUSY,OMIT", 10,
	    "start: before the year 2000: '1999-12-31 23:59:59'" },
	{ ",1,2,,,,,,,2026-01-14 00:00:01,,,5,0,BUSY,OMIT", 10,
	    "start: in the future: '2026-01-14 00:00:01'" },
	{ ",1,2,,,,,,,2026-01-13 02:11:09,,,5,abc,BUSY,OMIT", 14,
	    "billsec: not a duration: 'abc'" },
	{ ",1,2,,,,,,,2026-01-13 02:11:09,,,5,-1,BUSY,OMIT", 14,
	    "billsec: not a duration: '-1'" },
	{ ",1,2,,,,,,,2026-01-13 02:11:09,,,5,,BUSY,OMIT", 14,
	    "billsec: not a duration: ''" },
	{ ",1,2,,,,,,,2026-01-13 02:11:09,,,4294968,0,BUSY,OMIT", 13,
	    "duration: not a duration: '4294968'" },
	{ ",1,2,,,,,,,2026-01-13 02:11:09,,,1.,1.5x,BUSY,OMIT", 14,
	    "billsec: not a duration: '1.5x'" },
	{ ",1,2,,,,,,,2026-01-13 02:11:09,,,99999999999999999999,0,"
	  "BUSY,OMIT",
	    13, "duration: not a duration: '99999999999999999999'" },
	{ ",1,2,,,,,,,2026-01-13 02:11:09,,,5,0,BUZY,OMIT", 15,
	    "disposition: unknown word: 'BUZY'" },
	{ ",1,2,,,,,,,2026-01-13 02:11:09,,,5,0,,OMIT", 15,
	    "disposition: unknown word: ''" },
	{ "\"a,1,2\n", 0, "a quote opens a field and none closes it" },
	{ ",1,2,,,,,,,xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxx,,,5,0,BUSY,OMIT",
	    10,
	    "start: not a time: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	    "xxxxxxxxxxxxxxxxxxxxxx...'" },
};

static void
test_rejects(void **state)
{
	struct fixture f;
	struct call c;
	struct origin o;
	struct errmsg reason;
	uint32_t column;
	size_t i;

	(void)state;
	begin(&f, "asterisk-csv");
	for (i = 0; i < COUNT(rejects); i++) {
		assert_int_equal(decode(&f, rejects[i].record,
				     strlen(rejects[i].record), &c, &o, &column,
				     &reason),
		    DECODE_REJECT);
		assert_string_equal(reason.text, rejects[i].reason);
		assert_int_equal(column, rejects[i].column);
	}
	end(&f);
}

/* What differs only behind a NUL is not the same, and is seen whole. */
static void
test_nul(void **state)
{
	static const char record[] =
	    "ACC\0A,1\0 2,3\0,in\0ner,\"\"\"Ann\0B\"\" <1>\",SIP/1\0-00000001,,"
	    "Di\0al,,2026-01-13 02:11:09,,,5,0,BUSY,OMIT,1768270269.\0,";
	static const char other[] =
	    "ACC\0B,1\0 2,3\0,,,,,,,2026-01-13 02:11:09,,,5,0,BUSY,OMIT";
	struct fixture f;
	struct call c, d;
	struct origin o;
	struct errmsg reason;
	uint32_t column;
	struct buf b;

	(void)state;
	begin(&f, "asterisk-csv");
	buf_init(&b);
	assert_int_equal(decode(&f, record, sizeof(record) - 1, &c, &o, &column,
			     &reason),
	    DECODE_CALL);
	show(&b, &f, &c, &o);
	assert_string_equal(b.data,
	    "2026-01-13T02:11:09Z? busy 5000+0 src=1? 2 dst=3? name=Ann?B "
	    "account=ACC?A in=SIP/1?- service=Di?al context=in?ner "
	    "id=1768270269.? join=1768270269.?");
	assert_int_equal(decode(&f, other, sizeof(other) - 1, &d, &o, &column,
			     &reason),
	    DECODE_CALL);
	assert_string_equal(batch_text(f.batch, d.account), "ACC?B");
	assert_int_equal(d.src, c.src);
	buf_fini(&b);
	end(&f);
}

/* The last moments that are still good. */
static void
test_limits(void **state)
{
	static const char *const cases[] = {
		",1,2,,,,,,,2000-01-01 00:00:00,,,5,0,BUSY,OMIT",
		",1,2,,,,,,,2026-01-14 00:00:00,,,5,0,BUSY,OMIT",
		",1,2,,,,,,,2026-01-13 02:11:09,,,4294967,0,BUSY,OMIT",
	};
	struct fixture f;
	struct call c;
	struct origin o;
	struct errmsg reason;
	uint32_t column;
	size_t i;

	(void)state;
	begin(&f, "asterisk-csv");
	for (i = 0; i < COUNT(cases); i++)
		assert_int_equal(decode(&f, cases[i], strlen(cases[i]), &c, &o,
				     &column, &reason),
		    DECODE_CALL);
	end(&f);
}

static void
test_skipped(void **state)
{
	static const char *const cases[] = {
		",,,,,,,,,,,,,,,",
		",, ,\t,",
		"accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp,"
		"lastdata,start,answer,end,duration,billsec,disposition,"
		"amaflags",
		"Src,Dst,Start,Billsec,more,than,half",
	};
	struct fixture f;
	struct call c;
	struct origin o;
	struct errmsg reason;
	uint32_t column;
	size_t i;

	(void)state;
	begin(&f, "asterisk-csv");
	for (i = 0; i < COUNT(cases); i++)
		assert_int_equal(decode(&f, cases[i], strlen(cases[i]), &c, &o,
				     &column, &reason),
		    DECODE_NO_RECORD);
	assert_int_equal(decode(&f, "src,2,3", 7, &c, &o, &column, &reason),
	    DECODE_REJECT);
	end(&f);
}

/* The key is that of the cells: quoting and line ends do not count. */
static void
test_key(void **state)
{
#define REST ",,,,,,,2026-01-13 02:11:09,,,5,0,BUSY,OMIT"
	static const char *const equal[] = {
		",1,2" REST,
		",1,2" REST "\n",
		",1,2" REST "\r\n",
		"\xef\xbb\xbf,1,2" REST "\r\n",
		"\"\",\"1\",\"2\"" REST,
	};
	static const char *const other[] = {
		",12," REST,
		",,12" REST,
		"1,2," REST,
		",1,2" REST ",",
		",1,3" REST,
	};
	static const char lf[] = ",1,\"a\nb\"" REST "\n";
	static const char crlf[] = ",1,\"a\r\nb\"" REST "\r\n";
	struct fixture f;
	struct call c;
	struct origin o;
	struct errmsg reason;
	uint32_t column;
	uint64_t key;
	size_t i;

	(void)state;
	begin(&f, "asterisk-csv");
	(void)decode(&f, equal[0], strlen(equal[0]), &c, &o, &column, &reason);
	key = o.key;
	for (i = 1; i < COUNT(equal); i++) {
		assert_int_equal(decode(&f, equal[i], strlen(equal[i]), &c, &o,
				     &column, &reason),
		    DECODE_CALL);
		assert_true(o.key == key);
	}
	for (i = 0; i < COUNT(other); i++) {
		assert_int_equal(decode(&f, other[i], strlen(other[i]), &c, &o,
				     &column, &reason),
		    DECODE_CALL);
		assert_true(o.key != key);
	}
	(void)decode(&f, lf, strlen(lf), &c, &o, &column, &reason);
	key = o.key;
	(void)decode(&f, crlf, strlen(crlf), &c, &o, &column, &reason);
	assert_true(o.key == key);
	end(&f);
}

/* A site's layout, whose group may hold what is no digit. */
static const char loose_epoch[] =
    "{ \"cdrlayout\": 1, \"id\": \"loose\", \"title\": \"Loose\","
    " \"evidence\": \"documented\", \"order\": \"free\","
    " \"container\": \"rows\", \"delimiter\": \"|\", \"quote\": null,"
    " \"columns\": [\"at\", \"to\", \"talked\", \"id\"], \"fields\": {"
    " \"start\": { \"column\": \"at\", \"stamp\": \"%s\" },"
    " \"duration\": { \"column\": \"talked\", \"unit\": \"s\" },"
    " \"dst\": \"to\", \"call_id\": { \"column\": \"id\","
    " \"epoch\": \"^(.{12})[.]\" } },"
    " \"answered\": { \"all\": [{ \"column\": \"talked\","
    " \"positive\": true }] },"
    " \"recognise\": [{ \"column\": \"at\", \"filled\": true }] }";

static void
test_epoch_loose(void **state)
{
	struct layouts *ls = shipped_layouts();
	const struct layout *l;
	struct notes notes;
	int64_t got;

	(void)state;
	notes_init(&notes);
	if (layouts_parse(ls, loose_epoch, strlen(loose_epoch), "loose.json",
		&notes) != 0)
		fail_msg("%s", notes.list[0].text);
	l = layouts_find(ls, "loose");
	assert_true(decode_epoch(l, "001706368044.0", 14, &got));
	assert_true(got == INT64_C(1706368044000));
	assert_false(decode_epoch(l, "////////////.0", 14, &got));
	assert_false(decode_epoch(l, "zzzzzzzzzzzz.0", 14, &got));
	notes_fini(&notes);
	layouts_free(&ls);
}

static void
test_epoch(void **state)
{
	static const struct {
		const char *id;
		int64_t want; /* 0: tells nothing */
	} cases[] = {
		{ "1706368044.0", INT64_C(1706368044000) },
		{ "pbx1-1706368044.93", INT64_C(1706368044000) },
		{ "a-b-1706368044.93", INT64_C(1706368044000) },
		{ "999999999.1", INT64_C(999999999000) },
		{ "1706368044", 0 },
		{ "x1706368044.1", 0 },
		{ "99999999999.1", 0 },
		{ "", 0 },
	};
	struct layouts *ls = shipped_layouts();
	const struct layout *l = layouts_find(ls, "asterisk-csv");
	int64_t got;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_int_equal(decode_epoch(l, cases[i].id,
				     strlen(cases[i].id), &got),
		    cases[i].want != 0);
		if (cases[i].want != 0)
			assert_true(got == cases[i].want);
	}
	l = layouts_find(ls, "asterisk-simple");
	assert_false(decode_epoch(l, "1706368044.0", 12, &got));
	layouts_free(&ls);
}

/* Spans, whatever the unit of a bare number is. */
static const struct {
	const char *unit, *cell, *want; /* "not": a reject */
} spans[] = {
	{ "s", "90", "90000" },
	{ "ms", "1500", "1500" },
	{ "10ms", "150", "1500" },
	{ "us", "1500", "2" },
	{ "ns", "1499999", "1" },
	{ "min", "1.5", "90000" },
	{ "min/10", "15", "90000" },
	{ "s", "1:02:03", "3723000" },
	{ "s", "00:07", "7000" },
	{ "s", "62:03", "3723000" },
	{ "ms", "01:02'03", "3723000" },
	{ "ms", "00:13'24\"", "804000" },
	{ "s", "2'05", "125000" },
	{ "s", "0:00:01.25", "1250" },
	{ "ms", "10s", "10000" },
	{ "ms", "5m", "300000" },
	{ "s", "1h2m3.5s", "3723500" },
	{ "s", "2 min 5 sec", "125000" },
	{ "s", "250ms", "250" },
	{ "hmmt", "0036", "216000" },
	{ "hmmt", "1599", "7194000" },
	{ "hmmt", "12010", "43260000" },
	{ "hmmt", "00:01:02", "62000" },
	{ "hmmt", "9999", "not" },
	{ "hmmt", "0600", "not" },
	{ "hmmt", "01.5", "not" },
	{ "hhmmss", "000121", "81000" },
	{ "hhmmss", "1000059", "360059000" },
	{ "hhmmss", "18", "18000" },
	{ "hhmmss", "60", "not" },
	{ "hhmmss", "6000", "not" },
	{ "hhmmss", "999999999", "not" },
	{ "s", "1:60", "not" },
	{ "s", "1:2:3:4", "not" },
	{ "s", "1:", "not" },
	{ "s", ":5", "not" },
	{ "s", "5x", "not" },
	{ "s", "5m3", "not" },
	{ "s", "1.5:03", "not" },
	{ "s", "1200h", "not" },
	{ "s", "99999:00:00", "not" },
};

static void
test_spans(void **state)
{
	struct layout_field f = { .unit = { 0 } };
	struct layout_value v = { .text = "", .column = 1, .name = "x" };
	char got[32];
	uint32_t ms;
	size_t i, k;
	static const struct {
		const char *name;
		struct layout_unit unit;
	} units[] = {
		{ "s", { 1000, 1, DIGITS_COUNT } },
		{ "ms", { 1, 1, DIGITS_COUNT } },
		{ "10ms", { 10, 1, DIGITS_COUNT } },
		{ "us", { 1, 1000, DIGITS_COUNT } },
		{ "ns", { 1, 1000000, DIGITS_COUNT } },
		{ "min", { 60000, 1, DIGITS_COUNT } },
		{ "min/10", { 6000, 1, DIGITS_COUNT } },
		{ "hmmt", { 0, 0, DIGITS_HMMT } },
		{ "hhmmss", { 0, 0, DIGITS_HHMMSS } },
	};

	(void)state;
	for (i = 0; i < COUNT(spans); i++) {
		for (k = 0; strcmp(units[k].name, spans[i].unit) != 0; k++)
			continue;
		f.unit = units[k].unit;
		v.text = spans[i].cell;
		v.len = (uint32_t)strlen(spans[i].cell);
		if (decode_span(&f, &v, &ms) == 0)
			(void)snprintf(got, sizeof(got), "%u", (unsigned)ms);
		else
			(void)strcpy(got, "not");
		if (strcmp(got, spans[i].want) != 0)
			fail_msg("%s of '%s': %s, not %s", spans[i].unit,
			    spans[i].cell, got, spans[i].want);
	}
}

/* What no shipped layout uses: a site's own. */
static const char own_layout[] =
    "{ \"cdrlayout\": 1, \"id\": \"own\", \"title\": \"Own\","
    " \"evidence\": \"documented\", \"order\": \"free\","
    " \"container\": \"rows\", \"delimiter\": \"|\","
    " \"quote\": null, \"columns\": [\"at\", \"way\", \"from\","
    " \"to\", \"via\", \"rang\", \"talked\"], \"fields\": {"
    " \"start\": { \"column\": \"at\","
    " \"stamp\": \"%Y-%m-%dT%H:%M:%S%z\" },"
    " \"duration\": { \"column\": \"talked\", \"unit\": \"ms\" },"
    " \"ring\": { \"column\": \"rang\", \"unit\": \"s\" },"
    " \"direction\": { \"column\": \"way\","
    " \"map\": { \"O\": \"out\", \"I\": \"in\" } },"
    " \"src\": { \"column\": \"from\", \"regex\": \"^n(\\\\d+)\" },"
    " \"dst\": { \"column\": \"to\", \"required\": true,"
    " \"regex\": \"\\\\d+\" },"
    " \"dialled\": \"to\", \"forwarded_by\": \"via\" },"
    " \"answered\": { \"all\": [{ \"column\": \"talked\","
    " \"positive\": true }] },"
    " \"recognise\": [{ \"column\": \"at\", \"filled\": true }] }";
static const struct {
	const char *record;
	enum decode_result result;
	const char *want; /* direction ring+talk src dst ... */
} own_records[] = {
	{ "2026-01-13T02:11:09+01:00|O|n2041|tel 555 0142|201|3|1500",
	    DECODE_CALL,
	    "2026-01-13T01:11:09Z out answered 3000+1500 2041 555 "
	    "tel 555 0142 201" },
	{ "2026-01-13T02:11:09Z||2041|\"5\"||3|", DECODE_CALL,
	    "2026-01-13T02:11:09Z  no-answer 3000+0  5 \"5\" " },
	{ "2026-01-13T02:11:09Z|X|2041|5||3|0", DECODE_REJECT,
	    "way: unknown word: 'X'" },
	{ "2026-01-13T02:11:09Z|I|2041|||3|0", DECODE_REJECT, "to: empty: ''" },
};

static void
test_own_layout(void **state)
{
	const struct layout *own;
	struct layout_form form;
	struct fixture f;
	struct notes notes;
	struct call c;
	struct origin o;
	struct errmsg reason;
	int64_t latest;
	uint32_t column;
	struct buf b;
	size_t i;

	(void)state;
	begin(&f, "asterisk-csv");
	notes_init(&notes);
	assert_int_equal(layouts_parse(f.layouts, own_layout,
			     strlen(own_layout), "own.json", &notes),
	    0);
	own = layouts_find(f.layouts, "own");
	form = layout_form(own);
	latest = f.decoder.latest;
	decoder_fini(&f.decoder);
	decoder_init(&f.decoder, own, &form, f.batch, latest);
	buf_init(&b);
	for (i = 0; i < COUNT(own_records); i++) {
		assert_int_equal(decode(&f, own_records[i].record,
				     strlen(own_records[i].record), &c, &o,
				     &column, &reason),
		    own_records[i].result);
		if (own_records[i].result != DECODE_CALL) {
			assert_string_equal(reason.text, own_records[i].want);
			continue;
		}
		buf_reset(&b);
		time_rfc3339(&b, c.start);
		buf_addf(&b, " %s %s %u+%u %s %s %s %s",
		    direction_name(c.direction), status_name(c.status),
		    (unsigned)c.ring, (unsigned)c.duration,
		    batch_text(f.batch, c.src), batch_text(f.batch, c.dst),
		    batch_text(f.batch, c.dialled),
		    batch_text(f.batch,
			f.decoder.extras.ids[EXTRA_FORWARDED_BY]));
		assert_string_equal(b.data, own_records[i].want);
		assert_int_equal(o.zone_kind, STAMP_OFFSET);
	}
	buf_fini(&b);
	notes_fini(&notes);
	end(&f);
}

/* Numbers that a spreadsheet took for quantities, and what only looks so. */
static void
test_rounded(void **state)
{
	static const struct {
		const char *number;
		int rounded;
	} cases[] = {
		{ "9.71E+11", 1 },
		{ "9,71E+11", 1 },
		{ "9E+11", 1 },
		{ "4.4208e+11", 1 },
		{ "1E+5", 1 },
		{ "9.71E+011", 1 },
		{ "9.71E+0011", 0 },
		{ "442079460142", 0 },
		{ "+442079460142", 0 },
		{ "9.71E+", 0 },
		{ "E+11", 0 },
		{ ".5E+11", 0 },
		{ "9.71E-3", 0 },
		{ "9.71E+1x", 0 },
		{ "1E", 0 },
		{ "", 0 },
	};
	struct fixture f;
	struct call c;
	struct origin o;
	struct errmsg reason;
	uint32_t column;
	struct buf b;
	size_t i;

	(void)state;
	begin(&f, "asterisk-csv");
	buf_init(&b);
	for (i = 0; i < COUNT(cases); i++) {
		buf_reset(&b);
		buf_addf(&b,
		    ",201,\"%s\",d,c,ch,,Dial,x,2026-01-13 02:11:09,,"
		    "2026-01-13 02:11:12,3,0,NO ANSWER,DEFAULT\n",
		    cases[i].number);
		f.decoder.rounded = 0;
		assert_int_equal(decode(&f, b.data, b.len, &c, &o, &column,
				     &reason),
		    DECODE_CALL);
		assert_int_equal(f.decoder.rounded, cases[i].rounded);
		assert_int_equal(f.decoder.no_seconds, 0);
	}
	buf_fini(&b);
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_rejects),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_skipped),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_epoch),
		cmocka_unit_test(test_epoch_loose),
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_own_layout),
		cmocka_unit_test(test_rounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
