/*
 * sqldb: one SQLite database: open, migrate, transact, bind, read (SQLite).
 *
 * Thin on purpose: the store modules say what SQL runs; this says how errors
 * become words ("PATH: ...") and how a file is opened.  Opened files get WAL,
 * foreign keys, secure_delete, mode 0600, application_id "CDRG" and the schema
 * version in user_version, new ones pages of 16 KiB.  Refused are a newer
 * version, a file of something else, and one whose last page is cut off, which
 * SQLite would take for zeros.  PATH-wal and PATH-shm stay beside PATH, so that
 * it can be read by somebody who may not write.  What a file says is not
 * trusted: its schema may not call functions with side effects, and temporary
 * data stay in memory.
 *
 * Use by one thread at a time.
 */
#ifndef LIB_IO_SQLDB_H
#define LIB_IO_SQLDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"

struct sqldb;
struct sqlstmt;

enum sqldb_mode { SQLDB_READ, SQLDB_WRITE /* made if missing */ };

/*
 * Whether two databases, also of the same file, may be used at the same time,
 * each by a thread of its own: SQLite may have been built so that not.
 */
bool sqldb_side_by_side(void);

/*
 * `migrations` is an array of `n` SQL scripts: script i leads from version i
 * to i + 1.  A writer runs what is missing, in one transaction; a reader refuses
 * an older file.  ":memory:" is a database that is gone at the end.
 */
int sqldb_open(struct sqldb **dbp, const char *path, enum sqldb_mode mode,
    const char *const *migrations, size_t n, struct errmsg *err);
/* All statements must have been freed. */
void sqldb_close(struct sqldb **dbp);

int sqldb_exec(struct sqldb *db, const char *sql, struct errmsg *err);
int sqldb_begin(struct sqldb *db, struct errmsg *err); /* IMMEDIATE */
int sqldb_commit(struct sqldb *db, struct errmsg *err);
void sqldb_rollback(struct sqldb *db); /* nothing outside a transaction */
/*
 * From now on all that is asked fails with these words, until the rollback.
 * For a failure that whoever goes on has not been told of: SQLite may have
 * ended the transaction, and what came then would stay.
 */
void sqldb_refuse(struct sqldb *db, const struct errmsg *why);
bool sqldb_refuses(const struct sqldb *db);
int64_t sqldb_changes(const struct sqldb *db);
int64_t sqldb_last_id(const struct sqldb *db);

int sqldb_prepare(struct sqldb *db, struct sqlstmt **sp, const char *sql,
    struct errmsg *err);
void sqlstmt_free(struct sqlstmt **sp);

/* Bind parameter `i`, from 1; text and bytes must live until the step. */
void sqlstmt_int(struct sqlstmt *s, int i, int64_t v);
void sqlstmt_text(struct sqlstmt *s, int i, const char *text); /* NULL: null */
void sqlstmt_bytes(struct sqlstmt *s, int i, const void *p, size_t len);
void sqlstmt_null(struct sqlstmt *s, int i);

/* 1 a row, 0 done, -1 with words.  After 0 or -1 it is reset by itself. */
int sqlstmt_step(struct sqlstmt *s, struct errmsg *err);
/* Step once, expecting no row: 0 or -1. */
int sqlstmt_run(struct sqlstmt *s, struct errmsg *err);
void sqlstmt_reset(struct sqlstmt *s);

/* Column `i` of the row, from 0; text valid until the next step. */
int64_t sqlstmt_get_int(struct sqlstmt *s, int i);
const char *sqlstmt_get_text(struct sqlstmt *s, int i); /* never NULL */
/* never NULL */
const void *sqlstmt_get_bytes(struct sqlstmt *s, int i, size_t *len);
bool sqlstmt_is_null(struct sqlstmt *s, int i);

#endif
