#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "decoded.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A status, what decides before its words, and what makes a call answered. */
static const char toy[] =
    "{ \"cdrlayout\": 1, \"id\": \"toy\", \"title\": \"Toy\","
    "  \"evidence\": \"documented\", \"order\": \"free\","
    "  \"container\": \"rows\", \"delimiter\": \",\", \"quote\": \"\\\"\","
    "  \"columns\": [\"time\", \"how\", \"talk\"],"
    "  \"fields\": {"
    "    \"start\": { \"column\": \"time\","
    "      \"stamp\": \"%%Y-%%m-%%d %%H:%%M:%%S\" },"
    "    \"duration\": { \"column\": \"talk\", \"unit\": \"s\" },"
    "    \"status\": { \"column\": \"how\", \"required\": true, %s"
    "      \"map\": { \"UP\": \"answered\", \"NO\": \"no-answer\","
    "        \"ANOTHER TOOK IT BEFORE\": \"busy\" } } },"
    "  \"answered\": { \"%s\": [{ \"column\": \"how\", \"in\": [\"UP\"] },"
    "    { \"column\": \"talk\", \"positive\": true }] },"
    "  \"recognise\": [{ \"time\": \"start\" }] }";

static const char by_talk[] =
    "\"rules\": [{ \"is\": \"cancelled\","
    "  \"all\": [{ \"column\": \"talk\", \"empty\": true }] }],";

/* A status that no cell has alone, and a short cell that is none of it. */
static const char joined[] =
    "{ \"cdrlayout\": 1, \"id\": \"toy\", \"title\": \"Toy\","
    "  \"evidence\": \"documented\", \"order\": \"free\","
    "  \"container\": \"rows\", \"delimiter\": \",\", \"quote\": \"\\\"\","
    "  \"columns\": [\"switch\", \"time\", \"how\", \"why\"],"
    "  \"fields\": {"
    "    \"start\": { \"column\": \"time\","
    "      \"stamp\": \"%Y-%m-%d %H:%M:%S\" },"
    "    \"status\": { \"column\": [[\"how\", \"why\"]], \"map\": {"
    "      \"UP 16\": \"answered\", \"UP 17\": \"busy\" } } },"
    "  \"recognise\": [{ \"time\": \"start\" }] }";

static struct layouts *
load(const char *rules, const char *tests)
{
	struct layouts *ls;
	struct buf text;

	buf_init(&text);
	buf_addf(&text, toy, rules, tests);
	ls = decoded_layouts(text.data, text.len);
	buf_fini(&text);
	return ls;
}

static void
put_call(const struct batch *b, const struct call *c, struct buf *out)
{
	(void)b;
	buf_addf(out, "%s %u+%u\n", status_name(c->status), (unsigned)c->ring,
	    (unsigned)c->duration);
}

static void
decode_all(const struct layout *l, const struct buf *rows, bool anew,
    struct buf *out)
{
	decoded_rows(l, rows, anew, put_call, out);
}

static void
add_row(struct buf *rows, const char *how, const char *talk)
{
	buf_addf(rows, "2026-01-13 02:11:09,%s,%s\n", how, talk);
}

/* The last row is never packed, so what is asked of a text is not noted. */
static void
test_words(void **state)
{
	static const struct {
		const char *rules, *tests, *how, *talk, *want;
	} cases[] = {
		{ "", "any", "UP", "0", "answered 0+0\n" },
		{ "", "any", "NO", "0", "no-answer 0+0\n" },
		/* what else says it is asked of each record */
		{ "", "any", "NO", "9", "answered 0+9000\n" },
		{ "", "any", "NO", "", "no-answer 0+0\n" },
		/* any case is the word, but not what makes it answered */
		{ "", "any", "up", "0", "no-answer 0+0\n" },
		{ "", "any", "up", "9", "answered 0+9000\n" },
		{ "", "any", "ANOTHER TOOK IT BEFORE", "0", "busy 0+0\n" },
		{ "", "any", "?", "9", "2: how: unknown word: '?'\n" },
		{ "", "any", "", "9", "2: how: unknown word: ''\n" },
		{ "", "all", "UP", "0", "no-answer 0+0\n" },
		{ "", "all", "UP", "9", "answered 0+9000\n" },
		{ "", "all", "NO", "9", "no-answer 0+0\n" },
		{ by_talk, "any", "NO", "0", "no-answer 0+0\n" },
		{ by_talk, "any", "NO", "", "cancelled 0+0\n" },
		{ by_talk, "any", "NO", "9", "answered 0+9000\n" },
	};
	struct buf rows, got;
	struct layouts *ls;
	const char *at;
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		ls = load(cases[i].rules, cases[i].tests);
		buf_init(&rows);
		buf_init(&got);
		for (k = 0; k < 4; k++)
			add_row(&rows, cases[i].how, cases[i].talk);
		decode_all(layouts_at(ls, 0), &rows, false, &got);
		for (k = 0, at = got.data; k < 4; k++) {
			assert_memory_equal(at, cases[i].want,
			    strlen(cases[i].want));
			at += strlen(cases[i].want);
		}
		assert_int_equal(at - got.data, got.len);
		buf_fini(&rows);
		buf_fini(&got);
		layouts_free(&ls);
	}
}

/* What was read before does not matter to what a status is. */
static void
test_same(void **state)
{
	static const char *const hows[] = { "UP", "NO", "up", "no", "No", "",
		"ANOTHER TOOK IT BEFORE", "?" };
	static const char *const talks[] = { "0", "9", "" };
	static const char *const tests[] = { "any", "all" };
	struct buf rows, wanted, got;
	struct layouts *ls;
	size_t i, k;

	(void)state;
	buf_init(&rows);
	buf_init(&wanted);
	buf_init(&got);
	for (i = 0; i < 50 * COUNT(hows); i++)
		for (k = 0; k < COUNT(talks); k++)
			add_row(&rows, hows[i * i / 3 % COUNT(hows)],
			    talks[(i / 7 + k) % COUNT(talks)]);
	for (i = 0; i < 4; i++) {
		ls = load(i / 2 == 0 ? "" : by_talk, tests[i % 2]);
		decode_all(layouts_at(ls, 0), &rows, true, &wanted);
		decode_all(layouts_at(ls, 0), &rows, false, &got);
		assert_string_equal(got.data, wanted.data);
		layouts_free(&ls);
	}
	buf_fini(&rows);
	buf_fini(&wanted);
	buf_fini(&got);
}

/* What no cell has alone is not known by the first of the record. */
static void
test_joined(void **state)
{
	static const char records[] = "s1,2026-01-13 02:11:09,UP,16\n"
				      "s1,2026-01-13 02:11:09,UP,17\n"
				      "s1,2026-01-13 02:11:09,UP,16\n"
				      "s1,2026-01-13 02:11:09,UP,17\n";
	struct layouts *ls = decoded_layouts(joined, sizeof(joined) - 1);
	struct buf rows, got;

	(void)state;
	buf_init(&rows);
	buf_init(&got);
	buf_addstr(&rows, records);
	decode_all(layouts_at(ls, 0), &rows, false, &got);
	assert_string_equal(got.data, "answered 0+0\nbusy 0+0\n"
				      "answered 0+0\nbusy 0+0\n");
	buf_fini(&rows);
	buf_fini(&got);
	layouts_free(&ls);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
