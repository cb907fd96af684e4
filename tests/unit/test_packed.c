#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/packed.h"

enum { MOST = 300 };

static uint64_t dice = 1;

/* splitmix64 */
static uint64_t
roll(void)
{
	uint64_t z = (dice += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* The bytes in memory of just their size, so that reading beyond is seen. */
static unsigned char *
exact(const struct buf *b, size_t len)
{
	unsigned char *copy = malloc(len > 0 ? len : 1);

	assert_non_null(copy);
	if (len > 0)
		memcpy(copy, b->data, len);
	return copy;
}

static void
same_numbers(const int64_t *v, size_t n)
{
	struct packed_numbers p;
	const unsigned char *at;
	unsigned char *bytes;
	int64_t some[MOST];
	struct buf b;
	size_t i;

	buf_init(&b);
	packed_add_numbers(&b, v, n);
	bytes = exact(&b, b.len);
	at = bytes;
	assert_int_equal(packed_take_numbers(&p, &at, bytes + b.len, n), 0);
	assert_ptr_equal(at, bytes + b.len);
	for (i = n; i-- > 0;)
		assert_int_equal(packed_number(&p, i), v[i]);
	for (i = 0; i < n; i += n / 3 + 1) {
		packed_numbers(&p, i, n - i, some);
		assert_memory_equal(some, v + i, (n - i) * sizeof(*v));
	}
	free(bytes);
	/* Cut anywhere, it is refused. */
	for (i = 0; i < b.len; i++) {
		bytes = exact(&b, i);
		at = bytes;
		assert_int_equal(packed_take_numbers(&p, &at, bytes + i, n),
		    -1);
		free(bytes);
	}
	buf_fini(&b);
}

static void
test_numbers(void **state)
{
	int64_t v[MOST] = { 0 }, base, unit;
	unsigned width;
	size_t i, n;

	(void)state;
	same_numbers(v, 0);
	v[0] = INT64_MIN;
	v[1] = INT64_MAX;
	v[2] = 0;
	same_numbers(v, 3);
	for (width = 0; width <= 64; width++) {
		unit = width % 3 == 0 && width < 50 ? 1000 : 1;
		base = width > 60 ? 0 : (int64_t)(roll() >> 2);
		n = roll() % MOST;
		for (i = 0; i < n; i++)
			v[i] = (int64_t)((uint64_t)base +
					 (width == 0 ? 0
						     : roll() >> (64 - width)) *
					     (uint64_t)unit);
		same_numbers(v, n);
	}
}

/* Numbers of few bits take few bytes; thousands no more than ones. */
static void
test_size(void **state)
{
	static const struct {
		int64_t base, step, most;
		size_t bytes; /* of 80 values, without what each column has */
	} cases[] = {
		{ 5, 0, 0, 0 },
		{ -7, 1, 1, 10 },
		{ INT64_C(1768262400000), 1000, 7, 30 },
		{ INT64_C(1768262400000), 1, 7000, 130 },
	};
	int64_t v[80];
	struct buf b;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_init(&b);
		for (k = 0; k < 80; k++)
			v[k] = cases[i].base;
		v[40] += cases[i].most * cases[i].step;
		v[41] += cases[i].step;
		packed_add_numbers(&b, v, 80);
		assert_int_equal(b.len - 10 - (cases[i].bytes > 0 ? 8 : 0),
		    cases[i].bytes);
		buf_fini(&b);
	}
}

static void
test_texts(void **state)
{
	static const struct packed_text texts[] = { { "1768262401.17", 13 },
		{ "1768262401.18", 13 }, { "", 0 }, { "a\0b", 3 },
		{ "a\0bc", 4 }, { "a\0bc", 4 }, { "a", 1 }, { "\xff\xfe", 2 } };
	enum { N = sizeof(texts) / sizeof(texts[0]) };
	struct packed_text like[N] = { { "", 0 } };
	const unsigned char *at;
	struct packed_texts p;
	unsigned char *bytes;
	struct buf b, one;
	size_t i;

	(void)state;
	buf_init(&b);
	buf_init(&one);
	for (i = 1; i < N; i++)
		like[i] = texts[i - 1];
	packed_add_texts(&b, texts, like, N);
	bytes = exact(&b, b.len);
	at = bytes;
	assert_int_equal(packed_take_texts(&p, &at, bytes + b.len, N), 0);
	assert_ptr_equal(at, bytes + b.len);
	for (i = 0; i < N; i++) {
		assert_int_equal(packed_next_text(&p, &like[i], &one), 0);
		assert_int_equal(one.len, texts[i].len);
		assert_memory_equal(one.data, texts[i].bytes, one.len);
	}
	/* Those that are what they are like can be passed over. */
	at = bytes;
	assert_int_equal(packed_take_texts(&p, &at, bytes + b.len, N), 0);
	for (i = 0; i < N; i++) {
		assert_int_equal(packed_next_same(&p, like[i].len), i == 5);
		if (i == 5)
			continue;
		assert_int_equal(packed_next_text(&p, &like[i], &one), 0);
		assert_memory_equal(one.data, texts[i].bytes, one.len);
	}
	free(bytes);
	for (i = 0; i < b.len; i++) {
		bytes = exact(&b, i);
		at = bytes;
		assert_int_equal(packed_take_texts(&p, &at, bytes + i, N), -1);
		free(bytes);
	}
	buf_fini(&b);
	buf_fini(&one);
}

/*
 * Texts share all that they can, so long as they are names; what a long one
 * cannot share, stands there once more.
 */
static void
test_list(void **state)
{
	static const struct {
		size_t len, end; /* of one letter, and then of another */
		size_t own;      /* bytes that stand there, up to this one */
	} list[] = { { 20, 3, 23 }, { 20, 4, 24 }, { 20, 4, 25 }, { 19, 0, 26 },
		{ 0, 0, 26 }, { 640, 1, 667 }, { 640, 0, 677 },
		{ 640, 9, 688 } };
	enum { N = sizeof(list) / sizeof(list[0]) };
	struct packed_text texts[N];
	const unsigned char *at;
	struct packed_texts p;
	struct buf b, one, all[N];
	size_t i;

	(void)state;
	for (i = 0; i < N; i++) {
		buf_init(&all[i]);
		buf_fill(&all[i], 'x', list[i].len);
		buf_fill(&all[i], (char)('a' + i / 3), list[i].end);
		texts[i] = (struct packed_text){ all[i].data, all[i].len };
	}
	buf_init(&b);
	buf_init(&one);
	packed_add_list(&b, texts, N);
	at = (unsigned char *)b.data;
	assert_int_equal(packed_take_texts(&p, &at, at + b.len, N), 0);
	for (i = 0; i < N; i++) {
		assert_int_equal(packed_next_listed(&p, &one), 0);
		assert_int_equal(one.len, texts[i].len);
		assert_memory_equal(one.data, texts[i].bytes, one.len);
		assert_ptr_equal(p.at + list[N - 1].own - list[i].own, p.end);
		buf_fini(&all[i]);
	}
	buf_fini(&b);
	buf_fini(&one);
}

/* Whatever the bytes are, nothing is read that is not there. */
static void
test_damaged(void **state)
{
	const struct packed_text like = { "1768262401", 10 };
	struct packed_text same[20];
	struct packed_numbers n;
	struct packed_texts t;
	const unsigned char *at;
	unsigned char *bytes;
	size_t i, k, refused = 0;
	struct buf b, one;

	(void)state;
	buf_init(&b);
	buf_init(&one);
	for (i = 0; i < 20; i++)
		same[i] = (struct packed_text){ "1768262401.5", 10 + i % 3 };
	for (i = 0; i < 20000; i++) {
		buf_reset(&b);
		packed_add_texts(&b, same, same, 20);
		bytes = exact(&b, b.len);
		bytes[roll() % b.len] ^= (unsigned char)(1 + roll() % 255);
		at = bytes;
		if (packed_take_texts(&t, &at, bytes + b.len, 20) != 0)
			refused++;
		else
			for (k = 0; k < 20; k++)
				if (packed_next_text(&t, &like, &one) != 0) {
					refused++;
					break;
				}
		at = bytes;
		(void)packed_take_numbers(&n, &at, bytes + b.len, SIZE_MAX);
		free(bytes);
	}
	assert_true(refused > 1000);
	buf_fini(&b);
	buf_fini(&one);
}

/* No bit of what is sealed can be another one, nor of what stands beside. */
static void
test_seal(void **state)
{
	int64_t beside[2] = { INT64_MIN, 7 };
	const unsigned char *end;
	unsigned char *bytes;
	struct buf b;
	size_t i, len;

	(void)state;
	for (len = 0; len < 40; len += 13) {
		buf_init(&b);
		buf_fill(&b, 'x', len);
		packed_seal(&b, beside, 2);
		bytes = exact(&b, b.len);
		end = bytes + b.len;
		assert_int_equal(packed_unseal(bytes, &end, beside, 2), 0);
		assert_ptr_equal(end, bytes + len);
		for (i = 0; i < 8 * b.len; i++) {
			bytes[i / 8] ^= (unsigned char)(1 << i % 8);
			end = bytes + b.len;
			assert_int_equal(packed_unseal(bytes, &end, beside, 2),
			    -1);
			assert_ptr_equal(end, bytes + b.len);
			bytes[i / 8] ^= (unsigned char)(1 << i % 8);
		}
		for (i = 0; i < 128; i++) {
			beside[i / 64] ^= INT64_C(1) << i % 64 / 2;
			end = bytes + b.len;
			assert_int_equal(packed_unseal(bytes, &end, beside, 2),
			    -1);
			beside[i / 64] ^= INT64_C(1) << i % 64 / 2;
		}
		for (i = 0; i < b.len; i++) {
			end = bytes + i;
			assert_int_equal(packed_unseal(bytes, &end, beside, 2),
			    -1);
		}
		free(bytes);
		buf_fini(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_seal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
