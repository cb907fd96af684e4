/*
 * pool: the same work for many things, on several threads.
 *
 * For work that comes in independent pieces, each with its own place for its
 * results; who does which piece is left to chance, so nothing may depend on
 * it.
 */
#ifndef LIB_BASE_POOL_H
#define LIB_BASE_POOL_H

#include <stddef.h>

/*
 * Call work(arg, i) once for each i below `n`, at most `threads` at a time (0:
 * as many as there are processors), and return when all are done.  With one
 * thread, or where no thread can be started, in order and by the caller.
 */
void pool_run(size_t threads, size_t n, void (*work)(void *arg, size_t i),
    void *arg);

/* How many threads that is at most; at least 1. */
size_t pool_threads(size_t threads);

/*
 * Into how many parts to cut `n` things, of which fewer than `least` are not
 * worth a thread: at least 1, and as many as there are threads at most.
 */
size_t pool_parts(size_t threads, size_t n, size_t least);
/* Where part `i` of `parts` begins; with `parts`, where the last one ends. */
size_t pool_cut(size_t n, size_t parts, size_t i);

#endif
