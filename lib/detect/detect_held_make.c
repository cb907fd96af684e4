/* detect_held_make: what a rule keeps, from what it looked at and was told. */
#include <stdlib.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "detect/detect_group_impl.h"

static const struct detect_held *
gone_on_from(const struct detect_work *w)
{
	return w->resume != NULL ? w->held : NULL;
}

struct detect_held *
detect_held_begin(const struct detect_work *w)
{
	const struct detect_held *was = gone_on_from(w);
	const struct batch *b = w->batch->calls;
	struct detect_held *next;
	int64_t until;

	if (w->keep == NULL || w->only != NULL || b->n == 0 ||
	    !detect_held_needed(w))
		return NULL;
	until = detect_held_until(w->set, w->rule, b);
	next = xcalloc(1, sizeof(*next));
	next->until = was != NULL && was->until > until ? was->until : until;
	next->counted = was != NULL ? was->counted : 0;
	next->talking = INT64_MAX;
	return next;
}

/* Those that talk still are carried, and the start of the first is kept. */
static void
note_talking(const struct detect_work *w, const uint64_t *bits)
{
	const struct batch *b = w->batch->calls;
	struct detect_held *next = w->next;
	const size_t end = batch_lower(b, next->until);
	const struct call *c;
	uint64_t rest;
	uint32_t call;
	size_t word;

	for (word = 0; word * 64 < end; word++)
		for (rest = bits[word]; rest != 0; rest &= rest - 1) {
			call = (uint32_t)(word * 64 + detect_lowest_bit(rest));
			c = &b->calls[call];
			if (c->start >= next->until)
				return;
			if (c->start + c->ring + c->duration < next->until)
				continue;
			detect_carry_all(w, &call, 1);
			if (next->talking == INT64_MAX)
				next->talking = c->start;
		}
}

void
detect_held_calls(const struct detect_work *w, const uint64_t *bits)
{
	const struct batch *b = w->batch->calls;
	const size_t first =
	    w->resume != NULL ? batch_lower(b, w->resume->from) : 0;

	/* those that since_prev asks of, or all */
	if (w->next == NULL || w->batch == &w->own)
		return;
	w->next->counted += (int64_t)detect_count_bits(bits, first, b->n);
	if (w->rule->measure.fn == MEASURE_CONCURRENT)
		note_talking(w, bits);
}

/* Many calls may be of few groups. */
void
detect_held_groups(const struct detect_work *w, size_t n)
{
	if (w->since_prev == NULL && w->resume == NULL &&
	    (int64_t)n < w->next->counted)
		w->next->counted = (int64_t)n;
}

/* The last instant of a group that is told. */
static size_t
note_last(const struct detect_work *w, struct detect_marks *to,
    const uint32_t *codes, const uint32_t *calls, size_t n)
{
	const struct batch *b = w->batch->calls;

	while (n > 0 && b->calls[calls[n - 1]].start >= w->next->until)
		n--;
	if (n > 0)
		detect_marks_add(to, detect_held_group(w->rule, b, codes),
		    b->calls[calls[n - 1]].start);
	return n;
}

void
detect_held_group_last(const struct detect_work *w, const uint32_t *codes,
    const uint32_t *calls, size_t n)
{
	if (w->next == NULL)
		return;
	n = note_last(w, &w->next->last, codes, calls, n);
	if (w->rule->measure.fn == MEASURE_SILENCE)
		detect_carry_last(w, calls, n);
}

void
detect_held_asked(const struct detect_work *w, const struct detect_groups *g)
{
	size_t i, begin = 0;

	if (w->next == NULL)
		return;
	for (i = 0; i < g->n; begin = g->ends[i++])
		(void)note_last(w, &w->next->asked, g->keys + i * w->rule->nby,
		    g->calls + begin, g->ends[i] - begin);
}

static uint64_t
key_of_id(const struct finding *f)
{
	return detect_held_key(&f->id, 1);
}

static void
keep_span(struct detect_work *w, const struct finding *f, int64_t first,
    int64_t last)
{
	struct detect_held *next = w->next;

	if (last < next->until - w->rule->quiet)
		return;
	detect_marks_add(&next->firsts, key_of_id(f), first);
	detect_marks_add(&next->lasts, key_of_id(f), last);
}

void
detect_held_finding(struct detect_work *w, const struct finding *f)
{
	if (w->next != NULL && w->rule->measure.fn == MEASURE_CONCURRENT)
		keep_span(w, f, w->episode.first, w->episode.last);
}

static void
add_marks(struct detect_marks *to, const struct detect_marks *from)
{
	size_t i;

	for (i = 0; i < from->n; i++)
		detect_marks_add(to, from->list[i].key, from->list[i].at);
}

/* What stays as it was told. */
static void
take_over(struct detect_work *w, const struct detect_held *was)
{
	const struct detect_mark *first, *last;
	const struct finding *f;
	size_t i;

	add_marks(&w->next->last, &was->last);
	add_marks(&w->next->asked, &was->asked);
	for (i = 0; was->firsts.n > 0 && i < w->resume->nkept; i++) {
		f = w->resume->kept[i];
		first = detect_marks_find(&was->firsts, key_of_id(f));
		last = detect_marks_find(&was->lasts, key_of_id(f));
		if (first != NULL && last != NULL)
			keep_span(w, f, first->at, last->at);
	}
}

static void
keep_firings(struct detect_work *w, const struct detect_held *was)
{
	const struct detect_batch *db = w->batch;
	const struct batch *b = db->calls;
	struct detect_held *next = w->next;
	uint32_t call;
	size_t i;

	next->fired_since = detect_fired_since(w->set, b, w->follow_back);
	if (was != NULL && was->fired_since > next->fired_since)
		next->fired_since = was->fired_since;
	detect_events_sort(w->events);
	next->fired = xcalloc(w->events->n + 1, sizeof(*next->fired));
	for (i = 0; i < w->events->n; i++) {
		call = w->events->calls[i];
		if (b->calls[call].start < next->fired_since)
			continue;
		detect_carry_all(w, &call, 1);
		next->fired[next->nfired++] = (struct detect_firing){
			.start = b->calls[call].start,
			.key = b->origins[call].key,
			.source = db->source_hashes[b->calls[call].source],
		};
	}
}

void
detect_held_end(struct detect_work *w)
{
	const struct detect_held *was = gone_on_from(w);
	struct detect_held *next = w->next;

	if (next == NULL)
		return;
	if (was != NULL)
		take_over(w, was);
	if (w->events != NULL)
		keep_firings(w, was);
	detect_marks_settle(&next->last);
	detect_marks_settle(&next->asked);
	detect_marks_settle(&next->firsts);
	detect_marks_settle(&next->lasts);
	detect_held_print(next, w->keep);
}

int64_t *
detect_held_befores(const struct detect_work *w, const struct detect_groups *g)
{
	int64_t *befores = xcalloc(g->n + 1, sizeof(*befores));
	const struct detect_mark *m;
	size_t i;

	for (i = 0; i < g->n; i++) {
		m = detect_marks_find(&w->held->asked,
		    detect_held_group(w->rule, w->batch->calls,
			g->keys + i * w->rule->nby));
		befores[i] = m != NULL ? m->at : INT64_MIN;
	}
	return befores;
}

bool
detect_held_fired(const struct detect_held *h, const struct detect_batch *db,
    int64_t from, struct detect_events *out)
{
	uint32_t call;
	size_t i;

	for (i = 0; i < h->nfired; i++) {
		if (h->fired[i].start >= from)
			continue;
		if (!detect_find_call(db, h->fired[i].start, h->fired[i].key,
			h->fired[i].source, &call))
			return false;
		detect_events_add(out, &call, 1);
	}
	return true;
}
