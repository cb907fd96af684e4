#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "report/emit_csv.h"
#include "tests/unit/golden.h"
#include "tests/unit/sample_results.h"

static void
print(struct buf *b, void (*make)(struct results *), bool safe, bool tabs,
    const char *list)
{
	struct emit_options opt;
	struct selection sel;
	struct results rs;
	struct view v;
	struct arena arena;
	struct outfile *out;
	struct errmsg err;

	arena_init(&arena);
	make(&rs);
	results_sort(&rs);
	selection_init(&sel);
	sel.waived = sel.shadow = true;
	view_init(&v, &rs, &sel);
	emit_options_init(&opt);
	opt.csv_safe = safe;
	if (list != NULL)
		assert_int_equal(emit_csv_choose(&opt, &arena, list, &err), 0);
	outfile_open_buf(&out, b);
	assert_int_equal((tabs ? emit_tsv : emit_csv)(out, &v, &opt, &err), 0);
	assert_int_equal(outfile_commit(&out, &err), 0);
	view_fini(&v);
	results_fini(&rs);
	arena_fini(&arena);
}

static void
as_kept(void **state)
{
	static const struct {
		const char *name;
		void (*make)(struct results *);
		bool safe, tabs;
	} goldens[] = {
		{ "night.csv", sample_night, false, false },
		{ "night-safe.csv", sample_night, true, false },
		{ "night.tsv", sample_night, false, true },
		{ "hostile.csv", sample_hostile, true, false },
		{ "hostile.tsv", sample_hostile, false, true },
		{ "currencies.csv", sample_currencies, false, false },
		{ "clear.csv", sample_clear, false, false },
	};
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < sizeof(goldens) / sizeof(goldens[0]); i++) {
		buf_reset(&b);
		print(&b, goldens[i].make, goldens[i].safe, goldens[i].tabs,
		    NULL);
		golden_check(goldens[i].name, &b);
	}
	buf_fini(&b);
}

static void
chosen_columns(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	print(&b, sample_clear, false, false, "cost,entity");
	assert_string_equal(b.data, "cost,entity\r\n");
	buf_reset(&b);
	print(&b, sample_clear, false, true, "cost,entity");
	assert_string_equal(b.data, "cost\tentity\n");
	buf_fini(&b);
}

static void
no_columns(void **state)
{
	static const struct {
		const char *list, *words;
	} bad[] = {
		{ "", "no such column: ''" },
		{ "nobody", "no such column: 'nobody'" },
		{ "case,", "no such column: ''" },
		{ "case, entity",
		    "no such column: ' entity'; did you mean 'entity'?" },
		{ "case,entity,case", "column 'case' twice" },
	};
	struct emit_options opt;
	struct arena arena;
	struct errmsg err;
	size_t i;

	(void)state;
	arena_init(&arena);
	emit_options_init(&opt);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(emit_csv_choose(&opt, &arena, bad[i].list,
				     &err),
		    -1);
		assert_string_equal(err.text, bad[i].words);
	}
	for (i = 0; emit_csv_column(i) != NULL; i++)
		assert_int_equal(emit_csv_choose(&opt, &arena,
				     emit_csv_column(i), &err),
		    0);
	assert_true(i > 20);
	arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_kept),
		cmocka_unit_test(chosen_columns),
		cmocka_unit_test(no_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
