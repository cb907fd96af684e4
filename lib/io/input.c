#include "io/input.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/xalloc.h"
#include "io/builtin.h"
#include "io/input_impl.h"

/*
 * What compressed files begin with, '?' being any byte.  Enough of each that
 * no text is taken for one of them: "BZh9" alone could be a name.
 */
static const struct magic {
	const char *bytes;
	size_t len;
	int (*begin)(struct input *, struct errmsg *);
} magics[] = {
	{ "\x1f\x8b\x08", 3, input_gzip }, { "\xfd\x37zXZ\0", 6, input_packed },
	{ "\x28\xb5\x2f\xfd", 4, input_packed },  /* zstd */
	{ "BZh?1AY&SY", 10, input_packed },       /* bzip2 */
	{ "BZh?\x17rE8P\x90", 10, input_packed }, /* bzip2 of nothing */
	{ "PK\x03\x04", 4, input_zip },
	{ "PK\x05\x06", 4, input_zip }, /* zip of nothing */
};

static bool
has_magic(const struct input *in, const struct magic *m)
{
	size_t i;

	if (in->n_unread < m->len)
		return false;
	for (i = 0; i < m->len; i++)
		if (m->bytes[i] != '?' && m->bytes[i] != in->unread[i])
			return false;
	return true;
}

const char *
input_place(const struct input *in)
{
	return strcmp(in->path, "-") == 0 ? "standard input" : in->name.data;
}

ssize_t
input_read_raw(struct input *in, void *bytes, size_t size, struct errmsg *err)
{
	ssize_t n;

	if (in->chunk > 0 && size > in->chunk)
		size = in->chunk;
	if (in->n_unread > 0) {
		if (size > in->n_unread)
			size = in->n_unread;
		memcpy(bytes, in->unread, size);
		in->unread += size;
		in->n_unread -= size;
		return (ssize_t)size;
	}
	if (in->fd < 0 || in->ended)
		return 0;
	if (in->thread != NULL && !input_thread_wait(in->thread, in->fd))
		return 0;
	do
		n = read(in->fd, bytes, size);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		in->taken += (uint64_t)n;
	in->ended = n == 0 && in->fd == STDIN_FILENO;
	return n < 0 ? errmsg_sys(err, errno, "%s", input_place(in)) : n;
}

static const struct input_way plain = { input_read_raw, NULL, NULL };

static struct input *
new_input(const char *path)
{
	struct input *in = xcalloc(1, sizeof(*in));

	in->way = &plain;
	in->path = xstrdup(path);
	in->fd = -1;
	buf_init(&in->ahead);
	buf_init(&in->name);
	buf_addstr(&in->name, path);
	return in;
}

struct input *
input_memory(const char *name, const void *bytes, size_t len, size_t chunk)
{
	struct input *in = new_input(name);

	in->unread = bytes;
	in->n_unread = len;
	in->chunk = chunk;
	return in;
}

static int
open_fd(struct input *in, struct errmsg *err)
{
	struct stat st;

	if (strcmp(in->path, "-") == 0)
		in->fd = STDIN_FILENO;
	else
		in->fd = open(in->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (in->fd < 0 || fstat(in->fd, &st) != 0)
		return errmsg_sys(err, errno, "%s", input_place(in));
	if (S_ISDIR(st.st_mode))
		return errmsg_set(err, "%s: is a directory", input_place(in));
	return 0;
}

/* Look at the first bytes; they are given again by input_read_raw(). */
static int
peek(struct input *in, struct errmsg *err)
{
	size_t have = 0;
	ssize_t n;

	do {
		n = input_read_raw(in, in->peek + have, INPUT_PEEK - have, err);
		if (n < 0)
			return -1;
		have += (size_t)n;
	} while (n > 0 && have < INPUT_PEEK);
	in->unread = in->peek;
	in->n_unread = have;
	return 0;
}

static int
begin(struct input *in, struct errmsg *err)
{
	size_t i;

	if (open_fd(in, err) != 0 || peek(in, err) != 0)
		return -1;
	for (i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (has_magic(in, &magics[i]))
			return magics[i].begin(in, err);
	return 0;
}

/* A tar archive, compressed or not, is the stream of its members. */
static int
open_members(struct input **inp, struct errmsg *err)
{
	struct input *inner = *inp;

	if (inner->way->next != NULL || !input_has_tar(inner))
		return 0;
	*inp = new_input(inner->path);
	return input_tar(*inp, inner, err);
}

int
input_open(struct input **inp, const char *path, struct errmsg *err)
{
	const struct builtin_file *f = builtin_find(path);

	if (f != NULL) {
		*inp = input_memory(path, f->bytes, f->len, 0);
		return 0;
	}
	*inp = new_input(path);
	if (begin(*inp, err) == 0 && open_members(inp, err) == 0)
		return 0;
	input_close(inp);
	return -1;
}

void
input_close(struct input **inp)
{
	struct input *in = *inp;

	if (in == NULL)
		return;
	input_thread_end(&in->thread);
	if (in->way->close != NULL)
		in->way->close(in);
	if (in->fd > STDIN_FILENO)
		(void)close(in->fd);
	buf_fini(&in->ahead);
	buf_fini(&in->name);
	free(in->path);
	free(in);
	*inp = NULL;
}

ssize_t
input_read_way(struct input *in, void *bytes, size_t size, struct errmsg *err)
{
	if (in->thread != NULL)
		return input_thread_read(in->thread, bytes, size, err);
	return in->way->read(in, bytes, size, err);
}

ssize_t
input_read(struct input *in, void *bytes, size_t size, struct errmsg *err)
{
	assert(size > 0);
	if (in->ahead_given < in->ahead.len || in->ahead_failed)
		return input_read_ahead(in, bytes, size, err);
	return input_read_way(in, bytes, size, err);
}

int
input_next(struct input *in, struct errmsg *err)
{
	buf_reset(&in->ahead);
	in->ahead_given = 0;
	return in->way->next != NULL ? in->way->next(in, err) : 0;
}

uint64_t
input_taken(const struct input *in)
{
	const struct input *inner = input_inner(in);

	return inner != NULL ? input_taken(inner) : in->taken;
}

const char *
input_name(const struct input *in)
{
	return in->name.data;
}

bool
input_is_plain(const struct input *in)
{
	return in->way == &plain;
}

bool
input_same(const char *a, const char *b)
{
	struct stat one, other;

	if (builtin_has_root(a) || builtin_has_root(b))
		return strcmp(a, b) == 0;
	return stat(a, &one) == 0 && stat(b, &other) == 0 &&
	       one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

bool
input_is_directory(const char *path)
{
	struct stat st;
	size_t i = 0;

	if (builtin_has_root(path))
		return builtin_next(path, &i) != NULL;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

struct list {
	char **paths;
	size_t n, cap;
};

/* Add the entry if it is a regular file. */
static void
add_entry(struct list *l, const char *dir, const char *entry)
{
	size_t len = strlen(dir);
	struct buf path;
	struct stat st;

	if (entry[0] == '.')
		return;
	buf_init(&path);
	buf_addstr(&path, dir);
	if (len > 0 && dir[len - 1] != '/')
		buf_addch(&path, '/');
	buf_addstr(&path, entry);
	if (stat(path.data, &st) == 0 && S_ISREG(st.st_mode)) {
		l->paths =
		    xgrow(l->paths, &l->cap, l->n + 1, sizeof(*l->paths));
		l->paths[l->n++] = buf_detach(&path);
	}
	buf_fini(&path);
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
free_list(struct list *l)
{
	while (l->n > 0)
		free(l->paths[--l->n]);
	free(l->paths);
}

/* Built-in files stand in the order of their names. */
static void
list_builtin(const char *dir, struct list *l)
{
	const struct builtin_file *f;
	size_t i = 0;

	while ((f = builtin_next(dir, &i)) != NULL) {
		l->paths =
		    xgrow(l->paths, &l->cap, l->n + 1, sizeof(*l->paths));
		l->paths[l->n++] = xstrdup(f->path);
	}
}

int
input_list(const char *dir, char ***paths, size_t *n, struct errmsg *err)
{
	struct list l = { NULL, 0, 0 };
	struct dirent *entry;
	int failed = 0;
	DIR *d;

	if (builtin_has_root(dir)) {
		list_builtin(dir, &l);
		*paths = l.paths;
		*n = l.n;
		return 0;
	}
	d = opendir(dir);
	if (d == NULL)
		return errmsg_sys(err, errno, "%s", dir);
	while (errno = 0, (entry = readdir(d)) != NULL && failed == 0) {
		add_entry(&l, dir, entry->d_name);
		if (l.n > BOUNDS_FILES)
			failed = errmsg_set(err, "%s: more than %d files", dir,
			    BOUNDS_FILES);
	}
	if (failed == 0 && errno != 0)
		failed = errmsg_sys(err, errno, "%s", dir);
	(void)closedir(d);
	if (failed != 0) {
		free_list(&l);
		return -1;
	}
	if (l.n > 1)
		qsort(l.paths, l.n, sizeof(*l.paths), compare_paths);
	*paths = l.paths;
	*n = l.n;
	return 0;
}

int
input_slurp(const char *path, size_t max, char **bytes, size_t *len,
    struct errmsg *err)
{
	char block[16 * 1024];
	struct input *in;
	struct buf b;
	ssize_t n;

	if (input_open(&in, path, err) != 0)
		return -1;
	buf_init(&b);
	while ((n = input_read(in, block, sizeof(block), err)) > 0) {
		buf_add(&b, block, (size_t)n);
		if (b.len > max) {
			n = errmsg_set(err, "%s: larger than %zu bytes",
			    input_place(in), max);
			break;
		}
	}
	if (n == 0) {
		*len = b.len;
		*bytes = buf_detach(&b);
	}
	buf_fini(&b);
	input_close(&in);
	return n == 0 ? 0 : -1;
}
