#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "base/beside.h"

struct note {
	int value;
	pthread_t by;
};

static void
double_it(void *arg)
{
	struct note *n = arg;

	n->value *= 2;
	n->by = pthread_self();
}

/* Whatever the number of threads, it is done when it has ended. */
static void
test_done_at_the_end(void **state)
{
	static const size_t threads[] = { 0, 1, 2, 7, 1000000 };
	struct beside *first, *second;
	struct note a, b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
		a.value = 21;
		b.value = 100;
		first = beside_start(threads[i], double_it, &a);
		second = beside_start(threads[i], double_it, &b);
		beside_end(&first);
		assert_null(first);
		assert_int_equal(a.value, 42);
		beside_end(&second);
		assert_int_equal(b.value, 200);
	}
}

static void
test_one_thread_does_it_at_once(void **state)
{
	struct note n = { .value = 1 };
	struct beside *b;

	(void)state;
	b = beside_start(1, double_it, &n);
	assert_int_equal(n.value, 2);
	assert_true(pthread_equal(n.by, pthread_self()));
	beside_end(&b);
	assert_int_equal(n.value, 2);
}

struct pair {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int at;
};

/* They answer each other: no one could do that alone. */
static void
step_to(struct pair *p, int from)
{
	(void)pthread_mutex_lock(&p->lock);
	while (p->at != from)
		(void)pthread_cond_wait(&p->changed, &p->lock);
	p->at++;
	(void)pthread_cond_broadcast(&p->changed);
	(void)pthread_mutex_unlock(&p->lock);
}

static void
take_odd_steps(void *arg)
{
	step_to(arg, 1);
	step_to(arg, 3);
}

static void
test_its_owner_goes_on(void **state)
{
	struct pair p = { .at = 0 };
	struct beside *b;

	(void)state;
	(void)pthread_mutex_init(&p.lock, NULL);
	(void)pthread_cond_init(&p.changed, NULL);
	b = beside_start(2, take_odd_steps, &p);
	step_to(&p, 0);
	step_to(&p, 2);
	beside_end(&b);
	assert_int_equal(p.at, 4);
	(void)pthread_cond_destroy(&p.changed);
	(void)pthread_mutex_destroy(&p.lock);
}

static void
test_nothing_to_end(void **state)
{
	struct beside *b = NULL;

	(void)state;
	beside_end(&b);
	assert_null(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_done_at_the_end),
		cmocka_unit_test(test_one_thread_does_it_at_once),
		cmocka_unit_test(test_its_owner_goes_on),
		cmocka_unit_test(test_nothing_to_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
