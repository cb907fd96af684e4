/*
 * batch_impl: what the sources of batch share.
 *
 *   batch.c          the calls, and what belongs to all of them
 *   batch_extras.c   what few calls have
 *   batch_aside.c    calls that wait for those of before
 *   batch_sort.c     order: whether there is one, and to make one
 *   batch_index.c    which call comes where
 *   batch_arrange.c  calls go to their places
 *   batch_window.c   the same where these are near
 *   batch_copies.c   the same record in several files
 *   batch_order.c    few indexes, by any order
 */
#ifndef LIB_CDR_BATCH_IMPL_H
#define LIB_CDR_BATCH_IMPL_H

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "cdr/batch.h"

/* It is looked at soon; where nobody can say so, it is waited for then. */
static inline void
batch_ask_for(const void *p)
{
#if defined(__x86_64__)
	_mm_prefetch((const char *)p, _MM_HINT_T0);
#else
	(void)p;
#endif
}

/* Columns of what few calls have. */
void batch_extras_free(struct batch *b);
/* No call is there any more: their memory stays, but for that of files. */
void batch_extras_reset(struct batch *b);
/* The calls from `first` on were added, and have none yet. */
void batch_extras_grow(struct batch *b, size_t first);

enum { BATCH_LEAST = 4096 }; /* calls that are worth a thread */

/* Indexes of calls, as they come. */
struct batch_list {
	uint32_t *calls;
	size_t n, cap;
};

void batch_list_add(struct batch_list *l, size_t call);

/* Whether batch_sort() drops it. */
static inline bool
batch_marked(const struct call *c)
{
	return (c->flags & (CALL_DUPLICATE | CALL_FURTHER)) != 0;
}

/* By (start, source name, key): negative, 0, positive. */
int batch_compare_identity(const struct batch *b, uint32_t i, uint32_t j);
/* The same, then by file name and line: the order of a sorted batch. */
int batch_compare(const struct batch *b, uint32_t i, uint32_t j);

/*
 * Where the calls of a sorted batch come from: its call `i` stands at place
 * list[i] now.  By as many threads as there are parts.  What is marked is put
 * into the lists of `marked`, one a part; if anything is, there is no index,
 * and NULL is returned.  Sets b->distinct.
 */
uint32_t *batch_index(struct batch *b, struct batch_list *marked, size_t parts);

/* What a batch has of each call, `size` bytes, those of a call at most. */
struct batch_column {
	char *list;
	size_t size;
};

enum { BATCH_COLUMNS = 2 + 1 + EXTRA_COUNT };

/* Calls go to their places. */
void batch_arrange(struct batch *b, const uint32_t *from, size_t threads);
/*
 * The same, if they are near; else false, and nothing is moved.  Takes up to
 * 7 MB a thread on the side.
 */
bool batch_slide(const struct batch_column *columns, size_t ncolumns,
    const uint32_t *from, size_t n, size_t threads);
/* The calls of a list, which is in order, go; the others keep their order. */
void batch_close_up(struct batch *b, const struct batch_list *holes,
    size_t threads);

#endif
