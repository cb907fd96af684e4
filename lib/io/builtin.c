#include "io/builtin.h"

#include <string.h>

bool
builtin_has_root(const char *path)
{
	return strncmp(path, BUILTIN_ROOT, strlen(BUILTIN_ROOT)) == 0;
}

const struct builtin_file *
builtin_find(const char *path)
{
	size_t i;

	for (i = 0; i < builtin_count; i++)
		if (strcmp(builtin_files[i].path, path) == 0)
			return &builtin_files[i];
	return NULL;
}

/* "builtin:/rules.d" and "builtin:/rules.d/" are one folder. */
static bool
directly_inside(const char *dir, const char *path)
{
	size_t n = strlen(dir);

	while (n > 0 && dir[n - 1] == '/')
		n--;
	return strncmp(path, dir, n) == 0 && path[n] == '/' &&
	       strchr(path + n + 1, '/') == NULL;
}

const struct builtin_file *
builtin_next(const char *dir, size_t *i)
{
	while (*i < builtin_count) {
		const struct builtin_file *f = &builtin_files[(*i)++];

		if (directly_inside(dir, f->path))
			return f;
	}
	return NULL;
}
