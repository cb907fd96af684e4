/* predicate_operator: what an operator says about the field of its key. */
#include "rule/predicate_impl.h"

#include <string.h>

#include "base/floordiv.h"
#include "base/nearest.h"
#include "tel/calltime.h"

static const struct opdef operators[] = {
	{ "gte", ">=", BITS_AMOUNT, NULL },
	{ "gt", ">", BITS_AMOUNT, NULL },
	{ "lte", "<=", BITS_AMOUNT, NULL },
	{ "lt", "<", BITS_AMOUNT, NULL },
	{ "prefix", "begins with", BIT_TEXT, "{\"$ref\":\"#/$defs/affix\"}" },
	{ "suffix", "ends with", BIT_TEXT, "{\"$ref\":\"#/$defs/affix\"}" },
	{ "regex", "matches", BIT_TEXT, "{\"$ref\":\"#/$defs/text\"}" },
	{ "list", "in list", BIT_TEXT, "{\"$ref\":\"#/$defs/name\"}" },
	{ "field", "=", BITS_FIELD, "{\"$ref\":\"#/$defs/field\"}" },
	{ "exists", "exists", BITS_FIELD, "{\"type\":\"boolean\"}" },
	{ "inside", "inside", BIT_CLOCK, "{\"$ref\":\"#/$defs/name\"}" },
	{ "outside", "outside", BIT_CLOCK, "{\"$ref\":\"#/$defs/name\"}" },
};
enum { NOPERATORS = sizeof(operators) / sizeof(operators[0]) };

const struct opdef *
predicate_operator(size_t i)
{
	return i < NOPERATORS ? &operators[i] : NULL;
}

static const char *
operator_at(const void *table, size_t i)
{
	(void)table;
	return i < NOPERATORS ? operators[i].name : NULL;
}

/* Amounts ----------------------------------------------------------------- */

static int64_t
ceil_div(int64_t a, int64_t b)
{
	return a / b + (a % b > 0);
}

/*
 * The value in millionths of the field's own unit, and how many of those make
 * one: a share of a millisecond in a rule still compares exactly.
 */
static bool
read_amount(struct compiling *c, const struct field *f, const struct json *j,
    int64_t *v, int64_t *unit)
{
	int got;

	*unit = f->type == FIELD_MONEY || f->type == FIELD_TIME ? 1 : RULE_UNIT;
	if (f->type == FIELD_TIME) {
		if (j->type != JSON_STRING ||
		    time_parse(j->string, zone_utc(), 0, v, NULL) == -1)
			return predicate_wrong_type(c, j,
			    predicate_need(BIT_TIME));
		return true;
	}
	got = quantity_read_as(j, c->params,
	    f->type == FIELD_SPAN ? QUANTITY_SPAN : QUANTITY_NUMBER, v,
	    c->notes);
	if (got == -1)
		c->failed = true;
	return got == 0;
}

bool
predicate_read_range(struct compiling *c, const struct field *f,
    const struct json *j, const char *sign, struct op *op)
{
	int64_t v, unit;

	if (!read_amount(c, f, j, &v, &unit))
		return false;
	op->kind = OP_RANGE;
	op->at = j;
	op->sign = sign;
	op->least = INT64_MIN;
	op->greatest = INT64_MAX;
	if (strcmp(sign, ">=") == 0 || strcmp(sign, "=") == 0)
		op->least = ceil_div(v, unit);
	if (strcmp(sign, ">") == 0)
		op->least = floor_div(v, unit) + 1;
	if (strcmp(sign, "<=") == 0 || strcmp(sign, "=") == 0)
		op->greatest = floor_div(v, unit);
	if (strcmp(sign, "<") == 0)
		op->greatest = ceil_div(v, unit) - 1;
	return true;
}

/* Texts, names and patterns ----------------------------------------------- */

/* A text, or an array of texts, none of them empty. */
static bool
read_texts(struct compiling *c, const struct json *j, struct op *op)
{
	const struct json *e = j->type == JSON_ARRAY ? j->first : j;
	size_t n = j->type == JSON_ARRAY ? j->n : 1, i;
	const char **texts = arena_array(c->arena, n, sizeof(*texts));

	if (n == 0)
		return predicate_empty(c, j);
	for (i = 0; i < n; i++, e = e->next) {
		if (e->type != JSON_STRING)
			return predicate_wrong_type(c, e,
			    predicate_need(BIT_TEXT));
		if (e->string[0] == '\0')
			return predicate_empty(c, e);
		texts[i] = e->string;
	}
	op->texts = texts;
	op->ntexts = n;
	return true;
}

static bool
read_regex(struct compiling *c, const struct json *j, struct op *op)
{
	struct errmsg err;
	size_t offset;

	if (j->type != JSON_STRING)
		return predicate_wrong_type(c, j, predicate_need(BIT_TEXT));
	if (j->string[0] == '\0')
		return predicate_empty(c, j);
	if (pattern_compile(&op->pattern, j->string, PATTERN_WHOLE, &offset,
		&err) == -1) {
		c->failed = true;
		json_note_at(c->notes, NOTE_ERROR, "E203", j, offset, err.text,
		    NULL, "bad regular expression");
		return false;
	}
	op->kind = OP_REGEX;
	op->chain = c->p->patterns;
	c->p->patterns = op;
	return true;
}

static bool
read_name(struct compiling *c, const struct json *j, enum op_kind kind,
    struct op *op)
{
	struct op **chain = kind == OP_LIST ? &c->p->lists : &c->p->calendars;

	if (j->type != JSON_STRING || j->string[0] == '\0')
		return predicate_wrong_type(c, j, "a name in quotes is needed");
	op->kind = kind;
	op->name = j->string;
	op->slot = kind == OP_LIST ? c->p->nlists++ : c->p->ncalendars++;
	op->chain = *chain;
	*chain = op;
	return true;
}

static bool
read_other(struct compiling *c, const struct field *f, const struct json *j,
    struct op *op)
{
	if (j->type != JSON_STRING)
		return predicate_wrong_type(c, j,
		    "the name of a field is needed");
	op->kind = OP_FIELD;
	op->other = field_find(j->string);
	if (op->other == NULL) {
		c->failed = true;
		json_note(c->notes, NOTE_ERROR, "E201", j,
		    predicate_did_you_mean(c, field_suggest(j->string)),
		    "cdrrules fields lists them", "unknown field '%s'",
		    j->string);
		return false;
	}
	if (op->other->type != f->type || op->other->word != f->word) {
		c->failed = true;
		json_note(c->notes, NOTE_ERROR, "E209", j, NULL, NULL,
		    "'%s' and '%s' cannot be equal: they are of different "
		    "types",
		    f->name, j->string);
		return false;
	}
	return true;
}

static bool
read_exists(struct compiling *c, const struct json *j, struct op *op)
{
	if (j->type != JSON_BOOL)
		return predicate_wrong_type(c, j, predicate_need(BIT_BOOL));
	op->kind = OP_EXISTS;
	op->wanted = j->boolean;
	return true;
}

static bool
unknown_operator(struct compiling *c, const struct json *j)
{
	const char *near = nearest(j->key, operator_at, NULL);

	c->failed = true;
	json_note_key(c->notes, NOTE_ERROR, "E202", j,
	    predicate_did_you_mean(c, near),
	    "known are gte gt lte lt prefix suffix regex list field exists "
	    "inside outside",
	    "unknown operator '%s'", j->key);
	return false;
}

static bool
wrong_operator(struct compiling *c, const struct field *f, const struct json *j)
{
	c->failed = true;
	json_note_key(c->notes, NOTE_ERROR, "E209", j, NULL,
	    predicate_need(predicate_type(f)),
	    "operator '%s' does not fit field '%s'", j->key,
	    f != NULL ? f->name : "time");
	return false;
}

bool
predicate_read_operator(struct compiling *c, const struct field *f,
    const struct json *j, struct op *op)
{
	const struct opdef *o;

	for (o = operators; o < operators + NOPERATORS; o++)
		if (strcmp(o->name, j->key) == 0)
			break;
	if (o == operators + NOPERATORS)
		return unknown_operator(c, j);
	if ((o->types & predicate_type(f)) == 0)
		return wrong_operator(c, f, j);
	op->at = j;
	op->sign = o->sign;
	if (o->value == NULL)
		return predicate_read_range(c, f, j, o->sign, op);
	if (strcmp(o->name, "prefix") == 0 || strcmp(o->name, "suffix") == 0) {
		op->kind = o->name[0] == 'p' ? OP_PREFIX : OP_SUFFIX;
		return read_texts(c, j, op);
	}
	if (strcmp(o->name, "regex") == 0)
		return read_regex(c, j, op);
	if (strcmp(o->name, "list") == 0)
		return read_name(c, j, OP_LIST, op);
	if (strcmp(o->name, "field") == 0)
		return read_other(c, f, j, op);
	if (strcmp(o->name, "exists") == 0)
		return read_exists(c, j, op);
	op->wanted = strcmp(o->name, "inside") == 0;
	return read_name(c, j, OP_CALENDAR, op);
}
