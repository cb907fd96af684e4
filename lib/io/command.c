#include "io/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	NOT_STARTED = 127, /* as the shell says it */
	PAUSE_MS = 50, /* between two looks at a command that reads nothing */
};

struct child {
	pid_t pid;
	bool ended; /* with `status` */
	int status;
};

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

static int
wait_for(pid_t pid, int *status)
{
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return 0;
}

/* False if the command has ended, and its status is known. */
static bool
wait_for_room(int fd, struct child *c)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	(void)poll(&p, 1, PAUSE_MS);
	c->ended = waitpid(c->pid, &c->status, WNOHANG) == c->pid;
	return !c->ended;
}

/* 0 or the errno of the write that failed; EPIPE if nobody reads any more. */
static int
write_all(int fd, struct child *c, const char *bytes, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, bytes, len);
		if (n >= 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			if (!wait_for_room(fd, c))
				return EPIPE;
		} else if (errno != EINTR) {
			return errno;
		}
	}
	return 0;
}

/* Whether the command, which has ended, left something in the pipe. */
static bool
has_rest(int fd)
{
	char byte;

	return read(fd, &byte, 1) != 0;
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

/*
 * Our own reading end stays open to see what the command leaves in the pipe:
 * a short report would fit in it, and nobody had read it.  So we learn from
 * the command's end, and not from SIGPIPE, that it reads no more.
 */
static int
feed_child(const char *command, const int ends[2], struct child *c,
    const char *bytes, size_t len, const struct signals *before,
    struct errmsg *err)
{
	int fault, waited = 0;

	(void)fcntl(ends[1], F_SETFL, O_NONBLOCK);
	fault = write_all(ends[1], c, bytes, len);
	/* It would take half of it for all. */
	if (fault != 0 && fault != EPIPE)
		(void)kill(c->pid, SIGTERM);
	(void)close(ends[1]);
	(void)sigprocmask(SIG_SETMASK, &before->held, NULL);
	if (!c->ended && (waited = wait_for(c->pid, &c->status)) != 0)
		(void)errmsg_sys(err, errno, "cannot wait for command '%s'",
		    command);
	if (waited == 0 && fault == 0 && has_rest(ends[0]))
		fault = EPIPE;
	(void)close(ends[0]);
	return waited == 0 ? judge(command, c->status, fault, err) : -1;
}

/* Start, feed, wait; signals are held, while it is fed. */
static int
feed(const char *command, const char *bytes, size_t len,
    const struct signals *before, struct errmsg *err)
{
	struct child c = { .ended = false };
	int ends[2], fault;

	if (pipe(ends) != 0)
		return errmsg_sys(err, errno, "cannot make a pipe");
	c.pid = fork();
	if (c.pid < 0) {
		fault = errno;
		(void)close(ends[0]);
		(void)close(ends[1]);
		return errmsg_sys(err, fault, "cannot start command '%s'",
		    command);
	}
	if (c.pid == 0)
		run(command, ends, before);
	return feed_child(command, ends, &c, bytes, len, before, err);
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
