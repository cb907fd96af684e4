/* detect_buckets_keep: what a rule with a calendar window keeps. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_buckets_impl.h"

#define DAY_MS (24 * INT64_C(3600000))
/* The next run may begin this much before the end, and some buckets. */
#define LATE_MS (40 * DAY_MS)

/* What is packed, column by column. */
struct columns {
	int64_t head[HEAD_COUNT];
	struct packed_text *keys;
	int64_t *first, *nvalues, *nwriters; /* by group */
	int64_t *buckets, *values;
	int64_t *sources, *since; /* of writers */
	size_t low;               /* bucket that is numbered 0 */
	int64_t unit;             /* in which values are told */
};

static int64_t
values_since(const struct detect_settings *set, const struct batch *b,
    const struct rule *r)
{
	int64_t end = b->calls[b->n - 1].start;

	if (set->as_of < end)
		end = set->as_of;
	return end - r->baseline.history - LATE_MS;
}

/* With something to spare: runs may stand at several instants. */
int64_t
detect_buckets_back(const struct detect_settings *set, const struct batch *b,
    const struct rule *r)
{
	return r->measure.window > WINDOW_OVER
		   ? values_since(set, b, r) - LATE_MS
		   : INT64_MAX;
}

static int64_t
floor_of(struct detect_work *w)
{
	const struct detect_buckets *past =
	    w->resume != NULL ? w->resume->buckets : NULL;
	int64_t end = values_since(w->set, w->batch->calls, w->rule);

	if (past != NULL && past->head[HEAD_FLOOR] > end)
		end = past->head[HEAD_FLOOR];
	return end;
}

void
detect_buckets_begin_keeping(struct detect_work *w)
{
	if (w->keep == NULL || !detect_buckets_can(w))
		return;
	w->keeping = detect_buckets_new();
	w->keeping->head[HEAD_FLOOR] = floor_of(w);
}

static int
compare_groups(const void *va, const void *vb)
{
	const struct detect_bucket_group *a = va, *b = vb;

	return detect_buckets_compare(&a->key, &b->key);
}

static void
open_columns(struct columns *c, size_t groups, size_t values, size_t writers)
{
	c->keys = xcalloc(groups + 1, sizeof(*c->keys));
	c->first = xcalloc(groups + 1, sizeof(*c->first));
	c->nvalues = xcalloc(groups + 1, sizeof(*c->nvalues));
	c->nwriters = xcalloc(groups + 1, sizeof(*c->nwriters));
	c->buckets = xmalloc((values + 1) * sizeof(*c->buckets));
	c->values = xmalloc((values + 1) * sizeof(*c->values));
	c->sources = xcalloc(writers + 1, sizeof(*c->sources));
	c->since = xcalloc(writers + 1, sizeof(*c->since));
}

static void
close_columns(struct columns *c)
{
	free(c->keys);
	free(c->first);
	free(c->nvalues);
	free(c->nwriters);
	free(c->buckets);
	free(c->values);
	free(c->sources);
	free(c->since);
}

/*
 * Whether a group has something that is not known without; where the history
 * of one of an account begins, the account tells.
 */
static bool
worth_keeping(const struct detect_work *w, const struct columns *c,
    const struct detect_bucket_group *g, size_t group)
{
	if (detect_buckets_by_source(w))
		return c->nwriters[group] > 0;
	return w->by_account ? c->nvalues[group] > 0 : g->first != BUCKETS_NONE;
}

static void
add_values(struct columns *c, size_t group, const struct baseline_entry *v,
    size_t n)
{
	size_t to = (size_t)(c->head[HEAD_VALUES] + c->nvalues[group]);
	size_t i;

	for (i = 0; i < n; i++) {
		if (v[i].bucket < c->low)
			continue;
		c->buckets[to] = (int64_t)(v[i].bucket - c->low);
		c->values[to++] = v[i].value;
		c->nvalues[group]++;
	}
}

/* Those of now, which are in no unit. */
static void
add_new_values(struct columns *c, size_t group, const struct baseline_entry *v,
    size_t n)
{
	const size_t from =
	    (size_t)c->head[HEAD_VALUES] + (size_t)c->nvalues[group];
	size_t to = from, end;

	add_values(c, group, v, n);
	end = (size_t)c->head[HEAD_VALUES] + (size_t)c->nvalues[group];
	for (; to < end; to++)
		c->values[to] /= c->unit;
}

/* All values of a group of now, or of the last run. */
static void
add_all_values(struct columns *c, size_t group, const struct detect_work *w,
    const struct detect_buckets *p, const struct detect_bucket_group *g)
{
	struct detect_buckets *was =
	    w->resume != NULL ? w->resume->buckets : NULL;
	const struct baseline_entry *v;
	size_t n;

	if (p == was) {
		v = detect_buckets_unpack(was, g, &n);
		add_values(c, group, v, n);
		return;
	}
	if (g->was != NULL) {
		v = detect_buckets_behind(was, g->was, g->behind, &n);
		add_values(c, group, v, n);
	}
	add_new_values(c, group, p->values + g->value, g->nvalues);
}

/* What stands of a group: all of it, or only what is before a moment. */
static void
add_group(struct columns *c, const struct detect_work *w,
    const struct detect_buckets *p, const struct detect_bucket_group *g,
    int64_t before)
{
	const size_t group = (size_t)c->head[HEAD_GROUPS];
	const struct detect_bucket_writer *writers = p->writers + g->writer;
	int64_t *n;
	size_t i, to;

	c->nwriters[group] = c->nvalues[group] = 0;
	for (i = 0; i < g->nwriters; i++) {
		if (writers[i].first >= before)
			continue;
		n = &c->nwriters[group];
		to = (size_t)(c->head[HEAD_WRITERS] + (*n)++);
		c->sources[to] = w->batch->source_ranks[writers[i].source];
		c->since[to] = writers[i].first;
	}
	add_all_values(c, group, w, p, g);
	if (!worth_keeping(w, c, g, group))
		return;
	c->keys[group] = g->key;
	c->first[group] = w->by_account || g->first == BUCKETS_NONE
			      ? INT64_MAX
			      : g->first_begins;
	c->head[HEAD_WRITERS] += c->nwriters[group];
	c->head[HEAD_VALUES] += c->nvalues[group];
	c->head[HEAD_GROUPS]++;
}

/* The groups of now, and those of before that have no later call. */
static void
merge(struct columns *c, const struct detect_work *w)
{
	const struct detect_buckets *now = w->keeping,
				    *was = w->resume != NULL
					       ? w->resume->buckets
					       : NULL;
	size_t i = 0, k;
	int side;

	for (k = 0; was != NULL && k < was->ngroups; k++) {
		side = 1;
		while (i < now->ngroups &&
		       (side = detect_buckets_compare(&now->groups[i].key,
			    &was->groups[k].key)) < 0)
			add_group(c, w, now, &now->groups[i++], INT64_MAX);
		if (i == now->ngroups || side > 0)
			add_group(c, w, was, &was->groups[k], was->begin);
	}
	for (; i < now->ngroups; i++)
		add_group(c, w, now, &now->groups[i], INT64_MAX);
}

/*
 * Most values stand there as the last run told them, in its unit.  They are
 * taken so if those of now can be told in it.
 */
static int64_t
take_unit(struct detect_buckets *was, const struct detect_buckets *now)
{
	size_t i;

	if (was == NULL || was->unit <= 1)
		return 1;
	for (i = 0; i < now->nvalues; i++)
		if (now->values[i].value % was->unit != 0)
			return 1;
	return detect_buckets_in_units(was);
}

/*
 * Counts are millions of RULE_UNIT's: divide by what divides all, which is
 * soon found, and then only made sure of.
 */
static void
take_factor(struct columns *c)
{
	const size_t n = (size_t)c->head[HEAD_VALUES];
	uint64_t factor = 0, a, rest;
	int64_t *v = c->values;
	size_t i;

	for (i = 0; i < n && factor != 1; i++) {
		a = v[i] < 0 ? 0 - (uint64_t)v[i] : (uint64_t)v[i];
		if (factor != 0 && a % factor == 0)
			continue;
		while (a != 0) {
			rest = factor % a;
			factor = a;
			a = rest;
		}
	}
	if (factor == 0)
		c->unit = 1;
	if (factor == 0 || factor > INT64_MAX)
		factor = 1;
	for (i = 0; factor > 1 && i < n; i++)
		v[i] /= (int64_t)factor;
	c->head[HEAD_FACTOR] = (int64_t)(factor * (uint64_t)c->unit);
}

static void
add_names(const struct detect_work *w, size_t n, struct buf *out)
{
	const struct batch *b = w->batch->calls;
	struct packed_text *names = xcalloc(n + 1, sizeof(*names)), *name;
	struct packed_text *none = xcalloc(n + 1, sizeof(*none));
	size_t i;

	for (i = 0; i < n; i++) {
		name = &names[w->batch->source_ranks[i]];
		name->bytes = batch_text(b, b->sources[i].name);
		name->len = strlen(name->bytes);
	}
	packed_add_texts(out, names, none, n);
	free(names);
	free(none);
}

static void
pack(const struct columns *c, const struct detect_work *w, struct buf *out)
{
	const int64_t *head = c->head;
	const size_t groups = (size_t)head[HEAD_GROUPS];
	const size_t values = (size_t)head[HEAD_VALUES];
	const size_t writers = (size_t)head[HEAD_WRITERS];

	packed_add_numbers(out, head, HEAD_COUNT);
	packed_add_list(out, c->keys, groups);
	packed_add_numbers(out, c->first, groups);
	packed_add_numbers(out, c->nvalues, groups);
	packed_add_numbers(out, c->nwriters, groups);
	packed_add_numbers(out, w->lines.lines[0]->buckets.edges + c->low,
	    (size_t)head[HEAD_BEGINS]);
	packed_add_numbers(out, c->buckets, values);
	packed_add_numbers(out, c->values, values);
	add_names(w, (size_t)head[HEAD_SOURCES], out);
	packed_add_numbers(out, c->sources, writers);
	packed_add_numbers(out, c->since, writers);
}

void
detect_buckets_keep(struct detect_work *w)
{
	struct detect_buckets *was =
	    w->resume != NULL ? w->resume->buckets : NULL;
	struct detect_buckets *now = w->keeping;
	const struct measure_line *line;
	struct columns c = { .low = 0 };

	if (now == NULL)
		return;
	line = detect_buckets_line(w);
	c.head[HEAD_FORMAT] = BUCKETS_FORMAT;
	c.head[HEAD_AS_OF] = w->set->as_of;
	c.head[HEAD_FLOOR] = now->head[HEAD_FLOOR];
	c.head[HEAD_FRAUD] = w->batch->fraud_sum;
	if (w->rule->baseline.present)
		while (c.low < line->n &&
		       line->edges[c.low] < now->head[HEAD_FLOOR])
			c.low++;
	else
		c.low = line->n;
	c.head[HEAD_BEGINS] = (int64_t)(line->n - c.low);
	if (detect_buckets_by_source(w))
		c.head[HEAD_SOURCES] = (int64_t)w->batch->calls->nsources;
	if (now->ngroups > 1)
		qsort(now->groups, now->ngroups, sizeof(*now->groups),
		    compare_groups);
	open_columns(&c, now->ngroups + (was != NULL ? was->ngroups : 0),
	    now->nvalues + (was != NULL ? (size_t)was->head[HEAD_VALUES] : 0),
	    now->nwriters + (was != NULL ? was->nwriters : 0));
	c.unit = take_unit(was, now);
	merge(&c, w);
	take_factor(&c);
	pack(&c, w, w->keep);
	close_columns(&c);
}
