#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "detect/cases.h"

#define HOUR INT64_C(3600000)

/* A finding with one call at each of its two ends. */
static struct finding *
add(struct results *rs, const char *id, const char *entity, int score,
    const char *family, int64_t first, int64_t last)
{
	struct finding *f = results_finding(rs);
	struct call_ref *refs = arena_array(&rs->arena, 2, sizeof(*refs));

	*f = (struct finding){ .id = id,
		.rule = family,
		.family = family,
		.reason = "",
		.entity_type = "account",
		.entity = entity,
		.score = score,
		.first_seen = first * HOUR,
		.last_seen = last * HOUR };
	refs[0] = (struct call_ref){ .start = f->first_seen, .duration = 1000 };
	refs[1] = (struct call_ref){ .start = f->last_seen, .duration = 1000 };
	f->members = refs;
	f->nmembers = first != last ? 2 : 1;
	return f;
}

static const struct fraud_case *
case_of(const struct results *rs, const char *finding)
{
	const struct finding *f = results_find(rs, finding);
	size_t i;

	for (i = 0; i < rs->ncases; i++)
		if (f->case_id != NULL &&
		    strcmp(rs->cases[i]->id, f->case_id) == 0)
			return rs->cases[i];
	return NULL;
}

static void
test_near(void **state)
{
	struct results rs;

	(void)state;
	results_init(&rs);
	(void)add(&rs, "a1", "A", 45, "time", 0, 10);
	(void)add(&rs, "a2", "A", 40, "list", 81, 81);   /* 71 h later */
	(void)add(&rs, "a3", "A", 45, "time", 153, 153); /* 72 h later */
	(void)add(&rs, "b1", "B", 45, "time", 0, 10);
	(void)add(&rs, "a4", "A", 25, "cost", 5, 9); /* inside the first */
	add(&rs, "s1", "A", 99, "list", 5, 9)->kind = KIND_SHADOW;
	add(&rs, "w1", "A", 99, "list", 5, 9)->kind = KIND_WAIVED;
	cases_make(&rs);
	assert_int_equal(rs.ncases, 3);
	assert_ptr_equal(case_of(&rs, "a1"), case_of(&rs, "a2"));
	assert_ptr_equal(case_of(&rs, "a1"), case_of(&rs, "a4"));
	assert_ptr_not_equal(case_of(&rs, "a1"), case_of(&rs, "a3"));
	assert_ptr_not_equal(case_of(&rs, "a1"), case_of(&rs, "b1"));
	assert_null(case_of(&rs, "s1"));
	assert_null(case_of(&rs, "w1"));
	assert_int_equal(case_of(&rs, "a1")->nfindings, 3);
	assert_int_equal(case_of(&rs, "a1")->first_seen, 0);
	assert_int_equal(case_of(&rs, "a1")->last_seen, 81 * HOUR);
	assert_null(case_of(&rs, "a3")->previous);
	assert_null(case_of(&rs, "a1")->state);
	assert_int_equal(case_of(&rs, "a1")->id[0], 'c');
	assert_int_equal(strlen(case_of(&rs, "a1")->id), 12);
	results_fini(&rs);
}

/* Something every two days: a case ends after 14 days, the next goes on. */
static void
test_fortnight(void **state)
{
	static const char *const ids[] = { "d0", "d2", "d4", "d6", "d8", "d10",
		"d12", "d14", "d16" };
	struct results rs;
	size_t i;

	(void)state;
	results_init(&rs);
	for (i = 0; i < 9; i++)
		(void)add(&rs, ids[i], "A", 45, "time", (int64_t)i * 48,
		    (int64_t)i * 48);
	cases_make(&rs);
	assert_int_equal(rs.ncases, 2);
	assert_int_equal(case_of(&rs, "d0")->nfindings, 7);
	assert_ptr_equal(case_of(&rs, "d0"), case_of(&rs, "d12"));
	assert_ptr_equal(case_of(&rs, "d14"), case_of(&rs, "d16"));
	assert_string_equal(case_of(&rs, "d14")->previous,
	    case_of(&rs, "d0")->id);
	results_fini(&rs);
}

/* Signs far apart in one case do not add up; all stand in the account. */
static void
test_score_of_72_hours(void **state)
{
	const struct fraud_case *c;
	struct results rs;
	int sum = 0;
	size_t i;

	(void)state;
	results_init(&rs);
	(void)add(&rs, "1", "A", 50, "time", 0, 1);
	(void)add(&rs, "2", "A", 20, "cost", 70, 71);
	(void)add(&rs, "3", "A", 40, "list", 140, 140);
	(void)add(&rs, "4", "A", 60, "volume", 200, 211);
	(void)add(&rs, "5", "A", 30, "volume", 205, 206);
	cases_make(&rs);
	assert_int_equal(rs.ncases, 1);
	c = rs.cases[0];
	/* 60 and 40: 1 - 0.4 x 0.6; the 50 is too early */
	assert_int_equal(c->score, 76);
	assert_int_equal(c->npoints, 5);
	assert_string_equal(c->points[0].finding, "4");
	assert_int_equal(c->points[0].points, 60);
	assert_string_equal(c->points[1].finding, "3");
	assert_int_equal(c->points[1].points, 16);
	for (i = 0; i < c->npoints; i++)
		sum += c->points[i].points;
	assert_int_equal(sum, c->score);
	assert_int_equal(c->nfindings, 5);
	results_fini(&rs);
}

/* A long finding lends its score to all it overlaps. */
static void
test_long_finding(void **state)
{
	struct results rs;

	(void)state;
	results_init(&rs);
	(void)add(&rs, "1", "A", 50, "time", 0, 160);
	(void)add(&rs, "2", "A", 50, "cost", 230, 230);
	(void)add(&rs, "3", "A", 50, "list", 0, 0);
	cases_make(&rs);
	assert_int_equal(rs.ncases, 1);
	assert_int_equal(rs.cases[0]->score, 75);
	results_fini(&rs);
}

static void
test_calls_once(void **state)
{
	struct results rs;

	(void)state;
	results_init(&rs);
	(void)add(&rs, "1", "A", 50, "time", 0, 5);
	(void)add(&rs, "2", "A", 50, "cost", 5, 7);
	cases_make(&rs);
	assert_int_equal(rs.cases[0]->calls.calls, 3);
	assert_int_equal(rs.cases[0]->calls.duration, 3000);
	results_fini(&rs);
}

/* Equal names of different types are different entities. */
static void
test_types(void **state)
{
	struct results rs;

	(void)state;
	results_init(&rs);
	(void)add(&rs, "1", "2041", 50, "time", 0, 5);
	add(&rs, "2", "2041", 50, "cost", 0, 5)->entity_type = "extension";
	cases_make(&rs);
	assert_int_equal(rs.ncases, 2);
	assert_string_not_equal(rs.cases[0]->id, rs.cases[1]->id);
	results_fini(&rs);
}

static void
test_nothing(void **state)
{
	struct results rs;

	(void)state;
	results_init(&rs);
	cases_make(&rs);
	assert_int_equal(rs.ncases, 0);
	results_fini(&rs);
}

/* A finding as a store gave it, of this case there. */
static void
stands(struct results *rs, struct finding *f, const char *case_id)
{
	struct finding *was = arena_memdup(&rs->arena, f, sizeof(*f));

	was->case_id = case_id;
	f->stored = was;
}

/* Sums that no calls have tell who asked the calls. */
static void
add_before(struct results *was, const char *id, const char *const *findings,
    size_t n)
{
	static const struct amount money[] = { { "EUR", 5 }, { "USD", 7 } };
	struct fraud_case *c = results_case(was);

	c->id = id;
	c->findings = findings;
	c->nfindings = n;
	c->calls = (struct tally){ .calls = 77, .money = money, .nmoney = 2 };
}

/* Only a case of the very findings that it had has the sums that it had. */
static void
test_sums_before(void **state)
{
	static const char *const a[] = { "a1", "a2" }, *const b[] = { "b1" },
				 *const c[] = { "c1", "c0" },
				 *const d[] = { "d1", "d9" },
				 *const e[] = { "e1", "e2", "e3" };
	struct cases_past past = { .whole = false };
	struct results rs, was;

	(void)state;
	results_init(&rs);
	results_init(&was);
	stands(&rs, add(&rs, "a1", "A", 50, "time", 0, 5), "c-1");
	stands(&rs, add(&rs, "a2", "A", 40, "cost", 5, 7), "c-1");
	stands(&rs, add(&rs, "b1", "B", 50, "time", 0, 5), "c-2");
	(void)add(&rs, "b2", "B", 40, "cost", 5, 7); /* joins it */
	stands(&rs, add(&rs, "c1", "C", 50, "time", 0, 5), "c-3");
	(void)add(&rs, "c0", "C", 40, "cost", 5, 7); /* has changed */
	stands(&rs, add(&rs, "d1", "D", 50, "time", 0, 5), "c-4");
	stands(&rs, add(&rs, "d2", "D", 40, "cost", 5, 7), "c-4");
	stands(&rs, add(&rs, "e1", "E", 50, "time", 0, 5), "c-5");
	stands(&rs, add(&rs, "e2", "E", 40, "cost", 5, 7), "c-5");
	stands(&rs, add(&rs, "f1", "F", 50, "time", 0, 5), "c-6");
	add_before(&was, "c-1", a, 2);
	add_before(&was, "c-2", b, 1);
	add_before(&was, "c-3", c, 2);
	add_before(&was, "c-4", d, 2);
	add_before(&was, "c-5", e, 3);
	past.was = &was;
	assert_int_equal(cases_make_after(&rs, NULL, 0, &past), 0);
	results_fini(&was);
	assert_int_equal(rs.ncases, 6);
	assert_int_equal(case_of(&rs, "a1")->calls.calls, 77);
	assert_int_equal(case_of(&rs, "a1")->calls.nmoney, 2);
	assert_string_equal(case_of(&rs, "a1")->calls.money[1].currency, "USD");
	assert_int_equal(case_of(&rs, "a1")->calls.money[1].micro, 7);
	assert_int_equal(case_of(&rs, "b1")->calls.calls, 3);
	assert_int_equal(case_of(&rs, "c1")->calls.calls, 3);
	assert_int_equal(case_of(&rs, "d1")->calls.calls, 3);
	assert_int_equal(case_of(&rs, "e1")->calls.calls, 3);
	assert_int_equal(case_of(&rs, "f1")->calls.calls, 2);
	results_fini(&rs);
}

/* What was said of a case ends it; what else comes is another, beside it. */
static void
test_ended(void **state)
{
	static const char *const had[] = { "a1", "a2", "gone" };
	static const char *const then[] = { "a1", "a4" };
	const struct case_end ends[] = { { "c-one", had, 3 },
		{ "c-two", then, 2 }, { "c-old", had, 3 } };
	struct results rs;
	const char *id;

	(void)state;
	results_init(&rs);
	(void)add(&rs, "a1", "A", 45, "time", 10, 20);
	(void)add(&rs, "a2", "A", 40, "list", 12, 30);
	(void)add(&rs, "a3", "A", 25, "cost", 10, 15); /* begins with it */
	(void)add(&rs, "a4", "A", 25, "cost", 50, 51);
	(void)add(&rs, "a5", "A", 25, "cost", 300, 301); /* far from all */
	(void)add(&rs, "b1", "B", 45, "time", 12, 13);
	assert_int_equal(cases_make_after(&rs, ends, 3, NULL), 0);
	assert_int_equal(rs.ncases, 5);
	assert_string_equal(case_of(&rs, "a1")->id, "c-one");
	assert_string_equal(case_of(&rs, "a2")->id, "c-one");
	assert_null(case_of(&rs, "a1")->previous);
	assert_string_equal(case_of(&rs, "a4")->id, "c-two");
	assert_string_equal(case_of(&rs, "a4")->previous, "c-one");
	assert_string_equal(case_of(&rs, "a3")->previous, "c-two");
	assert_null(case_of(&rs, "a5")->previous);
	assert_null(case_of(&rs, "b1")->previous);
	id = arena_strdup(&rs.arena, case_of(&rs, "a3")->id);
	/* Without an end all that is near is one case, of another id. */
	rs.ncases = 0;
	cases_make(&rs);
	assert_int_equal(rs.ncases, 3);
	assert_string_not_equal(case_of(&rs, "a3")->id, id);
	results_fini(&rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_fortnight),
		cmocka_unit_test(test_score_of_72_hours),
		cmocka_unit_test(test_long_finding),
		cmocka_unit_test(test_calls_once),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_sums_before),
		cmocka_unit_test(test_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
