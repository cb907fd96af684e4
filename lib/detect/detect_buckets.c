/* detect_buckets: a rule with a calendar window goes on from the last run. */
#include "detect/detect_buckets_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

struct detect_buckets *
detect_buckets_new(void)
{
	struct detect_buckets *p = xcalloc(1, sizeof(*p));

	arena_init(&p->arena);
	/* So that there is an array even if nothing is in it. */
	p->values = xgrow(NULL, &p->values_cap, 1, sizeof(*p->values));
	p->writers = xgrow(NULL, &p->writers_cap, 1, sizeof(*p->writers));
	return p;
}

void
detect_buckets_free(struct detect_buckets **pp)
{
	struct detect_buckets *p = *pp;

	if (p == NULL)
		return;
	arena_fini(&p->arena);
	free(p->groups);
	free(p->values);
	free(p->numbers);
	free(p->writers);
	free(p->of_group);
	free(p);
	*pp = NULL;
}

struct detect_bucket_group *
detect_buckets_group(struct detect_buckets *p, const char *key, size_t len)
{
	struct detect_bucket_group *g;

	p->groups = xgrow(p->groups, &p->groups_cap, p->ngroups + 1,
	    sizeof(*p->groups));
	g = &p->groups[p->ngroups++];
	*g = (struct detect_bucket_group){
		.key = { arena_memdup(&p->arena, key, len), len },
		.first = BUCKETS_NONE,
		.value = p->nvalues,
		.writer = p->nwriters
	};
	return g;
}

void
detect_buckets_values(struct detect_buckets *p, const struct baseline_entry *v,
    size_t n)
{
	p->values = xgrow(p->values, &p->values_cap, p->nvalues + n,
	    sizeof(*p->values));
	memcpy(p->values + p->nvalues, v, n * sizeof(*v));
	p->nvalues += n;
	p->groups[p->ngroups - 1].nvalues += n;
}

void
detect_buckets_writer(struct detect_buckets *p, uint16_t source, int64_t first)
{
	p->writers = xgrow(p->writers, &p->writers_cap, p->nwriters + 1,
	    sizeof(*p->writers));
	p->writers[p->nwriters++] =
	    (struct detect_bucket_writer){ source, first };
	p->groups[p->ngroups - 1].nwriters++;
}

int
detect_buckets_compare(const struct packed_text *a, const struct packed_text *b)
{
	int c = memcmp(a->bytes, b->bytes, a->len < b->len ? a->len : b->len);

	return c != 0 ? c : (a->len > b->len) - (a->len < b->len);
}

void
detect_buckets_key(const struct detect_work *w, size_t group, struct buf *key)
{
	const struct rule *r = w->rule;
	const uint32_t *codes = w->groups.keys + group * r->nby;
	const char *text;
	size_t i;

	buf_reset(key);
	for (i = 0; i < r->nby; i++) {
		text = field_code_text(r->by[i], w->batch->calls, codes[i]);
		buf_add(key, text, strlen(text) + 1);
	}
}

bool
detect_buckets_by_source(const struct detect_work *w)
{
	return w->rule->baseline.present && w->batch->calls->nsources > 1;
}

/* One zone and one calendar: a bucket is the same for all groups. */
bool
detect_one_clock(const struct locals *at)
{
	size_t i;

	for (i = 1; i < at->n; i++)
		if (at->list[i].zone != at->list[0].zone ||
		    at->list[i].calendar != at->list[0].calendar)
			return false;
	return true;
}

bool
detect_buckets_can(const struct detect_work *w)
{
	return w->rule->measure.window > WINDOW_OVER &&
	       w->batch->calls->n > 0 && detect_one_clock(&w->batch->locals);
}

const struct measure_line *
detect_buckets_line(struct detect_work *w)
{
	if (w->lines.lines == NULL)
		baseline_lines_init(&w->lines, &w->batch->locals,
		    &w->batch->written, w->rule);
	return &baseline_line(&w->lines, 0)->buckets;
}

/* Of a source, as findings would have it; UINT32_MAX: none. */
static uint32_t
first_rank(const struct detect_work *w, const struct detect_buckets *p,
    const struct detect_bucket_group *g, int64_t before)
{
	const struct detect_bucket_writer *writers = p->writers + g->writer;
	uint32_t best = UINT32_MAX, rank;
	size_t i;

	for (i = 0; i < g->nwriters; i++) {
		rank = w->batch->source_ranks[writers[i].source];
		if (writers[i].first < before && rank < best)
			best = rank;
	}
	return best;
}

static uint32_t
first_rank_now(const struct detect_work *w, size_t group)
{
	const struct detect_groups *g = &w->groups;
	const struct batch *b = w->batch->calls;
	size_t k = group > 0 ? g->ends[group - 1] : 0;
	uint32_t best = UINT32_MAX, rank;

	for (; k < g->ends[group]; k++) {
		rank = w->batch->source_ranks[b->calls[g->calls[k]].source];
		if (rank < best)
			best = rank;
	}
	return best;
}

static const struct detect_bucket_group *
find_group(const struct detect_buckets *p, const struct packed_text *key)
{
	size_t low = 0, high = p->ngroups, mid;
	int c;

	while (low < high) {
		mid = low + (high - low) / 2;
		c = detect_buckets_compare(key, &p->groups[mid].key);
		if (c == 0)
			return &p->groups[mid];
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

static void
find_groups(const struct detect_work *w, struct detect_buckets *p)
{
	const struct detect_bucket_group *g;
	struct buf key;
	size_t i;

	free(p->of_group);
	p->of_group = xcalloc(w->groups.n + 1, sizeof(*p->of_group));
	buf_init(&key);
	for (i = 0; i < w->groups.n; i++) {
		detect_buckets_key(w, i, &key);
		g = find_group(p, &(struct packed_text){ key.data, key.len });
		if (g != NULL)
			p->of_group[i] = (size_t)(g - p->groups) + 1;
	}
	buf_fini(&key);
}

bool
detect_buckets_match(const struct detect_work *w)
{
	struct detect_buckets *p = w->resume->buckets;
	uint32_t *now, before;
	bool same = true;
	size_t i;

	find_groups(w, p);
	if (!detect_buckets_by_source(w))
		return true;
	now = xcalloc(p->ngroups + 1, sizeof(*now));
	for (i = 0; i < p->ngroups; i++)
		now[i] = UINT32_MAX;
	for (i = 0; i < w->groups.n; i++)
		if (p->of_group[i] != 0)
			now[p->of_group[i] - 1] = first_rank_now(w, i);
	for (i = 0; i < p->ngroups && same; i++) {
		before = first_rank(w, p, &p->groups[i], p->begin);
		if (before == UINT32_MAX)
			continue;
		if (now[i] > before)
			now[i] = before;
		same = now[i] == first_rank(w, p, &p->groups[i], INT64_MAX);
	}
	free(now);
	return same;
}

const struct detect_bucket_group *
detect_buckets_of(const struct detect_work *w)
{
	const struct detect_buckets *p =
	    w->resume != NULL ? w->resume->buckets : NULL;

	return p != NULL && p->of_group[w->group] != 0
		   ? &p->groups[p->of_group[w->group] - 1]
		   : NULL;
}

void
detect_buckets_moved(struct detect_work *w, size_t from, size_t to)
{
	if (w->resume != NULL && w->resume->buckets != NULL)
		w->resume->buckets->of_group[to] =
		    w->resume->buckets->of_group[from];
}

uint16_t
detect_buckets_source(const struct detect_work *w, uint16_t source)
{
	const struct detect_bucket_group *g = detect_buckets_of(w);
	const struct detect_bucket_writer *one;
	const uint32_t *ranks = w->batch->source_ranks;
	size_t i;

	for (i = 0; g != NULL && i < g->nwriters; i++) {
		one = &w->resume->buckets->writers[g->writer + i];
		if (one->first < w->resume->buckets->begin &&
		    ranks[one->source] < ranks[source])
			source = one->source;
	}
	return source;
}

void
detect_buckets_recall_first(struct detect_work *w)
{
	const struct detect_bucket_group *g = detect_buckets_of(w);

	if (g != NULL && w->history.n == 0 && g->first != BUCKETS_NONE)
		baseline_learn(&w->history, g->first, 0);
}

void
detect_buckets_recall(struct detect_work *w)
{
	const struct detect_bucket_group *g = detect_buckets_of(w);
	struct baseline_history *h = &w->history;
	const struct baseline_entry *v;
	size_t n;

	detect_buckets_recall_first(w);
	if (g == NULL || h->n == 0)
		return;
	v = detect_buckets_behind(w->resume->buckets, g,
	    h->list[h->n - 1].bucket, &n);
	baseline_recall(h, v, n);
}
