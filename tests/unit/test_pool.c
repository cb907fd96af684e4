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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_once),
		cmocka_unit_test(test_one_thread_keeps_the_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
