#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/nearest.h"
#include "base/xalloc.h"
#include "cdr/layout_impl.h"

static const char *const type_names[] = {
	[JSON_NULL] = "null",
	[JSON_BOOL] = "true or false",
	[JSON_NUMBER] = "a number",
	[JSON_STRING] = "a text",
	[JSON_ARRAY] = "a list",
	[JSON_OBJECT] = "an object",
};

enum { NTYPES = sizeof(type_names) / sizeof(type_names[0]) };

/* Words to choose from, for nearest(). */
struct words {
	const char *const *list;
	size_t n;
};

static const char *
word_at(const void *table, size_t i)
{
	const struct words *w = table;

	return i < w->n ? w->list[i] : NULL;
}

struct keys {
	const struct layout_key *list;
	size_t n;
};

static const char *
key_at(const void *table, size_t i)
{
	const struct keys *k = table;

	return i < k->n ? k->list[i].name : NULL;
}

void
layout_type_note(struct layout_reader *r, const struct json *v, unsigned types)
{
	struct buf right;
	unsigned t;

	buf_init(&right);
	for (t = 0; t < NTYPES; t++) {
		if ((types & JSON_BIT(t)) == 0)
			continue;
		buf_addf(&right, "%s%s", right.len > 0 ? " or " : "",
		    type_names[t]);
	}
	json_note(r->notes, NOTE_ERROR, "E601", v, NULL, NULL,
	    "%s%smust be %s, not %s", v->key != NULL ? v->key : "",
	    v->key != NULL ? ": " : "", right.data, type_names[v->type]);
	buf_fini(&right);
}

void
layout_unknown_note(struct layout_reader *r, const struct json *member,
    const char *what, const char *near)
{
	struct buf help;

	buf_init(&help);
	if (near != NULL)
		buf_addf(&help, "did you mean '%s'?", near);
	json_note_key(r->notes, NOTE_ERROR, "E602", member,
	    near != NULL ? help.data : NULL, NULL, "unknown %s '%s'", what,
	    member->key);
	buf_fini(&help);
}

static const struct layout_key *
find_key(const struct layout_key *keys, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

void
layout_keys(struct layout_reader *r, const struct json *obj,
    const struct layout_key *keys, size_t n, void *into)
{
	const struct keys all = { keys, n };
	const struct json *v;
	size_t i;

	for (v = obj->first; v != NULL; v = v->next)
		if (find_key(keys, n, v->key) == NULL)
			layout_unknown_note(r, v, "key",
			    nearest(v->key, key_at, &all));
	for (i = 0; i < n; i++) {
		v = json_get(obj, keys[i].name);
		if (v == NULL && keys[i].required)
			json_note(r->notes, NOTE_ERROR, "E603", obj, NULL, NULL,
			    "key '%s' is missing", keys[i].name);
		else if (v != NULL && (keys[i].types & JSON_BIT(v->type)) == 0)
			layout_type_note(r, v, keys[i].types);
		else if (v != NULL)
			keys[i].read(r, v, into);
	}
}

static int
index_of(const struct words *w, const char *text)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (strcmp(w->list[i], text) == 0)
			return (int)i;
	return -1;
}

/* What else it could be: the nearest word, or all of a few. */
static void
offer(const struct words *w, const char *text, struct buf *help)
{
	const char *near = nearest(text, word_at, w);
	size_t i;

	buf_init(help);
	if (near != NULL)
		buf_addf(help, "did you mean '%s'?", near);
	for (i = 0; near == NULL && w->n <= 4 && i < w->n; i++)
		buf_addf(help, "%s'%s'", i > 0 ? " or " : "", w->list[i]);
}

/* The index of a text, -1 with a note. */
static int
choose(struct layout_reader *r, const struct json *v, const struct words *w,
    const char *code, const char *what)
{
	int i = index_of(w, v->string);
	struct buf help;

	if (i >= 0)
		return i;
	offer(w, v->string, &help);
	json_note(r->notes, NOTE_ERROR, code, v,
	    help.len > 0 ? help.data : NULL, NULL, "no such %s: '%s'", what,
	    v->string);
	buf_fini(&help);
	return -1;
}

int
layout_word_of(struct layout_reader *r, const struct json *v,
    const char *const *words, size_t n, const char *what)
{
	return choose(r, v, &(struct words){ words, n }, "E602", what);
}

const char *const *
layout_texts(struct layout_reader *r, const struct json *v, uint32_t *n)
{
	const struct json *item;
	const char **list;

	list = arena_array(&r->set->arena, v->n, sizeof(*list));
	*n = 0;
	for (item = v->first; item != NULL; item = item->next) {
		if (item->type != JSON_STRING)
			layout_type_note(r, item, JSON_BIT(JSON_STRING));
		else
			list[(*n)++] =
			    arena_strdup(&r->set->arena, item->string);
	}
	return list;
}

int
layout_column_of(struct layout_reader *r, const struct json *v)
{
	struct layout *l = r->layout;
	const struct words all = { l->columns,
		l->ncolumns + (r->one_row ? 0 : l->gather.ncells) };
	int column;

	if (v->type != JSON_STRING) {
		layout_type_note(r, v, JSON_BIT(JSON_STRING));
		return -1;
	}
	if (r->extends != NULL && v->doc != r->extends->doc &&
	    index_of(&all, v->string) < 0)
		return LAYOUT_GONE;
	column = choose(r, v, &all, "E605", "column");
	if (column >= (int)l->ncolumns)
		l->gather.cells[column - (int)l->ncolumns].used = true;
	return column;
}

uint16_t
layout_columns_of(struct layout_reader *r, const struct json *v,
    uint16_t *columns)
{
	const bool list = v->type == JSON_ARRAY;
	const struct json *item = list ? v->first : v;
	uint16_t n = 0;
	int column;

	for (; item != NULL; item = list ? item->next : NULL) {
		column = layout_column_of(r, item);
		if (column >= 0)
			columns[n++] = (uint16_t)column;
		r->gone |= column == LAYOUT_GONE;
	}
	return n;
}

const struct pattern *
layout_pattern(struct layout_reader *r, const struct json *v)
{
	struct layouts *set = r->set;
	struct pattern *p = NULL;
	struct errmsg err;
	size_t offset = 0;

	if (pattern_compile(&p, v->string, PATTERN_BYTES, &offset, &err) != 0) {
		json_note_at(r->notes, NOTE_ERROR, "E606", v, offset, NULL,
		    NULL, "bad pattern: %s", err.text);
		return NULL;
	}
	set->patterns = xgrow(set->patterns, &set->patterns_cap,
	    set->npatterns + 1, sizeof(struct pattern *));
	set->patterns[set->npatterns++] = p;
	return p;
}

const struct stamp_pattern *
layout_stamp(struct layout_reader *r, const struct json *v)
{
	struct layouts *set = r->set;
	struct stamp_pattern *p = NULL;
	struct errmsg err;
	size_t offset = 0;

	if (stamp_compile(&p, v->string, &offset, &err) != 0) {
		json_note_at(r->notes, NOTE_ERROR, "E607", v, offset, NULL,
		    NULL, "bad stamp: %s", err.text);
		return NULL;
	}
	set->stamps = xgrow(set->stamps, &set->stamps_cap, set->nstamps + 1,
	    sizeof(struct stamp_pattern *));
	set->stamps[set->nstamps++] = p;
	return p;
}
