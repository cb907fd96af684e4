#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static void
check(const struct buf *b, const char *wanted)
{
	assert_string_equal(b->data, wanted);
	assert_int_equal(b->len, strlen(wanted));
}

static void
test_add(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	check(&b, "");
	buf_add(&b, NULL, 0);
	buf_addstr(&b, "");
	buf_fill(&b, 'x', 0);
	check(&b, "");
	buf_addstr(&b, "ab");
	buf_addch(&b, 'c');
	buf_add(&b, "def", 2);
	buf_fill(&b, '-', 3);
	buf_addf(&b, "%d%%%s", 42, "!");
	check(&b, "abcde---42%!");
	buf_addf(&b, "%s", "");
	check(&b, "abcde---42%!");
	buf_add(&b, "\0x", 2);
	assert_int_equal(b.len, 14);
	assert_memory_equal(b.data, "abcde---42%!\0x", 15);
	buf_fini(&b);
	check(&b, "");
	buf_fini(&b);
}

/* Every way to grow, at every length around the sizes of its memory. */
static void
test_grow(void **state)
{
	struct buf b;
	size_t len;

	(void)state;
	for (len = 0; len < 300; len++) {
		buf_init(&b);
		buf_fill(&b, 'a', len);
		buf_addch(&b, 'b');
		assert_int_equal(b.len, len + 1);
		assert_int_equal(b.data[len], 'b');
		assert_int_equal(b.data[len + 1], '\0');
		buf_addf(&b, "%0*d", (int)len + 1, 0);
		assert_int_equal(b.len, 2 * len + 2);
		assert_int_equal(b.data[b.len - 1], '0');
		assert_int_equal(b.data[b.len], '\0');
		buf_fini(&b);
	}
}

static void
test_cut(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	buf_cut(&b, 0);
	buf_reset(&b);
	buf_addstr(&b, "abc");
	buf_cut(&b, 3);
	check(&b, "abc");
	buf_cut(&b, 1);
	check(&b, "a");
	buf_addch(&b, 'z');
	check(&b, "az");
	buf_reset(&b);
	check(&b, "");
	buf_addstr(&b, "new");
	check(&b, "new");
	buf_fini(&b);
}

static void
test_detach(void **state)
{
	struct buf b;
	char *text;

	(void)state;
	buf_init(&b);
	buf_addstr(&b, "abc");
	text = buf_detach(&b);
	assert_string_equal(text, "abc");
	free(text);
	check(&b, "");
	text = buf_detach(&b);
	assert_string_equal(text, "");
	free(text);
	buf_addstr(&b, "d");
	check(&b, "d");
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_detach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
