#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "detect/explain.h"
#include "scene.h"

/* What is said of the i-th call for the rule "r". */
static void
check(const char *rules, const char *calls, size_t i, int held,
    const char *words)
{
	struct errmsg err;
	struct scene s;
	struct buf out;

	assert_int_equal(scene_rules(&s, rules), 0);
	scene_calls(&s, calls);
	s.set.zone = zone_utc();
	buf_init(&out);
	assert_int_equal(explain_call(s.calls, i, ruleset_find(&s.rules, "r"),
			     &s.rules.named, &s.set, &out, &err),
	    held);
	if (strcmp(out.data, words) != 0)
		print_error("got:\n%s", out.data);
	assert_string_equal(out.data, words);
	buf_fini(&out);
	scene_end(&s);
}

static void
check_keys(const char *keys, const char *calls, size_t i, int held,
    const char *words)
{
	char *rules = scene_rule(keys);

	check(rules, calls, i, held, words);
	free(rules);
}

#define HEAD "r v1   score 45   family volume   "
#define THREE                                                  \
	"\"by\": [\"account\"], "                              \
	"\"measure\": {\"fn\": \"count\", \"over\": \"2h\"}, " \
	"\"when\": {\"gte\": 3}"
#define CALLS(n)                                                     \
	"\"base\": {\"account\": \"A1\", \"direction\": \"out\", "   \
	"\"dst\": \"+5375550142\", \"duration\": 12}, \"calls\": [{" \
	"\"start\": \"2026-01-13T02:00:00\", \"repeat\": " n         \
	", \"every\": \"10m\"}]"

static void
test_every_clause_is_told(void **state)
{
	(void)state;
	check_keys("\"match\": {\"direction\": \"in\", \"src\": \"1\", "
		   "\"dst\": {\"regex\": \"\\\\+53755\\\\d{2}99.*\"}, "
		   "\"duration\": {\"gte\": \"10s\"}}, " THREE,
	    CALLS("3"), 0, 0,
	    HEAD "no finding\n"
		 "call 2026-01-13 02:00:00   A1 > +5375550142\n"
		 "  match     fail  direction = \"out\", needs \"in\"\n"
		 "            fail  src is missing, needs \"1\"\n"
		 "            fail  dst = \"+5375550142\" (+5375550 matched, "
		 "stopped at 142), needs matches /\\+53755\\d{2}99.*/\n"
		 "            pass  duration = 12s\n");
}

/* What only the detector knows of a call is told as it saw it. */
static void
test_fields_of_the_detector(void **state)
{
	(void)state;
	check_keys("\"match\": {\"since_prev\": {\"lt\": \"5m\"}, "
		   "\"dst\": {\"exists\": true}}, " THREE,
	    CALLS("2"), 1, 0,
	    HEAD "no finding\n"
		 "call 2026-01-13 02:10:00   A1 > +5375550142\n"
		 "  match     fail  since_prev = 10m, needs < 5m\n"
		 "            pass  dst = \"+5375550142\"\n");
	check_keys("\"match\": {\"src_new\": true}, " THREE,
	    "\"base\": {\"account\": \"A1\", \"src\": \"+442079460123\"}, "
	    "\"calls\": [{\"start\": \"2026-01-13T02:00:00\", "
	    "\"repeat\": 2, \"every\": \"10m\"}]",
	    1, 0,
	    HEAD "no finding\n"
		 "call 2026-01-13 02:10:00   A1 +442079460123\n"
		 "  match     fail  src_new = false, needs true\n");
}

static void
test_an_event_is_no_call(void **state)
{
	(void)state;
	check_keys("\"match\": {\"account\": \"A1\"}, " THREE,
	    "\"calls\": [{\"start\": \"2026-01-13T02:00:00\", \"account\": "
	    "\"A1\", \"event\": \"admin\"}]",
	    0, 0,
	    HEAD "no finding\n"
		 "event 2026-01-13 02:00:00   A1\n"
		 "  match     pass  account = \"A1\"\n"
		 "            fail  event = \"admin\", needs \"call\"\n");
}

static void
test_a_group_needs_its_keys(void **state)
{
	(void)state;
	check_keys("\"match\": {\"direction\": \"out\"}, \"by\": [\"account\", "
		   "\"user\"]",
	    CALLS("1"), 0, 0,
	    HEAD "no finding\n"
		 "call 2026-01-13 02:00:00   A1 > +5375550142\n"
		 "  match     pass  direction = \"out\"\n"
		 "  by        fail  account=A1  user is missing\n");
}

static void
test_the_window_at_that_instant(void **state)
{
	(void)state;
	check_keys("\"match\": {}, " THREE, CALLS("2"), 1, 0,
	    HEAD "no finding\n"
		 "call 2026-01-13 02:10:00   A1 > +5375550142\n"
		 "  match     pass  every call\n"
		 "  by              account=A1\n"
		 "  window          2 calls in 2h, talk 0:24\n"
		 "  measure   fail  count = 2, needs >= 3\n");
}

static void
test_the_finding_that_holds_it(void **state)
{
	(void)state;
	check_keys("\"match\": {}, \"escalate\": [{\"gte\": 4, \"score\": 70}]"
		   ", " THREE,
	    CALLS("4"), 3, 1,
	    HEAD "finding f-8116e9b4d7\n"
		 "call 2026-01-13 02:30:00   A1 > +5375550142\n"
		 "  match     pass  every call\n"
		 "  by              account=A1\n"
		 "  window          4 calls in 2h, talk 0:48\n"
		 "  measure   pass  count = 4, needs >= 3\n"
		 "  escalate  pass  score 70\n"
		 "  finding         f-8116e9b4d7, 2026-01-13 02:00:00 to "
		 "2026-01-13 02:30:00, 4 calls, score 70\n"
		 "                  4 unanswered calls in 2 h; limit 3\n");
}

static void
test_no_baseline_yet(void **state)
{
	(void)state;
	check_keys("\"match\": {}, \"by\": [\"account\"], \"measure\": "
		   "{\"fn\": \"count\", \"window\": \"day\"}, "
		   "\"baseline\": {\"history\": \"28d\", \"season\": "
		   "\"none\", \"stat\": \"median\", \"min_buckets\": 5, "
		   "\"floor\": 2}, \"when\": {\"times\": 4, \"gte\": 2, "
		   "\"min_calls\": 9}",
	    CALLS("3"), 2, 0,
	    HEAD
	    "no finding\n"
	    "call 2026-01-13 02:20:00   A1 > +5375550142\n"
	    "  match     pass  every call\n"
	    "  by              account=A1\n"
	    "  window          3 calls in the day from 2026-01-13 00:00:00, talk 0:36\n"
	    "  measure   pass  count = 3, needs >= 2\n"
	    "            fail  calls = 3, needs >= 9\n"
	    "  baseline  fail  fewer than 5 comparable buckets before it\n");
}

static void
test_a_baseline_and_its_limit(void **state)
{
	(void)state;
	check_keys("\"match\": {}, \"by\": [\"account\"], \"measure\": "
		   "{\"fn\": \"count\", \"window\": \"day\"}, "
		   "\"baseline\": {\"history\": \"28d\", \"season\": "
		   "\"none\", \"stat\": \"median\", \"min_buckets\": 5, "
		   "\"floor\": 2}, \"when\": {\"times\": 4, \"gte\": 2}",
	    "\"base\": {\"account\": \"A1\", \"dst\": \"1\"}, "
	    "\"calls\": [{\"start\": \"2026-01-01T02:00:00\", \"days\": "
	    "12}, {\"start\": \"2026-01-13T02:00:00\", \"repeat\": 3}]",
	    14, 0,
	    HEAD
	    "no finding\n"
	    "call 2026-01-13 02:00:02   A1 > 1\n"
	    "  match     pass  every call\n"
	    "  by              account=A1\n"
	    "  window          3 calls in the day from 2026-01-13 00:00:00, talk 0:00\n"
	    "  measure   pass  count = 3, needs >= 2\n"
	    "  baseline        median 2 of 11 comparable buckets\n"
	    "            fail  count = 3, needs >= 8, 4 times the baseline\n");
}

static void
test_a_bucket_that_is_judged_at_its_end(void **state)
{
	(void)state;
	check_keys("\"match\": {}, \"by\": [\"account\"], \"measure\": "
		   "{\"fn\": \"ratio\", \"where\": {\"status\": "
		   "\"failed\"}, \"window\": \"day\"}, \"also\": [{\"fn\": "
		   "\"distinct\", \"of\": \"dst\", \"gte\": 2}], "
		   "\"when\": {\"gte\": 0.5}",
	    CALLS("3"), 0, 0,
	    HEAD
	    "no finding\n"
	    "call 2026-01-13 02:00:00   A1 > +5375550142\n"
	    "  match     pass  every call\n"
	    "  by              account=A1\n"
	    "  window          1 call in the day from 2026-01-13 00:00:00, talk 0:12\n"
	    "                  judged when it ends, 2026-01-14 00:00:00\n"
	    "  measure   fail  ratio where status failed = 0, needs >= 0.5\n"
	    "  also      fail  distinct of dst = 1, needs >= 2\n");
}

static void
test_never_before(void **state)
{
	(void)state;
	check_keys("\"match\": {}, \"by\": [\"dst\"], \"measure\": {\"fn\": "
		   "\"gap\", \"history\": \"2d\"}, \"when\": {\"never\": true}",
	    "\"base\": {\"account\": \"A1\", \"dst\": \"1\"}, \"calls\": "
	    "[{\"start\": \"2026-01-01T02:00:00\", \"days\": 3}, "
	    "{\"start\": \"2026-01-13T02:00:00\", \"dst\": \"2\"}]",
	    3, 1,
	    HEAD
	    "finding f-dbdf147362\n"
	    "call 2026-01-13 02:00:00   A1 > 2\n"
	    "  match     pass  every call\n"
	    "  by              dst=2\n"
	    "  window          1 call, talk 0:00\n"
	    "  measure         gap has no value yet\n"
	    "            pass  never before, in at least 2d of records\n"
	    "  finding         f-dbdf147362, 2026-01-13 02:00:00 to 2026-01-13 02:00:00, 1 call, score 45\n"
	    "                  1 unanswered call, never before in 12 days of records\n");
}

static void
test_what_it_follows(void **state)
{
	static const char rules[] = SCENE_RULES(SCENE_RULE("first", "test",
	    "\"match\": {\"direction\": \"in\"}, \"by\": []") ", " SCENE_RULE("r",
	    "test",
	    "\"match\": {\"direction\": \"out\"}, \"by\": [\"account\"], "
	    "\"follows\": {\"rule\": \"first\", \"within\": \"1h\", "
	    "\"same\": [\"account\"]}"));

	(void)state;
	check(rules, CALLS("1"), 0, 0,
	    HEAD
	    "no finding\n"
	    "call 2026-01-13 02:00:00   A1 > +5375550142\n"
	    "  match     pass  direction = \"out\"\n"
	    "  by              account=A1\n"
	    "  follows   fail  no call of 'first' fired in the 1h before for account=A1\n");
	check(rules,
	    "\"base\": {\"account\": \"A1\"}, \"calls\": [{\"start\": "
	    "\"2026-01-13T01:30:00\", \"direction\": \"in\"}, {\"start\": "
	    "\"2026-01-13T02:00:00\", \"direction\": \"out\"}]",
	    1, 1,
	    HEAD
	    "finding f-8116e9b4d7\n"
	    "call 2026-01-13 02:00:00   A1\n"
	    "  match     pass  direction = \"out\"\n"
	    "  by              account=A1\n"
	    "  follows   pass  'first' fired in the 1h before for account=A1\n"
	    "  finding         f-8116e9b4d7, 2026-01-13 02:00:00 to 2026-01-13 02:00:00, 1 call, score 45\n"
	    "                  1 unanswered call; 30:00 after \"first!\"\n");
}

#define TUNED(entries)                                                       \
	"{\"cdrrules\": 1, \"rules\": [" SCENE_RULE("r", "test",             \
	    "\"match\": {}, \"by\": [\"account\"], \"params\": {\"n\": "     \
	    "{\"value\": 9, \"min\": 1, \"max\": 9, \"help\": \"h\"}}, "     \
	    "\"measure\": {\"fn\": \"count\", \"over\": \"2h\"}, \"when\": " \
	    "{\"gte\": \"$n\"}") "], \"tuning\": {\"r\": [" entries "]}}"

/* The rule is explained as it is for the group of the call. */
static void
test_tuned_for_a_group(void **state)
{
	(void)state;
	check(TUNED("{\"match\": {\"account\": \"A1\"}, \"params\": "
		    "{\"n\": 1}, \"score\": 20}"),
	    CALLS("1"), 0, 1,
	    "r v1   score 20   family volume   finding f-8116e9b4d7\n"
	    "call 2026-01-13 02:00:00   A1 > +5375550142\n"
	    "  match     pass  every call\n"
	    "  by              account=A1\n"
	    "  window          1 call in 2h, talk 0:12\n"
	    "  measure   pass  count = 1, needs >= 1\n"
	    "  finding         f-8116e9b4d7, 2026-01-13 02:00:00 to 2026-01-13 02:00:00, 1 call, score 20\n"
	    "                  1 unanswered call in 2 h\n");
	check(TUNED("{\"match\": {\"account\": \"A1\"}, \"enabled\": false}"),
	    CALLS("1"), 0, 0,
	    HEAD "no finding\n"
		 "call 2026-01-13 02:00:00   A1 > +5375550142\n"
		 "  match     pass  every call\n"
		 "  by              account=A1\n"
		 "            stop  the rule is off for this group\n");
}

/* What it follows is that rule as it is in force. */
static void
test_what_it_follows_is_tuned(void **state)
{
	static const char rules[] = "{\"cdrrules\": 1, \"rules\": [" SCENE_RULE(
	    "first", "test",
	    "\"match\": {\"direction\": \"in\"}, \"by\": [], "
	    "\"params\": {\"n\": {\"value\": 2, \"min\": 1, \"max\": 9, "
	    "\"help\": \"h\"}}, \"measure\": {\"fn\": \"count\", "
	    "\"over\": \"2h\"}, \"when\": {\"gte\": \"$n\"}") ", " SCENE_RULE("r",
	    "test",
	    "\"match\": {\"direction\": \"out\"}, \"by\": [\"account\"], "
	    "\"follows\": {\"rule\": \"first\", \"within\": \"1h\", "
	    "\"same\": [\"account\"]}") "], \"tuning\": {\"first\": "
					"{\"params\": {\"n\": 1}}}}";

	(void)state;
	check(rules,
	    "\"base\": {\"account\": \"A1\"}, \"calls\": [{\"start\": "
	    "\"2026-01-13T01:30:00\", \"direction\": \"in\"}, {\"start\": "
	    "\"2026-01-13T02:00:00\", \"direction\": \"out\"}]",
	    1, 1,
	    HEAD
	    "finding f-8116e9b4d7\n"
	    "call 2026-01-13 02:00:00   A1\n"
	    "  match     pass  direction = \"out\"\n"
	    "  by              account=A1\n"
	    "  follows   pass  'first' fired in the 1h before for account=A1\n"
	    "  finding         f-8116e9b4d7, 2026-01-13 02:00:00 to 2026-01-13 02:00:00, 1 call, score 45\n"
	    "                  1 unanswered call; 30:00 after \"first!\"\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_clause_is_told),
		cmocka_unit_test(test_fields_of_the_detector),
		cmocka_unit_test(test_an_event_is_no_call),
		cmocka_unit_test(test_a_group_needs_its_keys),
		cmocka_unit_test(test_the_window_at_that_instant),
		cmocka_unit_test(test_the_finding_that_holds_it),
		cmocka_unit_test(test_no_baseline_yet),
		cmocka_unit_test(test_a_baseline_and_its_limit),
		cmocka_unit_test(test_a_bucket_that_is_judged_at_its_end),
		cmocka_unit_test(test_never_before),
		cmocka_unit_test(test_what_it_follows),
		cmocka_unit_test(test_tuned_for_a_group),
		cmocka_unit_test(test_what_it_follows_is_tuned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
