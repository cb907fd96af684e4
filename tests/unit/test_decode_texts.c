#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/intern.h"
#include "cdr/decode.h"
#include "cdr/rows.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define LATEST   INT64_C(1768348800000)

/* What texts and amounts can say of their alternatives. */
static const char toy[] =
    "{ \"cdrlayout\": 1, \"id\": \"toy\", \"title\": \"Toy\","
    "  \"evidence\": \"documented\", \"order\": \"free\","
    "  \"container\": \"rows\", \"delimiter\": \",\", \"quote\": \"\\\"\","
    "  \"columns\": [\"day\", \"hour\", \"a\", \"b\", \"price\", \"tax\"],"
    "  \"fields\": {"
    "    \"start\": { \"column\": [[\"day\", \"hour\"]],"
    "      \"stamp\": \"%Y-%m-%d %H:%M:%S\" },"
    "    \"src\": { \"column\": [\"a\", \"b\"], \"regex\": \"^s(.+)$\","
    "      \"plus\": \"^1\" },"
    "    \"src_name\": { \"column\": \"price\", \"regex\": \"^n(.+)$\" },"
    "    \"channel_in\": { \"column\": [\"a\", \"b\"],"
    "      \"regex\": \"^c(.+)$\" },"
    "    \"account\": { \"column\": [[\"hour\", \"day\"]],"
    "      \"when\": { \"all\": [{ \"time\": \"start\" },"
    "        { \"column\": \"b\", \"matches\": \"^k\" }] } },"
    "    \"cost\": { \"column\": ["
    "      { \"column\": [\"price\", \"tax\"], \"when\": { \"all\":"
    "        [{ \"column\": \"a\", \"in\": [\"both\"] }] } },"
    "      { \"column\": \"tax\", \"regex\": \"^EUR (.+)\" },"
    "      { \"column\": \"price\", \"when\": { \"all\":"
    "        [{ \"column\": \"a\", \"in\": [\"last\"] }] } }],"
    "      \"constant\": \"0.25\" } },"
    "  \"recognise\": [{ \"time\": \"start\" }] }";

static struct layouts *
load_text(const char *text)
{
	struct layouts *ls = layouts_new();
	struct notes notes;

	notes_init(&notes);
	if (layouts_parse(ls, text, strlen(text), "toy.json", &notes) != 0)
		fail_msg("%s", notes.list[0].text);
	notes_fini(&notes);
	return ls;
}

static struct layouts *
load(void)
{
	return load_text(toy);
}

static void
put(struct buf *out, const char *name, const char *text)
{
	if (text[0] != '\0')
		buf_addf(out, " %s=%s", name, text);
}

static void
show(const struct batch *b, const struct call *c, const struct call_extras *x,
    struct buf *out)
{
	buf_addf(out, "%lld", (long long)x->cost);
	put(out, "src", batch_text(b, c->src));
	put(out, "trunk", batch_text(b, c->trunk_in));
	put(out, "account", batch_text(b, c->account));
	put(out, "name", batch_text(b, x->ids[EXTRA_SRC_NAME]));
}

/* The call of a record, or why it is none; perhaps without caller names. */
static void
decode_as(const char *text, size_t len, bool no_src_names, struct buf *out)
{
	struct layouts *ls = load();
	const struct layout *l = layouts_at(ls, 0);
	struct layout_form form = layout_form(l);
	struct batch *b = batch_new();
	struct origin origin = { 0 };
	struct call call = { 0 };
	struct errmsg reason;
	struct csvrow row;
	struct decoder d;
	uint32_t column;
	struct rows *r;

	b->no_src_names = no_src_names;
	decoder_init(&d, l, &form, b, LATEST);
	r = rows_memory(text, len, l, &form);
	assert_int_equal(rows_next(r, &row, NULL), 1);
	if (decode_row(&d, &row, &call, &origin, &column, &reason) ==
	    DECODE_CALL)
		show(b, &call, &d.extras, out);
	else
		buf_addf(out, "%u: %s", (unsigned)column, reason.text);
	rows_free(&r);
	decoder_fini(&d);
	batch_free(&b);
	layouts_free(&ls);
}

static void
decode(const char *text, size_t len, struct buf *out)
{
	decode_as(text, len, false, out);
}

#define WHEN "2026-01-13,02:11:09,"

static const struct {
	const char *text, *want;
} cases[] = {
	{ WHEN "s1201,x,,", "250000 src=+1201" },
	{ WHEN "x,s201,,", "250000 src=201" },
	{ WHEN "cSIP/9,x,,", "250000 trunk=SIP/9" },
	/* what is tested does not take the place of what was joined */
	{ WHEN "s1201,x,nKit,", "250000 src=+1201 name=Kit" },
	{ WHEN "an,kit,,", "250000 account=02:11:09 2026-01-13" },
	/* each alternative of an amount has its own pattern and tests */
	{ WHEN "both,x,1.5,0.5", "2000000" },
	{ WHEN "other,x,1.5,EUR 0.5", "500000" },
	{ WHEN "other,x,1.5,0.5", "250000" },
	{ WHEN "last,x,1.5,0.5", "1500000" },
	{ WHEN "both,x,1.5,?", "6: tax: not an amount: '?'" },
	{ WHEN "other,x,?,0.5", "250000" },
};

static void
test_cases(void **state)
{
	struct buf got;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		buf_init(&got);
		decode(cases[i].text, strlen(cases[i].text), &got);
		if (strcmp(got.data, cases[i].want) != 0)
			fail_msg("%s\ngave %s\nnot %s", cases[i].text, got.data,
			    cases[i].want);
		buf_fini(&got);
	}
}

/* A text as long as one can be, and one that is longer, behind a short one. */
static void
test_long(void **state)
{
	static const char *const begins[] = { "s1", "c1" };
	struct buf text, got;
	size_t i, more;

	(void)state;
	for (i = 0; i < COUNT(begins); i++) {
		for (more = 0; more < 2; more++) {
			buf_init(&text);
			buf_init(&got);
			buf_addf(&text, WHEN "x,%s", begins[i]);
			buf_fill(&text, '7', BOUNDS_FIELD - 1 + more);
			buf_addstr(&text, ",,");
			decode(text.data, text.len, &got);
			if (more == 0)
				assert_true(got.len > BOUNDS_FIELD);
			else
				assert_memory_equal(got.data,
				    "4: b: too long: '1777", 21);
			buf_fini(&text);
			buf_fini(&got);
		}
	}
}

/* Nobody asks for the name, but it counts for what is no record. */
static void
test_no_names(void **state)
{
	static const char with_name[] = WHEN "s1201,x,nKit,";
	struct buf text, got;

	(void)state;
	buf_init(&got);
	decode_as(with_name, sizeof(with_name) - 1, true, &got);
	assert_string_equal(got.data, "250000 src=+1201");
	buf_init(&text);
	buf_addstr(&text, WHEN "s1201,x,n");
	buf_fill(&text, '7', BOUNDS_FIELD);
	buf_addstr(&text, ",");
	buf_reset(&got);
	decode_as(text.data, text.len, true, &got);
	assert_memory_equal(got.data, "5: price: too long: 'n777", 25);
	buf_fini(&text);
	buf_fini(&got);
}

/* Texts of which only the fields in question are told. */
static const char ids[] =
    "{ \"cdrlayout\": 1, \"id\": \"toy\", \"title\": \"Toy\","
    "  \"evidence\": \"documented\", \"order\": \"free\","
    "  \"container\": \"rows\", \"delimiter\": \",\", \"quote\": \"\\\"\","
    "  \"columns\": [\"time\", \"a\", \"b\", \"c\"],"
    "  \"fields\": {"
    "    \"start\": { \"column\": \"time\","
    "      \"stamp\": \"%%Y-%%m-%%d %%H:%%M:%%S\" },"
    "    \"dst\": { \"column\": \"c\", \"plus\": \"^1\" },"
    "    \"call_id\": %s, \"join\": %s },"
    "  \"recognise\": [{ \"time\": \"start\" }] }";

/* What is written with ' for ", as it is read. */
static void
add_fields(struct buf *text, const char *id, const char *join)
{
	size_t i;

	buf_addf(text, ids, id, join);
	for (i = 0; i < text->len; i++)
		if (text->data[i] == '\'')
			text->data[i] = '"';
}

/* "id,join of its own", or "id,same". */
static void
show_ids(const struct batch *b, const struct origin *o,
    const struct call_extras *x, struct buf *out)
{
	char room[INTERN_ROOM];

	buf_addstr(out, intern_read(b->names, o->call_id, room));
	buf_addf(out, ",%s%s", intern_read(b->names, x->ids[EXTRA_JOIN], room),
	    o->joins_by_id ? "same" : "");
	/* Nobody looks for it by its text. */
	assert_true(o->call_id == 0 || (o->call_id & INTERN_KEPT));
}

/* Of the first of some rows, which is packed. */
static void
decode_ids(const char *id, const char *join, const char *row, struct buf *out)
{
	struct batch *b = batch_new();
	struct origin origin = { 0 };
	struct call call = { 0 };
	struct layout_form form;
	struct errmsg reason;
	struct layouts *ls;
	struct csvrow first;
	struct decoder d;
	uint32_t column;
	struct rows *r;
	struct buf text;

	buf_init(&text);
	add_fields(&text, id, join);
	ls = load_text(text.data);
	form = layout_form(layouts_at(ls, 0));
	buf_reset(&text);
	buf_addf(&text, "2026-01-13 02:11:09,%s\n", row);
	buf_addstr(&text, "2026-01-13 02:11:09,,,\n2026-01-13 02:11:09,,,\n");
	b->keep_ids = true;
	decoder_init(&d, layouts_at(ls, 0), &form, b, LATEST);
	r = rows_memory(text.data, text.len, layouts_at(ls, 0), &form);
	assert_int_equal(rows_next(r, &first, NULL), 1);
	assert_non_null(first.packed);
	assert_int_equal(decode_row(&d, &first, &call, &origin, &column,
			     &reason),
	    DECODE_CALL);
	show_ids(b, &origin, &d.extras, out);
	put(out, "dst", batch_text(b, call.dst));
	rows_free(&r);
	decoder_fini(&d);
	batch_free(&b);
	layouts_free(&ls);
	buf_fini(&text);
}

#define IF_B "'when': { 'all': [{ 'column': 'b', 'filled': true }] }"

/* One id for the call and for joining it, or two that are not the same. */
static void
test_ids(void **state)
{
	static const struct {
		const char *id, *join, *row, *want;
	} rows[] = {
		{ "'a'", "'a'", "x,,", "x,same" },
		{ "'a'", "'a'", ",,", "," },
		{ "'a'", "'b'", "x,y,", "x,y" },
		{ "'a'", "'b'", "x,x,", "x,same" },
		{ "'a'", "{ 'column': ['a', 'b'] }", "x,y,", "x,same" },
		{ "'a'", "{ 'column': ['a', 'b'] }", ",y,", ",y" },
		{ "{ 'column': [['a', 'b']] }", "{ 'column': [['a', 'b']] }",
		    "y,x,", "y x,same" },
		{ "{ 'column': [['a', 'b']] }",
		    "{ 'column': [['a', 'b']], 'least': true }", "y,x,",
		    "y x,x" },
		{ "{ 'column': [{ 'column': 'a', " IF_B " }] }", "'a'", "x,y,",
		    "x,same" },
		{ "{ 'column': [{ 'column': 'a', " IF_B " }, 'c'] }",
		    "{ 'column': ['a', 'c'] }", "x,,z", "z,x dst=z" },
		{ "{ 'column': [{ 'column': 'a',"
		  " 'regex': '^(.)' }] }",
		    "'a'", "xy,,", "x,xy" },
		{ "{ 'column': 'a', 'regex': '^(.)' }", "'a'", "xy,,", "x,xy" },
		{ "{ 'column': 'a', 'plus': '^1' }", "'a'", "12,,", "+12,12" },
		{ "'a'", "{ 'column': 'a', " IF_B " }", "x,,", "x," },
		{ "'a'", "{ 'column': 'a', " IF_B " }", "x,y,", "x,same" },
		{ "'a'", "'a'", "x,,12", "x,same dst=+12" },
	};
	struct buf got;
	size_t i;

	(void)state;
	buf_init(&got);
	for (i = 0; i < COUNT(rows); i++) {
		buf_reset(&got);
		decode_ids(rows[i].id, rows[i].join, rows[i].row, &got);
		if (strcmp(got.data, rows[i].want) != 0)
			fail_msg("%s and %s of %s:\ngave %s\nnot %s",
			    rows[i].id, rows[i].join, rows[i].row, got.data,
			    rows[i].want);
	}
	buf_fini(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_no_names),
		cmocka_unit_test(test_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
