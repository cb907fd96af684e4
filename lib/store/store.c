#include "store/store_impl.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "io/input.h"
#include "io/lockfile.h"

/*
 * The lock is a file of its own, because SQLite's locks come and go with each
 * transaction, and a run is longer than one.
 */
static int
take_lock(struct store *s, struct errmsg *err)
{
	struct buf path;
	int r;

	buf_init(&path);
	buf_addf(&path, "%s.lock", s->path);
	r = lockfile_take(&s->lock, path.data, 0, err);
	if (r > 0)
		(void)errmsg_prefix(err, "%s: another run holds the lock, ",
		    s->path);
	else if (r < 0)
		(void)errmsg_prefix(err, "%s: ", s->path);
	buf_fini(&path);
	return r;
}

int
store_open(struct store **sp, const char *path, enum store_mode mode,
    struct errmsg *err)
{
	struct store *s = xcalloc(1, sizeof(*s));
	int r = 0;

	s->path = xstrdup(path);
	s->lock = -1;
	if (path[0] == '\0')
		r = errmsg_set(err, "the store has no name");
	else if (input_is_directory(path))
		r = errmsg_set(err, "%s: is a directory, not a store", path);
	else if (mode == STORE_WRITE && strcmp(path, ":memory:") != 0)
		r = take_lock(s, err);
	if (r == 0)
		r = sqldb_open(&s->db, path,
		    mode == STORE_WRITE ? SQLDB_WRITE : SQLDB_READ,
		    store_migrations, store_nmigrations, err);
	/* All that a reader asks is answered from one moment. */
	if (r == 0 && mode == STORE_READ)
		r = sqldb_exec(s->db, "BEGIN", err);
	if (r != 0)
		store_close(&s);
	*sp = s;
	return r;
}

int
store_open_beside(struct store **sp, const struct store *of, struct errmsg *err)
{
	if (sqldb_side_by_side())
		return store_open(sp, of->path, STORE_READ, err);
	*sp = NULL;
	return errmsg_set(err, "%s: one thread at a time", of->path);
}

/*
 * Asking again and again needs neither signals nor a second process; a lock
 * that is free for less than a tenth of a second is not missed for long.
 */
int
store_open_wait(struct store **sp, const char *path, long seconds,
    struct errmsg *err)
{
	static const struct timespec pause = { 0, 100000000 };
	struct timespec now, until;
	int r;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	while ((r = store_open(sp, path, STORE_WRITE, err)) == 1) {
		(void)clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec > until.tv_sec ||
		    (now.tv_sec == until.tv_sec &&
			now.tv_nsec >= until.tv_nsec))
			break;
		(void)nanosleep(&pause, NULL);
	}
	return r;
}

void
store_close(struct store **sp)
{
	struct store *s = *sp;

	if (s == NULL)
		return;
	store_later_free(&s->later);
	store_standing_free(&s->standing);
	sqldb_close(&s->db);
	lockfile_drop(&s->lock);
	free(s->path);
	free(s);
	*sp = NULL;
}

int
store_begin(struct store *s, struct errmsg *err)
{
	return sqldb_begin(store_db(s), err);
}

int
store_commit(struct store *s, struct errmsg *err)
{
	return sqldb_commit(store_db(s), err);
}

void
store_rollback(struct store *s)
{
	store_later_drop(s->later);
	sqldb_rollback(s->db);
}

int
store_settle_deleted(struct store *s, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, "PRAGMA wal_checkpoint(TRUNCATE)",
		err) != 0)
		return -1;
	r = sqlstmt_step(q, err);
	/* Its answer is one row, which begins with whether it was kept off. */
	if (r == 1 && sqlstmt_get_int(q, 0) != 0)
		(void)errmsg_set(err, "%s: another program is reading it",
		    s->path);
	else if (r == 1)
		r = 0;
	sqlstmt_free(&q);
	return r;
}

void
store_set_threads(struct store *s, size_t threads)
{
	s->threads = threads;
}

size_t
store_threads(const struct store *s)
{
	return s->threads;
}

void
store_later(struct store *s, const struct store_job *job)
{
	if (pool_threads(s->threads) > 1) {
		if (s->later == NULL)
			s->later = store_later_new(s->db);
		store_later_add(s->later, job);
		return;
	}
	store_later_do(s->db, job);
}

void
store_hold(struct store *s)
{
	store_later_hold(s->later);
}

void
store_go_on(struct store *s)
{
	store_later_go_on(s->later);
}

struct sqldb *
store_db(struct store *s)
{
	store_later_finish(s->later);
	return s->db;
}

const char *
store_path(const struct store *s)
{
	return s->path;
}
