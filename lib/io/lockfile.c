#include "io/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

static int
try_lock(int fd, const char *path, struct errmsg *err)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_SETLK, &whole) == 0)
		return 0;
	if (errno != EACCES && errno != EAGAIN)
		return errmsg_sys(err, errno, "%s: cannot lock", path);
	/* Whoever has let go since, held it a moment ago. */
	if (fcntl(fd, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK)
		(void)errmsg_set(err, "process %ld", (long)whole.l_pid);
	else
		(void)errmsg_set(err, "an unknown process");
	return 1;
}

/*
 * Asking again and again needs neither signals nor a second process; a lock
 * that is free for less than a tenth of a second is not missed for long.
 */
static int
wait_lock(int fd, const char *path, long seconds, struct errmsg *err)
{
	static const struct timespec pause = { 0, 100000000 };
	struct timespec now, until;
	int r;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	while ((r = try_lock(fd, path, err)) == 1) {
		(void)clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec > until.tv_sec ||
		    (now.tv_sec == until.tv_sec &&
			now.tv_nsec >= until.tv_nsec))
			break;
		(void)nanosleep(&pause, NULL);
	}
	return r;
}

int
lockfile_take(int *fd, const char *path, long seconds, struct errmsg *err)
{
	int r;

	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (*fd < 0)
		return errmsg_sys(err, errno, "cannot open the lock %s", path);
	r = wait_lock(*fd, path, seconds, err);
	if (r != 0)
		lockfile_drop(fd);
	return r;
}

void
lockfile_drop(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}
