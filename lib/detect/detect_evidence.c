/* detect_evidence: the calls that are shown as proof of a finding. */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "detect/detect_finding_impl.h"

enum {
	SHOW_FIRST = 5,
	SHOW_LAST = 5,
	SHOW_DEAREST = 10,
	LEAST = 64 /* findings that are worth a thread */
};

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

/* Texts that the calls of findings often share. */
enum said { SAID_COUNTRY, SAID_SOURCE, SAID_FILE, SAID_CURRENCY, SAID_COUNT };

/* Calls being shown, of some findings of one arena. */
struct showing {
	const struct batch *batch;
	struct arena *arena;
	struct {
		uint32_t name;
		const char *text; /* NULL: none yet */
	} said[SAID_COUNT];       /* the last of each */
};

static const char *
say(struct showing *s, enum said what, uint32_t name)
{
	if (s->said[what].text == NULL || s->said[what].name != name) {
		s->said[what].name = name;
		s->said[what].text =
		    arena_strdup(s->arena, batch_text(s->batch, name));
	}
	return s->said[what].text;
}

static void
show_call(struct showing *s, uint32_t i, struct evidence *e)
{
	const struct batch *b = s->batch;
	const struct call *c = &b->calls[i];
	const struct origin *o = &b->origins[i];
	struct arena *arena = s->arena;
	char room[INTERN_ROOM];

	e->start = c->start;
	e->call_id =
	    arena_strdup(arena, intern_read(b->names, o->call_id, room));
	e->src = arena_strdup(arena, batch_party_text(b, c->src));
	e->dst = arena_strdup(arena, batch_party_text(b, c->dst));
	e->dst_country = say(s, SAID_COUNTRY, b->parties[c->dst].country);
	e->source = say(s, SAID_SOURCE, b->sources[c->source].name);
	e->file = say(s, SAID_FILE, b->files[batch_file_of(b, i)]);
	e->line = o->line;
	e->duration = c->duration;
	e->has_cost = (c->flags & CALL_HAS_COST) != 0;
	e->cost = cost_of(b, i);
	e->estimated = o->rated;
	e->currency = say(s, SAID_CURRENCY, b->currencies[c->currency]);
}

static struct evidence *
show_calls(struct showing *s, const uint32_t *calls, size_t n)
{
	struct evidence *list = arena_array(s->arena, n, sizeof(*list));
	size_t i;

	for (i = 0; i < n; i++)
		show_call(s, calls[i], &list[i]);
	return list;
}

static void
show_entry(const struct numlist_entry *entry, const struct named_list *list,
    struct arena *arena, struct evidence *e)
{
	e->list = arena_strdup(arena, list->name);
	e->entry = arena_strdup(arena, entry->value);
	e->entry_source = arena_strdup(arena, entry->source);
	e->entry_note = arena_strdup(arena, entry->note);
}

/*
 * Calls that a list proves something against are shown now, as only the rule
 * knows which; false if there is none.
 */
static bool
show_listed(struct detect_work *w, struct finding *f, const uint32_t *calls)
{
	const struct batch *b = w->batch->calls;
	struct showing s = { .batch = b, .arena = &w->out->arena };
	const struct named_list *list = NULL;
	const struct numlist_entry *entry;
	struct evidence *shown = NULL;
	size_t i;

	for (i = 0; i < f->nevidence; i++) {
		entry = predicate_listed(w->groups.match, b, calls[i], &list);
		if (entry == NULL)
			continue;
		if (shown == NULL)
			shown = show_calls(&s, calls, f->nevidence);
		show_entry(entry, list, s.arena, &shown[i]);
	}
	f->evidence = shown;
	return shown != NULL;
}

void
detect_add_evidence(struct detect_work *w, struct finding *f,
    const uint32_t *members, size_t n)
{
	uint32_t chosen[BOUNDS_EVIDENCE];

	f->nevidence = choose_evidence(w->book, members, n, chosen);
	f->truncated = f->nevidence < n;
	if (!show_listed(w, f, chosen))
		f->shown = arena_memdup(&w->out->arena, chosen,
		    f->nevidence * sizeof(*chosen));
}

/* Some findings for each thread, which has an arena of its own. */
struct parts {
	const struct batch *batch;
	struct results *out;
	struct arena *arenas; /* by part */
	size_t n;
};

static void
show_part(void *arg, size_t part)
{
	const struct parts *p = arg;
	struct showing s = { .batch = p->batch, .arena = &p->arenas[part] };
	const size_t end = pool_cut(p->out->n, p->n, part + 1);
	size_t i = pool_cut(p->out->n, p->n, part);
	struct finding *f;

	for (; i < end; i++) {
		f = p->out->findings[i];
		if (f->shown == NULL)
			continue;
		f->evidence = show_calls(&s, f->shown, f->nevidence);
		f->shown = NULL;
	}
}

void
detect_show_evidence(const struct batch *b, size_t threads, struct results *out)
{
	struct parts p = { .batch = b,
		.out = out,
		.n = pool_parts(threads, out->n, LEAST) };
	size_t i;

	p.arenas = xcalloc(p.n, sizeof(*p.arenas));
	pool_run(threads, p.n, show_part, &p);
	for (i = 0; i < p.n; i++)
		arena_take(&out->arena, &p.arenas[i]);
	free(p.arenas);
}
