/*
 * Measures run, mode, gap and silence, limits that calls say, and rules that
 * follow others: what is read, and what is said where about what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule_text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define HEAD(id)                                                          \
	"  { \"id\": \"" id "\", \"version\": 1, \"title\": \"t\",\n"     \
	"    \"description\": \"d\", \"status\": \"test\", \"by\": "      \
	"[\"src\"],\n"                                                    \
	"    \"fraud_type\": \"irsf\", \"family\": \"time\", \"score\": " \
	"9,\n"                                                            \
	"    \"waiver_needs\": [\"src\"],\n"

/* Lines 7 and 8 are what tests change; the second rule begins on 10. */
static const char file[] =
    "{ \"cdrrules\": 1,\n"
    "  \"calendars\": { \"hours\": { \"open\": { \"mon\": [\"8:00-18:00\"] } } "
    "},\n"
    "  \"rules\": [\n" HEAD(
	"first") "    \"measure\": {},\n"
		 "    \"when\": { \"gte\": 3 }, \"match\": {} },\n" HEAD(
		     "second") "    \"private\": true,\n"
			       "    \"match\": {} } ] }\n";

static int
load(struct rule_text *f, const char *measure, const char *when)
{
	char *one = refusal_make(file, "\"measure\": {}", measure);
	char *text = refusal_make(one, "\"gte\": 3", when);
	int status = rule_text_load(f, text);

	free(one);
	free(text);
	return status;
}

#define RUN \
	"\"measure\": { \"fn\": \"run\", \"of\": \"dst\", \"over\": \"1h\" }"
#define MODE \
	"\"measure\": { \"fn\": \"mode\", \"of\": \"duration\", \"over\": \"1h\""
#define GAP   "\"measure\": { \"fn\": \"gap\""
#define QUIET "\"measure\": { \"fn\": \"silence\""
#define SAME  "\"same\": [\"src\"]"
#define AFTER "\"follows\": { \"rule\": \"second\", \"within\": \"1h\", "

static const struct {
	const char *measure, *when;
	const char *code, *text;
	unsigned line;
} refused[] = {
	/* run */
	{ "\"measure\": { \"fn\": \"run\", \"over\": \"1h\" }", "\"gte\": 3",
	    "E309", "'run' needs \"of\", a field", 8 },
	{ "\"measure\": { \"fn\": \"run\", \"of\": \"dst\" }", "\"gte\": 3",
	    "E309", "'run' needs \"over\" or \"window\"", 8 },
	{ "\"measure\": { \"fn\": \"run\", \"of\": \"duration\", "
	  "\"over\": \"1h\" }",
	    "\"gte\": 3", "E309",
	    "values of 'duration' do not follow each other", 8 },
	{ "\"measure\": { \"fn\": \"run\", \"of\": \"status\", "
	  "\"over\": \"1h\" }",
	    "\"gte\": 3", "E309", "values of 'status' do not follow each other",
	    8 },
	{ "\"measure\": { \"fn\": \"run\", \"of\": \"dst\", \"over\": \"1h\", "
	  "\"bin\": 2 }",
	    "\"gte\": 3", "E309", "'dst' has no intervals", 8 },
	{ RUN, "\"gte\": \"3m\"", "E204", "wrong type", 9 },
	{ RUN, "\"never\": true", "E310", "only a gap can be \"never\"", 9 },
	/* mode */
	{ MODE ", \"bin\": 2 }", "\"gte\": 0.5", "E204", "wrong type", 8 },
	{ MODE ", \"bin\": \"0s\" }", "\"gte\": 0.5", "E307", "must be above 0",
	    8 },
	{ MODE ", \"bin\": \"-2s\" }", "\"gte\": 0.5", "E204", "wrong type",
	    8 },
	{ MODE ", \"bin\": \"$bin\" }", "\"gte\": 0.5", "E302",
	    "unknown parameter '$bin'", 8 },
	{ MODE ", \"where\": {} }", "\"gte\": 0.5", "E309",
	    "'mode' has no \"where\"", 8 },
	{ "\"measure\": { \"fn\": \"mode\", \"of\": \"start\", "
	  "\"over\": \"1h\" }",
	    "\"gte\": 0.5", "E309", "values of 'start' are never the same", 8 },
	{ "\"measure\": { \"fn\": \"mode\", \"over\": \"1h\" }", "\"gte\": 0.5",
	    "E309", "'mode' needs \"of\", a field", 8 },
	{ "\"measure\": { \"fn\": \"count\", \"over\": \"1h\", \"bin\": 1 }",
	    "\"gte\": 3", "E309", "'count' has no \"bin\"", 8 },
	/* gap */
	{ GAP ", \"over\": \"1h\" }", "\"gte\": \"3d\"", "E309",
	    "'gap' has no window", 8 },
	{ GAP ", \"of\": \"dst\" }", "\"gte\": \"3d\"", "E309",
	    "'gap' has no \"of\"", 8 },
	{ GAP " }", "\"gte\": 3", "E204", "wrong type", 9 },
	{ GAP " }", "\"never\": false", "E304", "wrong type", 9 },
	{ GAP " }", "\"never\": 1", "E304", "wrong type", 9 },
	{ GAP ", \"history\": \"30d\" }", "\"gte\": \"3d\"", "E310",
	    "nothing asks for this history", 8 },
	{ GAP ", \"history\": 30 }", "\"never\": true", "E204", "wrong type",
	    8 },
	{ GAP ", \"during\": \"hours\" }", "\"gte\": \"3d\"", "E309",
	    "'gap' has no \"during\"", 8 },
	{ GAP " }, \"also\": [{ \"fn\": \"count\", \"gte\": 1 }]",
	    "\"gte\": \"3d\"", "E310", "\"also\" needs a measure with a window",
	    8 },
	{ GAP " }, \"baseline\": { \"history\": \"28d\", \"min_buckets\": 3 }",
	    "\"times\": 3", "E311",
	    "a baseline compares calendar buckets, not sliding windows", 8 },
	/* silence */
	{ QUIET " }", "\"lt\": \"3d\"", "E310", "a silence has no upper limit",
	    9 },
	{ QUIET " }, \"escalate\": [{ \"lte\": \"9h\", \"score\": 20 }]",
	    "\"gte\": \"3h\"", "E310", "a silence has no upper limit", 9 },
	{ QUIET ", \"during\": \"hour\" }", "\"gte\": \"3d\"", "E207",
	    "unknown calendar 'hour'", 8 },
	{ QUIET ", \"during\": 8 }", "\"gte\": \"3d\"", "E304", "wrong type",
	    8 },
	{ QUIET ", \"window\": \"day\" }", "\"gte\": \"3d\"", "E309",
	    "'silence' has no window", 8 },
	{ QUIET ", \"history\": \"9d\" }", "\"gte\": \"3d\"", "E309",
	    "'silence' has no \"history\"", 8 },
	{ RUN ", \"also\": [{ \"fn\": \"gap\", \"gte\": \"1h\" }]",
	    "\"gte\": 3", "E309", "'gap' cannot be a further measure", 8 },
	{ RUN ", \"also\": [{ \"fn\": \"silence\", \"gte\": \"1h\" }]",
	    "\"gte\": 3", "E309", "'silence' cannot be a further measure", 8 },
	/* limits of the calls */
	{ RUN, "\"gte\": { \"field\": \"capcity\" }", "E201",
	    "unknown field 'capcity'", 9 },
	{ RUN, "\"gte\": { \"feld\": \"cause\" }", "E303",
	    "unknown key 'feld' in a limit", 9 },
	{ RUN, "\"gte\": {}", "E301", "a limit has no \"field\"", 9 },
	{ RUN, "\"gte\": { \"field\": \"dst\" }", "E204", "'dst' is no number",
	    9 },
	{ RUN, "\"gte\": { \"field\": \"duration\" }", "E204",
	    "'duration' is no number", 9 },
	{ GAP " }", "\"gte\": { \"field\": \"cause\" }", "E204",
	    "'cause' is no span", 9 },
	{ RUN, "\"gte\": 2, \"min_calls\": { \"field\": \"cause\" }", "E204",
	    "wrong type", 9 },
	{ RUN ", \"also\": [{ \"fn\": \"count\", \"gte\": { \"field\": "
	      "\"cause\" } }]",
	    "\"gte\": 3", "E310",
	    "the limit of a further measure cannot be a field", 8 },
	/* follows */
	{ "\"follows\": \"second\"", "\"gte\": 3", "E304", "wrong type", 8 },
	{ "\"follows\": { " SAME ", \"within\": \"1h\" }", "\"gte\": 3", "E301",
	    "follows has no \"rule\"", 8 },
	{ "\"follows\": { " SAME ", \"rule\": \"second\" }", "\"gte\": 3",
	    "E301", "follows has no \"within\"", 8 },
	{ "\"follows\": { \"rule\": \"second\", \"within\": \"1h\" }",
	    "\"gte\": 3", "E301", "follows has no \"same\"", 8 },
	{ AFTER SAME ", \"since\": 1 }", "\"gte\": 3", "E303",
	    "unknown key 'since' in follows", 8 },
	{ "\"follows\": { \"rule\": \"second\", \"within\": 3600, " SAME " }",
	    "\"gte\": 3", "E204", "wrong type", 8 },
	{ AFTER "\"same\": [] }", "\"gte\": 3", "E304", "wrong type", 8 },
	{ AFTER "\"same\": \"src\" }", "\"gte\": 3", "E304", "wrong type", 8 },
	{ AFTER "\"same\": [[\"dst\", \"src\", \"src\"]] }", "\"gte\": 3",
	    "E304", "wrong type", 8 },
	{ AFTER "\"same\": [[\"dst\", 1]] }", "\"gte\": 3", "E304",
	    "wrong type", 8 },
	{ AFTER "\"same\": [\"scr\"] }", "\"gte\": 3", "E201",
	    "unknown field 'scr'", 8 },
	{ AFTER "\"same\": [\"duration\"] }", "\"gte\": 3", "E312",
	    "'duration' cannot be the same", 8 },
	{ AFTER "\"same\": [[\"dst\", \"dst_type\"]] }", "\"gte\": 3", "E312",
	    "'dst' and 'dst_type' are never the same", 8 },
	{ AFTER "\"same\": [[\"status\", \"direction\"]] }", "\"gte\": 3",
	    "E312", "'status' and 'direction' are never the same", 8 },
	{ AFTER "\"same\": [\"src\", \"dst\", \"src\", \"dst\", \"src\", "
		"\"dst\", \"src\"] }",
	    "\"gte\": 3", "E304", "wrong type", 8 },
	{ "\"follows\": { \"rule\": \"secnd\", \"within\": \"1h\", " SAME " }",
	    "\"gte\": 3", "E317", "unknown rule 'secnd'", 8 },
	{ "\"follows\": { \"rule\": \"first\", \"within\": \"1h\", " SAME " }",
	    "\"gte\": 3", "E305", "rule 'first' follows itself", 8 },
};

static void
test_refused(void **state)
{
	struct rule_text *f = *state;
	const struct note *n = NULL;
	size_t i, k;

	for (i = 0; i < COUNT(refused); i++) {
		if (load(f, refused[i].measure, refused[i].when) != -1)
			fail_msg("%s, %s: accepted", refused[i].measure,
			    refused[i].when);
		for (k = 0; k < f->notes.n; k++) {
			n = &f->notes.list[k];
			if (strcmp(n->code, refused[i].code) == 0 &&
			    strcmp(n->text, refused[i].text) == 0)
				break;
		}
		if (k == f->notes.n)
			fail_msg("%s, %s: %s: %s", refused[i].measure,
			    refused[i].when, f->notes.list[0].code,
			    f->notes.list[0].text);
		if (n->line != refused[i].line)
			fail_msg("%s: line %u", refused[i].measure,
			    (unsigned)n->line);
		assert_true(n->column > 1);
		assert_non_null(n->source);
	}
}

static const struct rule *
first(struct rule_text *f, const char *measure, const char *when)
{
	size_t i;

	if (load(f, measure, when) != 0) {
		for (i = 0; i < f->notes.n; i++)
			print_message("%s\n", f->notes.list[i].text);
		fail_msg("%s, %s: refused", measure, when);
	}
	return ruleset_find(&f->rs, "first");
}

static void
test_measures(void **state)
{
	struct rule_text *f = *state;
	const struct rule *r;

	r = first(f, RUN, "\"gte\": 8");
	assert_int_equal(r->measure.fn, MEASURE_RUN);
	assert_int_equal(r->when.gte, 8 * RULE_UNIT);
	r = first(f, MODE ", \"bin\": \"2s\" }", "\"gte\": 0.6");
	assert_int_equal(r->measure.bin, 2000);
	r = first(f, MODE " }", "\"gte\": 0.6");
	assert_int_equal(r->measure.bin, 0);
	r = first(f,
	    "\"measure\": { \"fn\": \"mode\", \"of\": \"cost\", \"bin\": 0.05,"
	    " \"over\": \"1h\" }",
	    "\"gte\": 0.6");
	assert_int_equal(r->measure.bin, 50000);
	r = first(f,
	    "\"measure\": { \"fn\": \"mode\", \"of\": \"cause\", \"bin\": 3,"
	    " \"over\": \"1h\" }",
	    "\"gte\": 0.6");
	assert_int_equal(r->measure.bin, 3);
	r = first(f,
	    RUN ", \"also\": [{ \"fn\": \"mode\", \"of\": \"ring\", \"bin\": "
		"\"1s\", \"gte\": 0.5 }, { \"fn\": \"run\", \"of\": \"src\", "
		"\"lt\": 3 }]",
	    "\"gte\": 8");
	assert_int_equal(r->also[0].measure.bin, 1000);
	assert_int_equal(r->also[1].measure.fn, MEASURE_RUN);
	r = first(f, GAP " }", "\"gte\": \"90d\", \"never\": true");
	assert_int_equal(r->measure.history, INT64_C(90) * 86400000);
	assert_true(rule_asks_never(r));
	assert_int_equal(r->quiet, 86400000);
	r = first(f, GAP ", \"history\": \"30d\" }", "\"never\": true");
	assert_int_equal(r->measure.history, INT64_C(30) * 86400000);
	r = first(f, QUIET ", \"during\": \"hours\" }", "\"gt\": \"4h\"");
	assert_string_equal(r->measure.during, "hours");
	assert_false(rule_asks_never(r));
	r = first(f, "\"measure\": { \"fn\": \"concurrent\" }",
	    "\"gt\": { \"field\": \"cause\" }");
	assert_ptr_equal(r->when.from[1], field_find("cause"));
	assert_int_equal(r->when.set, COND_GT);
}

static void
test_follows(void **state)
{
	struct rule_text *f = *state;
	const struct rule *r;
	char hash[HASH_HEX];

	r = first(f, AFTER SAME " }, " RUN, "\"gte\": 8");
	(void)memcpy(hash, r->hash, sizeof(hash));
	assert_ptr_equal(r->follows.rule, ruleset_find(&f->rs, "second"));
	assert_int_equal(r->follows.within, 3600000);
	assert_int_equal(r->follows.nsame, 1);
	assert_ptr_equal(r->follows.own[0], r->follows.theirs[0]);
	r = first(f,
	    AFTER "\"same\": [\"account\", [\"dst\", \"src\"], "
		  "[\"dst_type\", \"src_type\"]] }, " RUN,
	    "\"gte\": 8");
	assert_int_equal(r->follows.nsame, 3);
	assert_ptr_equal(r->follows.own[1], field_find("dst"));
	assert_ptr_equal(r->follows.theirs[1], field_find("src"));
	/* what it follows is part of what it does */
	assert_string_not_equal(hash, r->hash);
}

/* A change of the trigger is one of those that follow it. */
static void
test_hash_of_trigger(void **state)
{
	struct rule_text *f = *state;
	char *one =
	    refusal_make(file, "\"measure\": {}", AFTER SAME " }, " RUN);
	char *two = refusal_make(one, "true,\n    \"match\": {}",
	    "true,\n    \"match\": { \"direction\": \"out\" }");
	char before[HASH_HEX];

	assert_int_equal(rule_text_load(f, one), 0);
	(void)memcpy(before, ruleset_find(&f->rs, "first")->hash,
	    sizeof(before));
	assert_int_equal(rule_text_load(f, two), 0);
	assert_string_not_equal(ruleset_find(&f->rs, "first")->hash, before);
	free(one);
	free(two);
}

/* Round and round: said once, at the first of them. */
static void
test_circle(void **state)
{
	static const char round[] = "\"private\": true, \"follows\": { "
				    "\"rule\": \"first\", \"within\": \"1h\", "
				    "\"same\": [\"src\"] }";
	struct rule_text *f = *state;
	char *one =
	    refusal_make(file, "\"measure\": {}", AFTER SAME " }, " RUN);
	char *two = refusal_make(one, "\"private\": true", round);

	assert_int_equal(rule_text_load(f, two), -1);
	assert_int_equal(f->notes.n, 1);
	assert_string_equal(f->notes.list[0].code, "E305");
	assert_string_equal(f->notes.list[0].text,
	    "rule 'first' follows 'second', which follows itself");
	assert_int_equal(f->notes.list[0].line, 8);
	free(one);
	free(two);
}

static void
test_lint(void **state)
{
	static const struct {
		const char *measure, *when, *code, *text;
	} rows[] = {
		{ RUN, "\"gte\": 3", "W305",
		    "no rule follows this private one" },
		{ MODE " }", "\"gte\": 1.5", "W303",
		    "no value passes these limits" },
		{ QUIET " }", "\"gte\": \"1h\"", "W305",
		    "no rule asks this calendar" },
		{ GAP " }", "\"gte\": \"2h\", \"lt\": \"1h\"", "W303",
		    "no value passes these limits" },
	};
	struct rule_text *f = *state;
	size_t i, k;

	for (i = 0; i < COUNT(rows); i++) {
		(void)first(f, rows[i].measure, rows[i].when);
		rulefile_lint(&f->rs, &f->notes);
		for (k = 0; k < f->notes.n; k++)
			if (strcmp(f->notes.list[k].code, rows[i].code) == 0 &&
			    strcmp(f->notes.list[k].text, rows[i].text) == 0)
				break;
		if (k == f->notes.n)
			fail_msg("%s: not said", rows[i].text);
	}
	/* a silence uses its calendar */
	(void)first(f, AFTER SAME " }, " QUIET ", \"during\": \"hours\" }",
	    "\"gt\": \"4h\"");
	rulefile_lint(&f->rs, &f->notes);
	assert_int_equal(f->notes.n, 0);
}

#define TEST(name)                                              \
	cmocka_unit_test_setup_teardown(name, rule_text_set_up, \
	    rule_text_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_refused),
		TEST(test_measures),
		TEST(test_follows),
		TEST(test_hash_of_trigger),
		TEST(test_circle),
		TEST(test_lint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
