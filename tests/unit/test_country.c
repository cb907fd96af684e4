#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tel/country.h"
#include "tel/numplan.h"

static void
test_known(void **state)
{
	static const char *const known[] = { "AD", "CU", "GB", "US", "ZW", "XK",
		"AC", "001" };
	static const char *const unknown[] = { "", "C", "cu", "Cu", "UK", "EU",
		"XX", "CUB", "AD AE", "01", "0011", " CU" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!country_known(known[i]))
			fail_msg("%s", known[i]);
	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		if (country_known(unknown[i]))
			fail_msg("%s", unknown[i]);
}

static void
test_suggest(void **state)
{
	static const struct {
		const char *written, *meant;
	} cases[] = {
		{ "cu", "CU" },
		{ "Us", "US" },
		{ "UK", "GB" },
		{ "uk", "GB" },
		{ "usa", "US" },
		{ "XX", NULL },
		{ "xx", NULL },
		{ "", NULL },
		{ "cuba", NULL },
	};
	const char *got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		got = country_suggest(cases[i].written);
		if ((got == NULL) != (cases[i].meant == NULL) ||
		    (got != NULL && strcmp(got, cases[i].meant) != 0))
			fail_msg("%s: %s", cases[i].written, got);
		if (got != NULL)
			assert_true(country_known(got));
	}
}

/* Whatever the number plan can say of a number, a rule can ask for. */
static void
test_plan(void **state)
{
	struct numplan *plan;
	struct numplan_entry e;
	struct errmsg err;
	char digits[5];
	int i, k, seen = 0;

	(void)state;
	if (numplan_load(&plan, "rules/numplan", &err) != 0)
		fail_msg("%s", err.text);
	for (i = 0; i < (int)numplan_size(plan); i++)
		assert_true(country_known(numplan_at(plan, (size_t)i)->iso));
	for (i = 1000; i <= 9999; i++) {
		for (k = 0; k < 4; k++)
			digits[k] =
			    "0123456789"[i / (int[]){ 1000, 100, 10, 1 }[k] %
					 10];
		digits[4] = '\0';
		e = numplan_find(plan, digits, 4);
		if (e.country[0] == '\0')
			continue;
		seen++;
		if (!country_known(e.country))
			fail_msg("%s: %s", digits, e.country);
	}
	assert_true(seen > 1000);
	numplan_free(&plan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_suggest),
		cmocka_unit_test(test_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
