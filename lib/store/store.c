#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "io/input.h"

struct store {
	struct sqldb *db;
	char *path;
	int lock; /* -1: a reader, or nothing to hold */
};

/*
 * Texts stand once, numbered from 1 without a gap; calls refer to them by
 * number, 0 for missing.  Calls are clustered by (start, source, key), so that
 * appending and reading a stretch of time need no second index; they are kept
 * as recorded, see cdr/call.h.  A body is one JSON object of detect/findjson;
 * the columns beside it are what is asked for without reading it.  Members are
 * the calls of a finding (store_findings_impl.h), NULL where nobody knows them.
 */
static const char *const migrations[] = {
	"CREATE TABLE meta ("
	"  name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE texts ("
	"  id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;"
	"CREATE TABLE runs ("
	"  id INTEGER PRIMARY KEY, name TEXT NOT NULL, body TEXT NOT NULL"
	") STRICT;"
	"CREATE TABLE calls ("
	"  start INTEGER NOT NULL, source INTEGER NOT NULL,"
	"  key INTEGER NOT NULL, ring INTEGER NOT NULL,"
	"  duration INTEGER NOT NULL, cost INTEGER, currency INTEGER NOT NULL,"
	"  src INTEGER NOT NULL, dst INTEGER NOT NULL,"
	"  forwarded_by INTEGER NOT NULL, dialled INTEGER NOT NULL,"
	"  account INTEGER NOT NULL, user INTEGER NOT NULL,"
	"  trunk_in INTEGER NOT NULL, trunk_out INTEGER NOT NULL,"
	"  direction INTEGER NOT NULL, status INTEGER NOT NULL,"
	"  feature INTEGER NOT NULL, flags INTEGER NOT NULL,"
	"  cause INTEGER NOT NULL, zone_kind INTEGER NOT NULL,"
	"  stated INTEGER NOT NULL,"
	"  call_id INTEGER NOT NULL, join_key INTEGER NOT NULL,"
	"  src_name INTEGER NOT NULL, service INTEGER NOT NULL,"
	"  clue_in INTEGER NOT NULL, file INTEGER NOT NULL,"
	"  line INTEGER NOT NULL, run INTEGER NOT NULL,"
	"  PRIMARY KEY (start, source, key)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE findings ("
	"  id TEXT PRIMARY KEY, case_id TEXT, state TEXT NOT NULL,"
	"  rule TEXT NOT NULL, score INTEGER NOT NULL,"
	"  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
	"  hash TEXT NOT NULL, run INTEGER NOT NULL, body TEXT NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE cases ("
	"  id TEXT PRIMARY KEY, state TEXT NOT NULL, score INTEGER NOT NULL,"
	"  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
	"  run INTEGER NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID;",

	"ALTER TABLE calls ADD COLUMN auth_code INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE calls ADD COLUMN event INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE calls ADD COLUMN quality INTEGER NOT NULL DEFAULT 0;",

	"ALTER TABLE findings ADD COLUMN members BLOB;",
};

enum { MIGRATIONS = sizeof(migrations) / sizeof(migrations[0]) };

/*
 * The lock is a file of its own, because SQLite's locks come and go with each
 * transaction, and a run is longer than one.  The kernel drops it with the
 * process, so nobody has to clean up after a kill.  The file is never removed:
 * two runs could then hold locks on two files of the same name.
 */
static int
take_lock(struct store *s, struct errmsg *err)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	struct buf path;
	int r = 0;

	buf_init(&path);
	buf_addf(&path, "%s.lock", s->path);
	s->lock = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->lock < 0) {
		r = errmsg_sys(err, errno, "%s: cannot open its lock %s",
		    s->path, path.data);
	} else if (fcntl(s->lock, F_SETLK, &whole) != 0) {
		if (errno == EACCES || errno == EAGAIN) {
			(void)errmsg_set(err, "%s: another run holds the lock",
			    s->path);
			r = 1;
		} else {
			r = errmsg_sys(err, errno, "%s: cannot lock",
			    path.data);
		}
	}
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
		    mode == STORE_WRITE ? SQLDB_WRITE : SQLDB_READ, migrations,
		    MIGRATIONS, err);
	/* All that a reader asks is answered from one moment. */
	if (r == 0 && mode == STORE_READ)
		r = sqldb_exec(s->db, "BEGIN", err);
	if (r != 0)
		store_close(&s);
	*sp = s;
	return r;
}

void
store_close(struct store **sp)
{
	struct store *s = *sp;

	if (s == NULL)
		return;
	sqldb_close(&s->db);
	if (s->lock >= 0)
		(void)close(s->lock);
	free(s->path);
	free(s);
	*sp = NULL;
}

int
store_begin(struct store *s, struct errmsg *err)
{
	return sqldb_begin(s->db, err);
}

int
store_commit(struct store *s, struct errmsg *err)
{
	return sqldb_commit(s->db, err);
}

void
store_rollback(struct store *s)
{
	sqldb_rollback(s->db);
}

int
store_get(struct store *s, const char *name, struct buf *value,
    struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(s->db, &q, "SELECT value FROM meta WHERE name = ?",
		err) != 0)
		return -1;
	sqlstmt_text(q, 1, name);
	r = sqlstmt_step(q, err);
	if (r == 1) {
		buf_reset(value);
		buf_addstr(value, sqlstmt_get_text(q, 0));
	}
	sqlstmt_free(&q);
	return r;
}

int
store_set(struct store *s, const char *name, const char *value,
    struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(s->db, &q,
		"INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)",
		err) != 0)
		return -1;
	sqlstmt_text(q, 1, name);
	sqlstmt_text(q, 2, value);
	r = sqlstmt_run(q, err);
	sqlstmt_free(&q);
	return r;
}

struct sqldb *
store_db(struct store *s)
{
	return s->db;
}

const char *
store_path(const struct store *s)
{
	return s->path;
}
