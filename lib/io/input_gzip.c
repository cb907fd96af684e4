#include <stdlib.h>
#include <zlib.h>

#include "base/xalloc.h"
#include "io/input_impl.h"

/*
 * Why not libarchive: its gzip filter (3.6) does not check the CRC, and of a
 * file that was cut off it throws away the last up to 64 KiB of good bytes.
 * Rotated logs are gzip, and a full disk cuts them off.
 */
struct gzip {
	z_stream z;
	bool inside; /* a member: its end has not been seen */
	bool ended;  /* of the file */
	char block[INPUT_BLOCK];
};

enum { WINDOW_GZIP = 15 + 16 }; /* zlib: largest window, gzip header */

static int
damaged(const struct input *in, const char *why, struct errmsg *err)
{
	return errmsg_set(err, "%s: damaged gzip data: %s", input_place(in),
	    why != NULL ? why : "cut off");
}

/* More compressed bytes, if there are none left. */
static int
fill(struct input *in, struct errmsg *err)
{
	struct gzip *g = in->state;
	ssize_t n;

	if (g->z.avail_in > 0 || g->ended)
		return 0;
	n = input_read_raw(in, g->block, sizeof(g->block), err);
	if (n < 0)
		return -1;
	g->z.next_in = (unsigned char *)g->block;
	g->z.avail_in = (unsigned)n;
	g->ended = n == 0;
	return 0;
}

/*
 * Between members: another may follow, as `cat a.gz b.gz` makes them, and NULs,
 * the padding of a tape.  Anything else might be records.
 */
static int
begin_member(struct input *in, struct errmsg *err)
{
	struct gzip *g = in->state;

	while (g->z.avail_in > 0 && *g->z.next_in == 0) {
		g->z.next_in++;
		if (--g->z.avail_in == 0 && fill(in, err) != 0)
			return -1;
	}
	if (g->z.avail_in > 0 && *g->z.next_in != 0x1f)
		return damaged(in, "what follows it is no gzip", err);
	g->inside = g->z.avail_in > 0;
	if (g->inside)
		(void)inflateReset(&g->z);
	return 0;
}

static ssize_t
read_gzip(struct input *in, void *bytes, size_t size, struct errmsg *err)
{
	struct gzip *g = in->state;
	const unsigned room = size < INPUT_BLOCK ? (unsigned)size : INPUT_BLOCK;
	int status;

	g->z.next_out = bytes;
	g->z.avail_out = room;
	while (g->z.avail_out == room) {
		if (fill(in, err) != 0)
			return -1;
		if (!g->inside && !g->ended && begin_member(in, err) != 0)
			return -1;
		if (!g->inside)
			return 0;
		status = inflate(&g->z, Z_NO_FLUSH);
		g->inside = status != Z_STREAM_END;
		if (g->z.avail_out < room)
			break;
		if (status == Z_BUF_ERROR && g->ended)
			return damaged(in, NULL, err);
		if (status != Z_OK && status != Z_STREAM_END &&
		    status != Z_BUF_ERROR)
			return damaged(in, g->z.msg, err);
	}
	return (ssize_t)(room - g->z.avail_out);
}

static void
close_gzip(struct input *in)
{
	struct gzip *g = in->state;

	(void)inflateEnd(&g->z);
	free(g);
}

static const struct input_way way = { read_gzip, NULL, close_gzip };

int
input_gzip(struct input *in, struct errmsg *err)
{
	struct gzip *g = xcalloc(1, sizeof(*g));

	if (inflateInit2(&g->z, WINDOW_GZIP) != Z_OK) {
		free(g);
		return errmsg_set(err, "%s: zlib does not start",
		    input_place(in));
	}
	in->state = g;
	in->way = &way;
	return 0;
}
