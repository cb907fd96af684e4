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
 * first call.  One field has few codes, each of which has its slot; several
 * fields are hashed.
 */
struct grouping {
	const struct rule *rule;
	const struct batch *batch;
	bool emergencies;
	uint32_t *calls, *group_of; /* by matching call; first its mark */
	size_t n;
	uint32_t *keys; /* by group x nby */
	size_t ngroups, keys_cap;
	/*
	 * Marks of keys: the code of one field, else of a hash what is below
	 * `marks`, a power of two.
	 */
	size_t marks;
	uint32_t *slots; /* by mark: group + 1; 0 free */
	size_t max;
};

enum { FIRST_MARKS = 1024 };

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

/* Whether a call has a group, or why it has none. */
enum key { KEY_FULL, KEY_LACKS, KEY_EMERGENCY };

static enum key
read_key(const struct grouping *g, size_t i, uint32_t *key)
{
	enum key got = KEY_FULL;
	size_t k;

	for (k = 0; k < g->rule->nby; k++) {
		key[k] = field_code(g->rule->by[k], g->batch, i);
		if (key[k] == FIELD_MISSING)
			return KEY_LACKS;
		if (g->emergencies &&
		    emergency_number(g->rule->by[k], g->batch, i))
			got = KEY_EMERGENCY;
	}
	return got;
}

static size_t
mark_of(const struct grouping *g, const uint32_t *key)
{
	if (g->rule->nby == 1)
		return key[0];
	return hash64(key, g->rule->nby * sizeof(*key)) & (g->marks - 1);
}

static size_t
probe(const struct grouping *g, const uint32_t *key)
{
	size_t nby = g->rule->nby, slot = mark_of(g, key);

	if (nby == 1)
		return slot;
	for (; g->slots[slot] != 0; slot = (slot + 1) & (g->marks - 1))
		if (memcmp(g->keys + (g->slots[slot] - 1) * nby, key,
			nby * sizeof(*key)) == 0)
			break;
	return slot;
}

static void
double_slots(struct grouping *g)
{
	size_t i;

	g->marks *= 2;
	free(g->slots);
	g->slots = xcalloc(g->marks, sizeof(*g->slots));
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
	if (nby != 1 && g->ngroups > g->marks / 2)
		double_slots(g);
	return true;
}

/* Room for the keys of so many calls. */
static void
set_marks(struct grouping *g, size_t calls)
{
	g->marks = FIRST_MARKS;
	/* Words have less codes than that, those of texts are names. */
	if (g->rule->nby == 1)
		g->marks += intern_count(g->batch->names);
	else
		while (g->marks < calls)
			g->marks *= 2;
}

static void
sort_by_group(const struct grouping *g, struct detect_groups *out)
{
	size_t *next = xcalloc(g->ngroups + 1, sizeof(*next)), k, to, sum = 0;

	out->calls = xcalloc(g->n + 1, sizeof(*out->calls));
	out->starts = xcalloc(g->n + 1, sizeof(*out->starts));
	for (k = 0; k < g->n; k++)
		next[g->group_of[k] + 1]++;
	for (k = 0; k < g->ngroups; k++)
		next[k] = sum += next[k];
	for (k = 0; k < g->n; k++) {
		to = next[g->group_of[k]]++;
		out->calls[to] = g->calls[k];
		out->starts[to] = g->batch->calls[g->calls[k]].start;
	}
	out->ends = next; /* each has moved to the end of its group */
	out->n = g->ngroups;
}

/* The place of the lowest bit: a de Bruijn sequence turned by it. */
static size_t
lowest_bit(uint64_t bits)
{
	static const uint8_t places[64] = { 0, 1, 48, 2, 57, 49, 28, 3, 61, 58,
		50, 42, 38, 29, 17, 4, 62, 55, 59, 36, 53, 51, 43, 22, 45, 39,
		33, 30, 24, 18, 12, 5, 63, 47, 56, 27, 60, 41, 37, 16, 54, 35,
		52, 21, 44, 32, 23, 11, 46, 26, 40, 15, 34, 20, 31, 10, 25, 14,
		19, 9, 13, 8, 7, 6 };
	uint64_t lowest = bits & (~bits + 1);

	return places[lowest * UINT64_C(0x03f79d71b4cb0a89) >> 58];
}

static size_t
count_bits(const uint64_t *bits, size_t words)
{
	size_t n = 0, i;
	uint64_t w;

	for (i = 0; i < words; i++)
		for (w = bits[i]; w != 0; w &= w - 1)
			n++;
	return n;
}

/* Events are for rules that ask for them. */
static void
leave_out_events(const struct detect_work *w, uint64_t *bits)
{
	const uint64_t *events = w->batch->events;
	size_t i;

	if (events == NULL || rule_takes_events(w->rule))
		return;
	for (i = 0; i < w->batch->calls->n / 64 + 1; i++)
		bits[i] &= ~events[i];
}

/* Whether a call that the rule's match selects counts for it at all. */
static bool
counts(const struct detect_work *w, size_t i)
{
	uint32_t event;

	if (w->only != NULL && w->only->of_call[i] != w->only->set)
		return false;
	return w->trail == NULL || detect_trail_find(w->trail, i, &event);
}

/*
 * The first call that is looked at.  Where there may be too many groups, all
 * calls are: a rule is not dropped by what it looked at.
 */
static size_t
first_call(const struct grouping *g, const struct detect_work *w,
    size_t matching)
{
	size_t most = matching;

	if (w->resume == NULL)
		return 0;
	/* That there are not too many, it has been made sure. */
	if (w->resume->held != NULL)
		return batch_lower(g->batch, w->resume->first);
	if (g->rule->nby == 1 && intern_count(g->batch->names) < most)
		most = intern_count(g->batch->names);
	return most <= g->max ? batch_lower(g->batch, w->resume->first) : 0;
}

/* The calls that count and have a key, each for itself yet. */
static void
take_calls(struct grouping *g, const struct detect_work *w,
    const uint64_t *bits, size_t matching, struct detect_groups *out)
{
	uint32_t key[BOUNDS_BY] = { 0 };
	const size_t first = first_call(g, w, matching);
	size_t word, i;
	uint64_t rest;

	for (word = first / 64; word < g->batch->n / 64 + 1; word++)
		for (rest = bits[word]; rest != 0; rest &= rest - 1) {
			i = word * 64 + lowest_bit(rest);
			if (i < first || !counts(w, i))
				continue;
			switch (read_key(g, i, key)) {
			case KEY_LACKS:
				out->keyless++;
				break;
			case KEY_EMERGENCY:
				out->emergencies++;
				break;
			default:
				/* those that since_prev asks of, or all */
				if (w->next != NULL && w->since_prev == NULL)
					detect_held_call(w->next, w, i);
				g->calls[g->n] = (uint32_t)i;
				g->group_of[g->n++] = (uint32_t)mark_of(g, key);
			}
		}
}

/*
 * Most pairs of numbers have one call or two.  Where a rule needs more, what
 * no more calls have than that is left out before it is a group: counted are
 * marks of keys, of which some are alike, so never too few.
 */
static void
drop_rare(struct grouping *g, size_t need)
{
	uint8_t *times = xcalloc(g->marks, sizeof(*times));
	size_t least = need < UINT8_MAX ? need : UINT8_MAX, k, n = 0;

	for (k = 0; k < g->n; k++)
		if (times[g->group_of[k]] < UINT8_MAX)
			times[g->group_of[k]]++;
	for (k = 0; k < g->n; k++)
		if (times[g->group_of[k]] >= least) {
			g->calls[n] = g->calls[k];
			g->group_of[n++] = g->group_of[k];
		}
	g->n = n;
	free(times);
}

/* 0; 1 when there is one group too many. */
static int
group_calls(struct grouping *g)
{
	uint32_t key[BOUNDS_BY] = { 0 };
	size_t k;

	set_marks(g, g->n);
	g->slots = xcalloc(g->marks, sizeof(*g->slots));
	for (k = 0; k < g->n; k++) {
		key[0] = g->group_of[k]; /* the mark: of one field the code */
		if (g->rule->nby > 1)
			(void)read_key(g, g->calls[k], key);
		if (!find_group(g, key, &g->group_of[k])) {
			g->n = k;
			return 1;
		}
	}
	return 0;
}

int
detect_group(struct detect_groups *out, const struct detect_work *w,
    bool before, size_t need, size_t max, struct errmsg *err)
{
	const struct batch *b = w->batch->calls;
	struct grouping g = { .rule = w->rule,
		.batch = b,
		.emergencies = w->batch->emergencies,
		.max = max };
	uint64_t *bits = xcalloc(b->n / 64 + 1, sizeof(*bits));
	size_t matching;
	int status;

	memset(out, 0, sizeof(*out));
	status = predicate_select(w->batch->answers, w->rule->match, before, b,
	    w->named, bits, err);
	if (status == 0)
		status = predicate_bind_lists(&out->match, w->rule->match, b,
		    w->named, &w->batch->locals, err);
	if (status != 0)
		goto out;
	leave_out_events(w, bits);
	matching = count_bits(bits, b->n / 64 + 1);
	set_marks(&g, matching);
	g.calls = xcalloc(matching + 1, sizeof(*g.calls));
	g.group_of = xcalloc(matching + 1, sizeof(*g.group_of));
	take_calls(&g, w, bits, matching, out);
	/* Where there may be too many groups all of them are told. */
	if (need > 1 && g.n <= max)
		drop_rare(&g, need);
	status = group_calls(&g);
	if (status != 0)
		(void)errmsg_set(err, "more than %zu group%s", max,
		    max == 1 ? "" : "s");
	sort_by_group(&g, out);
	out->keys = g.keys;
out:
	free(g.slots);
	free(g.calls);
	free(g.group_of);
	free(bits);
	return status;
}

void
detect_groups_fini(struct detect_groups *g)
{
	free(g->calls);
	free(g->starts);
	free(g->ends);
	free(g->keys);
	predicate_unbind(&g->match);
	memset(g, 0, sizeof(*g));
}
