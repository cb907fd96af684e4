#include "io/sqldb_impl.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"

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

int
sqldb_fail(const struct sqldb *db, struct errmsg *err)
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
		return sqldb_fail(db, err);
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
		return sqldb_fail(db, err);
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
	status = status == SQLITE_DONE ? 0 : sqldb_fail(s->db, err);
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
