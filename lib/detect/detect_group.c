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
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/radix.h"
#include "base/xalloc.h"
#include "detect/detect_group_impl.h"

enum {
	FEW = 16,    /* of so many calls one: a rule has an order of its own */
	INSERT = 32, /* keys that are not worth counting their digits */
	WORD = 64
};

struct grouping {
	const struct detect_work *work;
	const struct rule *rule;
	const struct batch *batch;
	struct detect_sieve *sieve; /* NULL: all calls stay */
	size_t need; /* calls of a group that does not; 0: all are counted */
	size_t max, seen; /* groups */
	size_t keyed;     /* calls with all fields of `by` */
	bool ordered;     /* the first of these is not asked of each call */
	struct detect_order order;
	uint32_t key[BOUNDS_BY];
	/* By field of `by`: the calls of the part, and room to split it. */
	struct part {
		uint32_t *calls, *codes;
		size_t cap, codes_cap;
		uint64_t *keys, *room;
		size_t keys_cap, room_cap;
		uint8_t *times;
		size_t times_cap;
	} parts[BOUNDS_BY + 1];
	uint64_t *firsts; /* by group: its first call, then its number */
	size_t firsts_cap, calls_cap, ends_cap, keys_cap;
	struct detect_groups *out;
};

/* The place of the lowest bit: a de Bruijn sequence turned by it. */
static size_t
lowest_bit(uint64_t bits)
{
	static const uint8_t places[64] = { 0, 1, 48, 2, 57, 49, 28, 3, 61, 58,
		50, 42, 38, 29, 17, 4, 62, 55, 59, 36, 53, 51, 43, 22, 45, 39,
		33, 30, 24, 18, 12, 5, 63, 47, 56, 27, 60, 41, 37, 16, 54, 35,
		52, 21, 44, 32, 23, 11, 46, 26, 40, 15, 34, 20, 31, 10, 25, 14,
		19, 9, 13, 8, 7, 6 };
	uint64_t lowest = bits & (~bits + 1);

	return places[lowest * UINT64_C(0x03f79d71b4cb0a89) >> 58];
}

static size_t
count_word(uint64_t w)
{
	w -= w >> 1 & UINT64_C(0x5555555555555555);
	w = (w & UINT64_C(0x3333333333333333)) +
	    (w >> 2 & UINT64_C(0x3333333333333333));
	w = (w + (w >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return w * UINT64_C(0x0101010101010101) >> 56;
}

static size_t
count_bits(const uint64_t *bits, size_t words)
{
	size_t n = 0, i;

	for (i = 0; i < words; i++)
		n += count_word(bits[i]);
	return n;
}

static bool
bit(const uint64_t *bits, size_t i)
{
	return (bits[i / WORD] >> i % WORD & 1) != 0;
}

/* Groups ------------------------------------------------------------------ */

static void
keep_group(struct grouping *g, const uint32_t *calls, size_t n, uint32_t first)
{
	struct detect_groups *out = g->out;
	size_t nby = g->rule->nby, had = out->n > 0 ? out->ends[out->n - 1] : 0;

	out->calls =
	    xgrow(out->calls, &g->calls_cap, had + n, sizeof(*out->calls));
	memcpy(out->calls + had, calls, n * sizeof(*calls));
	out->keys = xgrow(out->keys, &g->keys_cap, (out->n + 1) * nby + 1,
	    sizeof(*out->keys));
	memcpy(out->keys + out->n * nby, g->key, nby * sizeof(*g->key));
	g->firsts =
	    xgrow(g->firsts, &g->firsts_cap, out->n + 1, sizeof(*g->firsts));
	g->firsts[out->n] = (uint64_t)first << 32 | out->n;
	out->ends =
	    xgrow(out->ends, &g->ends_cap, out->n + 1, sizeof(*out->ends));
	out->ends[out->n++] = had + n;
}

static void
end_group(struct grouping *g, uint32_t *calls, size_t n)
{
	uint32_t first = calls[0];

	if (++g->seen > g->max)
		return;
	if (g->sieve != NULL)
		n = detect_sieve_pass(g->sieve, calls, n);
	if (n > 0)
		keep_group(g, calls, n, first);
}

/* Splitting --------------------------------------------------------------- */

static void
insert_sort(uint64_t *keys, size_t n)
{
	size_t i, k;
	uint64_t v;

	for (i = 1; i < n; i++) {
		v = keys[i];
		for (k = i; k > 0 && keys[k - 1] > v; k--)
			keys[k] = keys[k - 1];
		keys[k] = v;
	}
}

/* By code; equal ones are in the order of the batch already. */
static void
sort_keys(struct part *p, size_t n)
{
	if (n <= INSERT) {
		insert_sort(p->keys, n);
		return;
	}
	p->room = xgrow(p->room, &p->room_cap, n, sizeof(*p->room));
	radix_sort(p->keys, p->room, n, 32);
}

/*
 * Most pairs of numbers have one call or two.  Where a rule needs more, what
 * no more calls have than that is left out before it is sorted: counted are
 * marks of codes, of which some are alike, so never too few.
 */
static size_t
drop_rare(struct part *p, size_t n, size_t need)
{
	size_t least = need < UINT8_MAX ? need : UINT8_MAX, marks = 1, i;
	size_t kept = 0, mark;

	while (marks < 2 * n)
		marks *= 2;
	p->times = xgrow(p->times, &p->times_cap, marks, 1);
	memset(p->times, 0, marks);
	for (i = 0; i < n; i++) {
		mark = (p->keys[i] >> 32) * UINT64_C(0x9e3779b1) >> 7 &
		       (marks - 1);
		if (p->times[mark] < UINT8_MAX)
			p->times[mark]++;
	}
	for (i = 0; i < n; i++) {
		mark = (p->keys[i] >> 32) * UINT64_C(0x9e3779b1) >> 7 &
		       (marks - 1);
		if (p->times[mark] >= least)
			p->keys[kept++] = p->keys[i];
	}
	return kept;
}

static void split(struct grouping *g, size_t level, uint32_t *calls, size_t n);

/* The sorted keys, code by code, to the next field. */
static void
split_sorted(struct grouping *g, size_t level, size_t n)
{
	const uint64_t *keys = g->parts[level].keys;
	struct part *next = &g->parts[level + 1];
	size_t i, from;

	for (from = 0; from < n; from = i) {
		for (i = from; i < n && keys[i] >> 32 == keys[from] >> 32; i++)
			;
		if (i - from < g->need)
			continue;
		next->calls = xgrow(next->calls, &next->cap, i - from,
		    sizeof(*next->calls));
		g->key[level] = (uint32_t)(keys[from] >> 32);
		for (i = from; i < n && keys[i] >> 32 == keys[from] >> 32; i++)
			next->calls[i - from] = (uint32_t)keys[i];
		split(g, level + 1, next->calls, i - from);
	}
}

/* Calls with one key up to that field; all of them have a value in it. */
static void
split(struct grouping *g, size_t level, uint32_t *calls, size_t n)
{
	struct part *p = &g->parts[level];
	const struct field *f;
	size_t i;

	if (n < g->need || n == 0)
		return;
	if (level == g->rule->nby) {
		end_group(g, calls, n);
		return;
	}
	f = g->rule->by[level];
	p->keys = xgrow(p->keys, &p->keys_cap, n, sizeof(*p->keys));
	p->codes = xgrow(p->codes, &p->codes_cap, n, sizeof(*p->codes));
	field_codes_at(f, g->batch, calls, n, p->codes);
	for (i = 0; i < n; i++)
		p->keys[i] = (uint64_t)p->codes[i] << 32 | calls[i];
	if (g->need > 1)
		n = drop_rare(p, n, g->need);
	sort_keys(p, n);
	split_sorted(g, level, n);
}

/* The calls of all bits, by the order that rules share. */
static void
split_ordered(struct grouping *g, const uint64_t *bits)
{
	const struct detect_order *o = &g->order;
	struct part *p = &g->parts[1];
	size_t value, k = 0, n;

	for (value = 0; value < o->n; value++) {
		p->calls = xgrow(p->calls, &p->cap, o->ends[value] - k,
		    sizeof(*p->calls));
		for (n = 0; k < o->ends[value]; k++) {
			p->calls[n] = o->calls[k];
			n += bit(bits, o->calls[k]);
		}
		g->keyed += n;
		if (n < g->need || n == 0)
			continue;
		g->key[0] = field_code(g->rule->by[0], g->batch, p->calls[0]);
		split(g, 1, p->calls, n);
	}
}

static void
split_bits(struct grouping *g, const uint64_t *bits, size_t matching)
{
	struct part *p = &g->parts[0];
	size_t word, n = 0;
	uint64_t rest;

	p->calls = xgrow(p->calls, &p->cap, matching + 1, sizeof(*p->calls));
	for (word = 0; word < g->batch->n / WORD + 1; word++)
		for (rest = bits[word]; rest != 0; rest &= rest - 1)
			p->calls[n++] =
			    (uint32_t)(word * WORD + lowest_bit(rest));
	g->keyed = n;
	split(g, 0, p->calls, n);
}

/* Which calls ------------------------------------------------------------- */

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

/* Keep those of the bits for which `keep` says so; how many these are. */
static size_t
keep_calls(uint64_t *bits, size_t words,
    bool (*keep)(const struct grouping *g, size_t i), const struct grouping *g)
{
	size_t word, n = 0, i;
	uint64_t rest;

	for (word = 0; word < words; word++)
		for (rest = bits[word]; rest != 0; rest &= rest - 1) {
			i = word * WORD + lowest_bit(rest);
			if (keep(g, i))
				n++;
			else
				bits[word] &= ~(rest & (~rest + 1));
		}
	return n;
}

static bool
keep_counted(const struct grouping *g, size_t i)
{
	return counts(g->work, i);
}

static bool
keep_keyed(const struct grouping *g, size_t i)
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
drop_emergencies(const struct grouping *g, uint64_t *bits)
{
	size_t words = g->batch->n / WORD + 1, k, i;
	const uint64_t *them;
	uint64_t rest;

	for (k = 0; k < g->rule->nby; k++) {
		them = detect_emergency(g->work->batch->shared, g->rule->by[k]);
		for (i = 0; them != NULL && i < words; i++) {
			for (rest = bits[i] & them[i]; rest != 0;
			     rest &= rest - 1)
				if (keep_keyed(g, i * WORD + lowest_bit(rest)))
					g->out->emergencies++;
			bits[i] &= ~them[i];
		}
	}
}

/* The calls that have all fields of `by` that are not seen to later. */
static void
take_keyed(struct grouping *g, uint64_t *bits, size_t matching)
{
	struct detect_shared *shared = g->work->batch->shared;
	size_t words = g->batch->n / WORD + 1, k, i;
	const uint64_t *has;

	if (matching < g->batch->n / FEW) {
		(void)keep_calls(bits, words, keep_keyed, g);
		return;
	}
	g->ordered = g->rule->nby > 0 && detect_order_of(shared, g->batch,
					     g->rule->by[0], &g->order);
	for (k = g->ordered; k < g->rule->nby; k++) {
		has = detect_having(shared, g->batch, g->rule->by[k]);
		for (i = 0; i < words; i++)
			bits[i] &= has[i];
	}
}

/* The calls that count and have a key; returns how many count. */
static size_t
take_calls(struct grouping *g, uint64_t *bits)
{
	const struct detect_work *w = g->work;
	size_t words = g->batch->n / WORD + 1, matching;

	leave_out_events(w, bits);
	if (w->only != NULL || w->trail != NULL)
		matching = keep_calls(bits, words, keep_counted, g);
	else
		matching = count_bits(bits, words);
	drop_emergencies(g, bits);
	take_keyed(g, bits, matching);
	return matching;
}

/* All of it --------------------------------------------------------------- */

/* Groups by their first call: codes depend on who came first. */
static void
order_groups(struct grouping *g)
{
	struct detect_groups *out = g->out, in = *out;
	size_t nby = g->rule->nby, i, from, at, n, to = 0;
	uint64_t *room = xcalloc(in.n + 1, sizeof(*room));

	radix_sort(g->firsts, room, in.n, 32);
	free(room);
	out->calls =
	    xcalloc((in.n > 0 ? in.ends[in.n - 1] : 0) + 1, sizeof(*in.calls));
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
	free(in.calls);
	free(in.ends);
	free(in.keys);
}

static void
close_grouping(struct grouping *g)
{
	size_t i;

	for (i = 0; i < BOUNDS_BY + 1; i++) {
		free(g->parts[i].calls);
		free(g->parts[i].codes);
		free(g->parts[i].keys);
		free(g->parts[i].room);
		free(g->parts[i].times);
	}
	free(g->firsts);
}

/* 0; 1 when there is one group too many. */
static int
group_calls(struct grouping *g, bool all, uint64_t *bits, struct errmsg *err)
{
	size_t matching = take_calls(g, bits);
	struct detect_sieve sieve;

	/* Whoever asks what a rule sees asks of calls that never fire, too. */
	if (matching > 0 && !all && g->work->set->sight == NULL) {
		detect_sieve_open(&sieve, g->work);
		g->sieve = &sieve;
		/* Where there may be too many groups all of them are told. */
		g->need = matching <= g->max ? sieve.need : 0;
	}
	if (g->ordered)
		split_ordered(g, bits);
	else if (matching > 0)
		split_bits(g, bits, matching);
	g->out->keyless = matching - g->out->emergencies - g->keyed;
	order_groups(g);
	close_grouping(g);
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
	struct grouping g = { .work = w,
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
	free(bits);
	return status;
}

void
detect_groups_fini(struct detect_groups *g)
{
	free(g->calls);
	free(g->ends);
	free(g->keys);
	predicate_unbind(&g->match);
	memset(g, 0, sizeof(*g));
}
