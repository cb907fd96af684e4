/*
 * detect_able: what some calls have to have that a rule could fire by them.
 *
 * Each test is of what can only become more with more calls, so calls that do
 * not pass it have no window among them that fires, however they are spread
 * over time, and whatever waivers or earlier episodes take away.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/detect_group_impl.h"

/* The lower limit of a condition; false: it has none that is a number. */
static bool
lower_limit(const struct condition *c, int64_t *limit)
{
	bool any = false;

	/* The first call of all may fire without any value. */
	if ((c->set & COND_NEVER) != 0)
		return false;
	*limit = 0;
	if ((c->set & COND_GTE) != 0 && c->from[0] == NULL) {
		*limit = c->gte;
		any = true;
	}
	if ((c->set & COND_GT) != 0 && c->from[1] == NULL &&
	    (!any || c->gt > *limit)) {
		*limit = c->gt;
		any = true;
	}
	return any && *limit > 0;
}

/* The upper one, for which a little too much does not matter. */
static bool
upper_limit(const struct condition *c, int64_t *limit)
{
	bool any = false;

	if ((c->set & COND_LTE) != 0 && c->from[2] == NULL) {
		*limit = c->lte;
		any = true;
	}
	if ((c->set & COND_LT) != 0 && c->from[3] == NULL &&
	    (!any || c->lt < *limit)) {
		*limit = c->lt;
		any = true;
	}
	return any && *limit >= 0;
}

static struct detect_test *
add_test(struct detect_sieve *s, enum detect_kind kind, int64_t least)
{
	struct detect_test *t = &s->tests[s->ntests++];

	*t = (struct detect_test){ .kind = kind, .least = least };
	return t;
}

/* Numbers, all of which are counted, or the longest row of them. */
static void
test_places(struct detect_sieve *s, const struct measure *m, int64_t limit)
{
	const size_t column = detect_places_find(s->places, m->of);

	if (column == DETECT_ROWS)
		return;
	s->wants.places[column] = true;
	add_test(s, m->fn == MEASURE_RUN ? TEST_RUN : TEST_DISTINCT,
	    (limit - 1) / RULE_UNIT + 1)
	    ->column = column;
}

/* The share of at least `need` calls: so many of them. */
static void
test_hits(struct detect_sieve *s, const struct detect_work *w,
    const struct measure *m, int64_t limit)
{
	uint64_t *bits = xcalloc(s->batch->n / 64 + 1, sizeof(*bits));
	struct errmsg unused;

	/* That it cannot be told matters, and is said, if calls stay. */
	if (predicate_select(w->batch->answers, m->where, false, s->batch,
		w->named, bits, &unused) != 0) {
		free(bits);
		return;
	}
	add_test(s, TEST_HITS, measure_times(limit, (int64_t)s->need))->bits =
	    bits;
}

static void
add_measure(struct detect_sieve *s, const struct detect_work *w,
    const struct measure *m, const struct condition *c)
{
	int64_t limit, most;

	if (m->fn == MEASURE_MAX && m->of->type != FIELD_MONEY &&
	    upper_limit(c, &most))
		s->bounds[s->nbounds++] = (struct detect_bound){ m->of,
			most / RULE_UNIT, m->of == field_find("duration") };
	if (!lower_limit(c, &limit))
		return;
	switch (m->fn) {
	case MEASURE_RUN:
	case MEASURE_DISTINCT:
		test_places(s, m, limit);
		break;
	case MEASURE_RATIO:
		test_hits(s, w, m, limit);
		break;
	case MEASURE_SUM:
		add_test(s, TEST_SUM,
		    m->of->type == FIELD_MONEY ? limit : limit / RULE_UNIT)
		    ->of = m->of;
		break;
	default:
		break;
	}
}

void
detect_sieve_tests(struct detect_sieve *s, const struct detect_work *w)
{
	const struct rule *r = s->rule;
	bool places = false;
	size_t i;

	s->tests = xcalloc(r->nalso + 1, sizeof(*s->tests));
	s->bounds = xcalloc(r->nalso + 1, sizeof(*s->bounds));
	add_measure(s, w, &r->measure, &r->when);
	if (s->share && s->ntests > 0)
		s->hits = s->tests[0].bits;
	if (lower_limit(&r->when, &s->least_share) &&
	    s->least_share > RULE_UNIT)
		s->least_share = RULE_UNIT;
	for (i = 0; i < r->nalso; i++)
		add_measure(s, w, &r->also[i].measure, &r->also[i].cond);
	for (i = 0; i < DETECT_ROWS; i++)
		places |= s->wants.places[i];
	if (places)
		s->taken = xcalloc(s->places->n / 64 + 2, sizeof(*s->taken));
}

void
detect_sieve_close(struct detect_sieve *s)
{
	size_t i;

	for (i = 0; i < s->ntests; i++)
		free(s->tests[i].bits);
	free(s->tests);
	free(s->bounds);
	free(s->taken);
	free(s->high);
	detect_lane_fini(&s->low);
}

/* Asking ------------------------------------------------------------------ */

static bool
taken(const struct detect_sieve *s, uint32_t place)
{
	return (s->taken[place / 64] >> place % 64 & 1) != 0;
}

static int64_t
take(struct detect_sieve *s, const uint32_t *places, size_t n)
{
	int64_t different = 0;
	uint32_t p;
	size_t i;

	for (i = 0; i < n; i++) {
		p = places[i];
		if (p == 0)
			continue;
		different += !taken(s, p);
		s->taken[p / 64] |= UINT64_C(1) << p % 64;
	}
	return different;
}

/* Whether a row of taken places is so long. */
static bool
any_row(const struct detect_sieve *s, const uint32_t *places, size_t n,
    int64_t least)
{
	int64_t length;
	uint32_t p;
	size_t i;

	for (i = 0; i < n; i++) {
		p = places[i];
		/* It is counted from its first place on. */
		if (p == 0 || taken(s, p - 1))
			continue;
		for (length = 1; length < least && taken(s, p + 1); p++)
			length++;
		if (length >= least)
			return true;
	}
	return false;
}

static bool
enough_places(struct detect_sieve *s, const struct detect_test *t,
    const uint32_t *places, size_t n)
{
	bool able;
	size_t i;

	if ((int64_t)n < t->least)
		return false;
	able = take(s, places, n) >= t->least;
	if (able && t->kind == TEST_RUN)
		able = any_row(s, places, n, t->least);
	for (i = 0; i < n; i++)
		s->taken[places[i] / 64] = 0;
	return able;
}

static bool
enough_hits(const struct detect_test *t, const uint32_t *calls, size_t n)
{
	int64_t hits = 0;
	size_t i;

	for (i = 0; i < n; i++)
		if ((t->bits[calls[i] / 64] >> calls[i] % 64 & 1) != 0)
			hits++;
	return hits >= t->least;
}

/* What is given back is not counted: it may be out of the window. */
static bool
enough_sum(const struct detect_sieve *s, const struct detect_test *t,
    const uint32_t *calls, size_t n)
{
	int64_t left = t->least, v;
	size_t i;

	for (i = 0; i < n && left > 0; i++)
		if (field_number(t->of, s->batch, calls[i], &v) && v > 0)
			left = v >= left ? 0 : left - v;
	return left == 0;
}

/* The calls that a window that fires may have, in place of all of them. */
static size_t
leave_out_high(struct detect_sieve *s, const struct detect_lane *l, size_t from,
    size_t n)
{
	struct detect_wants wants = s->wants;
	size_t i, k, kept = 0;

	wants.ticks = false; /* no test asks when calls start */
	detect_lane_room(&s->low, &wants, n);
	for (i = from; i < from + n; i++) {
		if ((s->high[l->calls[i] / 64] >> l->calls[i] % 64 & 1) != 0)
			continue;
		s->low.calls[kept] = l->calls[i];
		for (k = 0; k < DETECT_ROWS; k++)
			if (s->wants.places[k])
				s->low.places[k][kept] = l->places[k][i];
		kept++;
	}
	return kept;
}

static bool
passes(struct detect_sieve *s, const struct detect_test *t,
    const struct detect_lane *l, size_t from, size_t n)
{
	switch (t->kind) {
	case TEST_HITS:
		return enough_hits(t, l->calls + from, n);
	case TEST_SUM:
		return enough_sum(s, t, l->calls + from, n);
	default:
		return enough_places(s, t, l->places[t->column] + from, n);
	}
}

bool
detect_sieve_able(struct detect_sieve *s, const struct detect_lane *l,
    size_t from, size_t n)
{
	size_t i;

	if (s->nbounds > 0) {
		n = leave_out_high(s, l, from, n);
		l = &s->low;
		from = 0;
		if (n < s->need)
			return false;
	}
	for (i = 0; i < s->ntests; i++)
		if (!passes(s, &s->tests[i], l, from, n))
			return false;
	return true;
}

static int64_t
is_hit(const struct detect_sieve *s, uint32_t call)
{
	return (int64_t)(s->hits[call / 64] >> call % 64 & 1);
}

bool
detect_sieve_share(const struct detect_sieve *s, const struct detect_lane *l,
    size_t n)
{
	struct measure_value v = { 0, 0, RULE_UNIT };
	size_t low = 0, k;

	if (s->hits == NULL || n == 0)
		return true;
	for (k = 0; k < n; k++) {
		v.num += is_hit(s, l->calls[k]);
		for (; !detect_sieve_within(s, &s->window, l, low, k); low++)
			v.num -= is_hit(s, l->calls[low]);
		/* All calls of one instant are in before it is judged. */
		if (k + 1 < n &&
		    detect_sieve_within(s, &s->instant, l, k, k + 1))
			continue;
		v.den = (int64_t)(k + 1 - low);
		if ((size_t)v.den >= s->need &&
		    v.num * RULE_UNIT >= s->least_share * v.den &&
		    detect_within(&s->rule->when, &v))
			return true;
	}
	return false;
}
