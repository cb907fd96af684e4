/*
 * store_calls: calls as recorded, into the store and out of it.
 *
 * Many at once that are all new stand packed, the others each as a row; who
 * asks here sees no difference.
 *
 * A record that the store has already, by (source, start, key), is not added
 * again, so reading a file twice, rotated, gzipped or in two halves adds
 * nothing; that a further file has it is noted.  What comes out equals what
 * went in, in every member that a call as recorded has (cdr/call.h); sources,
 * currencies and files by their text.
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
/* The same of one source. */
int store_calls_any_of(struct store *s, const char *source, struct errmsg *err);

/*
 * Append the calls with start in [from, to) to `b`, which has then to be
 * sorted; those that `run` brought have CALL_ADDED.  Sources are added by name
 * alone: the caller settles their sites, zones and calendars.  -1 with words,
 * also for what no call can be: the file may be damaged, or made by somebody.
 */
int store_calls_load(struct store *s, int64_t from, int64_t to, int64_t run,
    struct batch *b, struct errmsg *err);
/* The same without the calls that `run` brought. */
int store_calls_load_earlier(struct store *s, int64_t from, int64_t to,
    int64_t run, struct batch *b, struct errmsg *err);

/*
 * Whether any call as recorded has a text that fits the glob (fnmatch): a
 * number, a name, a source.  1 if so, 0, -1 with words.
 */
int store_calls_mention(struct store *s, const char *glob, struct errmsg *err);

/*
 * Delete the calls that began before `start`, which is the horizon then, with
 * the texts that no other call has; how many in `*gone`.  After -1 the
 * transaction must be rolled back.
 */
int store_calls_prune(struct store *s, int64_t start, int64_t *gone,
    struct errmsg *err);
/* Calls were deleted otherwise: the same to texts that none has any more. */
int store_calls_free_texts(struct store *s, struct errmsg *err);

/*
 * For the modules of the store: records that stand packed, which SQL on the
 * table `calls` does not see.  Whether there is one, and the file that brought
 * it: 1, 0, -1 with words.  Fastest in the order of their starts.
 */
struct store_blocks;
int store_packed_open(struct store_blocks **kp, struct store *s,
    struct errmsg *err);
void store_packed_close(struct store_blocks **kp);
int store_packed_find(struct store_blocks *k, const char *source, int64_t start,
    uint64_t key, int64_t *file, struct errmsg *err);

/*
 * Have calls as rows of the table `calls`, where SQL can change them: all that
 * meet a condition on `source`, `seen` and `run`, and some others; ?1 is `id`,
 * ?2 `name` (store/store.c tells of the tables).
 */
int store_calls_unpack(struct store *s, const char *where, int64_t id,
    const char *name, struct errmsg *err);

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
