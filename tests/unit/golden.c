#include "tests/unit/golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
golden_read(struct buf *b, const char *path)
{
	char bytes[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL)
		fail_msg("%s: cannot open; UPDATE=1 makes it", path);
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buf_add(b, bytes, n);
	assert_int_equal(fclose(f), 0);
}

static void
write_file(const char *path, const struct buf *b)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(b->data, 1, b->len, f), b->len);
	assert_int_equal(fclose(f), 0);
}

/* The first line in which they differ, of both. */
static void
fail_at(const char *path, const char *is, const char *was)
{
	const char *line = is, *old = was;
	size_t n = 1;

	for (; *is != '\0' && *is == *was; is++, was++)
		if (*is == '\n') {
			n++;
			line = is + 1;
			old = was + 1;
		}
	fail_msg("%s:%zu: was\n%.*s\nand now is\n%.*s", path, n,
	    (int)strcspn(old, "\n"), old, (int)strcspn(line, "\n"), line);
}

void
golden_check(const char *name, const struct buf *text)
{
	struct buf kept;
	char path[256];

	(void)snprintf(path, sizeof(path), "tests/unit/golden/%s", name);
	if (getenv("UPDATE") != NULL)
		write_file(path, text);
	buf_init(&kept);
	golden_read(&kept, path);
	if (strcmp(text->data, kept.data) != 0)
		fail_at(path, text->data, kept.data);
	buf_fini(&kept);
}
