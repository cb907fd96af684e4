#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/input_impl.h"

size_t
input_peek(struct input *in, size_t size, const char **bytes)
{
	char block[16 * 1024];
	ssize_t n;

	if (in->ahead_given == in->ahead.len) {
		buf_reset(&in->ahead);
		in->ahead_given = 0;
	}
	while (in->ahead.len - in->ahead_given < size && !in->ahead_failed) {
		n = input_read_way(in, block, sizeof(block), &in->fault);
		if (n == 0)
			break;
		if (n < 0)
			in->ahead_failed = true;
		else
			buf_add(&in->ahead, block, (size_t)n);
	}
	*bytes = in->ahead.data + in->ahead_given;
	n = (ssize_t)(in->ahead.len - in->ahead_given);
	return (size_t)n < size ? (size_t)n : size;
}

ssize_t
input_read_ahead(struct input *in, void *bytes, size_t size, struct errmsg *err)
{
	size_t left = in->ahead.len - in->ahead_given;

	if (left == 0)
		return errmsg_set(err, "%s", in->fault.text);
	if (in->chunk > 0 && size > in->chunk)
		size = in->chunk;
	if (size > left)
		size = left;
	memcpy(bytes, in->ahead.data + in->ahead_given, size);
	in->ahead_given += size;
	return (ssize_t)size;
}

uint64_t
input_size(const struct input *in)
{
	struct stat st;

	if (!input_is_plain(in) || in->fd <= STDIN_FILENO ||
	    fstat(in->fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 0)
		return 0;
	return (uint64_t)st.st_size;
}

size_t
input_read_at(struct input *in, uint64_t offset, void *bytes, size_t size)
{
	ssize_t n;

	if (input_size(in) <= offset)
		return 0;
	n = pread(in->fd, bytes, size, (off_t)offset);
	if (n < 0)
		(void)errmsg_sys(&in->fault, errno, "%s", input_place(in));
	return n > 0 ? (size_t)n : 0;
}

/* One span behind the others; false if the file does not have it. */
static bool
keep(struct input *in, struct buf *kept, const struct input_span *span)
{
	const uint64_t len = span->end - span->begin;
	const size_t at = kept->len;
	size_t got = 0, n = 1;

	if (span->end < span->begin || len > INPUT_KEPT - at)
		return false;
	buf_fill(kept, '\0', (size_t)len);
	while (got < len && n > 0) {
		n = input_read_at(in, span->begin + got, kept->data + at + got,
		    (size_t)len - got);
		got += n;
	}
	return got == len;
}

bool
input_skip(struct input *in, const struct input_span *spans, size_t n,
    uint64_t from)
{
	struct buf kept;
	bool good;
	size_t i;

	buf_init(&kept);
	good =
	    input_size(in) >= from && in->ahead_given == 0 && !in->ahead_failed;
	for (i = 0; good && i < n; i++)
		good = keep(in, &kept, &spans[i]);
	if (good && lseek(in->fd, (off_t)from, SEEK_SET) == (off_t)from) {
		in->n_unread = 0;
		buf_reset(&in->ahead);
		buf_add(&in->ahead, kept.data, kept.len);
	} else {
		good = false;
	}
	buf_fini(&kept);
	return good;
}

int
input_looked(const struct input *in, struct errmsg *err)
{
	return in->fault.text[0] == '\0'
		   ? 0
		   : errmsg_set(err, "%s", in->fault.text);
}
