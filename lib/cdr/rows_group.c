#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/rows_impl.h"

struct row_group *
row_group_new(const char *key, size_t len, uint64_t hash)
{
	struct row_group *g = xcalloc(1, sizeof(*g));

	g->key = xmemdup(key, len);
	g->key_len = len;
	g->hash = hash;
	buf_init(&g->texts);
	buf_init(&g->cells);
	return g;
}

void
row_group_free(struct row_group **gp)
{
	struct row_group *g = *gp;

	if (g == NULL)
		return;
	buf_fini(&g->texts);
	buf_fini(&g->cells);
	free(g->fields);
	free(g->list);
	free(g->key);
	free(g);
	*gp = NULL;
}

size_t
row_group_bytes(const struct row_group *g)
{
	return sizeof(*g) + g->key_len + g->texts.cap + g->cells.cap +
	       g->fields_cap * sizeof(*g->fields) + g->cap * sizeof(*g->list);
}

bool
row_group_further(const struct row_group *g, struct csvrow *row)
{
	if (!g->begun)
		return false;
	*row = g->last;
	row->fields = NULL;
	row->n = 0;
	row->raw = "";
	row->raw_len = 0;
	return true;
}

/* The row, and all that it points to. */
static void
hold(struct row_group *g, const struct csvrow *row)
{
	size_t at;
	uint32_t i;

	buf_reset(&g->texts);
	buf_add(&g->texts, row->raw, row->raw_len);
	buf_addch(&g->texts, '\0');
	for (i = 0; i < row->n; i++) {
		buf_add(&g->texts, row->fields[i].text, row->fields[i].len);
		buf_addch(&g->texts, '\0');
	}
	/* Only now the buffer stands still. */
	g->fields =
	    xgrow(g->fields, &g->fields_cap, row->n, sizeof(*g->fields));
	g->last = *row;
	g->last.raw = g->texts.data;
	g->last.fields = g->fields;
	g->last.packed = NULL;
	at = row->raw_len + 1;
	for (i = 0; i < row->n; i++) {
		g->fields[i] = row->fields[i];
		g->fields[i].text = g->texts.data + at;
		at += row->fields[i].len + 1;
	}
	g->begun = true;
}

static void
take_cells(struct row_group *g, const struct layout_record *rec, uint32_t pick)
{
	const struct layout_gather *how = &rec->layout->gather;
	struct layout_value v;
	uint32_t i;

	for (i = 0; i < how->ncells; i++) {
		if (how->cells[i].pick != pick || !how->cells[i].used)
			continue;
		v = layout_cell(rec, how->cells[i].column);
		if (v.column == 0)
			continue;
		g->list = xgrow(g->list, &g->cap, g->n + 1, sizeof(*g->list));
		g->list[g->n++] = (struct group_cell){ .which = i,
			.at = (uint32_t)g->cells.len,
			.len = v.len };
		buf_add(&g->cells, v.text, v.len);
		buf_addch(&g->cells, '\0');
	}
}

void
row_group_add(struct row_group *g, const struct layout_record *rec)
{
	const struct layout_gather *how = &rec->layout->gather;
	uint32_t i;

	hold(g, rec->row);
	for (i = 0; i < how->npicks; i++) {
		if ((g->picked & UINT32_C(1) << i) != 0 ||
		    !layout_tests(&how->picks[i].when, rec))
			continue;
		g->picked |= UINT32_C(1) << i;
		take_cells(g, rec, i);
	}
}

static bool
is_there(const struct row_group *g, const struct layout_gather *how,
    uint32_t pick)
{
	const int unless = how->picks[pick].unless;

	return (g->picked & UINT32_C(1) << pick) != 0 &&
	       (unless < 0 || (g->picked & UINT32_C(1) << unless) == 0);
}

bool
row_group_ends(const struct row_group *g, const struct layout_gather *how)
{
	uint32_t i;

	for (i = 0; i < how->npicks; i++)
		if ((how->ends & UINT32_C(1) << i) != 0 && is_there(g, how, i))
			return true;
	return false;
}

void
row_group_row(const struct row_group *g, const struct layout_gather *how,
    struct csvfield *gathered, struct csvrow *row)
{
	const struct group_cell *c;
	size_t i;

	for (i = 0; i < how->ncells; i++)
		gathered[i] = (struct csvfield){ .text = NULL };
	for (i = 0; i < g->n; i++) {
		c = &g->list[i];
		if (is_there(g, how, how->cells[c->which].pick))
			gathered[c->which] =
			    (struct csvfield){ .text = g->cells.data + c->at,
				    .len = c->len };
	}
	*row = g->last;
	row->gathered = gathered;
}
