#include "io/rowscan.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "io/rowscan_impl.h"

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
	rowscan_reset(s);
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
	s->from = SIZE_MAX;
	s->next = 0;
}

uint64_t
rowscan_hash(const struct rowscan *s, const void *bytes, size_t len)
{
	return s->width->hash(bytes, len);
}

/* How many cells the row has that ends at place `lf`. */
static size_t
count_cells(const uint32_t *ends, uint32_t lf)
{
	size_t n = 0;

	while (ends[n++] < lf)
		continue;
	return n;
}

bool
rowscan_row(struct rowscan *s, const char *bytes, size_t len, size_t at,
    struct rowscan_row *row)
{
	struct rowscan_places *p = &s->places;
	uint32_t *ends, lf, doubled = 0;
	size_t n = row->n;

	if ((at != s->from + s->next || s->row == p->nrows) &&
	    !rowscan_look(s, bytes, len, at))
		return false;
	lf = p->rows[s->row];
	ends = p->edges + s->edge;
	/* Nearly always as many cells as the row before, which had some. */
	if (n - 1 >= p->nedges - s->edge || ends[n - 1] != lf) {
		n = count_cells(ends, lf);
		if (n > BOUNDS_COLUMNS)
			return false;
	}
	row->doubled = p->doubled + s->doubled;
	while (row->doubled[doubled] < lf)
		doubled++;
	row->from = s->from;
	row->begin = s->next;
	row->ends = ends;
	row->n = (uint32_t)n;
	row->end = lf + 1;
	row->ndoubled = doubled;
	row->plain = s->nul <= s->next;
	s->edge += n;
	s->row++;
	s->doubled += doubled;
	s->next = lf + 1;
	/* The line end is not part of the last cell. */
	if (lf > row->begin && bytes[row->from + lf - 1] == '\r')
		ends[n - 1]--;
	return ends[n - 1] - row->begin <= BOUNDS_RECORD;
}
