#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "detect/score.h"

static const char *const families[] = { "list", "concurrency", "destination",
	"time", "volume", "pattern" };

/* One finding a family, as many as there are scores. */
static int
score_of(const int *scores, size_t n, struct arena *arena,
    const struct point **points, size_t *npoints)
{
	struct finding made[6] = { { 0 } };
	const struct finding *list[6];
	size_t i;

	for (i = 0; i < n; i++) {
		made[i].score = scores[i];
		made[i].family = made[i].rule = made[i].id = families[i];
		list[i] = &made[i];
	}
	return score_findings(list, n, arena, points, npoints);
}

static void
test_scores(void **state)
{
	static const struct {
		int scores[6];
		size_t n;
		int expected;
		int points[6];
	} rows[] = {
		{ { 0 }, 0, 0, { 0 } },
		{ { 45 }, 1, 45, { 45 } },
		{ { 25, 25 }, 2, 44, { 25, 19 } },
		{ { 45, 45 }, 2, 70, { 45, 25 } },
		{ { 45, 40, 25 }, 3, 75, { 45, 22, 8 } },
		{ { 65, 60, 45 }, 3, 92, { 65, 21, 6 } },
		{ { 20, 20, 20, 20, 20 }, 5, 67, { 20, 16, 13, 10, 8 } },
		{ { 90, 85, 85, 65, 55, 50 }, 6, 100, { 90, 8, 2, 0, 0, 0 } },
		{ { 50, 55, 65, 85, 85, 90 }, 6, 100, { 90, 8, 2, 0, 0, 0 } },
		{ { 100, 100 }, 2, 100, { 100, 0 } },
		{ { 1, 1 }, 2, 2, { 1, 1 } },
	};
	const struct point *points;
	struct arena arena = { 0 };
	size_t i, k, n;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(score_of(rows[i].scores, rows[i].n, &arena,
				     &points, &n),
		    rows[i].expected);
		assert_int_equal(n, rows[i].n);
		for (k = 0; k < n; k++)
			assert_int_equal(points[k].points, rows[i].points[k]);
	}
	arena_fini(&arena);
}

/* Two rules that see the same fact cannot count twice. */
static void
test_family(void **state)
{
	static const struct finding made[] = {
		{ .id = "f-1",
		    .rule = "b",
		    .family = "time",
		    .score = 65,
		    .reason = "r1" },
		{ .id = "f-2", .rule = "a", .family = "time", .score = 65 },
		{ .id = "f-3", .rule = "c", .family = "time", .score = 40 },
		{ .id = "f-4", .rule = "d", .family = "cost", .score = 65 },
	};
	const struct finding *list[] = { &made[0], &made[1], &made[2],
		&made[3] };
	static const struct {
		const char *finding;
		int points;
	} rows[] = { { "f-4", 65 }, { "f-2", 23 }, { "f-1", 0 }, { "f-3", 0 } };
	const struct point *points;
	struct arena arena = { 0 };
	size_t i, n;

	(void)state;
	assert_int_equal(score_findings(list, 4, &arena, &points, &n), 88);
	assert_int_equal(n, 4);
	for (i = 0; i < n; i++) {
		assert_string_equal(points[i].finding, rows[i].finding);
		assert_int_equal(points[i].points, rows[i].points);
	}
	assert_string_equal(points[2].reason, "r1");
	arena_fini(&arena);
}

/* The column adds up, and more evidence never lowers the score. */
static void
test_adds_up(void **state)
{
	unsigned seed = (unsigned)time(NULL);
	const struct point *points;
	int scores[6], round, score, before, sum;
	struct arena arena = { 0 };
	size_t i, k, n;

	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	for (round = 0; round < 2000; round++) {
		before = 0;
		for (i = 0; i < 6; i++) {
			scores[i] = 1 + rand() % 100;
			score = score_of(scores, i + 1, &arena, &points, &n);
			sum = 0;
			for (k = 0; k < n; k++)
				sum += points[k].points;
			assert_int_equal(sum, score);
			assert_true(score >= before && score <= 100);
			before = score;
		}
		arena_fini(&arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scores),
		cmocka_unit_test(test_family),
		cmocka_unit_test(test_adds_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
