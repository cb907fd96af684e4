/*
 * Layouts that take over what another one says.
 *
 * That happens in the JSON: members of the other document stand in where the
 * file has none of that name, and what is read is one object.  Every value
 * still knows its own document, so that a note shows the right file and line,
 * and a reader can tell what was inherited.
 */
#include <string.h>

#include "cdr/layout_impl.h"

static bool
one_of(const char *key, const char *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(key, list[i]) == 0)
			return true;
	return false;
}

/*
 * What a file says of itself is its own; variants and aliases go with the
 * columns that they belong to, and items are those of a text of columns.
 */
static bool
inherited(const struct json *member, const struct json *top)
{
	static const char *const own[] = { "cdrlayout", "id", "title", "about",
		"extends" };
	static const char *const of_columns[] = { "variants", "aliases" };
	const struct json *columns = json_get(top, "columns");

	if (json_get(top, member->key) != NULL || one_of(member->key, own, 5))
		return false;
	if (columns == NULL)
		return true;
	return !one_of(member->key, of_columns, 2) &&
	       (columns->type == JSON_STRING ||
		   strcmp(member->key, "items") != 0);
}

static bool
missing(const struct json *member, const struct json *top)
{
	return json_get(top, member->key) == NULL;
}

/*
 * Give `out` the members of `top`, then those of `under` that it takes; the
 * list of them, which is in `a`.
 */
static struct json *
merge(struct arena *a, const struct json *top, const struct json *under,
    bool (*takes)(const struct json *, const struct json *), struct json *out)
{
	struct json *list = arena_array(a, top->n + under->n, sizeof(*list));
	const struct json *v;
	uint32_t i, n = 0;

	for (v = top->first; v != NULL; v = v->next)
		list[n++] = *v;
	for (v = under->first; v != NULL; v = v->next)
		if (takes(v, top))
			list[n++] = *v;
	for (i = 0; i < n; i++) {
		list[i].parent = out;
		list[i].next = i + 1 < n ? &list[i + 1] : NULL;
	}
	out->first = n > 0 ? list : NULL;
	out->n = n;
	return list;
}

/* Of the fields each by itself is taken over. */
static struct json *
merge_root(struct arena *a, const struct json *top, const struct json *under)
{
	const struct json *fields = json_get(under, "fields"), *own;
	struct json *root = arena_memdup(a, top, sizeof(*top)), *list;
	uint32_t i;

	list = merge(a, top, under, inherited, root);
	for (i = 0; i < root->n; i++) {
		own = json_get(top, list[i].key);
		if (strcmp(list[i].key, "fields") == 0 && own != NULL &&
		    own->type == JSON_OBJECT)
			(void)merge(a, own, fields, missing, &list[i]);
	}
	return root;
}

/* The document of a layout of the set. */
static const struct json *
root_of(const struct layouts *set, const char *id)
{
	const char *other;
	size_t i;

	for (i = 0; i < set->ndocs; i++) {
		other = json_get_string(json_root(set->docs[i]), "id");
		if (strcmp(other, id) == 0)
			return json_root(set->docs[i]);
	}
	return NULL;
}

static void
note_unknown(const struct layouts *set, const struct json *extends,
    struct notes *notes)
{
	const char *near = layouts_suggest(set, extends->string);
	struct buf help;

	buf_init(&help);
	if (near != NULL)
		buf_addf(&help, "did you mean '%s'?", near);
	json_note(notes, NOTE_ERROR, "E602", extends,
	    near != NULL ? help.data : NULL, NULL, "no such layout: '%s'",
	    extends->string);
	buf_fini(&help);
}

const struct json *
layout_extended(struct layouts *set, const struct json *root,
    struct notes *notes)
{
	const struct json *extends = json_get(root, "extends"), *base;

	if (extends == NULL || extends->type != JSON_STRING)
		return root;
	base = root_of(set, extends->string);
	if (base == NULL) {
		note_unknown(set, extends, notes);
		return NULL;
	}
	if (json_get(base, "extends") != NULL) {
		json_note(notes, NOTE_ERROR, "E604", extends, NULL, NULL,
		    "extends: layout '%s' extends another one itself",
		    extends->string);
		return NULL;
	}
	return merge_root(&set->arena, root, base);
}
