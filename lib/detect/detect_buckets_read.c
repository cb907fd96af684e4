/* detect_buckets_read: what the last run kept, as far as it is still true. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_buckets_impl.h"
#include "detect/detect_facts_impl.h"

/* A middle may be this much behind the begin of a bucket. */
#define HALF_WEEK_MS (4 * 24 * INT64_C(3600000))

struct reader {
	const unsigned char *at, *end;
	const struct measure_line *line;
	struct detect_buckets *p;
	int64_t floor; /* not all buckets of before are known */
	/* By group: */
	struct packed_numbers first, nvalues, nwriters;
	uint16_t *sources; /* the same of sources */
};

static bool
take(struct reader *r, struct packed_numbers *numbers,
    enum detect_buckets_head n)
{
	return packed_take_numbers(numbers, &r->at, r->end,
		   (size_t)r->p->head[n]) == 0;
}

/*
 * No more of anything than so many bytes tell: keys take one each, and what
 * differs within a group a bit, so there is one more at most.
 */
static bool
take_head(struct reader *r)
{
	int64_t *head = r->p->head, most;
	struct packed_numbers numbers;
	size_t i;

	if (packed_take_numbers(&numbers, &r->at, r->end, HEAD_COUNT) != 0)
		return false;
	most = 16 * (r->end - r->at) + 16;
	for (i = 0; i < HEAD_COUNT; i++)
		head[i] = packed_number(&numbers, i);
	for (i = HEAD_GROUPS; i < HEAD_COUNT; i++)
		if (head[i] < 0 || head[i] > most)
			return false;
	r->p->unit = head[HEAD_FACTOR];
	return head[HEAD_FORMAT] == BUCKETS_FORMAT;
}

/* The begin of the bucket from which on something may be another. */
static bool
find_begin(const struct detect_work *w, const struct measure_line *line,
    struct detect_buckets *p)
{
	int64_t cut = w->set->past->from;

	if (w->at_close && p->head[HEAD_AS_OF] < cut)
		cut = p->head[HEAD_AS_OF];
	if (w->at_close && w->set->as_of < cut)
		cut = w->set->as_of;
	if (cut < line->edges[0])
		return false;
	p->begin = cut >= line->edges[line->n]
		       ? line->edges[line->n]
		       : line->edges[measure_line_find(line, cut)];
	return true;
}

/* Whether what was learnt then is what would be learnt now. */
static bool
learnt_the_same(const struct detect_work *w, const struct detect_buckets *p)
{
	const size_t sources =
	    detect_buckets_by_source(w) ? w->batch->calls->nsources : 0;

	if (p->head[HEAD_SOURCES] != (int64_t)sources)
		return false;
	if (!w->rule->baseline.present)
		return true;
	return p->head[HEAD_FRAUD] == w->batch->fraud_sum &&
	       p->begin - w->rule->baseline.history - HALF_WEEK_MS >=
		   p->head[HEAD_FLOOR];
}

/* The bucket that begins so; BUCKETS_NONE if it is judged again. */
static bool
bucket_of(const struct reader *r, int64_t begin, size_t *bucket)
{
	*bucket = BUCKETS_NONE;
	if (begin >= r->p->begin)
		return true;
	if (begin < r->line->edges[0])
		return false;
	*bucket = measure_line_find(r->line, begin);
	return r->line->edges[*bucket] == begin || begin < r->floor;
}

static bool
take_keys(struct reader *r)
{
	const size_t n = (size_t)r->p->head[HEAD_GROUPS];
	struct packed_texts keys;
	struct buf key;
	size_t i;
	bool good;

	good = packed_take_texts(&keys, &r->at, r->end, n) == 0;
	buf_init(&key);
	for (i = 0; i < n && good; i++) {
		good = packed_next_listed(&keys, &key) == 0;
		if (!good)
			break;
		(void)detect_buckets_group(r->p, key.data, key.len);
		good =
		    i == 0 || detect_buckets_compare(&r->p->groups[i - 1].key,
				  &r->p->groups[i].key) < 0;
	}
	buf_fini(&key);
	return good && take(r, &r->first, HEAD_GROUPS) &&
	       take(r, &r->nvalues, HEAD_GROUPS) &&
	       take(r, &r->nwriters, HEAD_GROUPS);
}

static bool
take_begins(struct reader *r)
{
	const size_t n = (size_t)r->p->head[HEAD_BEGINS];
	struct packed_numbers begins;
	size_t i;

	if (!take(r, &begins, HEAD_BEGINS))
		return false;
	r->p->numbers = xcalloc(n + 1, sizeof(*r->p->numbers));
	for (i = 0; i < n; i++)
		if (!bucket_of(r, packed_number(&begins, i), &r->p->numbers[i]))
			return false;
	return true;
}

/* Where the values of a group stand; they begin at `*at` of all values. */
static bool
take_group(struct reader *r, size_t group, size_t *at)
{
	struct detect_buckets *p = r->p;
	struct detect_bucket_group *g = &p->groups[group];
	const int64_t n = packed_number(&r->nvalues, group);
	const int64_t first = packed_number(&r->first, group);

	if (n < 0 || n > p->head[HEAD_VALUES] - (int64_t)*at ||
	    (first != INT64_MAX && !bucket_of(r, first, &g->first)))
		return false;
	g->first_begins = first;
	g->value = *at;
	g->nvalues = (size_t)n;
	*at += (size_t)n;
	return true;
}

/* They stay as they are: of most groups no value is asked. */
static bool
take_values(struct reader *r)
{
	struct detect_buckets *p = r->p;
	size_t at = 0, i;

	if (!take_begins(r) || !take(r, &p->packed_buckets, HEAD_VALUES) ||
	    !take(r, &p->packed_values, HEAD_VALUES))
		return false;
	for (i = 0; i < p->ngroups; i++)
		if (!take_group(r, i, &at))
			return false;
	return at == (size_t)p->head[HEAD_VALUES];
}

/* Values of buckets that cannot be, or do not follow each other, are none. */
static void
add_some(struct detect_buckets *p, const int64_t *buckets,
    const int64_t *values, size_t n, size_t *least)
{
	const uint64_t factor = p->in_units ? 1 : (uint64_t)p->unit;
	const int64_t known = p->head[HEAD_BEGINS];
	struct baseline_entry *v = p->values + p->nvalues;
	size_t i, b;

	for (i = 0; i < n; i++) {
		if (buckets[i] < 0 || buckets[i] >= known)
			continue;
		b = p->numbers[buckets[i]];
		if (b == BUCKETS_NONE || b < *least)
			continue;
		*least = b + 1;
		*v++ = (struct baseline_entry){ b,
			(int64_t)((uint64_t)values[i] * factor) };
	}
	p->nvalues = (size_t)(v - p->values);
}

static void
unpack(struct detect_buckets *p, const struct detect_bucket_group *g)
{
	enum { TOGETHER = 128 };
	size_t least = g->first != BUCKETS_NONE ? g->first + 1 : 0;
	int64_t buckets[TOGETHER], values[TOGETHER];
	size_t at, some;

	p->nvalues = 0;
	p->values = xgrow(p->values, &p->values_cap, g->nvalues + 1,
	    sizeof(*p->values));
	for (at = 0; at < g->nvalues; at += some) {
		some = g->nvalues - at < TOGETHER ? g->nvalues - at : TOGETHER;
		packed_numbers(&p->packed_buckets, g->value + at, some,
		    buckets);
		packed_numbers(&p->packed_values, g->value + at, some, values);
		add_some(p, buckets, values, some, &least);
	}
}

const struct baseline_entry *
detect_buckets_unpack(struct detect_buckets *p,
    const struct detect_bucket_group *g, size_t *n)
{
	if (p->unpacked != g)
		unpack(p, g);
	p->unpacked = g;
	*n = p->nvalues;
	return p->values;
}

int64_t
detect_buckets_in_units(struct detect_buckets *p)
{
	p->in_units = true;
	p->unpacked = NULL;
	return p->unit;
}

const struct baseline_entry *
detect_buckets_behind(struct detect_buckets *p,
    const struct detect_bucket_group *g, size_t bucket, size_t *n)
{
	const struct baseline_entry *v = detect_buckets_unpack(p, g, n);

	for (; *n > 0 && v->bucket <= bucket; v++)
		(*n)--;
	return v;
}

/* The sources have names, which must be those of the batch. */
static bool
take_sources(struct reader *r, const struct batch *b)
{
	const struct packed_text none = { "", 0 };
	const size_t n = (size_t)r->p->head[HEAD_SOURCES];
	struct packed_texts names;
	struct buf name;
	bool good;
	size_t i, k;

	good = packed_take_texts(&names, &r->at, r->end, n) == 0;
	r->sources = xcalloc(n + 1, sizeof(*r->sources));
	buf_init(&name);
	for (i = 0; i < n && good; i++) {
		good = packed_next_text(&names, &none, &name) == 0;
		for (k = 0; good && k < b->nsources; k++)
			if (strcmp(batch_text(b, b->sources[k].name),
				name.data) == 0)
				break;
		good = good && k < b->nsources;
		r->sources[i] = (uint16_t)k;
	}
	buf_fini(&name);
	return good;
}

static bool
take_writers(struct reader *r)
{
	struct detect_buckets *p = r->p;
	struct packed_numbers source, first;
	size_t at = 0, i;
	int64_t n, s;

	if (!take(r, &source, HEAD_WRITERS) || !take(r, &first, HEAD_WRITERS))
		return false;
	p->writers = xgrow(p->writers, &p->writers_cap,
	    (size_t)p->head[HEAD_WRITERS] + 1, sizeof(*p->writers));
	for (i = 0; i < p->ngroups; i++) {
		p->groups[i].writer = at;
		n = packed_number(&r->nwriters, i);
		if (n < 0 || n > p->head[HEAD_WRITERS] - (int64_t)at)
			return false;
		for (; n > 0; n--, at++) {
			s = packed_number(&source, at);
			if (s < 0 || s >= p->head[HEAD_SOURCES])
				return false;
			p->writers[at] =
			    (struct detect_bucket_writer){ r->sources[s],
				    packed_number(&first, at) };
			p->groups[i].nwriters++;
		}
	}
	p->nwriters = at;
	return at == (size_t)p->head[HEAD_WRITERS];
}

/* From when on all buckets are known that have calls. */
static int64_t
known_since(const struct detect_batch *db)
{
	if (db->facts == NULL)
		return INT64_MIN;
	return db->facts->floor == INT64_MAX
		   ? INT64_MAX
		   : db->facts->floor + 2 * HALF_WEEK_MS;
}

struct detect_buckets *
detect_buckets_open(struct detect_work *w)
{
	const struct detect_past *past = w->set->past;
	const struct batch *b = w->batch->calls;
	const struct buf *body = past->keep != NULL
				     ? detect_keep_get(past->keep, w->rule->id)
				     : NULL;
	struct reader r = { .at = NULL };

	if (body == NULL || !detect_buckets_can(w))
		return NULL;
	r.floor = known_since(w->batch);
	r.at = (const unsigned char *)body->data;
	r.end = r.at + body->len;
	r.line = detect_buckets_line(w);
	r.p = detect_buckets_new();
	if (!take_head(&r) || !find_begin(w, r.line, r.p) ||
	    (r.p->begin < w->carried &&
		detect_batch_lacks(w->batch, r.p->begin)) ||
	    r.p->head[HEAD_FLOOR] < r.floor || !learnt_the_same(w, r.p) ||
	    !take_keys(&r) || !take_values(&r) || !take_sources(&r, b) ||
	    !take_writers(&r) || r.at != r.end)
		detect_buckets_free(&r.p);
	free(r.sources);
	return r.p;
}

int64_t
detect_buckets_begin(const struct detect_buckets *p)
{
	return p->begin;
}
