#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/nearest.h"

static const char *const words[] = { "src", "dst", "dst_country", "duration",
	"direction", "dialled", NULL };

static void
test_found(void **state)
{
	static const struct {
		const char *word, *want;
	} cases[] = {
		{ "dst_contry", "dst_country" },   /* one dropped */
		{ "dst_countrry", "dst_country" }, /* one added */
		{ "direciton", "direction" },      /* two exchanged */
		{ "durution", "duration" },        /* one changed */
		{ "dialed", "dialled" },
		{ "srcs", "src" },
		{ "dst", "dst" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(nearest_of(cases[i].word, words),
		    cases[i].want);
}

static void
test_not_found(void **state)
{
	static const char *const far[] = { "", "x", "zone", "account", "dur",
		"max",
		("a-word-that-is-much-longer-than-any-word-that-could-ever-be-"
		 "meant-by-anybody-at-all") };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(far) / sizeof(far[0]); i++)
		assert_null(nearest_of(far[i], words));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
