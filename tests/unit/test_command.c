#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "io/command.h"

static void
delivered(void **state)
{
	static const char *const good[] = { "cat >/dev/null", "read x",
		"read x; test \"$x\" = hello", "sleep 0.2; cat >/dev/null" };
	static const struct {
		const char *command, *words;
	} bad[] = {
		{ "exit 3", "ended with status 3" },
		{ "cat >/dev/null; exit 1", "ended with status 1" },
		{ "no-such-command-at-all 2>/dev/null",
		    "ended with status 127" },
		{ "kill -9 $$", "ended by signal 9" },
		/* All of it fitted in the pipe, and some of it stayed there. */
		{ "true", "did not read to the end" },
		{ "exec 0<&-; true", "did not read to the end" },
		{ "head -c 3 >/dev/null", "did not read to the end" },
	};
	struct errmsg err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(command_feed(good[i], "hello\n", 6, &err), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(command_feed(bad[i].command, "hello\n", 6,
				     &err),
		    -1);
		assert_non_null(strstr(err.text, bad[i].words));
	}
}

/* More than a pipe holds, and nobody reads it. */
static void
not_read_to_the_end(void **state)
{
	enum { MUCH = 1 << 20 };
	char *bytes = xcalloc(1, MUCH);
	struct sigaction before;
	struct errmsg err;

	(void)state;
	assert_int_equal(sigaction(SIGPIPE, NULL, &before), 0);
	assert_int_equal(command_feed("exec 0<&-; true", bytes, MUCH, &err),
	    -1);
	assert_non_null(strstr(err.text, "did not read to the end"));
	assert_int_equal(command_feed("head -c 100000 >/dev/null", bytes, MUCH,
			     &err),
	    -1);
	assert_non_null(strstr(err.text, "did not read to the end"));
	assert_int_equal(command_feed("head -c 100000 >/dev/null; sleep 0.2; "
				      "cat >/dev/null",
			     bytes, MUCH, &err),
	    0);
	assert_int_equal(command_feed("cat >/dev/null", bytes, MUCH, &err), 0);
	assert_int_equal(sigaction(SIGPIPE, NULL, &before), 0);
	assert_ptr_equal(before.sa_handler, SIG_DFL);
	free(bytes);
}

/* Whoever started us may not care for children. */
static void
children_ignored(void **state)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, after;
	struct errmsg err;

	(void)state;
	(void)sigemptyset(&ignore.sa_mask);
	assert_int_equal(sigaction(SIGCHLD, &ignore, NULL), 0);
	assert_int_equal(command_feed("cat >/dev/null", "x", 1, &err), 0);
	assert_int_equal(command_feed("exit 3", "x", 1, &err), -1);
	assert_int_equal(sigaction(SIGCHLD, NULL, &after), 0);
	assert_ptr_equal(after.sa_handler, SIG_IGN);
	ignore.sa_handler = SIG_DFL;
	assert_int_equal(sigaction(SIGCHLD, &ignore, NULL), 0);
}

/* The command ends its writer, in the middle of a long text, and reads on. */
static void
ended_while_writing(void **state)
{
	enum { MUCH = 1 << 20 };
	char *bytes = xcalloc(1, MUCH);
	char path[] = "/tmp/test_command.XXXXXX", command[128], got[16] = "";
	const struct timespec pause = { 0, 10000000 };
	const int fd = mkstemp(path);
	struct errmsg err;
	int status, i;
	pid_t pid;

	(void)state;
	assert_true(fd >= 0);
	(void)snprintf(command, sizeof(command),
	    "dd bs=1 count=1 2>/dev/null >/dev/null; kill $PPID; sleep 0.1; "
	    "wc -c >%s",
	    path);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)command_feed(command, bytes, MUCH, &err);
		_exit(9); /* it has ended us before */
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
	for (i = 0; i < 1000 && pread(fd, got, sizeof(got) - 1, 0) == 0; i++)
		(void)nanosleep(&pause, NULL);
	assert_int_equal(strtol(got, NULL, 10), MUCH - 1);
	(void)close(fd);
	(void)unlink(path);
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delivered),
		cmocka_unit_test(not_read_to_the_end),
		cmocka_unit_test(children_ignored),
		cmocka_unit_test(ended_while_writing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
