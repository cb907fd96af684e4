#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/beside.h"
#include "store/store.h"

struct place {
	char dir[32];
	char path[64];
	char lock[64];
};

static int
set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return -1;
	(void)strcpy(p->dir, "/tmp/test_store.XXXXXX");
	if (mkdtemp(p->dir) == NULL)
		return -1;
	(void)snprintf(p->path, sizeof(p->path), "%s/n.db", p->dir);
	(void)snprintf(p->lock, sizeof(p->lock), "%s/n.db.lock", p->dir);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	struct place *p = *state;
	char path[80];
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", p->path, ends[i]);
		(void)unlink(path);
	}
	i = (size_t)rmdir(p->dir);
	free(p);
	return (int)i;
}

static struct store *
open_store(const char *path, enum store_mode mode)
{
	struct errmsg err = { "" };
	struct store *s = NULL;

	if (store_open(&s, path, mode, &err) != 0)
		fail_msg("%s", err.text);
	return s;
}

static void
put(struct store *s, const char *name, const char *value)
{
	struct errmsg err = { "" };

	if (store_set(s, name, value, &err) != 0)
		fail_msg("%s", err.text);
}

/* The value is `want`; NULL: there is none. */
static void
check(struct store *s, const char *name, const char *want)
{
	struct errmsg err = { "" };
	struct buf value;

	buf_init(&value);
	buf_addstr(&value, "old");
	assert_int_equal(store_get(s, name, &value, &err), want != NULL);
	assert_string_equal(value.data, want != NULL ? want : "old");
	buf_fini(&value);
}

static void
test_values(void **state)
{
	const struct place *p = *state;
	struct store *s = open_store(p->path, STORE_WRITE);

	check(s, "zone", NULL);
	put(s, "zone", "Europe/Berlin");
	put(s, "home_country", "DE");
	check(s, "zone", "Europe/Berlin");
	put(s, "zone", "UTC");
	check(s, "zone", "UTC");
	store_close(&s);
	assert_null(s);
	store_close(&s);
	s = open_store(p->path, STORE_READ);
	check(s, "zone", "UTC");
	check(s, "home_country", "DE");
	check(s, "Zone", NULL);
	store_close(&s);
}

static void
test_transaction(void **state)
{
	const struct place *p = *state;
	struct store *s = open_store(p->path, STORE_WRITE);
	struct errmsg err;

	store_rollback(s); /* of nothing */
	assert_int_equal(store_begin(s, &err), 0);
	put(s, "zone", "UTC");
	check(s, "zone", "UTC");
	store_rollback(s);
	check(s, "zone", NULL);
	assert_int_equal(store_begin(s, &err), 0);
	put(s, "zone", "+01:00");
	assert_int_equal(store_commit(s, &err), 0);
	store_rollback(s);
	/* What is not committed is gone with the store. */
	assert_int_equal(store_begin(s, &err), 0);
	put(s, "zone", "+02:00");
	store_close(&s);
	s = open_store(p->path, STORE_READ);
	check(s, "zone", "+01:00");
	store_close(&s);
}

/* A reader sees one moment, and never half a run. */
static void
test_reader(void **state)
{
	const struct place *p = *state;
	struct store *writer = open_store(p->path, STORE_WRITE), *reader;
	struct errmsg err;

	put(writer, "zone", "UTC");
	assert_int_equal(store_begin(writer, &err), 0);
	put(writer, "zone", "+01:00");
	reader = open_store(p->path, STORE_READ);
	check(reader, "zone", "UTC");
	assert_int_equal(store_commit(writer, &err), 0);
	check(reader, "zone", "UTC");
	assert_int_equal(store_set(reader, "zone", "+09:00", &err), -1);
	store_close(&reader);
	reader = open_store(p->path, STORE_READ);
	check(reader, "zone", "+01:00");
	store_close(&reader);
	store_close(&writer);
}

struct asked {
	struct store *store;
	int wrong;
};

static void
ask_often(void *arg)
{
	struct asked *a = arg;
	struct buf value;
	int i;

	buf_init(&value);
	for (i = 0; i < 2000; i++) {
		buf_reset(&value);
		a->wrong += store_get(a->store, "zone", &value, NULL) != 1 ||
			    strcmp(value.data, "UTC") != 0;
	}
	buf_fini(&value);
}

/* It is asked while the other one is written to. */
static void
test_beside(void **state)
{
	const struct place *p = *state;
	struct store *writer = open_store(p->path, STORE_WRITE);
	struct asked asked = { .wrong = 0 };
	struct errmsg err = { "" };
	struct beside *b;
	char text[16];
	int i;

	put(writer, "zone", "UTC");
	assert_int_equal(store_begin(writer, &err), 0);
	put(writer, "zone", "+01:00");
	assert_int_equal(store_open_beside(&asked.store, writer, &err), 0);
	b = beside_start(2, ask_often, &asked);
	for (i = 0; i < 2000; i++) {
		(void)snprintf(text, sizeof(text), "+%02d:00", i % 12);
		put(writer, "zone", text);
	}
	beside_end(&b);
	assert_int_equal(asked.wrong, 0);
	assert_int_equal(store_set(asked.store, "zone", "x", &err), -1);
	store_close(&asked.store);
	assert_int_equal(store_commit(writer, &err), 0);
	check(writer, "zone", text);
	store_close(&writer);
}

/* Nobody else can see what is in memory. */
static void
test_not_beside(void **state)
{
	struct store *s = open_store(":memory:", STORE_WRITE), *other = s;
	struct errmsg err = { "" };

	(void)state;
	assert_int_equal(store_open_beside(&other, s, &err), -1);
	assert_null(other);
	assert_true(err.text[0] != '\0');
	store_close(&s);
}

static void
test_files(void **state)
{
	const struct place *p = *state;
	struct store *s = open_store(p->path, STORE_WRITE);
	struct stat st;

	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(p->lock, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_string_equal(store_path(s), p->path);
	store_close(&s);
	/* One that nobody else can see needs no lock. */
	s = open_store(":memory:", STORE_WRITE);
	put(s, "zone", "UTC");
	check(s, "zone", "UTC");
	store_close(&s);
	assert_int_equal(access(":memory:.lock", F_OK), -1);
}

/* A process that has the store open until it is killed. */
static pid_t
hold(const char *path)
{
	struct store *s;
	int ready[2];
	pid_t child;
	char c = 0;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (store_open(&s, path, STORE_WRITE, NULL) == 0 &&
		    write(ready[1], &c, 1) == 1)
			for (;;)
				(void)pause();
		_exit(1);
	}
	(void)close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	(void)close(ready[0]);
	return child;
}

static void
test_lock(void **state)
{
	const struct place *p = *state;
	pid_t child = hold(p->path);
	struct errmsg err;
	struct store *s;
	char want[128];
	int status;

	(void)snprintf(want, sizeof(want),
	    "%s: another run holds the lock, process %ld", p->path,
	    (long)child);
	assert_int_equal(store_open(&s, p->path, STORE_WRITE, &err), 1);
	assert_null(s);
	assert_string_equal(err.text, want);
	s = open_store(p->path, STORE_READ);
	check(s, "zone", NULL);
	store_close(&s);
	/* The lock goes with its process. */
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	s = open_store(p->path, STORE_WRITE);
	store_close(&s);
}

static void
refused(const char *path, enum store_mode mode, const char *words)
{
	struct errmsg err = { "" };
	struct store *s;

	assert_int_equal(store_open(&s, path, mode, &err), -1);
	assert_null(s);
	if (strstr(err.text, words) == NULL)
		fail_msg("'%s' lacks '%s'", err.text, words);
}

static void
test_refused(void **state)
{
	const struct place *p = *state;
	char path[80];
	FILE *f;

	refused("", STORE_WRITE, "the store has no name");
	refused(p->dir, STORE_WRITE, ": is a directory, not a store");
	refused(p->dir, STORE_READ, ": is a directory, not a store");
	refused(p->path, STORE_READ, "n.db: No such file or directory");
	(void)snprintf(path, sizeof(path), "%s/no/n.db", p->dir);
	refused(path, STORE_WRITE, "no/n.db.lock: No such file or directory");
	f = fopen(p->path, "w");
	assert_non_null(f);
	(void)fputs("This is no database, however long it may be.", f);
	assert_int_equal(fclose(f), 0);
	refused(p->path, STORE_WRITE, "n.db: is no database");
	refused(p->path, STORE_READ, "n.db: is no database");
}

/* Jobs, of which each counts, and the third may fail. */
struct job {
	int *done, *dropped;
	int number;
	bool fails;
};

static int
do_job(void *arg, struct errmsg *err)
{
	struct job *j = arg;

	if (j->fails)
		return errmsg_set(err, "job %d failed", j->number);
	assert_int_equal(*j->done, j->number);
	++*j->done;
	return 0;
}

static void
drop_job(void *arg)
{
	struct job *j = arg;

	++*j->dropped;
	free(j);
}

static void
add_jobs(struct store *s, int n, int failing, int *done, int *dropped)
{
	struct job *j;
	int i;

	for (i = 0; i < n; i++) {
		j = calloc(1, sizeof(*j));
		assert_non_null(j);
		*j = (struct job){ done, dropped, i, i == failing };
		store_later(s, &(struct store_job){ .run = do_job,
				   .drop = drop_job,
				   .arg = j,
				   .bytes = 1 << 20 });
	}
}

/* In order, before anything is asked that they may have a part in. */
static void
test_later(void **state)
{
	const struct place *p = *state;
	size_t threads;
	struct store *s;
	struct buf text;
	int done, dropped;

	buf_init(&text);
	for (threads = 1; threads < 4; threads++) {
		s = open_store(p->path, STORE_WRITE);
		store_set_threads(s, threads);
		done = dropped = 0;
		assert_int_equal(store_begin(s, NULL), 0);
		add_jobs(s, 200, -1, &done, &dropped);
		assert_int_equal(store_set(s, "a", "b", NULL), 0);
		assert_int_equal(store_get(s, "a", &text, NULL), 1);
		assert_int_equal(store_commit(s, NULL), 0);
		assert_int_equal(done, 200);
		assert_int_equal(dropped, 200);
		store_close(&s);
	}
	buf_fini(&text);
}

/* After a failure nothing comes into the store, whoever does not know it. */
static void
test_later_fails(void **state)
{
	const struct place *p = *state;
	struct errmsg err;
	size_t threads;
	struct store *s;
	struct buf text;
	int done, dropped;

	buf_init(&text);
	for (threads = 1; threads < 4; threads++) {
		s = open_store(p->path, STORE_WRITE);
		store_set_threads(s, threads);
		done = dropped = 0;
		assert_int_equal(store_begin(s, NULL), 0);
		assert_int_equal(store_set(s, "kept", "no", NULL), 0);
		add_jobs(s, 5, 2, &done, &dropped);
		(void)store_db(s);
		assert_int_equal(store_set(s, "kept", "never", &err), -1);
		assert_string_equal(err.text, "job 2 failed");
		assert_int_equal(store_commit(s, &err), -1);
		assert_string_equal(err.text, "job 2 failed");
		assert_int_equal(dropped, 5);
		store_rollback(s);
		assert_int_equal(store_get(s, "kept", &text, NULL), 0);
		/* What waits is dropped where it is all undone. */
		done = dropped = 0;
		assert_int_equal(store_begin(s, NULL), 0);
		add_jobs(s, 5, -1, &done, &dropped);
		store_rollback(s);
		assert_int_equal(dropped, 5);
		store_close(&s);
	}
	buf_fini(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_values),
		TEST(test_transaction),
		TEST(test_reader),
		TEST(test_beside),
		TEST(test_not_beside),
		TEST(test_files),
		TEST(test_lock),
		TEST(test_refused),
		TEST(test_later),
		TEST(test_later_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
