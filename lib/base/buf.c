#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* What an empty buf points at; never written to, because cap is 0. */
static char nothing[1];

void
buf_init(struct buf *b)
{
	b->data = nothing;
	b->len = b->cap = 0;
}

void
buf_fini(struct buf *b)
{
	if (b->cap > 0)
		free(b->data);
	buf_init(b);
}

static void
make_room(struct buf *b, size_t more)
{
	if (b->len + more + 1 <= b->cap)
		return;
	if (b->cap == 0)
		b->data = NULL;
	b->data = xgrow(b->data, &b->cap, b->len + more + 1, 1);
	b->data[b->len] = '\0';
}

void
buf_reserve(struct buf *b, size_t more)
{
	const size_t need = b->len + more + 1;

	if (need <= b->cap)
		return;
	if (b->cap == 0)
		b->data = NULL;
	b->data = xrealloc(b->data, need, 1);
	b->cap = need;
	b->data[b->len] = '\0';
}

void
buf_reset(struct buf *b)
{
	buf_cut(b, 0);
}

void
buf_cut(struct buf *b, size_t len)
{
	assert(len <= b->len);
	if (b->cap == 0)
		return;
	b->len = len;
	b->data[len] = '\0';
}

void
buf_add(struct buf *b, const void *bytes, size_t len)
{
	if (len == 0)
		return;
	make_room(b, len);
	memcpy(b->data + b->len, bytes, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void
buf_addstr(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void
buf_addch(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_fill(struct buf *b, char c, size_t n)
{
	make_room(b, n);
	memset(b->data + b->len, c, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void
buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(len >= 0);
	make_room(b, (size_t)len);
	va_start(ap, fmt);
	(void)vsnprintf(b->data + b->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)len;
}

char *
buf_detach(struct buf *b)
{
	char *text;

	make_room(b, 0);
	text = b->data;
	buf_init(b);
	return text;
}
