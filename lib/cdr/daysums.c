#include "cdr/daysums.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/pool.h"
#include "base/xalloc.h"

#define DAY_MS INT64_C(86400000)

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

	return (name & INTERN_KEPT) == 0
		   ? m->names[name]
		   : hash64(intern_text(names, name), intern_len(names, name));
}

/* Which run brought it is no part of it. */
static uint64_t
of_call(const struct meanings *m, size_t i, uint64_t sum)
{
	const struct batch *b = m->b;
	const struct call *c = &b->calls[i];
	const struct origin *o = &b->origins[i];
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
		m->names[b->files[batch_file_of(b, i)]], of_id(m, o->call_id),
		of_id(m, batch_join(b, i)),
		m->names[batch_extra(b, EXTRA_SRC_NAME, i)],
		m->names[o->service],
		m->names[batch_extra(b, EXTRA_AUTH_CODE, i)],
		m->listed[c->listed] };

	return hash64(all, sizeof(all));
}

static int64_t
day_of(int64_t start)
{
	return start / DAY_MS - (start % DAY_MS < 0);
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
find_days(struct daysums *d, const struct batch *b)
{
	size_t i;
	int64_t day;

	for (i = 0; i < b->n; i = batch_lower(b, (day + 1) * DAY_MS)) {
		day = day_of(b->calls[i].start);
		d->list = xgrow(d->list, &d->cap, d->n + 1, sizeof(*d->list));
		d->list[d->n++] = (struct daysum){ .day = day };
	}
}

struct taking {
	struct daysums *sums;
	struct meanings meanings;
};

static void
sum_day(void *arg, size_t which)
{
	const struct taking *t = arg;
	const struct batch *b = t->meanings.b;
	struct daysum *d = &t->sums->list[which];
	const size_t end = batch_lower(b, (d->day + 1) * DAY_MS);
	size_t i;

	for (i = batch_lower(b, d->day * DAY_MS); i < end; i++) {
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
	find_days(d, b);
	pool_run(threads, d->n, sum_day, &t);
	meanings_fini(&t.meanings);
}

void
daysums_fini(struct daysums *d)
{
	free(d->list);
	memset(d, 0, sizeof(*d));
}

void
daysums_print(const struct daysums *d, struct buf *out)
{
	size_t i;

	buf_addf(out, "%016" PRIx64, d->sources);
	for (i = 0; i < d->n; i++)
		buf_addf(out,
		    " %" PRId64 "=%016" PRIx64 ":%" PRIu64 ":%" PRIu64,
		    d->list[i].day, d->list[i].sum, d->list[i].calls,
		    d->list[i].rated);
}

/* The next day of the text; false at its end, or where there is none. */
static bool
next_day(const char **text, struct daysum *out)
{
	int len = 0;

	if (sscanf(*text,
		" %" SCNd64 "=%16" SCNx64 ":%" SCNu64 ":%" SCNu64 "%n",
		&out->day, &out->sum, &out->calls, &out->rated, &len) != 4 ||
	    len == 0)
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
daysums_end(const struct daysums *d)
{
	return d->n > 0 ? (d->list[d->n - 1].day + 1) * DAY_MS : INT64_MIN;
}

int64_t
daysums_since(const struct daysums *d, const char *text)
{
	struct daysum then;
	uint64_t sources;
	size_t i;

	if (!read_sources(&text, &sources) || sources != d->sources)
		return INT64_MIN;
	for (i = 0; i < d->n; i++) {
		if (!next_day(&text, &then))
			return d->list[i].day * DAY_MS;
		if (then.day != d->list[i].day)
			return (then.day < d->list[i].day ? then.day
							  : d->list[i].day) *
			       DAY_MS;
		if (then.sum != d->list[i].sum)
			return then.day * DAY_MS;
	}
	if (next_day(&text, &then))
		return then.day * DAY_MS;
	return daysums_end(d);
}

int
daysums_before(struct daysums *d, const char *text, int64_t begins)
{
	const struct daysums later = *d;
	struct daysum then;
	uint64_t sources;

	if (!read_sources(&text, &sources) ||
	    (later.n > 0 && later.list[0].day * DAY_MS < begins))
		return -1;
	*d = (struct daysums){ .sources = later.sources };
	while (next_day(&text, &then) && then.day < day_of(begins)) {
		d->list = xgrow(d->list, &d->cap, d->n + 1, sizeof(*d->list));
		d->list[d->n++] = then;
	}
	d->list = xgrow(d->list, &d->cap, d->n + later.n, sizeof(*d->list));
	if (later.n > 0)
		memcpy(d->list + d->n, later.list,
		    later.n * sizeof(*later.list));
	d->n += later.n;
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
