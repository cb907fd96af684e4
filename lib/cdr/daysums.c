#include "cdr/daysums.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/floordiv.h"
#include "base/hash.h"
#include "base/pool.h"
#include "base/xalloc.h"

#define HOUR_MS INT64_C(3600000)

enum { DAY = 24, KEPT_DAYS = 3 };

/* Farther from 1970 than any call, and not too far to reckon with. */
#define FAR (INT64_C(1) << 40)

/* What ids mean, each worked out once; all beside the batch's own arrays. */
struct meanings {
	const struct batch *b;
	uint64_t *names, *parties, *listed, *sources;
};

static uint64_t
of_text(const char *text)
{
	return text != NULL ? hash64(text, strlen(text)) : 0;
}

static uint64_t
of_party(const struct meanings *m, const struct party *p)
{
	const uint64_t all[] = { m->names[p->text], m->names[p->country],
		m->names[p->block], p->kind, p->party, p->inside,
		p->international, p->own_toll_free, p->stated };

	return hash64(all, sizeof(all));
}

static uint64_t
of_listed(const struct meanings *m, const struct listed *l)
{
	const uint64_t all[] = { m->names[l->class], m->names[l->group],
		(uint64_t)l->capacity, of_text(l->calendar) };

	return hash64(all, sizeof(all));
}

static void
meanings_init(struct meanings *m, const struct batch *b)
{
	const size_t names = intern_count(b->names);
	size_t i;

	m->b = b;
	m->names = xcalloc(names + 1, sizeof(*m->names));
	m->parties = xcalloc(b->nparties + 1, sizeof(*m->parties));
	m->listed = xcalloc(b->nlisted + 1, sizeof(*m->listed));
	m->sources = xcalloc(b->nsources + 1, sizeof(*m->sources));
	for (i = 0; i < names; i++)
		m->names[i] = hash64(intern_text(b->names, (uint32_t)i),
		    intern_len(b->names, (uint32_t)i));
	for (i = 0; i < b->nparties; i++)
		m->parties[i] = of_party(m, &b->parties[i]);
	for (i = 0; i < b->nlisted; i++)
		m->listed[i] = of_listed(m, &b->listed[i]);
	for (i = 0; i < b->nsources; i++)
		m->sources[i] = m->names[b->sources[i].name];
}

static void
meanings_fini(struct meanings *m)
{
	free(m->names);
	free(m->parties);
	free(m->listed);
	free(m->sources);
}

/* Bytes side by side, which are numbers or words of their own. */
static uint64_t
side_by_side(const uint8_t *v, size_t n)
{
	uint64_t all = 0;
	size_t i;

	assert(n <= sizeof(all));
	for (i = 0; i < n; i++)
		all = all << 8 | v[i];
	return all;
}

/* Of a text that may be only kept. */
static uint64_t
of_id(const struct meanings *m, uint32_t name)
{
	const struct intern *names = m->b->names;
	char room[INTERN_ROOM];

	return (name & INTERN_KEPT) == 0
		   ? m->names[name]
		   : hash64(intern_read(names, name, room),
			 intern_len(names, name));
}

/* Which run brought it is no part of it. */
static uint64_t
of_call(const struct meanings *m, size_t i, uint64_t sum)
{
	const struct batch *b = m->b;
	const struct call *c = &b->calls[i];
	const struct origin *o = &b->origins[i];
	const uint32_t join = batch_join(b, i);
	const uint64_t id = of_id(m, o->call_id);
	const uint8_t kinds[] = { c->direction, c->status, c->feature,
		c->account_type, (uint8_t)(c->flags & ~CALL_ADDED) };
	const uint8_t told[] = { o->cause, o->zone_kind, o->stated,
		o->user_called, o->event, o->quality, o->rated, o->clock };
	const uint64_t all[] = { sum, (uint64_t)c->start,
		(uint64_t)batch_cost(b, i),
		(uint64_t)c->ring << 32 | c->duration, m->parties[c->src],
		m->parties[c->dst],
		m->parties[batch_extra(b, EXTRA_FORWARDED_BY, i)],
		m->names[c->dialled], m->names[c->account], m->names[c->user],
		m->names[c->trunk_in], m->names[c->trunk_out],
		m->sources[c->source], m->names[b->currencies[c->currency]],
		side_by_side(kinds, sizeof(kinds)),
		side_by_side(told, sizeof(told)), o->key, o->line,
		m->names[b->files[batch_file_of(b, i)]], id,
		join == o->call_id ? id : of_id(m, join),
		m->names[batch_extra(b, EXTRA_SRC_NAME, i)],
		m->names[o->service],
		m->names[batch_extra(b, EXTRA_AUTH_CODE, i)],
		m->listed[c->listed] };

	return hash64(all, sizeof(all));
}

static int64_t
begin_of(const struct daysum *d)
{
	return d->hour * HOUR_MS;
}

static int
compare_sums(const void *va, const void *vb)
{
	const uint64_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

/* Sources stand in the order in which they came. */
static uint64_t
of_sources(const struct meanings *m)
{
	const struct batch *b = m->b;
	uint64_t *sums = xcalloc(b->nsources + 1, sizeof(*sums)), sum;
	size_t i;

	for (i = 0; i < b->nsources; i++) {
		const struct batch_source *s = &b->sources[i];
		const uint64_t all[] = { m->names[s->name], m->names[s->site],
			of_text(s->zone != NULL ? zone_name(s->zone) : NULL),
			of_text(s->calendar) };

		sums[i] = hash64(all, sizeof(all));
	}
	if (b->nsources > 1)
		qsort(sums, b->nsources, sizeof(*sums), compare_sums);
	sum = hash64(sums, b->nsources * sizeof(*sums));
	free(sums);
	return sum;
}

static void
add_span(struct daysums *d, const struct daysum *span)
{
	d->list = xgrow(d->list, &d->cap, d->n + 1, sizeof(*d->list));
	d->list[d->n++] = *span;
}

static void
find_hours(struct daysums *d, const struct batch *b)
{
	struct daysum span = { .hours = 1 };
	size_t i;

	for (i = 0; i < b->n; i = batch_lower(b, (span.hour + 1) * HOUR_MS)) {
		span.hour = floor_div(b->calls[i].start, HOUR_MS);
		add_span(d, &span);
	}
}

struct taking {
	struct daysums *sums;
	struct meanings meanings;
};

static void
sum_hour(void *arg, size_t which)
{
	const struct taking *t = arg;
	const struct batch *b = t->meanings.b;
	struct daysum *d = &t->sums->list[which];
	const size_t end = batch_lower(b, begin_of(d) + HOUR_MS);
	size_t i;

	for (i = batch_lower(b, begin_of(d)); i < end; i++) {
		d->sum = of_call(&t->meanings, i, d->sum);
		d->calls++;
		d->rated += b->origins[i].rated;
	}
}

void
daysums_take(struct daysums *d, const struct batch *b, size_t threads)
{
	struct taking t = { .sums = d };

	assert(b->sorted);
	memset(d, 0, sizeof(*d));
	meanings_init(&t.meanings, b);
	d->sources = of_sources(&t.meanings);
	find_hours(d, b);
	pool_run(threads, d->n, sum_hour, &t);
	meanings_fini(&t.meanings);
}

void
daysums_fini(struct daysums *d)
{
	free(d->list);
	memset(d, 0, sizeof(*d));
}

/* Of the day of span `i`, as far as it stands there; how many spans these are. */
static size_t
take_day(const struct daysums *d, size_t i, struct daysum *out)
{
	const int64_t day = floor_div(d->list[i].hour, DAY);
	const struct daysum *h;
	size_t n = 0;

	*out = (struct daysum){ .hour = day * DAY, .hours = DAY };
	for (; i + n < d->n && floor_div(d->list[i + n].hour, DAY) == day;
	     n++) {
		h = &d->list[i + n];
		const uint64_t all[] = { out->sum, (uint64_t)h->hour, h->sum };

		out->sum = hash64(all, sizeof(all));
		out->calls += h->calls;
		out->rated += h->rated;
	}
	return n;
}

/* The span that begins with the one at `i`; how many of the list it has. */
static size_t
take_span(const struct daysums *d, size_t i, bool as_day, struct daysum *out)
{
	if (as_day && d->list[i].hours == 1)
		return take_day(d, i, out);
	*out = d->list[i];
	return 1;
}

void
daysums_print(const struct daysums *d, struct buf *out)
{
	const int64_t last = d->n > 0 ? d->list[d->n - 1].hour : 0;
	const int64_t days = (floor_div(last, DAY) - KEPT_DAYS) * DAY;
	struct daysum span;
	size_t i;

	buf_addf(out, "%016" PRIx64, d->sources);
	for (i = 0; i < d->n;) {
		i += take_span(d, i, d->list[i].hour < days, &span);
		buf_addf(out,
		    " %" PRId64 "+%" PRId64 "=%016" PRIx64 ":%" PRIu64
		    ":%" PRIu64,
		    span.hour, span.hours, span.sum, span.calls, span.rated);
	}
}

/* The next span of the text; false at its end, or where there is none. */
static bool
next_span(const char **text, struct daysum *out)
{
	int len = 0;

	if (sscanf(*text,
		" %" SCNd64 "+%" SCNd64 "=%16" SCNx64 ":%" SCNu64 ":%" SCNu64
		"%n",
		&out->hour, &out->hours, &out->sum, &out->calls, &out->rated,
		&len) != 5 ||
	    len == 0 || out->hour < -FAR || out->hour > FAR ||
	    (out->hours != 1 && out->hours != DAY) ||
	    out->hour % out->hours != 0)
		return false;
	*text += len;
	return true;
}

/* The sum of the sources, and what stands behind it; false: it is no text. */
static bool
read_sources(const char **text, uint64_t *sources)
{
	int len = 0;

	if (sscanf(*text, "%16" SCNx64 "%n", sources, &len) != 1 || len == 0)
		return false;
	*text += len;
	return true;
}

int64_t
daysums_begin(const struct daysums *d, int64_t t)
{
	const int64_t hour = floor_div(t, HOUR_MS);
	size_t i;

	for (i = 0; i < d->n; i++)
		if (d->list[i].hour <= hour &&
		    hour < d->list[i].hour + d->list[i].hours)
			return begin_of(&d->list[i]);
	return hour * HOUR_MS;
}

int64_t
daysums_end(const struct daysums *d)
{
	const struct daysum *last = d->n > 0 ? &d->list[d->n - 1] : NULL;

	return last != NULL ? (last->hour + last->hours) * HOUR_MS : INT64_MIN;
}

int64_t
daysums_since(const struct daysums *d, const char *text)
{
	struct daysum then, now;
	uint64_t sources;
	size_t i = 0;

	if (!read_sources(&text, &sources) || sources != d->sources)
		return INT64_MIN;
	while (next_span(&text, &then)) {
		if (i == d->n)
			return begin_of(&then);
		i += take_span(d, i,
		    then.hours == DAY &&
			floor_div(d->list[i].hour, DAY) == then.hour / DAY,
		    &now);
		if (then.hour != now.hour)
			return begin_of(then.hour < now.hour ? &then : &now);
		if (then.hours != now.hours || then.sum != now.sum)
			return begin_of(&then);
	}
	return i < d->n ? begin_of(&d->list[i]) : daysums_end(d);
}

int
daysums_before(struct daysums *d, const char *text, int64_t begins)
{
	const int64_t end = floor_div(begins, HOUR_MS);
	const struct daysums later = *d;
	struct daysum then;
	uint64_t sources;
	size_t i;

	if (!read_sources(&text, &sources) ||
	    (later.n > 0 && begin_of(&later.list[0]) < begins))
		return -1;
	*d = (struct daysums){ .sources = later.sources };
	while (next_span(&text, &then) && then.hour < end) {
		if (then.hour + then.hours > end) {
			free(d->list);
			*d = later;
			return -1;
		}
		add_span(d, &then);
	}
	for (i = 0; i < later.n; i++)
		add_span(d, &later.list[i]);
	free(later.list);
	return 0;
}

uint64_t
daysums_calls(const struct daysums *d)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < d->n; i++)
		n += d->list[i].calls;
	return n;
}

uint64_t
daysums_rated(const struct daysums *d)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < d->n; i++)
		n += d->list[i].rated;
	return n;
}
