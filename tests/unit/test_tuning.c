#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "rule/tuning.h"
#include "scene.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Three calls of an account in a day fire; tuning follows. */
static const char rules_text[] =
    "{ \"cdrrules\": 1, \"rules\": [{ \"id\": \"r\", \"version\": 1, "
    "\"title\": \"T\", \"description\": \"D\", \"status\": \"test\", "
    "\"fraud_type\": \"irsf\", \"family\": \"volume\", \"score\": 45, "
    "\"waiver_needs\": [\"account\"], \"match\": {}, \"by\": [\"account\"], "
    "\"params\": { \"calls\": { \"value\": 3, \"min\": 1, \"max\": 9, "
    "\"help\": \"h\" }, \"span\": { \"value\": \"1d\", \"min\": \"1h\", "
    "\"max\": \"2d\", \"help\": \"h\" } }, \"measure\": { \"fn\": \"count\", "
    "\"over\": \"$span\" }, \"when\": { \"gte\": \"$calls\" } }], "
    "\"tuning\": { %s } }";

/* Accounts A and B have four calls each, C five, an hour apart. */
static const char calls_text[] =
    "\"base\": { \"start\": \"2026-01-13T08:00:00\", \"every\": \"1h\" }, "
    "\"calls\": [{ \"account\": \"A\", \"repeat\": 4 }, { \"account\": "
    "\"B\", \"repeat\": 4 }, { \"account\": \"C\", \"repeat\": 5 }]";

/* Account, score, limit and kind of each finding, by account. */
static const struct {
	const char *tuning, *found;
} scenes[] = {
	{ "", "A 45 3 finding;B 45 3 finding;C 45 3 finding;" },
	{ "\"r\": { \"params\": { \"calls\": 5 } }", "C 45 5 finding;" },
	{ "\"r\": { \"score\": 60 }",
	    "A 60 3 finding;B 60 3 finding;C 60 3 finding;" },
	{ "\"r\": [{ \"score\": \"+10\" }, { \"score\": \"-5\", \"params\": { "
	  "\"calls\": 5 } }]",
	    "C 50 5 finding;" },
	{ "\"r\": { \"enabled\": false }", "" },
	{ "\"r\": { \"status\": \"experimental\" }",
	    "A 45 3 shadow;B 45 3 shadow;C 45 3 shadow;" },
	{ "\"r\": { \"match\": { \"account\": [\"A\", \"C\"] }, \"params\": { "
	  "\"calls\": 5 } }",
	    "B 45 3 finding;C 45 5 finding;" },
	{ "\"r\": { \"match\": { \"account\": \"A\" }, \"enabled\": false }",
	    "B 45 3 finding;C 45 3 finding;" },
	{ "\"r\": { \"match\": { \"account\": \"A\" }, \"score\": \"+30\" }",
	    "A 75 3 finding;B 45 3 finding;C 45 3 finding;" },
	/* the last that matches wins, key by key */
	{ "\"r\": [{ \"match\": { \"account\": \"A\" }, \"params\": { "
	  "\"calls\": 9 }, \"score\": 70 }, { \"params\": { \"calls\": 4 } }]",
	    "A 70 4 finding;B 45 4 finding;C 45 4 finding;" },
	{ "\"r\": [{ \"params\": { \"calls\": 9 } }, { \"match\": { "
	  "\"account\": { \"prefix\": \"B\" } }, \"params\": { \"calls\": 4 } "
	  "}]",
	    "B 45 4 finding;" },
	/* a span that only some groups have */
	{ "\"r\": { \"match\": { \"account\": \"C\" }, \"params\": { "
	  "\"span\": \"2h\" } }",
	    "A 45 3 finding;B 45 3 finding;" },
};

static int
compare_entities(const void *va, const void *vb)
{
	const struct finding *const *a = va, *const *b = vb;

	return strcmp((*a)->entity, (*b)->entity);
}

static void
test_scenes(void **state)
{
	const struct finding *f;
	struct scene s;
	struct buf text, got;
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(scenes); i++) {
		buf_init(&text);
		buf_init(&got);
		buf_addf(&text, rules_text, scenes[i].tuning);
		assert_int_equal(scene_rules(&s, text.data), 0);
		scene_calls(&s, calls_text);
		assert_int_equal(scene_run(&s), 0);
		if (s.found.n > 1)
			qsort(s.found.findings, s.found.n,
			    sizeof(*s.found.findings), compare_entities);
		for (k = 0; k < s.found.n; k++) {
			f = s.found.findings[k];
			buf_addf(&got, "%s %d %d %s;", f->entity, f->score,
			    (int)(f->limit / RULE_UNIT),
			    finding_kind_name(f->kind));
			assert_int_equal(f->nparams, 2);
			assert_string_equal(f->params[0].name, "calls");
			assert_int_equal(f->params[0].value, f->limit);
		}
		if (strcmp(got.data, scenes[i].found) != 0)
			fail_msg("%s: %s", scenes[i].tuning, got.data);
		scene_end(&s);
		buf_fini(&text);
		buf_fini(&got);
	}
}

/* The tests of the author see what the author wrote. */
static void
test_untuned(void **state)
{
	const struct rule *r;
	struct scene s;
	struct buf text;

	(void)state;
	buf_init(&text);
	buf_addf(&text, rules_text, "\"r\": { \"params\": { \"calls\": 5 } }");
	assert_int_equal(scene_rules(&s, text.data), 0);
	r = ruleset_find(&s.rules, "r");
	assert_int_equal(r->when.gte, 5 * RULE_UNIT);
	assert_non_null(strstr(r->params.list[0].origin, ":1"));
	assert_int_equal(r->untuned->when.gte, 3 * RULE_UNIT);
	scene_end(&s);
	buf_fini(&text);
}

/* 65 accounts, each with a number of its own, are more than a rule can have. */
static void
test_too_many(void **state)
{
	struct scene s;
	struct buf tuning, calls, text;
	int i;

	(void)state;
	buf_init(&tuning);
	buf_init(&calls);
	buf_init(&text);
	buf_addstr(&calls, "\"calls\": [");
	for (i = 0; i < 7; i++)
		buf_addf(&tuning,
		    "%s{ \"match\": { \"account\": { \"regex\": "
		    "\"[01]{%d}1[01]*\" } }, \"params\": { \"calls\": %d } }",
		    i > 0 ? "," : "\"r\": [", i, i + 2);
	buf_addstr(&tuning, "]");
	for (i = 0; i < 128; i++)
		buf_addf(&calls,
		    "%s{ \"start\": \"2026-01-13T08:00:00\", \"account\": "
		    "\"%d%d%d%d%d%d%d\" }",
		    i > 0 ? "," : "", i & 1, i >> 1 & 1, i >> 2 & 1, i >> 3 & 1,
		    i >> 4 & 1, i >> 5 & 1, i >> 6 & 1);
	buf_addstr(&calls, "]");
	buf_addf(&text, rules_text, tuning.data);
	assert_int_equal(scene_rules(&s, text.data), 0);
	scene_calls(&s, calls.data);
	assert_int_equal(scene_run(&s), 1);
	assert_int_equal(s.found.n, 1);
	assert_string_equal(s.found.findings[0]->rule, DETECT_STOPPED);
	scene_end(&s);
	buf_fini(&tuning);
	buf_fini(&calls);
	buf_fini(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scenes),
		cmocka_unit_test(test_untuned),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
