/* detect_evidence: the calls that are shown as proof of a finding. */
#include <string.h>

#include "detect/detect_impl.h"

enum { SHOW_FIRST = 5, SHOW_LAST = 5, SHOW_DEAREST = 10 };

static int64_t
cost_of(const struct batch *b, uint32_t i)
{
	return (b->calls[i].flags & CALL_HAS_COST) != 0 ? batch_cost(b, i) : 0;
}

/*
 * Whether call a is dearer than b: by cost, then by talk, so that where nothing
 * costs anything it is the longer one; then the earlier one.
 */
static bool
dearer(const struct batch *b, uint32_t ia, uint32_t ib)
{
	const struct call *x = &b->calls[ia], *y = &b->calls[ib];
	int64_t cost_x = cost_of(b, ia), cost_y = cost_of(b, ib);

	if (cost_x != cost_y)
		return cost_x > cost_y;
	if (x->duration != y->duration)
		return x->duration > y->duration;
	return ia < ib;
}

/* That no call of a batch is dearer than another can often be seen at once. */
static bool
no_dearer(const struct batch *b, uint32_t talk, uint32_t other)
{
	const int64_t cost = cost_of(b, other);

	return talk != CALL_BOOK_ASK &&
	       (cost > 0 || (cost == 0 && talk <= b->calls[other].duration));
}

/* The calls to show, in time order; `out` has room for BOUNDS_EVIDENCE. */
static size_t
choose_evidence(const struct call_book *book, const uint32_t *m, size_t n,
    uint32_t *out)
{
	const struct batch *b = book->batch;
	uint32_t *top = out + SHOW_FIRST + SHOW_LAST;
	size_t i, k, ntop = 0;

	if (n <= BOUNDS_EVIDENCE) {
		memcpy(out, m, n * sizeof(*m));
		return n;
	}
	memcpy(out, m, SHOW_FIRST * sizeof(*m));
	memcpy(out + SHOW_FIRST, m + n - SHOW_LAST, SHOW_LAST * sizeof(*m));
	for (i = SHOW_FIRST; i < n - SHOW_LAST; i++) {
		if (ntop == SHOW_DEAREST &&
		    (no_dearer(b, measure_talk_of(&book->talk, m[i]),
			 top[ntop - 1]) ||
			!dearer(b, m[i], top[ntop - 1])))
			continue;
		if (ntop < SHOW_DEAREST)
			ntop++;
		for (k = ntop - 1; k > 0 && dearer(b, m[i], top[k - 1]); k--)
			top[k] = top[k - 1];
		top[k] = m[i];
	}
	detect_sort_calls(out, BOUNDS_EVIDENCE);
	return BOUNDS_EVIDENCE;
}

static const char *
say(struct detect_work *w, enum detect_saying what, uint32_t name)
{
	struct detect_said *said = &w->said[what];

	if (said->text == NULL || said->name != name) {
		said->name = name;
		said->text = arena_strdup(&w->out->arena,
		    batch_text(w->batch->calls, name));
	}
	return said->text;
}

static void
show_call(struct detect_work *w, uint32_t i, struct evidence *e)
{
	const struct batch *b = w->batch->calls;
	const struct call *c = &b->calls[i];
	const struct origin *o = &b->origins[i];
	struct arena *arena = &w->out->arena;
	char room[INTERN_ROOM];

	e->start = c->start;
	e->call_id =
	    arena_strdup(arena, intern_read(b->names, o->call_id, room));
	e->src = arena_strdup(arena, batch_party_text(b, c->src));
	e->dst = arena_strdup(arena, batch_party_text(b, c->dst));
	e->dst_country = say(w, SAID_COUNTRY, b->parties[c->dst].country);
	e->source = say(w, SAID_SOURCE, b->sources[c->source].name);
	e->file = say(w, SAID_FILE, b->files[batch_file_of(b, i)]);
	e->line = o->line;
	e->duration = c->duration;
	e->has_cost = (c->flags & CALL_HAS_COST) != 0;
	e->cost = cost_of(b, i);
	e->estimated = o->rated;
	e->currency = say(w, SAID_CURRENCY, b->currencies[c->currency]);
}

/* The list that proves something against the call. */
static void
show_entry(const struct detect_work *w, uint32_t call, struct evidence *e)
{
	struct arena *arena = &w->out->arena;
	const struct named_list *list = NULL;
	const struct numlist_entry *entry =
	    predicate_listed(w->groups.match, w->batch->calls, call, &list);

	if (entry == NULL)
		return;
	e->list = arena_strdup(arena, list->name);
	e->entry = arena_strdup(arena, entry->value);
	e->entry_source = arena_strdup(arena, entry->source);
	e->entry_note = arena_strdup(arena, entry->note);
}

void
detect_add_evidence(struct detect_work *w, struct finding *f,
    const uint32_t *members, size_t n)
{
	uint32_t chosen[BOUNDS_EVIDENCE];
	struct evidence *list;
	size_t i, k = choose_evidence(w->book, members, n, chosen);

	list = arena_array(&w->out->arena, k, sizeof(*list));
	for (i = 0; i < k; i++) {
		show_call(w, chosen[i], &list[i]);
		show_entry(w, chosen[i], &list[i]);
	}
	f->evidence = list;
	f->nevidence = k;
	f->truncated = k < n;
}
