#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/input.h"

enum { BLOCK = 512 };

/* A member as POSIX.1-1988 says: a header, and the bytes in whole blocks. */
static void
add_member(struct buf *tar, const char *name, char type, const char *text)
{
	char header[BLOCK] = "", sum_text[8];
	unsigned sum = 0;
	size_t i, len = strlen(text);

	(void)snprintf(header, 100, "%s", name);
	(void)snprintf(header + 100, 8, "0000644");
	(void)snprintf(header + 124, 12, "%011o", (unsigned)len);
	(void)snprintf(header + 136, 12, "%011o", 0U);
	memset(header + 148, ' ', 8);
	header[156] = type;
	memcpy(header + 257,
	    "ustar\0"
	    "00",
	    8);
	for (i = 0; i < BLOCK; i++)
		sum += (unsigned char)header[i];
	(void)snprintf(sum_text, sizeof(sum_text), "%06o", sum & 0777777);
	memcpy(header + 148, sum_text, 7);
	buf_add(tar, header, BLOCK);
	buf_add(tar, text, len);
	for (i = len; i % BLOCK != 0; i++)
		buf_addch(tar, '\0');
}

static void
add_end(struct buf *tar)
{
	int i;

	for (i = 0; i < 2 * BLOCK; i++)
		buf_addch(tar, '\0');
}

/* "name=text " of each member; then "!words" if it fails. */
static char *
show(const struct buf *file)
{
	char path[] = "/tmp/test_input_tar.XXXXXX", block[100];
	struct input *in = NULL;
	struct errmsg err;
	struct buf b;
	int fd = mkstemp(path), more;
	ssize_t n;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, file->data, file->len), (ssize_t)file->len);
	assert_int_equal(close(fd), 0);
	buf_init(&b);
	more = input_open(&in, path, &err) == 0 ? 1 : -1;
	while (more == 1) {
		buf_addf(&b, "%s=", input_name(in) + strlen(path));
		while ((n = input_read(in, block, sizeof(block), &err)) > 0)
			buf_add(&b, block, (size_t)n);
		more = n < 0 ? -1 : input_next(in, &err);
		buf_addch(&b, ' ');
	}
	if (more < 0)
		buf_addf(&b, "!%s", err.text + strlen(path));
	input_close(&in);
	assert_int_equal(unlink(path), 0);
	return buf_detach(&b);
}

static void
check(const struct buf *file, const char *wanted)
{
	char *got = show(file);

	assert_string_equal(got, wanted);
	free(got);
}

static void
test_members(void **state)
{
	struct buf tar;

	(void)state;
	buf_init(&tar);
	add_member(&tar, "d/", '5', "");
	add_member(&tar, "d/a.csv", '0', "one\ntwo\n");
	add_member(&tar, "link", '2', "");
	add_member(&tar, "b.csv", '0', "");
	add_end(&tar);
	check(&tar, ":d/a.csv=one\ntwo\n :b.csv= ");
	buf_fini(&tar);
}

static void
test_only_a_folder(void **state)
{
	struct buf tar;

	(void)state;
	buf_init(&tar);
	add_member(&tar, "d/", '5', "");
	add_end(&tar);
	check(&tar, "= ");
	buf_fini(&tar);
}

/* Records may say "ustar" where a header does: its sum decides. */
static void
test_text(void **state)
{
	struct buf text, wanted;
	int i;

	(void)state;
	buf_init(&text);
	buf_init(&wanted);
	for (i = 0; i < 257; i++)
		buf_addch(&text, 'x');
	buf_addstr(&text, "ustar ");
	for (i = 0; i < 300; i++)
		buf_addch(&text, '1');
	buf_addf(&wanted, "=%s ", text.data);
	check(&text, wanted.data);
	buf_fini(&wanted);
	buf_fini(&text);
}

static void
test_cut(void **state)
{
	struct buf tar;
	char *got;

	(void)state;
	buf_init(&tar);
	add_member(&tar, "a.csv", '0', "one\ntwo\n");
	tar.len = BLOCK + 4;
	got = show(&tar);
	assert_non_null(strstr(got, ":a.csv=one\n"));
	assert_non_null(strstr(got, "!:a.csv: damaged"));
	free(got);
	buf_fini(&tar);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_only_a_folder),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
