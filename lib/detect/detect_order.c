/*
 * detect_order: calls by the value that they have in a field, for all rules
 * that group by it first.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_shared_impl.h"

enum {
	WORD = 64,
	WORDS = 8, /* of calls that are looked at together */
	SOME = WORD * WORDS
};

/* An order in the making. */
struct making {
	struct detect_order *order;
	const struct field *field;
	const struct batch *batch;
	const struct detect_shared *shared;
	struct detect_wants wants;
	size_t codes;    /* all are below this */
	uint32_t *ranks; /* by code, in the order of first calls, or UNSEEN */
	uint32_t *ends;  /* by rank: calls; then where the next of them goes */
	size_t nranks, ends_cap;
	struct detect_column of_call; /* ranks; where none is asked, anything */
};

/* What is missing or not asked has a rank, too. */
#define MISSING 0
#define UNSEEN  UINT32_MAX

void
detect_order_fini(struct detect_order *o)
{
	size_t i;

	xfree_large(o->asked);
	xfree_large(o->has);
	xfree_large(o->calls);
	free(o->ends);
	xfree_large(o->ticks);
	for (i = 0; i < DETECT_ROWS; i++) {
		xfree_large(o->places[i].few);
		xfree_large(o->places[i].many);
	}
	memset(o, 0, sizeof(*o));
}

/* What rules ask ---------------------------------------------------------- */

static void
want_places(struct making *m, const struct field *f)
{
	size_t column = DETECT_ROWS;

	if (f != NULL)
		column = detect_places_find(detect_places(m->shared), f);
	if (column < DETECT_ROWS)
		m->wants.places[column] = true;
}

static void
want_for(struct making *m, const struct rule *r)
{
	size_t i;

	want_places(m, r->measure.of);
	for (i = 0; i < r->nalso; i++)
		want_places(m, r->also[i].measure.of);
	for (i = 1; i < r->nby; i++)
		want_places(m, r->by[i]);
}

/* Whether the rule has so many calls that it needs an order; which these are. */
static bool
needs_order(const struct detect_batch *db, const struct named *named,
    const struct rule *r, uint64_t *bits)
{
	const struct batch *b = db->calls;
	struct errmsg unused;

	/* As it is tuned it may ask for others. */
	if (detect_tuned_apart(r)) {
		memset(bits, 0xff, (b->n / WORD + 1) * sizeof(*bits));
		return true;
	}
	return predicate_select(db->answers, r->match,
		   rule_asks(r, field_find("since_prev")), b, named, bits,
		   &unused) == 0 &&
	       detect_count_bits(bits, 0, b->n) >= b->n / DETECT_FEW;
}

static bool
ask(struct making *m, const struct detect_known *k,
    const struct detect_batch *db, const struct named *named)
{
	const size_t words = db->calls->n / WORD + 1;
	uint64_t *bits = xmalloc(words * sizeof(*bits));
	uint64_t *asked = xcalloc(words, sizeof(*asked));
	bool any = false;
	size_t i, word;

	for (i = 0; i < k->nrules; i++) {
		if (!needs_order(db, named, k->rules[i], bits))
			continue;
		any = true;
		want_for(m, k->rules[i]);
		for (word = 0; word < words; word++)
			asked[word] |= bits[word];
	}
	xfree_large(bits);
	if (any)
		m->order->asked = asked;
	else
		free(asked);
	return any;
}

/* Making ------------------------------------------------------------------ */

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
		if (!m->wants.places[i])
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

static void
make_order(struct making *m)
{
	const struct detect_places *places = detect_places(m->shared);
	struct detect_order *o = m->order;
	size_t n;

	/* Enums and truths have less codes than bits in a mask. */
	m->codes = detect_places_find(places, m->field) < DETECT_ROWS
		       ? places->n
		       : intern_count(m->batch->names) + WORD;
	m->ranks = xmalloc((m->codes + 1) * sizeof(*m->ranks));
	memset(m->ranks, 0xff, (m->codes + 1) * sizeof(*m->ranks));
	m->ranks[m->codes] = next_rank(m);
	o->has = xcalloc(m->batch->n / WORD + 1, sizeof(*o->has));
	m->of_call.few = xmalloc((m->batch->n + 1) * sizeof(*m->of_call.few));
	count(m);
	free(m->ranks);
	n = sum_up(m);
	if (o->n > 1) {
		make_columns(m, n);
		spread(m);
		/* Each has moved to its end. */
		o->ends =
		    xmemdup(m->ends + MISSING + 1, o->n * sizeof(*o->ends));
	}
	free(m->ends);
	xfree_large(m->of_call.few);
	xfree_large(m->of_call.many);
}

/* Sharing ----------------------------------------------------------------- */

static const struct detect_order *
order_of(const struct detect_batch *db, const struct named *named,
    const struct field *f)
{
	struct detect_known *k = detect_known_of(db->shared, f);
	struct making m = { .order = &k->order,
		.field = f,
		.batch = db->calls,
		.shared = db->shared };
	bool there;

	(void)pthread_mutex_lock(&k->lock);
	if (k->users > 0 && !k->tried && ask(&m, k, db, named))
		make_order(&m);
	k->tried = true;
	there = k->order.asked != NULL;
	(void)pthread_mutex_unlock(&k->lock);
	return there ? &k->order : NULL;
}

const struct detect_order *
detect_order_of(const struct detect_work *w, const struct field *f,
    const uint64_t *bits)
{
	const struct detect_order *o = order_of(w->batch, w->named, f);
	uint64_t others = 0;
	size_t i;

	if (o == NULL)
		return NULL;
	for (i = 0; i < w->batch->calls->n / WORD + 1; i++)
		others |= bits[i] & ~o->asked[i];
	return others == 0 ? o : NULL;
}

void
detect_shared_order(const struct detect_batch *db, const struct named *named,
    const struct field *f)
{
	(void)order_of(db, named, f);
}

static bool
is_shared(const struct rule *r)
{
	/* What is asked of a group is known of no field before. */
	return r->nby > 0 && r->by[0]->home != HOME_SINCE_PREV &&
	       r->by[0]->home != HOME_SRC_NEW;
}

void
detect_shared_expect(struct detect_shared *s, const struct rule *r)
{
	struct detect_known *k;

	if (!is_shared(r))
		return;
	k = detect_known_of(s, r->by[0]);
	k->rules =
	    xgrow(k->rules, &k->rules_cap, k->nrules + 1, sizeof(*k->rules));
	k->rules[k->nrules++] = r;
	k->users++;
}

void
detect_shared_done(struct detect_shared *s, const struct rule *r)
{
	struct detect_known *k;

	if (!is_shared(r))
		return;
	k = detect_known_of(s, r->by[0]);
	(void)pthread_mutex_lock(&k->lock);
	assert(k->users > 0);
	if (--k->users == 0) {
		detect_order_fini(&k->order);
		k->nrules = 0;
		k->tried = false;
	}
	(void)pthread_mutex_unlock(&k->lock);
}
