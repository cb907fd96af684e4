/*
 * arena: memory that is freed all at once.
 *
 * For what lives as long as one batch, one rule set or one report: take
 * pieces with arena_alloc(), never free one, end them together with
 * arena_fini().  Pieces of arena_alloc() and arena_array() are zeroed.  All are
 * aligned for any type, but for texts of arena_strdup() and arena_strndup(),
 * which stand one behind another.  Do not use an arena for what grows in place;
 * that is buf.
 */
#ifndef LIB_BASE_ARENA_H
#define LIB_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *last; /* newest block, linked to the older ones */
};

/* A zeroed struct arena is ready for use, too. */
void arena_init(struct arena *a);
void arena_fini(struct arena *a);
/* Empty it, for more of the same: one block stays. */
void arena_reset(struct arena *a);

/* All that `from` holds belongs to `a` from now on; `from` is empty. */
void arena_take(struct arena *a, struct arena *from);

void *arena_alloc(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t n, size_t size);
void *arena_memdup(struct arena *a, const void *bytes, size_t len);
char *arena_strdup(struct arena *a, const char *text); /* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *text, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
