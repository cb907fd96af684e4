#include <string.h>

#include "base/bounds.h"
#include "cdr/layout_impl.h"

/* A part of the key: a column, or several whose order does not count. */
static void
read_part(struct layout_reader *r, const struct json *v,
    struct layout_source *part)
{
	if (v->type == JSON_ARRAY && (v->n == 0 || v->n > LAYOUT_PARTS))
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "names 1 to %d columns, not %u", (int)LAYOUT_PARTS,
		    (unsigned)v->n);
	else
		part->n = layout_columns_of(r, v, part->columns);
}

static void
read_by(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_gather *g = into;
	const struct json *item;

	if (v->n == 0 || v->n > LAYOUT_BY) {
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "by: 1 to %d columns, not %u", (int)LAYOUT_BY,
		    (unsigned)v->n);
		return;
	}
	for (item = v->first; item != NULL; item = item->next)
		read_part(r, item, &g->by[g->nby++]);
}

/* The index of a named row; -1 with a note. */
static int
pick_of(struct layout_reader *r, const struct json *v,
    const struct layout_gather *g)
{
	const char *names[LAYOUT_PICKS];
	uint32_t i;

	if (v->type != JSON_STRING) {
		layout_type_note(r, v, JSON_BIT(JSON_STRING));
		return -1;
	}
	for (i = 0; i < g->npicks; i++)
		names[i] = g->picks[i].name;
	return layout_word_of(r, v, names, g->npicks, "row");
}

/* Who may not be there depends on the names of all. */
static void
read_unless(struct layout_reader *r, const struct json *v,
    const struct layout_gather *g, struct layout_pick *pick)
{
	const struct json *unless = json_get(v, "unless");

	pick->unless = -1;
	if (unless == NULL)
		return;
	pick->unless = pick_of(r, unless, g);
	if (pick->unless >= 0 && &g->picks[pick->unless] == pick)
		json_note(r->notes, NOTE_ERROR, "E604", unless, NULL, NULL,
		    "unless: is the row itself");
}

static void
read_rows(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_gather *g = into;
	struct layout_pick *picks;
	const struct json *item;
	uint32_t i = 0;

	if (v->n == 0 || v->n > LAYOUT_PICKS) {
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "rows: 1 to %d can be named", (int)LAYOUT_PICKS);
		return;
	}
	picks = arena_array(&r->set->arena, v->n, sizeof(*picks));
	g->picks = picks;
	for (item = v->first; item != NULL; item = item->next)
		picks[g->npicks++].name =
		    arena_strdup(&r->set->arena, item->key);
	for (item = v->first; item != NULL; item = item->next, i++) {
		if (item->type != JSON_OBJECT) {
			layout_type_note(r, item, JSON_BIT(JSON_OBJECT));
			continue;
		}
		layout_read_pick(r, item, &picks[i].when);
		read_unless(r, item, g, &picks[i]);
	}
}

static void
read_ends(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_gather *g = into;
	const struct json *item;
	int i;

	if (v->n == 0)
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "ends: no rows");
	for (item = v->first; item != NULL; item = item->next)
		if ((i = pick_of(r, item, g)) >= 0)
			g->ends |= UINT32_C(1) << i;
}

/* "NAME.column" for every named row and every column of a row. */
static void
add_cells(struct layout_reader *r, const struct json *v)
{
	struct layout *l = r->layout;
	struct layout_gather *g = &l->gather;
	const size_t n = (size_t)g->npicks * l->ncolumns;
	const char **names;
	uint32_t p, c;

	if (l->ncolumns + n > BOUNDS_COLUMNS) {
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "gather: %zu columns are more than %d", l->ncolumns + n,
		    (int)BOUNDS_COLUMNS);
		return;
	}
	names = arena_array(&r->set->arena, l->ncolumns + n, sizeof(*names));
	if (l->ncolumns > 0)
		memcpy(names, l->columns, l->ncolumns * sizeof(*names));
	g->cells = arena_array(&r->set->arena, n, sizeof(*g->cells));
	for (p = 0; p < g->npicks; p++) {
		for (c = 0; c < l->ncolumns; c++) {
			g->cells[g->ncells] =
			    (struct layout_gathered){ .pick = (uint16_t)p,
				    .column = (uint16_t)c };
			names[l->ncolumns + g->ncells++] =
			    arena_printf(&r->set->arena, "%s.%s",
				g->picks[p].name, l->columns[c]);
		}
	}
	l->columns = names;
}

void
layout_read_gather(struct layout_reader *r, const struct json *v, void *into)
{
	static const struct layout_key keys[] = {
		{ "by", JSON_BIT(JSON_ARRAY), true, read_by },
		{ "rows", JSON_BIT(JSON_OBJECT), true, read_rows },
		/* The names of the rows come first. */
		{ "ends", JSON_BIT(JSON_ARRAY), true, read_ends },
	};
	struct layout *l = into;

	layout_keys(r, v, keys, sizeof(keys) / sizeof(keys[0]), &l->gather);
	add_cells(r, v);
}
