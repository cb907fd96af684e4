/* detect_past: fields of a call that tell of the calls before it. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
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

/*
 * Callers of an account: at their keys their latest instant, and whether there
 * was one lately before it, because calls of one instant see those before it.
 */
struct callers {
	struct caller {
		uint64_t key; /* account and src; 0: free */
		int64_t last; /* twice the instant, + 1 if there was one */
	} * slots;
	size_t n, size; /* a power of two */
	const struct detect_batch *db;
	int64_t *begins; /* by source: its first call; INT64_MAX: none yet */
	/* By name, who is asked about as an account, and as a caller. */
	uint8_t *asked; /* NULL: all are */
	struct detect_common was;
};

/* For so long callers of before are not written again. */
#define CALLERS_STAY_MS (5 * 24 * INT64_C(3600000))

enum { FIRST_CALLERS = 1024, TOGETHER = 32, WORD = 64 };
enum { ASKED_ACCOUNT = 1, ASKED_CALLER = 2 };

static size_t
place_of(const struct callers *cs, uint64_t key)
{
	return (key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (cs->size - 1);
}

static struct caller *
find_caller(const struct callers *cs, uint64_t key)
{
	size_t i = place_of(cs, key);

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

static uint64_t
hash_of(const struct batch *b, uint64_t name)
{
	const uint32_t id = (uint32_t)(name & UINT32_MAX);

	return hash64(intern_text(b->names, id), intern_len(b->names, id));
}

/* Swapped, account and src are another caller. */
static uint64_t
key_of(const struct batch *b, uint64_t caller)
{
	return hash_of(b, caller >> 32) * UINT64_C(0x9e3779b97f4a7c15) ^
	       hash_of(b, caller);
}

static int64_t
instant_of(const struct caller *c)
{
	return (c->last - (c->last & 1)) / 2;
}

/* A key may seem to be that is not. */
static bool
is_asked(const struct callers *cs, uint64_t key)
{
	return cs->asked == NULL ||
	       ((cs->asked[key >> 32] & ASKED_ACCOUNT) != 0 &&
		   (cs->asked[key & UINT32_MAX] & ASKED_CALLER) != 0);
}

/* Of a caller that did not call in the time that is looked at. */
static bool
was_there(const struct callers *cs, uint64_t key, int64_t start)
{
	int64_t before;

	if (cs->was.keys.n + cs->was.older.n == 0 || !is_asked(cs, key))
		return false;
	before =
	    detect_common_key(&cs->was, key_of(cs->db->calls, key), INT64_MIN);
	return before != INT64_MIN && start - before <= FIELD_NEW_MS;
}

/* Whether the account of a call at `start` had its src in the time before. */
static bool
seen_lately(struct callers *cs, struct caller *seen, uint64_t key,
    int64_t start)
{
	bool lately;

	if (seen->key == 0) {
		seen->key = key;
		cs->n++;
		lately = was_there(cs, key, start);
	} else if (instant_of(seen) == start) {
		return (seen->last & 1) != 0;
	} else {
		lately = start - instant_of(seen) <= FIELD_NEW_MS;
	}
	seen->last = start * 2 + lately;
	return lately;
}

/* 0: it has no caller of an account. */
static uint64_t
caller_of(const struct batch *b, const struct call *c)
{
	const uint32_t src = b->parties[c->src].text;

	if (src == 0 || c->account == 0 || (c->flags & CALL_EVENT) != 0)
		return 0;
	return (uint64_t)c->account << 32 | src;
}

static void
find_asked(struct callers *cs, const uint64_t *bits)
{
	const struct batch *b = cs->db->calls;
	size_t i;
	uint64_t key;

	cs->asked = xcalloc(intern_count(b->names), sizeof(*cs->asked));
	for (i = 0; i < b->n; i++) {
		key = (bits[i / WORD] >> i % WORD & 1) != 0
			  ? caller_of(b, &b->calls[i])
			  : 0;
		if (key == 0)
			continue;
		cs->asked[key >> 32] |= ASKED_ACCOUNT;
		cs->asked[key & UINT32_MAX] |= ASKED_CALLER;
	}
}

static void
callers_init(struct callers *cs, const struct detect_batch *db,
    struct detect_look *look, const uint64_t *bits)
{
	size_t i;

	memset(cs, 0, sizeof(*cs));
	cs->db = db;
	detect_common_take(&cs->was, look, CALLERS_STAY_MS);
	cs->begins = xcalloc(db->calls->nsources + 1, sizeof(*cs->begins));
	for (i = 0; i < db->calls->nsources; i++)
		cs->begins[i] = detect_common_at(&cs->was.begins,
		    db->source_hashes[i], INT64_MAX);
	if (bits != NULL)
		find_asked(cs, bits);
}

static void
callers_fini(struct callers *cs)
{
	detect_common_fini(&cs->was);
	free(cs->slots);
	free(cs->begins);
	free(cs->asked);
}

/*
 * Of a few calls, so that where their callers stand need not be waited for one
 * by one.
 */
static void
tell_some(struct callers *cs, size_t first, size_t n, bool keep,
    uint8_t *is_new)
{
	const struct batch *b = cs->db->calls;
	const struct call *c = &b->calls[first];
	struct caller *likely[TOGETHER];
	uint64_t keys[TOGETHER];
	bool there[TOGETHER];
	size_t i;

	while (cs->n + n > cs->size / 4 * 3)
		double_callers(cs);
	for (i = 0; i < n; i++) {
		keys[i] = caller_of(b, &c[i]);
		if (!keep && !is_asked(cs, keys[i]))
			keys[i] = 0;
	}
	for (i = 0; i < n; i++) {
		likely[i] = &cs->slots[place_of(cs, keys[i])];
		there[i] = likely[i]->key == keys[i];
	}
	for (i = 0; i < n; i++) {
		if ((c[i].flags & CALL_EVENT) == 0 &&
		    cs->begins[c[i].source] == INT64_MAX)
			cs->begins[c[i].source] = c[i].start;
		if (keys[i] == 0)
			continue;
		if (!there[i])
			likely[i] = find_caller(cs, keys[i]);
		if (seen_lately(cs, likely[i], keys[i], c[i].start))
			is_new[first + i] = NEW_FALSE;
		else if (c[i].start - cs->begins[c[i].source] >= FIELD_NEW_MS)
			is_new[first + i] = NEW_TRUE;
	}
}

/* Of those that are asked about; what is kept tells of all. */
static void
tell_callers(struct callers *cs, size_t from, size_t end, bool keep,
    uint8_t *is_new)
{
	size_t n;

	for (; from < end; from += n) {
		n = end - from < TOGETHER ? end - from : TOGETHER;
		tell_some(cs, from, n, keep, is_new);
	}
}

/* Those that called from an instant on. */
static void
add_callers(const struct callers *cs, int64_t least, struct detect_marks *m)
{
	const struct caller *one;
	size_t i;

	for (i = 0; i < cs->size; i++) {
		one = &cs->slots[i];
		if (one->key != 0 && instant_of(one) >= least)
			detect_marks_add(m, key_of(cs->db->calls, one->key),
			    instant_of(one));
	}
}

/* Callers of long before are new again. */
static void
keep_callers(const struct callers *cs, struct detect_common *next,
    struct detect_look *look)
{
	const struct detect_batch *db = cs->db;
	size_t i;

	for (i = 0; i < db->calls->nsources; i++)
		if (cs->begins[i] != INT64_MAX)
			detect_marks_add(&next->begins, db->source_hashes[i],
			    cs->begins[i]);
	add_callers(cs, next->since, &next->keys);
	look->older_stays = detect_common_print(next, &cs->was, FIELD_NEW_MS,
	    look->keep, look->keep_older);
}

/* Of the calls from one on, up to which one. */
static size_t
tell_kept(struct callers *cs, struct detect_look *look, size_t from,
    uint8_t *is_new)
{
	const struct batch *b = cs->db->calls;
	struct detect_common next = { .until = look->until };
	size_t end;

	if (cs->was.until > next.until)
		next.until = cs->was.until;
	next.since = detect_common_since(next.until, CALLERS_STAY_MS);
	if (next.since != cs->was.since) {
		end = batch_lower(b, next.since);
		tell_callers(cs, from, end, true, is_new);
		add_callers(cs, next.since - FIELD_NEW_MS, &next.now_older);
		from = end;
	}
	end = batch_lower(b, next.until);
	tell_callers(cs, from, end, true, is_new);
	keep_callers(cs, &next, look);
	detect_common_fini(&next);
	return end;
}

uint8_t *
detect_src_new(const struct detect_batch *db, struct detect_look *look,
    const uint64_t *asked)
{
	const struct batch *b = db->calls;
	uint8_t *is_new = xcalloc(b->n + 1, sizeof(*is_new));
	struct callers cs;
	size_t from;

	callers_init(&cs, db, look, asked);
	from = batch_lower(b, cs.was.until);
	if (look->keep != NULL)
		from = tell_kept(&cs, look, from, is_new);
	tell_callers(&cs, from, b->n, false, is_new);
	callers_fini(&cs);
	return is_new;
}
