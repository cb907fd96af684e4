#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "cdr/cause.h"
#include "cdr/decode_impl.h"
#include "tel/money.h"

enum {
	SHOWN = 60,
	AMOUNT = 64 /* characters of a price */
};

int
decode_refuse(struct reading *r, const struct layout_value *v, const char *what)
{
	*r->column = v->column;
	return errmsg_set(r->reason, "%s: %s: '%.*s%s'", v->name, what,
	    (int)(v->len < SHOWN ? v->len : SHOWN), v->text,
	    v->len > SHOWN ? "..." : "");
}

/* What the rules say, 0 if none of them holds. */
static int
rule_of(const struct reading *r, const struct layout_field *f)
{
	uint32_t i;

	for (i = 0; i < f->nrules; i++)
		if (layout_tests(&f->rules[i].when, &r->rec))
			return f->rules[i].value;
	return 0;
}

/*
 * The word of a text; false if it is none.  Nearly all are written as the
 * layout has them.
 */
static bool
find_word(const struct layout_field *f, const char *text, size_t len,
    uint8_t *code)
{
	const struct layout_word *w;
	uint32_t i;

	for (i = 0; i < f->nwords; i++) {
		w = &f->words[i];
		if (w->len == len &&
		    (memcmp(w->text, text, len) == 0 ||
			strncasecmp(w->text, text, len) == 0)) {
			*code = (uint8_t)w->value;
			return true;
		}
	}
	return false;
}

int
decode_word(struct reading *r, enum layout_target t, uint8_t *code)
{
	const struct layout_field *f = decode_field(r, t);
	const struct csvfield *cell;
	struct layout_value v;

	*code = (uint8_t)rule_of(r, f);
	if (*code != 0 || f->nfrom == 0)
		return 0;
	cell = decode_cell(r, t);
	if (cell != NULL && find_word(f, cell->text, cell->len, code))
		return 0;
	v = layout_value(&r->rec, f);
	if ((v.len == 0 && !f->required) || find_word(f, v.text, v.len, code))
		return 0;
	*code = (uint8_t)f->other;
	return f->other != 0 ? 0 : decode_refuse(r, &v, "unknown word");
}

/* Whether the cell is that of a column. */
static bool
is_of(const struct reading *r, uint16_t column, const struct csvfield *cell)
{
	return column < r->d->layout->ncolumns &&
	       r->rec.variant->at[column] == cell - r->rec.row->fields;
}

/* Whether a test of that cell alone makes the call an answered one. */
static bool
answers(const struct reading *r, const struct csvfield *cell)
{
	const struct cell_tests *tests = &r->d->layout->answered;
	const struct cell_test *t = tests->list, *end = t + tests->n;

	for (; tests->any && t < end; t++)
		if (t->kind != CELL_TIME && is_of(r, t->column, cell) &&
		    layout_test(t, &r->rec))
			return true;
	return false;
}

/*
 * The texts of all cells that the status hangs on, as one; false if one of them
 * is long or not in the record.
 */
static bool
read_halves(const struct reading *r, struct decode_short *text)
{
	const struct decode_plan *p = r->d->plan;
	const struct csvrow *row = r->rec.row;
	uint64_t halves[DECODE_STATUS_CELLS] = { 0 };
	const struct csvfield *cell;
	uint32_t i;

	for (i = 0; i < p->nstatus_at; i++) {
		if (p->status_at[i] >= row->n)
			return false;
		cell = &row->fields[p->status_at[i]];
		if (cell->len > sizeof(halves[i]))
			return false;
		halves[i] = decode_short_of(cell->text, cell->len).begin;
	}
	*text = (struct decode_short){ halves[0], halves[1] };
	return (halves[0] | halves[1]) != 0;
}

/*
 * What the status is by itself, if that is short: the text of its cell, which
 * then is `*cell`, or those of two.
 */
static bool
short_status(const struct reading *r, const struct csvfield **cell,
    struct decode_short *text)
{
	*cell = decode_cell(r, TARGET_STATUS);
	if (r->rec.row->packed == NULL ||
	    decode_field(r, TARGET_STATUS)->nrules > 0)
		return false;
	if (*cell == NULL)
		return read_halves(r, text);
	if ((*cell)->len > DECODE_SHORT)
		return false;
	*text = decode_short_of((*cell)->text, (*cell)->len);
	return true;
}

int
decode_status(struct reading *r, bool *answered)
{
	const struct csvfield *cell;
	struct decode_status *noted;
	struct decode_short text;

	*answered = false;
	if (!short_status(r, &cell, &text))
		return decode_word(r, TARGET_STATUS, &r->c->status);
	noted =
	    &r->d->plan->statuses[decode_short_hash(text, DECODE_STATUS_BITS)];
	if (!decode_short_equal(noted->text, text)) {
		if (decode_word(r, TARGET_STATUS, &r->c->status) != 0)
			return -1;
		*noted = (struct decode_status){ .text = text,
			.status = r->c->status,
			.answered = cell != NULL && answers(r, cell) };
	}
	r->c->status = noted->status;
	*answered = noted->answered;
	return 0;
}

struct layout_value
decode_text_of(const struct reading *r, const struct layout_field *f)
{
	struct layout_value v = { .text = "", .name = "" };
	uint32_t i;

	if (f->regex == NULL)
		return layout_value(&r->rec, f);
	for (i = 0; i < f->nfrom && v.len == 0; i++) {
		v = layout_source(&r->rec, f, i);
		if (v.len > 0)
			layout_extract(f->regex, &v);
	}
	if (v.len == 0 && f->constant != NULL) {
		v.text = f->constant;
		v.len = (uint32_t)strlen(v.text);
	}
	return v;
}

/* Add an amount; its place is that of the first. */
static int
add_amount(struct reading *r, const struct layout_value *v,
    struct layout_value *first, int64_t *sum)
{
	char amount[AMOUNT];
	int64_t micro;

	if (v->len == 0)
		return 0;
	if (v->len >= AMOUNT)
		return decode_refuse(r, v, "not an amount");
	memcpy(amount, v->text, v->len);
	amount[v->len] = '\0';
	if (money_parse(amount, &micro) != 0 || micro == INT64_MIN)
		return decode_refuse(r, v, "not an amount");
	*sum = money_add(*sum, micro);
	if (first->len == 0)
		*first = *v;
	return 0;
}

/* Add what the columns of one alternative have. */
static int
add_source(struct reading *r, const struct layout_source *s,
    struct layout_value *first, int64_t *sum)
{
	const struct layout_field *f = decode_field(r, TARGET_COST);
	struct layout_value v;
	uint16_t i;

	if (!layout_tests(&s->when, &r->rec))
		return 0;
	for (i = 0; i < s->n; i++) {
		v = layout_cell(&r->rec, s->columns[i]);
		if (v.len > 0 && s->regex != NULL)
			layout_extract(s->regex, &v);
		if (v.len > 0 && f->regex != NULL)
			layout_extract(f->regex, &v);
		if (add_amount(r, &v, first, sum) != 0)
			return -1;
	}
	return 0;
}

/* The first alternative that is filled; of several columns their sum. */
static int
read_amount(struct reading *r, struct layout_value *first, int64_t *sum)
{
	const struct layout_field *f = decode_field(r, TARGET_COST);
	struct layout_value v = { .text = "", .name = "" };
	uint32_t i;

	*first = v;
	*sum = 0;
	for (i = 0; i < f->nfrom && first->len == 0; i++)
		if (add_source(r, &f->from[i], first, sum) != 0)
			return -1;
	if (first->len > 0 || f->constant == NULL)
		return 0;
	v.text = f->constant;
	v.len = (uint32_t)strlen(v.text);
	return add_amount(r, &v, first, sum);
}

/*
 * The currency of a cost: the record's own, else what the header says of the
 * cost's column, else the layout's.
 */
static void
read_currency(struct reading *r, const struct layout_value *cost)
{
	const struct layout_field *f = decode_field(r, TARGET_CURRENCY);
	struct layout_value v = decode_text_of(r, f);
	char code[4] = "";
	uint32_t i;

	if ((v.len == 0 || v.text == f->constant) && cost->heading != NULL &&
	    cost->heading->currency[0] != '\0') {
		v.text = cost->heading->currency;
		v.len = (uint32_t)strlen(v.text);
	}
	if (v.len >= sizeof(code))
		return;
	for (i = 0; i < v.len; i++)
		code[i] = (char)toupper((unsigned char)v.text[i]);
	r->c->currency = batch_currency(r->d->batch, code);
}

/*
 * A price, whatever its sign: who is charged may see it as a loss.  Only what
 * has one has a currency.
 */
static int
read_cost(struct reading *r)
{
	struct layout_value cost;
	int64_t micro;

	if (read_amount(r, &cost, &micro) != 0)
		return -1;
	if (cost.len == 0)
		return 0;
	if (micro == INT64_MIN)
		return decode_refuse(r, &cost, "not an amount");
	r->d->extras.cost = micro < 0 ? -micro : micro;
	r->c->flags |= CALL_HAS_COST;
	read_currency(r, &cost);
	return 0;
}

/* The first of these cells that is one. */
static uint8_t
cause_of_cells(const struct reading *r, const struct decode_cells *c, bool hex)
{
	const struct csvrow *row = r->rec.row;
	const struct csvfield *cell;
	uint8_t cause = 0;
	uint32_t i;

	for (i = 0; i < c->n && cause == 0; i++) {
		if ((uint32_t)c->at[i] >= row->n)
			continue;
		cell = &row->fields[c->at[i]];
		cause = cause_parse(cell->text, cell->len, hex);
	}
	return cause;
}

/* The first that is one: the side that did not end the call has 0. */
static uint8_t
cause_of(const struct reading *r)
{
	const struct decode_cells *cells = &r->d->plan->cells[TARGET_CAUSE];
	const struct layout_field *f = decode_field(r, TARGET_CAUSE);
	struct layout_value v;
	uint8_t cause = 0;
	uint32_t i;

	if (cells->all && f->regex == NULL)
		return cause_of_cells(r, cells, f->hex);
	for (i = 0; i < f->nfrom && cause == 0; i++) {
		v = layout_source(&r->rec, f, i);
		if (v.len > 0 && f->regex != NULL)
			layout_extract(f->regex, &v);
		cause = cause_parse(v.text, v.len, f->hex);
	}
	return cause;
}

int
decode_facts(struct reading *r)
{
	uint8_t stated = 0, event = EVENT_CALL;

	if (decode_word(r, TARGET_DIRECTION, &r->c->direction) != 0 ||
	    decode_word(r, TARGET_SIDE, &stated) != 0 ||
	    decode_word(r, TARGET_EVENT, &event) != 0 || read_cost(r) != 0)
		return -1;
	r->o->cause = cause_of(r);
	r->o->stated = (unsigned)stated & ORIGIN_STATED;
	r->o->event = (unsigned)event & 3;
	if (event != EVENT_CALL)
		r->c->flags |= CALL_EVENT;
	return 0;
}
