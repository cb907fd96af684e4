#include "io/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_STARTED = 127 }; /* as the shell says it */

/* What was before, for the command and for afterwards. */
struct signals {
	struct sigaction pipe, child;
	sigset_t held;
};

/*
 * Should we be ended while we write, the command would see an end, too; so
 * that waits.  Where the end of a child is ignored nobody could ask
 * how it ended.
 */
static void
hold_signals(struct signals *before)
{
	static const int ends[] = { SIGHUP, SIGINT, SIGTERM };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t set;
	size_t i;

	(void)sigemptyset(&ignore.sa_mask);
	(void)sigemptyset(&usual.sa_mask);
	(void)sigaction(SIGPIPE, &ignore, &before->pipe);
	(void)sigaction(SIGCHLD, &usual, &before->child);
	(void)sigemptyset(&set);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		(void)sigaddset(&set, ends[i]);
	(void)sigprocmask(SIG_BLOCK, &set, &before->held);
}

static void
release_signals(const struct signals *before)
{
	(void)sigaction(SIGPIPE, &before->pipe, NULL);
	(void)sigaction(SIGCHLD, &before->child, NULL);
	(void)sigprocmask(SIG_SETMASK, &before->held, NULL);
}

/* In the child: the pipe becomes standard input; does not return. */
static void
run(const char *command, const int ends[2], const struct signals *before)
{
	(void)sigaction(SIGPIPE, &before->pipe, NULL);
	(void)sigprocmask(SIG_SETMASK, &before->held, NULL);
	if (dup2(ends[0], STDIN_FILENO) < 0)
		_exit(NOT_STARTED);
	if (ends[0] != STDIN_FILENO)
		(void)close(ends[0]);
	(void)close(ends[1]);
	(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(NOT_STARTED);
}

/* 0 or the errno of the write that failed. */
static int
write_all(int fd, const char *bytes, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, bytes, len);
		if (n >= 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (errno != EINTR) {
			return errno;
		}
	}
	return 0;
}

static int
wait_for(pid_t pid, int *status)
{
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return 0;
}

static int
judge(const char *command, int status, int fault, struct errmsg *err)
{
	if (fault != 0 && fault != EPIPE)
		return errmsg_sys(err, fault, "cannot write to command '%s'",
		    command);
	if (WIFSIGNALED(status))
		return errmsg_set(err, "command '%s' was ended by signal %d",
		    command, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return errmsg_set(err, "command '%s' ended with status %d",
		    command, WEXITSTATUS(status));
	if (fault == EPIPE)
		return errmsg_set(err, "command '%s' did not read to the end",
		    command);
	return 0;
}

/* Start, feed, wait; signals are held, while it is fed. */
static int
feed(const char *command, const char *bytes, size_t len,
    const struct signals *before, struct errmsg *err)
{
	int ends[2], status, fault;
	pid_t pid;

	if (pipe(ends) != 0)
		return errmsg_sys(err, errno, "cannot make a pipe");
	pid = fork();
	if (pid < 0) {
		fault = errno;
		(void)close(ends[0]);
		(void)close(ends[1]);
		return errmsg_sys(err, fault, "cannot start command '%s'",
		    command);
	}
	if (pid == 0)
		run(command, ends, before);
	(void)close(ends[0]);
	fault = write_all(ends[1], bytes, len);
	/* It would take half of it for all. */
	if (fault != 0 && fault != EPIPE)
		(void)kill(pid, SIGTERM);
	(void)close(ends[1]);
	(void)sigprocmask(SIG_SETMASK, &before->held, NULL);
	if (wait_for(pid, &status) != 0)
		return errmsg_sys(err, errno, "cannot wait for command '%s'",
		    command);
	return judge(command, status, fault, err);
}

int
command_feed(const char *command, const char *bytes, size_t len,
    struct errmsg *err)
{
	struct signals before;
	int r;

	hold_signals(&before);
	r = feed(command, bytes, len, &before, err);
	release_signals(&before);
	return r;
}
