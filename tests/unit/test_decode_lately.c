#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "cdr/decode.h"
#include "cdr/rows.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define LATEST   INT64_C(1768348800000)

/* Each kind of text, and two that go to one place. */
static const char toy[] =
    "{ \"cdrlayout\": 1, \"id\": \"toy\", \"title\": \"Toy\","
    "  \"evidence\": \"documented\", \"order\": \"free\","
    "  \"container\": \"rows\", \"delimiter\": \",\", \"quote\": \"\\\"\","
    "  \"columns\": [\"time\", \"src\", \"dst\", \"user\", \"in\", \"out\","
    "    \"trunk\", \"service\", \"action\", \"id\"],"
    "  \"fields\": {"
    "    \"start\": { \"column\": \"time\","
    "      \"stamp\": \"%Y-%m-%d %H:%M:%S\" },"
    "    \"src\": \"src\", \"dst\": \"dst\", \"account\": \"user\","
    "    \"channel_in\": \"in\", \"channel_out\": \"out\","
    "    \"trunk_out\": \"trunk\", \"service\": \"service\","
    "    \"action\": \"action\", \"call_id\": \"id\" },"
    "  \"recognise\": [{ \"time\": \"start\" }] }";

/* What may stand in a cell: of all lengths that matter, and nearly equal. */
static const char *const texts[] = { "", "2", "20", "201", "2010",
	"12125550142", "+442079460142", "+4420794601420", "+44207946014201",
	"+442079460142012", "+4420794601420123", "+44207946014201234",
	"9.71E+11", "\"9,71E+11\"", "9E+1", "SIP/9-0000001a", "SIP/9-0000001b",
	"SIP/9-1", "SIP/9-", "SIP/9", "9-0000001a", "-0000001a", "0000001a",
	"PJSIP/carrier-two-00000abc", "PJSIP/carrier-two-00000ABC;2",
	"Local/201@ctx-0000000e;2", "Dial", "dial", "\"\"\"Kit\"\" <2>\"",
	"\"2,0\"" };

enum { CELLS = 8, ROUNDS = 3000 };

static uint32_t
draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 16) % below;
}

static void
add_rows(struct buf *b)
{
	uint32_t seed = 12, i, k;

	for (i = 0; i < ROUNDS; i++) {
		buf_addstr(b, "2026-01-13 02:11:09");
		for (k = 0; k < CELLS; k++) {
			buf_addch(b, ',');
			if (draw(&seed, 2) == 0)
				buf_addstr(b, texts[draw(&seed, COUNT(texts))]);
			else /* more than are noted */
				buf_addf(b, "%u", draw(&seed, 20000));
		}
		/* Like a call id. */
		buf_addf(b, ",%u\n", i / 2);
	}
}

/* Texts that must be there: only the second may have been read lately. */
static const char strict[] =
    "{ \"cdrlayout\": 1, \"id\": \"toy\", \"title\": \"Toy\","
    "  \"evidence\": \"documented\", \"order\": \"free\","
    "  \"container\": \"rows\", \"delimiter\": \",\", \"quote\": \"\\\"\","
    "  \"columns\": [\"time\", \"a\", \"b\"],"
    "  \"fields\": {"
    "    \"start\": { \"column\": \"time\","
    "      \"stamp\": \"%Y-%m-%d %H:%M:%S\" },"
    "    \"src\": { \"column\": \"a\", \"regex\": \"^s(.+)$\","
    "      \"required\": true },"
    "    \"dst\": { \"column\": \"b\", \"required\": true } },"
    "  \"recognise\": [{ \"time\": \"start\" }] }";

static struct layouts *
load(const char *text)
{
	struct layouts *ls = layouts_new();
	struct notes notes;

	notes_init(&notes);
	if (layouts_parse(ls, text, strlen(text), "toy.json", &notes) != 0)
		fail_msg("%s", notes.list[0].text);
	notes_fini(&notes);
	return ls;
}

static void
show(const struct batch *b, const struct call *c, const struct origin *o,
    const struct decoder *d, struct buf *out)
{
	const uint32_t ids[] = { c->src, c->dst, c->account, c->trunk_in,
		c->trunk_out, o->service, o->call_id };
	size_t i;

	for (i = 0; i < COUNT(ids); i++)
		buf_addf(out, "%s ", batch_text(b, ids[i]));
	buf_addf(out, "%lld %u\n", (long long)d->rounded, (unsigned)o->stated);
}

/* Every row; `anew`: by a decoder that knows no text yet. */
static void
decode_all(const struct buf *rows, bool anew, struct buf *out)
{
	struct layouts *ls = load(toy);
	const struct layout *l = layouts_at(ls, 0);
	const struct layout_form form = layout_form(l);
	struct batch *b = batch_new();
	struct rows *r = rows_memory(rows->data, rows->len, l, &form);
	struct errmsg reason;
	struct decoder d;
	struct csvrow row;
	uint32_t column;

	decoder_init(&d, l, &form, b, LATEST);
	while (rows_next(r, &row, NULL) == 1) {
		struct origin origin = { 0 };
		struct call call = { 0 };

		d.rounded = 0;
		if (anew)
			decode_lately_forget(d.lately);
		assert_int_equal(decode_row(&d, &row, &call, &origin, &column,
				     &reason),
		    DECODE_CALL);
		show(b, &call, &origin, &d, out);
	}
	rows_free(&r);
	decoder_fini(&d);
	batch_free(&b);
	layouts_free(&ls);
}

/*
 * The same by a decoder of each row, as by those of small files: after one
 * another they share what was read lately into their batch.
 */
static void
decode_after(const struct buf *rows, struct buf *out)
{
	struct decode_lately *lately = decode_lately_new();
	struct layouts *ls = load(toy);
	const struct layout *l = layouts_at(ls, 0);
	const struct layout_form form = layout_form(l);
	struct batch *b = batch_new();
	struct rows *r = rows_memory(rows->data, rows->len, l, &form);
	struct errmsg reason;
	struct decoder d;
	struct csvrow row;
	uint32_t column;

	while (rows_next(r, &row, NULL) == 1) {
		struct origin origin = { 0 };
		struct call call = { 0 };

		decoder_init_after(&d, l, &form, b, LATEST, lately);
		assert_int_equal(decode_row(&d, &row, &call, &origin, &column,
				     &reason),
		    DECODE_CALL);
		show(b, &call, &origin, &d, out);
		decoder_fini(&d);
	}
	rows_free(&r);
	batch_free(&b);
	layouts_free(&ls);
	decode_lately_free(&lately);
}

/* What was read before does not matter to what a text is. */
static void
test_same(void **state)
{
	struct buf rows, wanted, got;

	(void)state;
	buf_init(&rows);
	buf_init(&wanted);
	buf_init(&got);
	add_rows(&rows);
	decode_all(&rows, true, &wanted);
	decode_all(&rows, false, &got);
	assert_true(wanted.len > 0);
	assert_string_equal(got.data, wanted.data);
	buf_reset(&got);
	decode_after(&rows, &got);
	assert_string_equal(got.data, wanted.data);
	buf_fini(&rows);
	buf_fini(&wanted);
	buf_fini(&got);
}

/* Without a row that is packed nothing is noted: the last one never is. */
static void
test_known(void **state)
{
	static const char *const lines[] = {
		"2026-01-13 02:11:09,201,202,201,SIP/9-0000001a,SIP/9-0000001b,"
		"t,Dial,Dial,1\n",
		"2026-01-13 02:11:09,9.71E+11,9.71E+11,9.71E+11,SIP/9,SIP/9-,,"
		"Dial,Queue,2\n"
	};
	static const char wanted[] = "201 202 201 SIP/9- t Dial 1 0 2\n"
				     "971 971 971 SIP/9 SIP/9- Queue 2 1 0\n";
	struct buf rows, got;
	size_t i;
	char *p;

	(void)state;
	buf_init(&rows);
	buf_init(&got);
	for (i = 0; i < 3 * COUNT(lines); i++)
		buf_addstr(&rows, lines[i % COUNT(lines)]);
	decode_all(&rows, false, &got);
	/* For the eye: "9.71E+11" as 971. */
	while ((p = strstr(got.data, "9.71E+11")) != NULL) {
		memcpy(p, "971", 3);
		memmove(p + 3, p + 8, strlen(p + 8) + 1);
	}
	for (i = 0; i < 3; i++)
		assert_memory_equal(got.data + i * (sizeof(wanted) - 1), wanted,
		    sizeof(wanted) - 1);
	buf_fini(&rows);
	buf_fini(&got);
}

/* A row of `strict` with others behind it: why it is refused. */
static void
refuse(const char *a, const char *b, struct errmsg *reason)
{
	struct layouts *ls = load(strict);
	const struct layout *l = layouts_at(ls, 0);
	const struct layout_form form = layout_form(l);
	struct batch *batch = batch_new();
	struct origin origin = { 0 };
	struct call call = { 0 };
	struct decoder d;
	struct csvrow row;
	struct rows *r;
	uint32_t column;
	struct buf text;

	buf_init(&text);
	buf_addf(&text, "2026-01-13 02:11:09,%s,%s\n", a, b);
	buf_addstr(&text, "2026-01-13 02:11:09,s201,202\n");
	buf_addstr(&text, "2026-01-13 02:11:09,s201,202\n");
	decoder_init(&d, l, &form, batch, LATEST);
	r = rows_memory(text.data, text.len, l, &form);
	assert_int_equal(rows_next(r, &row, NULL), 1);
	assert_non_null(row.packed);
	assert_int_equal(decode_row(&d, &row, &call, &origin, &column, reason),
	    DECODE_REJECT);
	rows_free(&r);
	decoder_fini(&d);
	batch_free(&batch);
	layouts_free(&ls);
	buf_fini(&text);
}

/* Of two texts that are refused the first is told, whichever is looked up. */
static void
test_first_refused(void **state)
{
	struct errmsg reason;
	struct buf text;

	(void)state;
	buf_init(&text);
	buf_fill(&text, 's', BOUNDS_FIELD + 1);
	refuse("", "", &reason);
	assert_string_equal(reason.text, "a: empty: ''");
	refuse("s201", "", &reason);
	assert_string_equal(reason.text, "b: empty: ''");
	refuse(text.data, "", &reason);
	assert_memory_equal(reason.text, "a: too long: 'ss", 16);
	refuse("s201", text.data, &reason);
	assert_memory_equal(reason.text, "b: too long: 'ss", 16);
	refuse(text.data, text.data, &reason);
	assert_memory_equal(reason.text, "a: too long: 'ss", 16);
	buf_fini(&text);
}

/* Rows may be short, and of a name nobody asks for more than that it is there. */
static const char loose[] =
    "{ \"cdrlayout\": 1, \"id\": \"toy\", \"title\": \"Toy\","
    "  \"evidence\": \"documented\", \"order\": \"free\","
    "  \"container\": \"rows\", \"delimiter\": \",\", \"quote\": \"\\\"\","
    "  \"columns\": [\"time\", \"a\", \"b\", \"c\"], \"width\": \"any\","
    "  \"fields\": {"
    "    \"start\": { \"column\": \"time\","
    "      \"stamp\": \"%%Y-%%m-%%d %%H:%%M:%%S\" },"
    "    \"src\": \"a\", \"dst\": { \"column\": [\"b\", \"a\"] },"
    "    \"src_name\": { \"column\": \"c\", \"required\": %s } },"
    "  \"recognise\": [{ \"time\": \"start\" }] }";

/* The first of these rows and, of the same reader, the second. */
static void
decode_second(const char *required, const char *first, const char *second,
    struct buf *out)
{
	struct batch *b = batch_new();
	struct origin origin = { 0 };
	struct call call = { 0 };
	struct layout_form form;
	struct errmsg reason;
	struct layouts *ls;
	struct csvrow row;
	struct decoder d;
	struct buf text;
	struct rows *r;
	uint32_t column;

	buf_init(&text);
	buf_addf(&text, loose, required);
	ls = load(text.data);
	form = layout_form(layouts_at(ls, 0));
	buf_reset(&text);
	buf_addf(&text, "%s\n%s\n%s\n%s\n", first, second, first, first);
	b->no_src_names = true;
	decoder_init(&d, layouts_at(ls, 0), &form, b, LATEST);
	r = rows_memory(text.data, text.len, layouts_at(ls, 0), &form);
	assert_int_equal(rows_next(r, &row, NULL), 1);
	assert_int_equal(decode_row(&d, &row, &call, &origin, &column, &reason),
	    DECODE_CALL);
	assert_int_equal(rows_next(r, &row, NULL), 1);
	assert_non_null(row.packed);
	memset(&call, 0, sizeof(call));
	buf_reset(out);
	if (decode_row(&d, &row, &call, &origin, &column, &reason) ==
	    DECODE_CALL)
		buf_addf(out, "%s>%s", batch_text(b, call.src),
		    batch_text(b, call.dst));
	else
		buf_addstr(out, reason.text);
	rows_free(&r);
	decoder_fini(&d);
	batch_free(&b);
	layouts_free(&ls);
	buf_fini(&text);
}

/*
 * Cells that are not there are empty, whatever the row before had there, and
 * where one is empty the next alternative counts.
 */
static void
test_short_rows(void **state)
{
#define WHEN "2026-01-13 02:11:09,"
	static const char whole[] = WHEN "201,202,Kit";
	static const struct {
		const char *required, *row, *want;
	} cases[] = {
		{ "false", WHEN "203,204,Kit", "203>204" },
		{ "false", WHEN "203,204", "203>204" },
		{ "false", WHEN "203", "203>203" },
		{ "false", WHEN "203,,Kit", "203>203" },
		{ "false", WHEN ",204,", ">204" },
		{ "true", WHEN "203,204,Kit", "203>204" },
		{ "true", WHEN "203,204,", "c: empty: ''" },
		{ "true", WHEN "203,204", ": empty: ''" },
		{ "true", WHEN "203", ": empty: ''" },
	};
	struct buf got;
	size_t i;

	(void)state;
	buf_init(&got);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		decode_second(cases[i].required, whole, cases[i].row, &got);
		assert_string_equal(got.data, cases[i].want);
	}
	buf_fini(&got);
}

/* As many texts as may be noted, the last one sometimes made of two cells. */
static const char many[] =
    "{ \"cdrlayout\": 1, \"id\": \"toy\", \"title\": \"Toy\","
    "  \"evidence\": \"documented\", \"order\": \"free\","
    "  \"container\": \"rows\", \"delimiter\": \",\", \"quote\": \"\\\"\","
    "  \"columns\": [\"time\", \"src\", \"dst\", \"dialled\", \"by\", \"account\","
    "    \"user\", \"in\", \"out\", \"name\", \"service\", \"id\", \"auth\"],"
    "  \"fields\": {"
    "    \"start\": { \"column\": \"time\","
    "      \"stamp\": \"%Y-%m-%d %H:%M:%S\" },"
    "    \"src\": \"src\", \"dst\": \"dst\", \"dialled\": \"dialled\","
    "    \"forwarded_by\": \"by\", \"account\": \"account\","
    "    \"user\": \"user\", \"channel_in\": \"in\","
    "    \"channel_out\": \"out\", \"src_name\": \"name\","
    "    \"service\": \"service\","
    "    \"call_id\": { \"column\": \"id\", \"required\": true },"
    "    \"auth_code\": { \"column\": [\"auth\", [\"src\", \"dst\"]] } },"
    "  \"recognise\": [{ \"time\": \"start\" }] }";

/* The texts of each row, or why it is refused. */
static void
decode_many(const char *text, struct buf *out)
{
	struct layouts *ls = load(many);
	const struct layout *l = layouts_at(ls, 0);
	const struct layout_form form = layout_form(l);
	struct batch *b = batch_new();
	struct rows *r = rows_memory(text, strlen(text), l, &form);
	struct origin origin;
	struct call call;
	struct errmsg reason;
	struct decoder d;
	struct csvrow row;
	uint32_t column;

	decoder_init(&d, l, &form, b, LATEST);
	while (rows_next(r, &row, NULL) == 1) {
		memset(&origin, 0, sizeof(origin));
		memset(&call, 0, sizeof(call));
		if (decode_row(&d, &row, &call, &origin, &column, &reason) !=
		    DECODE_CALL) {
			buf_addf(out, "%s|", reason.text);
			continue;
		}
		show(b, &call, &origin, &d, out);
		buf_cut(out, out->len - 1);
		buf_addf(out, " %s %s %s %s %s|", batch_text(b, call.dialled),
		    batch_text(b, d.extras.ids[EXTRA_FORWARDED_BY]),
		    batch_text(b, call.user),
		    batch_text(b, d.extras.ids[EXTRA_SRC_NAME]),
		    batch_text(b, d.extras.ids[EXTRA_AUTH_CODE]));
	}
	rows_free(&r);
	decoder_fini(&d);
	batch_free(&b);
	layouts_free(&ls);
}

/* Texts that were to be noted are noted once, whoever reads the row anew. */
static void
test_read_anew(void **state)
{
	static const char records[] =
	    WHEN "s,d,l,f,a,u,SIP/i-1a2b,SIP/o-1a2b,Kit,Dial,1,\n" WHEN
		 "s,d,l,f,a,u,SIP/i-1a2b,SIP/o-1a2b,Kit,Dial,2,1234\n" WHEN
		 "t,e,m,g,b,v,SIP/j-1a2b,SIP/p-1a2b,Ann,Park,3,\n" WHEN
		 "x,x,x,x,x,x,x,x,x,x,4,x\n";
	struct buf got;

	(void)state;
	buf_init(&got);
	decode_many(records, &got);
	assert_string_equal(got.data,
	    "s d a SIP/i- SIP/o- Dial 1 0 0 l f u Kit s d|"
	    "s d a SIP/i- SIP/o- Dial 2 0 0 l f u Kit 1234|"
	    "t e b SIP/j- SIP/p- Park 3 0 0 m g v Ann t e|"
	    "x x x x x x 4 0 0 x x x x x|");
	buf_fini(&got);
}

/* A record that is refused leaves none of its names to the next one. */
static void
test_refused(void **state)
{
	static const char records[] =
	    WHEN "s,d,l,f,a,u,SIP/i,SIP/o,Kit,Dial,,1234\n" WHEN
		 ",,,,,,,,,,2,1234\n" WHEN ",,,,,,,,,,3,1234\n";
	struct buf got;

	(void)state;
	buf_init(&got);
	decode_many(records, &got);
	assert_string_equal(got.data,
	    "id: empty: ''|      2 0 0     1234|      3 0 0     1234|");
	buf_fini(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_first_refused),
		cmocka_unit_test(test_short_rows),
		cmocka_unit_test(test_read_anew),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
