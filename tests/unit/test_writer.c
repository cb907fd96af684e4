#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/writer.h"
#include "tests/unit/sample_results.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static void
details(void **state)
{
	static const char *const bad[] = { "", "Low", "medium", "high " };
	size_t i;
	int d;

	(void)state;
	for (d = DETAIL_LOW; d <= DETAIL_HIGH; d++)
		assert_int_equal(report_detail_parse(
				     report_detail_name((enum report_detail)d)),
		    d);
	for (i = 0; i < LENGTH(bad); i++)
		assert_int_equal(report_detail_parse(bad[i]), -1);
}

static void
defaults(void **state)
{
	struct emit_options opt;

	(void)state;
	emit_options_init(&opt);
	assert_int_equal(opt.detail, DETAIL_MED);
	assert_int_equal(opt.width, 0);
	assert_null(opt.zone);
	assert_false(opt.colour);
	assert_null(opt.calls_command);
}

/* What becomes of a text, wherever it stands. */
static void
redacted_texts(void **state)
{
	static const struct {
		const char *text;
		int digits;
		const char *redacted;
	} rows[] = {
		{ "+5375550100", 2, "+53755501xx" },
		{ "+5375550100", 0, "+5375550100" },
		{ "+5375550100", 99, "+xxxxxxxxxx" },
		{ "0053755501", 3, "0053755xxx" },
		{ "5550142", 4, "555xxxx" },
		{ "555014", 4, "555014" },
		{ "2041", 2, "2041" },
		{ "", 2, "" },
		{ "100 calls to +5375550100, +5375550101", 2,
		    "100 calls to +53755501xx, +53755501xx" },
		{ "EUR 12345678.50 for 10000000 calls", 2,
		    "EUR 12345678.50 for 10000000 calls" },
		{ "+53 and ++", 1, "+5x and ++" },
		{ "ends in +", 1, "ends in +" },
		{ "sip:+5375550100@pbx", 2, "sip:+53755501xx@pbx" },
	};
	struct results rs;
	struct fraud_case *c;
	struct finding *f;
	struct evidence e;
	const char *group[1];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		sample_clear(&rs);
		c = sample_case(&rs, "dst", rows[i].text, 50, 0, 1);
		f = sample_finding(&rs, c, "call-rate", "volume", 50, 50,
		    rows[i].text);
		e = (struct evidence){ .src = rows[i].text,
			.dst = rows[i].text,
			.call_id = "1768266669.4711" };
		f->evidence = &e;
		f->nevidence = 1;
		group[0] = rows[i].text;
		f->group_values = group;
		f->ngroup = 1;
		report_redact(&rs, rows[i].digits);
		assert_string_equal(c->entity, rows[i].redacted);
		assert_string_equal(c->points[0].reason, rows[i].redacted);
		assert_string_equal(f->entity, rows[i].redacted);
		assert_string_equal(f->reason, rows[i].redacted);
		assert_string_equal(f->group_values[0], rows[i].redacted);
		assert_string_equal(f->evidence[0].src, rows[i].redacted);
		assert_string_equal(f->evidence[0].dst, rows[i].redacted);
		assert_string_equal(f->evidence[0].call_id, "1768266669.4711");
		/* what was given is not written to */
		assert_string_equal(group[0], rows[i].text);
		results_fini(&rs);
	}
}

static void
nothing_to_redact(void **state)
{
	struct results rs;
	struct evidence e = { .src = NULL, .dst = NULL };
	struct finding *f;

	(void)state;
	sample_clear(&rs);
	f = sample_finding(&rs, NULL, "call-rate", "volume", 50, 50, NULL);
	f->evidence = &e;
	f->nevidence = 1;
	report_redact(&rs, 2);
	assert_null(f->reason);
	assert_null(f->evidence[0].src);
	results_fini(&rs);
}

/* A whole number selects; what it selected is shown without it. */
static void
redacted_after_selecting(void **state)
{
	static const char *const number[] = { "+18005550142" };
	struct results rs;
	struct selection sel;
	struct view v;

	(void)state;
	sample_currencies(&rs);
	selection_init(&sel);
	sel.names.list = number;
	sel.names.n = 1;
	view_init(&v, &rs, &sel);
	report_redact(&rs, 4);
	assert_int_equal(v.ncases, 1);
	assert_string_equal(v.cases[0].c->entity, "+1800555xxxx");
	assert_string_equal(v.cases[0].findings[0]->entity, "+1800555xxxx");
	view_fini(&v);
	results_fini(&rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(details),
		cmocka_unit_test(defaults),
		cmocka_unit_test(redacted_texts),
		cmocka_unit_test(redacted_after_selecting),
		cmocka_unit_test(nothing_to_redact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
