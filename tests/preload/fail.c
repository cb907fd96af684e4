/*
 * fail: a library to be preloaded that lets the n-th call of a kind fail, or
 * kills or stops the program there.
 *
 *	FAIL_KIND=write FAIL_AT=3 FAIL_HOW=ENOSPC LD_PRELOAD=.../fail.so cdrscan ...
 *
 * FAIL_KIND is read, write, sync, rename, open or any.  FAIL_HOW is ENOSPC,
 * EIO, or KILL or STOP, the signals nobody can catch; stopped, the call is done
 * when the program goes on.  From the n-th on every call of the kind fails;
 * with FAIL_ONCE=1 only that one.  With FAIL_FILE=.csv only calls on files whose
 * path ends so are counted and fail.  FAIL_COUNT names a file that gets the
 * number of calls of the kind at the end.  Standard error always works, so that
 * there are words to judge.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static _Atomic long calls;

static const char *
setting(const char *name)
{
	const char *value = getenv(name);

	return value != NULL ? value : "";
}

/* Whether calls on this file are meant; `path` NULL: that of `fd`. */
static bool
is_meant(int fd, const char *path)
{
	const char *end = setting("FAIL_FILE");
	const size_t len = strlen(end);
	char link[64], target[4096];
	ssize_t n;

	if (len == 0)
		return true;
	if (path == NULL) {
		(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		n = readlink(link, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = '\0';
		path = target;
	}
	return strlen(path) >= len &&
	       strcmp(path + strlen(path) - len, end) == 0;
}

/* Whether the call must fail, of no kind never; errno is then set. */
static bool
fails(const char *kind, int fd, const char *path)
{
	const char *wanted = setting("FAIL_KIND"), *how = setting("FAIL_HOW");
	const long at = strtol(setting("FAIL_AT"), NULL, 10);
	long n;

	if (kind == NULL ||
	    (strcmp(wanted, kind) != 0 && strcmp(wanted, "any") != 0) ||
	    !is_meant(fd, path))
		return false;
	n = ++calls;
	if (at == 0 || n < at || (n > at && setting("FAIL_ONCE")[0] != '\0'))
		return false;
	if (strcmp(how, "KILL") == 0)
		(void)kill(getpid(), SIGKILL);
	if (strcmp(how, "STOP") == 0) {
		(void)kill(getpid(), SIGSTOP);
		return false;
	}
	errno = strcmp(how, "ENOSPC") == 0 ? ENOSPC : EIO;
	return true;
}

__attribute__((destructor)) static void
tell(void)
{
	const char *path = getenv("FAIL_COUNT");
	FILE *f = path != NULL ? fopen(path, "w") : NULL;

	if (f == NULL)
		return;
	(void)fprintf(f, "%ld\n", calls);
	(void)fclose(f);
}

/* The function behind ours, asked for once. */
#define NEXT(name)                     \
	static __typeof__(&name) next; \
	if (next == NULL)              \
	*(void **)&next = dlsym(RTLD_NEXT, #name)

#define STANDS_IN(type, name, params, args, kind, fd, path)    \
	type name params                                       \
	{                                                      \
		NEXT(name);                                    \
		return fails(kind, fd, path) ? -1 : next args; \
	}

/* clang-format off */
STANDS_IN(ssize_t, read, (int fd, void *b, size_t n), (fd, b, n), "read", fd,
    NULL)
STANDS_IN(ssize_t, pread, (int fd, void *b, size_t n, off_t at),
    (fd, b, n, at), "read", fd, NULL)
STANDS_IN(ssize_t, pread64, (int fd, void *b, size_t n, off64_t at),
    (fd, b, n, at), "read", fd, NULL)
STANDS_IN(ssize_t, write, (int fd, const void *b, size_t n), (fd, b, n),
    fd == STDERR_FILENO ? NULL : "write", fd, NULL)
STANDS_IN(ssize_t, pwrite, (int fd, const void *b, size_t n, off_t at),
    (fd, b, n, at), "write", fd, NULL)
STANDS_IN(ssize_t, pwrite64, (int fd, const void *b, size_t n, off64_t at),
    (fd, b, n, at), "write", fd, NULL)
STANDS_IN(int, ftruncate, (int fd, off_t n), (fd, n), "write", fd, NULL)
STANDS_IN(int, ftruncate64, (int fd, off64_t n), (fd, n), "write", fd, NULL)
STANDS_IN(int, fsync, (int fd), (fd), "sync", fd, NULL)
STANDS_IN(int, fdatasync, (int fd), (fd), "sync", fd, NULL)
STANDS_IN(int, rename, (const char *from, const char *to), (from, to),
    "rename", -1, from)
STANDS_IN(int, unlink, (const char *path), (path), "rename", -1, path)
/* clang-format on */

/* Libraries that the program begins with are not the program's files. */
static mode_t
mode_of(int flags, va_list ap)
{
	return (flags & O_CREAT) != 0 ? (mode_t)va_arg(ap, unsigned int) : 0;
}

#define OPENS(name)                                                            \
	int name(const char *path, int flags, ...)                             \
	{                                                                      \
		va_list ap;                                                    \
		mode_t mode;                                                   \
		NEXT(name);                                                    \
		va_start(ap, flags);                                           \
		mode = mode_of(flags, ap);                                     \
		va_end(ap);                                                    \
		return fails("open", -1, path) ? -1 : next(path, flags, mode); \
	}

OPENS(open)
OPENS(open64)
STANDS_IN(int, mkstemp, (char *name), (name), "open", -1, name)
