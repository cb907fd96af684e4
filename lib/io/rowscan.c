#include "io/rowscan.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "io/rowscan_impl.h"

/*
 * Bytes are looked at some words at a time, from where a row begins:
 *
 *	from       next        a row that was begun     to
 *	| rows that were given | rows | , , , ,         | not looked at
 *	                         places ------------->
 */
struct rowscan {
	const struct rowscan_width_of *width;
	struct rowscan_bytes what;
	size_t from;   /* the byte that places are counted from */
	uint32_t to;   /* place behind what was looked at; 0: nothing */
	uint32_t next; /* where the row begins that would be next */
	uint32_t nul;  /* before this place there may be NULs */
	size_t edge, row, doubled; /* the first that are not given */
	struct rowscan_state state;
	struct rowscan_places places; /* last: it is large */
};

/* Places are begun anew before they go beyond this. */
#define FAR (UINT32_MAX / 2)

struct rowscan *
rowscan_new(char delimiter, char quote, enum rowscan_width width)
{
	struct rowscan *s = xmalloc(sizeof(*s));

	memset(s, 0, offsetof(struct rowscan, places));
	s->width = rowscan_width_of(width);
	assert(s->width != NULL);
	assert(delimiter != '\n' || quote == '\0');
	s->what.delimiter = delimiter;
	s->what.quote = quote;
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
	s->to = 0;
}

/* A row begins at byte `at`, whatever was known. */
static void
begin(struct rowscan *s, size_t at)
{
	struct rowscan_places *p = &s->places;

	s->from = at;
	s->to = s->next = s->nul = 0;
	s->edge = s->row = s->doubled = 0;
	s->state = (struct rowscan_state){ .edge = 1 };
	p->nedges = p->nrows = p->ndoubled = 0;
	p->bad = UINT32_MAX;
}

static size_t
forget(uint32_t *list, size_t n, size_t *given)
{
	n -= *given;
	memmove(list, list + *given, n * sizeof(*list));
	*given = 0;
	return n;
}

/* Look at some words more; false if that is of no use for the row. */
static bool
look(struct rowscan *s, const char *bytes, size_t len)
{
	char rest[ROWSCAN_WORD] = { 0 };
	struct rowscan_places *p = &s->places;
	const size_t at = s->from + s->to, left = len - at;
	size_t words = left / ROWSCAN_WORD;

	p->nedges = forget(p->edges, p->nedges, &s->edge);
	p->nrows = forget(p->rows, p->nrows, &s->row);
	p->ndoubled = forget(p->doubled, p->ndoubled, &s->doubled);
	if (left == 0 || p->bad != UINT32_MAX || p->nedges > BOUNDS_COLUMNS ||
	    p->ndoubled > ROWSCAN_DOUBLED || s->to - s->next > BOUNDS_RECORD)
		return false;
	p->nul = false;
	if (words > ROWSCAN_WORDS)
		words = ROWSCAN_WORDS;
	if (words > 0) {
		s->width->look(bytes + at, words, s->to, s->what, &s->state, p);
		s->to += (uint32_t)(words * ROWSCAN_WORD);
	} else {
		memcpy(rest, bytes + at, left);
		s->width->look(rest, 1, s->to, s->what, &s->state, p);
		p->nul = memchr(rest, '\0', left) != NULL;
		s->to += (uint32_t)left;
	}
	if (p->nul)
		s->nul = s->to;
	return true;
}

/* How many of the places from the first on, not given, are before `end`. */
static size_t
count_before(const uint32_t *list, size_t first, size_t n, uint32_t end)
{
	size_t i = first;

	while (i < n && list[i] < end)
		i++;
	return i - first;
}

/* The row that ends with the line end at place `lf`. */
static bool
give(struct rowscan *s, const char *bytes, uint32_t lf, struct rowscan_row *row)
{
	struct rowscan_places *p = &s->places;
	uint32_t *ends = p->edges + s->edge;
	const size_t left = p->nedges - s->edge;
	size_t n = row->n;

	/* Nearly always as many cells as the row before. */
	if (n == 0 || n > left || ends[n - 1] != lf)
		n = count_before(p->edges, s->edge, p->nedges, lf) + 1;
	if (n > BOUNDS_COLUMNS)
		return false;
	row->from = s->from;
	row->begin = s->next;
	row->ends = ends;
	row->n = (uint32_t)n;
	row->end = lf + 1;
	row->doubled = p->doubled + s->doubled;
	row->ndoubled =
	    (uint32_t)count_before(p->doubled, s->doubled, p->ndoubled, lf);
	row->plain = s->nul <= s->next;
	s->edge += n;
	s->row++;
	s->doubled += row->ndoubled;
	s->next = lf + 1;
	/* The line end is not part of the last cell. */
	if (lf > row->begin && bytes[s->from + lf - 1] == '\r')
		ends[n - 1]--;
	return ends[n - 1] - row->begin <= BOUNDS_RECORD;
}

bool
rowscan_row(struct rowscan *s, const char *bytes, size_t len, size_t at,
    struct rowscan_row *row)
{
	const struct rowscan_places *p = &s->places;

	if (s->to == 0 || at != s->from + s->next || s->next > FAR)
		begin(s, at);
	while (s->row == p->nrows)
		if (!look(s, bytes, len))
			return false;
	return p->rows[s->row] < p->bad && give(s, bytes, p->rows[s->row], row);
}
