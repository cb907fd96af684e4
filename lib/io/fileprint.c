#include "io/fileprint.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"

enum { BLOCK = 256 * 1024 };

/* Up to `len` bytes from `offset`; fewer only at the end. */
static bool
read_at(int fd, char *bytes, size_t len, off_t offset, size_t *got)
{
	ssize_t n = 1;

	for (*got = 0; *got < len && n > 0; *got += n > 0 ? (size_t)n : 0)
		n = pread(fd, bytes + *got, len - *got, offset + (off_t)*got);
	return n >= 0;
}

static bool
take(int fd, struct fileprint *p)
{
	char last[FILEPRINT_HEAD];
	struct stat st;
	size_t got;
	off_t from;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	p->size = st.st_size;
	p->mtime = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
	from = st.st_size > FILEPRINT_HEAD ? st.st_size - FILEPRINT_HEAD : 0;
	if (!read_at(fd, p->head, sizeof(p->head), 0, &p->nhead) ||
	    !read_at(fd, last, (size_t)(st.st_size - from), from, &got))
		return false;
	/* It grew meanwhile: what is behind its size is not of this print. */
	if ((off_t)p->nhead > st.st_size)
		p->nhead = (size_t)st.st_size;
	hash_hex(last, got, p->tail);
	return true;
}

/* Opening a pipe could wait, or take what it holds. */
static int
open_regular(const char *path)
{
	struct stat st;

	if (strcmp(path, "-") == 0 || stat(path, &st) != 0 ||
	    !S_ISREG(st.st_mode))
		return -1;
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

static bool
take_once(const char *path, struct fileprint *p)
{
	bool taken = false;
	int fd;

	memset(p, 0, sizeof(*p));
	fd = open_regular(path);
	if (fd >= 0) {
		taken = take(fd, p);
		(void)close(fd);
	}
	if (!taken)
		memset(p, 0, sizeof(*p));
	return taken;
}

/*
 * A failure is nobody's to tell, and a file that is not known again is read
 * wholly every night: what a disk fails at once is tried once more.
 */
bool
fileprint_take(const char *path, struct fileprint *p)
{
	return take_once(path, p) || take_once(path, p);
}

bool
fileprint_head(const struct fileprint *p, size_t len, char hex[HASH_HEX])
{
	if (len > p->nhead)
		return false;
	hash_hex(p->head, len, hex);
	return true;
}

/* The hash of the bytes before that size, or "" where there are fewer. */
static bool
take_tail(const char *path, int64_t size, char hex[HASH_HEX])
{
	const int64_t from = size > FILEPRINT_HEAD ? size - FILEPRINT_HEAD : 0;
	const int fd = open_regular(path);
	char last[FILEPRINT_HEAD];
	size_t got;
	bool taken;

	hex[0] = '\0';
	if (fd < 0)
		return false;
	taken = read_at(fd, last, (size_t)(size - from), (off_t)from, &got);
	if (taken && got == (size_t)(size - from))
		hash_hex(last, got, hex);
	(void)close(fd);
	return taken;
}

bool
fileprint_had(const char *path, int64_t size, const char *tail)
{
	char now[HASH_HEX];

	return size >= 0 && tail[0] != '\0' &&
	       (take_tail(path, size, now) || take_tail(path, size, now)) &&
	       strcmp(now, tail) == 0;
}

struct fileprint_run {
	struct hash_state *hash;
	uint64_t len; /* bytes that are in it */
};

struct fileprint_run *
fileprint_run_new(void)
{
	struct fileprint_run *r = xcalloc(1, sizeof(*r));

	r->hash = hash_new();
	return r;
}

void
fileprint_run_free(struct fileprint_run **rp)
{
	struct fileprint_run *r = *rp;

	if (r == NULL)
		return;
	hash_free(&r->hash);
	free(r);
	*rp = NULL;
}

static bool
run_on(struct fileprint_run *r, int fd, uint64_t len)
{
	char *block = xmalloc(BLOCK);
	size_t want, got;
	bool good = true;

	while (good && r->len < len) {
		want = len - r->len < BLOCK ? (size_t)(len - r->len) : BLOCK;
		good = read_at(fd, block, want, (off_t)r->len, &got) &&
		       got == want;
		hash_add(r->hash, block, got);
		r->len += got;
	}
	free(block);
	return good && r->len == len;
}

static bool
run_once(struct fileprint_run *r, const char *path, uint64_t len)
{
	const int fd = open_regular(path);
	bool good;

	if (fd < 0)
		return false;
	good = run_on(r, fd, len);
	(void)close(fd);
	return good;
}

bool
fileprint_run_to(struct fileprint_run *r, const char *path, uint64_t len,
    char hex[HASH_HEX])
{
	const bool good = run_once(r, path, len) || run_once(r, path, len);

	if (good)
		hash_end_hex(r->hash, hex);
	return good;
}
