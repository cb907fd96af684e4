#include "rule/baseline.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define MAD_FACTOR INT64_C(1482600) /* 1.4826 in RULE_UNIT */

static int
hour_of_week(const struct zone *z, int64_t t)
{
	struct civil c;

	zone_to_local(z, t, &c);
	return zone_weekday(zone_days(c.year, c.month, c.day)) * 24 + c.hour;
}

static uint8_t
kind_of(enum season season, const struct calendar *cal, const struct zone *z,
    int64_t t)
{
	int64_t day;

	if (season == SEASON_HOUR_OF_WEEK)
		return (uint8_t)hour_of_week(z, t);
	if (season == SEASON_NONE)
		return 0;
	day = zone_local_day(z, t);
	if (cal != NULL)
		return calendar_open_day(cal, day);
	return zone_weekday(day) < 5;
}

/* Where a source's days begin and which of them are alike. */
struct local {
	const struct zone *zone;
	const struct calendar *calendar; /* or NULL */
};

static struct local
local_of(const struct batch_source *src, const struct named *named,
    const struct zone *fallback)
{
	struct local c = { src->zone != NULL ? src->zone : fallback, NULL };

	if (src->calendar != NULL)
		c.calendar = named_calendar(named, src->calendar);
	if (c.calendar != NULL && calendar_zone(c.calendar) != NULL)
		c.zone = calendar_zone(c.calendar);
	return c;
}

const struct zone *
baseline_zone(const struct batch_source *src, const struct named *named,
    const struct zone *fallback)
{
	return local_of(src, named, fallback).zone;
}

static void
make_line(struct baseline_line *l, const struct local *c, const struct rule *r,
    int64_t first, int64_t last)
{
	size_t k;

	measure_line_init(&l->buckets, &r->measure, c->zone, first, last);
	if (!r->baseline.present)
		return;
	l->kind = xcalloc(l->buckets.n, sizeof(*l->kind));
	for (k = 0; k < l->buckets.n; k++)
		l->kind[k] = kind_of(r->baseline.season, c->calendar, c->zone,
		    l->buckets.edges[k]);
}

/*
 * The calls are in time order, so each source's bucket only moves on: one
 * pass marks all lines.
 */
static void
mark_written(struct baseline_lines *ls, const struct batch *b)
{
	size_t *at = xcalloc(ls->n, sizeof(*at));
	uint8_t *seen = xcalloc(ls->n, sizeof(*seen));
	struct baseline_line *l;
	size_t i, s;

	for (i = 0; i < b->n; i++) {
		if (batch_event(b, i) == EVENT_QUALITY)
			continue; /* nothing that the source wrote */
		s = b->calls[i].source;
		l = &ls->lines[s];
		if (l->buckets.edges[at[s] + 1] <= b->calls[i].start)
			at[s] =
			    measure_line_find(&l->buckets, b->calls[i].start);
		else if (seen[s])
			continue;
		l->wrote[at[s]] = seen[s];
		seen[s] = 1;
	}
	free(at);
	free(seen);
}

void
baseline_lines_init(struct baseline_lines *ls, const struct batch *b,
    const struct named *named, const struct rule *r,
    const struct zone *fallback)
{
	struct local *locals = xcalloc(b->nsources, sizeof(*locals));
	struct baseline_line *l;
	size_t i, k;

	assert(b->sorted && b->n > 0);
	ls->n = b->nsources;
	ls->lines = xcalloc(ls->n, sizeof(*ls->lines));
	for (i = 0; i < ls->n; i++) {
		l = &ls->lines[i];
		locals[i] = local_of(&b->sources[i], named, fallback);
		for (k = 0; locals[k].zone != locals[i].zone ||
			    locals[k].calendar != locals[i].calendar;
		     k++)
			;
		if (k < i) {
			*l = ls->lines[k];
			l->shared = true;
		} else {
			make_line(l, &locals[i], r, b->calls[0].start,
			    b->calls[b->n - 1].start);
		}
		if (r->baseline.present)
			l->wrote = xcalloc(l->buckets.n, sizeof(*l->wrote));
	}
	if (r->baseline.present)
		mark_written(ls, b);
	free(locals);
}

void
baseline_lines_fini(struct baseline_lines *ls)
{
	size_t i;

	for (i = 0; i < ls->n; i++) {
		free(ls->lines[i].wrote);
		if (ls->lines[i].shared)
			continue;
		measure_line_fini(&ls->lines[i].buckets);
		free(ls->lines[i].kind);
	}
	free(ls->lines);
	memset(ls, 0, sizeof(*ls));
}

void
baseline_forget(struct baseline_history *h)
{
	h->n = 0;
}

void
baseline_learn(struct baseline_history *h, size_t bucket, int64_t value)
{
	if (h->n == 1 && h->list[0].bucket == bucket)
		h->n = 0; /* it appeared with this call */
	assert(h->n == 0 || h->list[h->n - 1].bucket < bucket);
	h->list = xgrow(h->list, &h->cap, h->n + 1, sizeof(*h->list));
	h->list[h->n++] = (struct baseline_entry){ bucket, value };
}

void
baseline_appear(struct baseline_history *h, size_t bucket)
{
	assert(h->n == 0);
	baseline_learn(h, bucket, 0);
}

void
baseline_history_fini(struct baseline_history *h)
{
	free(h->list);
	memset(h, 0, sizeof(*h));
}

static int
compare(const void *va, const void *vb)
{
	const int64_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

/* |a - b|, kept at the end of the range. */
static int64_t
distance(int64_t a, int64_t b)
{
	uint64_t d =
	    a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;

	return d > INT64_MAX ? INT64_MAX : (int64_t)d;
}

static int64_t
middle(const int64_t *sorted, size_t n)
{
	int64_t a = sorted[(n - 1) / 2], b = sorted[n / 2];

	return a + distance(a, b) / 2;
}

static int64_t
mean(const int64_t *v, size_t n)
{
	__extension__ __int128 sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += v[i];
	return (int64_t)(sum / (int64_t)n);
}

/* Nearest rank: the least value that 95 of 100 do not exceed. */
static int64_t
p95(const int64_t *sorted, size_t n)
{
	return sorted[(n * 95 + 99) / 100 - 1];
}

/* Backwards from the bucket; `v` has room for all before it. */
static size_t
comparable_values(const struct baseline *bl, const struct baseline_line *line,
    const struct baseline_history *h, size_t bucket, int64_t *v)
{
	const int64_t *edges = line->buckets.edges;
	int64_t since = edges[bucket] - bl->history;
	size_t entry = h->n, k, n = 0;

	for (k = bucket; k-- > h->list[0].bucket + 1;) {
		while (h->list[entry - 1].bucket > k)
			entry--;
		if (edges[k] + (edges[k + 1] - edges[k]) / 2 < since)
			break;
		if (!line->wrote[k] || line->kind[k] != line->kind[bucket])
			continue;
		v[n++] = h->list[entry - 1].bucket == k
			     ? h->list[entry - 1].value
			     : 0;
	}
	return n;
}

static void
read_stats(const struct baseline *bl, int64_t *v, size_t n,
    struct baseline_reading *out)
{
	size_t i;

	qsort(v, n, sizeof(*v), compare);
	out->buckets = n;
	out->median = middle(v, n);
	switch (bl->stat) {
	case STAT_MEAN:
		out->value = mean(v, n);
		break;
	case STAT_MAX:
		out->value = v[n - 1];
		break;
	case STAT_P95:
		out->value = p95(v, n);
		break;
	default:
		out->value = out->median;
	}
	for (i = 0; i < n; i++)
		v[i] = distance(v[i], out->median);
	qsort(v, n, sizeof(*v), compare);
	out->mad = middle(v, n);
	out->plain = out->value;
	if (out->value < bl->floor)
		out->value = bl->floor;
	if (out->median < bl->floor)
		out->median = bl->floor;
}

bool
baseline_read(const struct baseline *bl, const struct baseline_line *line,
    const struct baseline_history *h, size_t bucket,
    struct baseline_reading *out)
{
	int64_t *v;
	size_t n;

	memset(out, 0, sizeof(*out));
	if (h->n == 0 || bucket <= h->list[0].bucket)
		return false;
	v = xcalloc(bucket - h->list[0].bucket, sizeof(*v));
	n = comparable_values(bl, line, h, bucket, v);
	if (n > 0 && n >= (size_t)bl->min_buckets)
		read_stats(bl, v, n, out);
	free(v);
	return out->buckets > 0;
}

int64_t
baseline_times(const struct baseline_reading *r, int64_t k)
{
	return measure_times(k, r->value > 0 ? r->value : 0);
}

int64_t
baseline_mads(const struct baseline_reading *r, int64_t k)
{
	int64_t spread = measure_times(k, measure_times(MAD_FACTOR, r->mad));

	if (r->median > INT64_MAX - spread)
		return INT64_MAX;
	return r->median + spread;
}
