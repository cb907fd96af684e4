/* measure_talk: when calls talk, for those that do at once. */
#include <stdlib.h>

#include "base/xalloc.h"
#include "rule/measure_impl.h"

static int64_t
talk_begins(const struct call *c)
{
	return c->duration > 0 ? c->start + c->ring : c->start;
}

int64_t
measure_enters(const struct measure *m, const struct call *c)
{
	return m->fn == MEASURE_CONCURRENT ? talk_begins(c) : c->start;
}

void
measure_entries(const struct measure *m, const struct batch *b,
    const uint32_t *calls, size_t n, struct measure_entry *entries)
{
	bool late = m->fn == MEASURE_CONCURRENT;
	const struct call *c;
	size_t k;

	for (k = 0; k < n; k++) {
		c = &b->calls[calls[k]];
		entries[k] =
		    (struct measure_entry){ .enters = late ? talk_begins(c)
							   : c->start,
			    .duration = c->duration,
			    .has_cost = (c->flags & CALL_HAS_COST) != 0 };
	}
}

struct talk {
	int64_t begin;
	uint32_t call;
};

static int
compare_talk(const void *va, const void *vb)
{
	const struct talk *a = va, *b = vb;

	if (a->begin != b->begin)
		return a->begin < b->begin ? -1 : 1;
	return (a->call > b->call) - (a->call < b->call);
}

void
measure_order_by_talk(const struct batch *b, uint32_t *calls, size_t n)
{
	struct talk *talks = xcalloc(n, sizeof(*talks));
	size_t k;

	for (k = 0; k < n; k++) {
		talks[k].begin = talk_begins(&b->calls[calls[k]]);
		talks[k].call = calls[k];
	}
	qsort(talks, n, sizeof(*talks), compare_talk);
	for (k = 0; k < n; k++)
		calls[k] = talks[k].call;
	free(talks);
}
