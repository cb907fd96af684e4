#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/radix.h"

enum { MOST = 20000 };

static unsigned by;

/* A stable order: those with the same bits as they stood. */
struct placed {
	uint64_t key;
	size_t place;
};

static int
compare(const void *va, const void *vb)
{
	const struct placed *a = va, *b = vb;
	const uint64_t x = a->key >> by, y = b->key >> by;

	if (x != y)
		return x < y ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

static uint64_t
next(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return *state ^ *state >> 29;
}

/* Equal to qsort() of keys that have `mask` of random bits. */
static void
check(uint64_t seed, size_t n, unsigned from, uint64_t mask)
{
	static uint64_t keys[MOST], room[MOST];
	static struct placed placed[MOST];
	size_t i;

	for (i = 0; i < n; i++) {
		keys[i] = next(&seed) & mask;
		placed[i] = (struct placed){ keys[i], i };
	}
	by = from;
	qsort(placed, n, sizeof(*placed), compare);
	radix_sort(keys, room, n, from);
	for (i = 0; i < n; i++)
		assert_int_equal(keys[i], placed[i].key);
}

static void
test_as_qsort(void **state)
{
	static const uint64_t masks[] = { 0, 1, 0xff, 0x100, 0xffff00ff,
		UINT64_C(0xff00000000000000), UINT64_C(0x0000007fffffffff),
		UINT64_MAX };
	/* Digits are wider for some thousands than for fewer or more. */
	static const size_t sizes[] = { 1, 2, 3, 255, 256, 257, 2047, 2048,
		3000, MOST };
	static const unsigned froms[] = { 0, 1, 8, 20, 63 };
	size_t m, s, f;

	(void)state;
	for (m = 0; m < sizeof(masks) / sizeof(masks[0]); m++)
		for (s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++)
			for (f = 0; f < sizeof(froms) / sizeof(froms[0]); f++)
				check(m * 100 + s, sizes[s], froms[f],
				    masks[m]);
}

static void
test_none(void **state)
{
	uint64_t key = 7, room = 0;

	(void)state;
	radix_sort(&key, &room, 0, 0);
	assert_int_equal(key, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_qsort),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
