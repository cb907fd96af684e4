#include <string.h>

#include "cdr/layout_impl.h"

static const struct {
	const char *name;
	struct layout_unit unit;
} units[] = {
	{ "s", { 1000, 1, DIGITS_COUNT } },
	{ "ms", { 1, 1, DIGITS_COUNT } },
	{ "10ms", { 10, 1, DIGITS_COUNT } },
	{ "us", { 1, 1000, DIGITS_COUNT } },
	{ "ns", { 1, 1000000, DIGITS_COUNT } },
	{ "min", { 60000, 1, DIGITS_COUNT } },
	{ "min/10", { 6000, 1, DIGITS_COUNT } },
	{ "hmmt", { 0, 0, DIGITS_HMMT } },
	{ "hhmmss", { 0, 0, DIGITS_HHMMSS } },
};

enum { NUNITS = sizeof(units) / sizeof(units[0]) };

void
layout_read_unit(struct layout_reader *r, const struct json *v,
    struct layout_unit *unit)
{
	const char *names[NUNITS];
	int i;

	for (i = 0; i < NUNITS; i++)
		names[i] = units[i].name;
	i = layout_word_of(r, v, names, NUNITS, "unit");
	if (i >= 0)
		*unit = units[i].unit;
}

/* A column, or a list of columns to be joined: all of them, or none. */
static void
read_columns(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_source *s = into;
	const bool gone = r->gone;

	if (v->type == JSON_ARRAY && (v->n == 0 || v->n > LAYOUT_PARTS)) {
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "joins 1 to %d columns, not %u", (int)LAYOUT_PARTS,
		    (unsigned)v->n);
		return;
	}
	r->gone = false;
	s->n = layout_columns_of(r, v, s->columns);
	if (r->gone)
		s->n = 0;
	r->gone = gone;
}

static void
read_regex(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_source *s = into;

	s->regex = layout_pattern(r, v);
}

static void
read_unit(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_source *s = into;
	struct layout_unit *unit;

	unit = arena_alloc(&r->set->arena, sizeof(*unit));
	layout_read_unit(r, v, unit);
	s->unit = unit;
}

static void
read_when(struct layout_reader *r, const struct json *v, void *into)
{
	struct layout_source *s = into;
	bool gone = r->gone;

	r->gone = false;
	layout_read_tests(r, v, &s->when);
	if (r->gone)
		s->n = 0;
	r->gone = gone;
}

/* The last is a span's alone. */
static const struct layout_key source_keys[] = {
	{ "column", JSON_BIT(JSON_STRING) | JSON_BIT(JSON_ARRAY), true,
	    read_columns },
	{ "regex", JSON_BIT(JSON_STRING), false, read_regex },
	{ "when", JSON_BIT(JSON_OBJECT), false, read_when },
	{ "unit", JSON_BIT(JSON_STRING), false, read_unit },
};

/* An alternative of which a column is gone is none. */
static void
read_source(struct layout_reader *r, const struct json *v,
    struct layout_field *f, bool span)
{
	struct layout_source *s = &f->from[f->nfrom];

	if (v->type == JSON_OBJECT)
		layout_keys(r, v, source_keys, span ? 4 : 3, s);
	else
		read_columns(r, v, s);
	if (s->n > 0)
		f->nfrom++;
	else
		memset(s, 0, sizeof(*s));
}

void
layout_read_sources(struct layout_reader *r, const struct json *v,
    struct layout_field *f, bool span)
{
	const struct json *item;

	if (v->type == JSON_STRING) {
		read_source(r, v, f, span);
		return;
	}
	if (v->n == 0 || v->n > LAYOUT_SOURCES) {
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "names 1 to %d alternatives, not %u", (int)LAYOUT_SOURCES,
		    (unsigned)v->n);
		return;
	}
	for (item = v->first; item != NULL; item = item->next)
		read_source(r, item, f, span);
}
