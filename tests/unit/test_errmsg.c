#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/errmsg.h"

static void
test_set(void **state)
{
	struct errmsg err;

	(void)state;
	assert_int_equal(errmsg_set(&err, "f.csv:%d: not a number: '%s'", 3,
			     "abc"),
	    -1);
	assert_string_equal(err.text, "f.csv:3: not a number: 'abc'");
	assert_int_equal(errmsg_set(&err, "%s", ""), -1);
	assert_string_equal(err.text, "");
}

static void
test_sys(void **state)
{
	struct errmsg err;

	(void)state;
	assert_int_equal(errmsg_sys(&err, ENOENT, "%s", "f.csv"), -1);
	assert_string_equal(err.text, "f.csv: No such file or directory");
}

static void
test_prefix(void **state)
{
	struct errmsg err;

	(void)state;
	(void)errmsg_set(&err, "not a number");
	assert_int_equal(errmsg_prefix(&err, "%s: ", "duration"), -1);
	assert_int_equal(errmsg_prefix(&err, "line %d: ", 7), -1);
	assert_string_equal(err.text, "line 7: duration: not a number");
}

/* The caller does not want the words. */
static void
test_null(void **state)
{
	(void)state;
	assert_int_equal(errmsg_set(NULL, "x"), -1);
	assert_int_equal(errmsg_sys(NULL, ENOENT, "x"), -1);
	assert_int_equal(errmsg_prefix(NULL, "x"), -1);
}

/* Text that does not fit says so; text that just fits is whole. */
static void
test_cut(void **state)
{
	char text[BOUNDS_MESSAGE + 10];
	struct errmsg err;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[BOUNDS_MESSAGE - 1] = '\0';
	(void)errmsg_set(&err, "%s", text);
	assert_string_equal(err.text, text);
	(void)errmsg_prefix(&err, "y");
	assert_int_equal(strlen(err.text), BOUNDS_MESSAGE - 1);
	assert_int_equal(err.text[0], 'y');
	assert_string_equal(err.text + BOUNDS_MESSAGE - 4, "...");
	text[BOUNDS_MESSAGE - 1] = 'x';
	text[BOUNDS_MESSAGE] = '\0';
	(void)errmsg_set(&err, "%s", text);
	assert_int_equal(strlen(err.text), BOUNDS_MESSAGE - 1);
	assert_string_equal(err.text + BOUNDS_MESSAGE - 4, "...");
	(void)errmsg_sys(&err, ENOENT, "%s", text);
	assert_int_equal(strlen(err.text), BOUNDS_MESSAGE - 1);
	assert_string_equal(err.text + BOUNDS_MESSAGE - 4, "...");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_sys),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
