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

static struct measure_entry
entry_of(const struct measure *m, const struct call *c)
{
	return (struct measure_entry){ .enters = measure_enters(m, c),
		.duration = c->duration,
		.has_cost = (c->flags & CALL_HAS_COST) != 0 };
}

/* Few calls have more to say than when they start and how long they talk. */
static void
known_entries(const struct measure *m, const struct batch *b,
    const struct measure_known *known, const uint32_t *calls, size_t n,
    struct measure_entry *entries)
{
	const uint32_t *ticks = known->ticks;
	const struct measure_talk talk = known->talk;
	const int64_t first = known->first;
	const unsigned shift = known->shift;
	size_t k;

	for (k = 0; k < n; k++) {
		entries[k] = (struct measure_entry){
			.enters = first +
				  (int64_t)((uint64_t)ticks[calls[k]] << shift),
			.duration = measure_talk_of(&talk, calls[k])
		};
		if (entries[k].duration == MEASURE_ASK)
			entries[k] = entry_of(m, &b->calls[calls[k]]);
	}
}

void
measure_entries(const struct measure *m, const struct batch *b,
    const struct measure_known *known, const uint32_t *calls, size_t n,
    struct measure_entry *entries)
{
	size_t k;

	if (known != NULL && m->fn != MEASURE_CONCURRENT) {
		known_entries(m, b, known, calls, n, entries);
		return;
	}
	for (k = 0; k < n; k++)
		entries[k] = entry_of(m, &b->calls[calls[k]]);
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
