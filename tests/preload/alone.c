/*
 * alone: a library to be preloaded that ends a program, by SIGABRT, in which
 * two threads use a connection of SQLite at once.
 *
 *	ALONE_US=1000 LD_PRELOAD=.../alone.so cdrscan ...
 *
 * Our connections have no lock of their own (SQLITE_OPEN_NOMUTEX).  Each step
 * outside the first thread lasts ALONE_US microseconds longer, so that who does
 * not wait for its end is seen.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sqlite3.h>

enum { CONNECTIONS = 16 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* Those that are in use; SQLite calls itself. */
static struct use {
	sqlite3 *db;
	pthread_t thread;
	const char *call;
	int depth;
} uses[CONNECTIONS];

/* The one of a connection, or one that is free. */
static struct use *
find(const sqlite3 *db)
{
	struct use *unused = NULL;
	size_t i;

	for (i = 0; i < CONNECTIONS; i++) {
		if (uses[i].depth == 0)
			unused = &uses[i];
		else if (uses[i].db == db)
			return &uses[i];
	}
	if (unused == NULL)
		abort();
	return unused;
}

static void
enter(sqlite3 *db, const char *call)
{
	struct use *u;

	(void)pthread_mutex_lock(&lock);
	u = find(db);
	if (u->depth > 0 && !pthread_equal(u->thread, pthread_self())) {
		(void)fprintf(stderr,
		    "alone: %s while another thread is in %s\n", call, u->call);
		abort();
	}
	if (u->depth++ == 0) {
		u->db = db;
		u->thread = pthread_self();
		u->call = call;
	}
	(void)pthread_mutex_unlock(&lock);
}

static void
leave(const sqlite3 *db)
{
	(void)pthread_mutex_lock(&lock);
	find(db)->depth--;
	(void)pthread_mutex_unlock(&lock);
}

static void
linger(void)
{
	const char *us = getenv("ALONE_US");

	if (us != NULL && getpid() != gettid())
		(void)usleep((useconds_t)strtoul(us, NULL, 10));
}

/* The function behind ours, asked for once. */
#define NEXT(name)                     \
	static __typeof__(&name) next; \
	if (next == NULL)              \
	*(void **)&next = dlsym(RTLD_NEXT, #name)

#define STANDS_IN(name, params, args, connection) \
	int name params                           \
	{                                         \
		sqlite3 *db = connection;         \
		int got;                          \
		NEXT(name);                       \
		enter(db, #name);                 \
		got = next args;                  \
		leave(db);                        \
		return got;                       \
	}

/* clang-format off */
STANDS_IN(sqlite3_prepare_v3, (sqlite3 *c, const char *sql, int n,
    unsigned flags, sqlite3_stmt **q, const char **tail),
    (c, sql, n, flags, q, tail), c)
STANDS_IN(sqlite3_exec, (sqlite3 *c, const char *sql,
    int (*row)(void *, int, char **, char **), void *arg, char **words),
    (c, sql, row, arg, words), c)
STANDS_IN(sqlite3_reset, (sqlite3_stmt *q), (q), sqlite3_db_handle(q))
STANDS_IN(sqlite3_bind_int64, (sqlite3_stmt *q, int i, sqlite3_int64 v),
    (q, i, v), sqlite3_db_handle(q))
STANDS_IN(sqlite3_bind_text, (sqlite3_stmt *q, int i, const char *s, int n,
    void (*drop)(void *)), (q, i, s, n, drop), sqlite3_db_handle(q))
STANDS_IN(sqlite3_bind_blob64, (sqlite3_stmt *q, int i, const void *s,
    sqlite3_uint64 n, void (*drop)(void *)), (q, i, s, n, drop),
    sqlite3_db_handle(q))
/* clang-format on */

int
sqlite3_step(sqlite3_stmt *q)
{
	sqlite3 *db = sqlite3_db_handle(q);
	int got;

	NEXT(sqlite3_step);
	enter(db, "sqlite3_step");
	linger();
	got = next(q);
	leave(db);
	return got;
}

int
sqlite3_finalize(sqlite3_stmt *q)
{
	sqlite3 *db;
	int got;

	NEXT(sqlite3_finalize);
	if (q == NULL)
		return next(q);
	db = sqlite3_db_handle(q);
	enter(db, "sqlite3_finalize");
	got = next(q);
	leave(db);
	return got;
}
