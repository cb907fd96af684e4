#include "model_impl.h"

bool
model_within(const struct condition *c, struct model_value v)
{
	if (v.den == 0)
		return false;
	return (!(c->set & COND_GTE) || model_compare(v, c->gte) >= 0) &&
	       (!(c->set & COND_GT) || model_compare(v, c->gt) > 0) &&
	       (!(c->set & COND_LTE) || model_compare(v, c->lte) <= 0) &&
	       (!(c->set & COND_LT) || model_compare(v, c->lt) < 0);
}

/* Multiples of a tenth: all that the tests ask for. */
static int64_t
round_up(int64_t num, int64_t den)
{
	return (int64_t)((num + den - 1) / den);
}

static int64_t
times_of(const struct model_baseline *bl, int64_t k)
{
	return round_up(k / 100000 * bl->value, 10);
}

static int64_t
mads_of(const struct model_baseline *bl, int64_t k)
{
	/* in two parts: spans of weeks are large */
	int64_t spread =
	    bl->mad / 10000 * 14826 + round_up(bl->mad % 10000 * 14826, 10000);

	return bl->median + round_up(k / 100000 * spread, 10);
}

static int64_t
cost_of(const struct batch *b, const struct model_window *w)
{
	int64_t most = 0, sum;
	size_t c, i;

	for (c = 0; c < b->ncurrencies; c++) {
		sum = 0;
		for (i = 0; i < w->n; i++)
			if (b->calls[w->calls[i]].currency == c &&
			    (b->calls[w->calls[i]].flags & CALL_HAS_COST))
				sum += batch_cost(b, w->calls[i]);
		if (sum > most)
			most = sum;
	}
	return most;
}

bool
model_holds(const struct model_group *g, const struct condition *wants,
    struct model_value v, const struct model_window *w,
    const struct model_window *at, const struct model_baseline *bl)
{
	struct condition settled, *c = &settled;
	int64_t talk = 0;
	size_t i;

	if (!model_settle(g, wants, at, c))
		return false;
	for (i = 0; i < w->n; i++)
		talk += g->b->calls[w->calls[i]].duration;
	if ((c->set & COND_NEVER) && v.den == 0) {
		if (!model_known(g, at))
			return false;
	} else if ((c->set & COND_NEVER) && !(c->set & COND_LIMIT)) {
		return false;
	} else if (!model_within(c, v)) {
		return false;
	}
	if (((c->set & COND_MIN_CALLS) && (int64_t)w->n < c->min_calls) ||
	    ((c->set & COND_MIN_DURATION) && talk < c->min_duration) ||
	    ((c->set & COND_MIN_COST) && cost_of(g->b, w) < c->min_cost))
		return false;
	if ((c->set & (COND_TIMES | COND_MADS)) && bl == NULL)
		return false;
	return (!(c->set & COND_TIMES) ||
		   model_compare(v, times_of(bl, c->times)) >= 0) &&
	       (!(c->set & COND_MADS) ||
		   model_compare(v, mads_of(bl, c->mads)) >= 0);
}

int64_t
model_limit(const struct condition *c, const struct model_baseline *bl)
{
	int64_t most = INT64_MIN, least = INT64_MAX;

	if ((c->set & COND_GTE) && c->gte > most)
		most = c->gte;
	if ((c->set & COND_GT) && c->gt > most)
		most = c->gt;
	if ((c->set & COND_TIMES) && times_of(bl, c->times) > most)
		most = times_of(bl, c->times);
	if ((c->set & COND_MADS) && mads_of(bl, c->mads) > most)
		most = mads_of(bl, c->mads);
	if ((c->set & COND_LTE) && c->lte < least)
		least = c->lte;
	if ((c->set & COND_LT) && c->lt < least)
		least = c->lt;
	if (most != INT64_MIN)
		return most;
	return least != INT64_MAX ? least : 0;
}

bool
model_downwards(const struct condition *c)
{
	return (c->set & (COND_LTE | COND_LT)) != 0 &&
	       (c->set & (COND_GTE | COND_GT | COND_TIMES | COND_MADS)) == 0;
}
