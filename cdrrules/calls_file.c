/* The file that a call was read from, by whatever path somebody names it. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "calls.h"

/* Whether one path ends in all components of the other. */
static bool
ends_alike(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b);

	if (na < nb)
		return ends_alike(b, a);
	return strcmp(a + na - nb, b) == 0 &&
	       (na == nb || a[na - nb - 1] == '/');
}

/*
 * A file may have moved, and its path have been relative to another folder;
 * but two that are there are two.
 */
static bool
same_file(const char *stored, const char *file)
{
	char one[PATH_MAX], other[PATH_MAX];
	bool there = realpath(stored, one) != NULL;

	if (strcmp(stored, file) == 0)
		return true;
	if (there && realpath(file, other) != NULL)
		return strcmp(one, other) == 0;
	return ends_alike(stored, file);
}

uint8_t *
rules_calls_of_file(const struct batch *b, const char *file)
{
	uint8_t *of = xcalloc(b->nfiles + 1, sizeof(*of));
	bool any = false;
	size_t i;

	for (i = 1; i < b->nfiles; i++) {
		of[i] = same_file(batch_text(b, b->files[i]), file);
		any |= of[i] != 0;
	}
	if (!any) {
		free(of);
		of = NULL;
	}
	return of;
}
