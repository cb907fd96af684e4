#include "base/xalloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The one place below the tools that ends the program. */
static _Noreturn void
out_of_memory(void)
{
	static const char words[] = "cdrguard: out of memory\n";

	(void)fwrite(words, 1, sizeof(words) - 1, stderr);
	exit(2);
}

void *
xmalloc(size_t size)
{
	void *p = malloc(size > 0 ? size : 1);

	if (p == NULL)
		out_of_memory();
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = calloc(n > 0 ? n : 1, size > 0 ? size : 1);

	if (p == NULL)
		out_of_memory();
	return p;
}

void *
xrealloc(void *p, size_t n, size_t size)
{
	if (size > 0 && n > SIZE_MAX / size)
		out_of_memory();
	p = realloc(p, n * size > 0 ? n * size : 1);
	if (p == NULL)
		out_of_memory();
	return p;
}

void
xfree_large(void *p)
{
	if (p != NULL)
		free(xrealloc(p, 1, 1));
}

char *
xstrdup(const char *text)
{
	return xmemdup(text, strlen(text) + 1);
}

char *
xstrndup(const char *text, size_t len)
{
	char *p = xmalloc(len + 1);

	memcpy(p, text, len);
	p[len] = '\0';
	return p;
}

void *
xmemdup(const void *bytes, size_t len)
{
	void *p = xmalloc(len);

	if (len > 0)
		memcpy(p, bytes, len);
	return p;
}

void *
xgrow(void *p, size_t *cap, size_t need, size_t size)
{
	size_t n = *cap;

	if (need <= n)
		return p;
	while (n < need)
		n = n < 16 ? 16 : n * 2;
	*cap = n;
	return xrealloc(p, n, size);
}
