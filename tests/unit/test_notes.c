#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/bounds.h"
#include "base/notes.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static void
test_add(void **state)
{
	char text[] = "key given twice", source[] = "{}";
	struct notes ns;

	(void)state;
	notes_init(&ns);
	notes_add(&ns, &(struct note){ .level = NOTE_ERROR,
			   .code = "E108",
			   .file = "f.json",
			   .line = 5,
			   .column = 7,
			   .end = 9,
			   .text = text,
			   .source = source });
	/* The texts are copies. */
	memset(text, 'x', sizeof(text) - 1);
	source[0] = 'x';
	assert_int_equal(ns.n, 1);
	assert_int_equal(ns.errors, 1);
	assert_int_equal(ns.warnings, 0);
	assert_string_equal(ns.list[0].code, "E108");
	assert_string_equal(ns.list[0].file, "f.json");
	assert_string_equal(ns.list[0].text, "key given twice");
	assert_string_equal(ns.list[0].source, "{}");
	assert_null(ns.list[0].help);
	assert_null(ns.list[0].more);
	assert_int_equal(ns.list[0].end, 9);
	notes_fini(&ns);
	assert_int_equal(ns.n, 0);
	notes_fini(&ns);
}

static void
test_addf(void **state)
{
	struct notes ns;

	(void)state;
	notes_init(&ns);
	notes_addf(&ns, NOTE_WARNING, "f.csv", 12, "%d columns", 3);
	notes_addf(&ns, NOTE_INFO, NULL, 0, "home country is %s", "US");
	assert_int_equal(ns.n, 2);
	assert_int_equal(ns.errors, 0);
	assert_int_equal(ns.warnings, 1);
	assert_string_equal(ns.list[0].text, "3 columns");
	assert_int_equal(ns.list[0].line, 12);
	assert_null(ns.list[0].code);
	assert_string_equal(ns.list[1].text, "home country is US");
	assert_null(ns.list[1].file);
	notes_fini(&ns);
}

/* Beyond the limit they are counted; what is only said is always kept. */
static void
test_limit(void **state)
{
	struct notes ns;
	int i;

	(void)state;
	notes_init(&ns);
	for (i = 0; i < BOUNDS_NOTES + 10; i++)
		notes_addf(&ns, i % 2 == 0 ? NOTE_ERROR : NOTE_WARNING, NULL, 0,
		    "problem %d", i);
	notes_addf(&ns, NOTE_INFO, NULL, 0, "said");
	assert_int_equal(ns.n, BOUNDS_NOTES + 1);
	assert_int_equal(ns.errors, (BOUNDS_NOTES + 10) / 2);
	assert_int_equal(ns.warnings, (BOUNDS_NOTES + 10) / 2);
	assert_int_equal(ns.dropped, 10);
	assert_string_equal(ns.list[BOUNDS_NOTES].text, "said");
	notes_fini(&ns);
}

static void
test_sort(void **state)
{
	static const struct note wanted[] = {
		{ .text = "no file" },
		{ .file = "a", .line = 2, .column = 1, .text = "x" },
		{ .file = "a", .line = 10, .column = 1, .text = "x" },
		{ .file = "a",
		    .line = 10,
		    .column = 2,
		    .code = "E1",
		    .text = "x" },
		{ .file = "a",
		    .line = 10,
		    .column = 2,
		    .code = "E2",
		    .text = "a" },
		{ .file = "a",
		    .line = 10,
		    .column = 2,
		    .code = "E2",
		    .text = "b" },
		{ .file = "b", .text = "x" },
	};
	static const size_t order[] = { 4, 6, 1, 0, 3, 5, 2 };
	struct notes ns;
	size_t i;

	(void)state;
	notes_init(&ns);
	notes_sort(&ns);
	for (i = 0; i < LENGTH(order); i++)
		notes_add(&ns, &wanted[order[i]]);
	notes_sort(&ns);
	for (i = 0; i < LENGTH(wanted); i++) {
		assert_int_equal(ns.list[i].line, wanted[i].line);
		assert_int_equal(ns.list[i].column, wanted[i].column);
		assert_string_equal(ns.list[i].text, wanted[i].text);
	}
	notes_fini(&ns);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_addf),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_sort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
