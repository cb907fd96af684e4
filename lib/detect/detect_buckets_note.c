/* detect_buckets_note: the history of a group, as the next run is told it. */
#include "detect/detect_buckets_impl.h"

static bool
has_writer(const struct detect_buckets *p, uint16_t source)
{
	const struct detect_bucket_group *g = &p->groups[p->ngroups - 1];
	size_t i;

	for (i = 0; i < g->nwriters; i++)
		if (p->writers[g->writer + i].source == source)
			return true;
	return false;
}

static void
note_writers(struct detect_work *w, const struct detect_bucket_group *was)
{
	const struct detect_groups *g = &w->groups;
	const struct batch *b = w->batch->calls;
	const struct detect_bucket_writer *one;
	size_t k = w->group > 0 ? g->ends[w->group - 1] : 0, i;
	const struct call *c;

	for (i = 0; was != NULL && i < was->nwriters; i++) {
		one = &w->resume->buckets->writers[was->writer + i];
		if (one->first < w->resume->buckets->begin)
			detect_buckets_writer(w->keeping, one->source,
			    one->first);
	}
	for (; k < g->ends[w->group]; k++) {
		c = &b->calls[g->calls[k]];
		if (!has_writer(w->keeping, c->source))
			detect_buckets_writer(w->keeping, c->source, c->start);
	}
}

/* Buckets of long ago, of which no value is kept, may be known as one. */
static void
note_first(struct detect_bucket_group *g, const struct detect_bucket_group *was,
    size_t first, const int64_t *edges)
{
	g->first = first;
	g->first_begins = was != NULL && was->first == first ? was->first_begins
							     : edges[first];
}

/*
 * Behind where it begins, a history mostly has first what the last run had:
 * that stands there already, if it was looked at or not (`brief`).  How many
 * values of the history these are.
 */
static size_t
note_old(const struct detect_work *w, struct detect_bucket_group *g, bool brief)
{
	const struct detect_bucket_group *was = detect_buckets_of(w);
	const struct baseline_history *h = &w->history;
	const struct baseline_entry *v;
	size_t n = 0, i;

	if (was == NULL || h->n == 0)
		return 0;
	g->behind = h->list[0].bucket;
	if (!brief) {
		v = detect_buckets_behind(w->resume->buckets, was, g->behind,
		    &n);
		if (n > h->n - 1)
			return 0;
		for (i = 0; i < n; i++)
			if (v[i].bucket != h->list[1 + i].bucket ||
			    v[i].value != h->list[1 + i].value)
				return 0;
	}
	g->was = was;
	return n;
}

void
detect_buckets_note(struct detect_work *w, bool brief)
{
	const struct baseline_history *h = &w->history;
	const int64_t *edges = w->line->buckets.edges;
	const bool by_source = detect_buckets_by_source(w);
	struct detect_buckets *p = w->keeping;
	struct detect_bucket_group *g;
	struct buf key;
	size_t i;

	if (p == NULL || (h->n == 0 && !by_source))
		return;
	buf_init(&key);
	detect_buckets_key(w, w->group, &key);
	g = detect_buckets_group(p, key.data, key.len);
	if (h->n > 0)
		note_first(g, detect_buckets_of(w), h->list[0].bucket, edges);
	buf_fini(&key);
	/* in the order of time: what is too old comes first */
	for (i = 1 + note_old(w, g, brief); i < h->n; i++)
		if (edges[h->list[i].bucket] >= p->head[HEAD_FLOOR])
			break;
	if (i < h->n)
		detect_buckets_values(p, h->list + i, h->n - i);
	if (by_source)
		note_writers(w, detect_buckets_of(w));
}
