#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "io/lockfile.h"

static char dir[] = "/tmp/test_lockfile.XXXXXX";
static char path[sizeof(dir) + sizeof("/lock") - 1];

/* Take the lock in another process, and tell what came of it. */
static int
take_elsewhere(long seconds)
{
	struct errmsg err;
	int status, fd, r;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		r = lockfile_take(&fd, path, seconds, &err);
		if (r == 1 && strstr(err.text, "process ") == NULL)
			r = 9;
		_exit(r + 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) - 1;
}

static void
test_one_at_a_time(void **state)
{
	struct errmsg err;
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(lockfile_take(&fd, path, 0, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(take_elsewhere(0), 1);
	lockfile_drop(&fd);
	assert_int_equal(fd, -1);
	lockfile_drop(&fd);
	/* the file stays, and is free */
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(take_elsewhere(0), 0);
}

/* Who holds it and goes, by whatever way, lets the next one in. */
static void
test_waits(void **state)
{
	static const struct timespec moment = { 0, 300000000 };
	struct errmsg err;
	int fd, status;
	int ready[2];
	pid_t child;
	char c = 0;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (lockfile_take(&fd, path, 0, &err) == 0 &&
		    write(ready[1], &c, 1) == 1)
			(void)nanosleep(&moment, NULL);
		(void)raise(SIGKILL);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(lockfile_take(&fd, path, 0, &err), 1);
	assert_int_equal(fd, -1);
	assert_int_equal(lockfile_take(&fd, path, 60, &err), 0);
	lockfile_drop(&fd);
	assert_int_equal(waitpid(child, &status, 0), child);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

static void
test_refused(void **state)
{
	static const char *const paths[] = { "/nonexistent/x.lock", "/tmp",
		"/dev/null/x", "" };
	struct errmsg err;
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		assert_int_equal(lockfile_take(&fd, paths[i], 0, &err), -1);
		assert_int_equal(fd, -1);
		assert_int_equal(strncmp(err.text, "cannot open the lock ", 21),
		    0);
	}
}

static int
make_folder(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)strcat(strcpy(path, dir), "/lock");
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
