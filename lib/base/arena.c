#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/*
 * Blocks form a list, newest first.  A piece that is larger than a block gets
 * a block of its own behind the newest, so that the newest can go on filling.
 */
struct arena_block {
	struct arena_block *older;
	size_t used, size;
	_Alignas(max_align_t) char bytes[];
};

enum { BLOCK_SIZE = 64 * 1024 };

void
arena_init(struct arena *a)
{
	a->last = NULL;
}

void
arena_fini(struct arena *a)
{
	struct arena_block *b, *older;

	for (b = a->last; b != NULL; b = older) {
		older = b->older;
		free(b);
	}
	a->last = NULL;
}

void
arena_reset(struct arena *a)
{
	struct arena_block *kept = a->last;
	struct arena rest;

	if (kept == NULL)
		return;
	rest.last = kept->older;
	arena_fini(&rest);
	kept->older = NULL;
	kept->used = 0;
}

void
arena_take(struct arena *a, struct arena *from)
{
	struct arena_block **end;

	for (end = &a->last; *end != NULL; end = &(*end)->older)
		;
	*end = from->last;
	from->last = NULL;
}

static struct arena_block *
new_block(size_t size)
{
	struct arena_block *b = xmalloc(sizeof(*b) + size);

	b->older = NULL;
	b->used = 0;
	b->size = size;
	return b;
}

/* The block with room for `size` bytes. */
static struct arena_block *
block_for(struct arena *a, size_t size)
{
	struct arena_block *b = a->last;

	if (b != NULL && b->used <= b->size && b->size - b->used >= size)
		return b;
	b = new_block(size > BLOCK_SIZE ? size : BLOCK_SIZE);
	if (size > BLOCK_SIZE && a->last != NULL) {
		b->older = a->last->older;
		a->last->older = b;
	} else {
		b->older = a->last;
		a->last = b;
	}
	return b;
}

static void *
take(struct arena *a, size_t size)
{
	struct arena_block *b = block_for(a, size);
	void *p = b->bytes + b->used;

	b->used += size;
	return p;
}

/* Texts may have left the block at any byte. */
static void *
take_aligned(struct arena *a, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	struct arena_block *b = a->last;

	assert(size <= SIZE_MAX / 2);
	if (b != NULL)
		b->used = (b->used + align - 1) / align * align;
	return take(a, (size + align - 1) / align * align);
}

/* Blocks are not zeroed, as most of what they have is texts. */
void *
arena_alloc(struct arena *a, size_t size)
{
	return memset(take_aligned(a, size), 0, size);
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{
	assert(size == 0 || n <= SIZE_MAX / 2 / size);
	return arena_alloc(a, n * size);
}

void *
arena_memdup(struct arena *a, const void *bytes, size_t len)
{
	void *p = take_aligned(a, len);

	if (len > 0)
		memcpy(p, bytes, len);
	return p;
}

char *
arena_strdup(struct arena *a, const char *text)
{
	return text == NULL ? NULL : arena_strndup(a, text, strlen(text));
}

char *
arena_strndup(struct arena *a, const char *text, size_t len)
{
	char *p;

	assert(len <= SIZE_MAX / 2);
	p = take(a, len + 1);
	if (len > 0)
		memcpy(p, text, len);
	p[len] = '\0';
	return p;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	int len;
	char *p;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(len >= 0);
	p = arena_alloc(a, (size_t)len + 1);
	va_start(ap, fmt);
	(void)vsnprintf(p, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return p;
}
