/* The trees behind run and mode, against lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "random_rule.h"
#include "rule/measure_impl.h"

enum { MOST = 21, STEPS = 2000 };

struct row {
	size_t best, where;
};

static struct row
longest_row(const bool *taken, size_t n)
{
	struct row r = { 0, 0 };
	size_t i, k;

	for (i = 0; i < n; i++) {
		for (k = i; k < n && taken[k]; k++)
			;
		if (k - i > r.best)
			r = (struct row){ k - i, i };
	}
	return r;
}

static void
check_nearest(const struct measure_runs *r, const bool *taken, size_t n)
{
	size_t i, next, previous;

	for (i = 0; i < n; i++) {
		for (next = i; next < n && !taken[next]; next++)
			;
		if (next < n)
			assert_int_equal(measure_runs_next(r, i), next);
		for (previous = i + 1; previous > 0 && !taken[previous - 1];
		     previous--)
			;
		if (previous > 0)
			assert_int_equal(measure_runs_previous(r, i),
			    previous - 1);
	}
}

/* Every number of places, also those that are no power of two. */
static void
test_runs(void **state)
{
	bool taken[MOST];
	struct measure_runs r;
	struct row want;
	size_t n, step, at;

	(void)state;
	random_seed(1);
	for (n = 1; n < MOST; n++) {
		memset(taken, 0, sizeof(taken));
		measure_runs_open(&r, n);
		for (step = 0; step < STEPS; step++) {
			at = (size_t)random_roll((int64_t)n);
			taken[at] = !taken[at];
			measure_runs_set(&r, at, taken[at]);
			want = longest_row(taken, n);
			assert_int_equal(measure_runs_best(&r), want.best);
			if (want.best > 0)
				assert_int_equal(measure_runs_where(&r),
				    want.where);
			check_nearest(&r, taken, n);
		}
		measure_runs_close(&r);
	}
	measure_runs_open(&r, 0);
	assert_int_equal(measure_runs_best(&r), 0);
	measure_runs_close(&r);
}

static void
check_cover(const struct measure_cover *c, const size_t *over, size_t n)
{
	size_t i, where = 0;

	for (i = 0; i < n; i++)
		if (over[i] > over[where])
			where = i;
	assert_int_equal(measure_cover_most(c), over[where]);
	assert_int_equal(measure_cover_where(c), where);
}

static void
test_cover(void **state)
{
	size_t over[MOST], low[STEPS], high[STEPS], n, i, k, m;
	struct measure_cover c;

	(void)state;
	random_seed(2);
	for (n = 1; n < MOST; n++) {
		memset(over, 0, sizeof(over));
		measure_cover_open(&c, n);
		for (m = 0; m < STEPS; m++) {
			low[m] = (size_t)random_roll((int64_t)n);
			high[m] =
			    low[m] + (size_t)random_roll((int64_t)(n - low[m]));
			for (k = low[m]; k <= high[m]; k++)
				over[k]++;
			measure_cover_add(&c, low[m], high[m], 1);
			check_cover(&c, over, n);
		}
		for (i = 0; i < STEPS; i++) { /* in another order */
			m = (i * 7 + 3) % STEPS;
			for (k = low[m]; k <= high[m]; k++)
				over[k]--;
			measure_cover_add(&c, low[m], high[m], -1);
			check_cover(&c, over, n);
		}
		assert_int_equal(measure_cover_most(&c), 0);
		measure_cover_close(&c);
	}
	measure_cover_open(&c, 0);
	assert_int_equal(measure_cover_most(&c), 0);
	measure_cover_close(&c);
}

/* Calls to numbers that are given as texts, or talks in seconds. */
static struct batch *
batch_of(const char *const *dsts, size_t n)
{
	struct batch *b = batch_new();
	struct party party = { 0 };
	struct origin *o;
	struct call *c;
	size_t i;

	for (i = 0; i < n; i++) {
		(void)batch_add(b, &c, &o);
		c->start = (int64_t)i * 1000;
		c->source = batch_source(b, "s", NULL, zone_utc(), NULL);
		c->status = STATUS_ANSWERED;
		o->key = i;
		party.text = intern_addstr(b->names, dsts[i]);
		c->dst = dsts[i][0] != '\0' ? batch_party(b, &party) : 0;
		if (dsts[i][0] == 't')
			c->duration =
			    (uint32_t)strtoul(dsts[i] + 1, NULL, 10) * 1000;
	}
	batch_sort(b);
	return b;
}

/* The value over all of the calls, and what it was made of. */
static struct measure_value
value_of(const struct measure *m, const char *const *dsts,
    struct measure_detail *detail, char *first, char *last)
{
	struct rule r = { .measure = *m };
	struct measure_sweep *s;
	struct measure_instant now;
	struct measure_value v = { 0, 0, 0 };
	struct errmsg err;
	uint32_t calls[16];
	struct batch *b;
	size_t n = 0;

	while (dsts[n] != NULL)
		n++;
	b = batch_of(dsts, n);
	r.measure.window = WINDOW_OVER;
	r.measure.over = 3600000;
	for (uint32_t i = 0; i < n; i++)
		calls[i] = i;
	assert_int_equal(measure_open(&s, &r, b, NULL, NULL, calls, &n, 1,
			     &err),
	    0);
	measure_group(s, 0, NULL);
	while (measure_next(s, &now))
		v = measure_value(s, 0);
	*detail = measure_detail(s, 0);
	first[0] = last[0] = '\0';
	if (detail->first != NULL) {
		(void)strcpy(first, detail->first);
		(void)strcpy(last, detail->last);
	}
	measure_close(&s);
	batch_free(&b);
	return v;
}

static void
test_run(void **state)
{
	static const struct {
		const char *dsts[10];
		int64_t length;
		const char *first, *last;
	} rows[] = {
		{ { "+442079460003", "+442079460001", "+442079460002" }, 3,
		    "+442079460001", "+442079460003" },
		/* nines carry; twice the same is once */
		{ { "1099", "1100", "1099", "1101" }, 3, "1099", "1101" },
		/* of one length: 99 and 100 are not neighbours */
		{ { "98", "99", "100" }, 2, "98", "99" },
		{ { "099", "100", "101" }, 3, "099", "101" },
		/* each length for itself */
		{ { "1", "10", "2" }, 2, "1", "2" },
		/* with and without +, and at two sites, they are others */
		{ { "441", "+442", "443" }, 1, "441", "441" },
		{ { "201@ulm", "202@bonn", "202@ulm" }, 2, "201@ulm",
		    "202@ulm" },
		/* equally long: the least */
		{ { "31", "32", "11", "12", "21" }, 2, "11", "12" },
		/* none of them a number */
		{ { "anna", "", "+", "12a", "s", "1-2" }, 0, "", "" },
		{ { "a1", "1", "", "2" }, 2, "1", "2" },
		/* longer than any machine word */
		{ { "99999999999999999999999999999998",
		      "99999999999999999999999999999999" },
		    2, "99999999999999999999999999999998",
		    "99999999999999999999999999999999" },
	};
	const struct measure m = { .fn = MEASURE_RUN, .of = field_find("dst") };
	char first[64], last[64];
	struct measure_detail d;
	struct measure_value v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		v = value_of(&m, rows[i].dsts, &d, first, last);
		assert_int_equal(v.num, rows[i].length);
		assert_int_equal(v.den, 1);
		assert_string_equal(first, rows[i].first);
		assert_string_equal(last, rows[i].last);
	}
}

static void
test_mode(void **state)
{
	static const struct {
		const char *dsts[10];
		int64_t bin, num, den, low, high;
	} rows[] = {
		/* the end of an interval is not in it */
		{ { "t10", "t11", "t12", "t60" }, 2000, 2, 4, 10000, 11000 },
		{ { "t10", "t11", "t12", "t60" }, 2001, 3, 4, 10000, 12000 },
		/* equal ones alone */
		{ { "t10", "t11", "t11", "t10", "t11" }, 0, 3, 5, 11000,
		    11000 },
		/* alike: the least */
		{ { "t30", "t30", "t20", "t20" }, 1000, 2, 4, 20000, 20000 },
		{ { "t7" }, 1000, 1, 1, 7000, 7000 },
	};
	static const char *const names[] = { "b", "c", "", "b", "c", NULL };
	static const char *const none[] = { "", "", NULL };
	struct measure m = { .fn = MEASURE_MODE, .of = field_find("duration") };
	char first[64], last[64];
	struct measure_detail d;
	struct measure_value v;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		m.bin = rows[i].bin;
		v = value_of(&m, rows[i].dsts, &d, first, last);
		assert_int_equal(v.num, rows[i].num);
		assert_int_equal(v.den, rows[i].den);
		assert_int_equal(d.low, rows[i].low);
		assert_int_equal(d.high, rows[i].high);
	}
	/* of texts, and only of the calls that have one */
	m = (struct measure){ .fn = MEASURE_MODE, .of = field_find("dst") };
	v = value_of(&m, names, &d, first, last);
	assert_int_equal(v.num, 2);
	assert_int_equal(v.den, 4);
	assert_string_equal(first, "b");
	assert_string_equal(last, "b");
	v = value_of(&m, none, &d, first, last);
	assert_int_equal(v.den, 0);
	assert_string_equal(first, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_cover),
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
