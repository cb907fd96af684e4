/*
 * beside: one piece of work that goes on while its owner does something else.
 *
 * For a long piece that nothing is asked of for a while.  What it reads must
 * not be changed meanwhile, and what it writes must not be looked at, until it
 * has ended; then all of it is there, errors, too, which its argument has.
 */
#ifndef LIB_BASE_BESIDE_H
#define LIB_BASE_BESIDE_H

#include <stddef.h>

struct beside;

/*
 * Begin work(arg).  It was done before this returns where `threads`, as for
 * pool_run(), are but one, or where none can be started.
 */
struct beside *beside_start(size_t threads, void (*work)(void *arg), void *arg);
/* Wait until it is done; NULL is fine. */
void beside_end(struct beside **bp);

#endif
