#include "rule/waiver.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "rule/locals.h"
#include "tel/money.h"

/* What a waiver had on one local day. */
struct day {
	int64_t number;
	int64_t calls;
	int64_t *cost; /* by currency */
	bool over;
};

struct looking {
	const struct ruleset *rules;
	const struct batch *batch;
	struct locals locals;
	struct predicate_bound *
	    *matches;     /* by rule; NULL: not needed, stopped */
	struct day *days; /* of the present waiver */
	size_t ndays, days_cap;
};

static bool
any_waiver(const struct ruleset *rs, const struct rule *r)
{
	size_t i;

	for (i = 0; i < rs->nwaivers; i++)
		if (waiver_names(rs->waivers[i], r))
			return true;
	return false;
}

/* Whether it is worked out: for itself, or for one that follows it. */
static bool
at_work(const struct ruleset *rs, const struct rule *r)
{
	size_t i;

	if (rule_is_on(r))
		return true;
	for (i = 0; i < rs->n; i++)
		if (rs->rules[i]->follows.rule == r &&
		    at_work(rs, rs->rules[i]))
			return true;
	return false;
}

/* What each rule that a waiver names asks of a call. */
static int
bind_rules(struct looking *l, struct errmsg *err)
{
	const struct ruleset *rs = l->rules;
	size_t i;

	l->matches = xcalloc(rs->n + 1, sizeof(struct predicate_bound *));
	for (i = 0; i < rs->n; i++)
		if (at_work(rs, rs->rules[i]) && any_waiver(rs, rs->rules[i]) &&
		    predicate_bind(&l->matches[i], rs->rules[i]->match,
			l->batch, &rs->named, err) < 0)
			return -1;
	return 0;
}

/* Days go on with the calls; those of other zones are at most one apart. */
static struct day *
day_of(struct looking *l, int64_t number)
{
	struct day *d;
	size_t i;

	for (i = l->ndays; i > 0 && i + 3 > l->ndays; i--)
		if (l->days[i - 1].number == number)
			return &l->days[i - 1];
	l->days = xgrow(l->days, &l->days_cap, l->ndays + 1, sizeof(*l->days));
	d = &l->days[l->ndays++];
	*d = (struct day){ .number = number };
	d->cost = xcalloc(l->batch->ncurrencies + 1, sizeof(*d->cost));
	return d;
}

static void
forget_days(struct looking *l)
{
	size_t i;

	for (i = 0; i < l->ndays; i++)
		free(l->days[i].cost);
	l->ndays = 0;
}

/* Whether the limit still holds with this call. */
static bool
within_limit(struct looking *l, struct waiver_use *u, size_t call,
    int64_t number)
{
	const struct call *c = &l->batch->calls[call];
	const struct waiver *w = u->waiver;
	struct day *d;

	if (w->calls_per_day == 0 && w->cost_per_day == 0)
		return true;
	d = day_of(l, number);
	if (d->over)
		return false;
	d->calls++;
	if ((c->flags & CALL_HAS_COST) != 0)
		d->cost[c->currency] =
		    money_add(d->cost[c->currency], batch_cost(l->batch, call));
	d->over =
	    (w->calls_per_day > 0 && d->calls > w->calls_per_day) ||
	    (w->cost_per_day > 0 && d->cost[c->currency] > w->cost_per_day);
	u->days_over += d->over;
	return !d->over;
}

/* since_prev is known in a rule's groups only: it is not asked here. */
static bool
any_rule(const struct looking *l, const struct waiver *w, size_t call)
{
	const bool event = batch_event(l->batch, call) != EVENT_CALL;
	const struct ruleset *rs = l->rules;
	size_t i;

	for (i = 0; i < rs->n; i++)
		if (l->matches[i] != NULL && waiver_names(w, rs->rules[i]) &&
		    (!event || rule_takes_events(rs->rules[i])) &&
		    predicate_test_before(l->matches[i], l->batch, call))
			return true;
	return false;
}

static void
take_call(struct waiver_use *u, uint32_t call, bool within)
{
	if (within) {
		u->calls =
		    xgrow(u->calls, &u->cap, u->n + 1, sizeof(*u->calls));
		u->calls[u->n++] = call;
	} else {
		u->beyond = xgrow(u->beyond, &u->beyond_cap, u->nbeyond + 1,
		    sizeof(*u->beyond));
		u->beyond[u->nbeyond++] = call;
	}
}

/* 1 when a pattern of the waiver hits its limits: it covers nothing then. */
static int
find_calls(struct looking *l, struct waiver_use *u, struct errmsg *err)
{
	const struct waiver *w = u->waiver;
	const struct batch *b = l->batch;
	const bool events = waiver_takes_events(w);
	struct predicate_bound *match = NULL;
	const struct call *c;
	int64_t day;
	size_t i;
	int rc;

	rc = predicate_bind(&match, w->match, b, &l->rules->named, err);
	if (rc != 0)
		return rc;
	for (i = 0; i < b->n; i++) {
		c = &b->calls[i];
		if ((!events && (c->flags & CALL_EVENT) != 0) ||
		    !predicate_test(match, b, i))
			continue;
		day = zone_local_day(locals_of(&l->locals, i)->zone, c->start);
		if (day < w->from || day >= w->expires || !any_rule(l, w, i))
			continue;
		take_call(u, (uint32_t)i, within_limit(l, u, i, day));
	}
	predicate_unbind(&match);
	forget_days(l);
	return 0;
}

int
waiver_uses_init(struct waiver_uses *us, const struct ruleset *rs,
    const struct batch *b, const struct zone *fallback, int64_t as_of,
    struct notes *notes, struct errmsg *err)
{
	struct looking l = { .rules = rs, .batch = b };
	int status = 0;
	size_t i;

	memset(us, 0, sizeof(*us));
	if (fallback == NULL)
		fallback = zone_utc();
	us->today = zone_local_day(fallback, as_of);
	if (rs->nwaivers == 0)
		return 0;
	us->list = xcalloc(rs->nwaivers, sizeof(*us->list));
	us->n = rs->nwaivers;
	locals_init(&l.locals, b, &rs->named, fallback);
	status = bind_rules(&l, err);
	for (i = 0; i < us->n; i++) {
		us->list[i].waiver = rs->waivers[i];
		if (status < 0)
			continue;
		status = find_calls(&l, &us->list[i], err);
		if (status > 0)
			notes_addf(notes, NOTE_WARNING, NULL, 0,
			    "waiver '%s' covers nothing: %s",
			    rs->waivers[i]->id, err->text);
	}
	for (i = 0; i < rs->n; i++)
		predicate_unbind(&l.matches[i]);
	free(l.matches);
	free(l.days);
	locals_fini(&l.locals);
	return status < 0 ? -1 : 0;
}

void
waiver_uses_fini(struct waiver_uses *us)
{
	size_t i;

	for (i = 0; i < us->n; i++) {
		free(us->list[i].calls);
		free(us->list[i].beyond);
	}
	free(us->list);
	memset(us, 0, sizeof(*us));
}

uint8_t *
waiver_mask(const struct waiver_uses *us, const struct rule *r, size_t ncalls)
{
	const struct waiver_use *u;
	uint8_t *mask = NULL;
	size_t i, k;

	for (i = 0; i < us->n; i++) {
		u = &us->list[i];
		if (u->n == 0 || !waiver_names(u->waiver, r))
			continue;
		if (mask == NULL)
			mask = xcalloc(ncalls, sizeof(*mask));
		for (k = 0; k < u->n; k++)
			mask[u->calls[k]] = 1;
	}
	return mask;
}

static int
compare_calls(const void *va, const void *vb)
{
	const uint32_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

static bool
among(uint32_t call, const uint32_t *calls, size_t n)
{
	return n > 0 &&
	       bsearch(&call, calls, n, sizeof(call), compare_calls) != NULL;
}

bool
waiver_covers(const struct waiver_use *u, uint32_t call)
{
	return among(call, u->calls, u->n);
}

bool
waiver_used_up(const struct waiver_use *u, uint32_t call)
{
	return among(call, u->beyond, u->nbeyond);
}
