/* Fields that the calls before a call decide, and events beside calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "scene.h"

/* How many findings there are, and how many calls they have together. */
struct found {
	size_t findings;
	int64_t calls;
};

static struct found
find(const char *keys, const char *calls)
{
	char *rules = scene_rule(keys);
	struct found sum = { 0, 0 };
	struct scene s;
	size_t i;

	scene_play(&s, rules, calls);
	sum.findings = s.found.n;
	for (i = 0; i < s.found.n; i++)
		sum.calls += s.found.findings[i]->calls.calls;
	scene_end(&s);
	free(rules);
	return sum;
}

#define QUICK(more)                                                    \
	"\"by\": [\"account\"], \"match\": {" more "\"since_prev\": {" \
	"\"lte\": \"5s\"}}"

static const struct {
	const char *keys, *calls;
	int64_t want;
} quick[] = {
	/* the first has none, and the third comes too late */
	{ QUICK(""),
	    "{\"account\": \"A\", \"start\": \"2026-01-13T02:00:00\", "
	    "\"repeat\": 2, \"every\": \"5s\"}, {\"account\": \"A\", "
	    "\"start\": \"2026-01-13T02:00:11\"}",
	    1 },
	/* another account is another group */
	{ QUICK(""),
	    "{\"account\": \"A\", \"start\": \"2026-01-13T02:00:00\"}, "
	    "{\"account\": \"B\", \"start\": \"2026-01-13T02:00:01\"}",
	    0 },
	/* calls of one instant look back to the instant before */
	{ QUICK(""),
	    "{\"account\": \"A\", \"start\": \"2026-01-13T02:00:00\"}, "
	    "{\"account\": \"A\", \"start\": \"2026-01-13T02:00:04\", "
	    "\"repeat\": 3, \"every\": 0}",
	    3 },
	{ QUICK(""),
	    "{\"account\": \"A\", \"start\": \"2026-01-13T02:00:04\", "
	    "\"repeat\": 3, \"every\": 0}",
	    0 },
	/* what the other clauses refuse is not in the group ... */
	{ QUICK("\"direction\": \"out\", "),
	    "{\"account\": \"A\", \"start\": \"2026-01-13T02:00:00\"}, "
	    "{\"account\": \"A\", \"start\": \"2026-01-13T02:00:04\", "
	    "\"direction\": \"out\"}",
	    0 },
	/* ... but what since_prev refuses is */
	{ QUICK("\"direction\": \"out\", "),
	    "{\"account\": \"A\", \"start\": \"2026-01-13T02:00:00\", "
	    "\"direction\": \"out\"}, {\"account\": \"A\", \"start\": "
	    "\"2026-01-13T02:01:00\", \"direction\": \"out\"}, "
	    "{\"account\": \"A\", \"start\": \"2026-01-13T02:01:04\", "
	    "\"direction\": \"out\"}",
	    1 },
	/* deep inside it belongs to its whole clause */
	{ "\"by\": [\"account\"], \"match\": {\"any\": [{\"not\": "
	  "{\"since_prev\": {\"gt\": \"5s\"}}}, "
	  "{\"direction\": \"in\"}]}",
	    "{\"account\": \"A\", \"start\": \"2026-01-13T02:00:00\", "
	    "\"direction\": \"in\", \"repeat\": 3, \"every\": \"1m\"}, "
	    "{\"account\": \"A\", \"start\": \"2026-01-13T02:10:00\"}",
	    3 },
	/* a machine calls every 61 s */
	{ "\"match\": {}, \"by\": [\"account\"], \"measure\": "
	  "{\"fn\": \"mode\", \"of\": \"since_prev\", \"bin\": \"2s\", "
	  "\"over\": \"2h\"}, \"when\": {\"gte\": 0.9, "
	  "\"min_calls\": 10}",
	    "{\"account\": \"A\", \"start\": \"2026-01-13T02:00:00\", "
	    "\"repeat\": 11, \"every\": \"61s\"}",
	    11 },
};

static void
test_since_prev(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(quick) / sizeof(quick[0]); i++)
		if (find(quick[i].keys, quick[i].calls).calls != quick[i].want)
			fail_msg("row %zu", i);
}

#define NEW "\"by\": [\"account\"], \"match\": {\"src_new\": true}"

/* A call of B a day, and A's calls. */
#define SOURCE_SINCE(day)                                             \
	"{\"account\": \"B\", \"src\": \"+13125550101\", \"start\": " \
	"\"" day "T08:00:00\"}, "
#define CALL_OF(src, start) \
	"{\"account\": \"A\", \"src\": \"" src "\", \"start\": \"" start "\"}"

static void
test_src_new(void **state)
{
	static const struct {
		const char *calls;
		int64_t want;
	} rows[] = {
		{ SOURCE_SINCE("2026-01-01")
			CALL_OF("+13125550142", "2026-02-01T09:00:00"),
		    1 },
		/* it is not known: 30 days before there was no record */
		{ SOURCE_SINCE("2026-01-03")
			CALL_OF("+13125550142", "2026-02-01T09:00:00"),
		    0 },
		/* seen before: 30 days are not too long, a second more is */
		{ SOURCE_SINCE("2025-11-01") CALL_OF("+13125550142",
		      "2026-01-02T09:00:00") ", " CALL_OF("+13125550142",
		      "2026-02-01T09:00:00"),
		    1 },
		{ SOURCE_SINCE("2025-11-01") CALL_OF("+13125550142",
		      "2026-01-02T09:00:00") ", " CALL_OF("+13125550142",
		      "2026-02-01T09:00:01"),
		    2 },
		/* another number of the same account */
		{ SOURCE_SINCE("2025-11-01") CALL_OF("+13125550142",
		      "2026-01-31T09:00:00") ", " CALL_OF("+13125550143",
		      "2026-02-01T09:00:00"),
		    2 },
		/* two at once are both new; without a number nobody knows */
		{ SOURCE_SINCE("2025-11-01") CALL_OF("+13125550142",
		      "2026-02-01T09:00:00") ", " CALL_OF("+13125550142",
		      "2026-02-01T09:00:00") ", "
					     "{\"account\": \"A\", \"start\": "
					     "\"2026-02-01T09:00:00\"}",
		    2 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (find(NEW, rows[i].calls).calls != rows[i].want)
			fail_msg("row %zu", i);
	/* what is not known is not false either */
	assert_int_equal(find("\"by\": [\"account\"], \"match\": "
			      "{\"src_new\": false}",
			     rows[1].calls)
			     .calls,
	    0);
	assert_int_equal(find("\"by\": [\"account\"], \"match\": "
			      "{\"src_new\": false}",
			     rows[2].calls)
			     .calls,
	    1);
}

#define DIRECTED(account, src, start, direction)                           \
	"{\"account\": \"" account "\", \"src\": \"" src "\", \"start\": " \
	"\"" start "\", \"direction\": \"" direction "\"}"

/* Calls that a rule does not ask about tell of those that it does. */
static void
test_src_new_of_some(void **state)
{
	static const char in_alone[] = "\"by\": [\"account\"], \"match\": "
				       "{\"direction\": \"in\", "
				       "\"src_new\": true}";
	static const char share[] =
	    "\"by\": [\"account\"], \"match\": {\"direction\": \"in\"}, "
	    "\"measure\": {\"fn\": \"ratio\", \"where\": "
	    "{\"src_new\": true}, \"over\": \"1h\"}, "
	    "\"when\": {\"gte\": 0.5, \"min_calls\": 2}";
	static const struct {
		const char *keys, *calls;
		int64_t want;
	} rows[] = {
		/* it called the other way */
		{ in_alone,
		    SOURCE_SINCE("2025-11-01")
			DIRECTED("A", "+13125550142", "2026-01-31T09:00:00",
			    "out") ", " DIRECTED("A", "+13125550142",
			    "2026-02-01T09:00:00", "in") ", " DIRECTED("A",
			    "+13125550143", "2026-02-01T09:00:00", "in"),
		    1 },
		/* so long ago, and of another account */
		{ in_alone,
		    SOURCE_SINCE("2025-11-01")
			DIRECTED("A", "+13125550142", "2025-12-01T09:00:00",
			    "out") ", " DIRECTED("C", "+13125550142",
			    "2026-01-31T09:00:00", "out") ", " DIRECTED("A",
			    "+13125550142", "2026-02-01T09:00:00", "in"),
		    1 },
		/* one of two is new; none of two */
		{ share,
		    SOURCE_SINCE("2025-11-01")
			DIRECTED("A", "+13125550142", "2026-01-31T09:00:00",
			    "out") ", " DIRECTED("A", "+13125550142",
			    "2026-02-01T09:00:00", "in") ", " DIRECTED("A",
			    "+13125550143", "2026-02-01T09:00:01", "in"),
		    2 },
		{ share,
		    SOURCE_SINCE("2025-11-01")
			DIRECTED("A", "+13125550142", "2026-01-31T09:00:00",
			    "out") ", " DIRECTED("A", "+13125550142",
			    "2026-02-01T09:00:00", "in") ", " DIRECTED("A",
			    "+13125550142", "2026-02-01T09:00:01", "in"),
		    0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(find(rows[i].keys, rows[i].calls).calls,
		    rows[i].want);
}

/* Before anybody can be new, who is not differs from who is not known. */
static void
test_src_new_soon(void **state)
{
	static const struct {
		const char *match;
		int64_t want;
	} rows[] = {
		{ "\"src_new\": true", 0 },
		{ "\"src_new\": false", 1 },
		{ "\"src_new\": {\"exists\": true}", 1 },
		{ "\"src_new\": {\"exists\": false}", 1 },
		{ "\"not\": {\"src_new\": true}", 2 },
		{ "\"not\": {\"src_new\": false}", 1 },
		{ "\"any\": [{\"src_new\": true}, {\"src\": {\"exists\": true}}]",
		    2 },
		{ "\"any\": [{\"src_new\": true}, {\"src_new\": false}]", 1 },
	};
	static const char calls[] = CALL_OF("+13125550142",
	    "2026-02-01T09:00:00") ", " CALL_OF("+13125550142",
	    "2026-02-01T09:30:00");
	char rule[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(rule, sizeof(rule),
		    "\"by\": [\"account\"], \"match\": {%s}", rows[i].match);
		if (find(rule, calls).calls != rows[i].want)
			fail_msg("row %zu", i);
	}
	assert_int_equal(find("\"by\": [\"account\", \"src_new\"], "
			      "\"match\": {\"src\": {\"exists\": true}}",
			     calls)
			     .calls,
	    1);
}

#define MIXED                                                         \
	"{\"account\": \"A\", \"start\": \"2026-01-13T02:00:00\"}, "  \
	"{\"account\": \"A\", \"start\": \"2026-01-13T02:01:00\", "   \
	"\"event\": \"admin\", \"action\": \"user add\"}, "           \
	"{\"account\": \"A\", \"start\": \"2026-01-13T02:02:00\", "   \
	"\"event\": \"forward-set\", \"dst\": \"+5375550142\"}, "     \
	"{\"account\": \"pbx\", \"start\": \"2026-01-13T02:03:00\", " \
	"\"event\": \"quality\", \"quality\": \"gap\"}"

/* Only who asks for events sees them. */
static void
test_events(void **state)
{
	static const struct {
		const char *match;
		int64_t want;
	} rows[] = {
		{ "", 1 },
		{ "\"account\": {\"exists\": true}", 1 },
		{ "\"action\": \"user add\"", 0 },
		{ "\"event\": \"call\"", 1 },
		{ "\"event\": \"admin\"", 1 },
		{ "\"event\": [\"admin\", \"forward-set\"]", 2 },
		{ "\"event\": \"quality\"", 1 },
		{ "\"event\": {\"exists\": true}", 4 },
		{ "\"not\": {\"event\": \"call\"}", 3 },
		{ "\"event\": \"admin\", \"action\": \"user add\"", 1 },
		{ "\"event\": \"quality\", \"quality\": \"limit\"", 0 },
		{ "\"event\": \"forward-set\", \"dst\": {\"prefix\": "
		  "\"+53\"}",
		    1 },
	};
	char keys[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(keys, sizeof(keys),
		    "\"by\": [\"account\"], \"match\": {%s}", rows[i].match);
		if (find(keys, MIXED).calls != rows[i].want)
			fail_msg("%s", rows[i].match);
	}
}

#define NEVER                                                           \
	"\"by\": [\"account\", \"dst\"], \"match\": {}, \"measure\": {" \
	"\"fn\": \"gap\", \"history\": \"3d\"}, \"when\": {\"never\": true}"
#define DAYS_THEN(event)                                                 \
	"{\"account\": \"A\", \"dst\": \"1\", \"days\": 2, "             \
	"\"start\": \"2026-01-13T08:00:00\"}, {\"account\": \"A\", "     \
	"\"dst\": \"1\", \"start\": \"2026-01-15T08:00:00\"" event "}, " \
	"{\"account\": \"A\", \"dst\": \"2\", "                          \
	"\"start\": \"2026-01-16T08:00:00\"}"

#define NEVER_DST                                                           \
	"\"by\": [\"dst\"], \"match\": {}, \"measure\": {\"fn\": \"gap\", " \
	"\"history\": \"3d\"}, \"when\": {\"never\": true}"
#define LOGGED_THEN(event)                                          \
	"{\"dst\": \"1\", \"days\": 2, "                            \
	"\"start\": \"2026-01-13T08:00:00\"}, {\"event\": \"" event \
	"\", \"start\": \"2026-01-15T08:00:00\"}, "                 \
	"{\"dst\": \"2\", \"start\": \"2026-01-16T08:00:00\"}"

/* An event does not prove that the account, or the source, was there. */
static void
test_no_record(void **state)
{
	(void)state;
	assert_int_equal(find(NEVER, DAYS_THEN("")).findings, 1);
	assert_int_equal(
	    find(NEVER, DAYS_THEN(", \"event\": \"admin\"")).findings, 0);
	assert_int_equal(find(NEVER, DAYS_THEN(", \"event\": \"quality\", "
					       "\"quality\": \"gap\""))
			     .findings,
	    0);
	/* without an account there is only the source, which a log shows */
	assert_int_equal(find(NEVER_DST, LOGGED_THEN("admin")).findings, 1);
	assert_int_equal(find(NEVER_DST, LOGGED_THEN("quality")).findings, 0);
}

/* A call abroad within a week after a change of the account. */
static void
test_follows_event(void **state)
{
	static const char rules[] = SCENE_RULES(SCENE_RULE("change", "test",
	    "\"match\": {\"event\": \"admin\"}, \"by\": [\"account\"]") ", " SCENE_RULE("then-calls",
	    "test",
	    "\"match\": {\"international\": true}, \"by\": [\"account\"], "
	    "\"follows\": {\"rule\": \"change\", \"within\": \"7d\", "
	    "\"same\": [\"account\"]}"));
	struct scene s;

	(void)state;
	scene_play(&s, rules,
	    "{\"account\": \"A\", \"event\": \"admin\", "
	    "\"start\": \"2026-01-13T02:00:00\"}, "
	    "{\"account\": \"A\", \"international\": true, "
	    "\"start\": \"2026-01-14T02:00:00\"}, "
	    "{\"account\": \"B\", \"international\": true, "
	    "\"start\": \"2026-01-14T02:00:00\"}");
	assert_int_equal(s.found.n, 2);
	assert_int_equal(s.found.findings[0]->calls.calls, 1);
	assert_int_equal(s.found.findings[1]->calls.calls, 1);
	assert_string_equal(s.found.findings[0]->entity, "A");
	assert_string_equal(s.found.findings[1]->entity, "A");
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_since_prev),
		cmocka_unit_test(test_src_new),
		cmocka_unit_test(test_src_new_of_some),
		cmocka_unit_test(test_src_new_soon),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_no_record),
		cmocka_unit_test(test_follows_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
