#include "io/fileprint.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

bool
fileprint_take(const char *path, struct fileprint *p)
{
	struct stat st;
	bool taken = false;
	int fd;

	memset(p, 0, sizeof(*p));
	/* Opening a pipe could wait, or take what it holds. */
	if (strcmp(path, "-") == 0 || stat(path, &st) != 0 ||
	    !S_ISREG(st.st_mode))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0) {
		taken = take(fd, p);
		(void)close(fd);
	}
	if (!taken)
		memset(p, 0, sizeof(*p));
	return taken;
}

bool
fileprint_head(const struct fileprint *p, size_t len, char hex[HASH_HEX])
{
	if (len > p->nhead)
		return false;
	hash_hex(p->head, len, hex);
	return true;
}
