#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "cdr/cause.h"
#include "cdr/decode_impl.h"
#include "tel/digits.h"
#include "tel/money.h"

/* Where a text goes, and as what. */
enum home { IN_CALL, IN_ORIGIN };

static const struct {
	enum layout_target target;
	enum home home;
	size_t at;
	enum decode_kind kind;
} texts[] = {
	{ TARGET_SRC, IN_CALL, offsetof(struct call, src), AS_IT_IS },
	{ TARGET_DST, IN_CALL, offsetof(struct call, dst), AS_IT_IS },
	{ TARGET_DIALLED, IN_CALL, offsetof(struct call, dialled), AS_IT_IS },
	{ TARGET_FORWARDED_BY, IN_CALL, offsetof(struct call, forwarded_by),
	    AS_IT_IS },
	{ TARGET_ACCOUNT, IN_CALL, offsetof(struct call, account), AS_IT_IS },
	{ TARGET_USER, IN_CALL, offsetof(struct call, user), AS_IT_IS },
	{ TARGET_CHANNEL_IN, IN_CALL, offsetof(struct call, trunk_in),
	    CHANNEL },
	{ TARGET_CHANNEL_OUT, IN_CALL, offsetof(struct call, trunk_out),
	    CHANNEL },
	{ TARGET_TRUNK_IN, IN_CALL, offsetof(struct call, trunk_in), TRUNK_IN },
	{ TARGET_TRUNK_OUT, IN_CALL, offsetof(struct call, trunk_out),
	    TRUNK_OUT },
	{ TARGET_SRC_NAME, IN_ORIGIN, offsetof(struct origin, src_name),
	    AS_IT_IS },
	{ TARGET_SERVICE, IN_ORIGIN, offsetof(struct origin, service),
	    AS_IT_IS },
	{ TARGET_CONTEXT, IN_ORIGIN, offsetof(struct origin, clue_in),
	    AS_IT_IS },
	{ TARGET_CALL_ID, IN_ORIGIN, offsetof(struct origin, call_id), RARE },
	{ TARGET_JOIN, IN_ORIGIN, offsetof(struct origin, join), RARE },
	{ TARGET_AUTH_CODE, IN_ORIGIN, offsetof(struct origin, auth_code),
	    AS_IT_IS },
	{ TARGET_ACTION, IN_ORIGIN, offsetof(struct origin, service),
	    AS_IT_IS },
};

enum {
	NTEXTS = sizeof(texts) / sizeof(texts[0]),
	SHOWN = 60,
	AMOUNT = 64 /* characters of a price */
};

_Static_assert((int)NTEXTS == (int)DECODE_TEXTS, "a name for each text");

int
decode_refuse(struct reading *r, const struct layout_value *v, const char *what)
{
	*r->column = v->column;
	return errmsg_set(r->reason, "%s: %s: '%.*s%s'", v->name, what,
	    (int)(v->len < SHOWN ? v->len : SHOWN), v->text,
	    v->len > SHOWN ? "..." : "");
}

static bool
equals(const struct layout_value *v, const char *word)
{
	return strlen(word) == v->len &&
	       strncasecmp(word, v->text, v->len) == 0;
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

int
decode_word(struct reading *r, enum layout_target t, uint8_t *code)
{
	const struct layout_field *f = decode_field(r, t);
	struct layout_value v;
	uint32_t i;

	*code = (uint8_t)rule_of(r, f);
	if (*code != 0 || f->nfrom == 0)
		return 0;
	v = layout_value(&r->rec, f);
	if (v.len == 0 && !f->required)
		return 0;
	for (i = 0; i < f->nwords; i++) {
		if (equals(&v, f->words[i].text)) {
			*code = (uint8_t)f->words[i].value;
			return 0;
		}
	}
	*code = (uint8_t)f->other;
	return f->other != 0 ? 0 : decode_refuse(r, &v, "unknown word");
}

/* The first alternative that is filled and, with a pattern, matches it. */
static struct layout_value
text_of(const struct reading *r, const struct layout_field *f)
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
	struct layout_value v = text_of(r, f);
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
	r->c->cost = micro < 0 ? -micro : micro;
	r->c->flags |= CALL_HAS_COST;
	read_currency(r, &cost);
	return 0;
}

/* The first that is one: the side that did not end the call has 0. */
static uint8_t
cause_of(const struct reading *r)
{
	const struct layout_field *f = decode_field(r, TARGET_CAUSE);
	struct layout_value v;
	uint8_t cause = 0;
	uint32_t i;

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
	if (decode_word(r, TARGET_DIRECTION, &r->c->direction) != 0 ||
	    decode_word(r, TARGET_SIDE, &r->o->stated) != 0 ||
	    decode_word(r, TARGET_EVENT, &r->o->event) != 0 ||
	    read_cost(r) != 0)
		return -1;
	r->o->cause = cause_of(r);
	if (r->o->event != EVENT_CALL)
		r->c->flags |= CALL_EVENT;
	return 0;
}

/*
 * The text of a field that perhaps only some records have.  The tests come
 * first: they, too, may join texts.
 */
static struct layout_value
text_where(const struct reading *r, const struct layout_field *f)
{
	const bool counts = layout_tests(&f->when, &r->rec);
	struct layout_value v = text_of(r, f);

	if (!counts)
		v.len = 0;
	return v;
}

/* A + in front of what lacks it; `room` is for one character more. */
static void
add_plus(const struct layout_field *f, struct layout_value *v, char *room)
{
	if (f->plus == NULL || v->len == 0 ||
	    pattern_match(f->plus, v->text, v->len, NULL, 0, NULL) != 1)
		return;
	room[0] = '+';
	memcpy(room + 1, v->text, v->len);
	v->text = room;
	v->len++;
}

/* A trunk's name takes the place of the channel's, if there is one. */
static bool
keeps(struct reading *r, enum decode_kind kind, const struct layout_value *v)
{
	if (kind != TRUNK_IN && kind != TRUNK_OUT)
		return true;
	if (v->len == 0)
		return false;
	r->o->stated |= kind == TRUNK_IN ? ORIGIN_TRUNK_IN : ORIGIN_TRUNK_OUT;
	return true;
}

/* Cells are parts of the record, or of those parts some bytes. */
static bool
has_no_nul(const struct reading *r)
{
	const struct layout *l = r->d->layout;
	const struct csvrow *row = r->rec.row;

	return l->container == CONTAINER_ROWS && !l->percent &&
	       r->d->form.dialect.escape == '\0' && row->gathered == NULL &&
	       (row->plain || memchr(row->raw, '\0', row->raw_len) == NULL);
}

/* "9.71E+11", "9,71E+11": a spreadsheet took the digits for a number. */
static bool
is_rounded(const struct layout_value *v)
{
	const char *p = v->text, *end = v->text + v->len;

	if (memchr(p, '+', v->len) == NULL)
		return false;
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	if (p == v->text)
		return false;
	if (p < end && (*p == '.' || *p == ','))
		for (p++; p < end && *p >= '0' && *p <= '9'; p++)
			;
	return end - p > 2 && (*p == 'E' || *p == 'e') && p[1] == '+' &&
	       digits_only(p + 2, (size_t)(end - p) - 2);
}

/* Of texts that are cells as they stand, and need no more looks than these. */
static void
add_text(struct reading *r, size_t i, struct layout_value *v)
{
	const enum decode_kind kind = texts[i].kind;
	char *base = texts[i].home == IN_CALL ? (char *)r->c : (char *)r->o;
	uint32_t id;

	if (texts[i].target >= TARGET_SRC &&
	    texts[i].target <= TARGET_FORWARDED_BY)
		r->rounded |= is_rounded(v);
	if (!keeps(r, kind, v))
		return;
	id = decode_name(r, kind, &r->d->names[i], v);
	memcpy(base + texts[i].at, &id, sizeof(id));
}

/* There is no other text than the one in sight. */
static bool
takes_one(const struct layout_field *f)
{
	return f->nfrom == 1 && f->when.n == 0 && f->constant == NULL;
}

/* What may be more than a cell. */
static int
read_text(struct reading *r, size_t i, const struct layout_field *f)
{
	char room[BOUNDS_FIELD + 1];
	struct layout_value v = layout_value(&r->rec, f);

	if (v.len == 0 && f->required)
		return decode_refuse(r, &v, "empty");
	if (v.len > BOUNDS_FIELD)
		return decode_refuse(r, &v, "too long");
	if (v.len > 0 && f->regex != NULL && takes_one(f))
		layout_extract(f->regex, &v);
	else if (v.len > 0 && (f->regex != NULL || f->when.n > 0))
		v = text_where(r, f);
	/* A pattern may have passed over the first alternative. */
	if (v.len > BOUNDS_FIELD)
		return decode_refuse(r, &v, "too long");
	add_plus(f, &v, room);
	add_text(r, i, &v);
	return 0;
}

/*
 * How many alternatives of a field are cells as they stand, before one that
 * is more.  Nearly all records need no more than read_cells() of these.
 */
static uint32_t
count_cells(const struct layout *l, const struct layout_field *f)
{
	uint32_t n = 0;

	if (f->regex != NULL || f->when.n > 0 || f->plus != NULL)
		return 0;
	while (n < f->nfrom && layout_source_is_cell(l, &f->from[n]))
		n++;
	return n;
}

void
decode_plan(struct decoder *d)
{
	const struct layout_field *f;
	size_t i;

	for (i = 0; i < NTEXTS; i++) {
		f = &d->layout->fields[texts[i].target];
		d->names[i].cells = count_cells(d->layout, f);
	}
}

/* False if there is more to say of it than that it is there, or is not. */
static bool
read_cells(struct reading *r, size_t i, const struct layout_field *f)
{
	const uint32_t n = r->d->names[i].cells;
	const struct csvfield *cell = layout_first_cell(&r->rec, f, n);
	struct layout_value v;

	if (cell == NULL)
		return n == f->nfrom && !f->required && f->constant == NULL;
	if (cell->len > BOUNDS_FIELD)
		return false;
	v.text = cell->text;
	v.len = cell->len;
	add_text(r, i, &v);
	return true;
}

int
decode_texts(struct reading *r)
{
	const struct layout_field *f;
	size_t i;

	r->no_nul = has_no_nul(r);
	for (i = 0; i < NTEXTS; i++) {
		f = decode_field(r, texts[i].target);
		if (f->nfrom == 0 || read_cells(r, i, f))
			continue;
		if (read_text(r, i, f) != 0)
			return -1;
	}
	if (decode_field(r, TARGET_DIALLED)->nfrom == 0)
		r->c->dialled = r->c->dst;
	return 0;
}
