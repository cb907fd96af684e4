#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "detect/explain.h"
#include "scene.h"

/* The steps are the lines of the text, part by part. */
static void
check_steps(const struct explained *told, const char *text)
{
	const char *line = text, *part = "";
	size_t k;

	for (k = 0; k < 2; k++)
		line = strchr(line, '\n') + 1;
	assert_true(told->n > 0);
	for (k = 0; k < told->n; k++) {
		assert_true(told->steps[k].part[0] != '\0');
		if (told->steps[k].more)
			assert_string_equal(told->steps[k].part, part);
		else
			assert_int_equal(strncmp(line + 2, told->steps[k].part,
					     strlen(told->steps[k].part)),
			    0);
		part = told->steps[k].part;
		assert_int_equal(strncmp(line + 12, told->steps[k].verdict,
				     strlen(told->steps[k].verdict)),
		    0);
		line += 18 + 2 * told->steps[k].depth;
		assert_int_equal(strncmp(line, explained_text(told, k),
				     strcspn(line, "\n")),
		    0);
		line = strchr(line, '\n') + 1;
	}
	assert_string_equal(line, "");
}

/* What is said of the i-th call for a rule; `held` if a finding has it. */
static void
explain(const char *id, const char *rules, const char *calls, size_t i,
    int held, struct buf *out)
{
	struct explained told;
	struct notes notes;
	struct errmsg err;
	struct scene s;

	assert_int_equal(scene_rules(&s, rules), 0);
	scene_calls(&s, calls);
	s.set.zone = zone_utc();
	notes_init(&notes);
	assert_int_equal(explain_call(s.calls, i, &s.rules,
			     ruleset_find(&s.rules, id), &s.set, &told, &notes,
			     &err),
	    0);
	assert_int_equal(told.finding, held);
	explained_print(&told, out);
	check_steps(&told, out->data);
	explained_fini(&told);
	notes_fini(&notes);
	scene_end(&s);
}

static void
check(const char *rules, const char *calls, size_t i, int held,
    const char *words)
{
	struct buf out;

	buf_init(&out);
	explain("r", rules, calls, i, held, &out);
	if (strcmp(out.data, words) != 0)
		print_error("got:\n%s", out.data);
	assert_string_equal(out.data, words);
	buf_fini(&out);
}

static void
check_rule(const char *id, const char *rules, const char *calls, size_t i,
    int held, const char *one, const char *other)
{
	struct buf out;

	buf_init(&out);
	explain(id, rules, calls, i, held, &out);
	if (strstr(out.data, one) == NULL || strstr(out.data, other) == NULL)
		fail_msg("'%s' or '%s' is missing in:\n%s", one, other,
		    out.data);
	buf_fini(&out);
}

static void
check_parts(const char *rules, const char *calls, size_t i, int held,
    const char *one, const char *other)
{
	check_rule("r", rules, calls, i, held, one, other);
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
	    "  baseline        median 1 of 11 comparable buckets, taken as 2\n"
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

#define FILE_OF(keys, sections)                                  \
	"{\"cdrrules\": 1, \"rules\": [" SCENE_RULE("r", "test", \
	    keys) "], " sections "}"
#define WAIVERS(limit)                                                          \
	"\"waivers\": [{\"id\": \"w-1\", \"rules\": [\"r\"], \"match\": "       \
	"{\"account\": \"A1\"}, \"reason\": \"Agreed in writing\", \"owner\": " \
	"\"anna\", \"created\": \"2026-01-01\", \"expires\": "                  \
	"\"2026-02-01\"" limit "}]"

/* The rule is what tuning makes of it for the account of the call. */
static void
test_tuning_for_some(void **state)
{
	static const char file[] =
	    FILE_OF("\"match\": {}, \"params\": {\"n\": {\"value\": 3, "
		    "\"min\": 1, \"max\": 9, \"help\": \"H\"}}, \"by\": "
		    "[\"account\"], \"measure\": {\"fn\": \"count\", \"over\": "
		    "\"2h\"}, \"when\": {\"gte\": \"$n\"}",
		"\"tuning\": {\"r\": [{\"match\": {\"account\": \"A1\"}, "
		"\"params\": {\"n\": 8}}, {\"match\": {\"account\": \"A3\"}, "
		"\"enabled\": false}]}");
	static const char calls[] =
	    "\"calls\": [{\"start\": \"2026-01-13T02:00:00\", \"account\": "
	    "\"A1\"}, {\"start\": \"2026-01-13T02:00:01\", \"account\": "
	    "\"A2\"}, {\"start\": \"2026-01-13T02:00:02\", \"account\": "
	    "\"A3\"}]";

	(void)state;
	check_parts(file, calls, 0, 0, "tuning ", "needs >= 8");
	check_parts(file, calls, 1, 0, "by              account=A2",
	    "needs >= 3");
	check_parts(file, calls, 2, 0, "family volume   off, no finding",
	    "count = 1, needs >= 3");
}

static void
test_under_a_waiver(void **state)
{
	(void)state;
	check(FILE_OF("\"match\": {}, " THREE, WAIVERS("")), CALLS("4"), 3, 0,
	    "r v1   score 45   family volume   no finding, waived\n"
	    "call 2026-01-13 02:30:00   A1 > +5375550142\n"
	    "  match     pass  every call\n"
	    "  by              account=A1\n"
	    "  window          0 calls (4 with waived ones) in 2h, talk 0:00\n"
	    "  measure   fail  count = 0 without waived calls (4 with), needs >= 3\n"
	    "  finding   stop  waived f-8116e9b4d7, 2026-01-13 02:00:00 to "
	    "2026-01-13 02:30:00, 4 calls, score 45\n"
	    "                  4 unanswered calls in 2 h; limit 3\n"
	    "  waiver    stop  w-1 until 2026-02-01, anna: Agreed in writing\n");
}

/* Of six calls two are waived, and three of the others make a finding. */
static void
test_beyond_the_limit_of_a_waiver(void **state)
{
	static const char file[] = FILE_OF("\"match\": {}, " THREE,
	    WAIVERS(", \"limit\": {\"calls_per_day\": 2}"));

	(void)state;
	check_parts(file, CALLS("6"), 5, 1,
	    "count = 4 without waived calls (6 with), needs >= 3",
	    "  waiver    over  w-1 until 2026-02-01, anna: Agreed in writing; "
	    "its limit of 2 calls a day is used up\n");
	check_parts(file, CALLS("6"), 5, 1, "2026-01-13 02:20:00 to ",
	    ", 4 calls, score 45\n");
	/* One that is waived is in no finding, though there is one. */
	check_parts(file, CALLS("6"), 1, 0, "no finding, waived\n",
	    "count = 0 without waived calls (2 with), needs >= 3");
}

/* A rule that follows another sees what a run lets it see. */
static void
test_what_is_followed_is_waived(void **state)
{
	static const char file[] = "{\"cdrrules\": 1, \"rules\": [" SCENE_RULE(
	    "r", "test",
	    "\"match\": {\"direction\": \"in\"}, \"by\": []") ", " SCENE_RULE("s",
	    "test",
	    "\"match\": {\"direction\": \"out\"}, \"by\": [\"account\"], "
	    "\"follows\": {\"rule\": \"r\", \"within\": \"1h\", \"same\": "
	    "[\"account\"]}") "], " WAIVERS("") "}";

	(void)state;
	check_rule("s", file,
	    "\"base\": {\"account\": \"A1\"}, \"calls\": [{\"start\": "
	    "\"2026-01-13T01:30:00\", \"direction\": \"in\"}, {\"start\": "
	    "\"2026-01-13T02:00:00\", \"direction\": \"out\"}]",
	    1, 0, "no call of 'r' fired", "no finding\n");
}

/* What is not told as a finding is not explained as one. */
static void
test_standing(void **state)
{
	static const struct {
		const char *keys, *status, *head, *end;
	} rows[] = {
		{ "", "experimental", "shadow finding f-",
		    "  finding         f-" },
		{ "", "deprecated", "off, no finding\n", "would be f-" },
		{ "\"private\": true, ", "test", "private, no finding\n",
		    "would be f-" },
	};
	struct buf file;
	size_t i;

	(void)state;
	buf_init(&file);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_reset(&file);
		buf_addf(&file,
		    "{\"cdrrules\": 1, \"rules\": [{\"id\": \"r\", "
		    "\"version\": 1, \"title\": \"T\", \"description\": \"D\", "
		    "\"status\": \"%s\", \"fraud_type\": \"irsf\", "
		    "\"family\": \"volume\", \"score\": 45, "
		    "\"waiver_needs\": [\"account\"], %s\"match\": {}, " THREE
		    "}]}",
		    rows[i].status, rows[i].keys);
		check_parts(file.data, CALLS("4"), 3, 0, rows[i].head,
		    rows[i].end);
	}
	buf_fini(&file);
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
		cmocka_unit_test(test_tuning_for_some),
		cmocka_unit_test(test_under_a_waiver),
		cmocka_unit_test(test_beyond_the_limit_of_a_waiver),
		cmocka_unit_test(test_what_is_followed_is_waived),
		cmocka_unit_test(test_standing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
