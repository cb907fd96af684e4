/*
 * detect_group: the calls that match, by the values that they have in the
 * fields of `by`.
 *
 * Calls are split by the first field, each part by the next, and so on.  By
 * the first field, rules that have the same share the order of all calls
 * (detect_shared); a few calls are quicker sorted for themselves.  A part is
 * looked at alone, so that what a rule cannot fire by is left out before
 * anything is made of it.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/radix.h"
#include "base/xalloc.h"
#include "detect/detect_group_impl.h"

enum { WORD = 64 };

static size_t
count_word(uint64_t w)
{
	w -= w >> 1 & UINT64_C(0x5555555555555555);
	w = (w & UINT64_C(0x3333333333333333)) +
	    (w >> 2 & UINT64_C(0x3333333333333333));
	w = (w + (w >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return w * UINT64_C(0x0101010101010101) >> 56;
}

size_t
detect_count_bits(const uint64_t *bits, size_t first, size_t end)
{
	size_t n = 0, word = first / WORD;

	if (first >= end)
		return 0;
	for (; word < end / WORD; word++)
		n += count_word(bits[word]);
	if (end % WORD != 0)
		n += count_word(bits[word] & ~(~UINT64_C(0) << end % WORD));
	for (word = first / WORD * WORD; word < first; word++)
		n -= bits[word / WORD] >> word % WORD & 1;
	return n;
}

/* All of it --------------------------------------------------------------- */

static bool
in_order(const uint64_t *firsts, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++)
		if (firsts[i] < firsts[i - 1])
			return false;
	return true;
}

/* Groups by their first call: codes depend on who came first. */
static void
order_groups(struct detect_grouping *g)
{
	struct detect_groups *out = g->out, in = *out;
	const size_t all = in.n > 0 ? in.ends[in.n - 1] : 0;
	size_t nby = g->rule->nby, i, from, at, n, to = 0;
	uint64_t *room;

	in.calls = out->calls = xrealloc(in.calls, all + 1, sizeof(*in.calls));
	if (in.n > 0 && in_order(g->firsts, in.n))
		return;
	room = xcalloc(in.n + 1, sizeof(*room));
	radix_sort(g->firsts, room, in.n, 32);
	free(room);
	out->calls = xmalloc((all + 1) * sizeof(*in.calls));
	out->ends = xcalloc(in.n + 1, sizeof(*in.ends));
	out->keys = xcalloc(in.n * nby + 1, sizeof(*in.keys));
	for (i = 0; i < in.n; i++) {
		at = (uint32_t)g->firsts[i];
		from = at > 0 ? in.ends[at - 1] : 0;
		n = in.ends[at] - from;
		memcpy(out->calls + to, in.calls + from, n * sizeof(*in.calls));
		memcpy(out->keys + i * nby, in.keys + at * nby,
		    nby * sizeof(*in.keys));
		out->ends[i] = to += n;
	}
	xfree_large(in.calls);
	free(in.ends);
	free(in.keys);
}

static void
close_parts(struct detect_grouping *g)
{
	size_t i;

	for (i = 0; i < BOUNDS_BY + 1; i++) {
		detect_lane_fini(&g->parts[i].lane);
		free(g->parts[i].codes);
		free(g->parts[i].keys);
		free(g->parts[i].room);
		free(g->parts[i].times);
	}
}

/*
 * Whoever asks what a rule sees asks of calls that never fire, too; and so
 * does the next run of what is usual.  Where a rule goes on from the last
 * instants of its groups, only what is too short a silence can be left out.
 */
static bool
wants_quiet(const struct detect_work *w)
{
	const bool learns = w->keeping != NULL ||
			    (w->resume != NULL && w->resume->buckets != NULL);

	if (w->carry != NULL && detect_carries_window(w->rule))
		return true;
	return w->set->sight != NULL || (learns && w->rule->baseline.present) ||
	       (w->resume != NULL && detect_held_lasts(w->rule) &&
		   detect_sieve_silence(w) == 0);
}

/* An order may have what tells the values of further fields of `by`. */
static void
want_fields(struct detect_grouping *g)
{
	size_t k, i;

	for (k = 1; g->order != NULL && k < g->rule->nby; k++) {
		i = detect_places_find(detect_places(g->work->batch->shared),
		    g->rule->by[k]);
		if (i < DETECT_ROWS)
			g->wants.places[i] = true;
	}
}

/* 0; 1 when there is one group too many. */
static int
group_calls(struct detect_grouping *g, bool all, uint64_t *bits,
    struct errmsg *err)
{
	size_t matching = detect_take_calls(g, bits), keyed;
	struct detect_sieve sieve;

	if (matching > 0 && !all && !wants_quiet(g->work)) {
		detect_sieve_open(&sieve, g->work);
		detect_sieve_bounds(&sieve, bits);
		g->sieve = &sieve;
		g->wants = sieve.wants;
		/* Where there may be too many groups all of them are told. */
		g->need = matching <= g->max ? sieve.need : 0;
	}
	g->lasts = !all && (g->work->next != NULL || g->work->resume != NULL) &&
		   detect_held_lasts(g->work->rule);
	if (g->lasts)
		g->need = 0;
	want_fields(g);
	keyed = detect_count_bits(bits, g->first, g->batch->n);
	g->out->calls = xmalloc((keyed + 1) * sizeof(*g->out->calls));
	if (g->order != NULL)
		detect_split_ordered(g, bits);
	else
		detect_split_bits(g, bits);
	if (g->need == 0 && g->whole && g->seen < g->most)
		g->most = g->seen;
	if (g->need == 0 && g->work->next != NULL)
		detect_held_groups(g->work, g->seen);
	g->out->keyless = matching - g->out->emergencies - g->keyed;
	close_parts(g);
	order_groups(g);
	free(g->firsts);
	if (g->sieve != NULL)
		detect_sieve_close(&sieve);
	if (g->seen <= g->max)
		return 0;
	(void)errmsg_set(err, "more than %zu group%s", g->max,
	    g->max == 1 ? "" : "s");
	return 1;
}

int
detect_group(struct detect_groups *out, const struct detect_work *w,
    bool before, size_t max, struct errmsg *err)
{
	const struct batch *b = w->batch->calls;
	struct detect_grouping g = { .work = w,
		.rule = w->rule,
		.batch = b,
		.max = max,
		.out = out };
	uint64_t *bits = xcalloc(b->n / WORD + 1, sizeof(*bits));
	int status;

	memset(out, 0, sizeof(*out));
	status = predicate_select(w->batch->answers, w->rule->match, before, b,
	    w->named, bits, err);
	if (status == 0)
		status = predicate_bind_lists(&out->match, w->rule->match, b,
		    w->named, &w->batch->locals, err);
	if (status == 0)
		status = group_calls(&g, before, bits, err);
	out->most = g.most;
	xfree_large(bits);
	return status;
}

void
detect_groups_fini(struct detect_groups *g)
{
	xfree_large(g->calls);
	free(g->ends);
	free(g->keys);
	predicate_unbind(&g->match);
	memset(g, 0, sizeof(*g));
}
