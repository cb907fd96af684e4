#include "io/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/xalloc.h"

enum { FULL = 64 * 1024 }; /* bytes gathered for one write */

struct outfile {
	char *path;       /* NULL: standard output */
	char *temporary;  /* what becomes it; NULL if written directly */
	struct buf *into; /* instead of a file, or NULL */
	int fd;
	int fault; /* errno of the first failure, or 0 */
	bool held; /* signals wait; `before` is what waited before */
	sigset_t before;
	struct buf waiting;
};

static int
fail(const struct outfile *o, struct errmsg *err)
{
	return errmsg_sys(err, o->fault, "cannot write %s",
	    o->path != NULL ? o->path : "standard output");
}

/* Something that a rename would not replace, but remove. */
static bool
is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/*
 * A temporary file must not outlive us.  No handler could remove it without
 * knowing it, so the signals wait for the moment it takes to write it.
 */
static void
hold_signals(struct outfile *o)
{
	static const int ends[] = { SIGHUP, SIGINT, SIGPIPE, SIGTERM };
	sigset_t set;
	size_t i;

	(void)sigemptyset(&set);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		(void)sigaddset(&set, ends[i]);
	o->held = sigprocmask(SIG_BLOCK, &set, &o->before) == 0;
}

static void
open_path(struct outfile *o)
{
	struct buf name;

	if (is_special(o->path)) {
		o->fd = open(o->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		o->fault = o->fd < 0 ? errno : 0;
		return;
	}
	hold_signals(o);
	buf_init(&name);
	buf_addf(&name, "%s.XXXXXX", o->path);
	o->fd = mkstemp(name.data);
	o->fault = o->fd < 0 ? errno : 0;
	if (o->fd >= 0)
		o->temporary = buf_detach(&name);
	buf_fini(&name);
}

int
outfile_open(struct outfile **op, const char *path, struct errmsg *err)
{
	struct outfile *o = xcalloc(1, sizeof(*o));

	buf_init(&o->waiting);
	o->fd = STDOUT_FILENO;
	*op = o;
	if (path == NULL)
		return 0;
	o->path = xstrdup(path);
	open_path(o);
	if (o->fault == 0)
		return 0;
	(void)fail(o, err);
	outfile_abandon(op);
	return -1;
}

/* There is no other way to ask for it than to set it. */
static mode_t
file_mode(void)
{
	mode_t mask = umask(077);

	(void)umask(mask);
	return 0666 & ~mask;
}

int
outfile_open_shared(struct outfile **op, const char *path, struct errmsg *err)
{
	struct stat st;
	mode_t mode;

	if (outfile_open(op, path, err) != 0)
		return -1;
	if ((*op)->temporary == NULL)
		return 0;
	mode = file_mode();
	if (path != NULL && stat(path, &st) == 0) {
		mode = st.st_mode & 0777;
		/* Not a member of the group: it is of ours, then. */
		if (st.st_gid != getegid() &&
		    fchown((*op)->fd, (uid_t)-1, st.st_gid) != 0)
			mode &= ~(mode_t)S_IWGRP;
	}
	if (fchmod((*op)->fd, mode | S_IRUSR) != 0)
		(*op)->fault = errno;
	return 0;
}

void
outfile_open_buf(struct outfile **op, struct buf *into)
{
	struct outfile *o = xcalloc(1, sizeof(*o));

	buf_init(&o->waiting);
	o->fd = -1;
	o->into = into;
	*op = o;
}

void
outfile_share(struct outfile *o)
{
	if (o->temporary != NULL && o->fault == 0 &&
	    fchmod(o->fd, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH) != 0)
		o->fault = errno;
}

void
outfile_flush(struct outfile *o)
{
	const char *p = o->waiting.data;
	size_t left = o->waiting.len;
	ssize_t n;

	if (o->into != NULL) {
		buf_add(o->into, p, left);
		left = 0;
	}
	while (left > 0 && o->fault == 0) {
		n = write(o->fd, p, left);
		if (n >= 0) {
			p += n;
			left -= (size_t)n;
		} else if (errno != EINTR) {
			o->fault = errno;
		}
	}
	buf_reset(&o->waiting);
}

void
outfile_write(struct outfile *o, const void *bytes, size_t len)
{
	buf_add(&o->waiting, bytes, len);
	if (o->waiting.len >= FULL)
		outfile_flush(o);
}

void
outfile_puts(struct outfile *o, const char *text)
{
	outfile_write(o, text, strlen(text));
}

/* Close; some file systems tell only now that a write failed. */
static void
close_fd(struct outfile *o)
{
	/* Standard output stays open for others. */
	const int fd = o->path != NULL ? o->fd : dup(o->fd);

	if ((fd < 0 || close(fd) != 0) && o->fault == 0)
		o->fault = errno;
	o->fd = -1;
}

/* A rename is on the disk when its directory is. */
static int
sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir;
	int fd, fault = 0;

	if (slash == NULL)
		dir = xstrdup(".");
	else
		dir = xstrndup(path, slash > path ? (size_t)(slash - path) : 1);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Not every file system can, and a directory may be unreadable. */
	if (fd >= 0 && fsync(fd) != 0 && errno == EIO)
		fault = errno;
	if (fd >= 0)
		(void)close(fd);
	free(dir);
	return fault;
}

static void
replace(struct outfile *o)
{
	if (o->fault == 0 && rename(o->temporary, o->path) != 0)
		o->fault = errno;
	if (o->fault != 0)
		(void)unlink(o->temporary);
	else
		o->fault = sync_directory(o->path);
}

/* Signals that came meanwhile end the program here, if they are to. */
static void
free_outfile(struct outfile **op)
{
	struct outfile *o = *op;
	const bool held = o->held;
	const sigset_t before = o->before;

	buf_fini(&o->waiting);
	free(o->temporary);
	free(o->path);
	free(o);
	*op = NULL;
	if (held)
		(void)sigprocmask(SIG_SETMASK, &before, NULL);
}

int
outfile_commit(struct outfile **op, struct errmsg *err)
{
	struct outfile *o = *op;
	int status = 0;

	outfile_flush(o);
	if (o->fault == 0 && o->temporary != NULL && fsync(o->fd) != 0)
		o->fault = errno;
	if (o->into == NULL)
		close_fd(o);
	if (o->temporary != NULL)
		replace(o);
	if (o->fault != 0)
		status = fail(o, err);
	free_outfile(op);
	return status;
}

void
outfile_abandon(struct outfile **op)
{
	struct outfile *o = *op;

	if (o == NULL)
		return;
	if (o->path != NULL && o->fd >= 0)
		(void)close(o->fd);
	if (o->temporary != NULL)
		(void)unlink(o->temporary);
	free_outfile(op);
}
