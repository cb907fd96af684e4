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
expect_run(struct fileprint_run *r, uint64_t len, const char *bytes)
{
	char want[HASH_HEX], got[HASH_HEX];

	hash_hex(bytes, (size_t)len, want);
	assert_true(fileprint_run_to(r, path, len, got));
	assert_string_equal(got, want);
}

/* The same hash whether a place is gone to at once or in steps. */
static void
test_run(void **state)
{
	const size_t size = 60000 * 12;
	char *bytes = malloc(size), hex[HASH_HEX];
	struct fileprint_run *r = fileprint_run_new();
	FILE *f;

	(void)state;
	put("w", 0, 60000);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fread(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
	expect_run(r, 0, bytes);
	expect_run(r, 7, bytes);
	expect_run(r, 7, bytes);
	expect_run(r, 300000, bytes);
	expect_run(r, size, bytes);
	assert_false(fileprint_run_to(r, path, size + 1, hex));
	fileprint_run_free(&r);
	assert_null(r);
	fileprint_run_free(&r);
	r = fileprint_run_new();
	assert_false(fileprint_run_to(r, "-", 1, hex));
	assert_false(fileprint_run_to(r, dir, 1, hex));
	fileprint_run_free(&r);
	free(bytes);
}

static void
test_had(void **state)
{
	struct fileprint a, b;

	(void)state;
	put("w", 0, 1000);
	a = take();
	assert_true(fileprint_had(path, a.size, a.tail));
	put("a", 1000, 1);
	assert_true(fileprint_had(path, a.size, a.tail));
	b = take();
	assert_true(fileprint_had(path, b.size, b.tail));
	assert_false(fileprint_had(path, b.size - 1, b.tail));
	put("w", 1, 1000);
	assert_false(fileprint_had(path, a.size, a.tail));
	put("w", 0, 10);
	assert_false(fileprint_had(path, a.size, a.tail));
	assert_false(fileprint_had(path, -1, a.tail));
	assert_false(fileprint_had("/nowhere/file", 0, a.tail));
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
		TEST(test_run),
		TEST(test_had),
		TEST(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
