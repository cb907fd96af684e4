#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "rule/waiver.h"
#include "scene.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Rule "day" counts calls of an account in a day, "each" is every one. */
static const char rules_text[] =
    "{ \"cdrrules\": 1, \"rules\": ["
    "{ \"id\": \"day\", \"version\": 1, \"title\": \"T\", \"description\": "
    "\"D\", \"status\": \"test\", \"fraud_type\": \"irsf\", \"family\": "
    "\"volume\", \"score\": 45, \"waiver_needs\": [\"account\"], \"match\": "
    "{ \"direction\": \"out\" }, \"by\": [\"account\"], \"measure\": { "
    "\"fn\": \"count\", \"window\": \"day\" }, \"when\": { \"gte\": 3 } },"
    "{ \"id\": \"each\", \"version\": 1, \"title\": \"T\", \"description\": "
    "\"D\", \"status\": \"test\", \"fraud_type\": \"irsf\", \"family\": "
    "\"time\", \"score\": 20, \"waiver_needs\": [\"account\"], \"match\": {}, "
    "\"by\": [\"account\"], \"measure\": { \"fn\": \"count\", \"window\": "
    "\"day\" }, \"when\": { \"gte\": 1 } } ], \"waivers\": [ %s ] }";

#define WAIVER(keys)                                                     \
	"{ \"id\": \"w\", \"reason\": \"Agreed with them\", \"owner\": " \
	"\"anna\", \"created\": \"2026-01-10\", \"expires\": "           \
	"\"2026-01-14\", " keys " }"
#define A1 "\"rules\": [\"day\"], \"match\": { \"account\": \"A1\" }"

/* Calls of `account` on a day: "13 A1 4" are four, an hour apart. */
struct day_calls {
	const char *day, *account;
	int n;
};

static void
make_calls(struct scene *s, const struct day_calls *days, size_t n)
{
	struct buf b;
	size_t i;

	buf_init(&b);
	buf_addstr(&b, "\"calls\": [");
	for (i = 0; i < n && days[i].day != NULL; i++)
		buf_addf(&b,
		    "%s{\"start\": \"2026-01-%sT08:00:00\", \"account\": "
		    "\"%s\", \"repeat\": %d, \"every\": \"1h\", \"cost\": 2, "
		    "\"duration\": 60, \"currency\": \"EUR\", \"direction\": "
		    "\"out\"}",
		    i > 0 ? "," : "", days[i].day, days[i].account, days[i].n);
	buf_addstr(&b, "]");
	scene_calls(s, b.data);
	buf_fini(&b);
}

/* Findings of rule "day": day, account, calls and kind, the dearest first. */
static const struct {
	const char *name, *waiver;
	struct day_calls calls[4];
	const char *found;
	int64_t used, over;
} scenes[] = {
	{ "no waiver", "", { { "13", "A1", 4 } }, "13 A1 4 finding;", -1, 0 },
	{ "all of a day", WAIVER(A1), { { "13", "A1", 4 }, { "13", "B", 3 } },
	    "13 A1 4 waived;13 B 3 finding;", 4, 0 },
	{ "the last day", WAIVER(A1), { { "13", "A1", 3 }, { "14", "A1", 3 } },
	    "13 A1 3 waived;14 A1 3 finding;", 3, 0 },
	{ "the first day", WAIVER(A1), { { "09", "A1", 3 }, { "10", "A1", 3 } },
	    "09 A1 3 finding;10 A1 3 waived;", 3, 0 },
	{ "from later", WAIVER(A1 ", \"from\": \"2026-01-12\""),
	    { { "11", "A1", 3 }, { "12", "A1", 3 } },
	    "11 A1 3 finding;12 A1 3 waived;", 3, 0 },
	{ "what would not fire is not waived", WAIVER(A1),
	    { { "13", "A1", 2 } }, "", 2, 0 },
	/* The sixth call is over the limit; three more fire. */
	{ "more than a day may have",
	    WAIVER(A1 ", \"limit\": { \"calls_per_day\": 5 }"),
	    { { "12", "A1", 8 }, { "13", "A1", 5 } },
	    "13 A1 5 waived;12 A1 3 finding;", 10, 1 },
	{ "just as many", WAIVER(A1 ", \"limit\": { \"calls_per_day\": 4 }"),
	    { { "12", "A1", 4 } }, "12 A1 4 waived;", 4, 0 },
	/* 2 EUR each: the fourth call makes it 8. */
	{ "more money", WAIVER(A1 ", \"limit\": { \"cost_per_day\": 7.5 }"),
	    { { "12", "A1", 6 } }, "12 A1 3 finding;", 3, 1 },
	{ "two rules, one count",
	    WAIVER("\"rules\": [\"day\", \"each\"], \"match\": { "
		   "\"account\": \"A1\" }, \"limit\": { \"calls_per_day\": 3 "
		   "}"),
	    { { "12", "A1", 3 } }, "12 A1 3 waived;", 3, 0 },
	{ "a prefix",
	    WAIVER("\"rules\": [\"day\"], \"match\": { \"account\": "
		   "{ \"prefix\": \"A\" } }"),
	    { { "12", "A1", 3 }, { "12", "A2", 3 } },
	    "12 A1 3 waived;12 A2 3 waived;", 6, 0 },
};

static void
describe(const struct scene *s, struct buf *out)
{
	const struct finding *f;
	size_t i;

	results_sort((struct results *)(void *)&s->found);
	for (i = 0; i < s->found.n; i++) {
		f = s->found.findings[i];
		if (strcmp(f->rule, "day") != 0)
			continue;
		buf_addf(out, "%02d %s %d %s;",
		    (int)(f->first_seen / 86400000 - 20453), f->entity,
		    (int)f->calls.calls, finding_kind_name(f->kind));
		assert_int_equal(f->nwaivers, f->kind == KIND_WAIVED);
		if (f->nwaivers > 0)
			assert_string_equal(f->waivers[0], "w");
	}
}

static void
test_scenes(void **state)
{
	struct scene s;
	struct buf text, got;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(scenes); i++) {
		buf_init(&text);
		buf_init(&got);
		buf_addf(&text, rules_text, scenes[i].waiver);
		assert_int_equal(scene_rules(&s, text.data), 0);
		make_calls(&s, scenes[i].calls, COUNT(scenes[i].calls));
		assert_int_equal(scene_run(&s), 0);
		describe(&s, &got);
		if (strcmp(got.data, scenes[i].found) != 0)
			fail_msg("%s: %s", scenes[i].name, got.data);
		if (scenes[i].used > 0) {
			assert_int_equal(s.found.run.nwaivers, 1);
			assert_int_equal(s.found.run.waivers[0].calls.calls,
			    scenes[i].used);
			assert_int_equal(s.found.run.waivers[0].days_over,
			    scenes[i].over);
		}
		scene_end(&s);
		buf_fini(&text);
		buf_fini(&got);
	}
}

/* Four calls and an event of A1 on one day; what a waiver covers. */
static const struct {
	const char *rule_match, *waiver;
	int64_t used;
} taken[] = {
	{ "{}", WAIVER(A1 ", \"limit\": { \"calls_per_day\": 4 }"), 4 },
	{ "{ \"event\": { \"exists\": true } }", WAIVER(A1), 4 },
	{ "{ \"event\": { \"exists\": true } }",
	    WAIVER("\"rules\": [\"day\"], \"match\": { \"account\": \"A1\", "
		   "\"event\": \"admin\" }"),
	    1 },
	{ "{}",
	    WAIVER("\"rules\": [\"day\"], \"match\": { \"account\": \"A1\", "
		   "\"event\": { \"exists\": true } }"),
	    4 },
	/* What only the detector tells is no reason to cover nothing. */
	{ "{ \"since_prev\": { \"lt\": \"2h\" } }", WAIVER(A1), 4 },
	{ "{ \"src_new\": false }", WAIVER(A1), 3 },
};

static void
test_what_is_taken(void **state)
{
	static const char calls[] =
	    "\"base\": { \"account\": \"A1\", \"src\": \"+442079460123\" }, "
	    "\"calls\": [{ \"start\": \"2026-01-12T08:00:00\", \"repeat\": 4, "
	    "\"every\": \"1h\" }, { \"start\": \"2026-01-12T09:30:00\", "
	    "\"event\": \"admin\" }]";
	static const char rule[] =
	    "{ \"cdrrules\": 1, \"rules\": [{ \"id\": \"day\", \"version\": 1, "
	    "\"title\": \"T\", \"description\": \"D\", \"status\": \"test\", "
	    "\"fraud_type\": \"irsf\", \"family\": \"volume\", \"score\": 45, "
	    "\"waiver_needs\": [\"account\"], \"match\": %s, \"by\": "
	    "[\"account\"], \"measure\": { \"fn\": \"count\", \"window\": "
	    "\"day\" }, \"when\": { \"gte\": 1 } }], \"waivers\": [%s] }";
	struct scene s;
	struct buf text;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(taken); i++) {
		buf_init(&text);
		buf_addf(&text, rule, taken[i].rule_match, taken[i].waiver);
		assert_int_equal(scene_rules(&s, text.data), 0);
		scene_calls(&s, calls);
		assert_int_equal(scene_run(&s), 0);
		assert_int_equal(s.found.run.nwaivers, 1);
		if (s.found.run.waivers[0].calls.calls != taken[i].used)
			fail_msg("%zu: %d", i,
			    (int)s.found.run.waivers[0].calls.calls);
		scene_end(&s);
		buf_fini(&text);
	}
}

/* A baseline knows the waived calls: 10 a day are its usual. */
static void
test_baseline_keeps_them(void **state)
{
	static const char rule[] =
	    "\"match\": {}, \"by\": [\"account\"], \"measure\": { \"fn\": "
	    "\"count\", \"window\": \"day\" }, \"baseline\": { \"history\": "
	    "\"28d\", \"season\": \"none\", \"stat\": \"median\", "
	    "\"min_buckets\": 3 }, \"when\": { \"times\": 2, \"gte\": 5 }";
	static const char waiver[] =
	    ", \"waivers\": [{ \"id\": \"w\", \"rules\": [\"r\"], \"match\": { "
	    "\"account\": \"A1\" }, \"reason\": \"Agreed with them\", "
	    "\"owner\": \"anna\", \"created\": \"2026-01-01\", \"expires\": "
	    "\"2026-01-08\" }] }";
	static const char calls[] =
	    "\"calls\": [{ \"start\": \"2026-01-02T08:00:00\", \"account\": "
	    "\"A1\", \"repeat\": 10, \"every\": \"1m\", \"days\": 6 }, { "
	    "\"start\": \"2026-01-02T07:00:00\", \"account\": \"B\", "
	    "\"days\": 9 }, { \"start\": \"2026-01-08T08:00:00\", "
	    "\"account\": \"A1\", \"repeat\": 12, \"every\": \"1m\" }]";
	struct scene s;
	char *text = scene_rule(rule);
	struct buf b;

	(void)state;
	buf_init(&b);
	buf_add(&b, text, strlen(text) - 1);
	buf_addstr(&b, waiver);
	assert_int_equal(scene_rules(&s, b.data), 0);
	scene_calls(&s, calls);
	s.set.as_of += 86400000;
	assert_int_equal(scene_run(&s), 0);
	/* Without the waived days, twelve would be twelve times nothing. */
	assert_int_equal(s.found.n, 0);
	scene_end(&s);
	buf_fini(&b);
	free(text);
}

/* The run's day against the waiver's: expires 2026-01-14, calls on the 12th. */
static const struct {
	const char *as_of_calls;
	int days; /* between 2026-01-12 and the run */
	int used;
	const char *state;
} states[] = {
	{ "A1", 0, 3, "expiring" },
	{ "A1", 2, 3, "expired" },
	{ "A1", 8, 3, "expired" },
	{ "A1", 9, 3, "used" },
	{ "B", 0, 0, "expiring" },
	{ "B", 9, 0, NULL },
};

static void
test_states(void **state)
{
	struct scene s;
	struct buf text;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(states); i++) {
		buf_init(&text);
		buf_addf(&text, rules_text, WAIVER(A1));
		assert_int_equal(scene_rules(&s, text.data), 0);
		make_calls(&s,
		    &(struct day_calls){ "12", states[i].as_of_calls, 3 }, 1);
		s.set.as_of += states[i].days * INT64_C(86400000);
		assert_int_equal(scene_run(&s), 0);
		assert_int_equal(s.found.run.nwaivers, states[i].state != NULL);
		if (states[i].state != NULL)
			assert_string_equal(s.found.run.waivers[0].state,
			    states[i].state);
		scene_end(&s);
		buf_fini(&text);
	}
}

/* 90 days without a call, and not one day less. */
static void
test_unused(void **state)
{
	static const char waiver[] =
	    "{ \"id\": \"w\", \"rules\": [\"day\"], \"match\": { \"account\": "
	    "\"A1\" }, \"reason\": \"Agreed with them\", \"owner\": \"anna\", "
	    "\"created\": \"2026-01-12\", \"expires\": \"2026-12-14\" }";
	struct scene s;
	struct buf text;
	int64_t begin;

	(void)state;
	buf_init(&text);
	buf_addf(&text, rules_text, waiver);
	assert_int_equal(scene_rules(&s, text.data), 0);
	make_calls(&s, &(struct day_calls){ "12", "B", 1 }, 1);
	begin = s.set.as_of;
	s.set.as_of = begin + 89 * INT64_C(86400000);
	assert_int_equal(scene_run(&s), 0);
	assert_int_equal(s.found.run.nwaivers, 0);
	s.set.as_of = begin + 90 * INT64_C(86400000);
	assert_int_equal(scene_run(&s), 0);
	assert_int_equal(s.found.run.nwaivers, 1);
	assert_string_equal(s.found.run.waivers[0].state, "unused");
	scene_end(&s);
	buf_fini(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scenes),
		cmocka_unit_test(test_what_is_taken),
		cmocka_unit_test(test_baseline_keeps_them),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_unused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
