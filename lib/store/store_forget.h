/*
 * store_forget: an import undone.
 *
 * What a run, a source or a file brought goes out of the store, as if it had
 * never come, with the texts that no other call has: a record that another file
 * holds, too, stays, and is said to be from there.  The files are as unread, so they are read again where they
 * still are.  What was found in the calls, the next scoring puts right.
 */
#ifndef LIB_STORE_STORE_FORGET_H
#define LIB_STORE_STORE_FORGET_H

#include <stdint.h>

#include "base/buf.h"
#include "cdr/batch.h"
#include "store/store.h"

enum store_import { IMPORT_RUN, IMPORT_SOURCE, IMPORT_FILE };

/*
 * What `name` is: the id of a run, the name of a source, or the path of a
 * file as it was last read, or another path of it from here.  `*id` is the
 * number of the run or source, 0 of files, which may be several that had the
 * path in turn; `as` gets the name that the store has for it.  "run:",
 * "source:" or "file:" in front tells which is meant.  -1 with words when it is
 * none of them, with a name that it is like, or more than one.
 */
int store_forget_find(struct store *s, const char *name,
    enum store_import *what, int64_t *id, struct buf *as, struct errmsg *err);

/* What was done. */
struct store_forgotten {
	int64_t calls; /* that are gone */
	int64_t kept;  /* that another file, or another run's file, holds */
	int64_t files; /* that count as unread now */
};

/*
 * Forget it; `name` is `as` above.  After -1 the transaction must be
 * rolled back.
 */
int store_forget(struct store *s, enum store_import what, const char *name,
    int64_t id, struct store_forgotten *out, struct errmsg *err);

/*
 * The same of one file (store/store_files), which stays known and read: its
 * calls come again from it.
 */
int store_forget_read(struct store *s, int64_t file, struct errmsg *err);

/*
 * The same of what it does not hold any more, and of the events of its reading:
 * all but the calls of `b`, which is settled and about to be added, that are of
 * `number` of the batch's files.  How many went, or are another file's now, in
 * `*gone`.  Its calls stand as rows then.
 */
int store_forget_rest(struct store *s, int64_t file, const struct batch *b,
    uint32_t number, int64_t *gone, struct errmsg *err);

#endif
