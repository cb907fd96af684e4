/* Calls go to other starts, each once, whatever stands there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "recorded.h"
#include "store/store_calls.h"
#include "tel/calltime.h"

enum { CALLS = 20, HOUR_S = 3600, HOUR_MS = 3600000 };

/* An hour on, where the next call stands still. */
static int64_t
hour_on(void *ctx, int64_t start, uint8_t *clock)
{
	int *asked = ctx;

	++*asked;
	*clock = (uint8_t)(*clock + 4);
	return start + HOUR_MS;
}

static int64_t
stay(void *ctx, int64_t start, uint8_t *clock)
{
	(void)ctx;
	(void)clock;
	return start;
}

/* A call an hour of two sources; every fourth states its own zone. */
static void
fill(struct store *s)
{
	struct batch *b = batch_new();
	struct errmsg err = { "" };
	struct recorded r = { .src = "201", .dst = "202" };
	int64_t added;
	size_t i;

	for (i = 0; i < CALLS; i++) {
		r.at = (int64_t)i * HOUR_S;
		r.source = i % 2 == 0 ? "east" : "west";
		recorded_add(b, &r);
		b->origins[i].zone_kind =
		    i % 4 == 0 ? STAMP_OFFSET : STAMP_LOCAL;
		b->origins[i].clock = 100;
	}
	batch_sort(b);
	if (store_calls_add(s, b, NULL, 1, &added, &err) != 0)
		fail_msg("%s", err.text);
	batch_free(&b);
}

static void
test_move(void **state)
{
	struct store_mover mover = { hour_on, NULL };
	struct errmsg err = { "" };
	struct batch *b = batch_new();
	int64_t moved, hour;
	struct store *s;
	int asked = 0, east = 0, far = 0;
	size_t i;

	(void)state;
	assert_int_equal(store_open(&s, ":memory:", STORE_WRITE, &err), 0);
	fill(s);
	mover.ctx = &asked;
	assert_int_equal(store_calls_move(s, "east", &mover, &moved, &err), 0);
	assert_int_equal(moved, CALLS / 4);
	assert_int_equal(asked, CALLS / 4);
	assert_int_equal(store_calls_move(s, "none", &mover, &moved, &err), 0);
	assert_int_equal(moved, 0);
	mover.move = stay;
	assert_int_equal(store_calls_move(s, "west", &mover, &moved, &err), 0);
	assert_int_equal(moved, 0);
	assert_int_equal(store_calls_load(s, INT64_MIN, INT64_MAX, 0, b, &err),
	    0);
	assert_int_equal(b->n, CALLS);
	for (i = 0; i < b->n; i++) {
		hour = (b->calls[i].start - RECORDED_DAY) / HOUR_MS;
		if (b->origins[i].clock == 104) {
			/* It was at 2, 6, 10 ..., and is an hour on. */
			assert_int_equal(hour % 4, 3);
			far++;
		} else {
			assert_int_equal(b->origins[i].clock, 100);
			east += hour % 4 == 0;
			assert_true(hour % 4 != 2);
		}
	}
	assert_int_equal(far, CALLS / 4);
	assert_int_equal(east, CALLS / 4);
	batch_free(&b);
	store_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_move),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
