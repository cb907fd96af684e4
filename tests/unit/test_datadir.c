#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/datadir.h"

static void
expect(const char *bin, const char *installed, const char *want)
{
	struct buf path;

	buf_init(&path);
	datadir_from(&path, bin, installed);
	assert_string_equal(path.data, want);
	buf_fini(&path);
}

/* A tree with rules, an installed copy, and a place with neither. */
static void
test_order(void **state)
{
	char dir[] = "/tmp/test_datadir.XXXXXX";
	static const char *const made[] = { "tree", "tree/rules",
		"tree/rules/rules.d", "tree/build", "usr", "usr/bin",
		"usr/share", "usr/share/cdrguard", "usr/share/cdrguard/rules.d",
		"opt", "opt/bin" };
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	for (i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		assert_int_equal(mkdir(made[i], 0755), 0);
	expect("tree/build", "usr/share/cdrguard", "tree/build/../rules");
	expect("usr/bin", "nowhere", "usr/bin/../share/cdrguard");
	expect("opt/bin", "usr/share/cdrguard", "usr/share/cdrguard");
	expect("opt/bin", "nowhere", "builtin:");
	expect(NULL, "nowhere", "builtin:");
	for (i = sizeof(made) / sizeof(made[0]); i > 0; i--)
		assert_int_equal(rmdir(made[i - 1]), 0);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(dir), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
