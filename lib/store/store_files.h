/*
 * store_files: the files that a store's calls came from.
 *
 * A file is known again by its bytes (io/fileprint), not by its name: a log
 * that was appended to, or renamed when it was rotated, stays one file; one
 * that was emptied and begun anew, compressed, or copied beside itself, is
 * another.  That a file need not be read again, because it was read whole and
 * nothing of it changed, or only behind the seam where reading ended, because
 * every byte before it is as it was, is all that follows; which records are
 * new, their keys decide.
 */
#ifndef LIB_STORE_STORE_FILES_H
#define LIB_STORE_STORE_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "cdr/ingest.h"
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
	/*
	 * What store_files_past() said of it; NULL: it was not asked.  If it
	 * was not `resumed` by that, it may be another file by now.
	 */
	const struct store_past *past;
	bool resumed;
	const struct ingest_seam *seam; /* where reading ended; NULL: none */
	const char *prefix;             /* hash of all bytes before that */
};

/* What is known of a file that is to be read again. */
struct store_past {
	int64_t id; /* 0: it was never seen */
	/*
	 * All records that the store has of it, it still has; so they tell how
	 * often a record stands in it.
	 */
	bool grew;
	bool resume; /* reading may go on at: */
	struct ingest_seam seam;
};

/*
 * The files that a store knows, for whoever asks after many: what that takes
 * does not grow with how many there are.  Freed before the store is closed.
 */
struct store_files;

struct store_files *store_files_new(struct store *s);
void store_files_free(struct store_files **kp);

/*
 * Whether such a file, wherever it was then, was read whole, with all its
 * members: 1 or 0; -1 with words.  `whole` and `member` do not matter.
 */
int store_files_known(struct store_files *k, const struct store_file *f,
    struct errmsg *err);
/*
 * A known file is at this path now, unless it is a copy of one that still is
 * where it was.
 */
int store_files_moved(struct store_files *k, const struct store_file *f,
    struct errmsg *err);

/* `run` gets the bytes before the seam.  0; -1 with words. */
int store_files_past(struct store_files *k, const struct store_file *f,
    struct fileprint_run *run, struct store_past *past, struct errmsg *err);

/*
 * How often the store has a record of a file, told by its start and by its
 * key before equal ones are counted.
 */
struct store_equal;

/* `source` outlives it. */
int store_equal_open(struct store_equal **ep, struct store *s,
    const char *source, int64_t file, struct errmsg *err);
void store_equal_close(struct store_equal **ep);
int store_equal_count(struct store_equal *e, int64_t start, uint64_t key,
    uint64_t *n, struct errmsg *err);

/*
 * Note the file; `*id` is its number, that of the file it was, if the store
 * has seen it before.  After -1 the transaction must be rolled back.
 */
int store_files_put(struct store_files *k, const struct store_file *f,
    int64_t run, int64_t *id, struct errmsg *err);

#endif
