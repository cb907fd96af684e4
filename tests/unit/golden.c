#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/golden.h"

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

void
golden_check(const char *name, const struct buf *seen)
{
	struct buf kept;
	char path[256];

	buf_init(&kept);
	(void)snprintf(path, sizeof(path), "tests/unit/golden/%s", name);
	if (getenv("UPDATE") != NULL)
		write_file(path, seen);
	golden_read(&kept, path);
	if (kept.len != seen->len ||
	    memcmp(kept.data, seen->data, kept.len) != 0)
		fail_msg("differs from %s; it is now:\n%s", path, seen->data);
	buf_fini(&kept);
}
