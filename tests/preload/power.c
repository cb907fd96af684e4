/*
 * power: a library to be preloaded behind fail.so, whose kill is then a power
 * cut: what was written and not yet synced is lost in part.
 *
 *	FAIL_HOW=KILL FAIL_AT=3 ... POWER_SEED=7 LD_PRELOAD="fail.so power.so"
 *
 * Of each file the writes since its last sync are all dropped, kept up to one
 * of them, or kept, dropped and torn as they come; a rename may be undone until
 * its folder is synced.  POWER_SEED is the dice.  With POWER_AT_END=1 the power
 * goes when the program has ended.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* `bytes` NULL: the file got the length `at`. */
struct change {
	off_t at;
	size_t len;
	char *bytes;
	struct change *next;
};

/* Its descriptor stays open: who closes one loses the locks of the file. */
struct file {
	dev_t dev;
	ino_t ino;
	int fd;
	bool changed;
	char *synced;
	size_t len;
	struct change *first, **last;
	struct file *next;
};

struct renaming {
	char *from, *to,
	    *old; /* `old`: another name of what `to` was, or NULL */
	struct renaming *next;
};

/* Of all that follows; when the power has gone nobody gets it any more. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file *files;
static struct renaming *renamings; /* the last first */
static bool is_dark;
static unsigned dice;

/* The function behind ours, asked for once. */
#define NEXT(name)                     \
	static __typeof__(&name) next; \
	if (next == NULL)              \
	*(void **)&next = dlsym(RTLD_NEXT, #name)

static unsigned
throw_dice(unsigned sides)
{
	dice = dice * 1103515245U + 12345U;
	return (dice >> 16) % sides;
}

static void
put(int fd, const char *bytes, size_t len, off_t at)
{
	(void)!syscall(SYS_pwrite64, fd, bytes, len, at);
}

static void
drop_changes(struct file *f)
{
	struct change *c;

	while ((c = f->first) != NULL) {
		f->first = c->next;
		free(c->bytes);
		free(c);
	}
	f->last = &f->first;
	free(f->synced);
	f->synced = NULL;
	f->changed = false;
}

static struct file *
find(int fd)
{
	struct stat st;
	struct file *f;

	if (is_dark || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return NULL;
	for (f = files; f != NULL; f = f->next)
		if (f->ino == st.st_ino && f->dev == st.st_dev)
			return f;
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		abort();
	*f = (struct file){ .dev = st.st_dev,
		.ino = st.st_ino,
		.fd = fcntl(fd, F_DUPFD_CLOEXEC, 200),
		.next = files };
	f->last = &f->first;
	return files = f;
}

/* Before the first change since the last sync: what is safe. */
static struct file *
before(int fd)
{
	struct file *f = find(fd);
	struct stat st;

	if (f == NULL || f->changed || fstat(fd, &st) != 0)
		return f;
	f->len = (size_t)st.st_size;
	f->synced = malloc(f->len + 1);
	if (f->synced == NULL || syscall(SYS_pread64, f->fd, f->synced, f->len,
				     (off_t)0) != (long)f->len)
		abort();
	f->changed = true;
	return f;
}

static void
note(struct file *f, const void *bytes, size_t len, off_t at)
{
	struct change *c = f != NULL ? calloc(1, sizeof(*c)) : NULL;

	if (c == NULL)
		return;
	c->at = at;
	c->len = len;
	if (bytes != NULL) {
		c->bytes = malloc(len + 1);
		if (c->bytes == NULL)
			abort();
		memcpy(c->bytes, bytes, len);
	}
	*f->last = c;
	f->last = &c->next;
}

static void
forget_renamings(void)
{
	struct renaming *r;

	while ((r = renamings) != NULL) {
		renamings = r->next;
		if (r->old != NULL)
			(void)syscall(SYS_unlink, r->old);
		free(r->from);
		free(r->to);
		free(r->old);
		free(r);
	}
}

static void
synced(int fd)
{
	struct file *f = find(fd);
	struct stat st;

	if (f != NULL)
		drop_changes(f);
	else if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		forget_renamings();
}

static void
lose_changes(struct file *f)
{
	const unsigned way = throw_dice(3);
	struct change *c;
	size_t len, n = 0;
	unsigned kept;

	for (c = f->first; c != NULL; c = c->next)
		n++;
	kept = way == 0 ? 0 : throw_dice((unsigned)n + 1);
	(void)!syscall(SYS_ftruncate, f->fd, (off_t)0);
	put(f->fd, f->synced, f->len, 0);
	(void)!syscall(SYS_ftruncate, f->fd, (off_t)f->len);
	for (c = f->first; c != NULL; c = c->next) {
		if (way < 2 ? kept == 0 : throw_dice(2) == 0)
			continue;
		kept -= way < 2;
		len = way == 2 && throw_dice(4) == 0
			  ? throw_dice((unsigned)c->len / 512 + 1) * 512
			  : c->len;
		if (c->bytes != NULL)
			put(f->fd, c->bytes, len, c->at);
		else
			(void)!syscall(SYS_ftruncate, f->fd, c->at);
	}
}

static void
cut_power(void)
{
	const char *seed = getenv("POWER_SEED");
	struct renaming *r;
	struct file *f;

	is_dark = true;
	dice = seed != NULL ? (unsigned)strtoul(seed, NULL, 10) : 0;
	for (f = files; f != NULL; f = f->next)
		if (f->changed)
			lose_changes(f);
	for (r = renamings; r != NULL; r = r->next) {
		if (throw_dice(2) == 0)
			continue;
		(void)syscall(SYS_rename, r->to, r->from);
		if (r->old != NULL)
			(void)syscall(SYS_rename, r->old, r->to);
	}
	forget_renamings();
}

__attribute__((destructor)) static void
end(void)
{
	(void)pthread_mutex_lock(&lock);
	if (getenv("POWER_AT_END") != NULL)
		cut_power();
	forget_renamings();
}

int
kill(pid_t pid, int how)
{
	NEXT(kill);
	if (pid == getpid() && how == SIGKILL) {
		(void)pthread_mutex_lock(&lock);
		cut_power();
	}
	return next(pid, how);
}

#define WRITES(name, params, args, at)                  \
	ssize_t name params                             \
	{                                               \
		struct file *f;                         \
		off_t where;                            \
		ssize_t did;                            \
		NEXT(name);                             \
		(void)pthread_mutex_lock(&lock);        \
		f = before(fd);                         \
		where = at;                             \
		did = next args;                        \
		if (did > 0)                            \
			note(f, b, (size_t)did, where); \
		(void)pthread_mutex_unlock(&lock);      \
		return did;                             \
	}

#define CUTS(name, off)                             \
	int name(int fd, off n)                     \
	{                                           \
		struct file *f;                     \
		int did;                            \
		NEXT(name);                         \
		(void)pthread_mutex_lock(&lock);    \
		f = before(fd);                     \
		did = next(fd, n);                  \
		if (did == 0)                       \
			note(f, NULL, 0, (off_t)n); \
		(void)pthread_mutex_unlock(&lock);  \
		return did;                         \
	}

#define SYNCS(name)                                \
	int name(int fd)                           \
	{                                          \
		int did;                           \
		NEXT(name);                        \
		(void)pthread_mutex_lock(&lock);   \
		did = next(fd);                    \
		if (did == 0)                      \
			synced(fd);                \
		(void)pthread_mutex_unlock(&lock); \
		return did;                        \
	}

/* clang-format off */
WRITES(write, (int fd, const void *b, size_t n), (fd, b, n),
    lseek(fd, 0, SEEK_CUR))
WRITES(pwrite, (int fd, const void *b, size_t n, off_t at), (fd, b, n, at), at)
WRITES(pwrite64, (int fd, const void *b, size_t n, off64_t at), (fd, b, n, at),
    at)
CUTS(ftruncate, off_t)
CUTS(ftruncate64, off64_t)
SYNCS(fsync)
SYNCS(fdatasync)
/* clang-format on */

/* Another name of what `to` was; NULL if it was nothing. */
static char *
keep_old(const char *to)
{
	static int made;
	char *old;

	if (asprintf(&old, "%s.power%d", to, ++made) < 0)
		abort();
	if (link(to, old) == 0)
		return old;
	free(old);
	return NULL;
}

int
rename(const char *from, const char *to)
{
	struct renaming *r = calloc(1, sizeof(*r));
	int did;
	NEXT(rename);

	if (r == NULL)
		abort();
	(void)pthread_mutex_lock(&lock);
	*r = (struct renaming){ .from = strdup(from),
		.to = strdup(to),
		.old = keep_old(to),
		.next = renamings };
	did = next(from, to);
	renamings = r;
	if (did != 0)
		forget_renamings();
	(void)pthread_mutex_unlock(&lock);
	return did;
}
