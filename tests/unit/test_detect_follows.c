/* Rules that follow others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "scene.h"

/* Three calls into voicemail, then one out by the same account. */
#define GUESSING                                                       \
	"\"match\": {\"feature\": \"voicemail\"}, \"by\": [\"dst\"], " \
	"\"measure\": {\"fn\": \"count\", \"over\": \"5m\"}, "         \
	"\"when\": {\"gte\": 3}"
#define BREAKOUT                                                \
	"\"match\": {\"direction\": \"out\"}, \"by\": "         \
	"[\"account\"], \"follows\": {\"rule\": \"guessing\", " \
	"\"within\": \"1m\", \"same\": [[\"src\", \"dst\"]]}"

static const char three_guesses[] =
    "{\"start\": \"2026-01-13T02:00:00\", \"repeat\": 3, \"every\": \"10s\", "
    "\"dst\": \"201\", \"feature\": \"voicemail\"}";

/* How many findings the rule has made. */
static size_t
found(const struct scene *s, const char *rule)
{
	size_t i, n = 0;

	for (i = 0; i < s->found.n; i++)
		n += strcmp(s->found.findings[i]->rule, rule) == 0;
	return n;
}

static void
check_breakout(const char *rules, const char *call, size_t guessing,
    size_t breakout)
{
	struct scene s;
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "%s, {\"account\": \"A\", \"direction\": \"out\", %s}",
	    three_guesses, call);
	scene_play(&s, rules, b.data);
	assert_int_equal(found(&s, "guessing"), guessing);
	assert_int_equal(found(&s, "breakout"), breakout);
	assert_int_equal(s.found.n, guessing + breakout);
	buf_fini(&b);
	scene_end(&s);
}

static void
test_follows(void **state)
{
	static const char rules[] = SCENE_RULES(SCENE_RULE("breakout", "test",
	    BREAKOUT) ", " SCENE_RULE("guessing", "test", GUESSING));
	static const struct {
		const char *call;
		size_t expected;
	} rows[] = {
		/* the third guess, at 02:00:20, is the one that fires */
		{ "\"src\": \"201\", \"start\": \"2026-01-13T02:00:25\"", 1 },
		{ "\"src\": \"201\", \"start\": \"2026-01-13T02:00:20\"", 1 },
		{ "\"src\": \"201\", \"start\": \"2026-01-13T02:01:20\"", 1 },
		{ "\"src\": \"201\", \"start\": \"2026-01-13T02:01:20.001\"",
		    0 },
		{ "\"src\": \"201\", \"start\": \"2026-01-13T02:00:19\"", 0 },
		{ "\"src\": \"202\", \"start\": \"2026-01-13T02:00:25\"", 0 },
		{ "\"start\": \"2026-01-13T02:00:25\"", 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_breakout(rules, rows[i].call, 1, rows[i].expected);
}

static void
test_trigger_is_computed(void **state)
{
	static const char call[] =
	    "\"src\": \"201\", \"start\": \"2026-01-13T02:00:25\"";
	static const char *const except[] = { "guess*" };
	struct scene s;
	struct buf b;

	(void)state;
	/* private: for others only */
	check_breakout(SCENE_RULES(SCENE_RULE("breakout", "test",
			   BREAKOUT) ", " SCENE_RULE("guessing", "test",
			   "\"private\": true, " GUESSING)),
	    call, 0, 1);
	/* off, or a shadow, or for another sensitivity */
	check_breakout(SCENE_RULES(SCENE_RULE("breakout", "test",
			   BREAKOUT) ", " SCENE_RULE("guessing", "deprecated",
			   GUESSING)),
	    call, 0, 1);
	check_breakout(SCENE_RULES(SCENE_RULE("breakout", "test",
			   BREAKOUT) ", " SCENE_RULE("guessing", "experimental",
			   GUESSING)),
	    call, 1, 1);
	check_breakout(SCENE_RULES(SCENE_RULE("breakout", "test",
			   BREAKOUT) ", " SCENE_RULE("guessing", "test",
			   "\"sensitivity\": 3, " GUESSING)),
	    call, 0, 1);
	/* not chosen */
	buf_init(&b);
	buf_addf(&b, "%s, {\"account\": \"A\", \"direction\": \"out\", %s}",
	    three_guesses, call);
	scene_play(&s,
	    SCENE_RULES(SCENE_RULE("breakout", "test",
		BREAKOUT) ", " SCENE_RULE("guessing", "test", GUESSING)),
	    b.data);
	s.set.except = except;
	s.set.nexcept = 1;
	assert_int_equal(scene_run(&s), 0);
	assert_int_equal(found(&s, "guessing"), 0);
	assert_int_equal(found(&s, "breakout"), 1);
	assert_string_equal(s.found.findings[0]->reason,
	    "1 unanswered call; 0:05 after \"guessing!\"");
	buf_fini(&b);
	scene_end(&s);
}

/* A private rule alone says nothing, and a call does not follow itself. */
static void
test_alone(void **state)
{
	static const char itself[] = SCENE_RULES(SCENE_RULE("a", "test",
	    "\"match\": {}, \"by\": []") ", " SCENE_RULE("b", "test",
	    "\"match\": {}, \"by\": [], \"follows\": {\"rule\": \"a\", "
	    "\"within\": \"1h\", \"same\": [\"account\"]}"));
	struct scene s;

	(void)state;
	scene_play(&s,
	    SCENE_RULES(
		SCENE_RULE("guessing", "test", "\"private\": true, " GUESSING)),
	    three_guesses);
	assert_int_equal(s.found.n, 0);
	scene_end(&s);

	scene_play(&s, itself,
	    "{\"account\": \"A\", \"start\": \"2026-01-13T02:00:00\"}");
	assert_int_equal(found(&s, "a"), 1);
	assert_int_equal(found(&s, "b"), 0);
	scene_end(&s);
	/* two of one instant follow each other */
	scene_play(&s, itself,
	    "{\"account\": \"A\", \"start\": \"2026-01-13T02:00:00\", "
	    "\"repeat\": 2, \"every\": \"0s\"}");
	assert_int_equal(found(&s, "b"), 1);
	assert_int_equal(s.found.findings[1]->calls.calls, 2);
	scene_end(&s);
}

/* A chain, its rules in any order of names. */
static void
test_chain(void **state)
{
	static const char rules[] = SCENE_RULES(SCENE_RULE("c", "test",
	    "\"match\": {\"dst\": \"3\"}, \"by\": [\"account\"], \"follows\": "
	    "{\"rule\": \"a\", \"within\": \"1h\", \"same\": [\"account\"]}") ", " SCENE_RULE("b",
	    "test",
	    "\"match\": {\"dst\": \"1\"}, \"by\": [\"account\"]") ", " SCENE_RULE("a",
	    "test",
	    "\"match\": {\"dst\": \"2\"}, \"by\": [\"account\"], "
	    "\"follows\": {\"rule\": \"b\", \"within\": \"1h\", "
	    "\"same\": [\"account\"]}"));
	struct scene s;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		scene_play(&s, rules,
		    i == 0 ? "{\"account\": \"A\", \"dst\": \"1\", "
			     "\"start\": \"2026-01-13T02:00:00\", \"repeat\": "
			     "3, \"every\": \"50m\", \"step\": {\"dst\": 1}}"
			   : "{\"account\": \"A\", \"dst\": \"2\", "
			     "\"start\": \"2026-01-13T02:00:00\", \"repeat\": "
			     "2, \"every\": \"50m\", \"step\": {\"dst\": 1}}");
		assert_int_equal(s.found.n, i == 0 ? 3 : 0);
		scene_end(&s);
	}
}

/* A rule that stopped leaves nothing to follow; that is told. */
static void
test_stopped_trigger(void **state)
{
	struct scene s;
	size_t i;

	(void)state;
	scene_play(&s,
	    SCENE_RULES(SCENE_RULE("breakout", "test",
		"\"match\": {\"direction\": \"out\"}, \"by\": [\"account\"], "
		"\"follows\": {\"rule\": \"guessing\", \"within\": \"1m\", "
		"\"same\": [\"account\"]}") ", " SCENE_RULE("guessing", "test",
		"\"private\": true, \"match\": {}, \"by\": [\"dst\"]")),
	    "{\"account\": \"A\", \"dst\": \"1\", \"repeat\": 3, "
	    "\"start\": \"2026-01-13T02:00:00\", \"step\": {\"dst\": 1}}");
	s.set.max_groups = 2;
	assert_int_equal(scene_run(&s), 1);
	assert_int_equal(s.found.n, 1);
	assert_string_equal(s.found.findings[0]->rule, DETECT_STOPPED);
	assert_string_equal(s.found.findings[0]->entity, "breakout");
	for (i = 0; i < s.notes.n; i++)
		if (strcmp(s.notes.list[i].text, "rule 'breakout': stopped, "
						 "rule 'guessing', which it "
						 "follows, stopped") == 0)
			break;
	assert_true(i < s.notes.n);
	scene_end(&s);
}

/* What may be asked for: by what is chosen, what that follows, a waiver. */
static void
test_asks(void **state)
{
#define BOTH                                                            \
	"{\"cdrrules\": 1, \"rules\": [" SCENE_RULE("breakout", "test", \
	    BREAKOUT) ", " SCENE_RULE("guessing", "test", GUESSING) "]"
	static const char both[] = BOTH "}";
	static const char waived[] = BOTH
	    ", \"waivers\": [{\"id\": \"w\", \"reason\": \"Agreed with them\", "
	    "\"owner\": \"anna\", \"created\": \"2026-01-10\", "
	    "\"expires\": \"2026-01-14\", \"rules\": [\"guessing\"], "
	    "\"match\": {\"account\": \"V\", \"src_name\": \"V\"}}]}";
	static const struct {
		const char *rules, *only, *field;
		bool asks;
	} rows[] = {
		{ both, "*", "direction", true },
		{ both, "*", "feature", true },
		{ both, "*", "src_name", false },
		{ both, "guess*", "direction", false },
		{ both, "guess*", "feature", true },
		{ both, "break*", "feature", true },
		{ both, "none*", "feature", false },
		{ waived, "break*", "src_name", true },
		{ waived, "guess*", "direction", true },
		{ waived, "guess*", "user", false },
	};
	struct scene s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(scene_rules(&s, rows[i].rules), 0);
		s.set.only = &rows[i].only;
		s.set.nonly = 1;
		if (detect_asks(&s.rules, &s.set, field_find(rows[i].field)) !=
		    rows[i].asks)
			fail_msg("%zu: %s", i, rows[i].field);
		scene_end(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_follows),
		cmocka_unit_test(test_trigger_is_computed),
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_asks),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_stopped_trigger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
