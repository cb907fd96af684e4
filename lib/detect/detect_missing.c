/* detect_missing: a batch without the calls that began before an instant. */
#include <stdlib.h>

#include "base/floordiv.h"
#include "base/xalloc.h"
#include "detect/detect_facts_impl.h"

static size_t
source_of(const struct detect_batch *db, uint64_t hash)
{
	size_t i;

	for (i = 0; i < db->calls->nsources; i++)
		if (db->source_hashes[i] == hash)
			break;
	return i;
}

static bool
has_sources(const struct detect_batch *db)
{
	const struct detect_facts *f = db->facts;
	size_t i;

	for (i = 0; i < f->nwritten; i++)
		if (source_of(db, f->written[i].source) == db->calls->nsources)
			return false;
	for (i = 0; i < f->records.n; i++)
		if (source_of(db, f->records.list[i].key) ==
		    db->calls->nsources)
			return false;
	return true;
}

/* What is kept now must not be told as of an earlier instant than it was. */
bool
detect_batch_knows(const struct detect_batch *db,
    const struct detect_settings *set)
{
	if (db->begins == INT64_MIN)
		return true;
	return db->recalled && db->calls->n > 0 &&
	       db->calls->calls[db->calls->n - 1].start >= db->begins &&
	       db->facts != NULL && db->begins <= db->facts->until &&
	       set->past->from >= db->facts->until &&
	       detect_kept_until(set, db->calls) >= db->facts->until &&
	       db->facts->fraud == db->fraud_sum && has_sources(db);
}

bool
detect_batch_lacks(const struct detect_batch *db, int64_t from)
{
	const struct detect_facts *f = db->facts;
	size_t i;

	if (from >= db->begins)
		return false;
	for (i = 0; f != NULL && i < f->nwritten; i++)
		if (f->written[i].at >= from && f->written[i].at < db->begins)
			return true;
	return f == NULL || from < f->floor;
}

/* What was written before, by source, and what the calls tell since then. */
static void
by_source(const struct detect_batch *db, struct baseline_written *w)
{
	const struct detect_facts *f = db->facts;
	const struct batch *b = db->calls;
	const size_t since = batch_lower(b, f->until);
	size_t *next = xcalloc(b->nsources + 1, sizeof(*next)), i, sum = 0;

	for (i = 0; i < f->nwritten; i++)
		next[source_of(db, f->written[i].source) + 1] +=
		    f->written[i].noticed == 0;
	for (i = since; i < b->n; i++)
		next[b->calls[i].source + 1] +=
		    batch_event(b, i) != EVENT_QUALITY;
	for (i = 0; i < b->nsources; i++)
		next[i] = sum += next[i];
	w->starts = xcalloc(sum + next[b->nsources] + 1, sizeof(*w->starts));
	for (i = 0; i < f->nwritten; i++)
		if (f->written[i].noticed == 0)
			w->starts[next[source_of(db, f->written[i].source)]++] =
			    f->written[i].at;
	for (i = since; i < b->n; i++)
		if (batch_event(b, i) != EVENT_QUALITY)
			w->starts[next[b->calls[i].source]++] =
			    b->calls[i].start;
	w->ends = next;
}

static int
compare(const void *va, const void *vb)
{
	const int64_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

/* Of the calls from one on, the first instant of each half hour, and the last. */
static void
add_instants(struct baseline_written *w, const struct batch *b, size_t i)
{
	size_t end;

	for (; i < b->n; i = end) {
		end =
		    batch_lower(b, floor_to(b->calls[i].start, DETECT_SLOT_MS) +
				       DETECT_SLOT_MS);
		w->all[w->nall++] = b->calls[i].start;
		if (end - i > 1)
			w->all[w->nall++] = b->calls[end - 1].start;
	}
}

static void
of_all(const struct detect_batch *db, struct baseline_written *w)
{
	const struct detect_facts *f = db->facts;
	const struct batch *b = db->calls;
	const size_t since = batch_lower(b, f->until);
	size_t i;

	w->all = xcalloc(f->nwritten + b->n - since + 2, sizeof(*w->all));
	if (f->first < f->until)
		w->all[w->nall++] = f->first;
	add_instants(w, b, since);
	for (i = 0; i < f->nwritten; i++)
		w->all[w->nall++] = f->written[i].at;
	if (w->nall > 1)
		qsort(w->all, w->nall, sizeof(*w->all), compare);
}

void
detect_batch_written(struct detect_batch *db)
{
	by_source(db, &db->written);
	of_all(db, &db->written);
}
