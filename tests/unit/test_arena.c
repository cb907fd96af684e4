#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"

static void
test_pieces(void **state)
{
	static const size_t sizes[] = { 1, 0, 3, 16, 17, 1000, 64 * 1024,
		64 * 1024 + 1, 300000, 5, 60000, 7 };
	enum { N = sizeof(sizes) / sizeof(sizes[0]) };
	unsigned char *pieces[N];
	struct arena a;
	size_t i, j;

	(void)state;
	arena_init(&a);
	for (i = 0; i < N; i++) {
		pieces[i] = arena_alloc(&a, sizes[i]);
		assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t),
		    0);
		for (j = 0; j < sizes[i]; j++)
			assert_int_equal(pieces[i][j], 0);
		memset(pieces[i], (int)i + 1, sizes[i]);
	}
	/* No piece lies in another. */
	for (i = 0; i < N; i++)
		for (j = 0; j < sizes[i]; j++)
			assert_int_equal(pieces[i][j], i + 1);
	arena_fini(&a);
	arena_fini(&a);
}

/* Texts leave no gaps, and what comes behind them is aligned again. */
static void
test_texts_close(void **state)
{
	struct arena a = { 0 };
	char text[40], *texts[8000];
	uint64_t *piece;
	size_t i, close = 0;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (i = 0; i < 8000; i++) {
		texts[i] = arena_strndup(&a, text, i % sizeof(text));
		if (i % 100 == 0) {
			piece = arena_alloc(&a, sizeof(*piece));
			assert_int_equal((uintptr_t)piece %
					     _Alignof(max_align_t),
			    0);
			*piece = UINT64_MAX;
		} else if (i > 0) {
			close += texts[i] ==
				 texts[i - 1] + (i - 1) % sizeof(text) + 1;
		}
	}
	assert_true(close > 7800);
	for (i = 0; i < 8000; i++)
		assert_int_equal(strlen(texts[i]), i % sizeof(text));
	assert_int_equal(strlen(arena_strndup(&a,
			     memset(arena_alloc(&a, 70001), 'y', 70001),
			     70001)),
	    70001);
	assert_non_null(arena_alloc(&a, 1));
	arena_fini(&a);
}

static void
test_many(void **state)
{
	struct arena a = { 0 };
	uint32_t *pieces[20000];
	uint32_t i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		pieces[i] = arena_array(&a, i % 7 + 1, sizeof(uint32_t));
		pieces[i][i % 7] = i;
	}
	for (i = 0; i < 20000; i++)
		assert_int_equal(pieces[i][i % 7], i);
	arena_fini(&a);
	/* It can be used again. */
	assert_string_equal(arena_strdup(&a, "x"), "x");
	arena_fini(&a);
}

/* Whatever was in it, pieces are zeroed again. */
static void
test_reset(void **state)
{
	static const size_t sizes[] = { 1, 1000, 64 * 1024 - 3, 200000, 64 };
	struct arena a = { 0 };
	unsigned char *p;
	size_t i, j, turn;

	(void)state;
	arena_reset(&a);
	for (turn = 0; turn < 3; turn++) {
		for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			p = arena_alloc(&a, sizes[i]);
			for (j = 0; j < sizes[i]; j++)
				assert_int_equal(p[j], 0);
			memset(p, 'x', sizes[i]);
			assert_string_equal(arena_strdup(&a, "text"), "text");
		}
		arena_reset(&a);
	}
	arena_fini(&a);
}

static void
test_texts(void **state)
{
	struct arena a;
	char *p;

	(void)state;
	arena_init(&a);
	assert_string_equal(arena_strdup(&a, "abc"), "abc");
	assert_string_equal(arena_strdup(&a, ""), "");
	assert_null(arena_strdup(&a, NULL));
	assert_string_equal(arena_strndup(&a, "abc", 2), "ab");
	assert_string_equal(arena_strndup(&a, "abc", 0), "");
	p = arena_memdup(&a, "a\0b", 3);
	assert_memory_equal(p, "a\0b", 3);
	assert_non_null(arena_memdup(&a, NULL, 0));
	assert_string_equal(arena_printf(&a, "%s:%d", "f", 7), "f:7");
	assert_string_equal(arena_printf(&a, "%s", ""), "");
	assert_int_equal(strlen(arena_printf(&a, "%0100000d", 7)), 100000);
	arena_fini(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_texts_close),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
