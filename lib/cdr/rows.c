#include <stdlib.h>

#include "base/xalloc.h"
#include "cdr/rows_impl.h"

struct rows {
	const struct rows_kind *kind;
	void *self;
	struct rows_gather *gather; /* NULL: every row is a record */
	struct csvreader *records;  /* gives them as they are; or NULL */
};

static const struct rows_kind *const kinds[] = {
	[CONTAINER_ROWS] = &rows_lines,
	[CONTAINER_FIXED] = &rows_lines,
	[CONTAINER_XML] = &rows_xml,
	[CONTAINER_JSON] = &rows_json,
};

/* Where nothing is done to rows that their reader gives. */
static struct csvreader *
records_of(const struct rows *r)
{
	return r->gather == NULL && r->kind->records_of != NULL
		   ? r->kind->records_of(r->self)
		   : NULL;
}

struct rows *
rows_new(struct input *in, const struct layout *l,
    const struct layout_form *form)
{
	struct rows *r = xcalloc(1, sizeof(*r));

	r->kind = kinds[l->container];
	r->self = r->kind->open(in, l, form);
	if (l->gather.nby > 0)
		r->gather = rows_gather_new(r->kind, r->self, l, form);
	r->records = records_of(r);
	return r;
}

struct rows *
rows_memory(const char *bytes, size_t len, const struct layout *l,
    const struct layout_form *form)
{
	struct rows *r = xcalloc(1, sizeof(*r));

	r->kind = kinds[l->container];
	r->self = r->kind->open_memory(bytes, len, l, form);
	r->records = records_of(r);
	return r;
}

void
rows_free(struct rows **rp)
{
	if (*rp == NULL)
		return;
	rows_gather_free(&(*rp)->gather);
	(*rp)->kind->close((*rp)->self);
	free(*rp);
	*rp = NULL;
}

struct csvreader *
rows_lines_of(struct rows *r)
{
	if (r->gather != NULL || r->kind->lines_of == NULL)
		return NULL;
	return r->kind->lines_of(r->self);
}

int
rows_next(struct rows *r, struct csvrow *row, struct errmsg *err)
{
	if (r->records != NULL)
		return csvreader_next(r->records, row, err);
	if (r->gather != NULL)
		return rows_gather_next(r->gather, row, err);
	return r->kind->next(r->self, row, err);
}
