#include "io/csvrow.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "io/csvrow_impl.h"

enum {
	WINDOW = CSV_SIGHT + CSV_READ,
};

/* What must be zero of a new one. */
enum {
	ZEROED = offsetof(struct csvreader, fields) +
		 offsetof(struct csvfields, fields)
};

static struct csvreader *
new_reader(struct csvdialect dialect, size_t len)
{
	struct csvreader *r = xmalloc(sizeof(*r));

	memset(r, 0, ZEROED);
	csvfields_init(&r->fields, dialect, len);
	r->line = 1;
	return r;
}

struct csvreader *
csvreader_new(struct input *in, struct csvdialect dialect)
{
	struct csvreader *r = new_reader(dialect, BOUNDS_RECORD);

	r->in = in;
	r->cap = WINDOW;
	r->bytes = r->window = xmalloc(r->cap);
	return r;
}

struct csvreader *
csvreader_memory(const char *bytes, size_t len, struct csvdialect dialect)
{
	struct csvreader *r = new_reader(dialect, len);

	r->bytes = bytes;
	r->have = len;
	r->at_end = true;
	return r;
}

void
csvreader_terminate(struct csvreader *r)
{
	assert(!r->started);
	r->fields.terminate = true;
}

void
csvreader_pack(struct csvreader *r)
{
	assert(!r->started && !r->fields.terminate);
	csvfields_set_pack(&r->fields);
}

void
csvreader_width(struct csvreader *r, enum rowscan_width width)
{
	assert(!r->started && rowscan_has(width));
	r->width = width;
}

void
csvreader_slow(struct csvreader *r)
{
	assert(!r->started);
	r->slow = true;
}

void
csvreader_restart(struct csvreader *r, const char *bytes, size_t len)
{
	assert(r->in == NULL);
	csvfields_room(&r->fields, len);
	r->scans = false;
	r->bytes = bytes;
	r->begin = 0;
	r->have = len;
	r->base = r->open_until = 0;
	r->started = r->skip_line = false;
	r->ends = ENDS_UNKNOWN;
	r->line = 1;
	r->taken = 0;
	r->lines_taken = 0;
}

void
csvreader_free(struct csvreader **rp)
{
	if (*rp == NULL)
		return;
	csvfields_fini(&(*rp)->fields);
	rowscan_free(&(*rp)->scan);
	free((*rp)->window);
	free(*rp);
	*rp = NULL;
}

/* Forget the row that was given last. */
static inline void
advance(struct csvreader *r)
{
	r->begin += r->taken;
	r->line += r->lines_taken;
	r->taken = 0;
	r->lines_taken = 0;
	if (r->skip_line)
		csvreader_skip_line(r);
}

bool
csvreader_at_lines(struct csvreader *r)
{
	if (!r->started)
		csvreader_skip_start(r);
	advance(r);
	csvreader_look_for_ends(r);
	return r->ends == ENDS_LF;
}

/* The row that was found, which has text. */
static inline void
give_found(struct csvreader *r, struct csvrow *row, uint32_t len)
{
	const struct rowscan_row *found = &r->found;
	struct csvfields *f = &r->fields;
	const char *packed = NULL;
	uint64_t hash = 0;

	if (csvfields_can_pack(f, r->have, found)) {
		csvfields_pack(f, r->bytes, found);
		packed = f->packed;
		hash = rowscan_hash(r->scan, packed, f->packed_len);
	} else {
		csvfields_found(f, r->bytes, found);
	}
	r->taken = found->end - found->begin;
	r->lines_taken = 1;
	/* All of it: to clear it before takes longer than to fill it. */
	*row = (struct csvrow){ .fields = f->fields,
		.n = found->n,
		.line = r->line,
		.lines = 1,
		.packed_len = f->packed_len,
		.offset = r->base + r->begin,
		.raw = r->bytes + r->begin,
		.raw_len = len,
		.packed = packed,
		.packed_hash = hash,
		.fault = NULL,
		.gathered = NULL,
		.ended = true,
		.repaired = false,
		.plain = found->plain };
}

/* The row that begins here, if io/rowscan vouches for it. */
static inline bool
find_row(struct csvreader *r)
{
	return (r->scans || csvreader_begin_scan(r)) &&
	       rowscan_row(r->scan, r->bytes, r->have, r->begin, &r->found);
}

int
csvreader_next(struct csvreader *r, struct csvrow *row, struct errmsg *err)
{
	const struct rowscan_row *found = &r->found;
	uint32_t len;
	int more;

	if (!r->started)
		csvreader_skip_start(r);
	advance(r);
	do {
		while (find_row(r)) {
			len = found->ends[found->n - 1] - found->begin;
			if (found->n > 1 || csvreader_has_text(r, len)) {
				give_found(r, row, len);
				return 1;
			}
			r->begin += found->end - found->begin;
			r->line++;
		}
		more = csvreader_take(r, row, err);
	} while (more == CSV_BLANK);
	return more;
}
