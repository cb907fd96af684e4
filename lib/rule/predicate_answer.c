/* predicate_answer: clauses of many predicates, each for all calls at once. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "rule/predicate_answers_impl.h"

/* Calls that stay near while all is asked of them. */
enum { BLOCK = 64 * ANSWER_WORDS };

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
	w->way = predicate_answer_way(w);
	w->never = holds_for_none(w, a->batch);
}

/* What the calls of a block have in one field. */
struct column {
	const struct field *field;
	size_t first, n;
	uint32_t codes[BLOCK];
	uint8_t words[BLOCK];   /* codes of a field that is no text */
	uint32_t shorts[BLOCK]; /* of a field_is_short() */
	int64_t values[BLOCK];  /* of another number */
	uint8_t present[BLOCK];
	uint32_t others[BLOCK]; /* codes of a field that is compared with */
	uint8_t holds[BLOCK];   /* of the present answer: 0 or 1 */
};

enum { NO_WORD = (uint8_t)FIELD_MISSING };

static void
read_words(struct column *col)
{
	size_t i;

	for (i = 0; i < BLOCK; i++)
		col->words[i] = (uint8_t)col->codes[i];
}

static void
read_column(struct column *col, const struct field *f, const struct batch *b)
{
	if (col->field == f)
		return;
	col->field = f;
	if (field_is_key(f)) {
		field_codes(f, b, col->first, col->n, col->codes);
		read_words(col);
		return;
	}
	if (field_is_short(f)) {
		field_shorts(f, b, col->first, col->n, col->shorts);
		return;
	}
	field_numbers(f, b, col->first, col->n, col->values, col->present);
}

/*
 * The answers about the calls of a block, without branches and, where what is
 * behind the last call does no harm, of a length that compilers know.
 */
static void
ask_texts(const struct answer *w, struct column *col)
{
	const uint64_t *bits = w->bound->clauses[w->clause->slot].holds;
	const uint8_t on_missing = w->on_missing;
	uint32_t code;
	size_t k;

	for (k = 0; k < col->n; k++) {
		code = col->codes[k] != FIELD_MISSING ? col->codes[k] : 0;
		col->holds[k] = col->codes[k] != FIELD_MISSING
				    ? bits[code / 64] >> code % 64 & 1
				    : on_missing;
	}
}

/* Where the text does not tell. */
static void
ask_further(const struct answer *w, struct column *col, const struct batch *b)
{
	const uint64_t *asks = w->bound->clauses[w->clause->slot].asks;
	size_t k;

	for (k = 0; k < col->n; k++)
		if (!col->holds[k] && col->codes[k] != FIELD_MISSING &&
		    predicate_bit(asks, col->codes[k]))
			col->holds[k] = predicate_alternatives(w->bound,
			    w->clause, b, col->first + k);
}

static void
turn_word(struct column *col, uint8_t word)
{
	size_t k;

	for (k = 0; k < BLOCK; k++)
		col->holds[k] ^= col->words[k] == word;
}

/* Few words are asked for, or few are not: these are turned. */
static void
ask_words(const struct answer *w, struct column *col)
{
	const bool most = (w->mask >> (ANSWER_CODES - 1) & 1) != 0;
	uint8_t code;

	memset(col->holds, most, BLOCK);
	for (code = 0; code < ANSWER_CODES; code++)
		if ((w->mask >> code & 1) != most)
			turn_word(col, code);
	if (w->on_missing != most)
		turn_word(col, NO_WORD);
}

/* One comparison: what is below the least is far above the greatest. */
static void
ask_shorts(const struct answer *w, struct column *col)
{
	const int64_t least = w->least > 0 ? w->least : 0;
	const int64_t greatest =
	    w->greatest < UINT32_MAX ? w->greatest : UINT32_MAX;
	const uint32_t from = (uint32_t)least;
	const uint32_t length = (uint32_t)(greatest - least);
	size_t k;

	if (least > greatest) {
		memset(col->holds, 0, BLOCK);
		return;
	}
	for (k = 0; k < BLOCK; k++)
		col->holds[k] = col->shorts[k] - from <= length;
}

static void
ask_amounts(const struct answer *w, struct column *col)
{
	const int64_t least = w->least, greatest = w->greatest;
	size_t k;

	for (k = 0; k < BLOCK; k++)
		col->holds[k] =
		    (uint8_t)(col->present[k] & (col->values[k] >= least) &
			      (col->values[k] <= greatest));
}

static void
ask_field(const struct answer *w, struct column *col, const struct batch *b)
{
	const struct field *other = w->clause->alts[0].ops[0].other;
	size_t k;

	field_codes(other, b, col->first, col->n, col->others);
	for (k = 0; k < col->n; k++)
		col->holds[k] = (uint8_t)((col->codes[k] != FIELD_MISSING) &
					  (col->codes[k] == col->others[k]));
}

static void
ask_calls(const struct answer *w, struct column *col, const struct batch *b)
{
	size_t k;

	for (k = 0; k < col->n; k++)
		col->holds[k] = predicate_alternatives(w->bound, w->clause, b,
		    col->first + k);
}

/* Eight of them as bits: the product moves the i-th to bit 56 + i. */
static uint64_t
pack_eight(const uint8_t *h)
{
	uint64_t all = (uint64_t)h[0] | (uint64_t)h[1] << 8 |
		       (uint64_t)h[2] << 16 | (uint64_t)h[3] << 24 |
		       (uint64_t)h[4] << 32 | (uint64_t)h[5] << 40 |
		       (uint64_t)h[6] << 48 | (uint64_t)h[7] << 56;

	return all * UINT64_C(0x0102040810204080) >> 56;
}

static void
pack(const struct column *col, uint64_t *out)
{
	size_t i, k;

	for (i = 0; i < col->n; i += 64, out++)
		for (*out = 0, k = 0; k < 64; k += 8)
			*out |= pack_eight(&col->holds[i + k]) << k;
	if (col->n % 64 != 0)
		out[-1] &= (UINT64_C(1) << col->n % 64) - 1;
}

/* Opening hours are bits by call already. */
static void
take_hours(const struct answer *w, const struct column *col, uint64_t *out)
{
	const struct op *op = &w->clause->alts[0].ops[0];
	const uint64_t *bits = w->bound->calendars[op->slot] + col->first / 64;
	const uint64_t turn = op->wanted ? 0 : UINT64_MAX;
	size_t i;

	for (i = 0; i < (col->n + 63) / 64; i++)
		out[i] = bits[i] ^ turn;
	if (col->n % 64 != 0)
		out[i - 1] &= (UINT64_C(1) << col->n % 64) - 1;
}

static void
answer_column(const struct answer *w, struct column *col, const struct batch *b,
    uint64_t *out)
{
	if (w->way == BY_HOURS) {
		take_hours(w, col, out);
		return;
	}
	if (w->way != BY_CALL)
		read_column(col, w->clause->field, b);
	if (w->way == BY_TEXT)
		ask_texts(w, col);
	else if (w->way == BY_WORD)
		ask_words(w, col);
	else if (w->way == BY_RANGE && field_is_short(w->clause->field))
		ask_shorts(w, col);
	else if (w->way == BY_RANGE)
		ask_amounts(w, col);
	else if (w->way == BY_FIELD)
		ask_field(w, col, b);
	else
		ask_calls(w, col, b);
	if (w->way == BY_TEXT &&
	    w->bound->clauses[w->clause->slot].asks != NULL)
		ask_further(w, col, b);
	pack(col, out);
}

/* The row of these answers, if the next is `next`. */
static uint32_t
row_for(const uint64_t *words, uint32_t next)
{
	uint64_t any = 0, all = UINT64_MAX;
	size_t i;

	for (i = 0; i < ANSWER_WORDS; i++) {
		any |= words[i];
		all &= words[i];
	}
	if (any == 0)
		return ANSWER_NONE;
	return all == UINT64_MAX ? ANSWER_ALL : next;
}

/* Many clauses ask of one field: each column is read once for all of them. */
static void
answer_block(void *arg, size_t block)
{
	const struct predicate_answers *a = arg;
	struct column col;
	const size_t size = ANSWER_WORDS * sizeof(uint64_t);
	uint64_t *words = xmalloc(a->n * size), *out = words;
	uint32_t row, next = ANSWER_ROWS;
	size_t i;

	/* It is large, and a whole block fills what is looked at. */
	if (a->batch->n - block * BLOCK < BLOCK)
		memset(&col, 0, sizeof(col));
	col.field = NULL;
	col.first = block * BLOCK;
	col.n =
	    a->batch->n - col.first < BLOCK ? a->batch->n - col.first : BLOCK;
	for (i = 0; i < a->n; i++) {
		if (a->list[a->order[i]].status != 0 ||
		    a->list[a->order[i]].never ||
		    a->list[a->order[i]].from >= col.first + col.n)
			continue;
		if (col.n < BLOCK)
			memset(out, 0, size);
		answer_column(&a->list[a->order[i]], &col, a->batch, out);
		a->rows[block * a->n + a->order[i]] = row = row_for(out, next);
		if (row < ANSWER_ROWS)
			continue;
		next++;
		out += ANSWER_WORDS;
	}
	a->words[block] = xrealloc(words, next - ANSWER_ROWS, size);
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
	const size_t blocks = (a->batch->n + BLOCK - 1) / BLOCK;
	size_t i;

	put_in_order(a);
	/* Behind the last call there may be a word of none. */
	a->nblocks = a->batch->n / BLOCK + 1;
	a->rows = xcalloc(a->nblocks * a->n, sizeof(*a->rows));
	a->words = xcalloc(a->nblocks, sizeof(*a->words));
	predicate_codes_init(a->texts, a->ntexts, threads, a->batch);
	pool_run(threads, a->n, prepare, a);
	pool_run(threads, blocks, answer_block, a);
	for (i = 0; i < a->n; i++)
		predicate_unbind(&a->list[i].bound);
}
