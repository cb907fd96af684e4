#include <string.h>

#include "base/bounds.h"
#include "cdr/layout_impl.h"

static void
read_version(struct layout_reader *r, const struct json *v, void *into)
{
	(void)into;
	if (v->number != 1)
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "cdrlayout: this program reads version 1");
}

static void
read_id(struct layout_reader *r, const struct json *v, void *into)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	struct layout *l = into;
	size_t good = strspn(v->string, allowed);

	if (good == 0 || v->string[good] != '\0')
		json_note_at(r->notes, NOTE_ERROR, "E604", v, good, NULL, NULL,
		    "id: only small letters, digits and '-'");
	l->id = arena_strdup(&r->set->arena, v->string);
}

static void
read_title(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	l->title = arena_strdup(&r->set->arena, v->string);
}

static void
read_about(struct layout_reader *r, const struct json *v, void *into)
{
	(void)r;
	(void)v;
	(void)into;
}

static void
read_evidence(struct layout_reader *r, const struct json *v, void *into)
{
	static const char *const words[] = { "real", "documented" };
	struct layout *l = into;

	l->evidence = layout_word_of(r, v, words, 2, "evidence") == 1
			  ? EVIDENCE_DOCUMENTED
			  : EVIDENCE_REAL;
}

static void
read_order(struct layout_reader *r, const struct json *v, void *into)
{
	static const char *const words[] = { "free", "file" };
	struct layout *l = into;

	l->file_order = layout_word_of(r, v, words, 2, "order") == 1;
}

static void
read_container(struct layout_reader *r, const struct json *v, void *into)
{
	static const char *const words[] = { "rows" };

	(void)into;
	(void)layout_word_of(r, v, words, 1, "container");
}

static char
one_char(struct layout_reader *r, const struct json *v)
{
	unsigned char c = (unsigned char)v->string[0];

	if (strlen(v->string) != 1 || c >= 0x80 || c == '\n' || c == '\r')
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "%s: must be one ASCII character", v->key);
	return v->string[0];
}

static void
read_delimiter(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	l->delimiter = one_char(r, v);
}

static void
read_quote(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	l->quote = v->type == JSON_STRING ? one_char(r, v) : '\0';
	if (l->quote != '\0' && l->quote == l->delimiter)
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "quote: is the delimiter, too");
}

static int
find_column(const struct layout *l, const char *name)
{
	uint32_t i;

	for (i = 0; i < l->ncolumns; i++)
		if (strcmp(l->columns[i], name) == 0)
			return (int)i;
	return -1;
}

/* Number the columns in order of appearance. */
static void
add_columns(struct layout_reader *r, const struct json *list,
    const char **names)
{
	struct layout *l = r->layout;
	const struct json *v;

	for (v = list->first; v != NULL; v = v->next) {
		if (v->type != JSON_STRING)
			layout_type_note(r, v, JSON_BIT(JSON_STRING));
		else if (v->string[0] == '\0')
			json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
			    "a column needs a name");
		else if (find_column(l, v->string) < 0)
			names[l->ncolumns++] =
			    arena_strdup(&r->set->arena, v->string);
		else if (r->ncommon == 0)
			json_note(r->notes, NOTE_ERROR, "E608", v, NULL, NULL,
			    "column '%s' is named twice", v->string);
	}
}

/* The further columns of a variant, NULL if it states none. */
static const struct json *
more_of(const struct json *variant)
{
	const struct json *more = json_get(variant, "more");

	return more != NULL && more->type == JSON_ARRAY ? more : NULL;
}

/* All columns of the layout: those of every record, then the variants'. */
static void
read_columns(struct layout_reader *r, const struct json *v, void *into)
{
	const struct json *variants, *first, *item;
	struct layout *l = into;
	const char **names;
	size_t n = v->n;

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
}

/* A variant with the columns of every record. */
static void
start_variant(struct layout_reader *r, struct layout_variant *v)
{
	uint32_t i, n = r->layout->ncolumns;
	int16_t *at = arena_array(&r->set->arena, n, sizeof(*at));

	for (i = 0; i < n; i++)
		at[i] = i < r->ncommon ? (int16_t)i : -1;
	v->at = at;
	v->columns = r->ncommon;
}

static void
read_more(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_variant *variant = into;
	const struct json *name;
	int16_t *at;
	int column;

	at = arena_memdup(&r->set->arena, variant->at,
	    r->layout->ncolumns * sizeof(*at));
	for (name = v->first; name != NULL; name = name->next) {
		if (name->type != JSON_STRING ||
		    (column = find_column(r->layout, name->string)) < 0)
			continue;
		if (at[column] >= 0)
			json_note(r->notes, NOTE_ERROR, "E608", name, NULL,
			    NULL, "column '%s' is named twice", name->string);
		at[column] = (int16_t)variant->columns++;
	}
	variant->at = at;
}

static void
read_when(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_variant *variant = into;

	layout_read_tests(r, v, &variant->when);
}

static void
read_variants(struct layout_reader *r, const struct json *v, void *into)
{
	static const struct layout_key keys[] = {
		{ "more", JSON_BIT(JSON_ARRAY), true, read_more },
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

/* Without variants every record has just the columns. */
static void
add_only_variant(struct layout_reader *r)
{
	struct layout_variant *v;

	v = arena_alloc(&r->set->arena, sizeof(*v));
	start_variant(r, v);
	r->layout->variants = v;
	r->layout->nvariants = 1;
}

static void
read_answered(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	layout_read_tests(r, v, &l->answered);
	l->has_answered = true;
}

static void
read_recognise(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout *l = into;

	layout_read_recognise(r, v, &l->recognise);
}

static const struct layout_key layout_table[] = {
	{ "cdrlayout", JSON_BIT(JSON_NUMBER), true, read_version },
	{ "id", JSON_BIT(JSON_STRING), true, read_id },
	{ "title", JSON_BIT(JSON_STRING), true, read_title },
	{ "about", JSON_BIT(JSON_STRING), false, read_about },
	{ "evidence", JSON_BIT(JSON_STRING), true, read_evidence },
	{ "order", JSON_BIT(JSON_STRING), true, read_order },
	{ "container", JSON_BIT(JSON_STRING), true, read_container },
	{ "delimiter", JSON_BIT(JSON_STRING), true, read_delimiter },
	{ "quote", JSON_BIT(JSON_STRING) | JSON_BIT(JSON_NULL), true,
	    read_quote },
	/* What follows names columns, so these come first. */
	{ "columns", JSON_BIT(JSON_ARRAY), true, read_columns },
	{ "variants", JSON_BIT(JSON_ARRAY), false, read_variants },
	{ "fields", JSON_BIT(JSON_OBJECT), true, layout_read_fields },
	{ "answered", JSON_BIT(JSON_OBJECT), false, read_answered },
	{ "recognise", JSON_BIT(JSON_ARRAY), true, read_recognise },
};

/* Talk time alone does not say that somebody talked (formats differ). */
static void
check_answered(struct layout_reader *r, const struct json *root)
{
	const struct layout *l = r->layout;

	if (l->fields[TARGET_DURATION].nfrom > 0 && !l->has_answered &&
	    l->fields[TARGET_STATUS].nfrom == 0)
		json_note(r->notes, NOTE_ERROR, "E603", root, NULL, NULL,
		    "key 'answered' or field 'status' is missing");
}

struct layout *
layout_read(struct layouts *set, const struct json *root, struct notes *notes)
{
	struct layout_reader r = { .set = set, .notes = notes };
	size_t errors = notes->errors;

	if (root->type != JSON_OBJECT) {
		layout_type_note(&r, root, JSON_BIT(JSON_OBJECT));
		return NULL;
	}
	r.layout = arena_alloc(&set->arena, sizeof(*r.layout));
	r.layout->file = arena_strdup(&set->arena, json_file(root->doc));
	layout_keys(&r, root, layout_table,
	    sizeof(layout_table) / sizeof(layout_table[0]), r.layout);
	if (json_get(root, "variants") == NULL)
		add_only_variant(&r);
	check_answered(&r, root);
	return notes->errors == errors ? r.layout : NULL;
}
