#include "cdr/layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/xalloc.h"
#include "cdr/layout_impl.h"
#include "io/input.h"
#include "tel/digits.h"

struct layouts *
layouts_new(void)
{
	return xcalloc(1, sizeof(struct layouts));
}

void
layouts_free(struct layouts **lp)
{
	struct layouts *ls = *lp;
	size_t i;

	if (ls == NULL)
		return;
	for (i = 0; i < ls->npatterns; i++)
		pattern_free(&ls->patterns[i]);
	for (i = 0; i < ls->nstamps; i++)
		stamp_free(&ls->stamps[i]);
	free(ls->patterns);
	free(ls->stamps);
	free(ls->list);
	arena_fini(&ls->arena);
	free(ls);
	*lp = NULL;
}

/* Where the layout with this id is, or belongs. */
static size_t
place_of(const struct layouts *ls, const char *id)
{
	size_t i = 0;

	while (i < ls->n && strcmp(ls->list[i]->id, id) < 0)
		i++;
	return i;
}

static void
add(struct layouts *ls, struct layout *l)
{
	size_t i = place_of(ls, l->id);

	ls->list = xgrow(ls->list, &ls->cap, ls->n + 1, sizeof(*ls->list));
	memmove(&ls->list[i + 1], &ls->list[i],
	    (ls->n - i) * sizeof(*ls->list));
	ls->list[i] = l;
	ls->n++;
}

static int
take(struct layouts *ls, const struct json_doc *doc, struct notes *notes)
{
	const struct layout *other;
	struct layout *l;

	if (doc == NULL || (l = layout_read(ls, json_root(doc), notes)) == NULL)
		return -1;
	if ((other = layouts_find(ls, l->id)) != NULL) {
		json_note(notes, NOTE_ERROR, "E608",
		    json_get(json_root(doc), "id"), NULL, NULL,
		    "layout '%s' is in %s, too", l->id, other->file);
		return -1;
	}
	add(ls, l);
	return 0;
}

int
layouts_parse(struct layouts *ls, const char *text, size_t len,
    const char *file, struct notes *notes)
{
	struct json_doc *doc = json_parse(text, len, file, notes);
	int rc = take(ls, doc, notes);

	json_free(&doc);
	return rc;
}

static int
load_file(struct layouts *ls, const char *path, struct notes *notes)
{
	struct json_doc *doc = json_load(path, notes);
	int rc = take(ls, doc, notes);

	json_free(&doc);
	return rc;
}

static bool
named_json(const char *path)
{
	size_t len = strlen(path);

	return len > 5 && strcmp(path + len - 5, ".json") == 0;
}

int
layouts_load(struct layouts *ls, const char *path, struct notes *notes)
{
	struct errmsg err;
	char **paths;
	size_t i, n;
	int rc = 0;

	if (!input_is_directory(path))
		return load_file(ls, path, notes);
	if (input_list(path, &paths, &n, &err) != 0) {
		notes_addf(notes, NOTE_ERROR, NULL, 0, "%s", err.text);
		return -1;
	}
	for (i = 0; i < n; i++) {
		if (named_json(paths[i]) && load_file(ls, paths[i], notes) != 0)
			rc = -1;
		free(paths[i]);
	}
	free(paths);
	return rc;
}

size_t
layouts_count(const struct layouts *ls)
{
	return ls->n;
}

const struct layout *
layouts_at(const struct layouts *ls, size_t i)
{
	return ls->list[i];
}

const struct layout *
layouts_find(const struct layouts *ls, const char *id)
{
	size_t i = place_of(ls, id);

	return i < ls->n && strcmp(ls->list[i]->id, id) == 0 ? ls->list[i]
							     : NULL;
}

static const char *
id_at(const void *table, size_t i)
{
	const struct layouts *ls = table;

	return i < ls->n ? ls->list[i]->id : NULL;
}

const char *
layouts_suggest(const struct layouts *ls, const char *id)
{
	return nearest(id, id_at, ls);
}

const struct csvfield *
layout_cell(const struct layout_variant *v, const struct csvrow *row,
    uint16_t column)
{
	int16_t at = v->at[column];

	return at >= 0 && (uint32_t)at < row->n ? &row->fields[at] : NULL;
}

const struct layout_variant *
layout_variant(const struct layout *l, const struct csvrow *row)
{
	const struct layout_variant *v;
	uint32_t i;

	for (i = 0; i < l->nvariants; i++) {
		v = &l->variants[i];
		if (v->columns == row->n && layout_tests(&v->when, v, row))
			return v;
	}
	return NULL;
}

static bool
is_word(const struct cell_test *t, const struct csvfield *cell)
{
	uint32_t i;

	for (i = 0; i < t->nwords; i++)
		if (strcmp(t->words[i], cell->text) == 0)
			return true;
	return false;
}

static bool
reads_as_stamp(const struct cell_test *t, const struct csvfield *cell)
{
	struct stamp stamp;

	return stamp_parse(t->stamp, cell->text, cell->len, &stamp) == 0;
}

/* Above 0: digits, perhaps a point and more digits, not all of them 0. */
static bool
is_positive(const struct csvfield *cell)
{
	size_t whole = strspn(cell->text, "0123456789"), end = whole;

	if (whole > 0 && cell->text[whole] == '.')
		end += 1 + strspn(cell->text + whole + 1, "0123456789");
	return whole > 0 && end == cell->len &&
	       strspn(cell->text, "0.") < cell->len;
}

bool
layout_test(const struct cell_test *t, const struct layout_variant *v,
    const struct csvrow *row)
{
	const struct csvfield *cell = layout_cell(v, row, t->column);

	if (cell == NULL)
		return false;
	switch (t->kind) {
	case CELL_IN:
		return is_word(t, cell);
	case CELL_MATCHES:
		return pattern_match(t->pattern, cell->text, cell->len, NULL, 0,
			   NULL) == 1;
	case CELL_STAMP:
		return reads_as_stamp(t, cell);
	case CELL_POSITIVE:
		return is_positive(cell);
	case CELL_INTEGER:
		return digits_only(cell->text, cell->len);
	case CELL_FILLED:
		return cell->len > 0;
	}
	return false;
}

bool
layout_tests(const struct cell_tests *ts, const struct layout_variant *v,
    const struct csvrow *row)
{
	uint32_t i;

	for (i = 0; i < ts->n; i++)
		if (layout_test(&ts->list[i], v, row) == ts->any)
			return ts->any;
	return ts->n == 0 || !ts->any;
}
