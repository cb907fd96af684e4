#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/input.h"

/* More than a ring of blocks holds, and no multiple of anything. */
enum { LINES = 60001 };

static char dir[] = "/tmp/test_input_thread.XXXXXX";
static struct buf text;

static const struct form {
	const char *name;
	int (*filter)(struct archive *a);
	int (*format)(struct archive *a);
} forms[] = {
	{ "gzip", archive_write_add_filter_gzip, archive_write_set_format_raw },
	{ "xz", archive_write_add_filter_xz, archive_write_set_format_raw },
	{ "zstd", archive_write_add_filter_zstd, archive_write_set_format_raw },
	{ "bzip2", archive_write_add_filter_bzip2,
	    archive_write_set_format_raw },
	{ "tar.gz", archive_write_add_filter_gzip,
	    archive_write_set_format_ustar },
	{ "plain", archive_write_add_filter_none,
	    archive_write_set_format_raw },
};

enum { FORMS = sizeof(forms) / sizeof(forms[0]) };

static const char *
path_of(const char *name)
{
	static char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void
make_file(const struct form *form)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();

	assert_int_equal(form->format(a), ARCHIVE_OK);
	assert_true(form->filter(a) >= ARCHIVE_WARN);
	assert_int_equal(archive_write_open_filename(a, path_of(form->name)),
	    ARCHIVE_OK);
	archive_entry_set_pathname(e, "calls.csv");
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0600);
	archive_entry_set_size(e, (la_int64_t)text.len);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, text.data, text.len), text.len);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_entry_free(e);
	(void)archive_write_free(a);
}

static int
make_files(void **state)
{
	uint32_t n = 1;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(dir));
	buf_init(&text);
	for (i = 0; i < LINES; i++) {
		n = n * 1664525 + 1013904223;
		buf_addf(&text, "%zu,+1312555014%u,%08x\n", i, n >> 30, n);
	}
	for (i = 0; i < FORMS; i++)
		make_file(&forms[i]);
	return 0;
}

static int
remove_files(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < FORMS; i++)
		assert_int_equal(unlink(path_of(forms[i].name)), 0);
	(void)unlink(path_of("cut"));
	(void)unlink(path_of("fifo"));
	buf_fini(&text);
	return rmdir(dir);
}

static void
open_ahead(struct input **in, const char *name)
{
	struct errmsg err;

	assert_int_equal(input_open(in, path_of(name), &err), 0);
	input_unpack_ahead(*in);
	input_unpack_ahead(*in); /* once is enough */
}

/* Read to the end in pieces of `size`; what the last read returned. */
static int
read_all(struct input *in, size_t size, struct buf *b, struct errmsg *err)
{
	char *bytes = malloc(size);
	ssize_t n;

	assert_non_null(bytes);
	while ((n = input_read(in, bytes, size, err)) > 0)
		buf_add(b, bytes, (size_t)n);
	free(bytes);
	return (int)n;
}

static void
check_text(const struct buf *b)
{
	assert_int_equal(b->len, text.len);
	assert_memory_equal(b->data, text.data, text.len);
}

static void
test_same(void **state)
{
	static const size_t sizes[] = { 997, 128 * 1024, 1000 * 1000 };
	struct errmsg err;
	struct input *in;
	struct buf b;
	size_t i, k;
	char c;

	(void)state;
	for (i = 0; i < FORMS; i++)
		for (k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
			open_ahead(&in, forms[i].name);
			buf_init(&b);
			assert_int_equal(read_all(in, sizes[k], &b, &err), 0);
			check_text(&b);
			/* The end stays the end. */
			assert_int_equal(input_read(in, &c, 1, &err), 0);
			assert_int_equal(input_next(in, &err), 0);
			input_close(&in);
			buf_fini(&b);
		}
}

/* What was looked at before there was a thread is there, and comes first. */
static void
test_peeked(void **state)
{
	static const size_t peeks[] = { 1, 300000, 5000000 };
	struct errmsg err;
	const char *bytes;
	struct input *in;
	struct buf b;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(peeks) / sizeof(peeks[0]); i++) {
		assert_int_equal(input_open(&in, path_of("zstd"), &err), 0);
		assert_int_equal(input_peek(in, 100, &bytes), 100);
		input_unpack_ahead(in);
		n = input_peek(in, peeks[i], &bytes);
		assert_int_equal(n, peeks[i] < text.len ? peeks[i] : text.len);
		assert_memory_equal(bytes, text.data, n);
		assert_int_equal(input_looked(in, &err), 0);
		buf_init(&b);
		assert_int_equal(read_all(in, 4096, &b, &err), 0);
		check_text(&b);
		buf_fini(&b);
		input_close(&in);
	}
}

/* The first `len` bytes of a file, in a file. */
static void
cut(const char *name, size_t len)
{
	char *bytes = malloc(len);
	FILE *f = fopen(path_of(name), "rb");

	assert_non_null(f);
	assert_non_null(bytes);
	assert_int_equal(fread(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	f = fopen(path_of("cut"), "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	free(bytes);
}

/*
 * The same bytes before the damage, then the same words; false if so little is
 * left that it cannot even be opened.
 */
static bool
check_damage(void)
{
	struct errmsg with = { "" }, without = { "" };
	struct buf some, all;
	struct input *in;

	if (input_open(&in, path_of("cut"), &with) != 0)
		return false;
	input_unpack_ahead(in);
	buf_init(&some);
	buf_init(&all);
	assert_int_equal(read_all(in, 10000, &some, &with), -1);
	input_close(&in);
	assert_int_equal(input_open(&in, path_of("cut"), &without), 0);
	assert_int_equal(read_all(in, 10000, &all, &without), -1);
	input_close(&in);
	assert_string_equal(with.text, without.text);
	assert_non_null(strstr(with.text, "cut: "));
	assert_int_equal(some.len, all.len);
	assert_memory_equal(some.data, all.data, all.len);
	buf_fini(&some);
	buf_fini(&all);
	return true;
}

static void
test_cut(void **state)
{
	size_t i, k, opened = 0;
	struct stat st;

	(void)state;
	for (i = 0; i < FORMS; i++) {
		if (strcmp(forms[i].name, "plain") == 0)
			continue;
		assert_int_equal(stat(path_of(forms[i].name), &st), 0);
		for (k = 1; k < 5; k++) {
			cut(forms[i].name, (size_t)st.st_size * k / 5);
			opened += check_damage();
		}
	}
	assert_true(opened >= 16);
}

/* Closed before anything was read, and with a full ring behind. */
static void
test_close_early(void **state)
{
	static const size_t taken[] = { 0, 1, 130000, 700000 };
	struct errmsg err;
	struct input *in;
	size_t i, k, n;
	char *bytes = malloc(700000);

	(void)state;
	assert_non_null(bytes);
	for (i = 0; i < FORMS; i++)
		for (k = 0; k < sizeof(taken) / sizeof(taken[0]); k++) {
			open_ahead(&in, forms[i].name);
			for (n = 0; n < taken[k];)
				n += (size_t)input_read(in, bytes, taken[k] - n,
				    &err);
			input_close(&in);
			assert_null(in);
		}
	free(bytes);
}

/* A pipe whose writer sends no more, and does not end, holds nobody up. */
static void
test_close_waiting(void **state)
{
	struct errmsg err;
	struct input *in;
	char bytes[4096];
	int from, to;

	(void)state;
	assert_int_equal(mkfifo(path_of("fifo"), 0600), 0);
	to = open(path_of("fifo"), O_RDWR);
	from = open(path_of("gzip"), O_RDONLY);
	assert_true(to >= 0 && from >= 0);
	assert_int_equal(read(from, bytes, sizeof(bytes)), sizeof(bytes));
	assert_int_equal(write(to, bytes, sizeof(bytes)), sizeof(bytes));
	(void)alarm(60);
	assert_int_equal(input_open(&in, path_of("fifo"), &err), 0);
	input_unpack_ahead(in);
	input_close(&in);
	(void)alarm(0);
	(void)close(to);
	(void)close(from);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_peeked),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_close_early),
		cmocka_unit_test(test_close_waiting),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
