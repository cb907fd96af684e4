#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/input.h"
#include "tests/unit/packed_samples.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static char dir[] = "/tmp/test_input.XXXXXX";

/* The path of a file in the folder of this test. */
static const char *
path_of(const char *name)
{
	static char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static const char *
make(const char *name, const void *bytes, size_t len)
{
	const char *path = path_of(name);
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	return path;
}

static const char *
make_sample(int which)
{
	return make("sample", packed_samples[which].bytes,
	    packed_samples[which].len);
}

/* The text that the samples hold. */
static void
add_text(struct buf *b)
{
	int i;

	for (i = 0; i < 20; i++) {
		buf_addf(b, "2026-01-0%d,+1312555014%d,\"", i % 9 + 1, i % 10);
		buf_fill(b, 'x', (size_t)(i % 5));
		buf_addstr(b, "\"\n");
	}
}

/* Read to the end in pieces of `size`; what the last read returned. */
static int
read_all(struct input *in, size_t size, struct buf *b, struct errmsg *err)
{
	char bytes[1024];
	ssize_t n;

	while ((n = input_read(in, bytes, size, err)) > 0)
		buf_add(b, bytes, (size_t)n);
	return (int)n;
}

static void
check_stream(struct input *in, size_t size, const char *wanted)
{
	struct errmsg err;
	struct buf b;

	buf_init(&b);
	assert_int_equal(read_all(in, size, &b, &err), 0);
	assert_string_equal(b.data, wanted);
	/* The end stays the end. */
	assert_int_equal(read_all(in, size, &b, &err), 0);
	buf_fini(&b);
}

static void
check_file(const char *path, const char *wanted, bool plain)
{
	static const size_t sizes[] = { 1, 7, 580, 1024 };
	struct input *in;
	struct errmsg err;
	size_t i;

	for (i = 0; i < LENGTH(sizes); i++) {
		assert_int_equal(input_open(&in, path, &err), 0);
		assert_string_equal(input_name(in), path);
		assert_int_equal(input_is_plain(in), plain);
		check_stream(in, sizes[i], wanted);
		assert_int_equal(input_next(in, &err), 0);
		input_close(&in);
		assert_null(in);
		input_close(&in);
	}
}

/* Texts, some of which begin like something compressed. */
static void
test_plain(void **state)
{
	static const char *const texts[] = { "", "a", "a,b\nc,d\n", "BZh9",
		"BZh91AY&SX and more text", "PK", "PK\x03 and more text",
		"\x1f\x8b", "\x1f\x8b and more text", "\xfd\x37zXY text",
		"\x28\xb5\x2f", "\"BZh91AY&SY\",x\n" };
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(texts); i++)
		check_file(make("text.gz", texts[i], strlen(texts[i])),
		    texts[i], true);
}

static void
test_packed(void **state)
{
	struct buf text;
	int i;

	(void)state;
	buf_init(&text);
	add_text(&text);
	assert_int_equal(text.len, 580);
	for (i = PACKED_GZIP; i <= PACKED_BZIP2; i++)
		check_file(make_sample(i), text.data, false);
	for (i = PACKED_EMPTY_GZIP; i <= PACKED_EMPTY_ZIP; i++)
		check_file(make_sample(i), "", false);
	buf_fini(&text);
}

/* Of a file that was cut off the good bytes come first, then the error. */
static void
check_cut(int which, size_t len, const struct buf *text, bool all)
{
	const char *path = make("cut", packed_samples[which].bytes, len);
	struct errmsg err = { "" };
	struct input *in;
	struct buf b;

	buf_init(&b);
	if (input_open(&in, path, &err) == 0)
		assert_int_equal(read_all(in, 64, &b, &err), -1);
	assert_non_null(strstr(err.text, "damaged"));
	assert_int_equal(strncmp(err.text, path, strlen(path)), 0);
	assert_true(b.len <= text->len);
	assert_int_equal(strncmp(b.data, text->data, b.len), 0);
	if (all)
		assert_int_equal(b.len, text->len);
	input_close(&in);
	buf_fini(&b);
}

static void
test_cut(void **state)
{
	struct buf text;
	size_t len;
	int i;

	(void)state;
	buf_init(&text);
	add_text(&text);
	/* Behind 8 bytes before the end of gzip there is only the check sum. */
	for (len = 4; len < packed_samples[PACKED_GZIP].len; len++)
		check_cut(PACKED_GZIP, len, &text,
		    len >= packed_samples[PACKED_GZIP].len - 8);
	for (i = PACKED_XZ; i <= PACKED_BZIP2; i++)
		for (len = 14; len < packed_samples[i].len; len += 7)
			check_cut(i, len, &text, false);
	buf_fini(&text);
}

/* One bit, at each byte behind the header: never unnoticed. */
static void
test_bit(void **state)
{
	const struct packed_sample *sample = &packed_samples[PACKED_GZIP];
	unsigned char bytes[256];
	struct errmsg err;
	struct input *in;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 10; i < sample->len; i++) {
		memcpy(bytes, sample->bytes, sample->len);
		bytes[i] ^= 0x10;
		buf_init(&b);
		assert_int_equal(input_open(&in,
				     make("bit", bytes, sample->len), &err),
		    0);
		assert_int_equal(read_all(in, 64, &b, &err), -1);
		assert_non_null(strstr(err.text, "damaged gzip data"));
		input_close(&in);
		buf_fini(&b);
	}
}

/* Whatever is wrong with an archive, the reason is one line. */
static void
test_bit_of_zip(void **state)
{
	const struct packed_sample *sample = &packed_samples[PACKED_ZIP];
	unsigned char bytes[1024];
	struct errmsg err;
	struct input *in;
	struct buf b;
	const char *why;
	size_t i, failed = 0;

	(void)state;
	assert_true(sample->len <= sizeof(bytes));
	for (i = 4; i < sample->len; i++) {
		memcpy(bytes, sample->bytes, sample->len);
		bytes[i] ^= 0x10;
		err.text[0] = '\0';
		buf_init(&b);
		if (input_open(&in, make("bit", bytes, sample->len), &err) == 0)
			(void)read_all(in, 64, &b, &err);
		why = strstr(err.text, "damaged compressed data: ");
		if (why != NULL)
			assert_null(strchr(why, '\n'));
		failed += why != NULL;
		input_close(&in);
		buf_fini(&b);
	}
	assert_true(failed > 0);
}

/* `cat a.gz b.gz`, and padding behind them. */
static void
test_members(void **state)
{
	const struct packed_sample *sample = &packed_samples[PACKED_GZIP];
	struct buf packed, text;

	(void)state;
	buf_init(&packed);
	buf_init(&text);
	buf_add(&packed, sample->bytes, sample->len);
	buf_add(&packed, packed_samples[PACKED_EMPTY_GZIP].bytes,
	    packed_samples[PACKED_EMPTY_GZIP].len);
	buf_add(&packed, sample->bytes, sample->len);
	add_text(&text);
	add_text(&text);
	check_file(make("two.gz", packed.data, packed.len), text.data, false);
	buf_fill(&packed, '\0', 512);
	check_file(make("two.gz", packed.data, packed.len), text.data, false);
	buf_fini(&packed);
	buf_fini(&text);
}

/* What is neither is no padding: all before it is read, and then it is told. */
static void
test_behind_members(void **state)
{
	const struct packed_sample *sample = &packed_samples[PACKED_GZIP];
	static const size_t padding[] = { 0, 1, 512, 300000 };
	struct buf packed, text, b;
	struct errmsg err;
	struct input *in;
	size_t i;

	(void)state;
	buf_init(&text);
	add_text(&text);
	for (i = 0; i < sizeof(padding) / sizeof(padding[0]); i++) {
		buf_init(&packed);
		buf_init(&b);
		buf_add(&packed, sample->bytes, sample->len);
		buf_fill(&packed, '\0', padding[i]);
		buf_addstr(&packed, "plain,text\n");
		assert_int_equal(input_open(&in,
				     make("behind.gz", packed.data, packed.len),
				     &err),
		    0);
		assert_int_equal(read_all(in, 64, &b, &err), -1);
		assert_non_null(strstr(err.text, "what follows it is no gzip"));
		assert_int_equal(b.len, text.len);
		assert_memory_equal(b.data, text.data, text.len);
		input_close(&in);
		buf_fini(&packed);
		buf_fini(&b);
	}
	buf_fini(&text);
}

static void
check_zip(struct input *in, const char *path)
{
	struct errmsg err;
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "%s:d/a.csv", path);
	assert_string_equal(input_name(in), b.data);
	buf_reset(&b);
	add_text(&b);
	check_stream(in, 64, b.data);
	assert_int_equal(input_next(in, &err), 1);
	buf_reset(&b);
	buf_addf(&b, "%s:b.csv", path);
	assert_string_equal(input_name(in), b.data);
	assert_false(input_is_plain(in));
	check_stream(in, 64, "second\n");
	assert_int_equal(input_next(in, &err), 0);
	buf_fini(&b);
}

static void
test_zip(void **state)
{
	struct errmsg err;
	struct input *in;
	const char *path = make_sample(PACKED_ZIP);

	(void)state;
	assert_int_equal(input_open(&in, path, &err), 0);
	check_zip(in, path);
	input_close(&in);
	/* Members may be skipped unread. */
	assert_int_equal(input_open(&in, path, &err), 0);
	assert_int_equal(input_next(in, &err), 1);
	check_stream(in, 64, "second\n");
	input_close(&in);
	path = make_sample(PACKED_ZIP_SECRET);
	assert_int_equal(input_open(&in, path, &err), -1);
	assert_null(in);
	assert_non_null(strstr(err.text, "sample:b.csv: encrypted"));
}

/* Standard input from a file or a pipe; it is put back by the caller. */
static int
use_stdin(int which, bool piped)
{
	const struct packed_sample *sample = &packed_samples[which];
	const int saved = dup(STDIN_FILENO);
	int fds[2];

	assert_true(saved >= 0);
	if (piped) {
		assert_int_equal(pipe(fds), 0);
		assert_int_equal(write(fds[1], sample->bytes, sample->len),
		    sample->len);
		assert_int_equal(close(fds[1]), 0);
	} else {
		fds[0] = open(make_sample(which), O_RDONLY);
		assert_true(fds[0] >= 0);
	}
	assert_int_equal(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(close(fds[0]), 0);
	return saved;
}

static void
test_stdin(void **state)
{
	struct errmsg err;
	struct input *in;
	struct buf text;
	int i, saved, piped;

	(void)state;
	buf_init(&text);
	add_text(&text);
	for (piped = 0; piped <= 1; piped++)
		for (i = PACKED_GZIP; i <= PACKED_ZIP; i++) {
			saved = use_stdin(i, piped == 1);
			assert_int_equal(input_open(&in, "-", &err), 0);
			if (i == PACKED_ZIP)
				check_zip(in, "-");
			else
				check_stream(in, 64, text.data);
			input_close(&in);
			assert_int_equal(dup2(saved, STDIN_FILENO),
			    STDIN_FILENO);
			assert_int_equal(close(saved), 0);
		}
	buf_fini(&text);
}

static void
test_refused(void **state)
{
	struct errmsg err;
	struct input *in;
	char wanted[128];

	(void)state;
	assert_int_equal(input_open(&in, "/nonexistent", &err), -1);
	assert_null(in);
	assert_string_equal(err.text,
	    "/nonexistent: No such file or directory");
	assert_int_equal(input_open(&in, dir, &err), -1);
	(void)snprintf(wanted, sizeof(wanted), "%s: is a directory", dir);
	assert_string_equal(err.text, wanted);
}

static void
test_slurp(void **state)
{
	const char *path = make("slurp", "a\0b", 3);
	struct errmsg err;
	char *bytes;
	size_t len;

	(void)state;
	assert_int_equal(input_slurp(path, 3, &bytes, &len, &err), 0);
	assert_int_equal(len, 3);
	assert_memory_equal(bytes, "a\0b\0", 4);
	free(bytes);
	assert_int_equal(input_slurp(path, 2, &bytes, &len, &err), -1);
	assert_non_null(strstr(err.text, "slurp: larger than 2 bytes"));
	assert_int_equal(input_slurp(make("slurp", "", 0), 0, &bytes, &len,
			     &err),
	    0);
	assert_int_equal(len, 0);
	assert_string_equal(bytes, "");
	free(bytes);
	assert_int_equal(input_slurp(dir, 10, &bytes, &len, &err), -1);
}

static void
test_list(void **state)
{
	static const char *const names[] = { "b", "B", "a.csv", "10", "2",
		".hidden" };
	static const char *const sorted[] = { "10", "2", "B", "a.csv", "b" };
	char folder[80], wanted[128];
	struct errmsg err;
	char **paths;
	size_t i, n;

	(void)state;
	(void)strcpy(folder, path_of("list"));
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(input_list(folder, &paths, &n, &err), 0);
	assert_int_equal(n, 0);
	free(paths);
	for (i = 0; i < LENGTH(names); i++) {
		(void)snprintf(wanted, sizeof(wanted), "list/%s", names[i]);
		(void)make(wanted, "", 0);
	}
	assert_int_equal(mkdir(path_of("list/folder"), 0700), 0);
	assert_int_equal(input_list(folder, &paths, &n, &err), 0);
	assert_int_equal(n, LENGTH(sorted));
	for (i = 0; i < n; i++) {
		(void)snprintf(wanted, sizeof(wanted), "%s/%s", folder,
		    sorted[i]);
		assert_string_equal(paths[i], wanted);
		free(paths[i]);
	}
	free(paths);
	assert_int_equal(input_list("/nonexistent", &paths, &n, &err), -1);
	assert_string_equal(err.text,
	    "/nonexistent: No such file or directory");
	assert_true(input_is_directory(folder));
	assert_false(input_is_directory(path_of("list/2")));
	assert_false(input_is_directory("/nonexistent"));
}

static int
set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	char command[64];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

static void
test_same(void **state)
{
	(void)state;
	assert_true(input_same("/tmp", "/tmp/."));
	assert_false(input_same("/tmp", "/"));
	assert_false(input_same("/tmp/no such file", "/tmp/no such file"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_packed),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_bit),
		cmocka_unit_test(test_bit_of_zip),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_behind_members),
		cmocka_unit_test(test_zip),
		cmocka_unit_test(test_stdin),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_slurp),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
