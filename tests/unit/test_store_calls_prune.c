/* What is deleted is gone, with its texts, and does not come again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "memstore.h"
#include "recorded.h"
#include "store/store_calls.h"

enum { CALLS = 40 };

/* Calls at seconds `from` to `to`, each to a number of its own. */
static int64_t
add(int from, int to)
{
	struct batch *b = batch_new();
	struct errmsg err = { "" };
	struct recorded r = { .src = "201" };
	int64_t added;
	char dst[16];

	for (; from < to; from++) {
		(void)snprintf(dst, sizeof(dst), "700%d", from);
		r.at = from;
		r.dst = dst;
		recorded_add(b, &r);
	}
	batch_sort(b);
	if (store_calls_add(store, b, NULL, 1, &added, &err) != 0)
		fail_msg("%s", err.text);
	batch_free(&b);
	return added;
}

static int64_t
number(const char *sql)
{
	struct sqlstmt *q;
	int64_t n;

	assert_int_equal(sqldb_prepare(store_db(store), &q, sql, NULL), 0);
	assert_int_equal(sqlstmt_step(q, NULL), 1);
	n = sqlstmt_get_int(q, 0);
	sqlstmt_free(&q);
	return n;
}

static int64_t
prune(int second)
{
	struct errmsg err = { "" };
	int64_t gone;

	if (store_calls_prune(store, RECORDED_DAY + second * 1000, &gone,
		&err) != 0)
		fail_msg("%s", err.text);
	return gone;
}

/* The calls that are left are from `first` on, each with its own number. */
static void
check(int first)
{
	struct batch *b = batch_new();
	char want[16];
	size_t i;

	assert_int_equal(store_calls_load(store, INT64_MIN, INT64_MAX, 0, b,
			     NULL),
	    0);
	assert_int_equal(b->n, CALLS - first);
	for (i = 0; i < b->n; i++) {
		(void)snprintf(want, sizeof(want), "700%d", first + (int)i);
		assert_string_equal(batch_text(b, b->calls[i].dst), want);
		assert_string_equal(batch_text(b, b->calls[i].src), "201");
	}
	batch_free(&b);
}

static void
test_prune(void **state)
{
	int64_t horizon, texts;

	(void)state;
	assert_int_equal(store_horizon(store, &horizon, NULL), 0);
	assert_true(horizon == INT64_MIN);
	assert_int_equal(add(0, 30), 30);
	texts = number("SELECT count(*) FROM texts");
	assert_int_equal(prune(10), 10);
	assert_int_equal(store_horizon(store, &horizon, NULL), 0);
	assert_int_equal(horizon, RECORDED_DAY + 10000);
	assert_int_equal(number("SELECT count(*) FROM texts WHERE text IN "
				"('7000', '7009')"),
	    0);
	assert_int_equal(number("SELECT count(*) FROM texts"), texts);
	assert_int_equal(number("SELECT count(*) FROM free_texts"), 10);
	/* An earlier moment deletes nothing, and none comes again. */
	assert_int_equal(prune(5), 0);
	assert_int_equal(prune(10), 0);
	assert_int_equal(add(0, 30), 0);
	/* Their numbers go to others; there never is a gap. */
	assert_int_equal(add(25, CALLS), CALLS - 30);
	assert_int_equal(number("SELECT count(*) FROM free_texts"), 0);
	assert_int_equal(number("SELECT count(*) FROM texts"), texts);
	check(10);
	assert_int_equal(prune(CALLS), CALLS - 10);
	check(CALLS);
}

static void
test_damaged(void **state)
{
	struct errmsg err = { "" };
	int64_t horizon;

	(void)state;
	assert_int_equal(store_set_horizon(store, -5, &err), 0);
	assert_int_equal(store_horizon(store, &horizon, &err), 0);
	assert_int_equal(horizon, -5);
	assert_int_equal(store_set(store, "horizon", "soon", &err), 0);
	assert_int_equal(store_horizon(store, &horizon, &err), -1);
	assert_string_equal(err.text, ":memory:: damaged: horizon 'soon'");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, memstore_open, memstore_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_prune),
		TEST(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
