#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/digest.h"
#include "tests/unit/sample_results.h"

static void
digest_of(struct digest *d, struct arena *arena, struct view *v,
    struct results *rs, bool whole)
{
	struct selection sel;

	selection_init(&sel);
	results_sort(rs);
	view_init(v, rs, &sel);
	arena_init(arena);
	digest_make(d, arena, &v->cases[0], whole);
}

/* Points add up; calls are in order, each once. */
static void
of_a_night(void **state)
{
	struct results rs;
	struct arena arena;
	struct digest d;
	struct view v;
	size_t i;
	int whole, sum;

	(void)state;
	for (whole = 0; whole < 2; whole++) {
		sample_night(&rs);
		digest_of(&d, &arena, &v, &rs, whole);
		for (sum = 0, i = 0; i < d.npoints; i++)
			sum += d.points[i]->points;
		assert_int_equal(sum, d.sum);
		assert_int_equal(d.sum, v.cases[0].c->score);
		assert_int_equal(d.npoints + d.nalso + d.more,
		    v.cases[0].c->npoints);
		assert_true(d.ncalls > 0);
		assert_true(whole || d.ncalls <= 8);
		assert_true(whole || d.ntriage <= 5);
		for (i = 1; i < d.ncalls; i++)
			assert_true(d.calls[i - 1]->start < d.calls[i]->start ||
				    d.calls[i - 1] != d.calls[i]);
		arena_fini(&arena);
		view_fini(&v);
		results_fini(&rs);
	}
}

/* The nth finding of a rule that adds nothing is only counted. */
static void
of_a_rule_that_repeats(void **state)
{
	struct fraud_case *c;
	struct results rs;
	struct arena arena;
	struct digest d;
	struct view v;
	int i;

	(void)state;
	sample_clear(&rs);
	c = sample_case(&rs, "account", "FAX-1", 52, sample_time(1, 1, 0, 0, 0),
	    sample_time(1, 13, 0, 0, 0));
	for (i = 0; i < 5; i++)
		sample_finding(&rs, c, "call-rate", "volume", 52,
		    i == 0 ? 52 : 0, "many");
	digest_of(&d, &arena, &v, &rs, false);
	assert_int_equal(d.npoints, 1);
	assert_int_equal(d.more, 4);
	assert_int_equal(d.sum, 52);
	arena_fini(&arena);
	digest_make(&d, &arena, &v.cases[0], true);
	assert_int_equal(d.npoints, 5);
	assert_int_equal(d.more, 0);
	arena_fini(&arena);
	view_fini(&v);
	results_fini(&rs);
}

/*
 * What adds nothing is listed where it is the first of its family, three at
 * most; of the others the rules are named, each once.
 */
static void
of_many_rules(void **state)
{
	static const struct {
		const char *rule, *family;
		int points;
	} seen[] = {
		{ "known-bad-number", "list", 90 },
		{ "call-rate", "volume", 5 },
		{ "known-bad-probe", "list", 0 },
		{ "talk-spike", "volume", 0 },
		{ "sequential-numbers", "sequence", 0 },
		{ "sequential-spread", "sequence", 0 },
		{ "talk-spike", "volume", 0 },
		{ "concurrent-user", "concurrency", 0 },
		{ "first-country", "new", 0 },
		{ "after-hours", "time", 0 },
		{ "known-bad-number", "list", 0 },
	};
	struct fraud_case *c;
	struct results rs;
	struct arena arena;
	struct digest d;
	struct view v;
	struct buf b;
	size_t i;

	(void)state;
	sample_clear(&rs);
	c = sample_case(&rs, "account", "FAX-1", 95, sample_time(1, 1, 0, 0, 0),
	    sample_time(1, 13, 0, 0, 0));
	for (i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
		sample_finding(&rs, c, seen[i].rule, seen[i].family, 50,
		    seen[i].points, "seen");
	digest_of(&d, &arena, &v, &rs, false);
	assert_int_equal(d.npoints, 5);
	assert_string_equal(d.points[2]->rule, "sequential-numbers");
	assert_string_equal(d.points[3]->rule, "concurrent-user");
	assert_string_equal(d.points[4]->rule, "first-country");
	assert_int_equal(d.sum, 95);
	buf_init(&b);
	digest_also(&b, &d);
	assert_string_equal(b.data,
	    "also seen by known-bad-probe, talk-spike, sequential-spread, "
	    "after-hours; 2 more findings of these rules");
	buf_fini(&b);
	arena_fini(&arena);
	view_fini(&v);
	results_fini(&rs);
}

static void
files(void **state)
{
	struct evidence a = { .file = "x" }, b = { .file = "x" }, c = { 0 },
			d = { .file = "" };

	(void)state;
	assert_true(digest_same_file(&a, &b));
	assert_false(digest_same_file(&a, &c));
	assert_true(digest_same_file(&c, &d));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_night),
		cmocka_unit_test(of_a_rule_that_repeats),
		cmocka_unit_test(of_many_rules),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
