#include "io/sqldb.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"

enum {
	APPLICATION_ID = 0x43445247, /* "CDRG" */
	BUSY_MS = 5000,              /* wait so long for another writer */
};

static const char memory_path[] = ":memory:";

struct sqldb {
	char *path;
	sqlite3 *handle;
	char *refused; /* why all fails; NULL: nothing does */
};

struct sqlstmt {
	struct sqldb *db;
	sqlite3_stmt *handle;
};

/* SQLite's words for what people meet, in ours. */
static const char *
words_of(const struct sqldb *db)
{
	sqlite3 *handle = db->handle;
	int system = sqlite3_system_errno(handle);

	/* It is the last number of the system, which may be of another file. */
	if (system == ENOENT && access(db->path, F_OK) == 0)
		system = 0;

	switch (sqlite3_errcode(handle) & 0xff) {
	case SQLITE_NOTADB:
		return "is no database";
	case SQLITE_BUSY:
	case SQLITE_PROTOCOL: /* it has been at it for as long as we waited */
		return "another program is writing to it";
	case SQLITE_READONLY:
		return "it, or its folder, cannot be written";
	case SQLITE_CORRUPT:
		/* It tells a read that failed with EIO by this code, too. */
		return "is damaged, or its disk cannot be read";
	case SQLITE_CANTOPEN:
		return system != 0
			   ? strerror(system)
			   : "it, or a file beside it, cannot be opened";
	case SQLITE_IOERR:
		return system != 0 ? strerror(system) : sqlite3_errmsg(handle);
	default:
		return sqlite3_errmsg(handle);
	}
}

static int
fail(const struct sqldb *db, struct errmsg *err)
{
	return errmsg_set(err, "%s: %s", db->path, words_of(db));
}

void
sqldb_refuse(struct sqldb *db, const struct errmsg *why)
{
	free(db->refused);
	db->refused = xstrdup(why->text);
}

bool
sqldb_refuses(const struct sqldb *db)
{
	return db->refused != NULL;
}

int
sqldb_exec(struct sqldb *db, const char *sql, struct errmsg *err)
{
	if (db->refused != NULL)
		return errmsg_set(err, "%s", db->refused);
	if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return fail(db, err);
	return 0;
}

int
sqldb_begin(struct sqldb *db, struct errmsg *err)
{
	return sqldb_exec(db, "BEGIN IMMEDIATE", err);
}

int
sqldb_commit(struct sqldb *db, struct errmsg *err)
{
	return sqldb_exec(db, "COMMIT", err);
}

void
sqldb_rollback(struct sqldb *db)
{
	free(db->refused);
	db->refused = NULL;
	if (db->handle != NULL && sqlite3_get_autocommit(db->handle) == 0)
		(void)sqldb_exec(db, "ROLLBACK", NULL);
}

int64_t
sqldb_changes(const struct sqldb *db)
{
	return sqlite3_changes64(db->handle);
}

int64_t
sqldb_last_id(const struct sqldb *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int
sqldb_prepare(struct sqldb *db, struct sqlstmt **sp, const char *sql,
    struct errmsg *err)
{
	sqlite3_stmt *handle;

	if (db->refused != NULL)
		return errmsg_set(err, "%s", db->refused);
	if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
		&handle, NULL) != SQLITE_OK)
		return fail(db, err);
	*sp = xcalloc(1, sizeof(**sp));
	(*sp)->db = db;
	(*sp)->handle = handle;
	return 0;
}

void
sqlstmt_free(struct sqlstmt **sp)
{
	if (*sp == NULL)
		return;
	(void)sqlite3_finalize((*sp)->handle);
	free(*sp);
	*sp = NULL;
}

/* A parameter that is not there, or a statement in use, is our mistake. */
static void
bound(int status)
{
	assert(status == SQLITE_OK);
	(void)status;
}

void
sqlstmt_int(struct sqlstmt *s, int i, int64_t v)
{
	bound(sqlite3_bind_int64(s->handle, i, v));
}

void
sqlstmt_text(struct sqlstmt *s, int i, const char *text)
{
	bound(sqlite3_bind_text(s->handle, i, text, -1, SQLITE_STATIC));
}

void
sqlstmt_bytes(struct sqlstmt *s, int i, const void *p, size_t len)
{
	bound(sqlite3_bind_blob64(s->handle, i, len > 0 ? p : "", len,
	    SQLITE_STATIC));
}

void
sqlstmt_null(struct sqlstmt *s, int i)
{
	bound(sqlite3_bind_null(s->handle, i));
}

int
sqlstmt_step(struct sqlstmt *s, struct errmsg *err)
{
	int status;

	if (s->db->refused != NULL)
		return errmsg_set(err, "%s", s->db->refused);
	status = sqlite3_step(s->handle);
	if (status == SQLITE_ROW)
		return 1;
	status = status == SQLITE_DONE ? 0 : fail(s->db, err);
	sqlstmt_reset(s);
	return status;
}

int
sqlstmt_run(struct sqlstmt *s, struct errmsg *err)
{
	const int status = sqlstmt_step(s, err);

	assert(status != 1);
	return status;
}

void
sqlstmt_reset(struct sqlstmt *s)
{
	/* It repeats the error of the last step, which has been told. */
	(void)sqlite3_reset(s->handle);
}

int64_t
sqlstmt_get_int(struct sqlstmt *s, int i)
{
	return sqlite3_column_int64(s->handle, i);
}

const char *
sqlstmt_get_text(struct sqlstmt *s, int i)
{
	const unsigned char *text = sqlite3_column_text(s->handle, i);

	return text != NULL ? (const char *)text : "";
}

const void *
sqlstmt_get_bytes(struct sqlstmt *s, int i, size_t *len)
{
	const void *bytes = sqlite3_column_blob(s->handle, i);

	*len = (size_t)sqlite3_column_bytes(s->handle, i);
	return bytes != NULL ? bytes : "";
}

bool
sqlstmt_is_null(struct sqlstmt *s, int i)
{
	return sqlite3_column_type(s->handle, i) == SQLITE_NULL;
}

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
		return fail(db, err);
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
	if (query(db, "PRAGMA journal_mode = WAL", NULL, &is_wal, err) != 0)
		return -1;
	if (!is_wal)
		return errmsg_set(err,
		    "%s: cannot be kept safely here; use a local disk",
		    db->path);
	return sqldb_exec(db,
	    "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
	    "PRAGMA journal_size_limit = 0;",
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
	    check_identity(db, mode, (int64_t)n, err) != 0)
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
