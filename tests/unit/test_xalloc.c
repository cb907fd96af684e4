#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"

static void
test_allocate(void **state)
{
	char *p, *q;
	int i;

	(void)state;
	p = xcalloc(10, 10);
	for (i = 0; i < 100; i++)
		assert_int_equal(p[i], 0);
	memset(p, 'a', 100);
	p = xrealloc(p, 20, 10);
	for (i = 0; i < 100; i++)
		assert_int_equal(p[i], 'a');
	q = xmemdup(p, 100);
	assert_ptr_not_equal(q, p);
	assert_memory_equal(q, p, 100);
	free(q);
	free(p);
}

/* Nothing is not NULL. */
static void
test_nothing(void **state)
{
	void *p;

	(void)state;
	p = xmalloc(0);
	assert_non_null(p);
	p = xrealloc(p, 0, 8);
	assert_non_null(p);
	free(p);
	p = xcalloc(0, 0);
	assert_non_null(p);
	free(p);
	p = xmemdup(NULL, 0);
	assert_non_null(p);
	free(p);
}

/* What is large is gone, and so is what is not. */
static void
test_free_large(void **state)
{
	const size_t sizes[] = { 1, 100, 100000, 10000000 };
	size_t i;
	char *p;

	(void)state;
	xfree_large(NULL);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		p = xmalloc(sizes[i]);
		memset(p, 'a', sizes[i]);
		xfree_large(p); /* sanitizers tell what is not freed */
	}
}

static void
test_strings(void **state)
{
	char *p;

	(void)state;
	p = xstrdup("abc");
	assert_string_equal(p, "abc");
	free(p);
	p = xstrdup("");
	assert_string_equal(p, "");
	free(p);
	p = xstrndup("abc", 2);
	assert_string_equal(p, "ab");
	free(p);
	p = xstrndup("a\0c", 3);
	assert_memory_equal(p, "a\0c", 4);
	free(p);
}

static void
test_grow(void **state)
{
	size_t cap = 0, before, moves = 0, i;
	uint32_t *p = NULL;

	(void)state;
	for (i = 0; i < 100000; i++) {
		before = cap;
		p = xgrow(p, &cap, i + 1, sizeof(*p));
		assert_true(cap > i);
		moves += cap != before;
		p[i] = (uint32_t)i;
	}
	assert_true(moves < 20);
	for (i = 0; i < 100000; i++)
		assert_int_equal(p[i], i);
	before = cap;
	p = xgrow(p, &cap, 5, sizeof(*p));
	assert_int_equal(cap, before);
	free(p);
}

/* What cannot be had ends the program, with words and status 2. */
static void
test_out_of_memory(void **state)
{
	char words[64] = "";
	int fds[2], status;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	child = fork();
	if (child == 0) {
		(void)dup2(fds[1], STDERR_FILENO);
		free(xrealloc(NULL, SIZE_MAX, 2));
		_exit(0);
	}
	assert_true(child > 0);
	assert_int_equal(close(fds[1]), 0);
	assert_true(read(fds[0], words, sizeof(words) - 1) > 0);
	assert_string_equal(words, "cdrguard: out of memory\n");
	assert_int_equal(close(fds[0]), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_allocate),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_free_large),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
