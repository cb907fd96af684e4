#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "report/chart.h"
#include "tests/unit/sample_casedata.h"
#include "tests/unit/sample_results.h"

/* The pictures of the first sample case, after a change to its data. */
/* A rule with points whose finding is not in the case any more. */
static void
drop_finding(struct view_case *vc, const char *rule)
{
	const struct finding **list = (const struct finding **)vc->findings;
	size_t i, n = 0;

	for (i = 0; i < vc->nfindings; i++)
		if (strcmp(list[i]->rule, rule) != 0)
			list[n++] = list[i];
	vc->nfindings = n;
}

static void
draw_without(struct buf *b, void (*change)(struct casedata *d),
    const char *rule)
{
	struct emit_options opt;
	struct selection sel;
	struct results rs;
	struct casedata d;
	struct words w;
	struct view v;
	struct arena arena;

	arena_init(&arena);
	sample_night(&rs);
	results_sort(&rs);
	selection_init(&sel);
	view_init(&v, &rs, &sel);
	emit_options_init(&opt);
	words_init(&w, NULL, &rs);
	sample_casedata(&v, &arena, &opt);
	d = *opt.data[0];
	change(&d);
	chart_hours(b, &d);
	if (d.ndays > 0)
		chart_days(b, &d);
	if (rule != NULL)
		drop_finding(&v.cases[0], rule);
	chart_timeline(b, &d, &v.cases[0], &w);
	view_fini(&v);
	results_fini(&rs);
	arena_fini(&arena);
}

static void
draw(struct buf *b, void (*change)(struct casedata *d))
{
	draw_without(b, change, NULL);
}

static void
as_it_is(struct casedata *d)
{
	(void)d;
}

static void
without_calls(struct casedata *d)
{
	memset(d->hours, 0, sizeof(d->hours));
	memset(d->bins, 0, sizeof(d->bins));
	memset(d->answered, 0, sizeof(d->answered));
	d->ndays = 1;
	d->days[0].calls = 0;
	d->usual = -1;
	d->has_hours = false;
}

static void
with_very_many(struct casedata *d)
{
	d->hours[0][0] = UINT32_MAX;
	d->hours[6][23] = 1;
	d->bins[0] = UINT32_MAX;
	d->days[0].calls = INT64_MAX / 2;
	d->usual = INT64_MAX / 2;
}

/* No picture reaches out of its frame, or has a number that is none. */
static void
within_the_frame(void **state)
{
	static void (*const changes[])(
	    struct casedata *) = { as_it_is, without_calls, with_very_many };
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		buf_reset(&b);
		draw(&b, changes[i]);
		assert_null(strstr(b.data, "=\"-"));
		assert_null(strstr(b.data, "nan"));
		assert_null(strstr(b.data, "heat6"));
		assert_non_null(strstr(b.data, "<title>"));
	}
	buf_fini(&b);
}

static void
what_is_in_them(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	draw(&b, as_it_is);
	assert_non_null(strstr(b.data, "the site is closed"));
	assert_non_null(strstr(b.data, "class=\"heat5\""));
	assert_non_null(strstr(b.data, "known-bad-number"));
	assert_non_null(strstr(b.data, "class=\"crossed\""));
	assert_non_null(strstr(b.data, "usual: 24 a day"));
	buf_reset(&b);
	draw(&b, without_calls);
	assert_null(strstr(b.data, "the site is closed"));
	assert_null(strstr(b.data, "usual"));
	buf_fini(&b);
}

/* Its name would stand at the left edge, and no bar beside it. */
static void
no_row_without_a_finding(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	draw_without(&b, as_it_is, "known-bad-number");
	assert_null(strstr(b.data, "known-bad-number"));
	assert_non_null(strstr(b.data, "concurrent-calls"));
	buf_fini(&b);
}

/*
 * The account against its own baseline, worked out by hand: five days 71.6
 * wide, 90 is the axis, 80 high is the greatest day, 40.
 */
static void
against_its_baseline(void **state)
{
	static const int64_t calls[] = { 10, 0, 20, 4, 40 };
	static const char *const expected[] = {
		"<rect class=\"before\" x=\"38.0\" y=\"70.0\" width=\"70.6\" "
		"height=\"20.0\"><title>2026-01-05: 10 calls</title>",
		"<rect class=\"before\" x=\"181.2\" y=\"50.0\" "
		"width=\"70.6\" height=\"40.0\"><title>2026-01-07: 20 calls"
		"</title>",
		"<rect class=\"before\" x=\"252.8\" y=\"82.0\" "
		"width=\"70.6\" height=\"8.0\"><title>2026-01-08: 4 calls"
		"</title>",
		"<rect class=\"case\" x=\"324.4\" y=\"10.0\" width=\"70.6\" "
		"height=\"80.0\"><title>2026-01-09: 40 calls</title>",
		/* 0 4 10 20: of two in the middle the lower */
		"<rect class=\"usual\" x=\"38.0\" y=\"82.0\" "
		"width=\"358.0\" height=\"1.0\"/>",
		">usual: 4 a day<",
		">5 Jan<",
		">9 Jan<",
		">40<",
	};
	struct casedata_day days[5];
	struct casedata d = { .days = days, .ndays = 5, .usual = 4 };
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++)
		days[i] = (struct casedata_day){
			.day = zone_days(2026, 1, 5) + (int64_t)i,
			.calls = calls[i],
			.in_case = i == 4,
		};
	buf_init(&b);
	chart_days(&b, &d);
	for (i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		if (strstr(b.data, expected[i]) == NULL)
			fail_msg("%s\nis not in\n%s", expected[i], b.data);
	assert_null(strstr(b.data, "2026-01-06"));
	buf_fini(&b);
}

static void
bars(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	chart_bar(&b, 1, 3);
	assert_non_null(strstr(b.data, "width=\"33.3\""));
	buf_reset(&b);
	chart_bar(&b, 0, 0);
	assert_non_null(strstr(b.data, "width=\"0.0\""));
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(within_the_frame),
		cmocka_unit_test(what_is_in_them),
		cmocka_unit_test(no_row_without_a_finding),
		cmocka_unit_test(against_its_baseline),
		cmocka_unit_test(bars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
