#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/sqldb.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static const char *const migrations[] = {
	"CREATE TABLE calls (id INTEGER PRIMARY KEY, src TEXT, raw BLOB) "
	"STRICT;",
	"ALTER TABLE calls ADD COLUMN cost INTEGER;"
	"INSERT INTO calls (id, src, cost) VALUES (1, 'old', 5);",
	"CREATE INDEX by_src ON calls (src);",
};

struct place {
	char dir[32];
	char path[64];
};

static int
set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return -1;
	(void)strcpy(p->dir, "/tmp/test_sqldb.XXXXXX");
	if (mkdtemp(p->dir) == NULL)
		return -1;
	(void)snprintf(p->path, sizeof(p->path), "%s/night.db", p->dir);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
	struct place *p = *state;
	char path[80];
	size_t i;

	for (i = 0; i < LENGTH(tails); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", p->path, tails[i]);
		(void)unlink(path);
	}
	(void)rmdir(p->dir);
	free(p);
	return 0;
}

static struct sqldb *
open_db(const struct place *p, enum sqldb_mode mode, size_t n)
{
	struct sqldb *db = NULL;
	struct errmsg err;

	if (sqldb_open(&db, p->path, mode, migrations, n, &err) != 0)
		fail_msg("%s", err.text);
	return db;
}

/* Opening fails, with these words behind the path. */
static void
check_refused(const struct place *p, enum sqldb_mode mode, size_t n,
    const char *words)
{
	struct sqldb *db = NULL;
	struct errmsg err;
	char wanted[256];

	assert_int_equal(sqldb_open(&db, p->path, mode, migrations, n, &err),
	    -1);
	assert_null(db);
	(void)snprintf(wanted, sizeof(wanted), "%s: %s", p->path, words);
	assert_string_equal(err.text, wanted);
}

static int64_t
number(struct sqldb *db, const char *sql)
{
	struct sqlstmt *s;
	struct errmsg err;
	int64_t v;

	assert_int_equal(sqldb_prepare(db, &s, sql, &err), 0);
	assert_int_equal(sqlstmt_step(s, &err), 1);
	v = sqlstmt_get_int(s, 0);
	sqlstmt_free(&s);
	return v;
}

static void
make_file(const struct place *p, const char *bytes)
{
	FILE *f = fopen(p->path, "w");

	assert_non_null(f);
	assert_true(fputs(bytes, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
test_create(void **state)
{
	const struct place *p = *state;
	const mode_t mask = umask(0);
	struct sqldb *db;
	struct stat st;
	char wal[80];

	db = open_db(p, SQLDB_WRITE, 3);
	assert_int_equal(number(db, "PRAGMA user_version"), 3);
	assert_int_equal(number(db, "PRAGMA application_id"), 0x43445247);
	assert_int_equal(number(db, "PRAGMA foreign_keys"), 1);
	assert_int_equal(number(db, "PRAGMA secure_delete"), 1);
	assert_int_equal(number(db, "PRAGMA trusted_schema"), 0);
	assert_int_equal(number(db, "SELECT cost FROM calls"), 5);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	(void)snprintf(wal, sizeof(wal), "%s-wal", p->path);
	assert_int_equal(stat(wal, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	sqldb_close(&db);
	assert_null(db);
	sqldb_close(&db);
	(void)umask(mask);
}

/* A new file has large pages; what has others is used as it is. */
static void
test_page_size(void **state)
{
	const struct place *p = *state;
	struct sqldb *db = open_db(p, SQLDB_WRITE, 3);

	assert_int_equal(number(db, "PRAGMA page_size"), 16384);
	assert_int_equal(sqldb_exec(db,
			     "PRAGMA journal_mode = DELETE;"
			     "PRAGMA page_size = 4096; VACUUM",
			     NULL),
	    0);
	sqldb_close(&db);
	db = open_db(p, SQLDB_WRITE, 3);
	assert_int_equal(sqldb_exec(db, "VACUUM", NULL), 0);
	assert_int_equal(number(db, "PRAGMA page_size"), 4096);
	assert_int_equal(number(db, "SELECT cost FROM calls"), 5);
	sqldb_close(&db);
}

/* What the log has is yet to be copied; without one the end is missing. */
static void
test_cut_off(void **state)
{
	const struct place *p = *state;
	struct sqldb *db = open_db(p, SQLDB_WRITE, 3), *other;
	struct stat st;

	assert_int_equal(sqldb_exec(db, "UPDATE calls SET cost = 6", NULL), 0);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(truncate(p->path, st.st_size + 1), 0);
	other = open_db(p, SQLDB_READ, 3);
	assert_int_equal(number(other, "SELECT cost FROM calls"), 6);
	sqldb_close(&other);
	sqldb_close(&db);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_size % 16384, 0);
	assert_int_equal(truncate(p->path, st.st_size - 1), 0);
	check_refused(p, SQLDB_WRITE, 3, "its last page is cut off");
	check_refused(p, SQLDB_READ, 3, "its last page is cut off");
}

static void
test_migrate(void **state)
{
	const struct place *p = *state;
	struct sqldb *db;

	db = open_db(p, SQLDB_WRITE, 1);
	assert_int_equal(number(db, "PRAGMA user_version"), 1);
	assert_int_equal(number(db, "SELECT count(*) FROM calls"), 0);
	sqldb_close(&db);
	check_refused(p, SQLDB_READ, 3,
	    "written by an older cdrguard (schema 1, this one reads 3); the "
	    "next scan into it brings it up to date");
	db = open_db(p, SQLDB_WRITE, 3);
	assert_int_equal(number(db, "PRAGMA user_version"), 3);
	assert_int_equal(number(db, "SELECT count(*) FROM calls"), 1);
	sqldb_close(&db);
	/* Once is enough. */
	db = open_db(p, SQLDB_WRITE, 3);
	assert_int_equal(number(db, "SELECT count(*) FROM calls"), 1);
	sqldb_close(&db);
	check_refused(p, SQLDB_WRITE, 2,
	    "written by a newer cdrguard (schema 3, this one knows 2)");
	check_refused(p, SQLDB_READ, 2,
	    "written by a newer cdrguard (schema 3, this one knows 2)");
}

/* A step that fails leaves the file as it was before all of them. */
static void
test_migration_fails(void **state)
{
	static const char *const broken[] = {
		"CREATE TABLE a (x INTEGER) STRICT;",
		"CREATE TABLE b (x INTEGER) STRICT;",
		"CREATE TABLE d (x INTEGER) STRICT; INSERT INTO c VALUES (1);",
	};
	const struct place *p = *state;
	struct sqldb *db = NULL;
	struct errmsg err;

	assert_int_equal(sqldb_open(&db, p->path, SQLDB_WRITE, broken, 1, &err),
	    0);
	sqldb_close(&db);
	assert_int_equal(sqldb_open(&db, p->path, SQLDB_WRITE, broken, 3, &err),
	    -1);
	assert_non_null(strstr(err.text, "no such table: c"));
	assert_int_equal(sqldb_open(&db, p->path, SQLDB_WRITE, broken, 1, &err),
	    0);
	assert_int_equal(number(db, "PRAGMA user_version"), 1);
	assert_int_equal(number(db, "SELECT count(*) FROM sqlite_schema"), 1);
	sqldb_close(&db);
}

static void
test_refused(void **state)
{
	struct place *p = *state;
	struct sqldb *db;
	struct errmsg err;

	check_refused(p, SQLDB_READ, 3, "No such file or directory");
	make_file(p, "calldate,clid,src,dst\n2026-01-01 00:00:00,,1,2\n");
	check_refused(p, SQLDB_READ, 3, "is no database");
	check_refused(p, SQLDB_WRITE, 3, "is no database");
	make_file(p, "");
	check_refused(p, SQLDB_READ, 3, "nothing is in it yet");
	/* An empty file is as good as none. */
	db = open_db(p, SQLDB_WRITE, 1);
	/* Somebody else's database. */
	assert_int_equal(sqldb_exec(db, "PRAGMA application_id = 1", &err), 0);
	sqldb_close(&db);
	check_refused(p, SQLDB_WRITE, 1, "is no database of cdrguard");
	check_refused(p, SQLDB_READ, 1, "is no database of cdrguard");
	(void)strcat(p->path, "/x");
	check_refused(p, SQLDB_WRITE, 1, "Not a directory");
	p->path[strlen(p->path) - 2] = '\0';
}

/* One without version and application, but with a table. */
static void
test_foreign(void **state)
{
	const struct place *p = *state;
	struct sqldb *db = open_db(p, SQLDB_WRITE, 1);
	struct errmsg err;

	assert_int_equal(sqldb_exec(db,
			     "PRAGMA application_id = 0;"
			     "PRAGMA user_version = 0",
			     &err),
	    0);
	sqldb_close(&db);
	check_refused(p, SQLDB_WRITE, 1, "is no database of cdrguard");
}

static void
test_directory(void **state)
{
	struct place *p = *state;
	struct place dir = *p;

	(void)strcpy(dir.path, dir.dir);
	check_refused(&dir, SQLDB_READ, 1, "Is a directory");
	check_refused(&dir, SQLDB_WRITE, 1, "Is a directory");
}

static void
test_values(void **state)
{
	const struct place *p = *state;
	struct sqldb *db = open_db(p, SQLDB_WRITE, 1);
	struct errmsg err;
	struct sqlstmt *s;
	const void *bytes;
	size_t len;

	assert_int_equal(sqldb_prepare(db, &s,
			     "INSERT INTO calls VALUES (?, ?, ?)", &err),
	    0);
	sqlstmt_int(s, 1, INT64_MIN);
	sqlstmt_text(s, 2, "+13125550142");
	sqlstmt_bytes(s, 3, "a\0b", 3);
	assert_int_equal(sqlstmt_run(s, &err), 0);
	assert_int_equal(sqldb_last_id(db), INT64_MIN);
	assert_int_equal(sqldb_changes(db), 1);
	sqlstmt_int(s, 1, 7);
	sqlstmt_text(s, 2, NULL);
	sqlstmt_bytes(s, 3, NULL, 0);
	assert_int_equal(sqlstmt_run(s, &err), 0);
	sqlstmt_int(s, 1, 8);
	sqlstmt_null(s, 3);
	assert_int_equal(sqlstmt_run(s, &err), 0);
	/* The same again. */
	assert_int_equal(sqlstmt_run(s, &err), -1);
	assert_non_null(strstr(err.text, "UNIQUE constraint failed: calls.id"));
	assert_non_null(strstr(err.text, p->path));
	sqlstmt_free(&s);

	assert_int_equal(sqldb_prepare(db, &s,
			     "SELECT id, src, raw FROM calls ORDER BY id",
			     &err),
	    0);
	assert_int_equal(sqlstmt_step(s, &err), 1);
	assert_true(sqlstmt_get_int(s, 0) == INT64_MIN);
	assert_string_equal(sqlstmt_get_text(s, 1), "+13125550142");
	bytes = sqlstmt_get_bytes(s, 2, &len);
	assert_int_equal(len, 3);
	assert_memory_equal(bytes, "a\0b", 3);
	assert_int_equal(sqlstmt_step(s, &err), 1);
	assert_true(sqlstmt_is_null(s, 1));
	assert_string_equal(sqlstmt_get_text(s, 1), "");
	assert_false(sqlstmt_is_null(s, 2));
	assert_non_null(sqlstmt_get_bytes(s, 2, &len));
	assert_int_equal(len, 0);
	assert_int_equal(sqlstmt_step(s, &err), 1);
	assert_true(sqlstmt_is_null(s, 2));
	assert_int_equal(sqlstmt_step(s, &err), 0);
	/* It begins again by itself. */
	assert_int_equal(sqlstmt_step(s, &err), 1);
	sqlstmt_free(&s);
	assert_null(s);
	sqlstmt_free(&s);
	sqldb_close(&db);
}

static void
test_transaction(void **state)
{
	const struct place *p = *state;
	struct sqldb *db = open_db(p, SQLDB_WRITE, 1), *other;
	struct errmsg err;

	assert_int_equal(sqldb_begin(db, &err), 0);
	assert_int_equal(sqldb_exec(db, "INSERT INTO calls (id) VALUES (1)",
			     &err),
	    0);
	other = open_db(p, SQLDB_READ, 1);
	assert_int_equal(number(other, "SELECT count(*) FROM calls"), 0);
	sqldb_rollback(db);
	sqldb_rollback(db);
	assert_int_equal(number(db, "SELECT count(*) FROM calls"), 0);
	assert_int_equal(sqldb_begin(db, &err), 0);
	assert_int_equal(sqldb_exec(db, "INSERT INTO calls (id) VALUES (1)",
			     &err),
	    0);
	assert_int_equal(sqldb_commit(db, &err), 0);
	assert_int_equal(number(other, "SELECT count(*) FROM calls"), 1);
	assert_int_equal(sqldb_exec(other, "DELETE FROM calls", &err), -1);
	assert_non_null(strstr(err.text, "cannot be written"));
	/* What is open at the end is undone. */
	assert_int_equal(sqldb_begin(db, &err), 0);
	assert_int_equal(sqldb_exec(db, "DELETE FROM calls", &err), 0);
	sqldb_close(&db);
	assert_int_equal(number(other, "SELECT count(*) FROM calls"), 1);
	sqldb_close(&other);
}

static void
test_bad_sql(void **state)
{
	const struct place *p = *state;
	struct sqldb *db = open_db(p, SQLDB_WRITE, 1);
	struct sqlstmt *s = NULL;
	struct errmsg err;

	assert_int_equal(sqldb_prepare(db, &s, "SELECT absent FROM calls",
			     &err),
	    -1);
	assert_null(s);
	assert_non_null(strstr(err.text, "no such column: absent"));
	/* A word in double quotes is a column, not a text. */
	assert_int_equal(sqldb_prepare(db, &s, "SELECT \"absent\"", &err), -1);
	sqldb_close(&db);
}

static void
test_memory(void **state)
{
	struct place memory = { "", ":memory:" };
	struct sqldb *db;

	(void)state;
	db = open_db(&memory, SQLDB_WRITE, 3);
	assert_int_equal(number(db, "SELECT count(*) FROM calls"), 1);
	sqldb_close(&db);
	assert_int_not_equal(access(memory.path, F_OK), 0);
}

/* What was told to refuse does so until the rollback. */
static void
test_refuse(void **state)
{
	const struct place *p = *state;
	struct errmsg why, err;
	struct sqldb *db;
	struct sqlstmt *q, *more;

	(void)errmsg_set(&why, "%s", "the disk is full");
	assert_int_equal(sqldb_open(&db, p->path, SQLDB_WRITE, migrations,
			     LENGTH(migrations), NULL),
	    0);
	assert_int_equal(sqldb_prepare(db, &q,
			     "INSERT INTO calls (src) VALUES ('new')", NULL),
	    0);
	assert_int_equal(sqldb_begin(db, NULL), 0);
	assert_int_equal(sqlstmt_run(q, NULL), 0);
	assert_false(sqldb_refuses(db));
	sqldb_refuse(db, &why);
	assert_true(sqldb_refuses(db));
	assert_int_equal(sqlstmt_run(q, &err), -1);
	assert_string_equal(err.text, why.text);
	assert_int_equal(sqldb_prepare(db, &more, "SELECT 1", &err), -1);
	assert_string_equal(err.text, why.text);
	assert_int_equal(sqldb_commit(db, &err), -1);
	assert_string_equal(err.text, why.text);
	sqldb_rollback(db);
	assert_false(sqldb_refuses(db));
	assert_int_equal(number(db, "SELECT count(*) FROM calls"), 1);
	sqlstmt_free(&q);
	sqldb_close(&db);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_create),
		TEST(test_page_size),
		TEST(test_cut_off),
		TEST(test_migrate),
		TEST(test_migration_fails),
		TEST(test_refused),
		TEST(test_foreign),
		TEST(test_directory),
		TEST(test_values),
		TEST(test_transaction),
		TEST(test_bad_sql),
		TEST(test_memory),
		TEST(test_refuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
