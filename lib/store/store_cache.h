/*
 * store_cache: what a run leaves so that the next one has less to do.
 *
 * Bytes by name, in the transaction of the run that leaves them.  They count
 * for nothing with other terms than they were left under, such as another run,
 * nor when any bit of them is another one; who deletes all of the table makes
 * the next run slower, and changes nothing else.
 */
#ifndef LIB_STORE_STORE_CACHE_H
#define LIB_STORE_STORE_CACHE_H

#include "base/buf.h"
#include "store/store.h"

/* What is large is put last: where others stand, all that is there is read. */
int store_cache_put(struct store *s, const char *name, const char *terms,
    const struct buf *body, struct errmsg *err);
/*
 * These alone from then on, in their order.  It is done while the user of the
 * store goes on (store_later()), so the list, and what is in it, must stay as
 * they are until the store is asked something else.
 */
struct store_cached {
	const char *name;
	const struct buf *body;
};
int store_cache_replace(struct store *s, const char *terms,
    const struct store_cached *list, size_t n, struct errmsg *err);
/*
 * All that stands under these terms, by name: to look for one of them takes
 * SQLite as long as to read many.  What is handed over is there until `take`
 * returns.
 */
int store_cache_each(struct store *s, const char *terms,
    void (*take)(void *arg, const char *name, const void *bytes, size_t len),
    void *arg, struct errmsg *err);
/* Everything goes. */
int store_cache_clear(struct store *s, struct errmsg *err);

#endif
