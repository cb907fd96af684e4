#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/words.h"
#include "tests/unit/sample_results.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static void
moments(void **state)
{
	int64_t from = sample_time(1, 13, 1, 11, 9);
	struct words w = { .zone = zone_utc(), .year = 2026 };
	struct buf b;

	(void)state;
	buf_init(&b);
	words_period(&b, &w, from, from);
	assert_string_equal(b.data, "Tue 13 Jan 01:11:09");
	buf_reset(&b);
	words_period(&b, &w, from, from + 60000);
	assert_string_equal(b.data, "Tue 13 Jan 01:11:09 to 01:12:09");
	buf_reset(&b);
	words_period(&b, &w, from, from + 86400000);
	assert_string_equal(b.data,
	    "Tue 13 Jan 01:11:09 to Wed 14 Jan 01:11:09");
	buf_reset(&b);
	w.year = 2027;
	words_day(&b, &w, from);
	assert_string_equal(b.data, "Tue 13 Jan 2026");
	buf_reset(&b);
	words_long_day(&b, &w, from);
	assert_string_equal(b.data, "Tuesday 13 January 2026");
	assert_true(words_same_day(&w, from, from + 60000));
	assert_false(words_same_day(&w, from, from + 86400000));
	buf_fini(&b);
}

static void
money_that_is_an_estimate(void **state)
{
	struct amount money[] = { { "EUR", INT64_C(31200000) },
		{ "USD", INT64_C(70000) } };
	struct tally t = { .calls = 8, .money = money, .nmoney = 2 };
	struct buf b;

	(void)state;
	buf_init(&b);
	words_tally(&b, &t, true);
	assert_string_equal(b.data, "8 calls, EUR 31.20, USD 0.07");
	buf_reset(&b);
	t.estimated = true;
	words_tally(&b, &t, true);
	assert_string_equal(b.data, "8 calls, EUR 31.20, USD 0.07 (estimate)");
	buf_reset(&b);
	t.nmoney = 0;
	words_money(&b, &t);
	assert_string_equal(b.data, "");
	buf_fini(&b);
}

static void
counts_and_scores(void **state)
{
	static const struct {
		int score;
		bool padded;
		const char *text;
	} scores[] = {
		{ 100, true, "100 CRITICAL" },
		{ 7, true, "  7 info" },
		{ 7, false, "7 info" },
		{ 40, false, "40 medium" },
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	words_count(&b, 1, "call", "calls");
	buf_addch(&b, ' ');
	words_count(&b, 0, "call", "calls");
	assert_string_equal(b.data, "1 call 0 calls");
	for (i = 0; i < LENGTH(scores); i++) {
		buf_reset(&b);
		words_score(&b, scores[i].score, scores[i].padded);
		assert_string_equal(b.data, scores[i].text);
	}
	buf_reset(&b);
	words_entity(&b, "account", "A", false);
	words_entity(&b, "dst", " +1", false);
	words_entity(&b, "account", " B", true);
	assert_string_equal(b.data, "Ato  +1account  B");
	buf_fini(&b);
}

static void
about_a_view(void **state)
{
	struct selection sel;
	struct results rs;
	struct view v;
	struct buf b;

	(void)state;
	buf_init(&b);
	selection_init(&sel);
	sample_night(&rs);
	results_sort(&rs);
	view_init(&v, &rs, &sel);
	words_summary(&b, &v);
	assert_string_equal(b.data,
	    "4 cases to look at: 2 critical, 2 medium.");
	buf_reset(&b);
	words_why(&b, &v.cases[0]);
	assert_string_equal(b.data, "known-bad-number and 5 more");
	view_fini(&v);
	results_fini(&rs);
	sample_clear(&rs);
	view_init(&v, &rs, &sel);
	buf_reset(&b);
	words_summary(&b, &v);
	assert_string_equal(b.data, "All clear: no findings.");
	rs.run.complete = false;
	buf_reset(&b);
	words_summary(&b, &v);
	assert_string_equal(b.data, "No findings in what there was.");
	view_fini(&v);
	results_fini(&rs);
	buf_fini(&b);
}

/* What stands in the table of a case that somebody dealt with. */
static void
why_with_a_state(void **state)
{
	static const char *const heirs[] = { "c-1", "c-2" };
	static const struct {
		const char *of_case;
		size_t nheirs;
		const char *why;
	} rows[] = {
		{ NULL, 0, "call-rate and 1 more" },
		{ "open", 0, "call-rate and 1 more" },
		{ "acknowledged", 0, "call-rate and 1 more (acknowledged)" },
		{ "closed", 0, "call-rate and 1 more (closed)" },
		{ "fraud", 0, "call-rate and 1 more (fraud)" },
		{ "closed", 1, "merged into c-1" },
		{ "closed", 2, "merged into c-1, c-2" },
	};
	struct results rs;
	struct fraud_case *c;
	struct view_case vc;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	sample_clear(&rs);
	c = sample_case(&rs, "account", "A", 50, 0, 1);
	sample_finding(&rs, c, "call-rate", "volume", 50, 50, "x");
	sample_finding(&rs, c, "long-call", "volume", 40, 0, "y");
	vc = (struct view_case){ .c = c,
		.findings = (const struct finding *const *)rs.findings,
		.nfindings = 2 };
	for (i = 0; i < LENGTH(rows); i++) {
		c->state = rows[i].of_case;
		c->heirs = heirs;
		c->nheirs = rows[i].nheirs;
		buf_reset(&b);
		words_why(&b, &vc);
		assert_string_equal(b.data, rows[i].why);
	}
	results_fini(&rs);
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments),
		cmocka_unit_test(money_that_is_an_estimate),
		cmocka_unit_test(counts_and_scores),
		cmocka_unit_test(about_a_view),
		cmocka_unit_test(why_with_a_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
