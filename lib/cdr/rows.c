#include "cdr/rows.h"

#include <stdlib.h>

#include "base/xalloc.h"

struct rows {
	const struct layout *layout;
	struct csvreader *lines; /* or rows, where nothing is to be taken out */
	struct csvreader *cells; /* NULL there */
};

/* No line has a delimiter then, and no quote goes over its end. */
static const struct csvdialect whole_lines = { .delimiter = '\n' };

static struct rows *
new_rows(const struct layout *l, const struct layout_form *form)
{
	struct rows *r = xcalloc(1, sizeof(*r));

	r->layout = l;
	if (l->record != NULL)
		r->cells = csvreader_memory("", 0, form->dialect);
	return r;
}

struct rows *
rows_new(struct input *in, const struct layout *l,
    const struct layout_form *form)
{
	struct rows *r = new_rows(l, form);

	r->lines =
	    csvreader_new(in, r->cells != NULL ? whole_lines : form->dialect);
	return r;
}

struct rows *
rows_memory(const char *bytes, size_t len, const struct layout *l,
    const struct layout_form *form)
{
	struct rows *r = new_rows(l, form);

	r->lines = csvreader_memory(bytes, len,
	    r->cells != NULL ? whole_lines : form->dialect);
	return r;
}

void
rows_free(struct rows **rp)
{
	if (*rp == NULL)
		return;
	csvreader_free(&(*rp)->lines);
	csvreader_free(&(*rp)->cells);
	free(*rp);
	*rp = NULL;
}

/* Split what the pattern takes of a line. */
static void
split(struct rows *r, struct csvrow *row)
{
	struct pattern_group groups[2] = { { 1, 0 }, { 1, 0 } };
	struct csvrow cells;

	row->fields = NULL;
	row->n = 0;
	if (pattern_match(r->layout->record, row->raw, row->raw_len, groups, 2,
		NULL) != 1 ||
	    groups[1].begin >= groups[1].end)
		return;
	csvreader_restart(r->cells, row->raw + groups[1].begin,
	    groups[1].end - groups[1].begin);
	if (csvreader_next(r->cells, &cells, NULL) != 1)
		return;
	row->fields = cells.fields;
	row->n = cells.n;
	row->fault = cells.fault;
}

int
rows_next(struct rows *r, struct csvrow *row, struct errmsg *err)
{
	int more = csvreader_next(r->lines, row, err);

	if (more == 1 && r->cells != NULL && row->fault == NULL)
		split(r, row);
	return more;
}
