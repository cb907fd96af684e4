#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/pool.h"

enum { PIECES = 1000 };

static void
count(void *arg, size_t i)
{
	((int *)arg)[i]++;
}

/* Every piece once, whatever the number of threads. */
static void
test_each_once(void **state)
{
	static const size_t threads[] = { 0, 1, 2, 7, 1000000 };
	static const size_t pieces[] = { 0, 1, 2, PIECES };
	int done[PIECES];
	size_t t, p, i;

	(void)state;
	for (t = 0; t < sizeof(threads) / sizeof(threads[0]); t++)
		for (p = 0; p < sizeof(pieces) / sizeof(pieces[0]); p++) {
			memset(done, 0, sizeof(done));
			pool_run(threads[t], pieces[p], count, done);
			for (i = 0; i < PIECES; i++)
				assert_int_equal(done[i], i < pieces[p]);
		}
}

static void
note_order(void *arg, size_t i)
{
	size_t **next = arg;

	*(*next)++ = i;
}

static void
test_one_thread_keeps_the_order(void **state)
{
	size_t order[PIECES], *next = order, i;

	(void)state;
	pool_run(1, PIECES, note_order, &next);
	for (i = 0; i < PIECES; i++)
		assert_int_equal(order[i], i);
}

/* Parts follow each other, are as good as alike, and are not too small. */
static void
test_parts(void **state)
{
	static const size_t things[] = { 0, 1, 9, 10, 19, 20, 1000, 999999 };
	size_t i, threads, parts, k, begin, end;

	(void)state;
	assert_int_equal(pool_parts(4, 39, 10), 3);
	assert_int_equal(pool_parts(4, 40, 10), 4);
	assert_int_equal(pool_parts(4, 4000, 10), 4);
	for (i = 0; i < sizeof(things) / sizeof(things[0]); i++)
		for (threads = 1; threads < 9; threads++) {
			parts = pool_parts(threads, things[i], 10);
			assert_in_range(parts, 1, threads);
			assert_true(parts == 1 || things[i] / parts >= 10);
			for (k = end = 0; k < parts; k++) {
				begin = pool_cut(things[i], parts, k);
				assert_int_equal(begin, end);
				end = pool_cut(things[i], parts, k + 1);
				assert_in_range(end - begin, things[i] / parts,
				    things[i] / parts + 1);
			}
			assert_int_equal(end, things[i]);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_once),
		cmocka_unit_test(test_one_thread_keeps_the_order),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
