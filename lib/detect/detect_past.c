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
	const struct detect_batch *db;
	struct intern *ids; /* (account, src) */
	struct caller {
		struct seen seen;
		uint64_t key; /* where it is kept */
	} * list;
	size_t n, cap;
	int64_t *begins; /* by source: its first call; INT64_MAX: none yet */
	struct detect_shared was;
	bool keyed; /* callers are kept, or were */
};

static uint64_t
key_of(const struct batch *b, const uint32_t name[2])
{
	uint64_t hash[2];
	size_t i;

	for (i = 0; i < 2; i++)
		hash[i] = hash64(intern_text(b->names, name[i]),
		    intern_len(b->names, name[i]));
	return hash64(hash, sizeof(hash));
}

static struct seen *
caller_of(struct callers *cs, const struct call *c)
{
	const struct batch *b = cs->db->calls;
	const uint32_t name[2] = { c->account, b->parties[c->src].text };
	uint32_t id = intern_add(cs->ids, name, sizeof(name));
	struct caller *one;

	cs->list = xgrow(cs->list, &cs->cap, (size_t)id + 1, sizeof(*cs->list));
	for (; cs->n <= id; cs->n++) {
		one = &cs->list[cs->n];
		one->key = cs->keyed ? key_of(b, name) : 0;
		one->seen = (struct seen){ detect_shared_at(&cs->was.keys,
					       one->key, INT64_MIN),
			INT64_MIN };
	}
	return &cs->list[id].seen;
}

static void
callers_init(struct callers *cs, const struct detect_batch *db,
    const struct detect_look *look)
{
	size_t i;

	memset(cs, 0, sizeof(*cs));
	cs->db = db;
	cs->ids = intern_new();
	detect_shared_take(&cs->was, look->was, look->first);
	cs->keyed = look->keep != NULL || cs->was.until != INT64_MIN;
	cs->begins = xcalloc(db->calls->nsources + 1, sizeof(*cs->begins));
	for (i = 0; i < db->calls->nsources; i++)
		cs->begins[i] = detect_shared_at(&cs->was.begins,
		    db->source_hashes[i], INT64_MAX);
}

static void
callers_fini(struct callers *cs)
{
	detect_shared_fini(&cs->was);
	intern_free(&cs->ids);
	free(cs->list);
	free(cs->begins);
}

/* As the batch has it. */
static uint8_t
call_caller(struct callers *cs, const struct call *c)
{
	const struct batch *b = cs->db->calls;

	if ((c->flags & CALL_EVENT) != 0)
		return NEW_MISSING;
	if (cs->begins[c->source] == INT64_MAX)
		cs->begins[c->source] = c->start;
	if (c->account == 0 || b->parties[c->src].text == 0)
		return NEW_MISSING;
	if (seen_lately(caller_of(cs, c), c->start))
		return NEW_FALSE;
	return c->start - cs->begins[c->source] >= FIELD_NEW_MS ? NEW_TRUE
								: NEW_MISSING;
}

/* Callers of long before are new again. */
static void
keep_callers(const struct callers *cs, const struct detect_look *look)
{
	const struct detect_batch *db = cs->db;
	struct detect_shared next = { .until = look->until };
	int64_t least;
	size_t i;

	if (cs->was.until > next.until)
		next.until = cs->was.until;
	least = next.until - FIELD_NEW_MS;
	for (i = 0; i < db->calls->nsources; i++)
		if (cs->begins[i] != INT64_MAX)
			detect_marks_add(&next.begins, db->source_hashes[i],
			    cs->begins[i]);
	for (i = 0; i < cs->n; i++)
		if (cs->list[i].seen.here >= least)
			detect_marks_add(&next.keys, cs->list[i].key,
			    cs->list[i].seen.here);
	detect_shared_print(&next, &cs->was, least, look->keep);
	detect_shared_fini(&next);
}

uint8_t *
detect_src_new(const struct detect_batch *db, const struct detect_look *look)
{
	const struct batch *b = db->calls;
	uint8_t *is_new = xcalloc(b->n + 1, sizeof(*is_new));
	struct callers cs;
	size_t end, i;

	callers_init(&cs, db, look);
	i = batch_lower(b, cs.was.until);
	end = batch_lower(b,
	    look->until > cs.was.until ? look->until : cs.was.until);
	for (; look->keep != NULL && i < end; i++)
		is_new[i] = call_caller(&cs, &b->calls[i]);
	if (look->keep != NULL)
		keep_callers(&cs, look);
	for (; i < b->n; i++)
		is_new[i] = call_caller(&cs, &b->calls[i]);
	callers_fini(&cs);
	return is_new;
}
