#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/input.h"
#include "tests/unit/packed_samples.h"

static void
test_memory(void **state)
{
	struct input *in = input_memory("here", "\x1f\x8b\x08 text", 8, 3);
	struct errmsg err;
	char bytes[10];

	(void)state;
	assert_string_equal(input_name(in), "here");
	assert_true(input_is_plain(in));
	assert_int_equal(input_read(in, bytes, sizeof(bytes), &err), 3);
	assert_int_equal(input_read(in, bytes + 3, 2, &err), 2);
	assert_int_equal(input_read(in, bytes + 5, 5, &err), 3);
	assert_int_equal(input_read(in, bytes, sizeof(bytes), &err), 0);
	assert_memory_equal(bytes, "\x1f\x8b\x08 text", 8);
	/* It is no file. */
	assert_int_equal(input_size(in), 0);
	assert_int_equal(input_read_at(in, 0, bytes, 1), 0);
	input_close(&in);
}

/* What was looked at comes again, at every size of read and look. */
static void
check_peek(size_t chunk, size_t look, size_t size)
{
	static const char text[] = "0123456789abcdef";
	const size_t len = sizeof(text) - 1;
	struct input *in = input_memory("here", text, len, chunk);
	size_t at = 0, seen;
	struct errmsg err;
	const char *p;
	char bytes[32];
	ssize_t n;

	do {
		seen = input_peek(in, look, &p);
		assert_int_equal(seen, len - at < look ? len - at : look);
		assert_int_equal(memcmp(p, text + at, seen), 0);
		n = input_read(in, bytes, size, &err);
		assert_true(n >= 0);
		assert_int_equal(memcmp(bytes, text + at, (size_t)n), 0);
		at += (size_t)n;
	} while (n > 0);
	assert_int_equal(at, len);
	assert_int_equal(input_peek(in, look, &p), 0);
	input_close(&in);
}

static void
test_peek(void **state)
{
	size_t chunk, look, size;

	(void)state;
	for (chunk = 0; chunk < 6; chunk++)
		for (look = 1; look < 20; look++)
			for (size = 1; size < 20; size++)
				check_peek(chunk, look, size);
}

static const char *
make(const void *bytes, size_t len)
{
	static char path[32];
	FILE *f;

	(void)strcpy(path, "/tmp/test_input.XXXXXX");
	f = fdopen(mkstemp(path), "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	return path;
}

/* Damage behind what is in sight is told when it is reached, once and again. */
static void
test_peek_damage(void **state)
{
	const struct packed_sample *sample = &packed_samples[PACKED_GZIP];
	const char *path = make(sample->bytes, sample->len - 4), *p;
	struct errmsg err = { "" };
	char bytes[600];
	struct input *in;

	(void)state;
	assert_int_equal(input_open(&in, path, &err), 0);
	assert_int_equal(input_peek(in, 500, &p), 500);
	assert_int_equal(input_looked(in, &err), 0);
	assert_int_equal(input_peek(in, 1000, &p), 580);
	assert_int_equal(input_looked(in, &err), -1);
	assert_non_null(strstr(err.text, "damaged gzip data"));
	assert_int_equal(input_read(in, bytes, sizeof(bytes), &err), 580);
	assert_int_equal(strncmp(bytes, "2026-01-01,", 11), 0);
	assert_int_equal(input_read(in, bytes, sizeof(bytes), &err), -1);
	assert_non_null(strstr(err.text, "damaged gzip data"));
	assert_int_equal(input_peek(in, 1, &p), 0);
	assert_int_equal(input_size(in), 0);
	input_close(&in);
	assert_int_equal(remove(path), 0);
}

static void
test_peek_member(void **state)
{
	const struct packed_sample *sample = &packed_samples[PACKED_ZIP];
	const char *path = make(sample->bytes, sample->len), *p;
	struct input *in;
	struct errmsg err;

	(void)state;
	assert_int_equal(input_open(&in, path, &err), 0);
	assert_int_equal(input_peek(in, 8, &p), 8);
	assert_memory_equal(p, "2026-01-", 8);
	/* The next member begins with its own bytes. */
	assert_int_equal(input_next(in, &err), 1);
	assert_int_equal(input_peek(in, 100, &p), 7);
	assert_memory_equal(p, "second\n", 7);
	input_close(&in);
	assert_int_equal(remove(path), 0);
}

static void
test_read_at(void **state)
{
	const char *path = make("0123456789", 10);
	struct errmsg err;
	struct input *in;
	char bytes[20];

	(void)state;
	assert_int_equal(input_open(&in, path, &err), 0);
	assert_int_equal(input_size(in), 10);
	assert_int_equal(input_read(in, bytes, 3, &err), 3);
	assert_int_equal(input_read_at(in, 7, bytes, 20), 3);
	assert_memory_equal(bytes, "789", 3);
	assert_int_equal(input_read_at(in, 0, bytes, 2), 2);
	assert_memory_equal(bytes, "01", 2);
	assert_int_equal(input_read_at(in, 10, bytes, 2), 0);
	assert_int_equal(input_read_at(in, UINT64_MAX, bytes, 2), 0);
	/* The stream has not moved. */
	assert_int_equal(input_read(in, bytes, 20, &err), 7);
	assert_memory_equal(bytes, "3456789", 7);
	input_close(&in);
	assert_int_equal(remove(path), 0);
}

/* All that a stream still gives. */
static void
expect_rest(struct input *in, const char *want)
{
	char bytes[64];
	struct errmsg err;
	size_t n = 0;
	ssize_t got;

	while ((got = input_read(in, bytes + n, 3, &err)) > 0)
		n += (size_t)got;
	assert_int_equal(got, 0);
	bytes[n] = '\0';
	assert_string_equal(bytes, want);
}

static void
check_skip(const struct input_span *spans, size_t n, uint64_t from,
    const char *want)
{
	const char *path = make("0123456789abcdefghijklmnopqrst", 30), *p;
	struct errmsg err;
	struct input *in;

	assert_int_equal(input_open(&in, path, &err), 0);
	assert_int_equal(input_peek(in, 20, &p), 20);
	assert_int_equal(input_skip(in, spans, n, from), want != NULL);
	expect_rest(in, want != NULL ? want : "0123456789abcdefghijklmnopqrst");
	input_close(&in);
	assert_int_equal(remove(path), 0);
}

static void
test_skip(void **state)
{
	const struct input_span spans[] = { { 0, 3 }, { 5, 7 }, { 29, 31 },
		{ 4, 3 }, { 0, INPUT_KEPT + 1 } };
	struct input *in = input_memory("here", "0123456789", 10, 0);

	(void)state;
	check_skip(spans, 2, 28, "01256st");
	check_skip(spans, 1, 30, "012");
	check_skip(spans, 0, 27, "rst");
	check_skip(spans, 0, 0, "0123456789abcdefghijklmnopqrst");
	/* What the file does not have, and what nobody wants to keep. */
	check_skip(spans, 0, 31, NULL);
	check_skip(spans, 3, 28, NULL);
	check_skip(spans + 3, 1, 28, NULL);
	check_skip(spans + 4, 1, 28, NULL);
	/* It is no file. */
	assert_false(input_skip(in, spans, 1, 5));
	expect_rest(in, "0123456789");
	input_close(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_peek),
		cmocka_unit_test(test_peek_damage),
		cmocka_unit_test(test_peek_member),
		cmocka_unit_test(test_read_at),
		cmocka_unit_test(test_skip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
