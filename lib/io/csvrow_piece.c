#include <assert.h>
#include <string.h>

#include "base/xalloc.h"
#include "io/csvrow_impl.h"

/* Bytes up to the last line end, 0 if there is none behind `from`. */
static size_t
whole_lines(const char *bytes, size_t from, size_t len)
{
	while (len > from && bytes[len - 1] != '\n')
		len--;
	return len > from ? len : 0;
}

/* Read behind the `len` bytes of memory: how many there are then. */
static size_t
fill(struct csvreader *r, char *memory, size_t len, size_t size)
{
	ssize_t n;

	while (len < size && !r->at_end) {
		n = input_read(r->in, memory + len, size - len, &r->failure);
		if (n > 0)
			len += (size_t)n;
		r->at_end = n <= 0;
		r->failed = n < 0;
	}
	return len;
}

/* Have `len` bytes in front of what the window has from `begin` on. */
static void
put_back(struct csvreader *r, const char *bytes, size_t len)
{
	const size_t had = r->have - r->begin;

	r->scans = false;
	if (len + had > r->cap) {
		r->cap = len + had;
		r->window = xrealloc(r->window, r->cap, 1);
		r->bytes = r->window;
	}
	memmove(r->window + len, r->window + r->begin, had);
	if (len > 0)
		memcpy(r->window, bytes, len);
	r->base = r->base + r->begin - len;
	r->begin = 0;
	r->have = len + had;
}

bool
csvreader_cut(struct csvreader *r, char **memory, size_t *cap, size_t size,
    struct csvpiece *piece)
{
	size_t len, seen = 0, whole = 0;

	assert(r->in != NULL && size > 0);
	if (!csvreader_at_lines(r))
		return false;
	len = r->have - r->begin;
	size = len > size ? len : size;
	*memory = xgrow(*memory, cap, size, 1);
	memcpy(*memory, r->window + r->begin, len);
	r->base += r->begin;
	r->begin = r->have = 0;
	for (;; size *= 2) {
		*memory = xgrow(*memory, cap, size, 1);
		len = fill(r, *memory, len, size);
		whole = whole_lines(*memory, seen, len);
		if (whole > 0 || r->at_end || len > CSV_SIGHT)
			break;
		seen = len;
	}
	r->base += len;
	put_back(r, *memory + whole, len - whole);
	if (whole == 0)
		return false;
	*piece = (struct csvpiece){ .bytes = *memory,
		.len = whole,
		.offset = r->base - whole,
		.line = r->line,
		.open_until = r->open_until };
	return true;
}

void
csvreader_uncut(struct csvreader *r, const struct csvpiece *left)
{
	assert(r->in != NULL && r->taken == 0 && !r->skip_line);
	assert(left->offset + left->len == r->base + r->begin);
	put_back(r, left->bytes, left->len);
	r->line = left->line;
	r->open_until = left->open_until;
}

void
csvreader_piece(struct csvreader *r, const struct csvpiece *piece)
{
	csvreader_restart(r, piece->bytes, piece->len);
	r->base = piece->offset;
	r->line = piece->line;
	r->open_until = piece->open_until;
	r->started = r->piece = true;
	r->ends = ENDS_LF;
}

void
csvreader_row_lines(struct csvreader *r, const struct csvreader *of,
    const struct csvrow *row)
{
	const struct csvpiece piece = { .bytes = row->raw,
		.len = row->raw_len,
		.offset = row->offset,
		.line = row->line,
		.open_until = row->offset + row->raw_len };

	assert(row->lines > 1 && of->ends != ENDS_UNKNOWN);
	csvreader_piece(r, &piece);
	r->ends = of->ends;
}

struct csvpiece
csvreader_left(const struct csvreader *r)
{
	assert(r->taken == 0 && !r->skip_line);
	return (struct csvpiece){ .bytes = r->bytes + r->begin,
		.len = r->have - r->begin,
		.offset = r->base + r->begin,
		.line = r->line,
		.open_until = r->open_until };
}

void
csvreader_seek(struct csvreader *r, size_t at, uint32_t line)
{
	assert(r->piece && at <= r->have);
	r->begin = at;
	r->line = line;
	r->taken = 0;
	r->lines_taken = 0;
	r->skip_line = false;
}
