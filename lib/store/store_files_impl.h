/*
 * store_files_impl: what the sources of store_files share.
 *
 *   store_files.c       which file is which
 *   store_files_seam.c  where reading it ended
 */
#ifndef LIB_STORE_STORE_FILES_IMPL_H
#define LIB_STORE_STORE_FILES_IMPL_H

#include "store/store_files.h"

/* The number that the file has; 0: it was never seen. */
int store_files_find(struct store *s, const struct store_file *f, int64_t *id,
    struct errmsg *err);

/*
 * Note where reading the file with number `id` ended.  `mixed`: the store has
 * records of it that it may not have.
 */
int store_files_put_seam(struct store *s, const struct store_file *f,
    int64_t id, bool mixed, struct errmsg *err);

#endif
