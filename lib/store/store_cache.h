/*
 * store_cache: what a run leaves so that the next one has less to do.
 *
 * Bytes by name, in the transaction of the run that leaves them.  They count
 * for nothing with other terms than they were left under, such as another run,
 * nor when any bit of them is another one; who deletes all of the table makes
 * the next run slower, and changes nothing else.
 *
 * They stand in parts of one size, so that those of the next run are written
 * over them, page by page: what is deleted is overwritten, too (io/sqldb.h), and
 * would be written twice.  A part that is the same as the one that was read
 * there, by its hash, is not written.  So what grows or changes should do so at
 * its end.  The list of a name, sealed with the terms, has the hashes of all of
 * its parts: a name of which a part is missing, or is another one, counts for
 * nothing.
 */
#ifndef LIB_STORE_STORE_CACHE_H
#define LIB_STORE_STORE_CACHE_H

#include "base/buf.h"
#include "store/store.h"

int store_cache_put(struct store *s, const char *name, const char *terms,
    const struct buf *body, struct errmsg *err);
/*
 * The same of a list, while the user of the store goes on (store_later()): the
 * list, and what is in it, must stay as they are until the store is asked
 * something else.
 */
struct store_cached {
	const char *name;
	const struct buf *body;
};
int store_cache_put_later(struct store *s, const char *terms,
    const struct store_cached *list, size_t n, struct errmsg *err);
/*
 * All that stands there, to be taken once the terms are known.  A zeroed one is
 * empty; after an error, too, it is to be ended.
 */
struct store_entries {
	struct store_entry *list;
	size_t n, cap;
};
int store_cache_read(struct store *s, struct store_entries *all,
    struct errmsg *err);
/*
 * What stands under these terms, by name.  `take` may keep the memory of a
 * body, and leave another buf in its place.  What is then put through `s` is
 * compared with it: nothing may have been put since it was read, by `s` or by
 * another one.
 */
void store_entries_take(struct store_entries *all, struct store *s,
    const char *terms,
    void (*take)(void *arg, const char *name, struct buf *body), void *arg);
void store_entries_fini(struct store_entries *all);
/* Everything goes that does not stand under these terms; NULL: all. */
int store_cache_clear(struct store *s, const char *terms, struct errmsg *err);

#endif
