/* What all rules need to know of a batch: one look at every call. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/pool.h"
#include "base/xalloc.h"
#include "detect/detect_facts_impl.h"
#include "detect/detect_impl.h"
#include "tel/numplan.h"

/*
 * Threads share the calls by words of `events`, and by no fewer calls than are
 * worth a thread.  So many at once fit the processor's cache.
 */
enum { WORD = 64, LEAST = 4096, AT_ONCE = 2048 };

struct look {
	struct detect_batch *db;
	struct detect_feed *feeds; /* by part, then by source */
	struct measure_talk talk;  /* as db->talk */
	_Atomic bool split;        /* talk is not in whole seconds */
	bool *events;              /* by part: not all are calls */
	int64_t from;              /* feeds are of calls from here on */
	size_t parts;
};

/* Telephones may all show one number of the house: that is not who called. */
static bool
only_shown(const struct batch *b, const struct call *c)
{
	const struct party *src = &b->parties[c->src];

	return src->kind != NUMKIND_INTERNAL && c->user != 0 &&
	       c->user != src->text;
}

/* The number of inside that the call's account is of; 0 if there is none. */
static uint32_t
inside_number(const struct batch *b, size_t i)
{
	const struct call *c = &b->calls[i];
	const uint32_t by = (c->flags & CALL_FORWARDED) != 0
				? batch_extra(b, EXTRA_FORWARDED_BY, i)
				: 0;
	uint32_t p = 0;

	if (by != 0)
		p = by;
	else if (c->direction == DIR_IN)
		p = c->dst;
	else if ((c->direction == DIR_OUT || c->direction == DIR_INTERNAL) &&
		 !only_shown(b, c))
		p = c->src;
	if (!b->parties[p].inside)
		return 0;
	return c->account_type == ACCOUNT_ACCOUNT ||
		       c->account_type == ACCOUNT_DIRECTORY ||
		       c->account == b->parties[p].text
		   ? b->parties[p].text
		   : 0;
}

/* Threads go through the calls at once, so the first is the least. */
static void
note_first(_Atomic uint32_t *of, uint32_t which, size_t i)
{
	const uint32_t place = (uint32_t)i + 1;
	uint32_t had;

	if (which == 0)
		return;
	had = atomic_load_explicit(&of[which], memory_order_relaxed);
	while ((had == 0 || had > place) &&
	       !atomic_compare_exchange_weak_explicit(&of[which], &had, place,
		   memory_order_relaxed, memory_order_relaxed))
		;
}

static void
note_firsts(struct detect_batch *db, const struct call *c, size_t i)
{
	if (c->account == 0)
		return;
	/* The user of an event is who did it, not whose account it is. */
	if ((c->flags & CALL_EVENT) == 0) {
		note_first(db->of_party, inside_number(db->calls, i), i);
		note_first(db->of_user, c->user, i);
	}
	note_first(db->of_account, c->account, i);
	if (db->fraud == NULL || !db->fraud[i])
		note_first(db->account_since, c->account, i);
}

void
detect_feed_add(struct detect_feed *f, int64_t start)
{
	if (f->calls++ == 0)
		f->first = start;
	f->last = start;
}

static size_t
cut(const struct look *l, size_t part)
{
	const size_t n = l->db->calls->n;

	return part == l->parts ? n : pool_cut(n / WORD, l->parts, part) * WORD;
}

static void
look_at_some(struct look *l, size_t part, size_t first, size_t end)
{
	struct detect_batch *db = l->db;
	const struct batch *b = db->calls;
	struct detect_feed *feeds = l->feeds + part * b->nsources;
	const struct call *c;
	size_t i;

	if (!call_book_talk(b, first, end, &l->talk))
		atomic_store_explicit(&l->split, true, memory_order_relaxed);
	for (i = first; i < end; i++) {
		c = &b->calls[i];
		note_firsts(db, c, i);
		if (batch_event(b, i) != EVENT_QUALITY && c->start >= l->from)
			detect_feed_add(&feeds[c->source], c->start);
		if ((c->flags & CALL_EVENT) != 0) {
			db->events[i / WORD] |= UINT64_C(1) << i % WORD;
			l->events[part] = true;
		}
	}
}

static void
look_at(void *arg, size_t part)
{
	struct look *l = arg;
	const size_t end = cut(l, part + 1);
	size_t i = cut(l, part), some;

	for (; i < end; i += some) {
		some = end - i < AT_ONCE ? end - i : AT_ONCE;
		look_at_some(l, part, i, i + some);
	}
}

/* What is later, mostly. */
static void
add_feed(struct detect_feed *f, const struct detect_feed *more)
{
	if (more->calls == 0)
		return;
	if (f->calls == 0 || more->first < f->first)
		f->first = more->first;
	f->last = more->last;
	f->calls += more->calls;
}

/* Parts follow each other in time. */
static void
add_feeds(const struct look *l)
{
	const struct detect_batch *db = l->db;
	const size_t n = db->calls->nsources;
	size_t part, i;

	for (i = 0; db->facts != NULL && i < n; i++)
		db->feeds[i] =
		    detect_facts_feed(db->facts, db->source_hashes[i]);
	for (part = 0; part < l->parts; part++)
		for (i = 0; i < n; i++)
			add_feed(&db->feeds[i], &l->feeds[part * n + i]);
}

static void
read_talk(void *arg, size_t part)
{
	const struct look *l = arg;

	(void)call_book_talk(l->db->calls, cut(l, part), cut(l, part + 1),
	    &l->talk);
}

/* Most sources tell talk in whole seconds; books outlive the look. */
static void
settle_talk(struct look *l, struct arena *seconds, size_t threads,
    struct arena *arena)
{
	if (l->split) {
		arena_fini(seconds);
		l->talk.seconds = NULL;
		l->talk.ms =
		    arena_array(arena, l->db->calls->n, sizeof(*l->talk.ms));
		pool_run(threads, l->parts, read_talk, l);
	}
	arena_take(arena, seconds);
	l->db->talk = l->talk;
}

static void
look_at_calls(struct detect_batch *db, size_t threads, struct arena *arena)
{
	const struct batch *b = db->calls;
	const size_t least = b->nsources > LEAST ? b->nsources : LEAST;
	struct look l = { .db = db,
		.parts = pool_parts(threads, b->n, least),
		.from = db->facts != NULL ? db->facts->until : INT64_MIN };
	struct arena seconds;
	bool events = false;
	size_t i;

	l.feeds = xcalloc(l.parts * b->nsources, sizeof(*l.feeds));
	arena_init(&seconds);
	l.talk.seconds = arena_array(&seconds, b->n, sizeof(*l.talk.seconds));
	l.events = xcalloc(l.parts, sizeof(*l.events));
	db->events = xcalloc(b->n / WORD + 1, sizeof(*db->events));
	db->feeds = xcalloc(b->nsources, sizeof(*db->feeds));
	pool_run(threads, l.parts, look_at, &l);
	settle_talk(&l, &seconds, threads, arena);
	add_feeds(&l);
	for (i = 0; i < l.parts; i++)
		events |= l.events[i];
	if (!events) {
		free(db->events);
		db->events = NULL;
	}
	free(l.events);
	free(l.feeds);
}

static void
rank_sources(struct detect_batch *db)
{
	const struct batch *b = db->calls;
	const char *name;
	size_t i, k;

	for (i = 0; i < b->nsources; i++) {
		name = batch_text(b, b->sources[i].name);
		db->source_hashes[i] = hash64(name, strlen(name));
		for (k = 0; k < b->nsources; k++)
			db->source_ranks[i] +=
			    strcmp(batch_text(b, b->sources[k].name), name) < 0;
	}
}

void
detect_batch_init(struct detect_batch *db, const struct batch *b,
    const struct named *named, const struct detect_settings *set,
    struct arena *arena)
{
	const size_t names = intern_count(b->names);

	memset(db, 0, sizeof(*db));
	db->calls = b;
	db->begins = set->past != NULL ? set->past->begins : INT64_MIN;
	db->recalled = set->past != NULL && set->past->recalled;
	if (db->begins != INT64_MIN)
		db->facts = detect_facts_take(set->past->keep);
	locals_init(&db->locals, b, named, set->zone);
	db->source_hashes =
	    xcalloc(b->nsources + 1, sizeof(*db->source_hashes));
	db->source_ranks = xcalloc(b->nsources + 1, sizeof(*db->source_ranks));
	rank_sources(db);
	db->shared = detect_shared_new(b);
	detect_fraud_init(db, set->fraud, set->nfraud);
	db->of_party = xcalloc(names, sizeof(*db->of_party));
	db->of_user = xcalloc(names, sizeof(*db->of_user));
	db->of_account = xcalloc(names, sizeof(*db->of_account));
	db->account_since = xcalloc(names, sizeof(*db->account_since));
	look_at_calls(db, set->threads, arena);
}

void
detect_batch_fini(struct detect_batch *db)
{
	predicate_answers_free(&db->answers);
	detect_shared_free(&db->shared);
	locals_fini(&db->locals);
	free(db->source_hashes);
	free(db->source_ranks);
	free(db->events);
	free(db->feeds);
	baseline_written_fini(&db->written);
	free(db->of_party);
	free(db->of_user);
	free(db->of_account);
	free(db->account_since);
	detect_known_fini(db);
	free(db->src_new);
	free(db->fraud);
	detect_facts_free(&db->facts);
	memset(db, 0, sizeof(*db));
}
