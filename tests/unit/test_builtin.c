#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "io/builtin.h"

/* The copy in the program is the file of the tree, byte for byte. */
static void
test_copies_are_true(void **state)
{
	char path[512], bytes[4096];
	size_t i, n, at;
	FILE *f;

	(void)state;
	assert_true(builtin_count > 0);
	for (i = 0; i < builtin_count; i++) {
		(void)snprintf(path, sizeof(path), "rules%s",
		    builtin_files[i].path + strlen(BUILTIN_ROOT));
		f = fopen(path, "rb");
		assert_non_null(f);
		for (at = 0; (n = fread(bytes, 1, sizeof(bytes), f)) > 0;
		     at += n) {
			assert_true(at + n <= builtin_files[i].len);
			assert_memory_equal(bytes, builtin_files[i].bytes + at,
			    n);
		}
		assert_int_equal(at, builtin_files[i].len);
		(void)fclose(f);
	}
}

static void
test_find(void **state)
{
	(void)state;
	assert_true(builtin_has_root("builtin:/rules.d"));
	assert_false(builtin_has_root("rules.d"));
	assert_non_null(builtin_find("builtin:/rules.d/after-hours.json"));
	assert_null(builtin_find("builtin:/rules.d/no-such.json"));
	assert_null(builtin_find("rules.d/after-hours.json"));
}

static void
test_folder(void **state)
{
	const struct builtin_file *f, *last = NULL;
	size_t i = 0, n = 0;

	(void)state;
	while ((f = builtin_next("builtin:/rules.d/", &i)) != NULL) {
		assert_memory_equal(f->path, "builtin:/rules.d/", 17);
		if (last != NULL)
			assert_true(strcmp(last->path, f->path) < 0);
		last = f;
		n++;
	}
	assert_true(n >= 4);
	i = 0;
	assert_null(builtin_next("builtin:/rules", &i));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies_are_true),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
