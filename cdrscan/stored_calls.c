/*
 * The calls that a run looks at: those just read, if the store had none; all of
 * the store; or those since an instant, where the last run left what is needed
 * to know of the others.
 */
#include "stored.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/xalloc.h"
#include "cdr/legs.h"
#include "store/store_calls.h"
#include "tool/readcalls.h"

#define HOUR_MS INT64_C(3600000)

/*
 * Calls before those that are looked at, where it is not known how far back
 * their legs reach: a day of them, and some hours with a pause before.
 */
#define BEFORE_MS (LEGS_SPAN + 6 * HOUR_MS)

struct stored_read
stored_look_at_read(struct batch *read)
{
	struct stored_read got = { .first = INT64_MAX };
	bool *wrote = xcalloc(read->nsources + 1, sizeof(*wrote));
	size_t i, n = 0;

	for (i = 0; i < read->n; i++) {
		if (read->calls[i].flags & CALL_DUPLICATE) {
			got.had++;
			continue;
		}
		read->calls[i].flags |= CALL_ADDED;
		got.added += batch_event(read, i) != EVENT_QUALITY;
		wrote[read->calls[i].source] = true;
		if (read->calls[i].start < got.first)
			got.first = read->calls[i].start;
	}
	for (i = 0; i < read->nsources; i++)
		n += wrote[i];
	free(wrote);
	got.all_wrote = n == read->nsources;
	return got;
}

/*
 * What was read counts as calls so far; some the store had already, and some
 * turned out to be legs of another call.
 */
void
stored_correct_counts(struct stored_run *r)
{
	struct counts *c = &r->s->results.run.counts;
	const int64_t duplicates = c->calls - r->read.added;

	c->duplicates += duplicates;
	c->legs += r->legs;
	c->calls -= duplicates + r->legs;
	c->stored = r->read.added;
}

/* Sources that are known, whether or not one has a call since. */
static void
add_sources(struct batch *b, const struct buf *names)
{
	const char *name = names->data, *end = name + names->len;

	for (; name < end; name += strlen(name) + 1)
		(void)batch_source(b, name, NULL, NULL, NULL);
}

/* Whether those sources have room in a batch beside all that were read. */
static bool
sources_fit(const struct batch *b, const struct buf *names)
{
	const char *name = names->data, *end = name + names->len;
	size_t n = b->nsources;

	for (; name < end; name += strlen(name) + 1)
		n++;
	return n <= BOUNDS_SOURCES;
}

static void
list_sources(const struct batch *b, struct buf *out)
{
	const char *name;
	size_t i;

	buf_reset(out);
	for (i = 0; i < b->nsources; i++) {
		name = batch_text(b, b->sources[i].name);
		buf_add(out, name, strlen(name) + 1);
	}
}

static int64_t
loaded_from(const struct stored_run *r)
{
	int64_t from;

	if (r->begins == INT64_MIN)
		return INT64_MIN;
	from = understand_from(&r->before.understood, r->begins);
	return from > INT64_MIN ? from : r->begins - BEFORE_MS;
}

/* Those just read are asked for again. */
static int
load_all(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;
	const bool keep_ids = s->batch->keep_ids;

	batch_free(&s->batch);
	s->batch = batch_new();
	s->batch->keep_ids = keep_ids;
	if (r->begins > INT64_MIN) {
		add_sources(s->batch, &r->before.sources);
		s->batch->to_come = detect_recalls(&s->kept_before);
	}
	return store_calls_load(r->store, loaded_from(r), INT64_MAX, r->number,
	    s->batch, err);
}

/*
 * Those just read are there, as the store would give them back, and begin
 * later than what is looked at does.
 */
static int
load_earlier(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;
	struct batch *b = s->batch, read;
	const size_t threads = (size_t)s->o->threads;
	int got;

	if (r->read.had > 0)
		batch_sort_on(b, threads); /* without what it had */
	read = batch_set_aside(b);
	add_sources(b, &r->before.sources);
	b->to_come = read.n + detect_recalls(&s->kept_before);
	got = store_calls_load_earlier(r->store, loaded_from(r), INT64_MAX,
	    r->number, b, err);
	batch_put_behind(b, &read, threads);
	return got;
}

static int
load(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;
	struct stages_span span;
	int got;

	stages_begin(s->stages, &span, "load calls");
	/* A source without a call of the store's is none of its sources. */
	if (r->begins > INT64_MIN && r->read.all_wrote &&
	    sources_fit(s->batch, &r->before.sources))
		got = load_earlier(r, err);
	else
		got = load_all(r, err);
	stages_end(s->stages, &span, (int64_t)s->batch->n, "calls");
	return got;
}

/* How many calls before those that are looked at are rated. */
static uint64_t
rated_before(const struct stored_run *r)
{
	struct daysums d = { .list = NULL };
	uint64_t n = 0;

	if (daysums_before(&d, r->before.days.data, r->begins) == 0)
		n = daysums_rated(&d);
	daysums_fini(&d);
	return n;
}

static int
understand_calls(struct stored_run *r, struct understood *u, struct errmsg *err)
{
	struct scan *s = r->s;
	const bool all = r->begins == INT64_MIN;
	const struct understand_stretch stretch = { .from = loaded_from(r),
		.begins = r->begins,
		.kept = &r->before.understood,
		.rated = all ? 0 : rated_before(r) };
	int got;

	notes_fini(&r->guesses);
	notes_init(&r->guesses);
	understand_kept_reset(&r->keep.understood);
	got = readcalls_understand_stretch(&s->setup, r->store,
	    all ? NULL : &stretch, s->keeps ? &r->keep.understood : NULL,
	    s->batch, u, &r->guesses, err);
	if (got < 0 || got == UNDERSTAND_NEEDS_ALL)
		return got < 0 ? -1 : STORED_NEEDS_ALL;
	if (got > 0)
		s->status = diag_worse(s->status, EXIT_INCOMPLETE);
	buf_reset(&r->home);
	buf_addstr(&r->home, u->home);
	list_sources(s->batch, &r->keep.sources);
	return stored_remember(r->store, "home_country", u->home, err);
}

int
stored_take_calls(struct stored_run *r, struct errmsg *err)
{
	struct understood u = { .legs = NULL };
	struct scan *s = r->s;
	size_t i;
	int got = 0;

	/* A source without a call must not be why a country is guessed. */
	if (!r->first_calls || !r->read.all_wrote)
		got = load(r, err);
	else if (r->read.had > 0 || !s->batch->sorted)
		batch_sort(s->batch); /* as the store would give it back */
	if (got == 0)
		got = understand_calls(r, &u, err);
	r->legs = 0;
	for (i = 0; got == 0 && i < s->batch->nfiles; i++)
		r->legs += u.legs_added[i];
	understood_fini(&u);
	return got;
}
