#include "layout_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/input.h"

struct layouts *
shipped_layouts(void)
{
	struct layouts *ls = layouts_new();
	struct notes notes;
	size_t i;

	notes_init(&notes);
	(void)layouts_load(ls, "rules/layouts", &notes);
	for (i = 0; i < notes.n; i++)
		print_error("%s:%u:%u: %s\n", notes.list[i].file,
		    (unsigned)notes.list[i].line,
		    (unsigned)notes.list[i].column, notes.list[i].text);
	assert_int_equal(notes.errors, 0);
	notes_fini(&notes);
	return ls;
}

char *
folder_make(void)
{
	const char *tmp = getenv("TMPDIR");
	struct buf path;

	buf_init(&path);
	buf_addf(&path, "%s/cdrguard-XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(path.data));
	return buf_detach(&path);
}

void
folder_remove(char **dir)
{
	struct errmsg err;
	char **paths;
	size_t i, n;

	assert_int_equal(input_list(*dir, &paths, &n, &err), 0);
	for (i = 0; i < n; i++) {
		assert_int_equal(unlink(paths[i]), 0);
		free(paths[i]);
	}
	free(paths);
	assert_int_equal(rmdir(*dir), 0);
	free(*dir);
	*dir = NULL;
}

char *
folder_write(const char *dir, const char *name, const char *bytes, size_t len)
{
	struct buf path;
	FILE *f;

	buf_init(&path);
	buf_addf(&path, "%s/%s", dir, name);
	f = fopen(path.data, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	return buf_detach(&path);
}
