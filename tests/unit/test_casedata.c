#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "report/casedata.h"
#include "tests/unit/sample_casedata.h"
#include "tests/unit/sample_results.h"

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)

/* A case of an entity without findings. */
static struct view_case
case_of(struct fraud_case *c, const char *type, const char *entity,
    int64_t first, int64_t last)
{
	*c = (struct fraud_case){ .entity_type = type,
		.entity = entity,
		.first_seen = first,
		.last_seen = last };
	return (struct view_case){ .c = c };
}

static int64_t
sum_days(const struct casedata *d, bool in_case)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; i < d->ndays; i++)
		if (d->days[i].in_case == in_case)
			n += d->days[i].calls;
	return n;
}

static uint32_t
sum_hours(const struct casedata *d)
{
	uint32_t n = 0;
	int day, hour;

	for (day = 0; day < 7; day++)
		for (hour = 0; hour < 24; hour++)
			n += d->hours[day][hour];
	return n;
}

/* An hour apart: 24 a day before, and those of the case by hour. */
static void
of_an_account(void **state)
{
	int64_t end = sample_time(1, 13, 23, 0, 0);
	struct batch *b = sample_calls("A", 24 * 5, end);
	struct fraud_case c;
	struct view_case vc = case_of(&c, "account", "A", end - 9 * HOUR, end);
	struct casedata_from from = { .calls = b };
	const struct casedata *d;
	struct arena arena;
	uint32_t bins = 0;
	size_t i;

	(void)state;
	arena_init(&arena);
	d = casedata_make(&arena, &from, &vc);
	assert_false(d->sampled);
	assert_int_equal(d->ndays, 5);
	assert_int_equal(d->usual, 24);
	assert_int_equal(sum_days(d, false), 96);
	assert_int_equal(sum_days(d, true), 24);
	assert_int_equal(sum_hours(d), 10);
	assert_int_equal(d->hours[1][23], 1); /* a Tuesday */
	for (i = 0; i < CASEDATA_BINS; i++)
		bins += d->bins[i];
	assert_int_equal(bins, 10);
	/* dearest first */
	assert_int_equal(d->nplaces, 2);
	assert_string_equal(d->places[0].name, "CU +537555xxxx");
	assert_string_equal(d->places[1].name, "GB +44207946xxxx");
	assert_int_equal(d->places[0].calls + d->places[1].calls, 10);
	from.redact = 6;
	d = casedata_make(&arena, &from, &vc);
	assert_string_equal(d->places[0].name, "CU +5375xxxxxx");
	arena_fini(&arena);
	batch_free(&b);
}

/* Which calls are an entity's. */
static void
of_other_entities(void **state)
{
	static const struct {
		const char *type, *entity;
		uint32_t calls;
	} cases[] = {
		{ "account", "A", 30 },
		{ "account", "B", 0 },
		{ "dst", "+5375550100", 10 },
		{ "dst", "+5375550101", 0 },
		{ "dst_country", "GB", 20 },
		{ "traffic", "all", 30 },
		{ "source", "default", 30 },
		{ "trunk", "A", 0 },
		{ "no-such-field", "A", 0 },
	};
	int64_t end = sample_time(1, 13, 23, 0, 0);
	struct batch *b = sample_calls("A", 30, end);
	struct casedata_from from = { .calls = b };
	struct fraud_case c;
	struct view_case vc;
	struct arena arena;
	size_t i;

	(void)state;
	arena_init(&arena);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		vc = case_of(&c, cases[i].type, cases[i].entity, end - 5 * DAY,
		    end);
		if (sum_hours(casedata_make(&arena, &from, &vc)) !=
		    cases[i].calls)
			fail_msg("%s %s", cases[i].type, cases[i].entity);
	}
	arena_fini(&arena);
	batch_free(&b);
}

/*
 * Calls on four days before the case: 3, none, 1 and 6, and 9 in it.  The
 * median of 0 1 3 6 is the lower of the two in the middle.
 */
static void
usual_by_hand(void **state)
{
	static const int64_t expected[] = { 3, 0, 1, 6, 9 };
	int64_t begin = sample_time(1, 9, 0, 0, 0);
	struct batch *b = sample_calls("A", 24 * 5, begin + 23 * HOUR);
	struct casedata_from from = { .calls = b };
	struct fraud_case c;
	struct view_case vc =
	    case_of(&c, "account", "A", begin + HOUR, begin + 9 * HOUR);
	const struct casedata *d;
	struct arena arena;
	int64_t hour;
	size_t i;

	(void)state;
	arena_init(&arena);
	for (i = 0; i < b->n; i++) {
		hour = (int64_t)(i % 24);
		if (hour < 1 || hour > expected[i / 24])
			b->calls[i].account = intern_addstr(b->names, "B");
	}
	d = casedata_make(&arena, &from, &vc);
	assert_int_equal(d->ndays, 5);
	for (i = 0; i < 5; i++)
		assert_int_equal(d->days[i].calls, expected[i]);
	assert_int_equal(d->usual, 1);
	arena_fini(&arena);
	batch_free(&b);
}

static void
of_long_cases(void **state)
{
	int64_t end = sample_time(6, 13, 23, 0, 0);
	struct batch *b = sample_calls("A", 24 * 120, end);
	struct casedata_from from = { .calls = b };
	struct fraud_case c;
	struct view_case vc = case_of(&c, "account", "A", end - 80 * DAY, end);
	const struct casedata *d;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	d = casedata_make(&arena, &from, &vc);
	assert_int_equal(d->ndays, CASEDATA_DAYS);
	assert_int_equal(d->usual, -1);
	assert_int_equal(sum_days(d, true), 24 * CASEDATA_DAYS);
	/* one moment, and none at all */
	vc = case_of(&c, "account", "A", end, end);
	d = casedata_make(&arena, &from, &vc);
	assert_int_equal(d->bins[0], 1);
	assert_int_equal(d->ndays, CASEDATA_BEFORE + 1);
	batch_free(&b);
	b = batch_new();
	batch_sort(b);
	from.calls = b;
	d = casedata_make(&arena, &from, &vc);
	assert_int_equal(d->ndays, 0);
	assert_int_equal(d->nplaces, 0);
	arena_fini(&arena);
	batch_free(&b);
}

/* Without a store: the calls of the evidence, each once. */
static void
of_evidence(void **state)
{
	struct casedata_from from = { .zone = NULL };
	struct emit_options opt;
	struct selection sel;
	struct results rs;
	struct view v;
	struct arena arena;
	const struct casedata *d;

	(void)state;
	arena_init(&arena);
	sample_night(&rs);
	results_sort(&rs);
	selection_init(&sel);
	emit_options_init(&opt);
	view_init(&v, &rs, &sel);
	d = casedata_make(&arena, &from, &v.cases[0]);
	assert_true(d->sampled);
	assert_int_equal(d->ndays, 0);
	assert_true(sum_hours(d) > 0);
	assert_false(d->has_hours);
	sample_casedata(&v, &arena, &opt);
	assert_true(opt.data[0]->has_hours);
	assert_true(opt.data[0]->closed[6][12]);
	assert_false(opt.data[0]->closed[0][12]);
	view_fini(&v);
	results_fini(&rs);
	arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_an_account),
		cmocka_unit_test(of_other_entities),
		cmocka_unit_test(usual_by_hand),
		cmocka_unit_test(of_long_cases),
		cmocka_unit_test(of_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
