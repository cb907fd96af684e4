/* detect_past: fields of a call that tell of the calls before it. */
#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/detect_impl.h"

/* src_new, as the batch has it. */
enum { NEW_MISSING, NEW_FALSE, NEW_TRUE };

int64_t *
detect_since_prev(const struct batch *b, const struct detect_groups *g)
{
	int64_t *since = xcalloc(b->n + 1, sizeof(*since)), start, here, before;
	size_t i, k = 0, group;

	for (i = 0; i < b->n; i++)
		since[i] = -1;
	for (group = 0; group < g->n; group++) {
		here = before = INT64_MIN;
		for (; k < g->ends[group]; k++) {
			start = b->calls[g->calls[k]].start;
			if (start != here) {
				before = here;
				here = start;
			}
			if (before != INT64_MIN)
				since[g->calls[k]] = start - before;
		}
	}
	return since;
}

/*
 * Callers of an account: at their keys the first calls of their two latest
 * instants, counted from 1, because calls of one instant see those before it.
 */
struct callers {
	struct caller {
		uint64_t key; /* account and src; 0: free */
		uint32_t here, before;
	} * slots;
	size_t n, size; /* a power of two */
};

enum { FIRST_CALLERS = 1024 };

static struct caller *
find_caller(const struct callers *cs, uint64_t key)
{
	size_t i = key * UINT64_C(0x9e3779b97f4a7c15) >> 32;

	for (;; i++) {
		i &= cs->size - 1;
		if (cs->slots[i].key == key || cs->slots[i].key == 0)
			return &cs->slots[i];
	}
}

static void
double_callers(struct callers *cs)
{
	struct callers old = *cs;
	size_t i;

	cs->size = old.size > 0 ? old.size * 2 : FIRST_CALLERS;
	cs->slots = xcalloc(cs->size, sizeof(*cs->slots));
	for (i = 0; i < old.size; i++)
		if (old.slots[i].key != 0)
			*find_caller(cs, old.slots[i].key) = old.slots[i];
	free(old.slots);
}

/* Whether the call's account had its src in the time before. */
static bool
seen_lately(struct callers *cs, const struct batch *b, size_t i)
{
	const struct call *c = &b->calls[i];
	uint64_t key = (uint64_t)c->account << 32 | b->parties[c->src].text;
	struct caller *seen;

	if (cs->n >= cs->size / 4 * 3)
		double_callers(cs);
	seen = find_caller(cs, key);
	cs->n += seen->key == 0;
	seen->key = key;
	if (seen->here == 0 || b->calls[seen->here - 1].start != c->start) {
		seen->before = seen->here;
		seen->here = (uint32_t)i + 1;
	}
	return seen->before != 0 &&
	       c->start - b->calls[seen->before - 1].start <= FIELD_NEW_MS;
}

uint8_t *
detect_src_new(const struct batch *b)
{
	struct callers callers = { NULL, 0, 0 };
	int64_t *begins = xcalloc(b->nsources + 1, sizeof(*begins));
	uint8_t *is_new = xcalloc(b->n + 1, sizeof(*is_new));
	const struct call *c;
	size_t i;

	for (i = 0; i < b->nsources; i++)
		begins[i] = INT64_MAX;
	for (i = 0; i < b->n; i++) {
		c = &b->calls[i];
		if ((c->flags & CALL_EVENT) != 0)
			continue;
		if (begins[c->source] == INT64_MAX)
			begins[c->source] = c->start;
		if (c->account == 0 || b->parties[c->src].text == 0)
			continue;
		if (seen_lately(&callers, b, i))
			is_new[i] = NEW_FALSE;
		else if (c->start - begins[c->source] >= FIELD_NEW_MS)
			is_new[i] = NEW_TRUE;
	}
	free(callers.slots);
	free(begins);
	return is_new;
}
