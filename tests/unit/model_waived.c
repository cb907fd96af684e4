/* model_waived: calls that are none for a rule, call by call. */
#include <string.h>

#include "model_impl.h"

static bool
names(const struct waiver *w, const struct rule *r)
{
	size_t i;

	for (i = 0; i < w->rules.n; i++)
		if (strcmp(w->rules.list[i], r->id) == 0 ||
		    strcmp(w->rules.list[i], "*") == 0)
			return true;
	return false;
}

static int64_t
day_of(const struct batch *b, const struct named *named, size_t call)
{
	return zone_local_day(model_zone(b, named, call), b->calls[call].start);
}

/* Whether the waiver is for this call, if its limit allows. */
static bool
meant(const struct batch *b, const struct named *named,
    const struct model_waivers *ws, const struct waiver *w, size_t call)
{
	const char *account = batch_text(b, b->calls[call].account);
	int64_t day = day_of(b, named, call);

	/* These waivers do not ask for events. */
	return batch_event(b, call) == EVENT_CALL && day >= w->from &&
	       day < w->expires &&
	       (w->match != ws->one || strcmp(account, ws->account) == 0);
}

/* All calls of its day up to this one together, money of each kind. */
static bool
within_limit(const struct batch *b, const struct named *named,
    const struct model_waivers *ws, const struct waiver *w, size_t call)
{
	int64_t cost[8] = { 0 }, calls = 0;
	const struct call *c;
	size_t k;

	for (k = 0; k <= call; k++) {
		c = &b->calls[k];
		if (!meant(b, named, ws, w, k) ||
		    day_of(b, named, k) != day_of(b, named, call))
			continue;
		calls++;
		if ((c->flags & CALL_HAS_COST) != 0)
			cost[c->currency] += batch_cost(b, k);
	}
	for (k = 0; k < sizeof(cost) / sizeof(cost[0]); k++)
		if (w->cost_per_day > 0 && cost[k] > w->cost_per_day)
			return false;
	return w->calls_per_day == 0 || calls <= w->calls_per_day;
}

void
model_waived(const struct batch *b, const struct named *named,
    const struct rule *r, const struct model_waivers *waivers, bool *waived)
{
	const struct waiver *w;
	size_t i, k;

	for (i = 0; i < waivers->n; i++) {
		w = &waivers->list[i];
		for (k = 0; names(w, r) && k < b->n; k++)
			if (meant(b, named, waivers, w, k) &&
			    within_limit(b, named, waivers, w, k))
				waived[k] = true;
	}
}

static bool
overlap(const struct model_finding *a, const struct model_finding *z)
{
	return a->first_seen <= z->last_seen && z->first_seen <= a->last_seen;
}

size_t
model_keep_waived(struct model_finding *list, size_t first, size_t real,
    size_t n)
{
	size_t i, k, kept = first;
	bool keep;

	for (i = first; i < n; i++) {
		keep = i >= real || list[i].waived;
		for (k = real; keep && i < real && k < n; k++)
			keep = !overlap(&list[i], &list[k]);
		if (keep)
			list[kept++] = list[i];
	}
	return kept;
}
