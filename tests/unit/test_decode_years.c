#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cdr/decode.h"
#include "cdr/rows.h"
#include "layout_files.h"
#include "tel/calltime.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* 2026-02-01 00:00:00 UTC */
#define LATEST INT64_C(1769904000000)

/* Start, answer and end without year; a record may lack any. */
static const char layout_text[] =
    "{ \"cdrlayout\": 1, \"id\": \"yearless\", \"title\": \"x\",\n"
    "  \"evidence\": \"documented\", \"order\": \"file\",\n"
    "  \"container\": \"rows\", \"delimiter\": \",\", \"quote\": null,\n"
    "  \"columns\": [\"start\", \"answer\", \"end\", \"total\", \"src\"],\n"
    "  \"fields\": {\n"
    "    \"START\": { \"column\": \"COLUMN\", \"stamp\": \"%m/%d %H:%M\" },\n"
    "    \"answer\": { \"column\": \"answer\", \"stamp\": \"%m/%d %H:%M\" },\n"
    "    \"end\": { \"column\": \"end\", \"stamp\": \"%m/%d %H:%M\" },\n"
    "    \"total\": { \"column\": \"total\", \"unit\": \"s\" },\n"
    "    \"src\": \"src\"\n"
    "  },\n"
    "  \"answered\": { \"all\": [{ \"column\": \"answer\",\n"
    "    \"filled\": true }] },\n"
    "  \"recognise\": [{ \"column\": \"src\", \"filled\": true }]\n"
    "}\n";

/* Whether the record's first time is its start or its end. */
static struct layouts *
make_layout(bool start)
{
	struct layouts *ls = layouts_new();
	struct notes notes;
	const char *at;
	struct buf b;

	buf_init(&b);
	at = strstr(layout_text, "    \"START\"");
	buf_add(&b, layout_text, (size_t)(at - layout_text));
	if (start)
		buf_addstr(&b, "\"start\": { \"column\": \"start\","
			       " \"stamp\": \"%m/%d %H:%M\" },");
	buf_addstr(&b, strstr(at, "\n    \"answer\""));
	notes_init(&notes);
	assert_int_equal(layouts_parse(ls, b.data, b.len, "x.json", &notes), 0);
	notes_fini(&notes);
	buf_fini(&b);
	return ls;
}

/* What becomes of each record: "2025-12-31T23:59:00Z 5+60;", or why not. */
static void
decode_all(const struct layout *l, const char *text, int year,
    struct decode_years *years, struct buf *out)
{
	const struct layout_form form = layout_form(l);
	struct batch *batch = batch_new();
	struct errmsg reason;
	struct decoder d;
	struct origin o;
	struct csvrow row;
	struct rows *r;
	struct call c;
	uint32_t column;

	decoder_init(&d, l, &form, batch, LATEST);
	d.years.stated = year;
	r = rows_memory(text, strlen(text), l, &form);
	while (rows_next(r, &row, NULL) == 1) {
		memset(&c, 0, sizeof(c));
		memset(&o, 0, sizeof(o));
		if (decode_row(&d, &row, &c, &o, &column, &reason) ==
		    DECODE_CALL) {
			time_rfc3339(out, c.start);
			buf_addf(out, " %u+%u;", (unsigned)(c.ring / 1000),
			    (unsigned)(c.duration / 1000));
		} else {
			buf_addf(out, "%s;", reason.text);
		}
	}
	*years = d.years;
	rows_free(&r);
	decoder_fini(&d);
	batch_free(&batch);
}

static const struct {
	int stated;
	const char *records, *calls;
	int first, last; /* assumed */
} cases[] = {
	/* The latest year that is not in the future, each by itself. */
	{ 0, "01/31 23:59,,,9,1\n02/01 00:00,,,9,1\n02/01 00:01,,,9,1\n",
	    "2026-01-31T23:59:00Z 9+0;2026-02-01T00:00:00Z 9+0;"
	    "2025-02-01T00:01:00Z 9+0;",
	    2025, 2026 },
	{ 0, "12/31 23:58,,,9,1\n01/01 00:01,,,9,1\n12/31 23:59,,,9,1\n",
	    "2025-12-31T23:58:00Z 9+0;2026-01-01T00:01:00Z 9+0;"
	    "2025-12-31T23:59:00Z 9+0;",
	    2025, 2026 },
	{ 0, "02/29 10:00,,,9,1\n", "2024-02-29T10:00:00Z 9+0;", 2024, 2024 },
	{ 0, "13/29 10:00,,,9,1\n", "start: not a time: '13/29 10:00';", 0, 0 },
	/* Stated: that of the first record; January follows December. */
	{ 2024, "12/30 10:00,,,9,1\n12/31 10:00,,,9,1\n01/01 10:00,,,9,1\n",
	    "2024-12-30T10:00:00Z 9+0;2024-12-31T10:00:00Z 9+0;"
	    "2025-01-01T10:00:00Z 9+0;",
	    0, 0 },
	/* A long call is written after shorter ones. */
	{ 2024,
	    "12/31 10:00,,,9,1\n01/01 00:02,,,9,1\n12/31 23:50,,,9,1\n"
	    "01/01 00:09,,,9,1\n",
	    "2024-12-31T10:00:00Z 9+0;2025-01-01T00:02:00Z 9+0;"
	    "2024-12-31T23:50:00Z 9+0;2025-01-01T00:09:00Z 9+0;",
	    0, 0 },
	/* A quiet winter, a quiet summer, and two turns of the year. */
	{ 2022,
	    "11/30 10:00,,,9,1\n02/03 10:00,,,9,1\n10/04 10:00,,,9,1\n"
	    "01/05 10:00,,,9,1\n",
	    "2022-11-30T10:00:00Z 9+0;2023-02-03T10:00:00Z 9+0;"
	    "2023-10-04T10:00:00Z 9+0;2024-01-05T10:00:00Z 9+0;",
	    0, 0 },
	/* Six months back is no turn: records out of order. */
	{ 2024, "07/01 10:00,,,9,1\n01/01 10:00,,,9,1\n",
	    "2024-07-01T10:00:00Z 9+0;2024-01-01T10:00:00Z 9+0;", 0, 0 },
	/* The turn reaches a day that is there only in leap years. */
	{ 2023, "12/31 10:00,,,9,1\n02/29 10:00,,,9,1\n",
	    "2023-12-31T10:00:00Z 9+0;2024-02-29T10:00:00Z 9+0;", 0, 0 },
	{ 2023, "02/29 10:00,,,9,1\n03/01 10:00,,,9,1\n",
	    "start: not a day of that year: '02/29 10:00';"
	    "2023-03-01T10:00:00Z 9+0;",
	    0, 0 },
	/* What is no call moves nothing. */
	{ 2024, "12/31 10:00,,,9,1\n01/01 10:00,,,x,1\n12/31 11:00,,,9,1\n",
	    "2024-12-31T10:00:00Z 9+0;total: not a duration: 'x';"
	    "2024-12-31T11:00:00Z 9+0;",
	    0, 0 },
	{ 2026, "02/01 00:01,,,9,1\n", "start: in the future: '02/01 00:01';",
	    0, 0 },
	/* A call over midnight: all its times are of one call. */
	{ 0, "12/31 23:58,12/31 23:59,01/01 00:03,,1\n",
	    "2025-12-31T23:58:00Z 60+240;", 2025, 2025 },
	{ 2024, "12/31 23:58,01/01 00:00,01/01 00:03,,1\n",
	    "2024-12-31T23:58:00Z 120+180;", 0, 0 },
};

static void
test_years(void **state)
{
	struct layouts *ls = make_layout(true);
	struct decode_years years;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < COUNT(cases); i++) {
		buf_reset(&b);
		decode_all(layouts_at(ls, 0), cases[i].records, cases[i].stated,
		    &years, &b);
		assert_string_equal(b.data, cases[i].calls);
		assert_int_equal(years.first, cases[i].first);
		assert_int_equal(years.last, cases[i].last);
	}
	buf_fini(&b);
	layouts_free(&ls);
}

/* Start in one of two forms: only the second has its year. */
static const char both_text[] =
    "{ \"cdrlayout\": 1, \"id\": \"both\", \"title\": \"x\",\n"
    "  \"evidence\": \"documented\", \"order\": \"file\",\n"
    "  \"container\": \"rows\", \"delimiter\": \",\", \"quote\": null,\n"
    "  \"columns\": [\"start\", \"total\", \"src\"],\n"
    "  \"fields\": {\n"
    "    \"start\": { \"column\": \"start\",\n"
    "      \"stamp\": [\"%m/%d %H:%M\", \"%Y-%m-%d %H:%M\"] },\n"
    "    \"total\": { \"column\": \"total\", \"unit\": \"s\" },\n"
    "    \"src\": \"src\"\n"
    "  },\n"
    "  \"recognise\": [{ \"column\": \"src\", \"filled\": true }]\n"
    "}\n";

/* A record that has its year is not the one that others are dated by. */
static void
test_own_year(void **state)
{
	struct layouts *ls = layouts_new();
	struct decode_years years;
	struct notes notes;
	struct buf b;

	(void)state;
	buf_init(&b);
	notes_init(&notes);
	assert_int_equal(layouts_parse(ls, both_text, strlen(both_text),
			     "x.json", &notes),
	    0);
	notes_fini(&notes);
	decode_all(layouts_at(ls, 0),
	    "12/31 10:00,9,1\n2025-01-01 00:10,9,1\n01/01 10:00,9,1\n", 2024,
	    &years, &b);
	assert_string_equal(b.data,
	    "2024-12-31T10:00:00Z 9+0;2025-01-01T00:10:00Z 9+0;"
	    "2025-01-01T10:00:00Z 9+0;");
	buf_reset(&b);
	decode_all(layouts_at(ls, 0),
	    "02/29 10:00,9,1\n2025-03-01 10:00,9,1\n01/31 10:00,9,1\n", 0,
	    &years, &b);
	assert_string_equal(b.data,
	    "2024-02-29T10:00:00Z 9+0;2025-03-01T10:00:00Z 9+0;"
	    "2026-01-31T10:00:00Z 9+0;");
	assert_int_equal(years.first, 2024);
	assert_int_equal(years.last, 2026);
	buf_fini(&b);
	layouts_free(&ls);
}

/* Only the end is told: its year is that of the record. */
static void
test_ends(void **state)
{
	struct layouts *ls = make_layout(false);
	struct decode_years years;
	struct buf b;

	(void)state;
	buf_init(&b);
	decode_all(layouts_at(ls, 0),
	    ",12/31 23:59,01/01 00:01,180,1\n,,12/31 10:00,60,1\n", 0, &years,
	    &b);
	assert_string_equal(b.data,
	    "2025-12-31T23:58:00Z 60+120;2025-12-31T09:59:00Z 60+0;");
	assert_int_equal(years.first, 2025);
	assert_int_equal(years.last, 2026);
	buf_fini(&b);
	layouts_free(&ls);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_years),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_own_year),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
