#include <stdlib.h>
#include <string.h>

#include "model_impl.h"

#define MINUTE INT64_C(60000)

int64_t
model_before(const struct model_group *g, int64_t t)
{
	int64_t latest = INT64_MIN, at;
	size_t i;

	for (i = 0; i < g->n; i++) {
		at = model_instant(g->r, &g->b->calls[g->calls[i]]);
		if (at < t && at > latest)
			latest = at;
	}
	return latest;
}

/* From one whole minute to another. */
static int64_t
elapsed(const struct model_group *g, int64_t from, int64_t to)
{
	const struct zone *z = g->at.zone;
	int64_t sum = 0, t;

	if (g->r->measure.during == NULL)
		return to - from;
	for (t = from; t < to; t += MINUTE)
		if (calendar_inside(g->hours, z, t))
			sum += MINUTE;
	return sum;
}

struct model_value
model_elapsed(const struct model_group *g, int64_t t)
{
	int64_t from = model_before(g, t);
	struct model_value v = { 0, 0 };

	if (from == INT64_MIN)
		return v;
	v.num = elapsed(g, from, t) * RULE_UNIT;
	v.den = 1;
	return v;
}

static bool
long_enough(const struct condition *c, int64_t ms)
{
	return (!(c->set & COND_GTE) || ms * RULE_UNIT >= c->gte) &&
	       (!(c->set & COND_GT) || ms * RULE_UNIT > c->gt);
}

int64_t
model_crossing(const struct model_group *g, const struct condition *c,
    int64_t t)
{
	const struct zone *z = g->at.zone;
	int64_t from = model_before(g, t), x, ms = 0, part, open;

	for (x = from; x < t; x += MINUTE) {
		open = g->r->measure.during == NULL ||
		       calendar_inside(g->hours, z, x);
		if (!long_enough(c, ms + MINUTE * open)) {
			ms += MINUTE * open;
			continue;
		}
		for (part = 1; part <= MINUTE; part++)
			if (long_enough(c, ms + part * open))
				return x + part;
	}
	return t;
}

void
model_at(const struct model_group *g, int64_t t, struct model_window *w)
{
	int64_t want =
	    g->r->measure.fn == MEASURE_SILENCE ? model_before(g, t) : t;
	size_t i;

	w->n = 0;
	for (i = 0; i < g->n; i++)
		if (model_instant(g->r, &g->b->calls[g->calls[i]]) == want)
			w->calls[w->n++] = g->calls[i];
}

/* The source's days are its own, the account's days those of each call. */
static int64_t
day_of(const struct model_group *g, size_t call, bool account)
{
	const struct call *c = &g->b->calls[call];

	return zone_local_day(account ? model_zone(g->b, g->named, call)
				      : model_source_zone(g->b, g->named,
					    c->source),
	    c->start);
}

/* What tells that a source was there, or an account. */
static bool
is_record(const struct batch *b, size_t i, bool of_account)
{
	enum call_event event = batch_event(b, i);

	return of_account ? event == EVENT_CALL : event != EVENT_QUALITY;
}

/* Days before that of a call with a record of its source, or its account. */
static int64_t
days_before(const struct model_group *g, size_t call, bool account)
{
	const struct batch *b = g->b;
	const struct call *c = &b->calls[call];
	int64_t n = 0, day;
	size_t i, k;
	bool seen;

	for (i = 0; i < call; i++) {
		day = day_of(g, i, account);
		if (day >= day_of(g, call, account) ||
		    !is_record(b, i, account) ||
		    (account ? b->calls[i].account != c->account
			     : b->calls[i].source != c->source))
			continue;
		seen = false;
		for (k = 0; k < i; k++)
			seen |= day_of(g, k, account) == day &&
				is_record(b, k, account) &&
				(account ? b->calls[k].account == c->account
					 : b->calls[k].source == c->source);
		n += !seen;
	}
	return n;
}

bool
model_known(const struct model_group *g, const struct model_window *w)
{
	int64_t days = g->r->measure.history / INT64_C(86400000);
	size_t i, call;

	for (i = 0; i < w->n; i++) {
		call = w->calls[i];
		if (days_before(g, call, false) >= days &&
		    (g->b->calls[call].account == 0 ||
			days_before(g, call, true) >= days))
			return true;
	}
	return false;
}

struct model_value
model_on_record(const struct model_group *g, const struct model_window *w,
    int64_t t)
{
	int64_t first = t;
	size_t i, k;

	for (i = 0; i < w->n; i++)
		for (k = 0; k < g->b->n; k++)
			if (g->b->calls[k].source ==
				g->b->calls[w->calls[i]].source &&
			    is_record(g->b, k, false) &&
			    g->b->calls[k].start < first)
				first = g->b->calls[k].start;
	return (struct model_value){ (t - first) * RULE_UNIT, 1 };
}

bool
model_settle(const struct model_group *g, const struct condition *c,
    const struct model_window *w, struct condition *out)
{
	int64_t *limits[] = { &out->gte, &out->gt, &out->lte, &out->lt };
	int64_t most, v;
	size_t i, k;

	*out = *c;
	for (i = 0; i < COND_LIMITS; i++) {
		if (c->from[i] == NULL)
			continue;
		most = -1;
		for (k = 0; k < w->n; k++)
			if (field_number(c->from[i], g->b, w->calls[k], &v) &&
			    v > most)
				most = v;
		if (most < 0)
			return false;
		*limits[i] =
		    c->from[i]->type == FIELD_MONEY ? most : most * RULE_UNIT;
	}
	return true;
}

static bool
same(const struct batch *b, const struct field *own, size_t call,
    const struct field *theirs, size_t event)
{
	struct buf a, z;
	bool equal;

	buf_init(&a);
	buf_init(&z);
	field_print(own, b, call, &a);
	field_print(theirs, b, event, &z);
	equal = strcmp(a.data, z.data) == 0 && strcmp(a.data, "(missing)") != 0;
	buf_fini(&a);
	buf_fini(&z);
	return equal;
}

bool
model_follows(const struct batch *b, const struct rule *r, size_t call,
    const bool *fired)
{
	const struct follows *f = &r->follows;
	int64_t after;
	size_t e, i;

	if (f->rule == NULL)
		return true;
	for (e = 0; e < b->n; e++) {
		after = b->calls[call].start - b->calls[e].start;
		if (!fired[e] || e == call || after < 0 || after > f->within)
			continue;
		for (i = 0; i < f->nsame; i++)
			if (!same(b, f->own[i], call, f->theirs[i], e))
				break;
		if (i == f->nsame)
			return true;
	}
	return false;
}
