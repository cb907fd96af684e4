#include "cdr/layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
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
	for (i = 0; i < ls->ndocs; i++)
		json_free(&ls->docs[i]);
	free(ls->docs);
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

static struct layout *
read_new(struct layouts *ls, const struct json_doc *doc, struct notes *notes)
{
	const struct layout *other;
	struct layout *l;

	if (doc == NULL || (l = layout_read(ls, json_root(doc), notes)) == NULL)
		return NULL;
	if ((other = layouts_find(ls, l->id)) != NULL) {
		json_note(notes, NOTE_ERROR, "E608",
		    json_get(json_root(doc), "id"), NULL, NULL,
		    "layout '%s' is in %s, too", l->id, other->file);
		return NULL;
	}
	return l;
}

/* The document is the set's from now on. */
static struct layout *
take_one(struct layouts *ls, struct json_doc *doc, struct notes *notes)
{
	struct layout *l = read_new(ls, doc, notes);

	if (l == NULL) {
		json_free(&doc);
		return NULL;
	}
	add(ls, l);
	ls->docs = xgrow(ls->docs, &ls->docs_cap, ls->ndocs + 1,
	    sizeof(struct json_doc *));
	ls->docs[ls->ndocs++] = doc;
	return l;
}

static int
take(struct layouts *ls, struct json_doc *doc, struct notes *notes)
{
	return take_one(ls, doc, notes) != NULL ? 0 : -1;
}

int
layouts_parse(struct layouts *ls, const char *text, size_t len,
    const char *file, struct notes *notes)
{
	return take(ls, json_parse(text, len, file, notes), notes);
}

static bool
named_json(const char *path)
{
	size_t len = strlen(path);

	return len > 5 && strcmp(path + len - 5, ".json") == 0;
}

static bool
extends_another(const struct json_doc *doc)
{
	return json_get(json_root(doc), "extends") != NULL;
}

/* Those that take over another one after those that do not. */
static int
load_all(struct layouts *ls, char **paths, size_t n, struct notes *notes)
{
	struct json_doc **docs = xcalloc(n, sizeof(struct json_doc *));
	int pass, rc = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (!named_json(paths[i]))
			continue;
		docs[i] = json_load(paths[i], notes);
		if (docs[i] == NULL)
			rc = -1;
	}
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < n; i++) {
			if (docs[i] == NULL ||
			    extends_another(docs[i]) != (pass == 1))
				continue;
			if (take(ls, docs[i], notes) != 0)
				rc = -1;
			docs[i] = NULL;
		}
	}
	free(docs);
	return rc;
}

int
layouts_load(struct layouts *ls, const char *path, struct notes *notes)
{
	struct errmsg err;
	char **paths;
	size_t i, n;
	int rc;

	if (!input_is_directory(path))
		return take(ls, json_load(path, notes), notes);
	if (input_list(path, &paths, &n, &err) != 0) {
		notes_addf(notes, NOTE_ERROR, NULL, 0, "%s", err.text);
		return -1;
	}
	rc = load_all(ls, paths, n, notes);
	for (i = 0; i < n; i++)
		free(paths[i]);
	free(paths);
	return rc;
}

const struct layout *
layouts_load_stated(struct layouts *ls, const char *path, struct notes *notes)
{
	struct layout *l;
	size_t i;

	for (i = 0; i < ls->n; i++)
		if (ls->list[i]->stated && strcmp(ls->list[i]->file, path) == 0)
			return ls->list[i];
	l = take_one(ls, json_load(path, notes), notes);
	if (l != NULL)
		l->stated = true;
	return l;
}

uint64_t
layouts_hash(const struct layouts *ls)
{
	struct hash_state *h = hash_new();
	const struct json *root;
	uint64_t all;
	size_t i;

	for (i = 0; i < ls->ndocs; i++) {
		root = json_root(ls->docs[i]);
		hash_add(h, json_text(ls->docs[i]) + root->begin,
		    root->end - root->begin);
	}
	all = hash_end64(h);
	hash_free(&h);
	return all;
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

void
layouts_of_switch(const struct layouts *ls, const char *name, struct buf *ids)
{
	const size_t len = strlen(name), begin = ids->len;
	size_t i;

	for (i = 0; i < ls->n; i++)
		if (len > 0 && strncmp(ls->list[i]->id, name, len) == 0 &&
		    ls->list[i]->id[len] == '-')
			buf_addf(ids, "%s%s", ids->len > begin ? ", " : "",
			    ls->list[i]->id);
}
