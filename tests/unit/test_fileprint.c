#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/fileprint.h"

static char dir[32], path[64];

static int
set_up(void **state)
{
	(void)state;
	(void)strcpy(dir, "/tmp/test_print.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/f", dir);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

/* `n` lines, appended or not; the time stays 1 s past 1970. */
static void
put(const char *mode, int first, int n)
{
	const struct timespec times[2] = { { 1, 5 }, { 1, 5 } };
	FILE *f = fopen(path, mode);

	assert_non_null(f);
	while (n-- > 0)
		(void)fprintf(f, "line %06d\n", first++);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(utimensat(0, path, times, 0), 0);
}

static struct fileprint
take(void)
{
	struct fileprint p;

	assert_true(fileprint_take(path, &p));
	return p;
}

static void
test_small_and_large(void **state)
{
	struct fileprint p;

	(void)state;
	put("w", 0, 0);
	p = take();
	assert_int_equal(p.size, 0);
	assert_int_equal(p.nhead, 0);
	assert_int_equal(p.mtime, INT64_C(1000000005));
	put("w", 0, 10);
	p = take();
	assert_int_equal(p.size, 120);
	assert_int_equal(p.nhead, 120);
	assert_memory_equal(p.head, "line 000000\n", 12);
	put("w", 0, 1000);
	p = take();
	assert_int_equal(p.size, 12000);
	assert_int_equal(p.nhead, FILEPRINT_HEAD);
}

/* What is appended leaves the head; any end shows in the tail. */
static void
test_known_again(void **state)
{
	char before[HASH_HEX], after[HASH_HEX];
	struct fileprint a, b;

	(void)state;
	put("w", 0, 10);
	a = take();
	assert_true(fileprint_head(&a, a.nhead, before));
	put("a", 10, 2000);
	b = take();
	assert_true(fileprint_head(&b, a.nhead, after));
	assert_string_equal(before, after);
	assert_string_not_equal(a.tail, b.tail);
	put("w", 1, 10);
	b = take();
	assert_true(fileprint_head(&b, a.nhead, after));
	assert_string_not_equal(before, after);
	assert_int_equal(a.size, b.size);
	put("w", 0, 9);
	b = take();
	assert_false(fileprint_head(&b, a.nhead, after));
	/* The same bytes are the same print. */
	put("w", 0, 10);
	b = take();
	assert_memory_equal(&a, &b, sizeof(a));
}

static void
test_refused(void **state)
{
	struct fileprint p;

	(void)state;
	assert_false(fileprint_take("-", &p));
	assert_false(fileprint_take(dir, &p));
	assert_false(fileprint_take("/nowhere/file", &p));
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(fileprint_take(path, &p));
	assert_int_equal(p.size, 0);
	assert_int_equal(p.nhead, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_small_and_large),
		TEST(test_known_again),
		TEST(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
