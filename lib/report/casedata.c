#include "report/casedata.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "report/casedata_impl.h"

/* One case while its calls are counted. */
struct counting {
	struct casedata *d;
	const struct fraud_case *c;
	const struct zone *zone;
	struct arena *arena;
	struct places places;
	int64_t first_day; /* of d->days */
};

int64_t
casedata_since(const struct zone *zone, int64_t first_seen)
{
	if (zone == NULL)
		zone = zone_utc();
	return zone_day_start(zone,
	    zone_local_day(zone, first_seen) - CASEDATA_BEFORE, 0, 0);
}

static void
count_bin(struct counting *k, const struct seen_call *call)
{
	int64_t span = k->c->last_seen - k->c->first_seen + 1;
	int64_t at = call->start - k->c->first_seen;
	size_t bin;

	bin = (size_t)((double)at / (double)span * CASEDATA_BINS);
	if (bin >= CASEDATA_BINS)
		bin = CASEDATA_BINS - 1;
	k->d->bins[bin]++;
	if (call->duration > 0)
		k->d->answered[bin]++;
}

static void
count_call(struct counting *k, const struct seen_call *call)
{
	int64_t day = zone_local_day(k->zone, call->start);
	struct civil civil;

	if (day >= k->first_day && day - k->first_day < (int64_t)k->d->ndays)
		k->d->days[day - k->first_day].calls++;
	if (call->start < k->c->first_seen || call->start > k->c->last_seen)
		return;
	zone_to_local(k->zone, call->start, &civil);
	k->d->hours[zone_weekday(day)][civil.hour]++;
	count_bin(k, call);
	places_add(&k->places, k->arena, call);
}

static void
count_batch(struct counting *k, const struct batch *b)
{
	struct entity_calls e;
	struct seen_call seen;
	const struct party *dst;
	const struct call *c;
	size_t i;

	entity_calls_init(&e, b, k->c->entity_type, k->c->entity);
	i = batch_lower(b, casedata_since(k->zone, k->c->first_seen));
	for (; i < b->n && b->calls[i].start <= k->c->last_seen; i++) {
		if (!entity_calls_has(&e, i))
			continue;
		c = &b->calls[i];
		dst = &b->parties[c->dst];
		seen = (struct seen_call){
			.start = c->start,
			.duration = c->duration,
			.cost = batch_cost(b, i),
			.dst = batch_text(b, dst->text),
			.country = batch_text(b, dst->country),
			.currency = batch_text(b, b->currencies[c->currency]),
			.has_cost = (c->flags & CALL_HAS_COST) != 0,
			.estimated = b->origins[i].rated,
		};
		count_call(k, &seen);
	}
}

static int
compare_evidence(const void *va, const void *vb)
{
	const struct evidence *a = *(const struct evidence *const *)va,
			      *b = *(const struct evidence *const *)vb;
	int c;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	c = strcmp(a->file != NULL ? a->file : "",
	    b->file != NULL ? b->file : "");
	if (c != 0)
		return c;
	return a->line == b->line ? 0 : a->line < b->line ? -1 : 1;
}

/* Each call of the evidence once. */
static void
count_evidence(struct counting *k, const struct view_case *vc)
{
	const struct evidence **list, *e;
	size_t i, j, n = 0;

	for (i = 0; i < vc->nfindings; i++)
		n += vc->findings[i]->nevidence;
	list = xcalloc(n + 1, sizeof(*list));
	for (n = 0, i = 0; i < vc->nfindings; i++)
		for (j = 0; j < vc->findings[i]->nevidence; j++)
			list[n++] = &vc->findings[i]->evidence[j];
	if (n > 1)
		qsort(list, n, sizeof(*list), compare_evidence);
	for (i = 0; i < n; i++) {
		if (i > 0 && compare_evidence(&list[i - 1], &list[i]) == 0)
			continue;
		e = list[i];
		count_call(k, &(struct seen_call){ .start = e->start,
				  .duration = e->duration,
				  .cost = e->cost,
				  .dst = e->dst,
				  .country = e->dst_country,
				  .currency = e->currency,
				  .has_cost = e->has_cost,
				  .estimated = e->estimated });
	}
	free(list);
}

/* The days from the first that there are calls of, as many as are shown. */
static void
lay_days(struct counting *k, const struct batch *b)
{
	int64_t begin = zone_local_day(k->zone, k->c->first_seen);
	int64_t last = zone_local_day(k->zone, k->c->last_seen);
	int64_t first = begin - CASEDATA_BEFORE, known;
	size_t i;

	if (b->n == 0)
		return;
	known = zone_local_day(k->zone, b->calls[0].start);
	if (first < known)
		first = known;
	if (last - first >= CASEDATA_DAYS)
		first = last - CASEDATA_DAYS + 1;
	k->first_day = first;
	k->d->ndays = last >= first ? (size_t)(last - first + 1) : 0;
	k->d->days =
	    arena_array(k->arena, k->d->ndays + 1, sizeof(*k->d->days));
	for (i = 0; i < k->d->ndays; i++) {
		k->d->days[i].day = first + (int64_t)i;
		k->d->days[i].in_case = first + (int64_t)i >= begin;
	}
}

static int
compare_counts(const void *va, const void *vb)
{
	int64_t a = *(const int64_t *)va, b = *(const int64_t *)vb;

	return a == b ? 0 : a < b ? -1 : 1;
}

/* The median of the days before the case; of two in the middle the lower. */
static void
find_usual(struct casedata *d)
{
	int64_t before[CASEDATA_DAYS];
	size_t i, n = 0;

	for (i = 0; i < d->ndays; i++)
		if (!d->days[i].in_case)
			before[n++] = d->days[i].calls;
	d->usual = -1;
	if (n == 0)
		return;
	qsort(before, n, sizeof(before[0]), compare_counts);
	d->usual = before[(n - 1) / 2];
}

static void
mark_closed(struct counting *k, const struct calendar *hours)
{
	int64_t day = zone_local_day(k->zone, k->c->first_seen), at;
	int i, hour;

	if (hours == NULL)
		return;
	k->d->has_hours = true;
	day -= zone_weekday(day);
	for (i = 0; i < 7; i++)
		for (hour = 0; hour < 24; hour++) {
			at = zone_day_start(k->zone, day + i, hour, 30);
			k->d->closed[i][hour] =
			    !calendar_inside(hours, k->zone, at);
		}
}

const struct casedata *
casedata_make(struct arena *arena, const struct casedata_from *from,
    const struct view_case *vc)
{
	struct counting k = {
		.d = arena_alloc(arena, sizeof(*k.d)),
		.c = vc->c,
		.zone = from->zone != NULL ? from->zone : zone_utc(),
		.arena = arena,
		.places = { .redact = from->redact },
	};

	k.d->sampled = from->calls == NULL;
	if (from->calls != NULL) {
		lay_days(&k, from->calls);
		count_batch(&k, from->calls);
	} else {
		count_evidence(&k, vc);
	}
	find_usual(k.d);
	mark_closed(&k, from->hours);
	places_end(&k.places, arena, k.d);
	return k.d;
}
