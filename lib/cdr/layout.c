#include "cdr/layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/xalloc.h"
#include "cdr/layout_impl.h"
#include "io/input.h"

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
