#include "io/rowscan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "io/rowscan_impl.h"

enum { WORDS = 64 /* masked at once: their masks stay in the first cache */ };

struct rowscan {
	const struct rowscan_masker *masker;
	char delimiter, quote;
	size_t from, to; /* of which bytes there are masks */
	struct rowscan_mask masks[WORDS];
};

/* A row while its words are read. */
struct reading {
	uint64_t keep;   /* bits of the word that are not before the row */
	uint64_t inside; /* all bits if the word begins inside quotes */
	/* What the last byte of the word before was, in bit 0. */
	uint64_t edge, close, cr;
	uint64_t at; /* of the row's first byte, in the word; wraps below 0 */
};

struct rowscan *
rowscan_new(char delimiter, char quote, enum rowscan_width width)
{
	struct rowscan *s = xcalloc(1, sizeof(*s));

	s->masker = rowscan_masker(width);
	assert(s->masker != NULL);
	assert(delimiter != '\n' || quote == '\0');
	s->delimiter = delimiter;
	s->quote = quote;
	return s;
}

void
rowscan_free(struct rowscan **sp)
{
	free(*sp);
	*sp = NULL;
}

void
rowscan_reset(struct rowscan *s)
{
	s->from = s->to = 0;
}

/* Have masks from byte `at` on, which is before `len`. */
static void
mask(struct rowscan *s, const char *bytes, size_t len, size_t at)
{
	char rest[ROWSCAN_WORD] = { 0 };
	size_t words = (len - at) / ROWSCAN_WORD;

	if (words > WORDS)
		words = WORDS;
	s->from = at;
	s->to = at + words * ROWSCAN_WORD;
	s->masker->mask(bytes + at, words, s->delimiter, s->quote, s->masks);
	if (words == WORDS || s->to == len)
		return;
	memcpy(rest, bytes + s->to, len - s->to);
	s->masker->mask(rest, 1, s->delimiter, s->quote, s->masks + words);
	s->to = len;
}

/* The number of the lowest bit (Leiserson, Prokop, Randall 1998). */
static unsigned
lowest(uint64_t bits)
{
	static const uint8_t number[64] = { 0, 1, 2, 53, 3, 7, 54, 27, 4, 38,
		41, 8, 34, 55, 48, 28, 62, 5, 39, 46, 44, 42, 22, 9, 24, 35, 59,
		56, 49, 18, 29, 11, 63, 52, 6, 26, 37, 40, 33, 47, 61, 45, 43,
		21, 23, 58, 17, 10, 51, 25, 36, 32, 60, 20, 57, 16, 50, 31, 19,
		15, 30, 14, 13, 12 };

	return number[((bits & (0 - bits)) * UINT64_C(0x022fdd63cc95386d)) >>
		      58];
}

/* Bit i is the sum of bits 0 to i: set from an opening quote to a closing. */
static uint64_t
sums(uint64_t bits)
{
	bits ^= bits << 1;
	bits ^= bits << 2;
	bits ^= bits << 4;
	bits ^= bits << 8;
	bits ^= bits << 16;
	bits ^= bits << 32;
	return bits;
}

static bool
add_ends(struct rowscan_row *row, uint64_t edges, uint64_t at)
{
	for (; edges != 0; edges &= edges - 1) {
		if (row->n == BOUNDS_COLUMNS)
			return false;
		row->ends[row->n++] = (uint32_t)(lowest(edges) - at);
	}
	return true;
}

/* There are two quotes that are one in the word that begins at `at`. */
static void
note_doubled(struct rowscan_row *row, uint32_t at)
{
	/* The first of the two may be in the word before, or before the row. */
	if (!row->doubled)
		row->doubled_from = at > 0 && at < INT32_MAX ? at - 1 : 0;
	row->doubled = true;
	row->doubled_to = at + ROWSCAN_WORD;
}

/* Take a word of the row; false if a byte of it is not as it should be. */
static bool
take(struct reading *r, const struct rowscan_mask *m, bool quotes, uint64_t *lf,
    struct rowscan_row *row)
{
	const uint64_t first = m->lf & r->keep, stop = first & (0 - first);
	const uint64_t of_row = r->keep & (stop ^ (stop - 1));
	const uint64_t quote = quotes ? m->quote & of_row : 0;
	const uint64_t in = sums(quote) ^ r->inside;
	const uint64_t open = quote & in, close = quote & ~in;
	const uint64_t edge = ((m->delimiter & ~in) | stop) & of_row;
	const uint64_t cr = m->cr & of_row;
	const uint64_t before = edge << 1 | r->edge;
	const uint64_t behind_close = close << 1 | r->close;
	const uint64_t behind_cr = cr << 1 | r->cr;

	if ((stop & in) != 0 || (open & ~(before | behind_close)) != 0 ||
	    (behind_close & ~(edge | open | cr)) != 0 ||
	    (behind_cr & ~stop) != 0)
		return false;
	if ((open & behind_close) != 0)
		note_doubled(row, (uint32_t)(0 - r->at));
	*lf = stop;
	r->keep = ~UINT64_C(0);
	r->inside = 0 - (in >> 63);
	r->edge = edge >> 63;
	r->close = close >> 63;
	r->cr = cr >> 63;
	return add_ends(row, edge, r->at);
}

/* The line end is not part of the last cell. */
static void
end_row(struct rowscan_row *row, const char *begin)
{
	uint32_t *last = &row->ends[row->n - 1];

	row->end = *last + 1;
	if (*last > 0 && begin[*last - 1] == '\r')
		(*last)--;
}

bool
rowscan_row(struct rowscan *s, const char *bytes, size_t len, size_t at,
    struct rowscan_row *row)
{
	struct reading r = { .edge = 0 };
	size_t from = at, word;
	uint64_t lf = 0, bit;

	row->n = 0;
	row->doubled = false;
	while (lf == 0) {
		if (from >= len || from - at > BOUNDS_RECORD)
			return false;
		if (from < s->from || from >= s->to)
			mask(s, bytes, len, from);
		word = (from - s->from) / ROWSCAN_WORD;
		bit = (from - s->from) % ROWSCAN_WORD;
		if (from == at) {
			r.keep = ~UINT64_C(0) << bit;
			r.edge = UINT64_C(1) << bit;
			r.at = bit;
		}
		if (!take(&r, &s->masks[word], s->quote != '\0', &lf, row))
			return false;
		r.at -= ROWSCAN_WORD;
		from += ROWSCAN_WORD - bit;
	}
	end_row(row, bytes + at);
	return row->ends[row->n - 1] <= BOUNDS_RECORD;
}
