#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/hash.h"

/* As the makers of xxHash give them: these values are kept in stores. */
static void
test_values(void **state)
{
	char hex[HASH_HEX];

	(void)state;
	assert_true(hash64("", 0) == UINT64_C(0x2d06800538d394c2));
	hash_hex("", 0, hex);
	assert_string_equal(hex, "99aa06d3014798d86001c324468d497f");
	assert_true(hash64("a", 1) == UINT64_C(0xe6c632b61e964e1f));
	hash_hex("a", 1, hex);
	assert_string_equal(hex, "a96faf705af16834e6c632b61e964e1f");
}

static void
test_differs(void **state)
{
	(void)state;
	assert_true(hash64("abc", 3) == hash64("abcd", 3));
	assert_true(hash64("abc", 3) != hash64("abd", 3));
	assert_true(hash64("abc", 3) != hash64("abc", 2));
	assert_true(hash64("\0", 1) != hash64("", 0));
}

/* However the bytes come, the hash is the same. */
static void
test_pieces(void **state)
{
	char bytes[600], whole[HASH_HEX], pieces[HASH_HEX];
	struct hash_state *h = hash_new();
	uint64_t one;
	size_t i, n, step;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7);
	for (step = 1; step <= sizeof(bytes); step += 13) {
		hash_reset(h);
		for (i = 0; i < sizeof(bytes); i += n) {
			n = sizeof(bytes) - i < step ? sizeof(bytes) - i : step;
			hash_add(h, bytes + i, n);
		}
		hash_hex(bytes, sizeof(bytes), whole);
		hash_end_hex(h, pieces);
		assert_string_equal(pieces, whole);
		one = hash_end64(h);
		hash_reset(h);
		hash_add(h, bytes, sizeof(bytes));
		assert_true(hash_end64(h) == one);
	}
	hash_free(&h);
	assert_null(h);
	hash_free(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_differs),
		cmocka_unit_test(test_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
