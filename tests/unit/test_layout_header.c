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

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* 2027-01-01 00:00:00 UTC */
#define LATEST INT64_C(1798761600000)

static const char toy[] =
    "{ \"cdrlayout\": 1, \"id\": \"toy\", \"title\": \"A toy\","
    "  \"evidence\": \"documented\", \"order\": \"file\","
    "  \"container\": \"rows\", \"delimiter\": \",\", \"quote\": \"\\\"\","
    "  \"header\": true, \"empty\": [\"--\"],"
    "  \"columns\": [\"start\", \"day\", \"clock\", \"talk\", \"from\", \"to\","
    "    \"to_name\", \"kind\", \"price\", \"tax\", \"currency\"],"
    "  \"aliases\": { \"talk\": [\"duration\", \"Talk (sec)\"],"
    "    \"day\": [\"date\"], \"clock\": [\"time\"] },"
    "  \"fields\": {"
    "    \"start\": { \"column\": [\"start\", [\"day\", \"clock\"]],"
    "      \"stamp\": [\"%Y-%m-%d %H:%M:%S\", \"%Y-%m-%dT%H:%M:%S%z\"] },"
    "    \"duration\": { \"column\": \"talk\", \"unit\": \"s\" },"
    "    \"src\": { \"column\": \"from\", \"plus\": \"^[1-9]\" },"
    "    \"dst\": { \"column\": [\"to\", \"to_name\"],"
    "      \"regex\": \"^(?:sip:)?([0-9]+)$\" },"
    "    \"forwarded_by\": { \"column\": \"to_name\", \"when\": { \"all\":"
    "      [{ \"column\": \"kind\", \"in\": [\"forward\"] }] } },"
    "    \"cost\": { \"column\": [[\"price\", \"tax\"]] },"
    "    \"currency\": { \"column\": \"currency\", \"constant\": \"CHF\" }"
    "  },"
    "  \"carry\": { \"columns\": [\"from\", \"to_name\"],"
    "    \"from\": { \"all\": [{ \"column\": \"kind\", \"empty\": true }] } },"
    "  \"answered\": { \"any\": [{ \"column\": \"talk\","
    "    \"matches\": \"[1-9]\" }] },"
    "  \"recognise\": [{ \"time\": \"start\", \"must\": true }] }";

static struct layouts *
read_toy(void)
{
	struct layouts *ls = layouts_new();
	struct notes notes;

	notes_init(&notes);
	if (layouts_parse(ls, toy, strlen(toy), "toy.json", &notes) != 0)
		fail_msg("%s", notes.list[0].text);
	notes_fini(&notes);
	return ls;
}

static void
show_text(struct buf *out, const struct batch *b, const char *key, uint32_t id)
{
	if (id != 0)
		buf_addf(out, " %s=%s", key, batch_text(b, id));
}

static void
show(struct buf *out, const struct batch *b, const struct call *c,
    const struct origin *o, const struct call_extras *x)
{
	time_rfc3339(out, c->start);
	buf_addf(out, "%s %u", o->zone_kind == STAMP_LOCAL ? "?" : "",
	    (unsigned)c->duration);
	show_text(out, b, "src", c->src);
	show_text(out, b, "dst", c->dst);
	show_text(out, b, "by", x->ids[EXTRA_FORWARDED_BY]);
	if ((c->flags & CALL_HAS_COST) != 0)
		buf_addf(out, " %lld%s", (long long)x->cost,
		    batch_text(b, b->currencies[c->currency]));
	buf_addch(out, '\n');
}

/* All records of a text, a call or what it is instead a line. */
static void
decode_all(const char *text, struct buf *out)
{
	struct layouts *ls = read_toy();
	const struct layout *l = layouts_find(ls, "toy");
	struct layout_form form = layout_form(l);
	struct batch *b = batch_new();
	enum decode_result result;
	struct origin origin;
	struct errmsg reason;
	struct decoder d;
	struct csvrow row;
	struct rows *r;
	struct call c;
	uint32_t column;

	decoder_init(&d, l, &form, b, LATEST);
	r = rows_memory(text, strlen(text), l, &form);
	while (rows_next(r, &row, NULL) == 1) {
		memset(&c, 0, sizeof(c));
		memset(&origin, 0, sizeof(origin));
		result = decode_row(&d, &row, &c, &origin, &column, &reason);
		if (result == DECODE_CALL)
			show(out, b, &c, &origin, &d.extras);
		else if (result == DECODE_REJECT)
			buf_addf(out, "%s\n", reason.text);
	}
	rows_free(&r);
	decoder_fini(&d);
	batch_free(&b);
	layouts_free(&ls);
}

static const struct {
	const char *text, *want;
} files[] = {
	/* a name alone says nothing of zone, unit and currency */
	{ "start,talk,price\n2026-01-13 02:11:09,2,0.5\n",
	    "2026-01-13T02:11:09Z? 2000 500000CHF\n" },
	/* what the header says */
	{ "Start (UTC),Talk (min),Price (USD)\n2026-01-13 02:11:09,2,-0.5\n",
	    "2026-01-13T02:11:09Z 120000 500000USD\n" },
	{ "start_gmt,duration_ms,price eur\n2026-01-13 02:11:09,1500,0.5\n",
	    "2026-01-13T02:11:09Z 1500 500000EUR\n" },
	{ "START [utc],Duration [secs],price_Usd\n2026-01-13 02:11:09,2,1\n",
	    "2026-01-13T02:11:09Z 2000 1000000USD\n" },
	{ "start,Duration (hh:mm:ss),price\n2026-01-13 02:11:09,0:01:02,\n",
	    "2026-01-13T02:11:09Z? 62000\n" },
	/* an offset in the record is nearer */
	{ "Start (UTC),talk\n2026-01-13T02:11:09+01:00,2\n",
	    "2026-01-13T01:11:09Z 2000\n" },
	/* one of two columns that make a stamp */
	{ "Date,Time (UTC),talk\n2026-01-13,02:11:09,2\n",
	    "2026-01-13T02:11:09Z 2000\n" },
	{ "Date (UTC),Time,talk\n2026-01-13,02:11:09,2\n",
	    "2026-01-13T02:11:09Z 2000\n" },
	/* the whole name is better than one without its unit */
	{ "duration (min),Talk (sec),start\n9,2,2026-01-13 02:11:09\n",
	    "2026-01-13T02:11:09Z? 2000\n" },
	/* no unit: another name */
	{ "Start (local time),talk,start\nx,2,2026-01-13 02:11:09\n",
	    "2026-01-13T02:11:09Z? 2000\n" },
	/* the record's own currency, in capitals or not */
	{ "start,Price (USD),currency\n2026-01-13 02:11:09,1,eur\n"
	  "2026-01-13 02:11:09,1,\n2026-01-13 02:11:09,,EUR\n",
	    "2026-01-13T02:11:09Z? 0 1000000EUR\n"
	    "2026-01-13T02:11:09Z? 0 1000000USD\n"
	    "2026-01-13T02:11:09Z? 0\n" },
	/* several columns of a cost are added */
	{ "start,price,Tax (USD)\n2026-01-13 02:11:09,1.5,0.25\n"
	  "2026-01-13 02:11:09,--,0.25\n2026-01-13 02:11:09,x,0.25\n",
	    "2026-01-13T02:11:09Z? 0 1750000CHF\n"
	    "2026-01-13T02:11:09Z? 0 250000USD\n"
	    "price: not an amount: 'x'\n" },
	/* the first alternative that the pattern takes */
	{ "start,to,to_name\n2026-01-13 02:11:09,sip:204,205\n"
	  "2026-01-13 02:11:09,sip:ann@pbx,205\n"
	  "2026-01-13 02:11:09,ann,ben\n",
	    "2026-01-13T02:11:09Z? 0 dst=204\n"
	    "2026-01-13T02:11:09Z? 0 dst=205\n"
	    "2026-01-13T02:11:09Z? 0\n" },
	/* a plus where it is missing; a text that not all records have */
	{ "start,from,to_name,kind\n2026-01-13 02:11:09,12125550142,9,forward\n"
	  "2026-01-13 02:11:09,+12125550142,9,other\n"
	  "2026-01-13 02:11:09,0125550142,,forward\n",
	    "2026-01-13T02:11:09Z? 0 src=+12125550142 dst=9 by=9\n"
	    "2026-01-13T02:11:09Z? 0 src=+12125550142 dst=9\n"
	    "2026-01-13T02:11:09Z? 0 src=0125550142\n" },
	/* what a record above leaves to those below it, and nothing older */
	{ "start,from,to_name,kind\n2026-01-13 02:11:09,201,9,\n"
	  "2026-01-13 02:11:10,,,forward\n2026-01-13 02:11:11,202,--,forward\n"
	  "2026-01-13 02:11:12,203,,\n2026-01-13 02:11:13,,,forward\n",
	    "2026-01-13T02:11:09Z? 0 src=+201 dst=9\n"
	    "2026-01-13T02:11:10Z? 0 src=+201 dst=9 by=9\n"
	    "2026-01-13T02:11:11Z? 0 src=+202 dst=9 by=9\n"
	    "2026-01-13T02:11:12Z? 0 src=+203\n"
	    "2026-01-13T02:11:13Z? 0 src=+203\n" },
	/* a header without a time is none */
	{ "Amount (USD),(),to\n1,2,3\n", "above it nothing names columns\n"
					 "above it nothing names columns\n" },
};

static void
test_headers(void **state)
{
	struct buf got;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(files); i++) {
		buf_init(&got);
		decode_all(files[i].text, &got);
		if (strcmp(got.data, files[i].want) != 0)
			fail_msg("%s\ngave\n%snot\n%s", files[i].text, got.data,
			    files[i].want);
		buf_fini(&got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
