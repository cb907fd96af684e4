/*
 * Legs that lie far apart in many calls: whoever looks at which part of these,
 * all that belong together are found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "cdr/legs.h"
#include "joined.h"

enum {
	CALLS = 30000, /* enough for seven threads */
	DAYS = 4,
	SPAN = 86400,
	ROUNDS = 10
};

/* Each second call may be a leg of the one before, from inside to inside. */
struct many {
	struct recorded list[CALLS];
	char keys[CALLS][16];
	size_t pairs; /* that are no further apart than legs may be */
};

static void
make(struct many *m)
{
	struct recorded *r = m->list;
	size_t i;

	m->pairs = 0;
	for (i = 0; i < CALLS; i++) {
		(void)snprintf(m->keys[i], sizeof(m->keys[i]), "%zu", i);
		r[i] = (struct recorded){
			.at = rand() % (DAYS * SPAN),
			.src = "2041",
			.dst = "2042",
			.join = m->keys[i],
			.line = (uint32_t)i + 1,
		};
		if (i % 2 == 0 || rand() % 1000 >= 5)
			continue;
		r[i].join = r[i - 1].join;
		m->pairs += llabs((long long)r[i].at - r[i - 1].at) <= SPAN;
	}
}

static size_t
join(const struct many *m, size_t threads)
{
	struct batch *b = batch_new();
	size_t marked;

	recorded_add_all(b, m->list, CALLS);
	batch_sort(b);
	joined_resolve(b);
	marked = legs_join(b, threads, NULL, NULL);
	batch_free(&b);
	return marked;
}

static void
test_threads(void **state)
{
	static const size_t threads[] = { 1, 2, 3, 7 };
	const unsigned seed = 20261122;
	struct many *m = xmalloc(sizeof(*m));
	size_t round, i;

	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	for (round = 0; round < ROUNDS; round++) {
		make(m);
		assert_true(m->pairs > 0);
		for (i = 0; i < sizeof(threads) / sizeof(threads[0]); i++)
			assert_int_equal(join(m, threads[i]), m->pairs);
	}
	free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, site_set_up, site_tear_down);
}
