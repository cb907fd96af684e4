/*
 * detect_order: calls by the value that they have in a field, for all rules
 * that group by it first.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_shared_impl.h"

enum { WORD = 64 };

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
want_places(struct detect_wants *w, const struct detect_shared *s,
    const struct field *f)
{
	size_t column = DETECT_ROWS;

	if (f != NULL)
		column = detect_places_find(detect_places(s), f);
	if (column < DETECT_ROWS)
		w->places[column] = true;
}

static void
want_for(struct detect_wants *w, const struct detect_shared *s,
    const struct rule *r)
{
	size_t i;

	want_places(w, s, r->measure.of);
	for (i = 0; i < r->nalso; i++)
		want_places(w, s, r->also[i].measure.of);
	for (i = 1; i < r->nby; i++)
		want_places(w, s, r->by[i]);
}

/* Of the calls that the rule asks for, those that it looks at. */
static void
leave_out_before(uint64_t *bits, size_t first)
{
	memset(bits, 0, first / WORD * sizeof(*bits));
	bits[first / WORD] &= ~UINT64_C(0) << first % WORD;
}

/* Whether the rule has so many calls that it needs an order; which these are. */
static bool
needs_order(const struct detect_batch *db, const struct named *named,
    const struct detect_expected *e, uint64_t *bits)
{
	const struct batch *b = db->calls;
	const struct rule *r = e->rule;
	struct errmsg unused;

	/* As it is tuned it may ask for others. */
	if (detect_tuned_apart(r)) {
		memset(bits, 0xff, (b->n / WORD + 1) * sizeof(*bits));
		return true;
	}
	if (predicate_select(db->answers, r->match,
		rule_asks(r, field_find("since_prev")), b, named, bits,
		&unused) != 0)
		return false;
	leave_out_before(bits, e->looks_from);
	return detect_count_bits(bits, e->looks_from, b->n) >=
	       b->n / DETECT_FEW;
}

/* Which calls rules ask for, and what else of them; false: none is worth it. */
static bool
ask(struct detect_known *k, const struct detect_batch *db,
    const struct named *named, struct detect_wants *wants)
{
	const size_t words = db->calls->n / WORD + 1;
	uint64_t *bits = xmalloc(words * sizeof(*bits));
	uint64_t *asked = xcalloc(words, sizeof(*asked));
	bool any = false;
	size_t i, word;

	for (i = 0; i < k->nrules; i++) {
		if (!needs_order(db, named, &k->rules[i], bits))
			continue;
		any = true;
		want_for(wants, db->shared, k->rules[i].rule);
		for (word = 0; word < words; word++)
			asked[word] |= bits[word];
	}
	xfree_large(bits);
	if (any)
		k->order.asked = asked;
	else
		free(asked);
	return any;
}

/* Sharing ----------------------------------------------------------------- */

static const struct detect_order *
order_of(const struct detect_batch *db, const struct named *named,
    const struct field *f)
{
	struct detect_known *k = detect_known_of(db->shared, f);
	struct detect_wants wants = { .ticks = false };
	bool there;

	(void)pthread_mutex_lock(&k->lock);
	if (k->users > 0 && !k->tried && ask(k, db, named, &wants))
		detect_order_make(&k->order, db, f, &wants);
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
detect_shared_expect(struct detect_shared *s, const struct rule *r,
    size_t looks_from)
{
	struct detect_known *k;

	if (!is_shared(r))
		return;
	k = detect_known_of(s, r->by[0]);
	k->rules =
	    xgrow(k->rules, &k->rules_cap, k->nrules + 1, sizeof(*k->rules));
	k->rules[k->nrules++] = (struct detect_expected){ r, looks_from };
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
