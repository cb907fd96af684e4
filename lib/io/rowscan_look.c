#include <string.h>

#include "io/rowscan_impl.h"

/* Places are begun anew before they go beyond this. */
#define FAR (UINT32_MAX / 2)

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
	p->doubled[p->ndoubled] = UINT32_MAX;
	/* It does not vouch for a row that ends behind what is bad. */
	while (p->nrows > 0 && p->rows[p->nrows - 1] >= p->bad)
		p->nrows--;
	return true;
}

bool
rowscan_look(struct rowscan *s, const char *bytes, size_t len, size_t at)
{
	if (at != s->from + s->next || s->next > FAR)
		begin(s, at);
	while (s->row == s->places.nrows)
		if (!look(s, bytes, len))
			return false;
	return true;
}
