#include <ctype.h>
#include <string.h>

#include "cdr/layout_impl.h"
#include "tel/digits.h"

static bool
is_word(const struct cell_test *t, const struct layout_value *v)
{
	uint32_t i;

	for (i = 0; i < t->nwords; i++)
		if (strlen(t->words[i]) == v->len &&
		    memcmp(t->words[i], v->text, v->len) == 0)
			return true;
	return false;
}

/* Above 0: digits, perhaps a point and more digits, not all of them 0. */
static bool
is_positive(const struct layout_value *v)
{
	bool point = false, positive = false;
	uint32_t i;

	for (i = 0; i < v->len; i++) {
		if (v->text[i] == '.' && !point && i > 0)
			point = true;
		else if (v->text[i] < '0' || v->text[i] > '9')
			return false;
		else
			positive |= v->text[i] != '0';
	}
	return positive;
}

bool
layout_read_time(const struct layout_record *rec, enum layout_target target,
    struct stamp *out)
{
	const struct layout_field *f = &rec->layout->fields[target];
	struct layout_value v = layout_value(rec, f);
	uint32_t i;

	for (i = 0; i < f->nstamps; i++)
		if (stamp_parse(f->stamps[i].pattern, v.text, v.len, out) == 0)
			return true;
	return false;
}

/* What is tested; false if there is no such cell. */
static inline bool
find_text(const struct layout_record *rec, uint16_t column,
    struct layout_value *v)
{
	const struct csvfield *cell;

	if (!layout_keeps_cells(rec->layout)) {
		*v = layout_cell(rec, column);
		return v->column != 0;
	}
	cell = layout_cell_of(rec, column);
	if (cell == NULL)
		return false;
	v->text = cell->text;
	v->len = cell->len;
	return true;
}

static bool
is_stamp(const struct cell_test *t, const struct layout_value *v)
{
	struct stamp stamp;

	return stamp_parse(t->stamp, v->text, v->len, &stamp) == 0;
}

/* Here, where it can be inlined: records are asked of little else. */
static inline bool
passes(const struct cell_test *t, const struct layout_record *rec)
{
	struct layout_value v;
	struct stamp stamp;

	if (t->kind == CELL_TIME)
		return layout_read_time(rec, t->target, &stamp);
	if (!find_text(rec, t->column, &v))
		return t->kind == CELL_EMPTY;
	switch (t->kind) {
	case CELL_IN:
		return is_word(t, &v);
	case CELL_MATCHES:
		return pattern_match(t->pattern, v.text, v.len, NULL, 0,
			   NULL) == 1;
	case CELL_STAMP:
		return is_stamp(t, &v);
	case CELL_POSITIVE:
		return is_positive(&v);
	case CELL_INTEGER:
		return digits_only(v.text, v.len);
	case CELL_FILLED:
		return v.len > 0;
	case CELL_EMPTY:
		return v.len == 0;
	case CELL_TIME:
		break;
	}
	return false;
}

bool
layout_test(const struct cell_test *t, const struct layout_record *rec)
{
	return passes(t, rec);
}

bool
layout_tests(const struct cell_tests *ts, const struct layout_record *rec)
{
	const struct cell_test *t = ts->list, *end = t + ts->n;

	for (; t < end; t++)
		if (passes(t, rec) == ts->any)
			return ts->any;
	return ts->n == 0 || !ts->any;
}

bool
layout_comment(const struct layout *l, const struct csvrow *row)
{
	return l->comment != '\0' && row->raw_len > 0 &&
	       row->raw[0] == l->comment;
}

bool
layout_takes(const struct layout_record *rec)
{
	const struct layout *l = rec->layout;

	return layout_tests(&l->take, rec) &&
	       (l->skip.n == 0 || !layout_tests(&l->skip, rec));
}

/* Whether it is as long as to have what is asked for. */
static bool
has_cells(const struct cell_tests *ts, const struct layout_record *rec)
{
	uint32_t i;
	int16_t at;

	for (i = 0; i < ts->n; i++) {
		at = rec->variant
			 ->at[layout_column(rec->layout, ts->list[i].column)];
		if (at >= 0 && (uint32_t)at >= rec->row->n)
			return false;
	}
	return true;
}

bool
layout_leaves_out(const struct layout_record *rec)
{
	const struct layout *l = rec->layout;

	if (rec->variant->at == NULL)
		return false;
	if (l->skip.n > 0 && layout_tests(&l->skip, rec))
		return true;
	return !layout_tests(&l->take, rec) &&
	       (!l->header || has_cells(&l->take, rec));
}

/* "INTEGER", "VARCHAR(50)" */
static bool
is_type(const struct csvfield *cell)
{
	const char *p = cell->text, *end = p + cell->len;

	while (p < end && isalpha((unsigned char)*p))
		p++;
	if (p == cell->text || p == end)
		return p > cell->text;
	if (*p != '(' || end[-1] != ')')
		return false;
	return end - p > 2 && digits_only(p + 1, (size_t)(end - p) - 2);
}

bool
layout_header_types(const struct layout_header *h, const struct csvrow *row)
{
	uint32_t i;

	if (h->at == NULL || row->n != h->variant.columns)
		return false;
	for (i = 0; i < row->n; i++)
		if (!is_type(&row->fields[i]))
			return false;
	return true;
}
