/* predicate_answer: clauses of many predicates, each for all calls at once. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "rule/predicate_answers_impl.h"

enum {
	BLOCK = 4096,   /* calls that stay near while all is asked */
	MOST_CODES = 64 /* of fields that are no texts: op.mask */
};

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

/* The same for the clause: any alternative, all of its ops. */
static bool
clause_tells(const struct clause *c, uint32_t code, bool *holds)
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

	for (code = 0; code < MOST_CODES; code++) {
		if (!clause_tells(w->clause, code, &holds))
			return false;
		w->mask |= (uint64_t)holds << code;
	}
	return clause_tells(w->clause, FIELD_MISSING, &w->on_missing);
}

static enum answer_way
way_of(struct answer *w)
{
	const struct clause *c = w->clause;

	if (predicate_type(c->field) == BIT_TEXT) {
		w->on_missing = c->on_missing;
		return BY_TEXT;
	}
	if (predicate_type(c->field) == BIT_CLOCK)
		return BY_CALL;
	if (field_is_key(c->field))
		return settle_words(w) ? BY_WORD : BY_CALL;
	return c->n == 1 && c->alts[0].n == 1 &&
		       c->alts[0].ops[0].kind == OP_RANGE
		   ? BY_RANGE
		   : BY_CALL;
}

/* On each thread some of the fields. */
struct listing {
	const struct predicate_answers *answers;
	size_t threads;
};

static void
list_texts(void *arg, size_t i)
{
	const struct listing *l = arg;
	const struct predicate_answers *a = l->answers;

	predicate_codes_init(a->texts + i, a->ntexts - i, l->threads, a->batch);
}

/* Lists and patterns often have no text of all that there are. */
static bool
holds_for_none(const struct answer *w, const struct batch *b)
{
	const struct bound_clause *bound = &w->bound->clauses[w->clause->slot];
	size_t words = intern_count(b->names) / 64 + 1, i;

	if (w->way != BY_TEXT || w->on_missing || bound->asks != NULL)
		return false;
	for (i = 0; i < words && bound->holds[i] == 0; i++)
		;
	return i == words;
}

static void
prepare(void *arg, size_t i)
{
	const struct predicate_answers *a = arg;
	struct answer *w = &a->list[i];

	w->status = predicate_bind_clause(&w->bound, w->of, w->clause, a->batch,
	    a->named, a->locals,
	    w->text != ANSWER_NO_TEXT ? &a->texts[w->text] : NULL, &w->err);
	if (w->status != 0)
		return;
	w->way = way_of(w);
	if (!holds_for_none(w, a->batch))
		w->holds = predicate_bits(a->batch->n);
}

/* What the calls of a block have in one field. */
struct column {
	const struct field *field;
	size_t first, n;
	uint32_t codes[BLOCK];
	int64_t values[BLOCK];
	bool present[BLOCK];
};

static void
read_column(struct column *col, const struct field *f, const struct batch *b)
{
	size_t i;

	if (col->field == f)
		return;
	col->field = f;
	if (field_is_key(f))
		field_codes(f, b, col->first, col->n, col->codes);
	else
		for (i = 0; i < col->n; i++)
			col->present[i] =
			    field_number(f, b, col->first + i, &col->values[i]);
}

/*
 * The answers about up to 64 calls, from the i-th of the column on: one loop
 * for each way, because they are what takes the time.
 */
static uint64_t
texts_of(const struct answer *w, const struct column *col,
    const struct batch *b, size_t i, size_t n)
{
	const struct bound_clause *bound = &w->bound->clauses[w->clause->slot];
	uint64_t out = 0;
	uint32_t code;
	bool holds;
	size_t k;

	for (k = 0; k < n; k++) {
		code = col->codes[i + k];
		if (code == FIELD_MISSING)
			holds = w->on_missing;
		else
			holds = predicate_bit(bound->holds, code) ||
				(bound->asks != NULL &&
				    predicate_bit(bound->asks, code) &&
				    predicate_alternatives(w->bound, w->clause,
					b, col->first + i + k));
		out |= (uint64_t)holds << k;
	}
	return out;
}

static uint64_t
words_of(const struct answer *w, const struct column *col, size_t i, size_t n)
{
	uint64_t out = 0;
	uint32_t code;
	size_t k;

	for (k = 0; k < n; k++) {
		code = col->codes[i + k];
		assert(code == FIELD_MISSING || code < MOST_CODES);
		out |= (code == FIELD_MISSING ? (uint64_t)w->on_missing
					      : w->mask >> code & 1)
		       << k;
	}
	return out;
}

static uint64_t
amounts_of(const struct answer *w, const struct column *col, size_t i, size_t n)
{
	const struct op *range = &w->clause->alts[0].ops[0];
	uint64_t out = 0;
	int64_t v;
	size_t k;

	for (k = 0; k < n; k++) {
		v = col->values[i + k];
		out |= (uint64_t)(col->present[i + k] && v >= range->least &&
				  v <= range->greatest)
		       << k;
	}
	return out;
}

static uint64_t
calls_of(const struct answer *w, const struct batch *b, size_t call, size_t n)
{
	uint64_t out = 0;
	size_t k;

	for (k = 0; k < n; k++)
		out |= (uint64_t)predicate_alternatives(w->bound, w->clause, b,
			   call + k)
		       << k;
	return out;
}

static void
answer_column(const struct answer *w, struct column *col, const struct batch *b)
{
	uint64_t *out = w->holds + col->first / 64;
	size_t i, n;

	if (w->way != BY_CALL)
		read_column(col, w->clause->field, b);
	for (i = 0; i < col->n; i += n) {
		n = col->n - i < 64 ? col->n - i : 64;
		if (w->way == BY_TEXT)
			*out++ = texts_of(w, col, b, i, n);
		else if (w->way == BY_WORD)
			*out++ = words_of(w, col, i, n);
		else if (w->way == BY_RANGE)
			*out++ = amounts_of(w, col, i, n);
		else
			*out++ = calls_of(w, b, col->first + i, n);
	}
}

/* Many clauses ask of one field: each column is read once for all of them. */
static void
answer_block(void *arg, size_t block)
{
	const struct predicate_answers *a = arg;
	struct column col = { .first = block * BLOCK };
	size_t i;

	col.n =
	    a->batch->n - col.first < BLOCK ? a->batch->n - col.first : BLOCK;
	for (i = 0; i < a->n; i++)
		if (a->list[a->order[i]].holds != NULL)
			answer_column(&a->list[a->order[i]], &col, a->batch);
}

/* Clauses on the same field side by side. */
static void
put_in_order(struct predicate_answers *a)
{
	uint8_t *placed = xcalloc(a->n + 1, 1);
	size_t i, k, n = 0;

	a->order = xcalloc(a->n + 1, sizeof(*a->order));
	for (i = 0; i < a->n; i++)
		for (k = i; k < a->n; k++)
			if (!placed[k] && a->list[k].clause->field ==
					      a->list[i].clause->field) {
				a->order[n++] = (uint32_t)k;
				placed[k] = 1;
			}
	free(placed);
}

void
predicate_answer(struct predicate_answers *a, size_t threads)
{
	struct listing l = { a, pool_threads(threads) };
	size_t i;

	put_in_order(a);
	if (l.threads > a->ntexts)
		l.threads = a->ntexts;
	pool_run(threads, l.threads, list_texts, &l);
	pool_run(threads, a->n, prepare, a);
	pool_run(threads, (a->batch->n + BLOCK - 1) / BLOCK, answer_block, a);
	for (i = 0; i < a->n; i++)
		predicate_unbind(&a->list[i].bound);
}
