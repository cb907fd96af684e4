#include <string.h>

#include "cdr/layout_impl.h"

struct layout_form
layout_form(const struct layout *l)
{
	return (struct layout_form){
		.dialect = { .delimiter = l->delimiters[0],
		    .quote = l->quote,
		    .escape = l->escape },
	};
}

/* One cell more, and empty: a delimiter ends the record. */
static bool
ends_with_delimiter(const struct layout_variant *v, const struct csvrow *row)
{
	return row->n == v->columns + 1 && row->fields[row->n - 1].len == 0;
}

static bool
has_width(const struct layout *l, const struct layout_variant *v,
    const struct csvrow *row)
{
	switch (l->width) {
	case WIDTH_EXACT:
		return row->n == v->columns ||
		       (l->header && ends_with_delimiter(v, row));
	case WIDTH_LEAST:
		return row->n >= v->columns;
	case WIDTH_ANY:
		break;
	}
	return row->n > 0;
}

bool
layout_record(struct layout_record *rec, const struct layout_header *h,
    const struct csvrow *row)
{
	const struct layout *l = rec->layout;
	uint32_t i;

	rec->row = row;
	if (l->header) {
		rec->variant = &h->variant;
		return h->at != NULL && has_width(l, rec->variant, row);
	}
	for (i = 0; i < l->nvariants; i++) {
		rec->variant = &l->variants[i];
		if (has_width(l, rec->variant, row) &&
		    layout_tests(&rec->variant->when, rec))
			return true;
	}
	return false;
}

static void
trim(struct layout_value *v)
{
	while (v->len > 0 && (*v->text == ' ' || *v->text == '\t')) {
		v->text++;
		v->len--;
	}
	while (v->len > 0 &&
	       (v->text[v->len - 1] == ' ' || v->text[v->len - 1] == '\t'))
		v->len--;
}

static bool
equals(const struct layout_value *v, const char *word)
{
	return strlen(word) == v->len && memcmp(word, v->text, v->len) == 0;
}

/* What the layout, not the cell, says a text is. */
static void
adjust(const struct layout_record *rec, uint16_t column, struct layout_value *v)
{
	const struct layout *l = rec->layout;
	uint32_t i;

	if (l->trim)
		trim(v);
	for (i = 0; i < l->nempty; i++)
		if (equals(v, l->empty[i]))
			v->len = 0;
	if (rec->above != NULL && l->carry.n > 0)
		layout_carry_over(rec, column, v);
}

/*
 * The cell of a column; false if there is none.  Here, where it can be
 * inlined: nothing is asked as often.
 */
static inline bool
read_cell(const struct layout_record *rec, uint16_t column,
    struct layout_value *v)
{
	const struct layout *l = rec->layout;
	const struct csvfield *cell = layout_cell_of(rec, column);
	uint16_t place = column;

	if (cell == NULL)
		return false;
	if (place >= l->ncolumns)
		place = layout_column(l, column);
	v->text = cell->text;
	v->len = cell->len;
	v->column = (uint32_t)rec->variant->at[place] + 1;
	v->name = l->columns[column];
	v->heading = rec->variant->headings != NULL
			 ? &rec->variant->headings[place]
			 : NULL;
	v->unit = NULL;
	if (!layout_keeps_cells(l))
		adjust(rec, column, v);
	return true;
}

static inline struct layout_value
value_of(const struct layout_record *rec, uint16_t column)
{
	struct layout_value v;

	if (!read_cell(rec, column, &v))
		return (struct layout_value){ .text = "",
			.name = rec->layout->columns[column] };
	return v;
}

struct layout_value
layout_cell(const struct layout_record *rec, uint16_t column)
{
	return value_of(rec, column);
}

/* The cells as they stand; false if one of them is empty. */
static bool
find_parts(const struct layout_record *rec, const struct layout_source *s,
    const struct csvfield **cells, size_t *len)
{
	uint16_t i;

	for (i = 0; i < s->n; i++) {
		cells[i] = layout_cell_of(rec, s->columns[i]);
		if (cells[i] == NULL || cells[i]->len == 0)
			return false;
		*len += cells[i]->len;
	}
	return true;
}

/* Several cells as one text, a blank between them; empty if one of them is. */
static void
join_cells(const struct layout_record *rec, const struct layout_source *s,
    struct layout_value *out)
{
	const struct layout_heading *headings = rec->variant->headings, *h;
	const struct csvfield *cells[LAYOUT_PARTS];
	size_t len = s->n - 1u;
	uint16_t i;
	char *to;

	out->len = 0;
	if (!find_parts(rec, s, cells, &len))
		return;
	buf_reset(rec->scratch);
	buf_fill(rec->scratch, ' ', len);
	for (i = 0, to = rec->scratch->data; i < s->n; i++) {
		memcpy(to, cells[i]->text, cells[i]->len);
		to += cells[i]->len + 1;
		if (headings == NULL)
			continue;
		h = &headings[layout_column(rec->layout, s->columns[i])];
		if (h->utc)
			out->heading = h;
	}
	out->text = rec->scratch->data;
	out->len = (uint32_t)len;
}

/* The same where the layout says what of a cell is its text. */
static void
join_values(const struct layout_record *rec, const struct layout_source *s,
    struct layout_value *out)
{
	struct layout_value part;
	uint16_t i;

	out->len = 0;
	buf_reset(rec->scratch);
	for (i = 0; i < s->n; i++) {
		part = layout_cell(rec, s->columns[i]);
		if (part.len == 0)
			return;
		if (i > 0)
			buf_addch(rec->scratch, ' ');
		buf_add(rec->scratch, part.text, part.len);
		if (part.heading != NULL && part.heading->utc)
			out->heading = part.heading;
	}
	out->text = rec->scratch->data;
	out->len = (uint32_t)rec->scratch->len;
}

/* Of the filled cells the one with the least text. */
static void
least(const struct layout_record *rec, const struct layout_source *s,
    struct layout_value *out)
{
	struct layout_value part;
	size_t len;
	uint16_t i;
	int order;

	for (i = 1; i < s->n; i++) {
		part = layout_cell(rec, s->columns[i]);
		if (part.len == 0)
			continue;
		len = part.len < out->len ? part.len : out->len;
		order = memcmp(part.text, out->text, len);
		if (out->len == 0 || order < 0 ||
		    (order == 0 && part.len < out->len))
			*out = part;
	}
}

/* What the pattern takes of a text; nothing if it does not match. */
void
layout_extract(const struct pattern *regex, struct layout_value *v)
{
	struct pattern_group groups[2] = { { 1, 0 }, { 1, 0 } };
	const struct pattern_group *g = &groups[1];

	if (pattern_match(regex, v->text, v->len, groups, 2, NULL) != 1) {
		v->len = 0;
		return;
	}
	if (g->begin > g->end)
		g = &groups[0];
	v->text += g->begin;
	v->len = (uint32_t)(g->end - g->begin);
}

/* An alternative that is more than the cell of a column. */
static struct layout_value
made_value(const struct layout_record *rec, const struct layout_field *f,
    const struct layout_source *s)
{
	const bool counts = s->when.n == 0 || layout_tests(&s->when, rec);
	struct layout_value v = value_of(rec, s->columns[0]);

	if (v.column > 0 && s->n > 1 && f->least)
		least(rec, s, &v);
	else if (v.column > 0 && s->n > 1 && layout_keeps_cells(rec->layout))
		join_cells(rec, s, &v);
	else if (v.column > 0 && s->n > 1)
		join_values(rec, s, &v);
	if (!counts)
		v.len = 0;
	if (v.len > 0 && s->regex != NULL)
		layout_extract(s->regex, &v);
	return v;
}

struct layout_value
layout_source(const struct layout_record *rec, const struct layout_field *f,
    uint32_t i)
{
	struct layout_value v = made_value(rec, f, &f->from[i]);

	v.unit = f->from[i].unit;
	return v;
}

/* Most are a column and no more. */
static bool
is_column(const struct layout_source *s)
{
	return s->n == 1 && s->when.n == 0 && s->regex == NULL;
}

bool
layout_source_is_cell(const struct layout *l, const struct layout_source *s)
{
	return is_column(s) && s->columns[0] < l->ncolumns &&
	       layout_keeps_cells(l);
}

struct layout_value
layout_value(const struct layout_record *rec, const struct layout_field *f)
{
	struct layout_value v = { .text = "", .name = "" }, made;
	const struct layout_source *s = f->from;
	uint32_t i;

	for (i = 0; i < f->nfrom; i++, s++) {
		if (is_column(s)) {
			if (read_cell(rec, s->columns[0], &v))
				v.unit = s->unit;
		} else {
			made = layout_source(rec, f, i);
			if (made.column > 0)
				v = made;
		}
		if (v.len > 0)
			return v;
	}
	v.text = f->constant != NULL ? f->constant : "";
	v.len = (uint32_t)strlen(v.text);
	return v;
}
