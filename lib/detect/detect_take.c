/*
 * detect_take: which calls a rule groups: those that match and count for it, of
 * those that it looks at, with all fields of `by`.
 */
#include <assert.h>
#include <string.h>

#include "detect/detect_group_impl.h"

enum { WORD = 64 };

/* Events are for rules that ask for them. */
static void
leave_out_events(const struct detect_work *w, uint64_t *bits)
{
	const uint64_t *events = w->batch->events;
	size_t i;

	if (events == NULL || rule_takes_events(w->rule))
		return;
	for (i = 0; i < w->batch->calls->n / WORD + 1; i++)
		bits[i] &= ~events[i];
}

/* Whether a call that the rule's match selects counts for it at all. */
static bool
counts(const struct detect_work *w, size_t i)
{
	uint32_t event;

	if (w->only != NULL && w->only->of_call[i] != w->only->set)
		return false;
	return w->trail == NULL || detect_trail_find(w->trail, i, &event);
}

/*
 * The first call that is looked at.  Where there may be too many groups, all
 * calls are: a rule is not dropped by what it looked at.
 */
static size_t
first_call(const struct detect_grouping *g, size_t most)
{
	const struct detect_resume *resume = g->work->resume;

	if (resume == NULL)
		return 0;
	/* That there are not too many, it has been made sure. */
	if (resume->held != NULL || g->work->batch->begins != INT64_MIN)
		return batch_lower(g->batch, resume->first);
	return most <= g->max ? batch_lower(g->batch, resume->first) : 0;
}

/* Of calls that are as they were there were so many groups, or less. */
static size_t
count_all(const struct detect_grouping *g, const uint64_t *bits)
{
	const struct detect_work *w = g->work;
	const size_t texts = intern_count(g->batch->names), n = g->batch->n;
	const bool cut = w->batch->begins != INT64_MIN;
	size_t all, more = SIZE_MAX;

	if (w->resume != NULL && w->had >= 0)
		more = (size_t)w->had +
		       detect_count_bits(bits,
			   batch_lower(g->batch, w->set->past->from), n);
	if (cut && more != SIZE_MAX)
		return more;
	all = detect_count_bits(bits, 0, n);
	if (g->rule->nby == 1 && !cut && texts < all)
		all = texts;
	return more < all ? more : all;
}

static void
leave_out_old(struct detect_grouping *g, uint64_t *bits)
{
	size_t first;

	g->most = count_all(g, bits);
	first = first_call(g, g->most);
	assert(g->work->resume == NULL || first >= g->work->looks_from);
	/* One that keeps something has its own ways to leave some out. */
	g->whole = g->work->resume == NULL ||
		   (first == 0 && g->work->resume->held == NULL &&
		       g->work->batch->begins == INT64_MIN);
	memset(bits, 0, first / WORD * sizeof(*bits));
	bits[first / WORD] &= ~UINT64_C(0) << first % WORD;
	g->first = first;
}

/* Keep those of the bits for which `keep` says so; how many these are. */
static size_t
keep_calls(uint64_t *bits, size_t words,
    bool (*keep)(const struct detect_grouping *g, size_t i),
    const struct detect_grouping *g)
{
	size_t word, n = 0, i;
	uint64_t rest;

	for (word = 0; word < words; word++)
		for (rest = bits[word]; rest != 0; rest &= rest - 1) {
			i = word * WORD + detect_lowest_bit(rest);
			if (keep(g, i))
				n++;
			else
				bits[word] &= ~(rest & (~rest + 1));
		}
	return n;
}

static bool
keep_counted(const struct detect_grouping *g, size_t i)
{
	return counts(g->work, i);
}

static bool
keep_keyed(const struct detect_grouping *g, size_t i)
{
	size_t k;

	for (k = 0; k < g->rule->nby; k++)
		if (field_code(g->rule->by[k], g->batch, i) == FIELD_MISSING)
			return false;
	return true;
}

/*
 * An emergency call is counted in volumes, but its number is never what a
 * finding is about.
 */
static void
drop_emergencies(const struct detect_grouping *g, uint64_t *bits)
{
	size_t words = g->batch->n / WORD + 1, k, i;
	const uint64_t *them;
	uint64_t rest;

	for (k = 0; k < g->rule->nby; k++) {
		them = detect_emergency(g->work->batch->shared, g->rule->by[k]);
		for (i = 0; them != NULL && i < words; i++) {
			for (rest = bits[i] & them[i]; rest != 0;
			     rest &= rest - 1)
				if (keep_keyed(g,
					i * WORD + detect_lowest_bit(rest)))
					g->out->emergencies++;
			bits[i] &= ~them[i];
		}
	}
}

/* The calls that have all fields of `by`. */
static void
take_keyed(struct detect_grouping *g, uint64_t *bits, size_t matching)
{
	const struct detect_work *w = g->work;
	const size_t words = g->batch->n / WORD + 1;
	const uint64_t *has;
	size_t k, i;

	if (matching < g->batch->n / DETECT_FEW) {
		(void)keep_calls(bits, words, keep_keyed, g);
		return;
	}
	if (g->rule->nby > 0)
		g->order = detect_order_of(w, g->rule->by[0], bits);
	for (k = 0; k < g->rule->nby; k++) {
		has = k == 0 && g->order != NULL
			  ? g->order->has
			  : detect_having(w->batch->shared, g->batch,
				g->rule->by[k]);
		for (i = 0; i < words; i++)
			bits[i] &= has[i];
	}
}

size_t
detect_take_calls(struct detect_grouping *g, uint64_t *bits)
{
	const struct detect_work *w = g->work;
	size_t words = g->batch->n / WORD + 1, matching, i;

	leave_out_events(w, bits);
	leave_out_old(g, bits);
	for (i = 0; w->trail != NULL && w->trail->soon != NULL && i < words;
	     i++)
		bits[i] &= w->trail->soon[i];
	if (w->only != NULL || w->trail != NULL)
		matching = keep_calls(bits, words, keep_counted, g);
	else
		matching = detect_count_bits(bits, g->first, g->batch->n);
	drop_emergencies(g, bits);
	take_keyed(g, bits, matching);
	detect_held_calls(w, bits);
	return matching;
}
