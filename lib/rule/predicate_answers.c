/* predicate_answers: what many predicates ask, answered once for all calls. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "rule/predicate_impl.h"

enum {
	BLOCK = 4096,   /* calls that stay near while all is asked */
	MOST_CODES = 64 /* of fields that are no texts: op.mask */
};

/* In place of an answer: the clause asks for since_prev. */
#define VARIES  UINT32_MAX

#define NO_TEXT SIZE_MAX

/* How a clause is asked of the values of its field. */
enum way {
	BY_TEXT, /* bits by code */
	BY_WORD, /* a mask of codes */
	BY_RANGE,
	BY_CALL /* one call after the other */
};

struct answer {
	const struct predicate *of;  /* one that asks it ... */
	const struct clause *clause; /* ... and where */
	size_t text;                 /* which of the texts; NO_TEXT: none */
	struct predicate_bound *bound;
	enum way way;
	uint64_t mask;   /* BY_WORD: codes for which it holds */
	bool on_missing; /* BY_TEXT, BY_WORD */
	uint64_t *holds; /* by call */
	int status;
	struct errmsg err;
};

struct predicate_answers {
	const struct batch *batch;
	const struct named *named;
	struct answer *list;
	size_t n, cap;
	uint32_t *order;               /* of the list, by field */
	struct predicate_codes *texts; /* by field of texts */
	size_t ntexts, texts_cap;
	struct asker {
		const struct predicate *p;
		uint32_t *of_slot; /* by clause: which answer, or VARIES */
	} * askers;
	size_t naskers, askers_cap;
};

struct predicate_answers *
predicate_answers_new(const struct batch *b, const struct named *named)
{
	struct predicate_answers *a = xcalloc(1, sizeof(*a));

	a->batch = b;
	a->named = named;
	return a;
}

void
predicate_answers_free(struct predicate_answers **ap)
{
	struct predicate_answers *a = *ap;
	size_t i;

	if (a == NULL)
		return;
	for (i = 0; i < a->n; i++)
		free(a->list[i].holds);
	for (i = 0; i < a->naskers; i++)
		free(a->askers[i].of_slot);
	for (i = 0; i < a->ntexts; i++)
		predicate_codes_fini(&a->texts[i]);
	free(a->texts);
	free(a->list);
	free(a->order);
	free(a->askers);
	free(a);
	*ap = NULL;
}

/* Asking ------------------------------------------------------------------ */

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
same_op(const struct op *a, const struct op *b)
{
	size_t i;

	if (a->kind != b->kind || a->wanted != b->wanted ||
	    a->mask != b->mask || a->least != b->least ||
	    a->greatest != b->greatest || a->other != b->other ||
	    !same_text(a->name, b->name))
		return false;
	if (a->kind == OP_REGEX)
		return same_text(pattern_text(a->pattern),
		    pattern_text(b->pattern));
	if (a->kind == OP_WORDS) /* the mask says it all */
		return true;
	if (a->ntexts != b->ntexts)
		return false;
	for (i = 0; i < a->ntexts; i++)
		if (!same_text(a->texts[i], b->texts[i]))
			return false;
	return true;
}

static bool
same_clause(const struct clause *a, const struct clause *b)
{
	size_t i, k;

	if (a->field != b->field || a->on_missing != b->on_missing ||
	    a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++) {
		if (a->alts[i].n != b->alts[i].n)
			return false;
		for (k = 0; k < a->alts[i].n; k++)
			if (!same_op(&a->alts[i].ops[k], &b->alts[i].ops[k]))
				return false;
	}
	return true;
}

/* Which of the texts those of a field are, to be listed later. */
static size_t
find_text(struct predicate_answers *a, const struct field *f)
{
	size_t i;

	if (predicate_type(f) != BIT_TEXT)
		return NO_TEXT;
	for (i = 0; i < a->ntexts; i++)
		if (a->texts[i].field == f)
			return i;
	a->texts =
	    xgrow(a->texts, &a->texts_cap, a->ntexts + 1, sizeof(*a->texts));
	a->texts[a->ntexts] = (struct predicate_codes){ .field = f };
	return a->ntexts++;
}

static uint32_t
find_answer(struct predicate_answers *a, const struct predicate *p,
    const struct clause *c)
{
	size_t i;

	if (predicate_clause_asks(c, field_find("since_prev")))
		return VARIES;
	for (i = 0; i < a->n; i++)
		if (same_clause(a->list[i].clause, c))
			return (uint32_t)i;
	a->list = xgrow(a->list, &a->cap, a->n + 1, sizeof(*a->list));
	a->list[a->n] = (struct answer){ .of = p,
		.clause = c,
		.text = find_text(a, c->field) };
	return (uint32_t)a->n++;
}

static void
ask_node(struct predicate_answers *a, const struct asker *who,
    const struct node *node)
{
	size_t i;

	if (node->kind == NODE_CLAUSE)
		who->of_slot[node->clause.slot] =
		    find_answer(a, who->p, &node->clause);
	for (i = 0; i < node->n; i++)
		ask_node(a, who, node->nodes[i]);
}

static const struct asker *
find_asker(const struct predicate_answers *a, const struct predicate *p)
{
	size_t i;

	for (i = 0; i < a->naskers; i++)
		if (a->askers[i].p == p)
			return &a->askers[i];
	return NULL;
}

void
predicate_ask(struct predicate_answers *a, const struct predicate *p)
{
	struct asker *who;

	if (find_asker(a, p) != NULL)
		return;
	a->askers = xgrow(a->askers, &a->askers_cap, a->naskers + 1,
	    sizeof(*a->askers));
	who = &a->askers[a->naskers++];
	who->p = p;
	who->of_slot = xcalloc(p->nclauses + 1, sizeof(*who->of_slot));
	ask_node(a, who, p->root);
}

/* Answering --------------------------------------------------------------- */

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

static enum way
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

static void
list_texts(void *arg, size_t i)
{
	const struct predicate_answers *a = arg;

	predicate_codes_init(&a->texts[i], a->texts[i].field, a->batch);
}

static void
prepare(void *arg, size_t i)
{
	const struct predicate_answers *a = arg;
	struct answer *w = &a->list[i];

	w->status = predicate_bind_clause(&w->bound, w->of, w->clause, a->batch,
	    a->named, w->text != NO_TEXT ? &a->texts[w->text] : NULL,
	    &w->err);
	if (w->status != 0)
		return;
	w->way = way_of(w);
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
		if (a->list[a->order[i]].status == 0)
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
	size_t i;

	put_in_order(a);
	pool_run(threads, a->ntexts, list_texts, a);
	pool_run(threads, a->n, prepare, a);
	pool_run(threads, (a->batch->n + BLOCK - 1) / BLOCK, answer_block, a);
	for (i = 0; i < a->n; i++)
		predicate_unbind(&a->list[i].bound);
}

/* Selecting --------------------------------------------------------------- */

struct selecting {
	const struct predicate_answers *answers;
	const struct asker *who;
	const struct batch *batch; /* with since_prev */
};

/* Of the calls `care` of a word those for which the clause holds. */
static uint64_t
select_clause(const struct selecting *s, const struct clause *c, size_t word,
    uint64_t care)
{
	uint32_t which = s->who->of_slot[c->slot];
	uint64_t out = 0;
	size_t i;

	if (which != VARIES)
		return care & s->answers->list[which].holds[word];
	for (i = 0; care >> i != 0; i++) {
		if ((care >> i & 1) != 0 &&
		    predicate_alternatives(NULL, c, s->batch, word * 64 + i))
			out |= UINT64_C(1) << i;
		if (i == 63)
			break;
	}
	return out;
}

static uint64_t
select_node(const struct selecting *s, const struct node *node, size_t word,
    uint64_t care)
{
	uint64_t out = 0;
	size_t i;

	switch (node->kind) {
	case NODE_CLAUSE:
		return select_clause(s, &node->clause, word, care);
	case NODE_NOT:
		return care & ~select_node(s, node->cheap[0], word, care);
	case NODE_ANY:
		for (i = 0; i < node->n && out != care; i++)
			out |=
			    select_node(s, node->cheap[i], word, care & ~out);
		return out;
	default:
		for (i = 0; i < node->n && care != 0; i++)
			care = select_node(s, node->cheap[i], word, care);
		return care;
	}
}

static int
select_asked(const struct selecting *s, const struct node *root, uint64_t *bits,
    struct errmsg *err)
{
	const struct predicate_answers *a = s->answers;
	size_t n = s->batch->n, i;
	uint32_t which;

	for (i = 0; i < s->who->p->nclauses; i++) {
		which = s->who->of_slot[i];
		if (which != VARIES && a->list[which].status != 0) {
			*err = a->list[which].err;
			return a->list[which].status;
		}
	}
	for (i = 0; i < n / 64; i++)
		bits[i] = select_node(s, root, i, UINT64_MAX);
	bits[i] = select_node(s, root, i, (UINT64_C(1) << n % 64) - 1);
	return 0;
}

int
predicate_select(const struct predicate_answers *a, const struct predicate *p,
    bool before, const struct batch *b, const struct named *named,
    uint64_t *bits, struct errmsg *err)
{
	const struct node *root = before ? p->before : p->root;
	struct predicate_answers *own = NULL;
	struct selecting s = { .answers = a, .batch = b };
	int status;

	if (a != NULL)
		s.who = find_asker(a, p);
	if (s.who == NULL) {
		s.answers = own = predicate_answers_new(b, named);
		predicate_ask(own, p);
		predicate_answer(own, 1);
		s.who = find_asker(own, p);
	}
	status = select_asked(&s, root, bits, err);
	predicate_answers_free(&own);
	return status;
}
