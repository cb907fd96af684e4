#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/csvfile.h"

static char path[] = "/tmp/cdrguard-test-XXXXXX";

const char *
csvfile_put(const char *text)
{
	int fd;

	(void)strcpy(path, "/tmp/cdrguard-test-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
	return path;
}

void
csvfile_remove(void)
{
	(void)unlink(path);
}

void
csvfile_said(const struct notes *notes, struct buf *out)
{
	const struct note *n;
	size_t i;

	for (i = 0; i < notes->n; i++) {
		n = &notes->list[i];
		buf_addstr(out, i > 0 ? "; " : "");
		if (n->line > 0)
			buf_addf(out, ":%u: %s", (unsigned)n->line, n->text);
		else /* it begins with the path */
			buf_addstr(out, n->text + strlen(path));
	}
}
