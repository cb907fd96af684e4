#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/xalloc.h"
#include "rule/rule.h"

/* Words as rules and output write them; they never change. */
static void
test_words(void **state)
{
	static const char *const fns[] = { "", "count", "sum", "avg", "max",
		"min", "distinct", "ratio", "concurrent", "run", "gap",
		"silence", "mode" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(fns) / sizeof(fns[0]); i++)
		assert_string_equal(measure_fn_name((enum measure_fn)i),
		    fns[i]);
	assert_string_equal(rule_status_name(RULE_STABLE), "stable");
	assert_string_equal(rule_status_name(RULE_TEST), "test");
	assert_string_equal(rule_status_name(RULE_EXPERIMENTAL),
	    "experimental");
	assert_string_equal(rule_status_name(RULE_DEPRECATED), "deprecated");
	assert_string_equal(measure_window_name(WINDOW_OVER), "over");
	assert_string_equal(measure_window_name(WINDOW_WEEK), "week");
	assert_string_equal(season_name(SEASON_HOUR_OF_WEEK), "hour-of-week");
	assert_string_equal(stat_name(STAT_P95), "p95");
}

static void
test_units(void **state)
{
	static const struct {
		enum measure_fn fn;
		const char *of;
		bool is_span;
	} rows[] = {
		{ MEASURE_COUNT, NULL, false },
		{ MEASURE_SUM, "duration", true },
		{ MEASURE_SUM, "cost", false },
		{ MEASURE_MAX, "ring", true },
		{ MEASURE_AVG, "cause", false },
		{ MEASURE_DISTINCT, "dst", false },
		{ MEASURE_RATIO, NULL, false },
		{ MEASURE_CONCURRENT, "user", false },
		{ MEASURE_GAP, NULL, true },
	};
	struct measure m = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		m.fn = rows[i].fn;
		m.of = rows[i].of != NULL ? field_find(rows[i].of) : NULL;
		assert_int_equal(measure_is_span(&m), rows[i].is_span);
	}
}

static void
add(struct ruleset *rs, const char *id, enum rule_status status)
{
	struct rule *r = arena_alloc(&rs->arena, sizeof(*r));

	r->id = id;
	r->status = status;
	rs->rules = xgrow(rs->rules, &rs->cap, rs->n + 1, sizeof(*rs->rules));
	rs->rules[rs->n++] = r;
}

static void
test_set(void **state)
{
	struct ruleset rs;

	(void)state;
	ruleset_init(&rs);
	assert_null(ruleset_find(&rs, "volume-spike"));
	assert_null(ruleset_suggest(&rs, "volume-spike"));
	add(&rs, "after-hours-volume", RULE_STABLE);
	add(&rs, "known-bad-number", RULE_EXPERIMENTAL);
	add(&rs, "volume-spike", RULE_TEST);
	assert_ptr_equal(ruleset_find(&rs, "volume-spike"), rs.rules[2]);
	assert_ptr_equal(ruleset_find(&rs, "after-hours-volume"), rs.rules[0]);
	assert_null(ruleset_find(&rs, "after-hours"));
	assert_string_equal(ruleset_suggest(&rs, "known-bad-numbr"),
	    "known-bad-number");
	assert_true(rule_is_shadow(rs.rules[1]));
	assert_false(rule_is_shadow(rs.rules[2]));
	ruleset_fini(&rs);
	ruleset_fini(&rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
