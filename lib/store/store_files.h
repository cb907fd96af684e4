/*
 * store_files: the files that a store's calls came from.
 *
 * A file is known again by its bytes (io/fileprint), not by its name: a log
 * that was appended to, or renamed when it was rotated, stays one file; one
 * that was emptied and begun anew, compressed, or copied beside itself, is
 * another.  That a file
 * need not be read again, because it was read whole and nothing of it
 * changed, is all that follows; which records are new, their keys decide.
 */
#ifndef LIB_STORE_STORE_FILES_H
#define LIB_STORE_STORE_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "io/fileprint.h"
#include "store/store.h"

struct store_file {
	const char *path;   /* on disk */
	const char *member; /* ":name" of a member of an archive, else "" */
	const char *source; /* name of the source it was read for */
	/*
	 * Fingerprint of all that decides how it is read; another one means
	 * that it has to be read again.
	 */
	const char *reading;
	const struct fileprint *print; /* NULL: none, a pipe */
	bool whole; /* read to its end, and nothing of it was left */
};

/*
 * Whether such a file, wherever it was then, was read whole, with all its
 * members: 1 or 0; -1 with words.  `whole` and `member` do not matter.
 */
int store_files_known(struct store *s, const struct store_file *f,
    struct errmsg *err);
/*
 * A known file is at this path now, unless it is a copy of one that still is
 * where it was.
 */
int store_files_moved(struct store *s, const struct store_file *f,
    struct errmsg *err);

/*
 * Note the file; `*id` is its number, that of the file it was, if the store
 * has seen it before.  After -1 the transaction must be rolled back.
 */
int store_files_put(struct store *s, const struct store_file *f, int64_t run,
    int64_t *id, struct errmsg *err);

#endif
