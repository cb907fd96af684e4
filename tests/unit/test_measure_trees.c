/* The tree of taken places, against looking at each of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rule/measure_impl.h"

enum { MOST = 700, CHANGES = 4000 };

static uint32_t
draw(uint64_t *state, uint32_t below)
{
	*state = *state * UINT64_C(6364136223846793005) +
		 UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 33) % below;
}

/* The longest row, and where the first such begins. */
static size_t
longest_of(const bool *taken, size_t n, size_t *where)
{
	size_t best = 0, length = 0, i;

	for (i = 0; i < n; i++) {
		length = taken[i] ? length + 1 : 0;
		if (length > best) {
			best = length;
			*where = i + 1 - length;
		}
	}
	return best;
}

static void
check(const struct measure_runs *r, const bool *taken, size_t n, size_t place)
{
	size_t where = 0, best = longest_of(taken, n, &where), i;

	assert_int_equal(measure_runs_best(r), best);
	if (best == 0)
		return;
	assert_int_equal(measure_runs_where(r), where);
	for (i = place; i < n && !taken[i]; i++)
		;
	if (i < n)
		assert_int_equal(measure_runs_next(r, place), i);
	for (i = place + 1; i > 0 && !taken[i - 1]; i--)
		;
	if (i > 0)
		assert_int_equal(measure_runs_previous(r, place), i - 1);
}

/* Of ten changes so many take a place: from few rows to hardly a gap. */
static void
change(size_t n, uint32_t takes, uint64_t seed)
{
	bool taken[MOST] = { false };
	struct measure_runs r;
	size_t i, place;

	measure_runs_open(&r, n);
	for (i = 0; i < CHANGES; i++) {
		place = draw(&seed, (uint32_t)n);
		taken[place] = draw(&seed, 10) < takes;
		measure_runs_set(&r, place, taken[place]);
		check(&r, taken, n, draw(&seed, (uint32_t)n));
	}
	measure_runs_close(&r);
}

static void
test_changes(void **state)
{
	static const size_t sizes[] = { 1, 2, 63, 64, 65, 127, 128, 129, 300,
		MOST };
	uint32_t takes;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (takes = 1; takes < 10; takes += 4)
			change(sizes[i], takes, 17 * i + takes);
}

/* Rows of each length at each place of two words and over their border. */
static void
test_rows(void **state)
{
	struct measure_runs r;
	size_t begin, length, i;

	(void)state;
	for (begin = 0; begin < 128; begin++) {
		measure_runs_open(&r, 192);
		for (length = 1; begin + length <= 192; length++) {
			measure_runs_set(&r, begin + length - 1, true);
			assert_int_equal(measure_runs_best(&r), length);
			assert_int_equal(measure_runs_where(&r), begin);
		}
		for (i = 191; i > begin; i--) {
			measure_runs_set(&r, i, false);
			assert_int_equal(measure_runs_best(&r), i - begin);
		}
		measure_runs_close(&r);
	}
}

static void
test_none(void **state)
{
	struct measure_runs r;

	(void)state;
	measure_runs_open(&r, 0);
	assert_int_equal(measure_runs_best(&r), 0);
	measure_runs_close(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
