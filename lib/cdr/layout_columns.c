#include <string.h>

#include "base/bounds.h"
#include "base/nearest.h"
#include "cdr/layout_impl.h"

int
layout_find_column(const struct layout *l, const char *name)
{
	uint32_t i;

	for (i = 0; i < l->ncolumns; i++)
		if (strcmp(l->columns[i], name) == 0)
			return (int)i;
	return -1;
}

/* A column in the order of appearance. */
static void
add_column(struct layout_reader *r, const struct json *v, const char *name,
    const char **names)
{
	struct layout *l = r->layout;

	if (name[0] == '\0')
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "a column needs a name");
	else if (layout_find_column(l, name) < 0)
		names[l->ncolumns++] = arena_strdup(&r->set->arena, name);
	else if (r->ncommon == 0)
		json_note(r->notes, NOTE_ERROR, "E608", v, NULL, NULL,
		    "column '%s' is named twice", name);
}

/* Those of a list, or of an object that numbers them. */
static void
add_columns(struct layout_reader *r, const struct json *list,
    const char **names)
{
	const struct json *v;

	for (v = list->first; v != NULL; v = v->next) {
		if (list->type == JSON_OBJECT)
			add_column(r, v, v->key, names);
		else if (v->type == JSON_STRING)
			add_column(r, v, v->string, names);
		else
			layout_type_note(r, v, JSON_BIT(JSON_STRING));
	}
}

/* The further columns of a variant, NULL if it states none. */
static const struct json *
more_of(const struct json *variant)
{
	const struct json *more = json_get(variant, "more");

	return more != NULL &&
		       (more->type == JSON_ARRAY || more->type == JSON_OBJECT)
		   ? more
		   : NULL;
}

/* All columns of the layout: those of every record, then the variants'. */
void
layout_read_columns(struct layout_reader *r, const struct json *v, void *into)
{
	const struct json *variants, *first, *item;
	struct layout *l = into;
	const char **names;
	size_t n = v->n;

	if (v->type == JSON_STRING) {
		if (l->container == CONTAINER_FIXED)
			layout_read_line(r, v);
		return; /* otherwise check_container() tells */
	}
	if (v->type == JSON_OBJECT && l->container != CONTAINER_ROWS &&
	    v->n > 0 && v->n <= BOUNDS_COLUMNS) {
		if (l->container == CONTAINER_FIXED)
			layout_read_spans(r, v);
		else
			layout_read_paths(r, v);
		return;
	}
	variants = json_get(v->parent, "variants");
	first = variants != NULL ? variants->first : NULL;
	for (item = first; item != NULL; item = item->next)
		n += more_of(item) != NULL ? more_of(item)->n : 0;
	if (v->n == 0 || n > BOUNDS_COLUMNS) {
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "columns: 1 to %d can be named", (int)BOUNDS_COLUMNS);
		return;
	}
	names = arena_array(&r->set->arena, n, sizeof(*names));
	l->columns = names;
	add_columns(r, v, names);
	r->ncommon = l->ncolumns;
	for (item = first; item != NULL; item = item->next)
		if (more_of(item) != NULL)
			add_columns(r, more_of(item), names);
	if (v->type == JSON_OBJECT) {
		r->places = arena_array(&r->set->arena, n, sizeof(*r->places));
		r->width = layout_number_columns(r, v, r->places);
	}
}

/* A variant with the columns of every record. */
static void
start_variant(struct layout_reader *r, struct layout_variant *v)
{
	uint32_t i, n = r->layout->ncolumns;
	int16_t *at = arena_array(&r->set->arena, n, sizeof(*at));

	for (i = 0; i < n; i++)
		at[i] = i >= r->ncommon     ? -1
			: r->places != NULL ? r->places[i]
					    : (int16_t)i;
	v->at = at;
	v->columns = r->places != NULL ? r->width : r->ncommon;
}

/* Columns one behind another. */
static void
append_columns(struct layout_reader *r, const struct json *v,
    struct layout_variant *variant, int16_t *at)
{
	const struct json *name;
	int column;

	for (name = v->first; name != NULL; name = name->next) {
		if (name->type != JSON_STRING ||
		    (column = layout_find_column(r->layout, name->string)) < 0)
			continue;
		if (at[column] >= 0)
			json_note(r->notes, NOTE_ERROR, "E608", name, NULL,
			    NULL, "column '%s' is named twice", name->string);
		at[column] = (int16_t)variant->columns++;
	}
}

static void
read_more(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_variant *variant = into;
	uint32_t last;
	int16_t *at;

	at = arena_memdup(&r->set->arena, variant->at,
	    r->layout->ncolumns * sizeof(*at));
	if (v->type == JSON_ARRAY) {
		append_columns(r, v, variant, at);
	} else {
		last = layout_number_columns(r, v, at);
		if (last > variant->columns)
			variant->columns = last;
	}
	variant->at = at;
}

static void
read_when(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_variant *variant = into;

	layout_read_tests(r, v, &variant->when);
}

void
layout_read_variants(struct layout_reader *r, const struct json *v, void *into)
{
	static const struct layout_key keys[] = {
		{ "more", JSON_BIT(JSON_ARRAY) | JSON_BIT(JSON_OBJECT), true,
		    read_more },
		{ "when", JSON_BIT(JSON_OBJECT), false, read_when },
	};
	struct layout *l = into;
	struct layout_variant *list;
	const struct json *item;

	if (v->n == 0)
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "variants: none");
	list = arena_array(&r->set->arena, v->n, sizeof(*list));
	for (item = v->first; item != NULL; item = item->next) {
		if (item->type != JSON_OBJECT) {
			layout_type_note(r, item, JSON_BIT(JSON_OBJECT));
			continue;
		}
		start_variant(r, &list[l->nvariants]);
		layout_keys(r, item, keys, 2, &list[l->nvariants]);
		l->nvariants++;
	}
	l->variants = list;
}

void
layout_add_only_variant(struct layout_reader *r)
{
	struct layout_variant *v;

	v = arena_alloc(&r->set->arena, sizeof(*v));
	start_variant(r, v);
	r->layout->variants = v;
	r->layout->nvariants = 1;
}

/* One name more for a column. */
static void
add_name(struct layout_reader *r, struct layout_name *list, const char *name,
    uint16_t column)
{
	struct layout *l = r->layout;
	char *plain;

	plain = arena_alloc(&r->set->arena, strlen(name) + 1);
	if (layout_plain_name(name, strlen(name), plain) == 0)
		return;
	list[l->nnames].plain = plain;
	list[l->nnames++].column = column;
}

/* The names of one column: its own, then the others in their order. */
static void
add_names_of(struct layout_reader *r, struct layout_name *list, uint16_t column,
    const struct json *aliases)
{
	const struct json *names, *v;

	add_name(r, list, r->layout->columns[column], column);
	names = aliases != NULL ? json_get(aliases, r->layout->columns[column])
				: NULL;
	if (names == NULL)
		return;
	if (names->type != JSON_ARRAY) {
		layout_type_note(r, names, JSON_BIT(JSON_ARRAY));
		return;
	}
	for (v = names->first; v != NULL; v = v->next) {
		if (v->type == JSON_STRING)
			add_name(r, list, v->string, column);
		else
			layout_type_note(r, v, JSON_BIT(JSON_STRING));
	}
}

static void
read_names(struct layout_reader *r, const struct json *aliases)
{
	struct layout *l = r->layout;
	struct layout_name *list;
	const struct json *member;
	size_t n = l->ncolumns;
	uint32_t i;

	for (member = aliases != NULL ? aliases->first : NULL; member != NULL;
	     member = member->next)
		n += member->n;
	list = arena_array(&r->set->arena, n, sizeof(*list));
	l->nnames = 0;
	for (i = 0; i < l->ncolumns; i++)
		add_names_of(r, list, (uint16_t)i, aliases);
	l->names = list;
}

void
layout_add_names(struct layout_reader *r)
{
	if (r->layout->names == NULL && r->layout->ncolumns > 0)
		read_names(r, NULL);
}

static const char *
column_at(const void *table, size_t i)
{
	const struct layout *l = table;

	return i < l->ncolumns ? l->columns[i] : NULL;
}

void
layout_read_aliases(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;
	const struct json *member;

	for (member = v->first; member != NULL; member = member->next)
		if (layout_find_column(l, member->key) < 0)
			layout_unknown_note(r, member, "column",
			    nearest(member->key, column_at, l));
	if (l->ncolumns > 0)
		read_names(r, v);
}
