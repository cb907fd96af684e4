/* predicate_answer: how the answers of a clause are found, by its ops. */
#include "rule/predicate_answers_impl.h"

/* Whether one op holds for a word's code; false if the code does not tell. */
static bool
word_tells(const struct op *op, uint32_t code, bool *holds)
{
	bool missing = code == FIELD_MISSING;

	if (op->kind == OP_WORDS)
		*holds = !missing && (op->mask >> code & 1) != 0;
	else if (op->kind == OP_EXISTS)
		*holds = missing != op->wanted;
	else
		return false;
	return true;
}

bool
predicate_word_tells(const struct clause *c, uint32_t code, bool *holds)
{
	bool all, one;
	size_t a, k;

	*holds = false;
	for (a = 0; a < c->n; a++) {
		all = true;
		for (k = 0; k < c->alts[a].n; k++) {
			if (!word_tells(&c->alts[a].ops[k], code, &one))
				return false;
			all &= one;
		}
		*holds |= all;
	}
	return true;
}

static bool
settle_words(struct answer *w)
{
	uint32_t code;
	bool holds;

	for (code = 0; code < ANSWER_CODES; code++) {
		if (!predicate_word_tells(w->clause, code, &holds))
			return false;
		w->mask |= (uint64_t)holds << code;
	}
	return predicate_word_tells(w->clause, FIELD_MISSING, &w->on_missing);
}

/* All of the ops of the only alternative are one range. */
static bool
settle_range(struct answer *w)
{
	const struct alternative *alt = &w->clause->alts[0];
	size_t k;

	w->least = INT64_MIN;
	w->greatest = INT64_MAX;
	for (k = 0; k < alt->n; k++) {
		if (alt->ops[k].kind != OP_RANGE)
			return false;
		if (alt->ops[k].least > w->least)
			w->least = alt->ops[k].least;
		if (alt->ops[k].greatest < w->greatest)
			w->greatest = alt->ops[k].greatest;
	}
	return alt->n > 0;
}

/* Of a clause with one alternative, the only op of which is of the kind. */
static bool
only_asks(const struct clause *c, enum op_kind kind)
{
	return c->n == 1 && c->alts[0].n == 1 && c->alts[0].ops[0].kind == kind;
}

enum answer_way
predicate_answer_way(struct answer *w)
{
	const struct clause *c = w->clause;

	w->on_missing = c->on_missing;
	if (c->field == NULL)
		return only_asks(c, OP_CALENDAR) ? BY_HOURS : BY_CALL;
	if (field_is_key(c->field) && only_asks(c, OP_FIELD))
		return BY_FIELD;
	if (predicate_type(c->field) == BIT_TEXT)
		return BY_TEXT;
	if (field_is_key(c->field))
		return settle_words(w) ? BY_WORD : BY_CALL;
	return c->n == 1 && settle_range(w) ? BY_RANGE : BY_CALL;
}
