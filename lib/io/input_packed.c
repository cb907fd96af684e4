#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "io/input_impl.h"

/* What libarchive decompressed and nobody has read yet is `block`. */
struct packed {
	struct archive *a;
	struct input *inner; /* owned: what the archive is in, or NULL */
	struct errmsg err;   /* why the read callback failed */
	const char *block;
	size_t n_block;
	bool ended; /* there is no further member */
	char bytes[INPUT_BLOCK];
};

static la_ssize_t
read_callback(struct archive *a, void *data, const void **bytes)
{
	struct input *in = data;
	struct packed *p = in->state;
	ssize_t n;

	if (p->inner != NULL)
		n = input_read(p->inner, p->bytes, sizeof(p->bytes), &p->err);
	else
		n = input_read_raw(in, p->bytes, sizeof(p->bytes), &p->err);
	if (n < 0)
		archive_set_error(a, EIO, "%s", p->err.text);
	*bytes = p->bytes;
	return n;
}

static la_int64_t
seek_callback(struct archive *a, void *data, la_int64_t offset, int whence)
{
	const struct input *in = data;

	(void)a;
	return (la_int64_t)lseek(in->fd, (off_t)offset, whence);
}

static int
failed(const struct input *in, struct errmsg *err)
{
	const struct packed *p = in->state;
	const char *why = archive_error_string(p->a);

	if (p->err.text[0] != '\0')
		return errmsg_set(err, "%s", p->err.text);
	if (why == NULL)
		why = "unknown reason";
	/* Some of its reasons end their line. */
	return errmsg_set(err, "%s: damaged compressed data: %.*s",
	    input_place(in), (int)strcspn(why, "\n"), why);
}

static ssize_t
read_packed(struct input *in, void *bytes, size_t size, struct errmsg *err)
{
	struct packed *p = in->state;
	const void *block = NULL;
	la_int64_t offset;
	int status;

	while (p->n_block == 0) {
		if (p->ended)
			return 0;
		status =
		    archive_read_data_block(p->a, &block, &p->n_block, &offset);
		if (status == ARCHIVE_EOF)
			return 0;
		if (status != ARCHIVE_OK && status != ARCHIVE_RETRY)
			return failed(in, err);
		p->block = block;
	}
	if (size > p->n_block)
		size = p->n_block;
	memcpy(bytes, p->block, size);
	p->block += size;
	p->n_block -= size;
	return (ssize_t)size;
}

static void
close_packed(struct input *in)
{
	struct packed *p = in->state;

	(void)archive_read_free(p->a);
	input_close(&p->inner);
	free(p);
}

static void
name_member(struct input *in, struct archive_entry *entry)
{
	const char *member = archive_entry_pathname(entry);

	if (member == NULL)
		member = archive_entry_pathname_utf8(entry);
	buf_reset(&in->name);
	buf_addf(&in->name, "%s:%s", in->path, member != NULL ? member : "?");
}

/* The next header: 1, 0 at the end, -1. */
static int
next_entry(struct input *in, struct archive_entry **entry, struct errmsg *err)
{
	struct packed *p = in->state;
	int status;

	p->n_block = 0;
	if (p->ended)
		return 0;
	status = archive_read_next_header(p->a, entry);
	p->ended = status == ARCHIVE_EOF;
	if (status == ARCHIVE_OK || status == ARCHIVE_WARN)
		return 1;
	return p->ended ? 0 : failed(in, err);
}

static int
next_member(struct input *in, struct errmsg *err)
{
	struct archive_entry *entry;
	int status;

	do
		status = next_entry(in, &entry, err);
	while (status == 1 && archive_entry_filetype(entry) != AE_IFREG);
	if (status != 1)
		return status;
	name_member(in, entry);
	if (archive_entry_is_data_encrypted(entry))
		return errmsg_set(err, "%s: encrypted", in->name.data);
	return 1;
}

static const struct input_way packed_way = { read_packed, NULL, close_packed };
static const struct input_way members_way = { read_packed, next_member,
	close_packed };

/* Give libarchive what is known about the input, and open it. */
static int
begin(struct input *in, const struct input_way *way, struct input *inner,
    struct errmsg *err)
{
	struct packed *p = xcalloc(1, sizeof(*p));

	p->a = archive_read_new();
	if (p->a == NULL)
		abort(); /* out of memory */
	p->inner = inner;
	in->state = p;
	in->way = way;
	(void)archive_read_set_read_callback(p->a, read_callback);
	(void)archive_read_set_callback_data(p->a, in);
	if (inner != NULL) {
		(void)archive_read_support_format_tar(p->a);
	} else if (way == &members_way) {
		(void)archive_read_support_format_zip(p->a);
		/* The directory at the end of the file knows best. */
		if (lseek(in->fd, 0, SEEK_SET) == 0) {
			in->n_unread = 0;
			(void)archive_read_set_seek_callback(p->a,
			    seek_callback);
		}
	} else {
		(void)archive_read_support_filter_xz(p->a);
		(void)archive_read_support_filter_zstd(p->a);
		(void)archive_read_support_filter_bzip2(p->a);
		(void)archive_read_support_format_raw(p->a);
		(void)archive_read_support_format_empty(p->a);
	}
	return archive_read_open1(p->a) == ARCHIVE_OK ? 0 : failed(in, err);
}

struct input *
input_inner(const struct input *in)
{
	const struct packed *p = in->state;

	return in->way == &members_way ? p->inner : NULL;
}

int
input_packed(struct input *in, struct errmsg *err)
{
	struct archive_entry *entry;

	if (begin(in, &packed_way, NULL, err) != 0)
		return -1;
	return next_entry(in, &entry, err) < 0 ? -1 : 0;
}

int
input_zip(struct input *in, struct errmsg *err)
{
	return begin(in, &members_way, NULL, err) != 0 ||
		       next_member(in, err) < 0
		   ? -1
		   : 0;
}

/* A number of octal digits; -1 for any other text. */
static long
octal(const char *text, size_t len)
{
	long value = 0;

	for (; len > 0 && *text == ' '; text++)
		len--;
	for (; len > 0 && *text >= '0' && *text <= '7'; text++, len--)
		value = value * 8 + (*text - '0');
	return len == 0 || *text == '\0' || *text == ' ' ? value : -1;
}

/* POSIX.1-1988 and GNU headers say "ustar" and have the sum of their bytes. */
bool
input_has_tar(struct input *in)
{
	enum { HEADER = 512, SUM = 148, SUM_LEN = 8, MAGIC = 257 };
	const char *header;
	long sum = 0;
	int i;

	if (input_peek(in, HEADER, &header) < HEADER ||
	    memcmp(header + MAGIC, "ustar", 5) != 0)
		return false;
	for (i = 0; i < HEADER; i++)
		sum += i >= SUM && i < SUM + SUM_LEN ? ' '
						     : (unsigned char)header[i];
	return octal(header + SUM, SUM_LEN) == sum;
}

int
input_tar(struct input *in, struct input *inner, struct errmsg *err)
{
	return begin(in, &members_way, inner, err) != 0 ||
		       next_member(in, err) < 0
		   ? -1
		   : 0;
}
