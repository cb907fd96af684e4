#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cdr/rows_impl.h"

struct fixed_cells {
	const struct layout *layout;
	struct csvfield *fields;
	struct buf texts; /* each with a NUL behind it */
};

struct fixed_cells *
fixed_cells_new(const struct layout *l)
{
	struct fixed_cells *f = xcalloc(1, sizeof(*f));

	f->layout = l;
	f->fields = xcalloc(l->ncolumns, sizeof(*f->fields));
	buf_init(&f->texts);
	return f;
}

void
fixed_cells_free(struct fixed_cells **fp)
{
	if (*fp == NULL)
		return;
	buf_fini(&(*fp)->texts);
	free((*fp)->fields);
	free(*fp);
	*fp = NULL;
}

void
fixed_cells_cut(struct fixed_cells *f, const char *line, size_t len,
    struct csvrow *row)
{
	const struct layout_span *span = f->layout->spans;
	uint32_t i, n = f->layout->ncolumns;
	size_t begin, end, at = 0;

	buf_reset(&f->texts);
	for (i = 0; i < n; i++, span++) {
		begin = span->begin < len ? span->begin : len;
		end = span->end < len ? span->end : len;
		f->fields[i].len = (uint32_t)(end - begin);
		buf_add(&f->texts, line + begin, end - begin);
		buf_addch(&f->texts, '\0');
	}
	/* Only now the buffer stands still. */
	for (i = 0; i < n; i++) {
		f->fields[i].text = f->texts.data + at;
		at += f->fields[i].len + 1;
	}
	row->fields = f->fields;
	row->n = n;
}
