#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "rule/baseline.h"

#define DAY  INT64_C(86400000)
#define UNIT RULE_UNIT

/* A line of days; kind and wrote as digits, one a bucket. */
static void
line_of(struct baseline_line *l, int64_t *edges, uint8_t *kind, uint8_t *wrote,
    const char *kinds, const char *written)
{
	size_t k, n = strlen(kinds);

	for (k = 0; k <= n; k++)
		edges[k] = (int64_t)k * DAY;
	for (k = 0; k < n; k++) {
		kind[k] = (uint8_t)(kinds[k] - '0');
		wrote[k] = written[k] == '1';
	}
	*l = (struct baseline_line){ .buckets = { .edges = edges, .n = n },
		.kind = kind,
		.wrote = wrote };
}

/* values by bucket, -1: no calls; the last one is compared */
static const struct {
	const char *kinds, *wrote;
	int values[12];
	struct baseline bl;
	size_t buckets; /* 0: cold */
	int64_t value, median, mad;
} reads[] = {
	/* the first bucket of the group does not count */
	{ "0000", "0111", { 9, 2, 4, 50 },
	    { .history = 28 * DAY, .min_buckets = 2 }, 2, 3 * UNIT, 3 * UNIT,
	    UNIT },
	{ "0000", "0111", { 9, 2, 4, 50 },
	    { .history = 28 * DAY, .min_buckets = 3 }, 0, 0, 0, 0 },
	{ "00", "01", { 9, 50 }, { .history = 28 * DAY, .min_buckets = 1 }, 0,
	    0, 0, 0 },
	/* days without calls are zero, but not before the first */
	{ "00000", "01111", { -1, 5, -1, 3, 50 },
	    { .history = 28 * DAY, .min_buckets = 2 }, 2, UNIT + UNIT / 2,
	    UNIT + UNIT / 2, UNIT + UNIT / 2 },
	/* the source wrote nothing on the third */
	{ "00000", "01011", { 5, 7, -1, 3, 50 },
	    { .history = 28 * DAY, .min_buckets = 2 }, 2, 5 * UNIT, 5 * UNIT,
	    2 * UNIT },
	/* only days like this one */
	{ "0110010", "0111111", { 1, 90, 90, 10, 12, 90, 50 },
	    { .history = 28 * DAY, .min_buckets = 2 }, 2, 11 * UNIT, 11 * UNIT,
	    UNIT },
	/* history is two days */
	{ "000000", "011111", { 1, 90, 90, 10, 12, 50 },
	    { .history = 2 * DAY, .min_buckets = 2 }, 2, 11 * UNIT, 11 * UNIT,
	    UNIT },
	{ "000000", "011111", { 1, 90, 90, 10, 12, 50 },
	    { .history = 28 * DAY, .min_buckets = 1, .stat = STAT_MEAN }, 4,
	    50500000, 51 * UNIT, 39 * UNIT },
	{ "000000", "011111", { 1, 90, 80, 10, 12, 50 },
	    { .history = 28 * DAY, .min_buckets = 1, .stat = STAT_MAX }, 4,
	    90 * UNIT, 46 * UNIT, 35 * UNIT },
	{ "000000", "011111", { 1, 1, 2, 3, 4, 50 },
	    { .history = 28 * DAY, .min_buckets = 1, .stat = STAT_P95 }, 4,
	    4 * UNIT, 2500000, UNIT },
	/* the floor */
	{ "0000", "0111", { 9, 2, 4, 50 },
	    { .history = 28 * DAY, .min_buckets = 1, .floor = 5 * UNIT }, 2,
	    5 * UNIT, 5 * UNIT, UNIT },
};

static void
test_read(void **state)
{
	struct baseline_history h = { 0 };
	struct baseline_reading got;
	struct baseline_line l;
	int64_t edges[16];
	uint8_t kind[16], wrote[16];
	size_t i, k, last;
	bool known;

	(void)state;
	for (i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		line_of(&l, edges, kind, wrote, reads[i].kinds, reads[i].wrote);
		last = l.buckets.n - 1;
		baseline_forget(&h);
		for (k = 0; k < last; k++)
			if (reads[i].values[k] >= 0)
				baseline_learn(&h, k,
				    reads[i].values[k] * UNIT);
		known = baseline_read(&reads[i].bl, &l, &h, last, &got);
		assert_int_equal(known, reads[i].buckets > 0);
		assert_int_equal(got.buckets, reads[i].buckets);
		assert_int_equal(got.value, reads[i].value);
		assert_int_equal(got.median, reads[i].median);
		assert_int_equal(got.mad, reads[i].mad);
	}
	baseline_history_fini(&h);
}

/* A group that was there has done nothing; its first bucket does not count. */
static void
test_appear(void **state)
{
	const struct baseline bl = { .history = 28 * DAY, .min_buckets = 3 };
	const struct baseline_entry recalled[] = { { 2, 0 }, { 3, 6 * UNIT } };
	struct baseline_history h = { 0 };
	struct baseline_reading got;
	struct baseline_line l;
	int64_t edges[16];
	uint8_t kind[16], wrote[16];

	(void)state;
	line_of(&l, edges, kind, wrote, "000000", "111111");
	assert_false(baseline_read(&bl, &l, &h, 5, &got));
	baseline_appear(&h, 2);
	assert_false(baseline_read(&bl, &l, &h, 5, &got));
	baseline_forget(&h);
	baseline_appear(&h, 1);
	assert_true(baseline_read(&bl, &l, &h, 5, &got));
	assert_int_equal(got.buckets, 3);
	assert_int_equal(got.value, 0);
	baseline_learn(&h, 1, 9 * UNIT);
	baseline_recall(&h, recalled, 0);
	baseline_recall(&h, recalled, sizeof(recalled) / sizeof(recalled[0]));
	baseline_learn(&h, 4, 0);
	assert_int_equal(h.n, 4);
	assert_int_equal(h.list[2].bucket, 3);
	assert_true(baseline_read(&bl, &l, &h, 5, &got));
	assert_int_equal(got.buckets, 3);
	assert_int_equal(got.mad, 0);
	baseline_history_fini(&h);
}

static void
test_thresholds(void **state)
{
	struct baseline_reading r = { .buckets = 5,
		.plain = 9 * UNIT,
		.value = 10 * UNIT,
		.median = 8 * UNIT,
		.mad = 2 * UNIT };

	(void)state;
	assert_int_equal(baseline_times(&r, 4 * UNIT), 40 * UNIT);
	assert_int_equal(baseline_times(&r, 1500000), 15 * UNIT);
	assert_int_equal(baseline_mads(&r, 3 * UNIT), 16895600);
	r.mad = 0;
	assert_int_equal(baseline_mads(&r, 3 * UNIT), 8 * UNIT);
	r.value = -1;
	assert_int_equal(baseline_times(&r, 4 * UNIT), 0);
	r.mad = INT64_MAX;
	assert_int_equal(baseline_mads(&r, 3 * UNIT), INT64_MAX);
}

static void
add(struct batch *b, uint16_t source, int64_t start)
{
	struct origin *o;
	struct call *c;

	(void)batch_add(b, &c, &o);
	c->start = start;
	c->source = source;
}

/* Three sources: in UTC, with a calendar in Berlin, with neither. */
struct sources {
	struct batch *b;
	struct named named;
	struct locals at;
	struct baseline_written written;
	uint16_t plain, shop, none;
};

/* 2026-01-09 was a Friday */
static const int64_t friday = INT64_C(1767916800000);

static void
open_sources(struct sources *s)
{
	struct calendar *cal = calendar_new("shop");
	const struct zone *berlin = zone_get("Europe/Berlin", NULL);
	static const size_t written[] = { 3, 2, 1 };

	s->b = batch_new();
	named_init(&s->named);
	calendar_set_zone(cal, berlin);
	assert_int_equal(calendar_open(cal, "mon-sat", "09:00-18:00", NULL), 0);
	calendar_close(cal, friday / DAY);
	named_put_calendar(&s->named,
	    &(struct named_calendar){ .name = "shop", .calendar = cal });
	s->plain = batch_source(s->b, "plain", NULL, zone_utc(), NULL);
	s->shop = batch_source(s->b, "shop", NULL, zone_utc(), "shop");
	s->none = batch_source(s->b, "none", NULL, NULL, "unknown");
	add(s->b, s->plain, friday);
	add(s->b, s->shop, friday + 1);
	add(s->b, s->plain, friday + 2);
	add(s->b, s->shop, friday + DAY);
	add(s->b, s->plain, friday + 2 * DAY);
	add(s->b, s->none, friday + 3 * DAY);
	batch_sort(s->b);
	locals_init(&s->at, s->b, &s->named, berlin);
	baseline_written_init(&s->written, s->b, written);
}

static void
close_sources(struct sources *s)
{
	baseline_written_fini(&s->written);
	locals_fini(&s->at);
	named_fini(&s->named);
	batch_free(&s->b);
}

/* Zone and open days come from the source's calendar. */
static void
test_lines(void **state)
{
	struct rule r = { .measure = { .window = WINDOW_DAY },
		.baseline = { .present = true, .season = SEASON_WEEKDAY } };
	const struct baseline_line *l;
	struct baseline_lines ls;
	struct sources s;

	(void)state;
	open_sources(&s);
	baseline_lines_init(&ls, &s.at, &s.written, &r);
	l = baseline_line(&ls, s.plain);
	assert_int_equal(l->buckets.edges[0], friday);
	assert_int_equal(l->buckets.n, 4);
	assert_memory_equal(l->kind, "\1\0\0\1", 4);
	assert_memory_equal(l->wrote, "\0\0\1\0", 4);
	assert_ptr_equal(baseline_line(&ls, s.plain), l);
	l = baseline_line(&ls, s.shop);
	assert_int_equal(l->buckets.edges[0], friday - 3600000);
	assert_memory_equal(l->kind, "\0\1\0\1", 4);
	assert_memory_equal(l->wrote, "\0\1\0\0", 4);
	l = baseline_line(&ls, s.none);
	assert_int_equal(l->buckets.edges[0], friday - 3600000);
	assert_memory_equal(l->kind, "\1\0\0\1", 4);
	assert_memory_equal(l->wrote, "\0\0\0\0", 4);
	baseline_lines_fini(&ls);
	assert_null(ls.lines);
	close_sources(&s);
}

static void
test_hours_of_week(void **state)
{
	struct rule r = { .measure = { .window = WINDOW_HOUR },
		.baseline = { .present = true,
		    .season = SEASON_HOUR_OF_WEEK } };
	const struct baseline_line *l;
	struct baseline_lines ls;
	struct sources s;

	(void)state;
	open_sources(&s);
	baseline_lines_init(&ls, &s.at, &s.written, &r);
	l = baseline_line(&ls, s.plain);
	assert_int_equal(l->buckets.n, 7); /* four with calls, three between */
	assert_int_equal(l->kind[0], 4 * 24);
	assert_int_equal(l->kind[2], 5 * 24);
	l = baseline_line(&ls, s.shop);
	assert_int_equal(l->kind[0], 4 * 24 + 1);
	baseline_lines_fini(&ls);
	close_sources(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_appear),
		cmocka_unit_test(test_thresholds),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_hours_of_week),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
