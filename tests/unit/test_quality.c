#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "cdr/quality.h"
#include "recorded.h"

enum { HOUR = 3600, DAY = 24 * HOUR, WEEK = 7 * DAY };

/* `n` calls in an hour, of weeks `from` to `to`; hours from RECORDED_DAY. */
static void
add_hour(struct batch *b, const char *source, int hour, int n, int from, int to)
{
	int week, i;

	for (week = from; week <= to; week++)
		for (i = 0; i < n; i++)
			recorded_add(b,
			    &(struct recorded){ .at = week * WEEK +
						      hour * HOUR + i * 60,
				.source = source,
				.src = "201",
				.dst = "202",
				.line = (uint32_t)b->n + 1 });
}

/* Source, kind, start and duration in seconds, words: one event a line. */
static void
check(struct batch *b, const char *want)
{
	struct buf got;
	size_t i;

	buf_init(&got);
	batch_sort(b);
	for (i = 0; i < b->n; i++)
		if (batch_event(b, i) == EVENT_QUALITY)
			buf_addf(&got, "%s %s %lld %u %s\n",
			    batch_text(b, b->sources[b->calls[i].source].name),
			    quality_name(
				(enum call_quality)b->origins[i].quality),
			    (long long)(b->calls[i].start - RECORDED_DAY) /
				1000,
			    (unsigned)(b->calls[i].duration / 1000),
			    batch_text(b, b->origins[i].service));
	assert_string_equal(got.data, want);
	buf_fini(&got);
	batch_free(&b);
}

static struct batch *
of_calls(struct batch *b)
{
	batch_sort(b);
	quality_of_calls(b, 1);
	return b;
}

/* The same six hours of five weeks; the last lacks some from the second on. */
static struct batch *
five_weeks(int each, int from, int missing)
{
	struct batch *b = batch_new();
	int hour;

	for (hour = 8; hour < 14; hour++)
		add_hour(b, "pbx", hour, each, from,
		    hour >= 9 && hour < 9 + missing ? 3 : 4);
	return b;
}

static void
test_gap(void **state)
{
	struct batch *b;

	(void)state;
	check(of_calls(five_weeks(5, 0, 0)), "");
	/* ten must be missing, and an hour more or less not explain it */
	check(of_calls(five_weeks(9, 0, 1)), "");
	check(of_calls(five_weeks(5, 0, 2)), "");
	check(of_calls(five_weeks(3, 0, 3)), "");
	check(of_calls(five_weeks(5, 0, 3)),
	    "pbx gap 2459040 14160 3:56:00 without a record\n");
	check(of_calls(five_weeks(5, 0, 4)),
	    "pbx gap 2459040 17760 4:56:00 without a record\n");
	check(of_calls(five_weeks(4, 0, 4)),
	    "pbx gap 2462460 17820 4:57:00 without a record\n");
	/* an hour is none, however many there were */
	check(of_calls(five_weeks(60, 0, 1)), "");
	check(of_calls(five_weeks(60, 0, 2)),
	    "pbx gap 2455740 7260 2:01:00 without a record\n");
	b = five_weeks(60, 0, 2);
	recorded_add(b, &(struct recorded){ .at = 4 * WEEK + 10 * HOUR + 9 * 60,
			    .source = "pbx" });
	check(of_calls(b), "");
	/* too few weeks to know */
	check(of_calls(five_weeks(5, 1, 4)), "");
	b = batch_new();
	add_hour(b, "pbx", 9, 15, 0, 0);
	add_hour(b, "pbx", 9, 15, 28, 28);
	check(of_calls(b), "");
	/* nothing came any more: told as soon as others show that time passed */
	check(of_calls(five_weeks(5, 0, 5)), "");
	b = five_weeks(5, 0, 5);
	add_hour(b, "other", 11, 5, 4, 4);
	check(of_calls(b), "");
	b = five_weeks(5, 0, 5);
	add_hour(b, "other", 11, 6, 4, 4);
	check(of_calls(b), "pbx gap 2459040 10860 3:01:00 without a record\n");
	/* another source is no record of this one, an event no record at all */
	b = five_weeks(5, 0, 3);
	add_hour(b, "other", 9, 9, 4, 4);
	add_hour(b, "pbx", 10, 1, 4, 4);
	b->origins[b->n - 1].event = EVENT_QUALITY;
	b->origins[b->n - 1].quality = QUALITY_LIMIT;
	b->calls[b->n - 1].flags |= CALL_EVENT;
	batch_sort(b);
	quality_of_calls(b, 1);
	check(b, "pbx limit 2455200 0 \n"
		 "pbx gap 2459040 14160 3:56:00 without a record\n");
}

/* `n` records of an hour, of which `copies` stand there twice. */
static struct batch *
an_hour(size_t n, size_t copies, const char *source)
{
	struct batch *b = batch_new();
	size_t i;

	for (i = 0; i < n - copies; i++)
		recorded_add(b, &(struct recorded){ .at = (int64_t)(i % 3000),
				    .source = source,
				    .key = i + 1 });
	for (i = 0; i < copies; i++)
		recorded_add(b, &(struct recorded){ .at = (int64_t)(i % 3000),
				    .source = source,
				    .key = call_key_again(i + 1, 2) });
	return b;
}

static void
test_copies(void **state)
{
	struct batch *b;

	(void)state;
	check(of_calls(an_hour(100, 9, "pbx")), "");
	check(of_calls(an_hour(100, 10, "pbx")),
	    "pbx duplicate 0 0 10 of 100 records of an hour\n");
	check(of_calls(an_hour(101, 10, "pbx")), "");
	check(of_calls(an_hour(20, 10, "pbx")),
	    "pbx duplicate 0 0 10 of 20 records of an hour\n");
	/* three of one are two copies; other starts, sources make none */
	b = an_hour(20, 9, "pbx");
	recorded_add(b,
	    &(struct recorded){ .source = "pbx", .key = call_key_again(1, 3) });
	check(of_calls(b), "pbx duplicate 0 0 10 of 21 records of an hour\n");
	b = an_hour(20, 9, "pbx");
	recorded_add(b, &(struct recorded){ .source = "pbx",
			    .at = 1,
			    .key = call_key_again(1, 3) });
	recorded_add(b, &(struct recorded){ .source = "other",
			    .key = call_key_again(1, 3) });
	check(of_calls(b), "");
	/* nine in each of two hours are not many */
	b = an_hour(18, 9, "pbx");
	while (b->n < 36) {
		recorded_add(b,
		    &(struct recorded){ .source = "pbx",
			.at = HOUR + (int64_t)(b->n % 9),
			.key = b->n < 27 ? b->n % 9 + 1
					 : call_key_again(b->n % 9 + 1, 2) });
	}
	check(of_calls(b), "");
}

/* Calls every `step` s; from call `at` on the clock is `back` s behind. */
static struct batch *
in_a_row(int n, int step, int at, int back)
{
	struct batch *b = batch_new();
	int i;

	for (i = 0; i < n; i++)
		recorded_add(b, &(struct recorded){ .at = DAY + i * step -
							  (i >= at ? back : 0),
				    .source = "pbx",
				    .talk = 60,
				    .line = (uint32_t)i + 1 });
	quality_of_order(b, 0, b->n);
	return b;
}

static void
test_order(void **state)
{
	struct batch *b;
	uint32_t swap;

	(void)state;
	check(in_a_row(40, 60, 40, 0), "");
	check(in_a_row(40, 60, 20, 2 * HOUR),
	    "pbx clock-jump 80400 0 clock put back by 1:59:00\n");
	check(in_a_row(40, 60, 20, HOUR + 60), "");
	check(in_a_row(40, 60, 20, HOUR + 61),
	    "pbx clock-jump 83939 0 clock put back by 1:00:01\n");
	/* forward is a gap; at the ends nobody can tell */
	check(in_a_row(40, 60, 20, -5 * HOUR), "");
	check(in_a_row(40, 60, 7, 5 * HOUR), "");
	check(in_a_row(40, 60, 33, 5 * HOUR), "");
	check(in_a_row(40, 60, 8, 5 * HOUR),
	    "pbx clock-jump 68880 0 clock put back by 4:59:00\n");
	check(in_a_row(40, 60, 32, 5 * HOUR),
	    "pbx clock-jump 70320 0 clock put back by 4:59:00\n");
	/* the last first: that is the order of the file, and no clock */
	check(in_a_row(40, -2 * HOUR, 40, 0), "");
	/* a minute up and down is as minutes are */
	b = in_a_row(40, 60, 40, 0);
	b->calls[20].ring += 60000;
	quality_of_order(b, 0, b->n);
	check(b, "");
	b = in_a_row(40, 60, 20, 5 * HOUR);
	assert_int_equal(b->n, 41);
	b->n = 40;
	swap = b->calls[18].ring;
	b->calls[18].ring = swap + 3 * 60000;
	quality_of_order(b, 0, b->n);
	check(b, "");
}

/*
 * A call each minute; `n` from call `at` on were open, have the lines of two
 * hours before and stand where nothing more came of them.
 */
static struct batch *
left_open(int at, int n)
{
	struct batch *b = batch_new();
	int i, minute;

	for (i = 0; i < 40; i++) {
		minute = i >= at && i < at + n ? i - 120 : i;
		recorded_add(b, &(struct recorded){ .at = DAY + minute * 60,
				    .source = "pbx",
				    .talk = 60,
				    .line = (uint32_t)(200 + minute) });
	}
	quality_of_order(b, 0, b->n);
	return b;
}

static void
test_order_of_open_calls(void **state)
{
	struct batch *b = batch_new();
	int i;

	(void)state;
	/* at the end of the file, and given up before it */
	check(left_open(20, 20), "");
	check(left_open(20, 1), "");
	check(left_open(20, 9), "");
	/* a clock that was put back is seen beside them */
	for (i = 0; i < 40; i++)
		recorded_add(b,
		    &(struct recorded){ .at = DAY + i * 60 -
					      (i >= 20 ? 2 * HOUR : 0),
			.source = "pbx",
			.line = i % 10 == 9 ? 1 : (uint32_t)i + 1 });
	quality_of_order(b, 0, b->n);
	check(b, "pbx clock-jump 80400 0 clock put back by 1:58:00\n");
}

static void
test_unread(void **state)
{
	struct batch *b = batch_new();

	(void)state;
	recorded_add(b, &(struct recorded){ .at = 5, .source = "pbx" });
	quality_unread(b, 0, "it broke off");
	quality_unread(b, 0, "it broke off");
	batch_sort(b);
	/* told twice it is one */
	assert_int_equal(batch_mark_duplicates(b, 1, NULL), 1);
	check(b, "pbx limit 5 0 it broke off\n");
}

static void
test_unread_twice(void **state)
{
	struct batch *b = batch_new();

	(void)state;
	recorded_add(b, &(struct recorded){ .at = 5, .source = "pbx" });
	quality_unread(b, 0, "it broke off");
	quality_unread(b, 0, "refused");
	/* two files, two events, whichever was read first */
	assert_int_not_equal(b->origins[1].key, b->origins[2].key);
	batch_sort(b);
	assert_int_equal(batch_mark_duplicates(b, 1, NULL), 0);
	batch_free(&b);
}

/* What it says does not depend on the order in which records came. */
static void
test_any_order(void **state)
{
	struct batch *a = five_weeks(6, 0, 2), *b = batch_new();
	struct origin *o;
	struct call *c;
	size_t i;

	(void)state;
	(void)batch_source(b, "pbx", NULL, zone_utc(), NULL);
	for (i = a->n; i > 0; i--) {
		(void)batch_add(b, &c, &o);
		*c = a->calls[i - 1];
		*o = a->origins[i - 1];
	}
	(void)of_calls(a);
	(void)of_calls(b);
	assert_int_equal(a->n, b->n);
	assert_true(a->origins[a->n - 1].key == b->origins[b->n - 1].key);
	assert_int_equal(a->calls[a->n - 1].start, b->calls[b->n - 1].start);
	batch_free(&a);
	batch_free(&b);
}

/* Five weeks with holes, and hours with copies, of three sources. */
static struct batch *
busy_weeks(size_t threads)
{
	static const char *const sources[] = { "pbx", "other", "third" };
	struct batch *b = batch_new();
	int hour, i;

	for (hour = 0; hour < 5 * 168; hour++)
		for (i = 0; i < 40; i++) {
			struct recorded r = { .at = hour * HOUR + i / 2,
				.source = sources[i % 3],
				.key = (uint64_t)(hour * 100 + i) };

			if (i % 3 == 1 && hour > 4 * 168 + 20 &&
			    hour < 4 * 168 + 25 + hour % 2)
				continue;
			if (i % 6 == 3 && hour % 50 == 7) {
				recorded_add(b, &r);
				r.key = call_key_again(r.key, 2);
			}
			recorded_add(b, &r);
			if (hour % 60 == 9)
				r.key = call_key_again(r.key, 2);
			r.at += 100;
			recorded_add(b, &r);
			r.key = call_key_again(r.key, 2);
			if (hour % 60 == 9)
				recorded_add(b, &r);
		}
	batch_sort(b);
	quality_of_calls(b, threads);
	return b;
}

/* Where the calls are cut for threads is nobody's business. */
static void
test_threads(void **state)
{
	static const size_t threads[] = { 2, 3, 7 };
	struct batch *one = busy_weeks(1), *many;
	size_t calls, i, k;

	(void)state;
	for (calls = 0; batch_event(one, calls) != EVENT_QUALITY; calls++)
		;
	assert_true(calls > 50000 && one->n > calls + 14);
	batch_sort(one);
	for (k = 0; k < sizeof(threads) / sizeof(threads[0]); k++) {
		many = busy_weeks(threads[k]);
		batch_sort(many);
		assert_int_equal(many->n, one->n);
		for (i = 0; i < one->n; i++) {
			assert_true(
			    many->origins[i].key == one->origins[i].key);
			assert_int_equal(many->origins[i].quality,
			    one->origins[i].quality);
			assert_int_equal(many->calls[i].start,
			    one->calls[i].start);
			assert_int_equal(many->calls[i].duration,
			    one->calls[i].duration);
		}
		batch_free(&many);
	}
	batch_free(&one);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_order_of_open_calls),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_unread_twice),
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
