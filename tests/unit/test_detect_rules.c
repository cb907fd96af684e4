/* Which rules run, what a run says, and the line for people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "scene.h"

#define OUT "\"match\": {\"direction\": \"out\"}, "

/* What people read. */
static const char reason_base[] =
    "\"base\": {\"account\": \"A\", \"user\": \"2041\", "
    "\"direction\": \"out\", \"status\": \"answered\", "
    "\"duration\": 600, \"dst\": \"+5355500100\", "
    "\"dst_country\": \"CU\", \"cost\": 8.2, "
    "\"currency\": \"EUR\"}, ";
static const struct {
	const char *keys, *calls, *reason;
} reasons[] = {
	{ OUT "\"by\": [\"account\"]", "{\"start\": \"2026-01-13T02:00:00\"}",
	    "1 answered call to +5355500100" },
	{ OUT "\"by\": [\"account\"]",
	    "{\"start\": \"2026-01-13T02:00:00\", "
	    "\"status\": \"failed\", \"repeat\": 3, "
	    "\"step\": {\"dst\": 1}}",
	    "3 unanswered calls to +5355500100 and 2 others" },
	{ OUT "\"by\": [\"account\", \"dst\"]",
	    "{\"start\": \"2026-01-13T02:00:00\"}",
	    "1 answered call to +5355500100" },
	{ OUT "\"by\": [\"account\", \"user\"], "
	      "\"measure\": {\"fn\": \"concurrent\"}, "
	      "\"when\": {\"gte\": 4}",
	    "{\"start\": \"2026-01-13T02:00:00\", \"repeat\": 10}",
	    "10 calls at once for user 2041; limit 4" },
	{ OUT "\"by\": [\"account\"], \"measure\": {\"fn\": \"count\", "
	      "\"over\": \"90m\"}, \"when\": {\"gte\": 3}",
	    "{\"start\": \"2026-01-13T02:00:00\", \"repeat\": 4}, "
	    "{\"start\": \"2026-01-13T02:01:00\", "
	    "\"status\": \"busy\"}",
	    "5 calls in 90 min; limit 3" },
	{ OUT "\"by\": [\"account\", \"dst_country\"], \"measure\": "
	      "{\"fn\": \"count\", \"window\": \"day\"}, "
	      "\"when\": {\"gte\": 1}, "
	      "\"escalate\": [{\"min_cost\": 200, \"score\": 85}]",
	    "{\"start\": \"2026-01-13T02:00:00\", \"repeat\": 110}",
	    "110 answered calls to CU, EUR 902.00 in one day" },
	{ OUT "\"by\": [\"account\"], \"measure\": {\"fn\": \"sum\", "
	      "\"of\": \"duration\", \"over\": \"1d\"}, "
	      "\"when\": {\"gte\": \"8h\"}",
	    "{\"start\": \"2026-01-13T02:00:00\", \"repeat\": 60}",
	    "total talk 10:00:00 over 60 answered calls in 24 h; "
	    "limit 8:00:00" },
	{ OUT "\"by\": [\"account\"], \"measure\": {\"fn\": \"sum\", "
	      "\"of\": \"cost\", \"over\": \"1d\"}, "
	      "\"when\": {\"gte\": 20}",
	    "{\"start\": \"2026-01-13T02:00:00\", \"repeat\": 10}",
	    "total cost EUR 82.00 over 10 answered calls in 24 h; "
	    "limit 20.00" },
	{ OUT "\"by\": [\"account\"], \"measure\": {\"fn\": \"max\", "
	      "\"of\": \"duration\", \"over\": \"2d\"}, "
	      "\"when\": {\"gte\": \"10m\"}",
	    "{\"start\": \"2026-01-13T02:00:00\"}, "
	    "{\"start\": \"2026-01-13T03:00:00\", \"dst\": null, "
	    "\"status\": \"busy\", \"duration\": 0}",
	    "longest talk 10:00 over 2 calls in 2 d; limit 10:00" },
	{ OUT "\"by\": [\"account\"]",
	    "{\"start\": \"2026-01-13T02:00:00\"}, "
	    "{\"start\": \"2026-01-13T03:00:00\", \"dst\": null}, "
	    "{\"start\": \"2026-01-13T04:00:00\", "
	    "\"dst\": \"+442079460123\"}",
	    "3 answered calls to +5355500100 and 1 other" },
	{ OUT "\"by\": [\"account\"], \"measure\": {\"fn\": "
	      "\"distinct\", \"of\": \"dst\", \"over\": \"30m\"}, "
	      "\"when\": {\"gte\": 8}",
	    "{\"start\": \"2026-01-13T02:00:00\", \"repeat\": 9, "
	    "\"step\": {\"dst\": 1}}",
	    "9 called numbers in 30 min; limit 8" },
	{ OUT "\"by\": [\"dst\"], \"measure\": {\"fn\": \"ratio\", "
	      "\"where\": {\"status\": \"answered\"}, "
	      "\"over\": \"1h\"}, \"when\": {\"gte\": 0.6, "
	      "\"min_calls\": 8}, \"also\": [{\"fn\": \"distinct\", "
	      "\"of\": \"user\", \"gte\": 1}, {\"fn\": \"avg\", "
	      "\"of\": \"duration\", \"gte\": \"1m\"}]",
	    "{\"start\": \"2026-01-13T02:00:00\", \"repeat\": 3, "
	    "\"status\": \"busy\"}, "
	    "{\"start\": \"2026-01-13T02:00:03\", \"repeat\": 5}",
	    "5 of 8 calls in 1 h (62.5 %) with status answered; "
	    "limit 60 %; also 1 user, average talk 10:00" },
	/* the first 30 are all of them; 40 are, too, and say more */
	{ OUT "\"by\": [\"account\"], \"measure\": {\"fn\": \"ratio\", "
	      "\"where\": {\"any\": [{\"src_kind\": [\"anonymous\", "
	      "{\"exists\": false}]}, {\"duration\": {\"gte\": \"1s\", "
	      "\"lte\": \"10m\"}}]}, \"over\": \"1h\"}, "
	      "\"when\": {\"gte\": 0.6, \"min_calls\": 30}, "
	      "\"also\": [{\"fn\": \"count\", \"gte\": 1}, "
	      "{\"fn\": \"ratio\", \"where\": {\"international\": true}, "
	      "\"lt\": 0.5}]",
	    "{\"start\": \"2026-01-13T02:00:00\", \"repeat\": 40}",
	    "40 of 40 calls in 1 h (100 %) with src_kind anonymous or "
	    "missing, or duration 1s to 10m; limit 60 %; also 40 calls, "
	    "0 % with international true" },
	{ OUT "\"by\": [\"account\"], \"measure\": {\"fn\": \"run\", "
	      "\"of\": \"dst\", \"over\": \"30m\"}, "
	      "\"when\": {\"gte\": 8}, \"also\": [{\"fn\": \"mode\", "
	      "\"of\": \"duration\", \"bin\": \"2s\", \"gte\": 0.8}]",
	    "{\"start\": \"2026-01-13T02:00:00\", \"repeat\": 9, "
	    "\"step\": {\"dst\": 1}}",
	    "9 adjacent called numbers +5355500100 to +5355500108 in 30 min; "
	    "limit 8; also 100 % with one duration" },
	{ OUT "\"by\": [\"account\"], \"measure\": {\"fn\": \"mode\", "
	      "\"of\": \"duration\", \"bin\": \"3s\", \"over\": \"1h\"}, "
	      "\"when\": {\"gte\": 0.75, \"min_calls\": 8}, \"also\": "
	      "[{\"fn\": \"run\", \"of\": \"dst\", \"gte\": 1}]",
	    "{\"start\": \"2026-01-13T02:00:00\", \"repeat\": 4}, "
	    "{\"start\": \"2026-01-13T02:01:00\", \"repeat\": 2, "
	    "\"duration\": 602}, {\"start\": \"2026-01-13T02:02:00\", "
	    "\"repeat\": 2, \"duration\": 603}",
	    "6 of 8 calls in 1 h (75 %) with duration 10:00 to 10:02; limit "
	    "75 %; also 1 adjacent called number" },
	{ OUT "\"by\": [\"account\"], \"measure\": {\"fn\": \"mode\", "
	      "\"of\": \"user\", \"over\": \"1h\"}, \"when\": {\"gte\": 1}",
	    "{\"start\": \"2026-01-13T02:00:00\"}",
	    "1 of 1 call in 1 h (100 %) with user 2041; limit 100 %" },
	{ OUT "\"by\": [\"account\", \"dst_country\"], \"measure\": "
	      "{\"fn\": \"gap\"}, \"when\": {\"gte\": \"90d\"}",
	    "{\"start\": \"2026-01-13T02:00:00\"}, "
	    "{\"start\": \"2026-05-13T04:00:00\"}",
	    "1 answered call to CU, the first in 120 days; limit 90 days" },
	{ OUT "\"by\": [\"account\"], \"measure\": {\"fn\": \"gap\"}, "
	      "\"when\": {\"lte\": \"10s\"}",
	    "{\"start\": \"2026-01-13T02:00:00\", \"repeat\": 3, "
	    "\"every\": \"7s\"}",
	    "2 answered calls, as little as 0:07 apart; limit 0:10" },
	{ OUT "\"by\": [\"account\"], \"measure\": {\"fn\": \"silence\"}, "
	      "\"when\": {\"gte\": \"4h\"}",
	    "{\"start\": \"2026-01-13T02:00:00\"}, "
	    "{\"start\": \"2026-01-13T08:12:00\"}",
	    "no call for 6:12:00; limit 4:00:00" },
	{ OUT "\"by\": [\"account\"], \"measure\": {\"fn\": \"ratio\", "
	      "\"where\": {}, \"over\": \"1h\"}, \"when\": {\"gte\": 1}",
	    "{\"start\": \"2026-01-13T02:00:00\"}",
	    "1 of 1 call in 1 h (100 %); limit 100 %" },
};

static void
test_reasons(void **state)
{
	const struct finding *f;
	struct scene s;
	struct buf calls;
	size_t i;

	(void)state;
	buf_init(&calls);
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		buf_reset(&calls);
		buf_addf(&calls, "%s\"calls\": [%s]", reason_base,
		    reasons[i].calls);
		f = scene_find(&s, reasons[i].keys, calls.data);
		assert_string_equal(f->reason, reasons[i].reason);
		scene_end(&s);
	}
	buf_fini(&calls);
}

/* 28 days of 10 calls, then 110. */
static void
test_baseline(void **state)
{
	const struct finding *f;
	struct scene s;

	(void)state;
	f = scene_find(&s,
	    OUT "\"by\": [\"account\"], \"measure\": {\"fn\": \"count\", "
		"\"window\": \"day\"}, \"baseline\": {\"history\": \"28d\", "
		"\"season\": \"weekday\", \"stat\": \"median\", "
		"\"min_buckets\": 5, \"floor\": 5}, "
		"\"when\": {\"times\": 4, \"gte\": 20}",
	    "\"base\": {\"account\": \"A\", \"direction\": \"out\"}, "
	    "\"calls\": [{\"start\": \"2025-12-16T09:00:00\", \"days\": 28, "
	    "\"repeat\": 10}, {\"start\": \"2026-01-13T09:00:00\", "
	    "\"repeat\": 110}]");
	assert_string_equal(f->reason,
	    "110 unanswered calls; median of 19 like days is 10");
	assert_string_equal(f->op, "times");
	assert_int_equal(f->limit, 40 * RULE_UNIT);
	assert_true(f->has_baseline);
	assert_int_equal(f->baseline, 10 * RULE_UNIT);
	assert_string_equal(f->window, "day");
	/* the episode is the day: its first 39 calls belong to it */
	assert_int_equal(f->calls.calls, 110);
	assert_int_equal(f->crossed_at - f->first_seen, 39000);
	scene_end(&s);
}

/*
 * An attack of many days goes on being found, because flagged days are
 * clipped; a real growth is learnt in the end.
 */
static void
test_attack_is_no_norm(void **state)
{
	static const char keys[] =
	    OUT "\"by\": [\"account\"], \"measure\": {\"fn\": \"count\", "
		"\"window\": \"day\"}, \"baseline\": {\"history\": \"8d\", "
		"\"stat\": \"mean\", \"min_buckets\": 5}, "
		"\"when\": {\"times\": 2, \"gte\": 4}";
	char *rules = scene_rule(keys);
	struct scene s;

	(void)state;
	assert_int_equal(scene_rules(&s, rules), 0);
	scene_calls(&s,
	    "\"base\": {\"account\": \"A\", \"direction\": \"out\"}, "
	    "\"calls\": [{\"start\": \"2026-01-01T09:00:00\", \"days\": 10, "
	    "\"repeat\": 2}, {\"start\": \"2026-01-11T09:00:00\", "
	    "\"days\": 40, \"repeat\": 10}]");
	assert_int_equal(scene_run(&s), 0);
	/* unclipped, the mean is 5 on the fourth day, the last one found */
	assert_int_equal(s.found.n, 7);
	scene_end(&s);
	free(rules);
}

#define RULE(id, status, more)                                              \
	"{\"id\": \"" id "\", \"version\": 1, \"title\": \"T\", "           \
	"\"description\": \"D\", \"status\": \"" status "\", "              \
	"\"fraud_type\": \"irsf\", \"family\": \"volume\", \"score\": 45, " \
	"\"waiver_needs\": [\"account\"], \"match\": {}, "                  \
	"\"by\": [\"account\"]" more "}"

static const char five_rules[] = "{\"cdrrules\": 1, \"rules\": [" RULE("a-one",
    "test", "") ", " RULE("a-two", "experimental", "") ", " RULE("b-deep",
    "test", ", \"sensitivity\": 2") ", " RULE("b-off", "deprecated",
    "") ", " RULE("b-own", "test", ", \"private\": true") "]}";

/* The rules that found something, by id. */
static void
check_rules(struct scene *s, const char *expected)
{
	struct buf got;
	size_t i;

	assert_int_equal(scene_run(s), 0);
	results_sort(&s->found);
	buf_init(&got);
	for (i = 0; i < s->found.n; i++)
		buf_addf(&got, "%s%s%s", i > 0 ? " " : "",
		    s->found.findings[i]->rule,
		    s->found.findings[i]->kind == KIND_SHADOW ? "*" : "");
	assert_string_equal(got.data, expected);
	buf_fini(&got);
}

static void
test_choice(void **state)
{
	static const char *const a[] = { "a-*" };
	static const char *const one[] = { "a-one", "x" };
	struct scene s;

	(void)state;
	assert_int_equal(scene_rules(&s, five_rules), 0);
	scene_calls(&s,
	    "\"calls\": [{\"account\": \"A\", \"source\": \"pbx2\", "
	    "\"start\": \"2026-01-13T02:00:00\"}, {\"source\": \"pbx1\", "
	    "\"start\": \"2026-01-13T03:00:00\", \"repeat\": 2}]");
	check_rules(&s, "a-one a-two*");
	assert_int_equal(s.found.run.rules_shadow, 1);
	assert_int_equal(s.found.run.rules_off, 2);
	assert_int_equal(s.found.run.rules_active, 2);
	assert_int_equal(s.found.run.looked_at, 3);
	assert_int_equal(s.found.run.as_of, s.set.as_of);
	assert_int_equal(s.found.run.last - s.found.run.first, 3601000);
	assert_memory_equal(s.found.run.ruleset, "xxh128:", 7);
	assert_int_equal(s.found.run.nfeeds, 2);
	assert_string_equal(s.found.run.feeds[0].source, "pbx1");
	assert_int_equal(s.found.run.feeds[0].calls, 2);
	assert_int_equal(s.found.run.feeds[0].last - s.found.run.feeds[0].first,
	    1000);
	assert_string_equal(s.found.run.feeds[1].source, "pbx2");
	s.set.sensitivity = 2;
	check_rules(&s, "a-one a-two* b-deep");
	s.set.only = a;
	s.set.nonly = 1;
	check_rules(&s, "a-one a-two*");
	s.set.except = one;
	s.set.nexcept = 2;
	check_rules(&s, "a-two*");
	s.set.nonly = 0;
	check_rules(&s, "a-two* b-deep");
	scene_end(&s);
}

static void
test_nothing(void **state)
{
	struct scene s;

	(void)state;
	assert_int_equal(scene_rules(&s, five_rules), 0);
	scene_calls(&s, "\"calls\": []");
	check_rules(&s, "");
	assert_int_equal(s.found.run.looked_at, 0);
	assert_int_equal(s.found.run.nfeeds, 0);
	scene_end(&s);
}

/* What cannot be evaluated is said, not skipped. */
int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_baseline),
		cmocka_unit_test(test_attack_is_no_norm),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
