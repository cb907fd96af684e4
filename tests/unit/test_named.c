#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "rule/named.h"

static void
put_list(struct named *n, const char *name, const char *value)
{
	struct numlist *list = numlist_new(name, NUMLIST_EXACT);
	struct errmsg err;

	assert_int_equal(numlist_add(list,
			     &(struct numlist_entry){ .value = value,
				 .source = "",
				 .note = "",
				 .added = INT64_MIN,
				 .expires = NUMLIST_NEVER },
			     &err),
	    0);
	numlist_seal(list);
	named_put_list(n, &(struct named_list){ .name = name,
			      .of = field_find("dst"),
			      .list = list });
}

static void
put_calendar(struct named *n, const char *name)
{
	named_put_calendar(n, &(struct named_calendar){ .name = name,
				  .calendar = calendar_new(name) });
}

static bool
lists(const struct named *n, const char *name, const char *text)
{
	const struct named_list *l = named_list(n, name);

	return l != NULL &&
	       numlist_find(l->list, text, strlen(text), 0) != NULL;
}

static void
test_names(void **state)
{
	struct named n;

	(void)state;
	named_init(&n);
	assert_null(named_list(&n, "b"));
	put_list(&n, "b", "+442079460123");
	put_list(&n, "c", "+442079460124");
	put_list(&n, "a", "+442079460125");
	put_calendar(&n, "night");
	put_calendar(&n, "day");
	assert_string_equal(n.lists[0].name, "a");
	assert_string_equal(n.lists[2].name, "c");
	assert_true(lists(&n, "b", "+442079460123"));
	assert_false(lists(&n, "b", "+442079460124"));
	assert_null(named_list(&n, "d"));
	assert_string_equal(calendar_name(named_calendar(&n, "day")), "day");
	assert_null(named_calendar(&n, "a"));
	assert_string_equal(named_suggest_calendar(&n, "nigth"), "night");
	assert_null(named_suggest_list(&n, "zzz"));
	named_fini(&n);
	named_fini(&n);
}

static void
test_replace(void **state)
{
	struct named n;

	(void)state;
	named_init(&n);
	put_list(&n, "bad", "+442079460123");
	put_list(&n, "bad", "+442079460124");
	put_calendar(&n, "day");
	put_calendar(&n, "day");
	assert_int_equal(n.nlists, 1);
	assert_int_equal(n.ncalendars, 1);
	assert_false(lists(&n, "bad", "+442079460123"));
	assert_true(lists(&n, "bad", "+442079460124"));
	named_fini(&n);
}

/* A test's own stand above those of the rule set. */
static void
test_under(void **state)
{
	struct named own, set;

	(void)state;
	named_init(&own);
	named_init(&set);
	own.under = &set;
	put_list(&set, "bad", "+442079460123");
	put_list(&set, "high-risk", "+442079460124");
	put_list(&own, "bad", "+442079460125");
	put_calendar(&set, "business-hours");
	assert_true(lists(&own, "bad", "+442079460125"));
	assert_false(lists(&own, "bad", "+442079460123"));
	assert_true(lists(&own, "high-risk", "+442079460124"));
	assert_true(lists(&set, "bad", "+442079460123"));
	assert_non_null(named_calendar(&own, NAMED_HOURS));
	assert_string_equal(named_suggest_list(&own, "hihg-risk"), "high-risk");
	named_fini(&own);
	named_fini(&set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_under),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
