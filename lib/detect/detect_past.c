/* detect_past: fields of a call that tell of the calls before it. */
#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/detect_group_impl.h"

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
 * A caller of the present account: the two latest instants of its calls,
 * because calls of one instant see those before it.
 */
struct caller {
	size_t of; /* the account, counted from 1 */
	int64_t here, before;
};

#define NO_CALL INT64_MIN

/* Whether the account had the caller in the time before. */
static bool
seen_lately(struct caller *seen, size_t account, int64_t start)
{
	if (seen->of != account)
		*seen = (struct caller){ account, NO_CALL, NO_CALL };
	if (seen->here != start) {
		seen->before = seen->here;
		seen->here = start;
	}
	return seen->before != NO_CALL && start - seen->before <= FIELD_NEW_MS;
}

/* When the first call of each source began. */
static int64_t *
find_begins(const struct batch *b)
{
	int64_t *begins = xcalloc(b->nsources + 1, sizeof(*begins));
	size_t left = b->nsources, i;
	const struct call *c;

	for (i = 0; i < b->nsources; i++)
		begins[i] = INT64_MAX;
	for (i = 0; i < b->n && left > 0; i++) {
		c = &b->calls[i];
		if ((c->flags & CALL_EVENT) != 0 ||
		    begins[c->source] != INT64_MAX)
			continue;
		begins[c->source] = c->start;
		left--;
	}
	return begins;
}

/* Account by account, so that no more is looked at than its callers. */
uint8_t *
detect_src_new(const struct batch *b, struct detect_shared *shared)
{
	struct caller *callers =
	    xcalloc(intern_count(b->names) + 1, sizeof(*callers));
	uint8_t *is_new = xcalloc(b->n + 1, sizeof(*is_new));
	int64_t *begins = find_begins(b);
	struct detect_order accounts;
	const struct call *c;
	size_t account, k = 0;
	uint32_t src;

	detect_order_held(shared, b, field_find("account"), &accounts);
	for (account = 0; account < accounts.n; account++)
		for (; k < accounts.ends[account]; k++) {
			c = &b->calls[accounts.calls[k]];
			src = b->parties[c->src].text;
			if (src == 0 || (c->flags & CALL_EVENT) != 0)
				continue;
			if (seen_lately(&callers[src], account + 1, c->start))
				is_new[accounts.calls[k]] = NEW_FALSE;
			else if (c->start - begins[c->source] >= FIELD_NEW_MS)
				is_new[accounts.calls[k]] = NEW_TRUE;
		}
	free(callers);
	free(begins);
	return is_new;
}
