/* detect_split: calls by one field after the other, part by part. */
#include <stdlib.h>
#include <string.h>

#include "base/radix.h"
#include "base/xalloc.h"
#include "detect/detect_group_impl.h"

enum {
	INSERT = 32, /* keys that are not worth counting their digits */
	WORD = 64
};

/* What the calls of a group have in the fields of `by`, as one has it. */
static void
read_key(struct detect_grouping *g, uint32_t call)
{
	size_t k;

	for (k = 0; k < g->rule->nby; k++)
		g->key[k] = field_code(g->rule->by[k], g->batch, call);
}

static void
keep_group(struct detect_grouping *g, const uint32_t *calls, size_t n,
    uint32_t first)
{
	struct detect_groups *out = g->out;
	size_t nby = g->rule->nby, had = out->n > 0 ? out->ends[out->n - 1] : 0;

	if (calls != out->calls + had)
		memcpy(out->calls + had, calls, n * sizeof(*calls));
	out->keys = xgrow(out->keys, &g->keys_cap, (out->n + 1) * nby + 1,
	    sizeof(*out->keys));
	read_key(g, first);
	memcpy(out->keys + out->n * nby, g->key, nby * sizeof(*g->key));
	g->firsts =
	    xgrow(g->firsts, &g->firsts_cap, out->n + 1, sizeof(*g->firsts));
	g->firsts[out->n] = (uint64_t)first << 32 | out->n;
	out->ends =
	    xgrow(out->ends, &g->ends_cap, out->n + 1, sizeof(*out->ends));
	out->ends[out->n++] = had + n;
}

static void
end_group(struct detect_grouping *g, struct detect_lane *l, size_t n)
{
	uint32_t first = l->calls[0];
	int64_t before = INT64_MIN;

	if (++g->seen > g->max)
		return;
	if (g->lasts) {
		read_key(g, first);
		before = detect_gap_held(g->work, g->key);
		detect_held_group_last(g->work, g->key, l->calls, n);
	}
	if (g->sieve != NULL)
		n = detect_sieve_pass(g->sieve, l, n, before);
	if (n > 0)
		keep_group(g, l->calls, n, first);
}

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
sort_keys(struct detect_part *p, size_t n)
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
drop_rare(struct detect_part *p, size_t n, size_t need)
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

/* The sorted keys, code by code, to the next field. */
static void
split_sorted(struct detect_grouping *g, size_t level, size_t n)
{
	struct detect_part *p = &g->parts[level];
	const uint64_t *keys = p->keys;
	struct detect_lane *next = &g->parts[level + 1].lane;
	size_t i, from;

	for (from = 0; from < n; from = i) {
		for (i = from; i < n && keys[i] >> 32 == keys[from] >> 32; i++)
			;
		if (i - from < g->need)
			continue;
		detect_lane_room(next, &g->wants, i - from);
		detect_lane_pick(next, &g->wants, &p->lane, keys + from,
		    i - from);
		detect_split(g, level + 1, i - from);
	}
}

/* Equal values have equal codes: those of the field, or its places. */
static const uint32_t *
codes_of(struct detect_grouping *g, size_t level, size_t n)
{
	const struct field *f = g->rule->by[level];
	struct detect_part *p = &g->parts[level];
	size_t column =
	    detect_places_find(detect_places(g->work->batch->shared), f);

	if (column < DETECT_ROWS && g->wants.places[column])
		return p->lane.places[column];
	p->codes = xgrow(p->codes, &p->codes_cap, n, sizeof(*p->codes));
	field_codes_at(f, g->batch, p->lane.calls, n, p->codes);
	return p->codes;
}

void
detect_split(struct detect_grouping *g, size_t level, size_t n)
{
	struct detect_part *p = &g->parts[level];
	const uint32_t *codes;
	size_t i;

	if (n < g->need || n == 0)
		return;
	if (level == g->rule->nby) {
		end_group(g, &p->lane, n);
		return;
	}
	codes = codes_of(g, level, n);
	p->keys = xgrow(p->keys, &p->keys_cap, n, sizeof(*p->keys));
	for (i = 0; i < n; i++)
		p->keys[i] = (uint64_t)codes[i] << 32 | i;
	if (g->need > 1)
		n = drop_rare(p, n, g->need);
	sort_keys(p, n);
	split_sorted(g, level, n);
}

/* The calls whose bits are set, of which there are so many, as a part. */
static void
take_bits(struct detect_grouping *g, size_t level, const uint64_t *bits,
    size_t matching)
{
	struct detect_lane *l = &g->parts[level].lane;
	size_t word, n = 0;
	uint64_t rest;

	detect_lane_room(l, &g->wants, matching);
	for (word = 0; word < g->batch->n / WORD + 1; word++)
		for (rest = bits[word]; rest != 0; rest &= rest - 1)
			l->calls[n++] =
			    (uint32_t)(word * WORD + detect_lowest_bit(rest));
	detect_lane_fill(l, &g->wants, g->work->batch->shared, g->batch, n);
	g->keyed = n;
}

static bool
any_places(const struct detect_wants *w)
{
	size_t i;

	for (i = 0; i < DETECT_ROWS; i++)
		if (w->places[i])
			return true;
	return false;
}

/*
 * Calls that have one value in the first field.  Where there is no other, they
 * may be all that were read: they are put where groups are kept, and their
 * starts, which are in order, are looked up when they are asked.
 */
static void
split_single(struct detect_grouping *g, const uint64_t *bits)
{
	const size_t n = detect_count_bits(bits, g->first, g->batch->n);
	const bool large = g->rule->nby == 1 && !any_places(&g->wants);
	struct detect_lane *l = &g->parts[1].lane;

	g->keyed = n;
	if (n < g->need || n == 0)
		return;
	if (large) {
		*l = (struct detect_lane){ .calls = g->out->calls, .cap = n };
		g->wants.ticks = false;
		if (g->sieve != NULL)
			g->sieve->wants.ticks = false;
	}
	take_bits(g, 1, bits, n);
	detect_split(g, 1, n);
	if (large)
		*l = (struct detect_lane){ 0 };
}

void
detect_split_ordered(struct detect_grouping *g, const uint64_t *bits)
{
	const struct detect_order *o = g->order;
	struct detect_lane *l = &g->parts[1].lane;
	size_t value, from = 0, n;

	if (o->n <= 1) {
		split_single(g, bits);
		return;
	}
	detect_lane_room(l, &g->wants, o->longest);
	if (memcmp(bits, o->has, (g->batch->n / WORD + 1) * sizeof(*bits)) == 0)
		bits = NULL;
	for (value = 0; value < o->n; from = o->ends[value++]) {
		n = detect_order_take(o, from, o->ends[value], bits, g->first,
		    &g->wants, l);
		g->keyed += n;
		if (n < g->need || n == 0)
			continue;
		detect_split(g, 1, n);
	}
}

void
detect_split_bits(struct detect_grouping *g, const uint64_t *bits)
{
	const size_t n = detect_count_bits(bits, g->first, g->batch->n);

	if (n == 0)
		return;
	take_bits(g, 0, bits, n);
	detect_split(g, 0, n);
}
