/* How much a run will read, for whoever waits at a terminal. */
#include "scan.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/input.h"

/* Files and their bytes; `unknown` if one has no size, such as a pipe. */
struct to_read {
	uint64_t files, bytes;
	bool unknown;
};

static void
add_file(struct to_read *a, const char *path)
{
	struct stat st;

	a->files++;
	/* What cannot be looked at will be said when it cannot be read. */
	if (strcmp(path, "-") == 0)
		a->unknown = true;
	else if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
		a->bytes += (uint64_t)st.st_size;
	else if (stat(path, &st) == 0)
		a->unknown = true;
}

static void
add_path(struct to_read *a, const char *path)
{
	char **paths;
	size_t i, n;

	if (!input_is_directory(path)) {
		add_file(a, path);
		return;
	}
	if (input_list(path, &paths, &n, NULL) != 0)
		return;
	for (i = 0; i < n; i++) {
		add_file(a, paths[i]);
		free(paths[i]);
	}
	free(paths);
}

static void
add_patterns(struct to_read *a, const struct config_list *patterns)
{
	size_t i, k;
	glob_t found;

	for (i = 0; i < patterns->n; i++) {
		if (glob(patterns->items[i], 0, NULL, &found) == 0)
			for (k = 0; k < found.gl_pathc; k++)
				add_path(a, found.gl_pathv[k]);
		globfree(&found);
	}
}

void
scan_expect(struct scan *s, char **operands, int n)
{
	const struct config *c = &s->setup.config;
	struct to_read a = { 0 };
	size_t f;
	int i;

	if (s->stages == NULL)
		return;
	for (i = 0; i < n; i++)
		add_path(&a, operands[i]);
	for (f = 0; n == 0 && f < c->nsources; f++)
		if (s->source == NULL ||
		    s->source == &s->setup.sources.list[f + 1])
			add_patterns(&a, &c->sources[f].files);
	stages_expect(s->stages, a.files, a.unknown ? 0 : a.bytes);
}

void
scan_not_read(struct scan *s, const char *path)
{
	struct to_read a = { 0 };

	if (s->stages == NULL)
		return;
	add_file(&a, path);
	stages_file(s->stages);
	stages_took(s->stages, a.bytes, 0);
}
