#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "detect/detect_impl.h"

enum { RULES = 14 };

/* What there is to do, in words: "a" is a rule, "[src]" an order. */
static void
schedule(const char *const *by, const struct measure *measures, size_t n,
    bool orders, char *out)
{
	static const char names[] = "abcdefghijklmn";
	struct detect_piece pieces[2 * RULES];
	const struct rule *rules[RULES] = { NULL };
	struct rule list[RULES] = { { 0 } };
	char ids[RULES][2] = { { 0 } };
	size_t i, made;

	assert_true(n <= RULES);
	for (i = 0; i < n; i++) {
		ids[i][0] = names[i];
		list[i].id = ids[i];
		list[i].nby = *by[i] != '\0';
		list[i].by[0] = field_find(by[i]);
		list[i].measure = measures[i];
		rules[i] = &list[i];
	}
	made = detect_schedule(pieces, rules, n, orders);
	for (i = 0, *out = '\0'; i < made; i++)
		if (pieces[i].order != NULL)
			(void)sprintf(out + strlen(out), "[%s]",
			    pieces[i].order->name);
		else
			(void)strcat(out, rules[pieces[i].rule]->id);
}

static void
test_schedule(void **state)
{
	static const struct {
		const char *by[RULES];
		size_t n;
		const char *orders, *none;
	} rows[] = {
		{ { NULL }, 0, "", "" },
		{ { "src" }, 1, "a", "a" },
		/* those without a field first, the most of a kind last */
		{ { "src", "src", "", "dst" }, 4, "cdab", "cdab" },
		/* two are too few for an order ahead */
		{ { "src", "src", "dst", "src" }, 4, "[src]cabd", "cabd" },
		/* by name where there are as many */
		{ { "src", "dst" }, 2, "ba", "ba" },
		/* a piece ahead of the first rule that asks */
		{ { "account", "account", "account", "account", "account",
		      "account", "account", "dst", "dst", "dst", "dst", "dst",
		      "dst", "src" },
		    14, "[dst]nhijkl[account]mabcdefg", "nhijklmabcdefg" },
	};
	static const struct measure counts[RULES] = { { 0 } };
	char got[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		schedule(rows[i].by, counts, rows[i].n, true, got);
		assert_string_equal(got, rows[i].orders);
		schedule(rows[i].by, counts, rows[i].n, false, got);
		assert_string_equal(got, rows[i].none);
	}
}

/* What takes long is begun first, each by its field. */
static void
test_long_first(void **state)
{
	static const char *const by[] = { "src", "src", "dst", "src", "src",
		"src" };
	static const struct measure measures[] = { { .fn = MEASURE_COUNT },
		{ .fn = MEASURE_RUN }, { .fn = MEASURE_MODE },
		{ .fn = MEASURE_SUM }, { .fn = MEASURE_MODE },
		{ .fn = MEASURE_COUNT, .window = WINDOW_HOUR } };
	char got[256];

	(void)state;
	schedule(by, measures, 6, true, got);
	assert_string_equal(got, "[src]cbefad");
}

/* What asks for an order that is being made waits if anything else can be. */
static void
test_next(void **state)
{
	const struct field *src = field_find("src"), *dst = field_find("dst");
	struct detect_piece list[] = { { .order = src },
		{ .rule = 1, .asks = src }, { .rule = 2, .asks = dst },
		{ .rule = 3 } };
	static const size_t want[] = { 0, 2, 3, 1 };
	struct detect_piece *next;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		next = detect_schedule_next(list, 4);
		assert_ptr_equal(next, &list[want[i]]);
		next->state = PIECE_RUNS;
	}
	for (i = 0; i < 4; i++)
		list[i].state = i == 0 ? PIECE_DONE : PIECE_WAITS;
	assert_ptr_equal(detect_schedule_next(list, 4), &list[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_schedule),
		cmocka_unit_test(test_long_first),
		cmocka_unit_test(test_next) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
