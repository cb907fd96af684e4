/*
 * Where a file without a last newline was put in front of another:
 *
 *	id,start,src,dst
 *	1,2026-01-13 02:11:09,201,202id,start,src,dst
 *	2,2026-01-13 02:12:09,201,203
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/layout_impl.h"

enum { FIRST_YEAR = 2000 }; /* a number is most often none of the time */

/*
 * How many cells stand before the same columns as above, in the same order; 0:
 * they are others, or nothing does.  The first may not be found again.
 */
static uint32_t
cells_before(const struct layout_header *h, const struct layout *l,
    const struct csvrow *row, const struct layout_header *found)
{
	int before = 0;
	uint32_t i;

	for (i = 0; i < l->ncolumns; i++) {
		if (h->at[i] <= 0)
			continue;
		if (before == 0)
			before = found->at[i] - h->at[i];
		if (before <= 0 || found->at[i] - h->at[i] != before)
			return 0;
	}
	return row->n == h->variant.columns + (uint32_t)before
		   ? (uint32_t)before
		   : 0;
}

/* "202id" */
static bool
ends_with_name(const struct layout *l, uint32_t column,
    const struct csvfield *cell)
{
	const struct layout_name *name = l->names;
	char *plain = xmalloc((size_t)cell->len + 1);
	const size_t len = layout_plain_name(cell->text, cell->len, plain);
	bool does = false;
	size_t n;
	uint32_t i;

	for (i = 0; i < l->nnames && !does; i++, name++) {
		n = strlen(name->plain);
		does = name->column == column && n < len &&
		       strcmp(plain + len - n, name->plain) == 0;
	}
	free(plain);
	return does;
}

/* Whether the first of the columns stands behind the last cell of a record. */
static bool
is_glued(const struct layout_header *h, const struct layout *l,
    const struct csvfield *cell)
{
	uint32_t i;

	for (i = 0; i < l->ncolumns; i++)
		if (h->at[i] == 0 && ends_with_name(l, i, cell))
			return true;
	return false;
}

static bool
has_time(const struct layout_record *rec, enum layout_target target)
{
	struct stamp stamp;

	return layout_read_time(rec, target, &stamp) &&
	       (stamp.no_year || stamp.civil.year >= FIRST_YEAR);
}

/* Whether so many cells are what a record begins with. */
static bool
begins_record(const struct layout_header *h, const struct layout *l,
    const struct csvrow *row, uint32_t n)
{
	struct csvrow begin = *row;
	struct buf scratch;
	const struct layout_record rec = { .layout = l,
		.variant = &h->variant,
		.row = &begin,
		.scratch = &scratch };
	bool does;

	begin.n = n;
	buf_init(&scratch);
	does = has_time(&rec, TARGET_START) || has_time(&rec, TARGET_END);
	buf_fini(&scratch);
	return does;
}

bool
layout_is_joint(const struct layout_header *h, const struct layout *l,
    const struct csvrow *row, const struct layout_header *found)
{
	uint32_t n;

	if (h->at == NULL)
		return false;
	n = cells_before(h, l, row, found);
	return n > 0 &&
	       (is_glued(h, l, &row->fields[n]) || begins_record(h, l, row, n));
}
