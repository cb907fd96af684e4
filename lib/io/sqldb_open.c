/* sqldb_open: a file is opened, and brought to the version of the program. */
#include "io/sqldb_impl.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"

enum {
	APPLICATION_ID = 0x43445247, /* "CDRG" */
	BUSY_MS = 5000,              /* wait so long for another writer */
};

static const char memory_path[] = ":memory:";

/* The first column of the one row that a query gives. */
static int
query(struct sqldb *db, const char *sql, int64_t *number, bool *is_wal,
    struct errmsg *err)
{
	struct sqlstmt *s = NULL;
	const char *text;
	int status;

	if (sqldb_prepare(db, &s, sql, err) != 0)
		return -1;
	status = sqlstmt_step(s, err);
	if (status == 1 && number != NULL)
		*number = sqlstmt_get_int(s, 0);
	if (status == 1 && is_wal != NULL) {
		text = sqlstmt_get_text(s, 0);
		*is_wal =
		    strcmp(text, "wal") == 0 || strcmp(text, "memory") == 0;
	}
	sqlstmt_free(&s);
	return status == 1 ? 0 : -1;
}

/*
 * Make the file before SQLite does, so that nobody else can ever read it; a
 * file that exists keeps its mode.
 */
static int
create(const char *path, struct errmsg *err)
{
	int fd;

	if (strcmp(path, memory_path) == 0)
		return 0;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno == EEXIST ? 0 : errmsg_sys(err, errno, "%s", path);
	return close(fd) == 0 ? 0 : errmsg_sys(err, errno, "%s", path);
}

static int
connect_file(struct sqldb *db, enum sqldb_mode mode, struct errmsg *err)
{
	/* One thread at a time: a lock for each value takes time for nothing. */
	const int flags =
	    SQLITE_OPEN_NOMUTEX |
	    (mode == SQLDB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);

	if (sqlite3_open_v2(db->path, &db->handle, flags, NULL) != SQLITE_OK)
		return sqldb_fail(db, err);
	/* SQLite is content with less than it was asked for. */
	if (mode == SQLDB_WRITE && sqlite3_db_readonly(db->handle, "main") == 1)
		return errmsg_set(err, "%s: cannot be written", db->path);
	(void)sqlite3_busy_timeout(db->handle, BUSY_MS);
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0,
	    NULL);
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	return sqldb_exec(db,
	    "PRAGMA cell_size_check = ON;"
	    "PRAGMA temp_store = MEMORY;"
	    "PRAGMA foreign_keys = ON;",
	    err);
}

/* Is it ours, and of a version that this program knows? */
static int
check_identity(struct sqldb *db, enum sqldb_mode mode, int64_t known,
    struct errmsg *err)
{
	int64_t id, version, things;

	if (query(db, "PRAGMA application_id", &id, NULL, err) != 0 ||
	    query(db, "PRAGMA user_version", &version, NULL, err) != 0 ||
	    query(db, "SELECT count(*) FROM sqlite_schema", &things, NULL,
		err) != 0)
		return -1;
	if (id == 0 && version == 0 && things == 0)
		return mode == SQLDB_WRITE
			   ? 0
			   : errmsg_set(err, "%s: nothing is in it yet",
				 db->path);
	if (id != APPLICATION_ID)
		return errmsg_set(err, "%s: is no database of cdrguard",
		    db->path);
	if (version > known)
		return errmsg_set(err,
		    "%s: written by a newer cdrguard (schema %d, this one "
		    "knows %d)",
		    db->path, (int)version, (int)known);
	if (version < known && mode == SQLDB_READ)
		return errmsg_set(err,
		    "%s: written by an older cdrguard (schema %d, this one "
		    "reads %d); the next scan into it brings it up to date",
		    db->path, (int)version, (int)known);
	return 0;
}

static int64_t
file_size(const char *path)
{
	struct stat st;

	return path != NULL && stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

/*
 * SQLite sees that whole pages are missing at the end, but takes the rest of
 * one for zeros.  While there is a log, it is being copied into the file, or
 * will be; once there is none, it has been.  A file that grows is being made.
 */
static int
check_end(struct sqldb *db, struct errmsg *err)
{
	const char *path = sqlite3_db_filename(db->handle, "main");
	const int64_t size = file_size(path);
	int64_t page;

	if (query(db, "PRAGMA page_size", &page, NULL, err) != 0)
		return -1;
	if (size % page == 0 || file_size(sqlite3_filename_wal(path)) > 0 ||
	    file_size(path) != size)
		return 0;
	return errmsg_set(err, "%s: its last page is cut off", db->path);
}

/*
 * Much of what a store has are texts and blobs that are longer than a page: of
 * larger ones fewer are read and written one by one.  A file that has pages
 * keeps their size.
 */
static const char larger_pages[] = "PRAGMA page_size = 16384";

/*
 * PATH-wal and PATH-shm stay when the last one closes: who may only read could
 * not make them, and cannot read without; who may write would own them.
 */
static int
prepare_writing(struct sqldb *db, struct errmsg *err)
{
	bool is_wal = false;
	int stay = 1;

	(void)sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_PERSIST_WAL,
	    &stay);
	if (sqldb_exec(db, larger_pages, err) != 0 ||
	    query(db, "PRAGMA journal_mode = WAL", NULL, &is_wal, err) != 0)
		return -1;
	if (!is_wal)
		return errmsg_set(err,
		    "%s: cannot be kept safely here; use a local disk",
		    db->path);
	/* The log is copied when the file is closed, and nobody waits for it. */
	return sqldb_exec(db,
	    "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
	    "PRAGMA journal_size_limit = 0; PRAGMA wal_autocheckpoint = 0;",
	    err);
}

/* What is missing after `version`. */
static int
run_migrations(struct sqldb *db, const char *const *migrations, int64_t n,
    int64_t version, struct errmsg *err)
{
	char pragmas[128];

	for (; version < n; version++)
		if (sqldb_exec(db, migrations[version], err) != 0)
			return -1;
	(void)snprintf(pragmas, sizeof(pragmas),
	    "PRAGMA application_id = %d; PRAGMA user_version = %d;",
	    APPLICATION_ID, (int)n);
	return sqldb_exec(db, pragmas, err);
}

/* At once, so that nobody ever reads what is neither old nor new. */
static int
migrate(struct sqldb *db, const char *const *migrations, size_t n,
    struct errmsg *err)
{
	int64_t version;

	if (query(db, "PRAGMA user_version", &version, NULL, err) != 0)
		return -1;
	if (version >= (int64_t)n)
		return 0;
	if (sqldb_begin(db, err) != 0)
		return -1;
	/* Another writer may have been faster. */
	if (query(db, "PRAGMA user_version", &version, NULL, err) == 0 &&
	    (version >= (int64_t)n || run_migrations(db, migrations, (int64_t)n,
					  version, err) == 0) &&
	    sqldb_commit(db, err) == 0)
		return 0;
	sqldb_rollback(db);
	return -1;
}

bool
sqldb_side_by_side(void)
{
	return sqlite3_threadsafe() != 0;
}

int
sqldb_open(struct sqldb **dbp, const char *path, enum sqldb_mode mode,
    const char *const *migrations, size_t n, struct errmsg *err)
{
	struct sqldb *db;

	if (mode == SQLDB_WRITE && create(path, err) != 0)
		return -1;
	db = xcalloc(1, sizeof(*db));
	db->path = xstrdup(path);
	*dbp = db;
	if (connect_file(db, mode, err) != 0 ||
	    check_identity(db, mode, (int64_t)n, err) != 0 ||
	    check_end(db, err) != 0)
		goto out;
	if (mode == SQLDB_WRITE && (prepare_writing(db, err) != 0 ||
				       migrate(db, migrations, n, err) != 0))
		goto out;
	return 0;
out:
	sqldb_close(dbp);
	return -1;
}

/*
 * Whoever closes last copies the log into the file, and readers must wait for
 * that; what was copied before, while they could read, keeps them no more.
 */
static void
copy_log(struct sqldb *db)
{
	if (sqlite3_db_readonly(db->handle, "main") == 0)
		(void)sqlite3_wal_checkpoint_v2(db->handle, "main",
		    SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

void
sqldb_close(struct sqldb **dbp)
{
	struct sqldb *db = *dbp;
	int status;

	if (db == NULL)
		return;
	sqldb_rollback(db);
	if (db->handle != NULL)
		copy_log(db);
	status = sqlite3_close(db->handle);
	assert(status == SQLITE_OK);
	(void)status;
	free(db->path);
	free(db);
	*dbp = NULL;
}
