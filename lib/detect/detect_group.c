#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "detect/detect_impl.h"
#include "tel/numplan.h"

/*
 * Matching calls in time order with the group of each; then a stable counting
 * sort puts the calls of a group side by side.  Groups are numbered by their
 * first call.
 */
struct grouping {
	const struct rule *rule;
	const struct batch *batch;
	uint32_t *calls, *group_of; /* by matching call */
	size_t n, calls_cap, group_of_cap;
	uint32_t *keys; /* by group x nby */
	size_t ngroups, keys_cap;
	uint32_t *slots; /* group + 1; 0 free */
	size_t mask;
	size_t max;
};

enum { FIRST_SLOTS = 1024 };

/* The party that the field's value is the number of, or tells of; 0: none. */
static uint32_t
told_party(const struct field *f, const struct call *c)
{
	uint32_t party = 0;

	switch (f->home) {
	case HOME_TAIL:
		return c->dst;
	case HOME_PARTY_NAME:
	case HOME_PARTY_BYTE:
		/* Where it is, and whether it can be, tell of many numbers. */
		if (f->at != offsetof(struct party, country) &&
		    f->at != offsetof(struct party, party))
			memcpy(&party, (const char *)c + f->via, sizeof(party));
		return party;
	case HOME_CALL_NAME:
		return f->at == offsetof(struct call, dialled) ? c->dst : 0;
	case HOME_ORIGIN_NAME:
		return f->at == offsetof(struct origin, src_name) ? c->src : 0;
	default:
		return 0;
	}
}

/*
 * An emergency call is counted in volumes, but its number is never what a
 * finding is about.
 */
static bool
emergency_number(const struct field *f, const struct batch *b, size_t i)
{
	uint32_t party = told_party(f, &b->calls[i]);

	return b->parties[party].kind == NUMKIND_EMERGENCY;
}

/* False if the call lacks one of the fields. */
static bool
read_key(const struct grouping *g, size_t i, uint32_t *key)
{
	size_t k;

	for (k = 0; k < g->rule->nby; k++) {
		key[k] = field_code(g->rule->by[k], g->batch, i);
		if (key[k] == FIELD_MISSING ||
		    emergency_number(g->rule->by[k], g->batch, i))
			return false;
	}
	return true;
}

static size_t
probe(const struct grouping *g, const uint32_t *key)
{
	size_t size = g->rule->nby * sizeof(*key), slot;

	for (slot = hash64(key, size) & g->mask; g->slots[slot] != 0;
	     slot = (slot + 1) & g->mask)
		if (memcmp(g->keys + (g->slots[slot] - 1) * g->rule->nby, key,
			size) == 0)
			break;
	return slot;
}

static void
double_slots(struct grouping *g)
{
	size_t i;

	g->mask = g->mask * 2 + 1;
	free(g->slots);
	g->slots = xcalloc(g->mask + 1, sizeof(*g->slots));
	for (i = 0; i < g->ngroups; i++)
		g->slots[probe(g, g->keys + i * g->rule->nby)] =
		    (uint32_t)i + 1;
}

/* The group with this key; false if it would be one too many. */
static bool
find_group(struct grouping *g, const uint32_t *key, uint32_t *group)
{
	size_t nby = g->rule->nby, slot = probe(g, key);

	if (g->slots[slot] != 0) {
		*group = g->slots[slot] - 1;
		return true;
	}
	if (g->ngroups == g->max)
		return false;
	g->keys = xgrow(g->keys, &g->keys_cap, (g->ngroups + 1) * nby + 1,
	    sizeof(*g->keys));
	memcpy(g->keys + g->ngroups * nby, key, nby * sizeof(*key));
	*group = (uint32_t)g->ngroups++;
	g->slots[slot] = *group + 1;
	if (g->ngroups > g->mask / 2)
		double_slots(g);
	return true;
}

static void
add_call(struct grouping *g, size_t i, uint32_t group)
{
	g->calls = xgrow(g->calls, &g->calls_cap, g->n + 1, sizeof(*g->calls));
	g->group_of = xgrow(g->group_of, &g->group_of_cap, g->n + 1,
	    sizeof(*g->group_of));
	g->calls[g->n] = (uint32_t)i;
	g->group_of[g->n++] = group;
}

static void
sort_by_group(const struct grouping *g, struct detect_groups *out)
{
	size_t *next = xcalloc(g->ngroups + 1, sizeof(*next)), k, sum = 0;

	out->calls = xcalloc(g->n + 1, sizeof(*out->calls));
	for (k = 0; k < g->n; k++)
		next[g->group_of[k] + 1]++;
	for (k = 0; k < g->ngroups; k++)
		next[k] = sum += next[k];
	for (k = 0; k < g->n; k++)
		out->calls[next[g->group_of[k]]++] = g->calls[k];
	out->ends = next; /* each has moved to the end of its group */
	out->n = g->ngroups;
}

int
detect_group(struct detect_groups *out, const struct rule *r,
    const struct batch *b, const struct named *named,
    const struct detect_only *only, const struct detect_trail *trail,
    bool before, size_t max, struct errmsg *err)
{
	struct grouping g = { .rule = r, .batch = b, .max = max };
	struct predicate_bound *match = NULL;
	const bool events = rule_takes_events(r);
	uint32_t key[BOUNDS_BY] = { 0 }, group, event;
	size_t i;
	int status;

	memset(out, 0, sizeof(*out));
	status = predicate_bind(&match, r->match, b, named, err);
	if (status != 0)
		return status;
	g.mask = FIRST_SLOTS - 1;
	g.slots = xcalloc(FIRST_SLOTS, sizeof(*g.slots));
	for (i = 0; i < b->n && status == 0; i++) {
		if ((only != NULL && only->of_call[i] != only->set) ||
		    (!events && (b->calls[i].flags & CALL_EVENT) != 0))
			continue;
		if (!(before ? predicate_test_before(match, b, i)
			     : predicate_test(match, b, i)) ||
		    (trail != NULL && !detect_trail_find(trail, i, &event)))
			continue;
		if (!read_key(&g, i, key))
			out->keyless++;
		else if (!find_group(&g, key, &group))
			status = 1;
		else
			add_call(&g, i, group);
	}
	sort_by_group(&g, out);
	out->keys = g.keys;
	out->match = match;
	free(g.slots);
	free(g.calls);
	free(g.group_of);
	if (status > 0)
		(void)errmsg_set(err, "more than %zu group%s", max,
		    max == 1 ? "" : "s");
	return status;
}

void
detect_groups_fini(struct detect_groups *g)
{
	free(g->calls);
	free(g->ends);
	free(g->keys);
	predicate_unbind(&g->match);
	memset(g, 0, sizeof(*g));
}
