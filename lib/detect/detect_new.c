/* detect_new: the field src_new of all calls, where nothing else is known. */
#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/detect_group_impl.h"

/* src_new, as the batch has it. */
enum { NEW_MISSING, NEW_FALSE, NEW_TRUE };

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

/* When the first call of each source began; behind them that of all. */
static int64_t *
find_begins(const struct batch *b)
{
	int64_t *begins = xcalloc(b->nsources + 1, sizeof(*begins));
	size_t left = b->nsources, i;
	const struct call *c;

	for (i = 0; i <= b->nsources; i++)
		begins[i] = INT64_MAX;
	for (i = 0; i < b->n && left > 0; i++) {
		c = &b->calls[i];
		if ((c->flags & CALL_EVENT) != 0 ||
		    begins[c->source] != INT64_MAX)
			continue;
		begins[c->source] = c->start;
		if (left-- == b->nsources)
			begins[b->nsources] = c->start;
	}
	return begins;
}

static bool
is_event(const struct detect_batch *db, size_t i)
{
	return db->events != NULL && (db->events[i / 64] >> i % 64 & 1) != 0;
}

/* Account by account, so that no more is looked at than its callers. */
uint8_t *
detect_src_new_all(const struct detect_batch *db)
{
	const struct batch *b = db->calls;
	const struct detect_clock *clock = detect_clock(db->shared);
	struct caller *callers =
	    xcalloc(intern_count(b->names) + 1, sizeof(*callers));
	uint32_t *src = xcalloc(b->n + 1, sizeof(*src)), i;
	uint8_t *is_new = xcalloc(b->n + 1, sizeof(*is_new));
	int64_t *begins = find_begins(b), start;
	struct detect_order accounts;
	size_t account, k = 0;

	field_codes(field_find("src"), b, 0, b->n, src);
	detect_order_held(db->shared, b, field_find("account"), &accounts);
	for (account = 0; account < accounts.n; account++)
		for (; k < accounts.ends[account]; k++) {
			i = accounts.calls[k];
			if (src[i] == FIELD_MISSING || is_event(db, i))
				continue;
			start = detect_start(clock, b, i);
			if (seen_lately(&callers[src[i]], account + 1, start))
				is_new[i] = NEW_FALSE;
			else if (start - begins[b->nsources] >= FIELD_NEW_MS &&
				 start - begins[b->calls[i].source] >=
				     FIELD_NEW_MS)
				is_new[i] = NEW_TRUE;
		}
	free(callers);
	free(begins);
	free(src);
	return is_new;
}
