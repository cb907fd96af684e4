/* Waivers and tuning of rules that follow others; limits of the directory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "detect/ruletest.h"
#include "scene.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* `calls` calls into voicemail, then one out within `within`. */
#define GUESSING                                                           \
	"\"match\": {\"feature\": \"voicemail\"}, \"by\": [\"account\"], " \
	"\"params\": {\"calls\": {\"value\": 3, \"min\": 1, \"max\": 9, "  \
	"\"help\": \"h\"}}, \"measure\": {\"fn\": \"count\", \"over\": "   \
	"\"5m\"}, \"when\": {\"gte\": \"$calls\"}"
#define BREAKOUT                                                                  \
	"\"match\": {\"direction\": \"out\"}, \"by\": [\"account\"], "            \
	"\"params\": {\"span\": {\"value\": \"1m\", \"min\": \"1s\", "            \
	"\"max\": \"1h\", \"help\": \"h\"}}, \"follows\": {\"rule\": "            \
	"\"guessing\", \"within\": \"$span\", \"same\": [[\"src\", "              \
	"\"dst\"]]}, \"tests\": [{\"name\": \"as written\", \"calls\": [" GUESSES \
	", " CALL("25") "], \"expect\": [{\"by\": {\"account\": \"A\"}}]}]"
/* The third of five guesses, at 02:00:20, is the first that fires. */
#define GUESSES                                                           \
	"{\"start\": \"2026-01-13T02:00:00\", \"repeat\": 5, \"every\": " \
	"\"10s\", \"account\": \"V\", \"dst\": \"201\", \"feature\": "    \
	"\"voicemail\"}"
#define CALL(second)                                                      \
	"{\"account\": \"A\", \"direction\": \"out\", \"src\": \"201\", " \
	"\"start\": \"2026-01-13T02:00:" second "\"}"
/* More than a minute behind all of them. */
#define LATER                                                             \
	"{\"account\": \"A\", \"direction\": \"out\", \"src\": \"201\", " \
	"\"start\": \"2026-01-13T02:03:00\"}"
#define RULES(extra)                                                          \
	"{\"cdrrules\": 1, \"rules\": [" SCENE_RULE("breakout", "test",       \
	    BREAKOUT) ", " SCENE_RULE("guessing", "test", GUESSING) "]" extra \
								    "}"
#define WAIVER(keys)                                                         \
	", \"waivers\": [{\"id\": \"w\", \"reason\": \"Agreed with them\", " \
	"\"owner\": \"anna\", \"created\": \"2026-01-10\", \"expires\": "    \
	"\"2026-01-14\", " keys "}]"
#define V               "\"match\": {\"account\": \"V\"}"
#define TUNING(entries) ", \"tuning\": {" entries "}"

/* How many findings of this kind the rule has made. */
static int
found(const struct scene *s, const char *rule, enum finding_kind kind)
{
	size_t i;
	int n = 0;

	for (i = 0; i < s->found.n; i++)
		n += strcmp(s->found.findings[i]->rule, rule) == 0 &&
		     s->found.findings[i]->kind == kind;
	return n;
}

static const struct {
	const char *rules, *call;
	int guessing, breakout, waived;
} rows[] = {
	{ RULES(""), CALL("25"), 1, 1, 0 },
	/* waived calls are no events */
	{ RULES(WAIVER("\"rules\": [\"guessing\"], " V)), CALL("25"), 0, 0, 1 },
	/* of five calls four are left, and 02:00:30 is the first to fire */
	{ RULES(WAIVER("\"rules\": [\"guessing\"], " V
		       ", \"limit\": {\"calls_per_day\": 1}")),
	    CALL("25"), 1, 0, 0 },
	{ RULES(WAIVER("\"rules\": [\"guessing\"], " V
		       ", \"limit\": {\"calls_per_day\": 1}")),
	    CALL("35"), 1, 1, 0 },
	/* the events are there, the call is none */
	{ RULES(WAIVER("\"rules\": [\"breakout\"], \"match\": {\"account\": "
		       "\"A\"}")),
	    CALL("25"), 1, 0, 1 },
	/* a trigger that is off is worked out, and waived */
	{ RULES(TUNING("\"guessing\": {\"enabled\": false}")), CALL("25"), 0, 1,
	    0 },
	{ RULES(WAIVER("\"rules\": [\"guessing\"], " V)
		  TUNING("\"guessing\": {\"enabled\": false}")),
	    CALL("25"), 0, 0, 0 },
	/* the trigger as the site has it, for all ... */
	{ RULES(TUNING("\"guessing\": {\"params\": {\"calls\": 4}}")),
	    CALL("25"), 1, 0, 0 },
	{ RULES(TUNING("\"guessing\": {\"params\": {\"calls\": 4}}")),
	    CALL("35"), 1, 1, 0 },
	/* ... and for some groups */
	{ RULES(TUNING("\"guessing\": {" V ", \"params\": {\"calls\": 4}}")),
	    CALL("25"), 1, 0, 0 },
	{ RULES(TUNING("\"guessing\": {" V ", \"params\": {\"calls\": 4}}")),
	    CALL("35"), 1, 1, 0 },
	{ RULES(TUNING("\"guessing\": {\"match\": {\"account\": \"W\"}, "
		       "\"params\": {\"calls\": 4}}")),
	    CALL("25"), 1, 1, 0 },
	{ RULES(TUNING("\"guessing\": {" V ", \"enabled\": false}")),
	    CALL("25"), 0, 1, 0 },
	{ RULES(WAIVER("\"rules\": [\"guessing\"], " V)
		  TUNING("\"guessing\": {" V ", \"enabled\": false}")),
	    CALL("25"), 0, 0, 0 },
	/* off for all, and on for some again */
	{ RULES(TUNING("\"guessing\": [{\"enabled\": false}, {" V
		       ", \"enabled\": true}]")),
	    CALL("25"), 1, 1, 0 },
	{ RULES(TUNING("\"guessing\": [{\"status\": \"deprecated\"}, {" V
		       ", \"status\": \"test\"}]")),
	    CALL("25"), 1, 1, 0 },
	{ RULES(TUNING("\"guessing\": [{\"enabled\": false}, {\"match\": "
		       "{\"account\": \"W\"}, \"enabled\": true}]")),
	    CALL("25"), 0, 1, 0 },
	/* the one that follows */
	{ RULES(TUNING("\"breakout\": {\"score\": 60}")), CALL("25"), 1, 1, 0 },
	{ RULES(TUNING("\"breakout\": {\"params\": {\"span\": \"4s\"}}")),
	    CALL("25"), 1, 0, 0 },
	{ RULES(TUNING("\"breakout\": {\"match\": {\"account\": \"A\"}, "
		       "\"params\": {\"span\": \"4s\"}}")),
	    CALL("25"), 1, 0, 0 },
	{ RULES(TUNING("\"breakout\": {\"match\": {\"account\": \"A\"}, "
		       "\"params\": {\"span\": \"5s\"}}")),
	    CALL("25"), 1, 1, 0 },
	{ RULES(TUNING("\"breakout\": {\"match\": {\"account\": \"A\"}, "
		       "\"params\": {\"span\": \"5m\"}}")),
	    LATER, 1, 1, 0 },
	{ RULES(TUNING("\"breakout\": {\"match\": {\"account\": \"B\"}, "
		       "\"params\": {\"span\": \"5m\"}}")),
	    LATER, 1, 0, 0 },
	{ RULES(TUNING("\"breakout\": {\"match\": {\"account\": \"B\"}, "
		       "\"params\": {\"span\": \"4s\"}}")),
	    CALL("25"), 1, 1, 0 },
	{ RULES(TUNING("\"breakout\": {\"match\": {\"account\": \"A\"}, "
		       "\"score\": 60}, \"guessing\": {" V
		       ", \"params\": {\"calls\": 6}}")),
	    CALL("25"), 0, 0, 0 },
};

/* Whether a rule counts as on where entries are for some groups only. */
static void
test_is_on(void **state)
{
	static const struct {
		const char *entries;
		bool on;
	} cases[] = {
		{ "{" V ", \"enabled\": false}", true },
		{ "{" V ", \"status\": \"deprecated\"}", true },
		{ "{\"enabled\": false}, {" V ", \"enabled\": true}", true },
		{ "{\"enabled\": false}, {" V ", \"status\": \"test\"}", true },
		{ "{\"enabled\": false}, {" V ", \"status\": \"deprecated\"}",
		    false },
		{ "{\"enabled\": false}, {" V ", \"status\": \"test\", "
		  "\"enabled\": false}",
		    false },
		{ "{\"status\": \"deprecated\"}, {" V
		  ", \"status\": \"deprecated\"}",
		    false },
		{ "{\"status\": \"deprecated\"}, {" V ", \"enabled\": true}",
		    false },
		{ "{\"status\": \"deprecated\"}, {" V
		  ", \"status\": \"experimental\"}",
		    true },
	};
	struct scene s;
	struct buf text;
	size_t i;

	(void)state;
	buf_init(&text);
	for (i = 0; i < COUNT(cases); i++) {
		buf_reset(&text);
		buf_addf(&text, RULES(TUNING("\"guessing\": [%s]")),
		    cases[i].entries);
		if (scene_rules(&s, text.data) < 0)
			fail_msg("%s", s.notes.list[0].text);
		if (rule_is_on(ruleset_find(&s.rules, "guessing")) !=
		    cases[i].on)
			fail_msg("%s", cases[i].entries);
		scene_calls(&s, "\"calls\": []");
		scene_end(&s);
	}
	buf_fini(&text);
}

static void
test_follows(void **state)
{
	struct scene s;
	size_t i;
	int guessing, breakout, waived;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct buf calls;

		buf_init(&calls);
		buf_addf(&calls, "%s, %s", GUESSES, rows[i].call);
		scene_play(&s, rows[i].rules, calls.data);
		guessing = found(&s, "guessing", KIND_FINDING);
		breakout = found(&s, "breakout", KIND_FINDING);
		waived = found(&s, "guessing", KIND_WAIVED) +
			 found(&s, "breakout", KIND_WAIVED);
		if (guessing != rows[i].guessing ||
		    breakout != rows[i].breakout || waived != rows[i].waived)
			fail_msg("%s: guessing %d, breakout %d, waived %d",
			    rows[i].rules, guessing, breakout, waived);
		scene_end(&s);
		buf_fini(&calls);
	}
}

/* The tests of the author see both rules as they were written. */
static void
test_as_written(void **state)
{
	struct ruletest_report rep;
	struct errmsg err;
	struct scene s;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		assert_int_equal(scene_rules(&s, rows[i].rules), 0);
		ruletest_init(&rep);
		assert_int_equal(ruletest_run(&s.rules, "breakout", &rep,
				     &s.notes, &err),
		    0);
		if (rep.passed != 1 || rep.failed != 0)
			fail_msg("%s: %s", rows[i].rules,
			    rep.results[0].details);
		ruletest_fini(&rep);
		scene_end(&s);
	}
}

/* What a site changes of the trigger changes what follows it. */
static void
test_hash(void **state)
{
	char before[HASH_HEX];
	struct scene s;
	size_t i;

	(void)state;
	assert_int_equal(scene_rules(&s, RULES("")), 0);
	memcpy(before, ruleset_find(&s.rules, "breakout")->hash, HASH_HEX);
	scene_end(&s);
	for (i = 0; i < COUNT(rows); i++) {
		if (strstr(rows[i].rules, "\"guessing\": {\"params\"") == NULL)
			continue;
		assert_int_equal(scene_rules(&s, rows[i].rules), 0);
		assert_string_not_equal(
		    ruleset_find(&s.rules, "breakout")->hash, before);
		scene_end(&s);
	}
}

/*
 * The call of noon is no call of a silence that it is waived for.  Between
 * nine and five there are seven hours without it, else five after it.
 */
static void
test_silence(void **state)
{
	static const char form[] =
	    "{\"cdrrules\": 1, \"calendars\": {\"shop\": {\"open\": "
	    "{\"mon-fri\": [\"09:00-17:00\"]}}}, \"rules\": [%s] %s}";
	static const char rule[] = SCENE_RULE("quiet", "test",
	    "\"match\": {}, \"by\": [\"account\"], \"measure\": {\"fn\": "
	    "\"silence\", \"during\": \"shop\"}, \"when\": {\"gte\": \"6h\"}");
	static const char calls[] =
	    "{\"account\": \"A\", \"start\": \"2026-01-13T10:00:00\"}, "
	    "{\"account\": \"A\", \"dst\": \"201\", \"start\": "
	    "\"2026-01-13T12:00:00\"}, {\"account\": \"B\", \"start\": "
	    "\"2026-01-13T18:00:00\"}";
	struct scene s;
	struct buf text;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		buf_init(&text);
		buf_addf(&text, form, rule,
		    i == 0 ? ""
			   : WAIVER("\"rules\": [\"quiet\"], \"match\": "
				    "{\"account\": \"A\", \"dst\": \"201\"}"));
		scene_play(&s, text.data, calls);
		assert_int_equal(found(&s, "quiet", KIND_FINDING), i);
		assert_int_equal(s.found.n, i);
		if (i == 1)
			assert_int_equal(s.found.findings[0]->value,
			    INT64_C(7) * 3600000 * RULE_UNIT);
		scene_end(&s);
		buf_fini(&text);
	}
}

/* As many calls at once as the directory allows, and one more. */
static void
test_capacity(void **state)
{
	static const char rules[] = SCENE_RULES(SCENE_RULE("full", "test",
	    "\"match\": {}, \"by\": [\"account\"], \"measure\": {\"fn\": "
	    "\"concurrent\"}, \"when\": {\"gt\": {\"field\": \"capacity\"}}"));
	static const struct {
		const char *capacity;
		int limit; /* of the finding; 0: none */
	} cases[] = {
		{ "\"capacity\": 1,", 1 },
		{ "\"capacity\": 2,", 2 },
		{ "\"capacity\": 3,", 0 },
		{ "", 0 },
	};
	struct scene s;
	struct buf calls;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		buf_init(&calls);
		buf_addf(&calls,
		    "{\"account\": \"A\", %s \"start\": "
		    "\"2026-01-13T10:00:00\", \"repeat\": 3, \"every\": "
		    "\"1m\", \"duration\": 600}",
		    cases[i].capacity);
		scene_play(&s, rules, calls.data);
		assert_int_equal(s.found.n, cases[i].limit > 0);
		if (cases[i].limit > 0) {
			assert_int_equal(s.found.findings[0]->limit,
			    cases[i].limit * RULE_UNIT);
			assert_int_equal(s.found.findings[0]->value,
			    3 * RULE_UNIT);
		}
		scene_end(&s);
		buf_fini(&calls);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_on),
		cmocka_unit_test(test_follows),
		cmocka_unit_test(test_as_written),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_capacity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
