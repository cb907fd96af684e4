#include <string.h>

#include "base/bounds.h"
#include "base/nearest.h"
#include "cdr/layout_impl.h"

/* A name, or the width behind it, and where it stands in the text. */
struct token {
	const char *text;
	size_t len, at;
};

void
layout_read_items(struct layout_reader *r, const struct json *v, void *into)
{
	const struct json *columns = json_get(v->parent, "columns");
	struct layout *l = into;

	if (columns == NULL || columns->type != JSON_STRING) {
		json_note_key(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "items: only with columns as a text");
		return;
	}
	l->columns = layout_texts(r, v, &l->ncolumns);
	r->items = true;
}

static bool
blank(char c)
{
	return c == ' ' || c == ',' || c == '\t' || c == '\n' || c == '\r';
}

/* A width, 0 for what is none. */
static uint32_t
width_of(const struct token *t)
{
	uint32_t n = 0;
	size_t i;

	for (i = 0; i < t->len; i++) {
		if (t->text[i] < '0' || t->text[i] > '9' || n > BOUNDS_RECORD)
			return 0;
		n = n * 10 + (uint32_t)(t->text[i] - '0');
	}
	return n;
}

/* "7:", "-": what a form has beside names and widths. */
static bool
is_form(const struct token *t)
{
	return (t->len == 1 && *t->text == '-') ||
	       (t->len > 1 && t->text[t->len - 1] == ':');
}

/* Of "sec-dur-5" what stands before the width. */
static size_t
name_length(const struct token *t)
{
	size_t n = t->len;

	while (n > 0 && t->text[n - 1] >= '0' && t->text[n - 1] <= '9')
		n--;
	return n > 1 && n < t->len && t->text[n - 1] == '-' ? n - 1 : t->len;
}

static bool
next_token(const char *text, size_t *at, struct token *t)
{
	do {
		while (blank(text[*at]))
			(*at)++;
		*t = (struct token){ .text = text + *at, .at = *at };
		while (t->text[t->len] != '\0' && !blank(t->text[t->len]))
			t->len++;
		t->len = name_length(t);
		*at += t->len;
	} while (t->len > 0 && is_form(t));
	if (*at > t->at && text[*at] == '-')
		(*at)++;
	return t->len > 0;
}

/* What keeps columns apart and has no meaning. */
static bool
is_filler(const char *name)
{
	static const char *const fillers[] = { "space", "null", "return",
		"line-feed" };
	size_t i;

	for (i = 0; i < sizeof(fillers) / sizeof(fillers[0]); i++)
		if (strcmp(fillers[i], name) == 0)
			return true;
	return false;
}

static const char *
column_at(const void *table, size_t i)
{
	const struct layout *l = table;

	return i < l->ncolumns ? l->columns[i] : NULL;
}

static void
unknown(struct layout_reader *r, const struct json *v, const struct token *t,
    const char *name)
{
	const char *near = nearest(name, column_at, r->layout);
	char *help = NULL;

	if (near != NULL)
		help = arena_printf(&r->set->arena, "did you mean '%s'?", near);
	json_note_at(r->notes, NOTE_ERROR, "E605", v, t->at, help, NULL,
	    "no such column: '%s'", name);
}

/* The column with this name, a new one if nobody listed them; -1: a note. */
static int
column_of(struct layout_reader *r, const struct json *v, const struct token *t,
    const char *name, const char **names)
{
	struct layout *l = r->layout;
	uint32_t i;

	for (i = 0; i < l->ncolumns; i++)
		if (strcmp(l->columns[i], name) == 0)
			break;
	if (i < l->ncolumns && r->places[i] >= 0) {
		json_note_at(r->notes, NOTE_ERROR, "E608", v, t->at, NULL, NULL,
		    "column '%s' is named twice", name);
		return -1;
	}
	if (i == l->ncolumns && r->items) {
		unknown(r, v, t, name);
		return -1;
	}
	if (i == l->ncolumns) {
		names[l->ncolumns++] = name;
		l->columns = names;
	}
	r->places[i] = (int16_t)i;
	return (int)i;
}

/* One column or filler; where the next begins. */
static uint32_t
read_item(struct layout_reader *r, const struct json *v, const struct token *t,
    uint32_t width, uint32_t begin, const char **names)
{
	struct layout_span *spans = r->spans;
	const char *name = arena_strndup(&r->set->arena, t->text, t->len);
	int column;

	if (width == 0 || width > BOUNDS_RECORD - begin) {
		json_note_at(r->notes, NOTE_ERROR, "E604", v, t->at, NULL, NULL,
		    "no width behind '%s'", name);
		return begin;
	}
	if (strcmp(name, "space") == 0)
		r->gaps[r->layout->ngaps++] =
		    (struct layout_span){ begin, begin + width };
	if (is_filler(name))
		return begin + width;
	column = column_of(r, v, t, name, names);
	if (column >= 0)
		spans[column] = (struct layout_span){ .begin = begin,
			.end = begin + width };
	return begin + width;
}

void
layout_read_line(struct layout_reader *r, const struct json *v)
{
	struct layout *l = r->layout;
	/* Each takes a letter, a blank, a digit and another blank. */
	const size_t most = l->ncolumns + strlen(v->string) / 4 + 1;
	struct token name, width;
	const char **names;
	size_t at = 0, i;
	uint32_t begin = 0;

	if (most > BOUNDS_COLUMNS) {
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "columns: 1 to %d can be named", (int)BOUNDS_COLUMNS);
		return;
	}
	names = arena_array(&r->set->arena, most, sizeof(*names));
	r->places = arena_array(&r->set->arena, most, sizeof(*r->places));
	r->spans = arena_array(&r->set->arena, most, sizeof(*r->spans));
	r->gaps = arena_array(&r->set->arena, most, sizeof(*r->gaps));
	for (i = 0; i < most; i++)
		r->places[i] = -1;
	while (next_token(v->string, &at, &name)) {
		if (!next_token(v->string, &at, &width))
			width.len = 0;
		begin = read_item(r, v, &name, width_of(&width), begin, names);
	}
	if (begin == 0)
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "columns: none");
	l->spans = r->spans;
	l->gaps = r->gaps;
	r->ncommon = r->width = l->ncolumns;
}
