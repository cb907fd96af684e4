/* predicate_test: bits and integers, asked of one call. */
#include "rule/predicate_impl.h"

#include <assert.h>
#include <string.h>

bool
predicate_bit(const uint64_t *bits, size_t i)
{
	return (bits[i / 64] >> (i % 64) & 1) != 0;
}

static bool
affix_fits(const struct op *op, const char *affix, const char *text, size_t len)
{
	size_t n = strlen(affix);

	if (n > len || (op->kind == OP_EQUALS && n != len))
		return false;
	return memcmp(op->kind == OP_SUFFIX ? text + len - n : text, affix,
		   n) == 0;
}

bool
predicate_has(const struct op *op, const char *text, size_t len)
{
	size_t i;

	assert(op->kind == OP_EQUALS || op->kind == OP_PREFIX ||
	       op->kind == OP_SUFFIX);
	for (i = 0; i < op->ntexts; i++)
		if (affix_fits(op, op->texts[i], text, len))
			return true;
	return false;
}

int64_t
predicate_day(const struct predicate_bound *p, const struct batch *b, size_t i)
{
	return zone_local_day(locals_of(p->locals, i)->zone, b->calls[i].start);
}

/* Whether two fields of one type have the same value, both present. */
static bool
same_value(const struct field *a, const struct field *other,
    const struct batch *b, size_t i)
{
	uint32_t code;
	int64_t v, w;

	if (field_is_key(a)) {
		code = field_code(a, b, i);
		return code != FIELD_MISSING && code == field_code(other, b, i);
	}
	return field_number(a, b, i, &v) && field_number(other, b, i, &w) &&
	       v == w;
}

static bool
present(const struct field *f, const struct batch *b, size_t i)
{
	int64_t v;

	return field_is_key(f) ? field_code(f, b, i) != FIELD_MISSING
			       : field_number(f, b, i, &v);
}

/* Asked only where the text alone did not decide. */
static bool
text_op(const struct predicate_bound *p, const struct op *op,
    const struct field *f, const struct batch *b, size_t i)
{
	uint32_t code = field_code(f, b, i);
	const char *text;
	size_t len;

	if (code == FIELD_MISSING)
		return false;
	text = intern_text(b->names, code);
	len = intern_len(b->names, code);
	if (op->kind == OP_LIST)
		return numlist_find(p->lists[op->slot]->list, text, len,
			   predicate_day(p, b, i)) != NULL;
	/* Its limits were tried when the predicate was bound. */
	if (op->kind == OP_REGEX)
		return pattern_match(op->pattern, text, len, NULL, 0, NULL) ==
		       1;
	return predicate_has(op, text, len);
}

bool
predicate_op(const struct predicate_bound *p, const struct clause *c,
    const struct op *op, const struct batch *b, size_t i)
{
	uint32_t code;
	int64_t v;

	switch (op->kind) {
	case OP_WORDS:
		code = field_code(c->field, b, i);
		return code != FIELD_MISSING && (op->mask >> code & 1) != 0;
	case OP_RANGE:
		return field_number(c->field, b, i, &v) && v >= op->least &&
		       v <= op->greatest;
	case OP_FIELD:
		return same_value(c->field, op->other, b, i);
	case OP_EXISTS:
		return present(c->field, b, i) == op->wanted;
	case OP_CALENDAR:
		return predicate_bit(p->calendars[op->slot], i) == op->wanted;
	default:
		return text_op(p, op, c->field, b, i);
	}
}

bool
predicate_alternatives(const struct predicate_bound *p, const struct clause *c,
    const struct batch *b, size_t i)
{
	const struct alternative *alt;
	size_t k;

	for (alt = c->alts; alt < c->alts + c->n; alt++) {
		for (k = 0; k < alt->n; k++)
			if (!predicate_op(p, c, &alt->ops[k], b, i))
				break;
		if (k == alt->n)
			return true;
	}
	return false;
}

bool
predicate_clause(const struct predicate_bound *p, const struct clause *c,
    const struct batch *b, size_t i)
{
	const struct bound_clause *bound = &p->clauses[c->slot];
	uint32_t code;

	if (predicate_type(c->field) != BIT_TEXT)
		return predicate_alternatives(p, c, b, i);
	code = field_code(c->field, b, i);
	if (code == FIELD_MISSING)
		return c->on_missing;
	if (predicate_bit(bound->holds, code))
		return true;
	return bound->asks != NULL && predicate_bit(bound->asks, code) &&
	       predicate_alternatives(p, c, b, i);
}

bool
predicate_node(const struct predicate_bound *p, const struct node *node,
    const struct batch *b, size_t i)
{
	size_t k;

	switch (node->kind) {
	case NODE_CLAUSE:
		return predicate_clause(p, &node->clause, b, i);
	case NODE_NOT:
		return !predicate_node(p, node->cheap[0], b, i);
	case NODE_ANY:
		for (k = 0; k < node->n; k++)
			if (predicate_node(p, node->cheap[k], b, i))
				return true;
		return false;
	default:
		for (k = 0; k < node->n; k++)
			if (!predicate_node(p, node->cheap[k], b, i))
				return false;
		return true;
	}
}

bool
predicate_test_before(const struct predicate_bound *p, const struct batch *b,
    size_t i)
{
	return predicate_node(p, p->p->before, b, i);
}

bool
predicate_test(const struct predicate_bound *p, const struct batch *b, size_t i)
{
	return predicate_node(p, p->p->root, b, i);
}

size_t
predicate_parts(const struct predicate *p)
{
	return p->root->n;
}

bool
predicate_test_part(const struct predicate_bound *p, size_t part,
    const struct batch *b, size_t i)
{
	return predicate_node(p, p->p->root->nodes[part], b, i);
}
