#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "report/select.h"
#include "tests/unit/sample_results.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* The entities of the cases shown: "ACME-0042 LAW-113". */
static void
entities(struct buf *b, const struct view *v)
{
	size_t i;

	buf_reset(b);
	for (i = 0; i < v->ncases; i++)
		buf_addf(b, "%s%s", i > 0 ? " " : "", v->cases[i].c->entity);
}

static const char *const law[] = { "LAW-113" };
static const char *const case_id[] = { "c-00009d0e41" };
static const char *const finding_id[] = { "f-00042f3678" };
static const char *const two_names[] = { "SHOP-9", "LAW-113" };
static const char *const nobody[] = { "NOBODY" };
static const char *const clinic_glob[] = { "CLINIC-*" };
static const char *const hours_glob[] = { "after-hours-*" };
static const char *const spike[] = { "volume-spike", "pin-*" };
static const char *const takeover[] = { "account-takeover" };
static const char *const pumping[] = { "traffic-pumping" };
static const char *const open[] = { "open" };
static const char *const fraud[] = { "fraud" };

static void
selections(void **state)
{
	static const struct {
		struct selection sel; /* of any time */
		const char *cases;
		size_t older, lower, beyond;
	} rows[] = {
		{ { 0 }, "ACME-0042 LAW-113 CLINIC-7 SHOP-9", 0, 0, 0 },
		{ { .min_score = 55 }, "ACME-0042 LAW-113 CLINIC-7", 0, 1, 0 },
		{ { .min_score = 56 }, "ACME-0042 LAW-113", 0, 2, 0 },
		{ { .min_severity = SEV_HIGH }, "ACME-0042 LAW-113", 0, 2, 0 },
		{ { .names = { law, 1 } }, "LAW-113", 0, 0, 0 },
		{ { .names = { case_id, 1 } }, "ACME-0042", 0, 0, 0 },
		{ { .names = { finding_id, 1 } }, "CLINIC-7", 0, 0, 0 },
		{ { .names = { two_names, 2 } }, "LAW-113 SHOP-9", 0, 0, 0 },
		{ { .names = { nobody, 1 } }, "", 0, 0, 0 },
		{ { .accounts = { clinic_glob, 1 } }, "CLINIC-7", 0, 0, 0 },
		{ { .rules = { hours_glob, 1 } }, "ACME-0042 LAW-113", 0, 0,
		    0 },
		{ { .rules = { spike, 2 } }, "ACME-0042 CLINIC-7 SHOP-9", 0, 0,
		    0 },
		{ { .fraud_types = { takeover, 1 }, .limit = 2 },
		    "ACME-0042 LAW-113", 0, 0, 2 },
		{ { .fraud_types = { pumping, 1 } }, "", 0, 0, 0 },
		{ { .states = { open, 1 }, .limit = 4 },
		    "ACME-0042 LAW-113 CLINIC-7 SHOP-9", 0, 0, 0 },
		{ { .states = { fraud, 1 } }, "", 0, 0, 0 },
	};
	struct results rs;
	struct view v;
	struct selection sel;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	sample_night(&rs);
	results_sort(&rs);
	for (i = 0; i < LENGTH(rows); i++) {
		sel = rows[i].sel;
		sel.since = INT64_MIN;
		sel.until = INT64_MAX;
		view_init(&v, &rs, &sel);
		entities(&b, &v);
		if (strcmp(b.data, rows[i].cases) != 0 ||
		    v.older != rows[i].older || v.lower != rows[i].lower ||
		    v.beyond != rows[i].beyond)
			fail_msg("row %zu: '%s' %zu %zu %zu", i, b.data,
			    v.older, v.lower, v.beyond);
		view_fini(&v);
	}
	results_fini(&rs);
	buf_fini(&b);
}

/* What can be sorted by, both ways, and what a limit then leaves. */
static void
sorted(void **state)
{
	static const struct {
		const char *field;
		bool falling;
		size_t limit;
		const char *cases;
	} rows[] = {
		{ "score", true, 0, "ACME-0042 LAW-113 CLINIC-7 SHOP-9" },
		{ "score", false, 0, "SHOP-9 CLINIC-7 LAW-113 ACME-0042" },
		{ "score", false, 1, "SHOP-9" },
		{ "entity", false, 0, "ACME-0042 CLINIC-7 LAW-113 SHOP-9" },
		{ "entity", true, 2, "SHOP-9 LAW-113" },
		/* equals as they were: all are accounts, none has a state */
		{ "entity_type", true, 0, "ACME-0042 LAW-113 CLINIC-7 SHOP-9" },
		{ "state", false, 0, "ACME-0042 LAW-113 CLINIC-7 SHOP-9" },
		{ "calls", false, 0, "LAW-113 CLINIC-7 SHOP-9 ACME-0042" },
		{ "duration_s", true, 1, "ACME-0042" },
		{ "cost", true, 0, "ACME-0042 LAW-113 SHOP-9 CLINIC-7" },
		{ "cost", false, 0, "CLINIC-7 SHOP-9 LAW-113 ACME-0042" },
		{ "first_seen", false, 2, "LAW-113 ACME-0042" },
		{ "last_seen", true, 2, "SHOP-9 CLINIC-7" },
		{ "case", false, 1, "ACME-0042" },
	};
	struct selection sel;
	struct results rs;
	struct view v;
	struct buf b;
	size_t i, k, n;

	(void)state;
	buf_init(&b);
	sample_night(&rs);
	results_sort(&rs);
	for (i = 0; i < LENGTH(rows); i++) {
		selection_init(&sel);
		sel.by = select_field(rows[i].field);
		sel.falling = rows[i].falling;
		sel.limit = rows[i].limit;
		assert_non_null(sel.by);
		view_init(&v, &rs, &sel);
		entities(&b, &v);
		if (strcmp(b.data, rows[i].cases) != 0)
			fail_msg("row %zu: '%s'", i, b.data);
		assert_int_equal(v.beyond, 4 - v.ncases);
		for (k = n = 0; k < v.ncases; k++)
			n += v.cases[k].nfindings;
		assert_int_equal(v.findings.n, n);
		view_fini(&v);
	}
	for (i = 0; select_field_name(i) != NULL; i++)
		assert_non_null(select_field(select_field_name(i)));
	assert_null(select_field("rule"));
	assert_null(select_field(""));
	results_fini(&rs);
	buf_fini(&b);
}

static void
times(void **state)
{
	static const struct {
		int from_h, from_m, from_s; /* of 13 January, UTC; -1: none */
		int to_h, to_m, to_s;
		const char *cases;
		size_t older;
	} rows[] = {
		{ 0, 2, 30, -1, 0, 0, "ACME-0042 LAW-113 CLINIC-7 SHOP-9", 0 },
		{ 0, 2, 31, -1, 0, 0, "ACME-0042 CLINIC-7 SHOP-9", 1 },
		{ 11, 4, 52, -1, 0, 0, "SHOP-9", 3 },
		{ -1, 0, 0, 1, 11, 9, "LAW-113", 0 },
		{ -1, 0, 0, 1, 11, 10, "ACME-0042 LAW-113", 0 },
		{ 9, 0, 0, 10, 0, 0, "SHOP-9", 2 },
	};
	struct results rs;
	struct view v;
	struct selection sel;
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	sample_night(&rs);
	results_sort(&rs);
	for (i = 0; i < LENGTH(rows); i++) {
		selection_init(&sel);
		if (rows[i].from_h >= 0)
			sel.since = sample_time(1, 13, rows[i].from_h,
			    rows[i].from_m, rows[i].from_s);
		if (rows[i].to_h >= 0)
			sel.until = sample_time(1, 13, rows[i].to_h,
			    rows[i].to_m, rows[i].to_s);
		view_init(&v, &rs, &sel);
		entities(&b, &v);
		assert_string_equal(b.data, rows[i].cases);
		assert_int_equal(v.older, rows[i].older);
		view_fini(&v);
	}
	results_fini(&rs);
	buf_fini(&b);
}

static void
recent_cases_that_are_not_done(void **state)
{
	struct results rs;
	struct view v;
	struct selection sel;
	struct buf b;

	(void)state;
	buf_init(&b);
	sample_night(&rs);
	rs.cases[0]->state = "benign";
	rs.cases[1]->state = "acknowledged";
	rs.cases[2]->last_seen = rs.run.as_of - INT64_C(7) * 24 * 3600 * 1000;
	rs.cases[3]->last_seen = rs.cases[2]->last_seen - 1;
	selection_recent(&sel, rs.run.as_of);
	view_init(&v, &rs, &sel);
	entities(&b, &v);
	assert_string_equal(b.data, "LAW-113 CLINIC-7");
	assert_int_equal(v.older, 1);
	view_fini(&v);
	results_fini(&rs);
	buf_fini(&b);
}

static void
views(void **state)
{
	struct results rs;
	struct view v;
	struct selection sel;

	(void)state;
	sample_night(&rs);
	results_sort(&rs);
	selection_init(&sel);
	view_init(&v, &rs, &sel);
	assert_false(view_empty(&v));
	assert_int_equal(view_severity(&v), SEV_CRITICAL);
	assert_int_equal(v.severities[SEV_CRITICAL], 2);
	assert_int_equal(v.severities[SEV_HIGH], 0);
	assert_int_equal(v.severities[SEV_MEDIUM], 2);
	assert_int_equal(v.news[NEWS_NEW], 4);
	assert_int_equal(v.cases[0].nfindings, 6);
	assert_int_equal(v.cases[1].nfindings, 3);
	assert_int_equal(v.findings.n, 11);
	assert_ptr_equal(v.findings.list[0], rs.findings[0]);
	assert_int_equal(v.waived.n, 1);
	assert_int_equal(v.waived.calls.calls, 8);
	assert_int_equal(v.shadow.n, 1);
	assert_int_equal(v.loose.n, 0);
	assert_int_equal(v.calls.calls, 192);
	assert_int_equal(v.calls.nmoney, 1);
	assert_int_equal(v.calls.money[0].micro, 965260000);
	assert_true(v.calls_exact);
	view_fini(&v);
	sel.waived = true;
	view_init(&v, &rs, &sel);
	assert_int_equal(v.findings.n, 12);
	view_fini(&v);
	sel.shadow = true;
	view_init(&v, &rs, &sel);
	assert_int_equal(v.findings.n, 13);
	view_fini(&v);
	results_fini(&rs);
}

static void
news(void **state)
{
	static const struct {
		const char *finding, *other, *of_case;
		enum view_news news;
	} rows[] = {
		{ "new", "new", "open", NEWS_NEW },
		{ "new", "updated", "open", NEWS_CONTINUING },
		{ "updated", "updated", "fraud", NEWS_CONTINUING },
		{ "updated", "closed", "closed", NEWS_CLOSED },
		{ NULL, NULL, NULL, NEWS_NONE },
	};
	struct results rs;
	struct view v;
	struct selection sel;
	struct fraud_case *c;
	size_t i;

	(void)state;
	selection_init(&sel);
	for (i = 0; i < LENGTH(rows); i++) {
		sample_clear(&rs);
		c = sample_case(&rs, "account", "A", 50, 0, 1);
		c->state = rows[i].of_case;
		sample_finding(&rs, c, "one", "list", 50, 50, "x")->state =
		    rows[i].finding;
		sample_finding(&rs, c, "two", "list", 40, 0, "y")->state =
		    rows[i].other;
		view_init(&v, &rs, &sel);
		assert_int_equal(v.cases[0].news, rows[i].news);
		view_fini(&v);
		results_fini(&rs);
	}
}

/* Only what somebody need look at counts as that, and by its severity. */
static void
over(void **state)
{
	static const char *const heirs[] = { "c-0000000008" };
	static const struct {
		const char *of_case;
		size_t nheirs;
		enum view_over over;
		const char *name;
	} rows[] = {
		{ NULL, 0, OVER_NOT, "" },
		{ "open", 0, OVER_NOT, "" },
		{ "acknowledged", 0, OVER_NOT, "" },
		{ "fraud", 0, OVER_FRAUD, "fraud" },
		{ "benign", 0, OVER_BENIGN, "benign" },
		{ "closed", 0, OVER_CLOSED, "closed" },
		{ "closed", 1, OVER_MERGED, "merged" },
	};
	struct results rs;
	struct view v;
	struct selection sel;
	struct fraud_case *c;
	size_t i;
	bool standing;

	(void)state;
	selection_init(&sel);
	for (i = 0; i < LENGTH(rows); i++) {
		sample_clear(&rs);
		c = sample_case(&rs, "account", "A", 90, 0, 1);
		c->calls = sample_tally(&rs, 5, 0, NULL, 0);
		c->state = rows[i].of_case;
		c->heirs = heirs;
		c->nheirs = rows[i].nheirs;
		c = sample_case(&rs, "account", "B", 50, 0, 1);
		c->calls = sample_tally(&rs, 3, 0, NULL, 0);
		view_init(&v, &rs, &sel);
		standing = rows[i].over == OVER_NOT;
		assert_int_equal(view_over(v.cases[0].c), rows[i].over);
		assert_string_equal(view_over_name(rows[i].over), rows[i].name);
		assert_int_equal(v.ncases, 2);
		assert_int_equal(v.over[OVER_NOT], 1 + standing);
		assert_int_equal(v.over[rows[i].over], 1 + standing);
		assert_int_equal(v.severities[SEV_CRITICAL], standing);
		assert_int_equal(v.severities[SEV_MEDIUM], 1);
		assert_int_equal(view_severity(&v), SEV_CRITICAL);
		assert_int_equal(view_severity_open(&v),
		    standing ? SEV_CRITICAL : SEV_MEDIUM);
		/* Calls of a merged case are its heir's. */
		assert_int_equal(v.calls.calls,
		    rows[i].over == OVER_MERGED ? 3 : 8);
		view_fini(&v);
		results_fini(&rs);
	}
}

/* A stream that a filter cut down: findings whose case is not there. */
static void
findings_without_a_case(void **state)
{
	struct results rs;
	struct view v;
	struct selection sel;

	(void)state;
	sample_night(&rs);
	rs.ncases = 0;
	selection_init(&sel);
	sel.min_score = 60;
	view_init(&v, &rs, &sel);
	assert_int_equal(v.ncases, 0);
	assert_int_equal(v.loose.n, 6);
	assert_int_equal(v.findings.n, 6);
	assert_false(view_empty(&v));
	assert_int_equal(view_severity(&v), SEV_CRITICAL);
	view_fini(&v);
	results_fini(&rs);
}

static void
set_members(struct finding *f, const struct call_ref *refs, size_t n)
{
	f->members = refs;
	f->nmembers = n;
	f->calls.calls = (int64_t)n;
}

/* Two cases of different kinds may hold the same call. */
static void
totals(void **state)
{
	static const struct call_ref refs[] = {
		{ 1000, 1, 1, 60000, 5000000, "EUR", false },
		{ 2000, 2, 1, 30000, 1000000, "EUR", false },
		{ 3000, 3, 1, 0, 0, NULL, false },
	};
	struct results rs;
	struct view v;
	struct selection sel;
	struct fraud_case *a, *b;

	(void)state;
	sample_clear(&rs);
	a = sample_case(&rs, "account", "A", 50, 0, 1);
	a->calls = sample_tally(&rs, 2, 90, "EUR", 6000000);
	set_members(sample_finding(&rs, a, "one", "list", 50, 50, "x"), refs,
	    2);
	b = sample_case(&rs, "dst", "+18005550142", 40, 0, 1);
	b->calls = sample_tally(&rs, 2, 30, "USD", 1000000);
	set_members(sample_finding(&rs, b, "two", "list", 40, 40, "y"),
	    refs + 1, 2);
	selection_init(&sel);
	view_init(&v, &rs, &sel);
	assert_true(v.calls_exact);
	assert_int_equal(v.calls.calls, 3);
	assert_int_equal(v.calls.duration, 90000);
	assert_int_equal(v.calls.money[0].micro, 6000000);
	view_fini(&v);

	/* read from JSON nobody knows which calls they are */
	rs.findings[0]->nmembers = 0;
	view_init(&v, &rs, &sel);
	assert_false(v.calls_exact);
	assert_int_equal(v.calls.calls, 4);
	assert_int_equal(v.calls.nmoney, 2);
	assert_string_equal(v.calls.money[0].currency, "EUR");
	assert_int_equal(v.calls.money[1].micro, 1000000);
	view_fini(&v);

	/* accounts, both, so they have no call in common */
	b->entity_type = "extension";
	view_init(&v, &rs, &sel);
	assert_true(v.calls_exact);
	view_fini(&v);
	b->entity_type = "number";
	view_init(&v, &rs, &sel);
	assert_true(v.calls_exact);
	view_fini(&v);
	results_fini(&rs);
}

static void
names_that_are_there(void **state)
{
	struct results rs;

	(void)state;
	sample_night(&rs);
	assert_true(select_knows(&rs, "ACME-0042"));
	assert_true(select_knows(&rs, case_id[0]));
	assert_true(select_knows(&rs, finding_id[0]));
	assert_true(select_knows(&rs, "EXPORT-3"));
	assert_false(select_knows(&rs, "ACME"));
	assert_false(select_knows(&rs, ""));
	results_fini(&rs);
}

static void
nothing(void **state)
{
	struct results rs;
	struct view v;
	struct selection sel;

	(void)state;
	results_init(&rs);
	selection_init(&sel);
	sel.waived = sel.shadow = true;
	view_init(&v, &rs, &sel);
	assert_true(view_empty(&v));
	assert_int_equal(view_severity(&v), SEV_NONE);
	assert_int_equal(v.calls.calls, 0);
	view_fini(&v);
	results_fini(&rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selections),
		cmocka_unit_test(sorted),
		cmocka_unit_test(times),
		cmocka_unit_test(recent_cases_that_are_not_done),
		cmocka_unit_test(views),
		cmocka_unit_test(news),
		cmocka_unit_test(over),
		cmocka_unit_test(findings_without_a_case),
		cmocka_unit_test(totals),
		cmocka_unit_test(names_that_are_there),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
