/*
 * store_calls: calls as recorded, into the store and out of it.
 *
 * A record that the store has already, by (source, start, key), is not added
 * again, so reading a file twice, rotated, gzipped or in two halves adds
 * nothing; that a further file has it is noted.  What comes out equals what went in, in every member that a call
 * as recorded has (cdr/call.h); sources, currencies and files by their text.
 */
#ifndef LIB_STORE_STORE_CALLS_H
#define LIB_STORE_STORE_CALLS_H

#include <stdint.h>

#include "cdr/batch.h"
#include "store/store.h"

/*
 * Add the calls of `b`, in any order; sorted ones go in fastest.  Those that
 * the store has get CALL_DUPLICATE; `*added` counts the others, which are
 * kept as brought by `run`.  `seen` has for each of the batch's files its
 * number in store/store_files; NULL: none has one.  Calls before the horizon
 * count as there.  After -1 the transaction must be rolled back.
 */
int store_calls_add(struct store *s, struct batch *b, const int64_t *seen,
    int64_t run, int64_t *added, struct errmsg *err);

/* 1 if it has any, 0 if none; -1 with words. */
int store_calls_any(struct store *s, struct errmsg *err);

/*
 * Append the calls with start in [from, to) to `b`, which has then to be
 * sorted; those that `run` brought have CALL_ADDED.  Sources are added by name
 * alone: the caller settles their sites, zones and calendars.  -1 with words,
 * also for what no call can be: the file may be damaged, or made by somebody.
 */
int store_calls_load(struct store *s, int64_t from, int64_t to, int64_t run,
    struct batch *b, struct errmsg *err);

/*
 * Delete the calls that began before `start`, which is the horizon then, with
 * the texts that no other call has; how many in `*gone`.  After -1 the
 * transaction must be rolled back.
 */
int store_calls_prune(struct store *s, int64_t start, int64_t *gone,
    struct errmsg *err);

/*
 * How the start of a call, whose stamp has no zone, becomes another one;
 * `*clock` (struct origin) as well.
 */
struct store_mover {
	int64_t (*move)(void *ctx, int64_t start, uint8_t *clock);
	void *ctx;
};

/*
 * Move the calls of a source whose stamps have no zone; how many have another
 * start in `*moved`.  After -1 the transaction must be rolled back.
 */
int store_calls_move(struct store *s, const char *source,
    const struct store_mover *how, int64_t *moved, struct errmsg *err);

#endif
