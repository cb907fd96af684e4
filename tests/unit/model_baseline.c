#include <stdlib.h>
#include <string.h>

#include "model_impl.h"

#define QUARTER INT64_C(900000)
#define WEEK    INT64_C(604800000)

/* Only zones whose offsets are quarters of an hour, and begins on the hour. */
int64_t
model_label(const struct measure *m, const struct zone *z, int64_t t)
{
	struct civil c;
	int64_t day;

	zone_to_local(z, t, &c);
	day = zone_days(c.year, c.month, c.day);
	if (m->window == WINDOW_HOUR)
		return day * 24 + c.hour;
	if (m->window == WINDOW_WEEK)
		return (day - zone_weekday(day)) / 7;
	return c.hour * 60 + c.minute >= m->begins ? day : day - 1;
}

struct bucket {
	int64_t label, begin, end;
	bool wrote;
};

/* All buckets around the calls. */
static size_t
scan(const struct model_group *g, struct bucket **out)
{
	const struct batch *b = g->b;
	int64_t t = (b->calls[0].start - 2 * WEEK) / QUARTER * QUARTER;
	int64_t end = b->calls[b->n - 1].start + 2 * WEEK, label;
	struct bucket *list = NULL;
	size_t n = 0;

	for (; t < end; t += QUARTER) {
		label = model_label(&g->r->measure, g->at.zone, t);
		if (n == 0 || list[n - 1].label != label) {
			list = realloc(list, (n + 1) * sizeof(*list));
			list[n++] = (struct bucket){ label, t, t, false };
		}
		list[n - 1].end = t + QUARTER;
	}
	*out = list;
	return n;
}

/* Where the source wrote, its first bucket apart. */
static void
mark(const struct model_group *g, struct bucket *list, size_t n)
{
	const struct batch *b = g->b;
	bool first = true;
	size_t i, k;

	for (k = 0; k < n; k++) {
		for (i = 0; i < b->n; i++)
			if (b->calls[i].source == g->source &&
			    batch_event(b, i) != EVENT_QUALITY &&
			    model_label(&g->r->measure, g->at.zone,
				b->calls[i].start) == list[k].label)
				break;
		if (i == b->n)
			continue;
		list[k].wrote = !first;
		first = false;
	}
}

static int64_t
season_of(const struct model_group *g, int64_t t)
{
	const enum season season = g->r->baseline.season;
	const struct calendar *open = g->at.calendar;
	struct civil c;
	int weekday;

	zone_to_local(g->at.zone, t, &c);
	weekday = zone_weekday(zone_days(c.year, c.month, c.day));
	if (season == SEASON_HOUR_OF_WEEK)
		return weekday * 24 + c.hour;
	if (open == NULL)
		open = named_calendar(g->named, NAMED_HOURS);
	if (season == SEASON_WEEKDAY)
		return calendar_open_day(open,
		    zone_days(c.year, c.month, c.day));
	return 0;
}

static int
compare(const void *va, const void *vb)
{
	const int64_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

static int64_t
median(int64_t *v, size_t n)
{
	qsort(v, n, sizeof(*v), compare);
	if (n % 2 == 1)
		return v[n / 2];
	return v[n / 2 - 1] + (v[n / 2] - v[n / 2 - 1]) / 2;
}

static void
statistics(const struct baseline *bl, int64_t *v, size_t n,
    struct model_baseline *out)
{
	int64_t sum = 0, middle = median(v, n);
	size_t i, rank;

	for (i = 0; i < n; i++)
		sum += v[i];
	for (rank = 1; rank * 100 < n * 95; rank++)
		;
	out->value = bl->stat == STAT_MEAN  ? sum / (int64_t)n
		     : bl->stat == STAT_MAX ? v[n - 1]
		     : bl->stat == STAT_P95 ? v[rank - 1]
					    : middle;
	for (i = 0; i < n; i++)
		v[i] = llabs(v[i] - middle);
	out->mad = median(v, n);
	out->median = middle > bl->floor ? middle : bl->floor;
	if (out->value < bl->floor)
		out->value = bl->floor;
}

bool
model_baseline_of(const struct model_group *g, const struct model_history *h,
    int64_t label, struct model_baseline *out)
{
	const struct rule *r = g->r;
	struct bucket *list, *now;
	int64_t *values;
	size_t n = scan(g, &list), k, i, count = 0;

	mark(g, list, n);
	values = calloc(n, sizeof(*values));
	for (k = 0; list[k].label != label; k++)
		;
	now = &list[k];
	for (k = 0; &list[k] < now; k++) {
		if (h->n == 0 || list[k].label <= h->list[0].label ||
		    !list[k].wrote ||
		    (list[k].begin + list[k].end) / 2 <
			now->begin - r->baseline.history ||
		    season_of(g, list[k].begin) != season_of(g, now->begin))
			continue;
		for (i = 0; i < h->n; i++)
			if (h->list[i].label == list[k].label)
				values[count] = h->list[i].value;
		count++;
	}
	if (count > 0)
		statistics(&r->baseline, values, count, out);
	free(values);
	free(list);
	return count > 0 && count >= (size_t)r->baseline.min_buckets;
}
