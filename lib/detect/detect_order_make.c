/*
 * detect_order: an order in the making.  Each value gets a rank, in the order of
 * first calls; then calls are counted by rank, and each goes where those of its
 * rank stand.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_shared_impl.h"

enum {
	WORD = 64,
	WORDS = 8, /* of calls that are looked at together */
	SOME = WORD * WORDS
};

struct making {
	struct detect_order *order;
	const struct field *field;
	const struct batch *batch;
	const struct detect_shared *shared;
	const struct detect_wants *wants;
	size_t codes;    /* all are below this */
	uint32_t *ranks; /* by code, in the order of first calls, or UNSEEN */
	uint32_t *ends;  /* by rank: calls; then where the next of them goes */
	size_t nranks, ends_cap;
	struct detect_column of_call; /* ranks; where none is asked, anything */
};

/* What is missing or not asked has a rank, too: the first. */
#define MISSING 0
#define UNSEEN  UINT32_MAX

/* The codes of n calls from `first` on; false: none of them is asked. */
static bool
read_codes(const struct making *m, size_t first, size_t n, uint32_t *codes)
{
	uint64_t any = 0;
	size_t i;

	for (i = 0; i < n; i += WORD)
		any |= m->order->asked[(first + i) / WORD];
	if (any != 0 && !detect_places_codes(detect_places(m->shared), m->field,
			    first, n, codes))
		field_codes(m->field, m->batch, first, n, codes);
	return any != 0;
}

static size_t
some_from(const struct making *m, size_t first)
{
	const size_t left = m->batch->n - first;

	return left < SOME ? left : SOME;
}

static uint32_t
next_rank(struct making *m)
{
	const size_t n = m->nranks;

	m->ends = xgrow(m->ends, &m->ends_cap, n + 1, sizeof(*m->ends));
	m->ends[n] = 0;
	m->nranks = n + 1;
	return (uint32_t)n;
}

/* Of the calls of a word; their codes become ranks. */
static uint64_t
count_word(struct making *m, uint64_t asked, uint32_t *codes, size_t n)
{
	const uint32_t past = (uint32_t)m->codes;
	uint32_t *ranks = m->ranks, code;
	uint64_t has = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		has |= (uint64_t)(codes[i] < past) << i;
		code = (asked >> i & 1) != 0 ? codes[i] : past;
		code = code < past ? code : past;
		if (ranks[code] == UNSEEN)
			ranks[code] = next_rank(m);
		codes[i] = ranks[code];
		m->ends[codes[i]]++;
	}
	return has & asked;
}

/* There are more values than 16 bits tell. */
static void
widen(struct detect_column *c, size_t n)
{
	size_t i;

	c->many = xmalloc((n + 1) * sizeof(*c->many));
	for (i = 0; i < n; i++)
		c->many[i] = c->few[i];
	xfree_large(c->few);
	c->few = NULL;
}

static void
keep_ranks(struct making *m, size_t first, const uint32_t *ranks, size_t n)
{
	struct detect_column *c = &m->of_call;
	size_t i;

	if (c->few != NULL && m->nranks > (size_t)UINT16_MAX + 1)
		widen(c, m->batch->n);
	for (i = 0; c->few != NULL && i < n; i++)
		c->few[first + i] = (uint16_t)ranks[i];
	if (c->many != NULL)
		memcpy(c->many + first, ranks, n * sizeof(*ranks));
}

static void
count(struct making *m)
{
	struct detect_order *o = m->order;
	uint32_t codes[SOME];
	size_t first, n, i, word;

	for (first = 0; first < m->batch->n; first += n) {
		n = some_from(m, first);
		if (!read_codes(m, first, n, codes))
			continue;
		for (i = 0; i < n; i += WORD) {
			word = (first + i) / WORD;
			o->has[word] = count_word(m, o->asked[word], codes + i,
			    n - i < WORD ? n - i : WORD);
		}
		keep_ranks(m, first, codes, n);
	}
}

/*
 * From how many there are of each to where they begin; all of them.  Groups are
 * by their first calls (detect_group), and so are values.
 */
static size_t
sum_up(struct making *m)
{
	struct detect_order *o = m->order;
	size_t sum = 0, i;
	uint32_t n;

	for (i = MISSING + 1; i < m->nranks; i++) {
		n = m->ends[i];
		m->ends[i] = (uint32_t)sum;
		sum += n;
		if (n > o->longest)
			o->longest = n;
	}
	o->n = m->nranks - 1;
	return sum;
}

static void
make_columns(struct making *m, size_t n)
{
	struct detect_order *o = m->order;
	const size_t places = detect_places(m->shared)->n;
	size_t i;

	o->calls = xmalloc(n * sizeof(*o->calls));
	o->ticks = xmalloc(n * sizeof(*o->ticks));
	for (i = 0; i < DETECT_ROWS; i++) {
		if (!m->wants->places[i])
			continue;
		if (places <= (size_t)UINT16_MAX + 1)
			o->places[i].few =
			    xmalloc(n * sizeof(*o->places[i].few));
		else
			o->places[i].many =
			    xmalloc(n * sizeof(*o->places[i].many));
	}
}

/* Of the calls from `first` on those that stand at `which`, to where they go. */
static void
put(const struct making *m, size_t first, const uint32_t *which,
    const uint32_t *to, size_t n)
{
	const struct detect_order *o = m->order;
	const struct detect_clock clock = *detect_clock(m->shared);
	const struct detect_places *places = detect_places(m->shared);
	struct detect_column column, from;
	size_t i, k;

	for (k = 0; k < n; k++)
		o->calls[to[k]] = (uint32_t)first + which[k];
	for (k = 0; k < n; k++)
		o->ticks[to[k]] =
		    detect_tick(&clock, m->batch, first + which[k]);
	for (i = 0; i < DETECT_ROWS; i++) {
		column = o->places[i];
		from = places->of_call[i];
		for (k = 0; column.few != NULL && k < n; k++)
			column.few[to[k]] = from.few[first + which[k]];
		for (k = 0; column.many != NULL && k < n; k++)
			column.many[to[k]] = from.many[first + which[k]];
	}
}

static void
spread(struct making *m)
{
	const struct detect_order *o = m->order;
	const struct detect_column ranks = m->of_call;
	uint32_t which[SOME], to[SOME];
	size_t first, n, i, k;

	for (first = 0; first < m->batch->n; first += n) {
		n = some_from(m, first);
		for (i = 0, k = 0; i < n; i++) {
			which[k] = (uint32_t)i;
			k += o->has[(first + i) / WORD] >> i % WORD & 1;
		}
		for (i = 0; ranks.few != NULL && i < k; i++)
			to[i] = m->ends[ranks.few[first + which[i]]]++;
		for (i = 0; ranks.many != NULL && i < k; i++)
			to[i] = m->ends[ranks.many[first + which[i]]]++;
		put(m, first, which, to, k);
	}
}

/* Enums and truths have less codes than bits in a mask. */
static size_t
most_codes(const struct making *m)
{
	const struct detect_places *places = detect_places(m->shared);

	return detect_places_find(places, m->field) < DETECT_ROWS
		   ? places->n
		   : intern_count(m->batch->names) + WORD;
}

void
detect_order_make(struct detect_order *o, const struct detect_batch *db,
    const struct field *f, const struct detect_wants *wants)
{
	const struct batch *b = db->calls;
	struct making m = { .order = o,
		.field = f,
		.batch = b,
		.shared = db->shared,
		.wants = wants };
	size_t n;

	m.codes = most_codes(&m);
	m.ranks = xmalloc((m.codes + 1) * sizeof(*m.ranks));
	memset(m.ranks, 0xff, (m.codes + 1) * sizeof(*m.ranks));
	m.ranks[m.codes] = next_rank(&m);
	o->has = xcalloc(b->n / WORD + 1, sizeof(*o->has));
	m.of_call.few = xmalloc((b->n + 1) * sizeof(*m.of_call.few));
	count(&m);
	free(m.ranks);
	n = sum_up(&m);
	if (o->n > 1) {
		make_columns(&m, n);
		spread(&m);
		/* Each has moved to its end. */
		o->ends =
		    xmemdup(m.ends + MISSING + 1, o->n * sizeof(*o->ends));
	}
	free(m.ends);
	xfree_large(m.of_call.few);
	xfree_large(m.of_call.many);
}
