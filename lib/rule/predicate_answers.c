/* predicate_answers: what many predicates ask, and the calls they select. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "rule/predicate_answers_impl.h"

struct predicate_answers *
predicate_answers_new(const struct batch *b, const struct named *named,
    const struct locals *locals)
{
	struct predicate_answers *a = xcalloc(1, sizeof(*a));

	a->batch = b;
	a->named = named;
	a->locals = locals;
	return a;
}

void
predicate_answers_free(struct predicate_answers **ap)
{
	struct predicate_answers *a = *ap;
	size_t i;

	if (a == NULL)
		return;
	for (i = 0; i < a->nblocks; i++)
		free(a->words[i]);
	free(a->words);
	free(a->rows);
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
find_text(struct predicate_answers *a, const struct field *f, size_t from)
{
	size_t i;

	if (predicate_type(f) != BIT_TEXT)
		return ANSWER_NO_TEXT;
	for (i = 0; i < a->ntexts; i++)
		if (a->texts[i].field == f) {
			if (from < a->texts[i].from)
				a->texts[i].from = from;
			return i;
		}
	a->texts =
	    xgrow(a->texts, &a->texts_cap, a->ntexts + 1, sizeof(*a->texts));
	a->texts[a->ntexts] =
	    (struct predicate_codes){ .field = f, .from = from };
	return a->ntexts++;
}

static uint32_t
find_answer(struct predicate_answers *a, const struct predicate *p,
    const struct clause *c, size_t from)
{
	struct answer *w;
	size_t i;

	if (predicate_clause_asks(c, field_find("since_prev")))
		return ANSWER_VARIES;
	for (i = 0; i < a->n && !same_clause(a->list[i].clause, c); i++)
		;
	if (i == a->n) {
		a->list = xgrow(a->list, &a->cap, a->n + 1, sizeof(*a->list));
		a->list[a->n++] =
		    (struct answer){ .of = p, .clause = c, .from = from };
	}
	w = &a->list[i];
	w->text = find_text(a, c->field, from);
	if (from < w->from)
		w->from = from;
	return (uint32_t)i;
}

static void
ask_node(struct predicate_answers *a, const struct asker *who,
    const struct node *node, size_t from)
{
	size_t i;

	if (node->kind == NODE_CLAUSE)
		who->of_slot[node->clause.slot] =
		    find_answer(a, who->p, &node->clause, from);
	for (i = 0; i < node->n; i++)
		ask_node(a, who, node->nodes[i], from);
}

static struct asker *
find_asker(const struct predicate_answers *a, const struct predicate *p)
{
	size_t i;

	for (i = 0; i < a->naskers; i++)
		if (a->askers[i].p == p)
			return &a->askers[i];
	return NULL;
}

void
predicate_ask(struct predicate_answers *a, const struct predicate *p,
    size_t from)
{
	struct asker *who = find_asker(a, p);

	if (who == NULL) {
		a->askers = xgrow(a->askers, &a->askers_cap, a->naskers + 1,
		    sizeof(*a->askers));
		who = &a->askers[a->naskers++];
		who->p = p;
		who->of_slot = xcalloc(p->nclauses + 1, sizeof(*who->of_slot));
	}
	ask_node(a, who, p->root, from);
}

/* Selecting --------------------------------------------------------------- */

struct selecting {
	const struct predicate_answers *answers;
	const struct asker *who;
	const struct batch *batch; /* with since_prev */
};

/* Of 64 calls those for which a clause holds that nobody answered before. */
static uint64_t
select_varying(const struct selecting *s, const struct clause *c, size_t word,
    uint64_t care)
{
	uint64_t out = 0;
	size_t i;

	for (i = 0; i < 64 && care >> i != 0; i++)
		if ((care >> i & 1) != 0 &&
		    predicate_alternatives(NULL, c, s->batch, word * 64 + i))
			out |= UINT64_C(1) << i;
	return out;
}

/*
 * Of the calls `care` of n words from `word` on, where a block begins, those
 * for which it holds.
 */
static void
select_clause(const struct selecting *s, const struct clause *c, size_t word,
    size_t n, uint64_t *care)
{
	const struct predicate_answers *a = s->answers;
	const uint32_t which = s->who->of_slot[c->slot];
	const size_t block = word / ANSWER_WORDS;
	const uint64_t *holds;
	uint32_t row;
	size_t i;

	if (which == ANSWER_VARIES) {
		for (i = 0; i < n; i++)
			care[i] = select_varying(s, c, word + i, care[i]);
		return;
	}
	row = a->rows[block * a->n + which];
	if (row == ANSWER_NONE)
		memset(care, 0, n * sizeof(*care));
	if (row < ANSWER_ROWS)
		return;
	holds = a->words[block] + (row - ANSWER_ROWS) * (size_t)ANSWER_WORDS;
	for (i = 0; i < n; i++)
		care[i] &= holds[i];
}

static bool
any_left(const uint64_t *care, size_t n)
{
	uint64_t any = 0;
	size_t i;

	for (i = 0; i < n; i++)
		any |= care[i];
	return any != 0;
}

static void select_node(const struct selecting *s, const struct node *node,
    size_t word, size_t n, uint64_t *care);

static void
select_any(const struct selecting *s, const struct node *node, size_t word,
    size_t n, uint64_t *care)
{
	uint64_t out[ANSWER_WORDS] = { 0 }, one[ANSWER_WORDS];
	size_t i, k;

	for (i = 0; i < node->n && any_left(care, n); i++) {
		memcpy(one, care, n * sizeof(*care));
		select_node(s, node->cheap[i], word, n, one);
		for (k = 0; k < n; k++) {
			out[k] |= one[k];
			care[k] &= ~one[k];
		}
	}
	memcpy(care, out, n * sizeof(*care));
}

static void
select_node(const struct selecting *s, const struct node *node, size_t word,
    size_t n, uint64_t *care)
{
	uint64_t one[ANSWER_WORDS];
	size_t i;

	switch (node->kind) {
	case NODE_CLAUSE:
		select_clause(s, &node->clause, word, n, care);
		break;
	case NODE_NOT:
		memcpy(one, care, n * sizeof(*care));
		select_node(s, node->cheap[0], word, n, one);
		for (i = 0; i < n; i++)
			care[i] &= ~one[i];
		break;
	case NODE_ANY:
		select_any(s, node, word, n, care);
		break;
	default:
		for (i = 0; i < node->n && any_left(care, n); i++)
			select_node(s, node->cheap[i], word, n, care);
		break;
	}
}

static int
select_asked(const struct selecting *s, const struct node *root, uint64_t *bits,
    struct errmsg *err)
{
	const struct predicate_answers *a = s->answers;
	size_t words = s->batch->n / 64 + 1, n, i;
	uint32_t which;

	for (i = 0; i < s->who->p->nclauses; i++) {
		which = s->who->of_slot[i];
		if (which != ANSWER_VARIES && a->list[which].status != 0) {
			*err = a->list[which].err;
			return a->list[which].status;
		}
	}
	memset(bits, 0xff, (words - 1) * sizeof(*bits));
	bits[words - 1] = (UINT64_C(1) << s->batch->n % 64) - 1;
	for (i = 0; i < words; i += n) {
		n = words - i < ANSWER_WORDS ? words - i : ANSWER_WORDS;
		select_node(s, root, i, n, bits + i);
	}
	return 0;
}

static int
select_by(const struct predicate_answers *a, const struct predicate *p,
    const struct node *root, const struct batch *b, const struct named *named,
    uint64_t *bits, struct errmsg *err)
{
	struct predicate_answers *own = NULL;
	struct selecting s = { .answers = a, .batch = b };
	int status;

	if (a != NULL)
		s.who = find_asker(a, p);
	if (s.who == NULL) {
		s.answers = own = predicate_answers_new(b, named,
		    a != NULL ? a->locals : NULL);
		predicate_ask(own, p, 0);
		predicate_answer(own, 1);
		s.who = find_asker(own, p);
	}
	status = select_asked(&s, root, bits, err);
	predicate_answers_free(&own);
	return status;
}

int
predicate_select(const struct predicate_answers *a, const struct predicate *p,
    bool before, const struct batch *b, const struct named *named,
    uint64_t *bits, struct errmsg *err)
{
	return select_by(a, p, before ? p->before : p->root, b, named, bits,
	    err);
}

int
predicate_select_early(const struct predicate_answers *a,
    const struct predicate *p, const struct batch *b, const struct named *named,
    uint64_t *bits, struct errmsg *err)
{
	return select_by(a, p, p->early, b, named, bits, err);
}
