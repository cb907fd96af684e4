#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/marks.h"
#include "base/pool.h"

enum { THINGS = 100000, PARTS = 7 };

static void
mark(void *arg, size_t part)
{
	struct marks *m = arg;
	uint32_t i;

	/* Each part marks every third thing with its own mark. */
	for (i = 3; i < THINGS; i += 3)
		marks_add(m, part, i, 1U << part);
}

/* Once each and in order, however many marked them at once. */
static void
test_many_threads(void **state)
{
	struct marks *m = marks_new(THINGS, PARTS);
	uint64_t *list;
	size_t i, n;

	(void)state;
	pool_run(PARTS, PARTS, mark, m);
	list = marks_list(m, &n);
	assert_int_equal(n, (THINGS - 1) / 3);
	for (i = 0; i < n; i++) {
		assert_int_equal(list[i], 3 * (i + 1));
		assert_int_equal(marks_of(m, (uint32_t)list[i]),
		    (1 << PARTS) - 1);
	}
	assert_int_equal(marks_of(m, 1), 0);
	free(list);
	marks_reset(m);
	for (i = 0; i < THINGS; i++)
		assert_int_equal(marks_of(m, (uint32_t)i), 0);
	marks_add(m, 1, 5, 2);
	list = marks_list(m, &n);
	assert_int_equal(n, 1);
	assert_int_equal(list[0], 5);
	free(list);
	marks_free(&m);
	assert_null(m);
	marks_free(&m);
}

static void
test_nothing(void **state)
{
	struct marks *m = marks_new(0, 1);
	size_t n = 1;

	(void)state;
	free(marks_list(m, &n));
	assert_int_equal(n, 0);
	marks_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_threads),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
