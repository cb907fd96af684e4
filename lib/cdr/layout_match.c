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
layout_has_time(const struct layout_record *rec, enum layout_target target)
{
	const struct layout_field *f = &rec->layout->fields[target];
	struct layout_value v = layout_value(rec, f);
	struct stamp stamp;
	uint32_t i;

	for (i = 0; i < f->nstamps; i++)
		if (stamp_parse(f->stamps[i].pattern, v.text, v.len, &stamp) ==
		    0)
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

	if (t->kind == CELL_TIME)
		return layout_has_time(rec, t->target);
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
