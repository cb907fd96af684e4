/*
 * store: the SQLite file in which a site's calls, findings and runs stay.
 *
 * One writer at a time, held by an advisory lock on PATH.lock, which stays
 * beside the store; readers are never in the way.  A run's changes are one
 * transaction: whatever ends the program, kill -9 or a power cut, leaves the
 * store as before the run or as after it.  The schema only moves forward
 * (store.c, migrations).
 */
#ifndef LIB_STORE_STORE_H
#define LIB_STORE_STORE_H

#include "base/buf.h"
#include "base/errmsg.h"
#include "io/sqldb.h"

struct store;

enum store_mode { STORE_READ, STORE_WRITE /* made if missing */ };

/*
 * 0; 1 when another process has it open for writing (words say so); -1 with
 * words.  A reader sees the store as it is at the first question, whatever a
 * writer does then.  The path ":memory:" is a store that is gone at the end
 * and that nobody else can hold.
 */
int store_open(struct store **sp, const char *path, enum store_mode mode,
    struct errmsg *err);
/*
 * The same for writing, but wait up to `seconds` for who has it open; signals
 * end the wait as they end the program.
 */
int store_open_wait(struct store **sp, const char *path, long seconds,
    struct errmsg *err);
/*
 * A reader of what was committed to the same store, for another thread: both
 * may be used at the same time.  Close it before the other one.  -1 also where
 * that cannot be, and the other one has to be asked.
 */
int store_open_beside(struct store **sp, const struct store *of,
    struct errmsg *err);
/* What was begun and not committed is undone. */
void store_close(struct store **sp);

/*
 * From begin to commit, all changes of the store modules are one.  Rollback
 * is right at any time, also after a commit that failed.
 */
int store_begin(struct store *s, struct errmsg *err);
int store_commit(struct store *s, struct errmsg *err);
void store_rollback(struct store *s);

/*
 * What a store remembers by name: its first guesses (home_country, zone), the
 * last rule set.  1 and the value, 0 if there is none, -1 with words.
 */
int store_get(struct store *s, const char *name, struct buf *value,
    struct errmsg *err);
int store_set(struct store *s, const char *name, const char *value,
    struct errmsg *err);
int store_unset(struct store *s, const char *name, struct errmsg *err);

/*
 * Calls that began earlier were deleted, and must not come again; INT64_MIN
 * as long as nothing was.
 */
int store_horizon(struct store *s, int64_t *start, struct errmsg *err);
int store_set_horizon(struct store *s, int64_t start, struct errmsg *err);
/*
 * After a commit: what was deleted is in no file beside the store any more,
 * either.  1 with words when a reader is in the way; then the next run does
 * it, as it does after a failure.
 */
int store_settle_deleted(struct store *s, struct errmsg *err);

/* How many threads it may work on, as for pool_run(); to begin with 0. */
void store_set_threads(struct store *s, size_t threads);

/* For the modules of the store alone. */
size_t store_threads(const struct store *s);

/*
 * Something that is put into the store while its user goes on, after all that
 * was before.  If it fails, all that the store is asked fails from then on,
 * with its words, until the transaction is rolled back.  The store alone may
 * not be used in there: the statements are the job's.
 */
struct store_job {
	int (*run)(void *arg, struct errmsg *err);
	void (*drop)(void *arg); /* always, after it was run or not */
	void *arg;
	size_t bytes; /* that wait with it */
};
/* Done before it returns where the store may use but one thread. */
void store_later(struct store *s, const struct store_job *job);
/* No job is at work between them; not nested, nor around anything else here. */
void store_hold(struct store *s);
void store_go_on(struct store *s);
/* When all of these are done. */
struct sqldb *store_db(struct store *s);
const char *store_path(const struct store *s);

#endif
