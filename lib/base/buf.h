/*
 * buf: bytes that grow.
 *
 * `data` is always NUL-terminated behind `len` bytes, also when empty, and
 * may be read directly; it moves when the buf grows.  buf_fini() may be
 * called twice.
 */
#ifndef LIB_BASE_BUF_H
#define LIB_BASE_BUF_H

#include <stddef.h>

struct buf {
	char *data;
	size_t len, cap;
};

void buf_init(struct buf *b);
void buf_fini(struct buf *b);
void buf_reset(struct buf *b); /* empty, the memory kept */

/* Room for so many bytes more, so that it does not move as they come. */
void buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_addstr(struct buf *b, const char *text);
void buf_addch(struct buf *b, char c);
void buf_fill(struct buf *b, char c, size_t n); /* n times c */
void buf_addf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_cut(struct buf *b, size_t len); /* shorten to len bytes */

/* The text, now the caller's to free; the buf is empty again. */
char *buf_detach(struct buf *b);

#endif
