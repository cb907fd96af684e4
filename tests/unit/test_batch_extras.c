/* What few calls have, while calls come, go and change places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cdr/batch.h"
#include "tests/unit/recorded.h"

enum { MANY = 3000 };

static size_t
add(struct batch *b, int64_t start, uint64_t key)
{
	struct origin *o;
	struct call *c;
	const size_t i = batch_add(b, &c, &o);

	c->start = start;
	o->key = key;
	return i;
}

static void
test_none(void **state)
{
	struct batch *b = batch_new();
	const struct call_extras none = { .cost = 0 };
	unsigned k;

	(void)state;
	(void)batch_source(b, "pbx", NULL, zone_utc(), NULL);
	(void)add(b, 1, 1);
	batch_set_cost(b, 0, 0);
	batch_set_extra(b, EXTRA_SRC_NAME, 0, 0);
	batch_set_extras(b, 0, &none);
	assert_int_equal(batch_cost(b, 0), 0);
	for (k = 0; k < EXTRA_COUNT; k++) {
		assert_false(batch_has_extra(b, (enum call_extra)k));
		assert_int_equal(batch_extra(b, (enum call_extra)k, 0), 0);
	}
	batch_free(&b);
}

/* One that comes late finds that the calls before have none. */
static void
test_late(void **state)
{
	struct batch *b = batch_new();
	size_t i;

	(void)state;
	for (i = 0; i < MANY; i++)
		(void)add(b, (int64_t)i, i);
	batch_set_cost(b, MANY - 1, -7);
	batch_set_extra(b, EXTRA_AUTH_CODE, 5, 9);
	assert_true(batch_has_extra(b, EXTRA_AUTH_CODE));
	assert_false(batch_has_extra(b, EXTRA_SRC_NAME));
	for (i = 0; i < MANY; i++) {
		assert_int_equal(batch_cost(b, i), i == MANY - 1 ? -7 : 0);
		assert_int_equal(batch_extra(b, EXTRA_AUTH_CODE, i),
		    i == 5 ? 9 : 0);
		assert_int_equal(batch_extra(b, EXTRA_SRC_NAME, i), 0);
	}
	batch_free(&b);
}

/* A call that takes the place of one that was given up has none either. */
static void
test_again(void **state)
{
	struct batch *b = batch_new();
	const struct call_extras x = { .cost = 3, .ids = { 4, 5, 6 } };
	struct call_extras got;
	size_t i, k;

	(void)state;
	(void)add(b, 1, 1);
	(void)add(b, 2, 2);
	batch_set_extras(b, 1, &x);
	got = batch_get_extras(b, 1);
	assert_memory_equal(got.ids, x.ids, sizeof(x.ids));
	assert_int_equal(got.cost, 3);
	b->n--;
	assert_int_equal(batch_add_many(b, MANY), 1);
	batch_reserve(b, 3 * MANY);
	assert_int_equal(batch_add_many(b, 2 * MANY), MANY + 1);
	for (i = 0; i < b->n; i++) {
		got = batch_get_extras(b, i);
		assert_int_equal(got.cost, 0);
		for (k = 0; k < EXTRA_COUNT; k++)
			assert_int_equal(got.ids[k], 0);
	}
	b->n = 2;
	assert_true(batch_reset(b, 100));
	assert_int_equal(add(b, 1, 1), 0);
	assert_int_equal(batch_cost(b, 0), 0);
	batch_free(&b);
}

/* They go where their calls go. */
static void
test_sort(void **state)
{
	struct batch *b = batch_new();
	uint64_t seed = 1;
	uint32_t n;
	size_t i, kept = 0;

	(void)state;
	(void)batch_source(b, "pbx", NULL, zone_utc(), NULL);
	for (i = 0; i < MANY; i++) {
		seed = seed * 6364136223846793005U + 1442695040888963407U;
		(void)add(b, (int64_t)(seed >> 54), i);
		if (i % 3 == 0)
			continue;
		batch_set_cost(b, i, (int64_t)i * 10);
		batch_set_extra(b, EXTRA_FORWARDED_BY, i, (uint32_t)i);
		batch_set_extra(b, EXTRA_SRC_NAME, i, (uint32_t)i + 1);
		if (i % 7 == 0)
			b->calls[i].flags |= CALL_DUPLICATE;
	}
	batch_sort(b);
	for (i = 0; i < b->n; i++) {
		n = (uint32_t)b->origins[i].key;
		kept += n % 3 != 0;
		assert_int_equal(batch_cost(b, i), n % 3 != 0 ? n * 10 : 0);
		assert_int_equal(batch_extra(b, EXTRA_FORWARDED_BY, i),
		    n % 3 != 0 ? n : 0);
		assert_int_equal(batch_extra(b, EXTRA_SRC_NAME, i),
		    n % 3 != 0 ? n + 1 : 0);
	}
	assert_int_equal(kept, 1714);
	batch_free(&b);
}

/* A join key that is the call's id, and one that is not, and none. */
static void
test_join(void **state)
{
	struct batch *b = batch_new();
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		(void)add(b, (int64_t)(4 - i), i);
		b->origins[i].call_id = i < 3 ? (uint32_t)i + 10 : 0;
	}
	batch_set_join(b, 0, 10);
	batch_set_join(b, 3, 0);
	assert_false(batch_has_extra(b, EXTRA_JOIN));
	batch_set_join(b, 1, 99);
	assert_int_equal(batch_join(b, 0), 10);
	assert_int_equal(batch_join(b, 1), 99);
	assert_int_equal(batch_join(b, 2), 0);
	assert_int_equal(batch_join(b, 3), 0);
	batch_sort(b);
	assert_int_equal(batch_join(b, 3), 10);
	assert_int_equal(batch_join(b, 2), 99);
	assert_int_equal(batch_join(b, 1), 0);
	batch_set_join(b, 2, 11);
	assert_int_equal(batch_join(b, 2), 11);
	batch_set_join(b, 2, 0);
	assert_int_equal(batch_join(b, 2), 0);
	batch_free(&b);
}

/* Of one file nothing is kept call by call. */
static void
test_file(void **state)
{
	struct batch *b = batch_new();
	size_t i;

	(void)state;
	for (i = 0; i < 6; i++)
		(void)add(b, (int64_t)i, i);
	for (i = 0; i < 6; i++)
		assert_int_equal(batch_file_of(b, i), 0);
	batch_usual_file(b, 3);
	batch_set_file(b, 1, 3);
	assert_false(batch_has_extra(b, EXTRA_FILE));
	for (i = 0; i < 6; i++)
		assert_int_equal(batch_file_of(b, i), 3);
	batch_set_file(b, 2, 0);
	batch_set_file(b, 4, 5);
	batch_usual_file(b, 4); /* too late */
	(void)add(b, 6, 6);
	for (i = 0; i < 7; i++)
		assert_int_equal(batch_file_of(b, i), i == 2   ? 0
						      : i == 4 ? 5
							       : 3);
	batch_free(&b);
}

/* A batch that is used again has the file of its new calls. */
static void
test_file_again(void **state)
{
	struct batch *b = batch_new();

	(void)state;
	(void)add(b, 1, 1);
	(void)add(b, 2, 2);
	batch_usual_file(b, 3);
	batch_set_file(b, 1, 4);
	assert_true(batch_reset(b, 100));
	(void)add(b, 1, 1);
	assert_int_equal(batch_file_of(b, 0), 0);
	batch_usual_file(b, 5);
	assert_int_equal(batch_file_of(b, 0), 5);
	(void)add(b, 2, 2);
	assert_int_equal(batch_file_of(b, 1), 5);
	batch_free(&b);
}

/* One call goes over another; what neither has stays away. */
static void
test_move(void **state)
{
	struct batch *b = batch_new();
	const struct call_extras x = { .cost = 3, .ids = { 4, 5, 6 } };
	struct call_extras got;
	size_t i, k;

	(void)state;
	for (i = 0; i < 3; i++)
		(void)add(b, (int64_t)i, i + 10);
	batch_move(b, 2, 1);
	assert_int_equal(b->calls[2].start, 1);
	assert_int_equal(b->origins[2].key, 11);
	for (k = 0; k < EXTRA_COUNT; k++)
		assert_false(batch_has_extra(b, (enum call_extra)k));
	batch_set_extras(b, 0, &x);
	batch_move(b, 1, 0);
	batch_move(b, 0, 2);
	for (i = 0; i < 3; i++) {
		got = batch_get_extras(b, i);
		assert_int_equal(b->calls[i].start, i == 1 ? 0 : 1);
		assert_int_equal(b->origins[i].key, i == 1 ? 10 : 11);
		assert_int_equal(got.cost, i == 1 ? 3 : 0);
		for (k = 0; k < EXTRA_COUNT; k++)
			assert_int_equal(got.ids[k], i == 1 ? x.ids[k] : 0);
	}
	/* Where it is already. */
	batch_move(b, 1, 1);
	assert_int_equal(batch_cost(b, 1), 3);
	assert_int_equal(b->n, 3);
	batch_free(&b);
}

/* Call `i` of those of test_aside. */
static void
check_aside(const struct batch *b, size_t i, bool late, int with)
{
	const size_t x = late ? i - MANY : i;
	const uint32_t file = !late ? 1 : x % 2 == 0 || with < 2 ? 2 : 3;

	assert_int_equal(b->calls[i].start, late ? 0 : 1);
	assert_int_equal(b->origins[i].key, x);
	assert_int_equal(batch_file_of(b, i), file);
	assert_int_equal(batch_cost(b, i), late && with == 3 ? x : 0);
	assert_int_equal(batch_extra(b, EXTRA_AUTH_CODE, i),
	    late && with > 0 ? x + 1 : 0);
	assert_int_equal(batch_extra(b, EXTRA_SRC_NAME, i), late ? 0 : x);
}

/* Others come before those that were set aside, whatever both have. */
static void
test_aside(void **state)
{
	struct batch *b, aside;
	size_t i, late, threads;
	int with;

	(void)state;
	for (with = 0; with < 4; with++)
		for (threads = 1; threads < 4; threads++) {
			late = with == 0 ? 3 : 4 * (size_t)MANY;
			b = batch_new();
			batch_usual_file(b, 2);
			for (i = 0; i < late; i++) {
				(void)add(b, 0, i);
				batch_set_extra(b, EXTRA_AUTH_CODE, i,
				    with > 0 ? (uint32_t)i + 1 : 0);
				batch_set_cost(b, i,
				    with == 3 ? (int64_t)i : 0);
				batch_set_file(b, i,
				    i % 2 == 0 || with < 2 ? 2 : 3);
			}
			aside = batch_set_aside(b);
			assert_int_equal(b->n, 0);
			batch_usual_file(b, 1);
			for (i = 0; i < MANY; i++) {
				(void)add(b, 1, i);
				batch_set_extra(b, EXTRA_SRC_NAME, i,
				    (uint32_t)i);
			}
			b->sorted = true;
			batch_put_behind(b, &aside, threads);
			assert_false(b->sorted);
			assert_int_equal(b->n, MANY + late);
			for (i = 0; i < b->n; i++)
				check_aside(b, i, i >= MANY, with);
			batch_free(&b);
		}
}

/* There may be none of either. */
static void
test_aside_none(void **state)
{
	struct batch *b = batch_new(), aside;

	(void)state;
	aside = batch_set_aside(b);
	batch_put_behind(b, &aside, 2);
	assert_int_equal(b->n, 0);
	assert_true(b->sorted);
	(void)add(b, 1, 5);
	batch_set_cost(b, 0, 9);
	aside = batch_set_aside(b);
	batch_put_behind(b, &aside, 2);
	assert_int_equal(b->n, 1);
	assert_int_equal(batch_cost(b, 0), 9);
	aside = batch_set_aside(b);
	(void)add(b, 1, 6);
	aside.n = 0;
	batch_put_behind(b, &aside, 2);
	assert_int_equal(b->n, 1);
	assert_int_equal(b->origins[0].key, 6);
	batch_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_file_again),
		cmocka_unit_test(test_move),
		cmocka_unit_test(test_aside),
		cmocka_unit_test(test_aside_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
