#include "rule/measure.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS  (24 * HOUR_MS)

/* Quotient and remainder with 0 <= remainder < b. */
static int64_t
divide(int64_t a, int64_t b, int64_t *rest)
{
	int64_t q = a / b, r = a % b;

	if (r < 0) {
		r += b;
		q--;
	}
	*rest = r;
	return q;
}

/* Numbers of calls, and spans: nothing has to be divided by what is not known. */
static bool
is_whole(const struct measure_value *v)
{
	return v->den == 1 && v->scale == RULE_UNIT;
}

static int
compare_whole(int64_t num, int64_t limit)
{
	int64_t rest, whole = divide(limit, RULE_UNIT, &rest);

	if (num == whole)
		return rest > 0 ? -1 : 0;
	return num > whole ? 1 : -1;
}

/*
 * num * scale / den against limit, split into whole and rest so that nothing
 * overflows: a rest is below den, the calls of a batch, or below RULE_UNIT.
 */
int
measure_compare(const struct measure_value *v, int64_t limit)
{
	int64_t whole, rest, limit_whole, limit_rest, a, b;

	assert(v->den > 0 && v->scale > 0 && v->scale <= RULE_UNIT);
	if (is_whole(v))
		return compare_whole(v->num, limit);
	whole = divide(v->num, v->den, &rest);
	limit_whole = divide(limit, v->scale, &limit_rest);
	a = whole != limit_whole ? whole : rest * v->scale;
	b = whole != limit_whole ? limit_whole : limit_rest * v->den;
	return (a > b) - (a < b);
}

int64_t
measure_units(const struct measure_value *v)
{
	int64_t whole, rest, part, half;
	bool odd;

	assert(v->den > 0);
	if (is_whole(v) && v->num >= 0 && v->num < INT64_MAX / RULE_UNIT)
		return v->num * RULE_UNIT;
	whole = divide(v->num, v->den, &rest);
	part = divide(rest * v->scale, v->den, &half);
	odd = ((whole & v->scale) ^ part) & 1;
	if (half > v->den - half || (half == v->den - half && odd))
		part++;
	if (whole > (INT64_MAX - part) / v->scale)
		return INT64_MAX;
	if (whole < INT64_MIN / v->scale)
		return INT64_MIN;
	return whole * v->scale + part;
}

int64_t
measure_times(int64_t a, int64_t b)
{
	int64_t whole = a / RULE_UNIT, rest = a % RULE_UNIT, add;

	assert(a >= 0 && b >= 0);
	/* rest x (b / RULE_UNIT) stays below b */
	add = rest * (b / RULE_UNIT) +
	      (rest * (b % RULE_UNIT) + RULE_UNIT - 1) / RULE_UNIT;
	if (whole > 0 && b > (INT64_MAX - add) / whole)
		return INT64_MAX;
	return whole * b + add;
}

bool
measure_can_fall(const struct measure *m)
{
	return m->fn == MEASURE_AVG || m->fn == MEASURE_RATIO ||
	       m->fn == MEASURE_MIN || m->fn == MEASURE_MODE;
}

/* Buckets by their local number: hours, days or weeks since 1970. */
static int64_t
bucket_number(const struct measure *m, const struct zone *z, int64_t t)
{
	struct civil c;
	int64_t rest;

	if (m->window == WINDOW_WEEK) /* 1970-01-01 was a Thursday */
		return divide(zone_local_day(z, t) + 3, 7, &rest);
	if (m->window == WINDOW_DAY)
		return zone_local_day(z, t);
	zone_to_local(z, t, &c);
	return zone_days(c.year, c.month, c.day) * 24 + c.hour;
}

static int64_t
bucket_begin(const struct measure *m, const struct zone *z, int64_t number)
{
	struct civil c = { 0 };
	int64_t first, second, hour;

	if (m->window == WINDOW_WEEK)
		return zone_day_start(z, number * 7 - 3, 0, 0);
	if (m->window == WINDOW_DAY)
		return zone_day_start(z, number, m->begins / 60,
		    m->begins % 60);
	zone_date(divide(number, 24, &hour), &c.year, &c.month, &c.day);
	c.hour = (int8_t)hour;
	(void)zone_to_utc(z, &c, &first, &second);
	return first;
}

/*
 * The bucket of t, behind what may lie between it and the one before.  A bucket
 * that a zone skips, such as 02:00 in spring or a whole day at the date line,
 * begins where the next one does and is left out.
 */
static void
add_bucket(struct measure_line *l, size_t *cap, const struct measure *m,
    const struct zone *z, int64_t t)
{
	int64_t number = bucket_number(m, z, t), edge;

	while (bucket_begin(m, z, number) > t)
		number--;
	do {
		edge = bucket_begin(m, z, number++);
		if (l->n > 0 && edge <= l->edges[l->n - 1])
			continue;
		l->edges = xgrow(l->edges, cap, l->n + 1, sizeof(*l->edges));
		l->edges[l->n++] = edge;
	} while (edge <= t);
}

/* The edges are there; the last one is no bucket's begin. */
static void
find_firsts(struct measure_line *l, const struct batch *b)
{
	size_t i;

	l->firsts = xcalloc(l->n, sizeof(*l->firsts));
	for (i = 0; i < l->n; i++)
		l->firsts[i] = (uint32_t)batch_lower(b, l->edges[i]);
	l->n--;
}

void
measure_line_init(struct measure_line *l, const struct measure *m,
    const struct zone *z, const struct batch *b)
{
	size_t cap = 0, i;

	assert(m->window > WINDOW_OVER && b->sorted && b->n > 0);
	memset(l, 0, sizeof(*l));
	for (i = 0; i < b->n; i = batch_lower(b, l->edges[l->n - 1]))
		add_bucket(l, &cap, m, z, b->calls[i].start);
	find_firsts(l, b);
}

void
measure_line_told(struct measure_line *l, const struct measure *m,
    const struct zone *z, const struct batch *b, const int64_t *starts,
    size_t n)
{
	size_t cap = 0, i;

	assert(m->window > WINDOW_OVER && n > 0);
	memset(l, 0, sizeof(*l));
	for (i = 0; i < n; i++)
		if (l->n == 0 || starts[i] >= l->edges[l->n - 1])
			add_bucket(l, &cap, m, z, starts[i]);
	find_firsts(l, b);
}

void
measure_line_fini(struct measure_line *l)
{
	free(l->edges);
	free(l->firsts);
	memset(l, 0, sizeof(*l));
}

size_t
measure_line_find(const struct measure_line *l, int64_t t)
{
	size_t low = 0, high = l->n, mid;

	assert(t >= l->edges[0] && t < l->edges[l->n]);
	while (high - low > 1) {
		mid = low + (high - low) / 2;
		if (l->edges[mid] <= t)
			low = mid;
		else
			high = mid;
	}
	return low;
}

size_t
measure_line_of(const struct measure_line *l, uint32_t call)
{
	size_t low = 0, high = l->n, mid;

	assert(call >= l->firsts[0] && call < l->firsts[l->n]);
	while (high - low > 1) {
		mid = low + (high - low) / 2;
		if (l->firsts[mid] <= call)
			low = mid;
		else
			high = mid;
	}
	return low;
}
