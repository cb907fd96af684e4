#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "decoded.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/*
 * A switch of which each side has a cause, and the call an id of three parts:
 * what a status and an id are made of, from more than one cell.
 */
static const char toy[] =
    "{ \"cdrlayout\": 1, \"id\": \"toy\", \"title\": \"Toy\","
    "  \"evidence\": \"documented\", \"order\": \"free\","
    "  \"container\": \"rows\", \"delimiter\": \",\", \"quote\": \"\\\"\","
    "  \"trim\": %s,"
    "  \"columns\": [\"time\", \"one\", \"other\", \"talk\"],"
    "  \"fields\": {"
    "    \"start\": { \"column\": \"time\","
    "      \"stamp\": \"%%Y-%%m-%%d %%H:%%M:%%S\" },"
    "    \"duration\": { \"column\": \"talk\", \"unit\": \"s\" },"
    "    \"src\": { \"column\": [[\"one\", \"other\", \"talk\"]] },"
    "    \"status\": { \"column\": [%s],"
    "      \"map\": { \"0\": \"no-answer\", \"16\": \"answered\","
    "        \"17\": \"busy\", \"16 17\": \"cancelled\","
    "        \"16 17 9\": \"answered\", \"abcdefghi\": \"busy\" },"
    "      \"other\": \"failed\" } },"
    "  \"recognise\": [{ \"time\": \"start\" }] }";

#define CAUSE(column) \
	"{ \"column\": \"" column "\", \"regex\": \"^[1-9]\\\\d{0,2}$\" }"

static const char either[] = CAUSE("one") "," CAUSE("other") ", \"one\"";

static const char *const sources[] = {
	either,
	"[\"one\", \"other\"]",
	"[\"one\", \"other\", \"talk\"]",
	"\"one\", " CAUSE("other"),
	CAUSE("other") ", [\"other\", \"one\"]",
	"{ \"column\": \"one\", \"when\": { \"all\": ["
	"  { \"column\": \"talk\", \"positive\": true }] } }, \"other\"",
};

static struct layouts *
load(bool trim, const char *from)
{
	struct layouts *ls;
	struct buf text;

	buf_init(&text);
	buf_addf(&text, toy, trim ? "true" : "false", from);
	ls = decoded_layouts(text.data, text.len);
	buf_fini(&text);
	return ls;
}

static void
put_call(const struct batch *b, const struct call *c, struct buf *out)
{
	buf_addf(out, "%s '%s'\n", status_name(c->status),
	    intern_text(b->names, c->src));
}

static void
decode_all(const struct layout *l, const struct buf *rows, bool anew,
    struct buf *out)
{
	decoded_rows(l, rows, anew, put_call, out);
}

static void
add_row(struct buf *rows, const char *one, const char *other, const char *talk)
{
	buf_addf(rows, "2026-01-13 02:11:09,%s,%s,%s\n", one, other, talk);
}

/* The last row is never packed, so what is asked of a text is not noted. */
static void
test_words(void **state)
{
	static const struct {
		const char *one, *other, *want;
	} cases[] = {
		{ "17", "0", "busy '17 0 9'\n" },
		{ "0", "17", "busy '0 17 9'\n" },
		{ "0", "0", "no-answer '0 0 9'\n" },
		{ "16", "17", "answered '16 17 9'\n" },
		{ "17", "16", "busy '17 16 9'\n" },
		{ "", "17", "busy ''\n" },
		{ "17", "", "busy ''\n" },
		{ "", "", " ''\n" },
		{ "", "0", " ''\n" },
		{ "1", "6", "failed '1 6 9'\n" },
		{ "12345678", "17", "busy '12345678 17 9'\n" },
		{ "abcdefgh", "0", "failed 'abcdefgh 0 9'\n" },
		{ "abcdefghi", "0", "busy 'abcdefghi 0 9'\n" },
	};
	struct layouts *ls = load(false, either);
	struct buf rows, want, got;
	size_t i, k;

	(void)state;
	buf_init(&rows);
	buf_init(&want);
	buf_init(&got);
	for (k = 0; k < 3; k++)
		for (i = 0; i < COUNT(cases); i++) {
			add_row(&rows, cases[i].one, cases[i].other, "9");
			buf_addstr(&want, cases[i].want);
		}
	decode_all(layouts_at(ls, 0), &rows, false, &got);
	assert_string_equal(got.data, want.data);
	buf_fini(&rows);
	buf_fini(&want);
	buf_fini(&got);
	layouts_free(&ls);
}

/*
 * What was read before does not matter to what a status is, and where nothing
 * is padded it is no matter whether blanks are padding.
 */
static void
test_same(void **state)
{
	static const char *const causes[] = { "16", "17", "0", "", "1", "6",
		"1617", "12345678", "123456789", "abcdefghi", "\"16\"" };
	static const char *const talks[] = { "0", "9", "" };
	struct buf rows, want, got;
	struct layouts *ls;
	size_t i;

	(void)state;
	buf_init(&rows);
	buf_init(&want);
	buf_init(&got);
	for (i = 0; i < 3000; i++)
		add_row(&rows, causes[i * i / 3 % COUNT(causes)],
		    causes[i / 5 % COUNT(causes)],
		    talks[(i / 7 + i) % COUNT(talks)]);
	for (i = 0; i < 2 * COUNT(sources); i++) {
		buf_reset(&want);
		buf_reset(&got);
		ls = load(false, sources[i / 2]);
		decode_all(layouts_at(ls, 0), &rows, true, &want);
		layouts_free(&ls);
		ls = load(i % 2 == 1, sources[i / 2]);
		decode_all(layouts_at(ls, 0), &rows, false, &got);
		layouts_free(&ls);
		assert_string_equal(got.data, want.data);
	}
	buf_fini(&rows);
	buf_fini(&want);
	buf_fini(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
