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

static void
keep_group(struct detect_grouping *g, const uint32_t *calls, size_t n,
    uint32_t first)
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
end_group(struct detect_grouping *g, uint32_t *calls, size_t n)
{
	uint32_t first = calls[0];

	if (++g->seen > g->max)
		return;
	if (g->lasts)
		detect_held_group_last(g->work, g->key, calls, n);
	if (g->sieve != NULL)
		n = detect_sieve_pass(g->sieve, calls, n);
	if (n > 0)
		keep_group(g, calls, n, first);
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
	const uint64_t *keys = g->parts[level].keys;
	struct detect_part *next = &g->parts[level + 1];
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
		detect_split(g, level + 1, next->calls, i - from);
	}
}

void
detect_split(struct detect_grouping *g, size_t level, uint32_t *calls, size_t n)
{
	struct detect_part *p = &g->parts[level];
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

void
detect_split_ordered(struct detect_grouping *g, const uint64_t *bits)
{
	const struct detect_order *o = &g->order;
	struct detect_part *p = &g->parts[1];
	size_t value, k = 0, n;

	for (value = 0; value < o->n; value++) {
		p->calls = xgrow(p->calls, &p->cap, o->ends[value] - k,
		    sizeof(*p->calls));
		for (n = 0; k < o->ends[value]; k++) {
			p->calls[n] = o->calls[k];
			n += bits[o->calls[k] / WORD] >> o->calls[k] % WORD & 1;
		}
		g->keyed += n;
		if (n < g->need || n == 0)
			continue;
		g->key[0] = field_code(g->rule->by[0], g->batch, p->calls[0]);
		detect_split(g, 1, p->calls, n);
	}
}

void
detect_split_bits(struct detect_grouping *g, const uint64_t *bits,
    size_t matching)
{
	struct detect_part *p = &g->parts[0];
	size_t word, n = 0;
	uint64_t rest;

	p->calls = xgrow(p->calls, &p->cap, matching + 1, sizeof(*p->calls));
	for (word = 0; word < g->batch->n / WORD + 1; word++)
		for (rest = bits[word]; rest != 0; rest &= rest - 1)
			p->calls[n++] =
			    (uint32_t)(word * WORD + detect_lowest_bit(rest));
	g->keyed = n;
	detect_split(g, 0, p->calls, n);
}
