#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "rule/measure.h"
#include "tel/calltime.h"

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)

static int64_t
at(const char *text)
{
	int64_t t;

	assert_int_equal(time_parse(text, zone_utc(), 0, &t, NULL), 0);
	return t;
}

static void
test_compare(void **state)
{
	static const struct {
		struct measure_value v;
		int64_t limit;
		int expected;
		int64_t units;
	} rows[] = {
		/* 3 calls */
		{ { 3, 1, RULE_UNIT }, 3000000, 0, 3000000 },
		{ { 3, 1, RULE_UNIT }, 2999999, 1, 3000000 },
		{ { 3, 1, RULE_UNIT }, 3000001, -1, 3000000 },
		/* 18 of 30 */
		{ { 18, 30, RULE_UNIT }, 600000, 0, 600000 },
		{ { 17, 30, RULE_UNIT }, 600000, -1, 566667 },
		{ { 19, 30, RULE_UNIT }, 600000, 1, 633333 },
		/* a third is less than 0.333334 and more than 0.333333 */
		{ { 1, 3, RULE_UNIT }, 333333, 1, 333333 },
		{ { 1, 3, RULE_UNIT }, 333334, -1, 333333 },
		/* half to even */
		{ { 1, 2000000, RULE_UNIT }, 0, 1, 0 },
		{ { 3, 2000000, RULE_UNIT }, 1, 1, 2 },
		{ { 5, 2000000, RULE_UNIT }, 3, -1, 2 },
		/* money is in micro-units already */
		{ { 7, 2, 1 }, 3, 1, 4 },
		{ { 5, 2, 1 }, 3, -1, 2 },
		{ { -5, 2, 1 }, -3, 1, -2 },
		{ { -7, 2, 1 }, -3, -1, -4 },
		/* nothing overflows */
		{ { INT64_MAX, 1, RULE_UNIT }, INT64_MAX, 1, INT64_MAX },
		{ { INT64_MIN, 1, RULE_UNIT }, INT64_MIN, -1, INT64_MIN },
		{ { INT64_MAX, UINT32_MAX, RULE_UNIT }, 0, 1,
		    INT64_C(2147483648500000) },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(measure_compare(&rows[i].v, rows[i].limit),
		    rows[i].expected);
		assert_int_equal(measure_units(&rows[i].v), rows[i].units);
	}
}

static void
test_times(void **state)
{
	static const struct {
		int64_t a, b, expected;
	} rows[] = {
		{ 4000000, 10000000, 40000000 },
		{ 1500000, 3, 5 }, /* 4.5 is rounded up */
		{ 1000001, 1000000, 1000001 },
		{ 0, INT64_MAX, 0 },
		{ 999999, INT64_MAX, INT64_C(9223362813482738953) },
		{ 1000000, INT64_MAX, INT64_MAX },
		{ 1000001, INT64_MAX, INT64_MAX },
		{ INT64_MAX, INT64_MAX, INT64_MAX },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(measure_times(rows[i].a, rows[i].b),
		    rows[i].expected);
		assert_int_equal(measure_times(rows[i].b, rows[i].a),
		    rows[i].expected);
	}
}

static void
add_start(struct batch *b, int64_t start)
{
	struct origin *o;
	struct call *c;

	(void)batch_add(b, &c, &o);
	c->start = start;
}

/* Buckets of a zone over a range, as hours each is long. */
static void
check_line(enum measure_window window, int begins, const char *zone,
    const char *first, const char *last, const char *begin, const char *hours)
{
	struct measure m = { .window = window, .begins = begins * 60 };
	struct batch *b = batch_new();
	struct measure_line l;
	struct buf got;
	int64_t t;
	size_t k;

	for (t = at(first); t < at(last); t += HOUR / 6)
		add_start(b, t);
	add_start(b, at(last));
	batch_sort(b);
	measure_line_init(&l, &m, zone_get(zone, NULL), b);
	buf_init(&got);
	for (k = 0; k < l.n; k++)
		buf_addf(&got, "%s%g", k > 0 ? " " : "",
		    (double)(l.edges[k + 1] - l.edges[k]) / (double)HOUR);
	assert_string_equal(got.data, hours);
	assert_int_equal(l.edges[0], at(begin));
	assert_int_equal(measure_line_find(&l, at(first)), 0);
	assert_int_equal(measure_line_find(&l, at(last)), l.n - 1);
	for (k = 0; k < l.n; k++) {
		assert_int_equal(measure_line_find(&l, l.edges[k]), k);
		assert_int_equal(measure_line_find(&l, l.edges[k + 1] - 1), k);
	}
	for (k = 0; k < b->n; k++)
		assert_int_equal(measure_line_of(&l, (uint32_t)k),
		    measure_line_find(&l, b->calls[k].start));
	buf_fini(&got);
	measure_line_fini(&l);
	batch_free(&b);
}

/* A year that is far away costs no more than one that is near. */
static void
test_far_year(void **state)
{
	static const struct {
		enum measure_window window;
		int64_t edges[4]; /* in hours since 1970 */
	} rows[] = {
		{ WINDOW_HOUR, { 0, 1, 68242800, 68242801 } },
		{ WINDOW_DAY, { 0, 24, 68242800, 68242824 } },
		{ WINDOW_WEEK, { -72, 96, 68242704, 68242872 } },
	};
	struct batch *b = batch_new();
	struct measure_line l;
	size_t i, k;

	(void)state;
	add_start(b, 0);
	add_start(b, at("9755-02-07T00:59:59Z"));
	add_start(b, at("9755-02-07T00:00:00Z"));
	batch_sort(b);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		measure_line_init(&l,
		    &(struct measure){ .window = rows[i].window }, zone_utc(),
		    b);
		assert_int_equal(l.n, 3);
		for (k = 0; k <= l.n; k++)
			assert_int_equal(l.edges[k], rows[i].edges[k] * HOUR);
		/* there is a bucket without calls between them */
		assert_int_equal(measure_line_of(&l, 0), 0);
		assert_int_equal(measure_line_of(&l, 1), 2);
		assert_int_equal(measure_line_of(&l, 2), 2);
		measure_line_fini(&l);
	}
	batch_free(&b);
}

static void
test_lines(void **state)
{
	(void)state;
	check_line(WINDOW_DAY, 0, "UTC", "2026-01-13T00:00:00Z",
	    "2026-01-14T23:59:59Z", "2026-01-13T00:00:00Z", "24 24");
	/* clocks forward on 29 March, back on 25 October */
	check_line(WINDOW_DAY, 0, "Europe/Berlin", "2026-03-28T12:00:00Z",
	    "2026-03-30T12:00:00Z", "2026-03-27T23:00:00Z", "24 23 24");
	check_line(WINDOW_DAY, 0, "Europe/Berlin", "2026-10-24T12:00:00Z",
	    "2026-10-26T12:00:00Z", "2026-10-23T22:00:00Z", "24 25 24");
	/* one bucket of a night */
	check_line(WINDOW_DAY, 12, "Europe/Berlin", "2026-10-24T03:00:00Z",
	    "2026-10-25T20:00:00Z", "2026-10-23T10:00:00Z", "24 25 24");
	check_line(WINDOW_WEEK, 0, "Europe/Berlin", "2026-10-21T12:00:00Z",
	    "2026-10-27T12:00:00Z", "2026-10-18T22:00:00Z", "169 168");
	/* 02:00 happens twice: one bucket; in spring it is none */
	check_line(WINDOW_HOUR, 0, "Europe/Berlin", "2026-10-24T23:30:00Z",
	    "2026-10-25T02:30:00Z", "2026-10-24T23:00:00Z", "1 2 1");
	check_line(WINDOW_HOUR, 0, "Europe/Berlin", "2026-03-29T00:30:00Z",
	    "2026-03-29T02:30:00Z", "2026-03-29T00:00:00Z", "1 1 1");
	/* half an hour back, in Lord Howe Island */
	check_line(WINDOW_HOUR, 0, "Australia/Lord_Howe",
	    "2026-04-04T14:10:00Z", "2026-04-04T15:40:00Z",
	    "2026-04-04T14:00:00Z", "1.5 1");
	/* Samoa had no 30 December 2011 */
	check_line(WINDOW_DAY, 0, "Pacific/Apia", "2011-12-29T20:00:00Z",
	    "2011-12-31T20:00:00Z", "2011-12-29T10:00:00Z", "24 24 24");
	check_line(WINDOW_DAY, 0, "UTC", "1969-12-30T20:00:00Z",
	    "1969-12-31T20:00:00Z", "1969-12-30T00:00:00Z", "24 24");
}

static void
test_can_fall(void **state)
{
	static const struct {
		enum measure_fn fn;
		bool expected;
	} rows[] = {
		{ MEASURE_COUNT, false },
		{ MEASURE_SUM, false },
		{ MEASURE_AVG, true },
		{ MEASURE_MAX, false },
		{ MEASURE_MIN, true },
		{ MEASURE_DISTINCT, false },
		{ MEASURE_RATIO, true },
		{ MEASURE_RUN, false },
		{ MEASURE_MODE, true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(measure_can_fall(
				     &(struct measure){ .fn = rows[i].fn }),
		    rows[i].expected);
}

/* Calls of one group: seconds of start, ring, talk. */
struct row {
	int start, ring, talk;
};

static struct batch *
batch_of(const struct row *rows, size_t n)
{
	struct batch *b = batch_new();
	struct origin *o;
	struct call *c;
	size_t i;

	for (i = 0; i < n; i++) {
		(void)batch_add(b, &c, &o);
		c->start = rows[i].start * 1000;
		c->ring = (uint32_t)rows[i].ring * 1000;
		c->duration = (uint32_t)rows[i].talk * 1000;
		c->source = batch_source(b, "s", NULL, zone_utc(), NULL);
		o->key = i;
	}
	batch_sort(b);
	return b;
}

/* "t:value/calls" at each instant. */
static void
check_sweep(const struct measure *m, const struct row *rows, size_t n,
    const char *expected)
{
	struct rule r = { .measure = *m };
	struct batch *b = batch_of(rows, n);
	uint32_t calls[16], out[16];
	struct measure_sweep *s;
	struct measure_instant now;
	struct measure_value v;
	struct errmsg err;
	struct buf got;
	size_t i, taken = 0;

	for (i = 0; i < n; i++)
		calls[i] = (uint32_t)i;
	assert_int_equal(measure_open(&s, &r, b, NULL, NULL, calls, &n, 1,
			     &err),
	    0);
	buf_init(&got);
	for (i = 0; i < 2; i++) { /* a group can be gone through again */
		buf_reset(&got);
		taken = 0;
		measure_group(s, 0, NULL);
		while (measure_next(s, &now)) {
			v = measure_value(s, 0);
			buf_addf(&got, "%s%lld:", got.len > 0 ? " " : "",
			    (long long)now.t / 1000);
			if (v.den == 0)
				buf_addch(&got, '-');
			else
				buf_addf(&got, "%g",
				    (double)measure_units(&v) / RULE_UNIT);
			buf_addf(&got, "/%zu", now.calls);
			taken += measure_collect(s, out + taken);
		}
		assert_string_equal(got.data, expected);
		assert_int_equal(taken, n);
	}
	measure_close(&s);
	assert_null(s);
	buf_fini(&got);
	batch_free(&b);
}

static void
test_sweeps(void **state)
{
	static const struct row rows[] = { { 0, 0, 60 }, { 10, 5, 10 },
		{ 10, 30, 0 }, { 70, 0, 5 }, { 71, 0, 0 } };
	struct measure m = { .fn = MEASURE_NONE };

	(void)state;
	check_sweep(&m, rows, 5, "0:1/1 10:2/2 70:1/1 71:1/1");
	m = (struct measure){ .fn = MEASURE_COUNT,
		.window = WINDOW_OVER,
		.over = 60000 };
	/* (t - 60 s, t]: at 70 those of 10 have just left */
	check_sweep(&m, rows, 5, "0:1/1 10:3/3 70:1/1 71:2/2");
	m.over = 60001;
	check_sweep(&m, rows, 5, "0:1/1 10:3/3 70:3/3 71:2/2");
	m.over = 60000;
	m.of = field_find("duration");
	m.fn = MEASURE_MAX;
	check_sweep(&m, rows, 5, "0:60000/1 10:60000/3 70:5000/1 71:5000/2");
	m.fn = MEASURE_MIN;
	check_sweep(&m, rows, 5, "0:60000/1 10:0/3 70:5000/1 71:0/2");
	m.fn = MEASURE_SUM;
	check_sweep(&m, rows, 5, "0:60000/1 10:70000/3 70:5000/1 71:5000/2");
	m.fn = MEASURE_AVG;
	check_sweep(&m, rows, 5, "0:60000/1 10:23333.3/3 70:5000/1 71:2500/2");
	m.fn = MEASURE_DISTINCT;
	check_sweep(&m, rows, 5, "0:1/1 10:3/3 70:1/1 71:2/2");
	m.of = field_find("cost"); /* nobody has one */
	check_sweep(&m, rows, 5, "0:0/1 10:0/3 70:0/1 71:0/2");
	m.fn = MEASURE_AVG;
	check_sweep(&m, rows, 5, "0:-/1 10:-/3 70:-/1 71:-/2");
	m.fn = MEASURE_SUM;
	check_sweep(&m, rows, 5, "0:0/1 10:0/3 70:0/1 71:0/2");
}

static void
test_concurrent(void **state)
{
	/*
	 * Four calls of 600 s, one every 199 s, overlap; every 200 s the
	 * first has just ended.  Ringing is not talking; a call without talk
	 * is there at its start only.
	 */
	static const struct row near[] = { { 0, 0, 600 }, { 199, 0, 600 },
		{ 398, 0, 600 }, { 597, 0, 600 } };
	static const struct row far[] = { { 0, 0, 600 }, { 200, 0, 600 },
		{ 400, 0, 600 }, { 600, 0, 600 } };
	static const struct row ringing[] = { { 0, 20, 10 }, { 5, 0, 10 },
		{ 6, 60, 0 }, { 16, 4, 5 } };
	struct measure m = { .fn = MEASURE_CONCURRENT };

	(void)state;
	check_sweep(&m, near, 4, "0:1/1 199:2/2 398:3/3 597:4/4");
	check_sweep(&m, far, 4, "0:1/1 200:2/2 400:3/3 600:3/3");
	check_sweep(&m, ringing, 4, "5:1/1 6:2/2 20:2/2");
	m.of = field_find("duration");
	check_sweep(&m, near, 4, "0:1/1 199:1/2 398:1/3 597:1/4");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_far_year),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_can_fall),
		cmocka_unit_test(test_sweeps),
		cmocka_unit_test(test_concurrent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
