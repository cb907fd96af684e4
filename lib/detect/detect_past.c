/* detect_past: fields of a call that tell of the calls before it. */
#include <stdlib.h>

#include "base/intern.h"
#include "base/xalloc.h"
#include "detect/detect_impl.h"

/* src_new, as the batch has it. */
enum { NEW_MISSING, NEW_FALSE, NEW_TRUE };

int64_t *
detect_since_prev(const struct batch *b, const struct detect_groups *g,
    const int64_t *befores)
{
	int64_t *since = xcalloc(b->n + 1, sizeof(*since)), start, here, before;
	size_t i, k = 0, group;

	for (i = 0; i < b->n; i++)
		since[i] = -1;
	for (group = 0; group < g->n; group++) {
		before = INT64_MIN;
		here = befores != NULL ? befores[group] : INT64_MIN;
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

/* The two latest instants of something; calls of one see those before it. */
struct seen {
	int64_t here, before; /* INT64_MIN: none */
};

static bool
seen_lately(struct seen *s, int64_t start)
{
	if (s->here != start) {
		s->before = s->here;
		s->here = start;
	}
	return s->before != INT64_MIN && start - s->before <= FIELD_NEW_MS;
}

/* Callers of an account, numbered as they come. */
struct callers {
	struct intern *ids; /* (account, src) */
	struct seen *list;
	size_t n, cap;
};

static struct seen *
caller_of(struct callers *cs, const struct batch *b, const struct call *c)
{
	const uint32_t key[2] = { c->account, b->parties[c->src].text };
	uint32_t id = intern_add(cs->ids, key, sizeof(key));

	cs->list = xgrow(cs->list, &cs->cap, (size_t)id + 1, sizeof(*cs->list));
	for (; cs->n <= id; cs->n++)
		cs->list[cs->n] = (struct seen){ INT64_MIN, INT64_MIN };
	return &cs->list[id];
}

uint8_t *
detect_src_new(const struct batch *b)
{
	struct callers callers = { .ids = intern_new() };
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
		if (seen_lately(caller_of(&callers, b, c), c->start))
			is_new[i] = NEW_FALSE;
		else if (c->start - begins[c->source] >= FIELD_NEW_MS)
			is_new[i] = NEW_TRUE;
	}
	intern_free(&callers.ids);
	free(callers.list);
	free(begins);
	return is_new;
}
