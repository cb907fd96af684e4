#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "rule_text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A text replaced, and the code of what is said about it. */
static const struct {
	const char *old, *new, *code;
} refused[] = {
	/* the file */
	{ "\"cdrrules\": 1", "\"cdrrules\": 2", "E120" },
	{ "\"cdrrules\": 1", "\"cdrrules\": \"1\"", "E121" },
	{ "\"cdrrules\": 1", "\"cdrlayout\": 1", "E121" },
	{ "\"lists\"", "\"list\"", "E122" },
	{ "\"lists\"", "\"waiver\": [], \"lists\"", "E122" },
	{ "\"lists\": {", "\"lists\": [], \"x-\": {", "E304" },
	/* keys of a rule */
	{ "\"id\": \"many\",", "", "E301" },
	{ "\"description\": \"Many calls.\",", "", "E301" },
	{ "\"false_positives\": [\"A fair\"],", "", "E301" },
	{ "\"triage\": [\"Who?\", \"Where?\"],", "", "E301" },
	{ "\"when\": { \"times\": 4, \"gte\": \"$least\" },", "", "E301" },
	{ "\"by\":", "\"follows\": {}, \"by\":", "E301" },
	{ "\"by\":", "\"folows\": {}, \"by\":", "E303" },
	{ "\"x-site\"", "\"xsite\"", "E303" },
	{ "\"id\": \"many\"", "\"id\": \"Many\"", "E304" },
	{ "\"id\": \"many\"", "\"id\": \"many-\"", "E304" },
	{ "\"id\": \"many\"", "\"id\": \"ma--ny\"", "E304" },
	{ "\"id\": \"many\"", "\"id\": 7", "E304" },
	{ "\"version\": 2", "\"version\": 2.5", "E304" },
	{ "\"version\": 2", "\"version\": 0", "E307" },
	{ "\"title\": \"Many\"",
	    "\"title\": \"A title that is longer than all the sixty "
	    "characters of a line\"",
	    "E307" },
	{ "\"title\": \"Many\"", "\"title\": \"\"", "E304" },
	{ "\"status\": \"stable\"", "\"status\": \"active\"", "E308" },
	{ "\"irsf\"", "\"fraud\"", "E308" },
	{ "\"family\": \"volume\"", "\"family\": \"volumes\"", "E308" },
	{ "\"score\": 30,\n", "\"score\": 0,\n", "E307" },
	{ "\"score\": 30,\n", "\"score\": 101,\n", "E307" },
	{ "\"score\": 30,\n", "\"score\": \"high\",\n", "E304" },
	{ "[\"A fair\"]", "\"A fair\"", "E304" },
	{ "[\"A fair\"]", "[]", "E304" },
	{ "[\"A fair\"]", "[1]", "E304" },
	{ "\"waiver_needs\": [\"account\"]", "\"waiver_needs\": [\"acount\"]",
	    "E201" },
	{ "\"x-site\": 1", "\"sensitivity\": 4", "E307" },
	{ "\"x-site\": 1", "\"private\": 1", "E304" },
	{ "\"x-site\": 1", "\"created\": \"13.1.2026\"", "E304" },
	{ "\"x-site\": 1", "\"quiet\": 5", "E204" },
	{ "\"x-site\": 1", "\"quiet\": \"0s\"", "E307" },
	/* match, by, entity */
	{ "\"direction\": \"out\",", "\"direktion\": \"out\",", "E201" },
	{ "\"list\": \"bad\"", "\"list\": \"bat\"", "E206" },
	{ "\"outside\": \"hours\"", "\"outside\": \"hour\"", "E207" },
	{ "\"match\": {",
	    "\"match\": { \"account\":"
	    " { \"list\": \"bad\" }, ",
	    "E211" },
	{ "[\"dst_country\", \"account\"]", "[\"dst_contry\"]", "E201" },
	{ "[\"dst_country\", \"account\"]", "\"account\"", "E304" },
	{ "[\"dst_country\", \"account\"]", "[\"account\", \"cost\"]", "E312" },
	{ "[\"dst_country\", \"account\"]", "[\"account\", \"account\"]",
	    "E312" },
	{ "\"x-site\": 1", "\"entity\": \"user\"", "E312" },
	/* measure */
	{ "\"fn\": \"count\"", "\"fn\": \"gaps\"", "E308" },
	{ "\"fn\": \"count\", \"window\": \"day\",\n"
	  "      \"begins\": \"12:30\"",
	    "\"fn\": \"count\"", "E309" },
	{ "\"fn\": \"count\"", "\"fn\": \"count\", \"over\": \"2h\"", "E309" },
	{ "\"fn\": \"count\"", "\"fn\": \"count\", \"of\": \"dst\"", "E309" },
	{ "\"fn\": \"count\"", "\"fn\": \"sum\"", "E309" },
	{ "\"fn\": \"count\"", "\"fn\": \"sum\", \"of\": \"dst\"", "E309" },
	{ "\"fn\": \"count\"", "\"fn\": \"sum\", \"of\": \"start\"", "E309" },
	{ "\"fn\": \"count\"", "\"fn\": \"distinct\", \"of\": \"cost\"",
	    "E309" },
	{ "\"fn\": \"count\"", "\"fn\": \"count\", \"where\": {}", "E309" },
	{ "\"fn\": \"count\"", "\"fn\": \"ratio\"", "E309" },
	{ "\"fn\": \"count\", \"window\": \"day\",\n"
	  "      \"begins\": \"12:30\"",
	    "\"fn\": \"count\", \"window\": \"hour\","
	    " \"begins\": \"12:30\"",
	    "E309" },
	{ "\"12:30\"", "\"12:60\"", "E307" },
	{ "\"12:30\"", "\"noon\"", "E304" },
	{ "\"window\": \"day\"", "\"window\": \"month\"", "E308" },
	{ "\"window\": \"day\"", "\"windows\": \"day\"", "E303" },
	{ "\"where\": { \"status\"", "\"where\": { \"state\"", "E201" },
	{ "\"fn\": \"ratio\",", "\"fn\": \"concurrent\",", "E309" },
	{ ", \"gte\": 0.7", "", "E310" },
	{ "\"gte\": 0.7", "\"gte\": 0.7, \"over\": \"2h\"", "E303" },
	/* when, escalate */
	{ "\"times\": 4, ", "", "E311" },
	{ "\"times\": 4", "\"times\": 0", "E307" },
	{ "\"times\": 4", "\"times\": \"4h\"", "E204" },
	{ "\"gte\": \"$least\"", "\"gte\": \"2h\"", "E204" },
	{ "\"gte\": \"$least\"", "\"gte\": \"$lest\"", "E302" },
	{ "\"gte\": \"$least\"", "\"never\": true", "E310" },
	{ "\"min_cost\": 2.5,", "\"min_calls\": 2.5,", "E304" },
	{ "\"min_cost\": 2.5,", "\"min_duration\": 5,", "E204" },
	{ "\"min_cost\": 2.5,", "", "E310" },
	{ "\"min_cost\": 2.5,", "\"gte\": 8,", "E316" },
	{ "\"min_cost\": 2.5,", "\"times\": 3.9,", "E316" },
	{ "{ \"min_cost\": 2.5, \"score\": 60 }", "{ \"gte\": 30 }", "E301" },
	/* baseline */
	{ "\"history\": \"28d\"", "\"history\": \"4d\"", "E311" },
	/* twenty working days and eight of weekends */
	{ "\"min_buckets\": 5", "\"min_buckets\": 9", "E311" },
	{ "\"history\": \"28d\",", "", "E301" },
	{ "\"weekday\"", "\"weekdays\"", "E308" },
	{ "\"p95\"", "\"p99\"", "E308" },
	{ "\"floor\": 2", "\"floor\": \"2h\"", "E204" },
	{ "\"floor\": 2", "\"floor\": -1", "E307" },
	{ "\"window\": \"day\",\n      \"begins\": \"12:30\"",
	    "\"over\": \"1d\"", "E311" },
	{ "\"window\": \"day\",\n      \"begins\": \"12:30\"",
	    "\"window\": \"week\"", "E311" },
	/* params */
	{ "\"value\": 8", "\"value\": 0", "E307" },
	{ "\"value\": 8", "\"value\": \"8h\"", "E204" },
	{ "\"value\": 8, \"min\": 1,", "\"value\": 8,", "E301" },
	{ "\"least\": { \"value\"", "\"Least\": { \"value\"", "E304" },
	/* lists and calendars */
	{ "\"kind\": \"prefix\"", "\"kind\": \"trie\"", "E308" },
	{ "\"of\": \"dst\",", "", "E301" },
	{ "\"of\": \"dst\"", "\"of\": \"duration\"", "E313" },
	{ "\"values\": [\"+5375\"]", "\"note\": 1", "E313" },
	{ "[\"+5375\"]", "[\"Cuba\"]", "E313" },
	{ "[\"+5375\"]", "[5375]", "E304" },
	{ "[\"+5375\"]", "[{ \"value\": \"+53\", \"until\": 1 }]", "E303" },
	{ "[\"+5375\"]", "[{ \"value\": \"+53\", \"expires\": \"soon\" }]",
	    "E304" },
	{ "\"values\": [\"+5375\"]", "\"file\": \"nowhere.csv\"", "E313" },
	{ "\"Europe/Berlin\"", "\"Europe/Bielefeld\"", "E314" },
	{ "\"mon-fri\": [\"08", "\"mon-frei\": [\"08", "E314" },
	{ "[\"08:00-18:00\"]", "[\"08:00-25:00\"]", "E314" },
	{ "[\"08:00-18:00\"]", "\"08:00-18:00\"", "E304" },
	{ "[\"2026-01-01\"]", "[\"2026-02-30\"]", "E304" },
	/* tests */
	{ "\"name\": \"eight\",", "", "E501" },
	{ "\"expect\"", "\"expected\"", "E501" },
	{ "\"tz\": \"UTC\"", "\"zone\": \"UTC\"", "E502" },
	{ "\"tz\": \"UTC\"", "\"tz\": \"Mars\"", "E504" },
	{ "\"start\": \"2026-01-13T02:00:00\",", "", "E501" },
	{ "\"2026-01-13T02:00:00\"", "\"2026-01-13 25:00\"", "E507" },
	{ "\"account\": \"A1\", \"duration\"",
	    "\"acount\": \"A1\","
	    " \"duration\"",
	    "E503" },
	{ "\"duration\": 60", "\"duration\": \"long\"", "E504" },
	{ "\"duration\": 60", "\"dst\": 4420", "E504" },
	{ "\"duration\": 60", "\"since_prev\": \"5s\"", "E504" },
	{ "\"duration\": 60", "\"src_new\": true", "E504" },
	{ "\"duration\": 60", "\"dialled_tail\": \"201\"", "E504" },
	{ "\"duration\": 60", "\"event\": \"quality-gap\"", "E504" },
	{ "\"duration\": 60", "\"international\": \"yes\"", "E504" },
	{ "\"duration\": 60", "\"cost\": \"1.50\"", "E504" },
	{ "[{ \"direction\": \"in\" }]", "[{ \"direction\": \"inn\" }]",
	    "E504" },
	{ "[{ \"direction\": \"in\" }]", "{ \"direction\": \"in\" }", "E504" },
	{ "\"repeat\": 8", "\"repeat\": 0", "E504" },
	{ "\"repeat\": 8", "\"repeat\": 1.5", "E504" },
	{ "\"every\": \"1m\"", "\"every\": 60", "E504" },
	{ "\"on\": \"mon-fri\"", "\"on\": \"workdays\"", "E504" },
	{ "{ \"dst\": 1 }", "{ \"direction\": 1 }", "E504" },
	{ "{ \"dst\": 1 }", "{ \"dts\": 1 }", "E503" },
	{ "\"by\": { \"account\": \"A1\" }", "\"by\": { \"src\": \"A\" }",
	    "E506" },
	{ "\"by\": { \"account\": \"A1\" }, ", "", "E501" },
	{ "\"value\": 8, \"baseline\"",
	    "\"value\": \"8h\","
	    " \"baseline\"",
	    "E204" },
	{ "\"calls\": 8", "\"calls\": -1", "E504" },
	{ "\"tz\": \"UTC\"", "\"lists\": { \"bad\": {} }", "E301" },
	{ "\"tz\": \"UTC\"", "\"todo\": 1", "E304" },
};

/* One text of the sound file replaced, and what is said about it. */
static void
test_refused(void **state)
{
	struct rule_text *f = *state;
	char *text;
	size_t i, k;

	for (i = 0; i < COUNT(refused); i++) {
		text = refusal_make(rule_text_sound, refused[i].old,
		    refused[i].new);
		if (rule_text_load(f, text) != -1)
			fail_msg("%s: accepted", refused[i].new);
		for (k = 0; k < f->notes.n; k++)
			if (strcmp(f->notes.list[k].code, refused[i].code) == 0)
				break;
		if (k == f->notes.n)
			fail_msg("%s: %s: %s", refused[i].new,
			    f->notes.list[0].code, f->notes.list[0].text);
		assert_true(f->notes.list[k].line > 0);
		assert_non_null(f->notes.list[k].source);
		free(text);
	}
}

static void
test_broken_without_measure(void **state)
{
	static const char *const rows[] = {
		RULE_TEXT_MINIMAL("\"by\": [], \"when\": { \"gte\": 1 }"),
		RULE_TEXT_MINIMAL("\"by\": [], \"escalate\":"
				  " [{ \"min_calls\": 1, \"score\": 10 }]"),
		RULE_TEXT_MINIMAL("\"by\": [], \"also\": [{ \"fn\": \"count\","
				  " \"gte\": 1 }]"),
		RULE_TEXT_MINIMAL(
		    "\"by\": [], \"measure\": { \"fn\": \"count\","
		    " \"over\": \"1h\" }, \"when\": { \"times\": 3 }"),
		RULE_TEXT_MINIMAL(
		    "\"by\": [], \"measure\": { \"fn\": \"concurrent\" },"
		    " \"also\": [{ \"fn\": \"count\", \"gte\": 1 }],"
		    " \"when\": { \"gte\": 3 }"),
	};
	struct rule_text *f = *state;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		assert_int_equal(rule_text_load(f, rows[i]), -1);
		assert_string_equal(f->notes.list[0].code, "E310");
	}
}

/* Everything that is wrong is said, up to a limit, in every file. */
static void
test_all_problems(void **state)
{
	struct rule_text *f = *state;
	char a[128], b[128];
	const char *paths[] = { a, b, "/nonexistent/rules.json" };
	char *text;
	struct buf many;
	int i;

	text = refusal_make(rule_text_sound, "\"score\": 30,\n",
	    "\"score\": 300,\n");
	(void)snprintf(a, sizeof(a), "%s", rule_text_put(f, "a.json", text));
	free(text);
	(void)snprintf(b, sizeof(b), "%s",
	    rule_text_put(f, "b.json",
		"{ \"cdrrules\": 1, // x\n \"rulez\": [] }"));
	assert_int_equal(rulefile_load(&f->rs, paths, 3, NULL, 0, &f->notes),
	    -1);
	notes_sort(&f->notes);
	assert_int_equal(f->notes.errors, 3);
	assert_string_equal(f->notes.list[0].code, "E101");
	assert_string_equal(f->notes.list[1].file, a);
	assert_string_equal(f->notes.list[2].file, b);

	buf_init(&many);
	buf_addstr(&many, "{ \"cdrrules\": 1, \"rules\": [");
	for (i = 0; i < BOUNDS_NOTES; i++)
		buf_addf(&many, "%s{}", i > 0 ? "," : "");
	buf_addstr(&many, "] }");
	assert_int_equal(rule_text_load(f, many.data), -1);
	assert_int_equal(f->notes.n, BOUNDS_NOTES);
	assert_int_equal(f->notes.errors, BOUNDS_NOTES + f->notes.dropped);
	buf_fini(&many);
}

#define TEST(name)                                              \
	cmocka_unit_test_setup_teardown(name, rule_text_set_up, \
	    rule_text_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_refused),
		TEST(test_broken_without_measure),
		TEST(test_all_problems),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
