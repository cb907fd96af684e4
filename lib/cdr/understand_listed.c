/* understand_listed: what the directory and the rates say of each call. */
#include <stdatomic.h>
#include <stdlib.h>

#include "base/marks.h"
#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/understand_impl.h"

enum { LEAST = 4096 }; /* calls that are worth a thread */

/*
 * Calls that are looked at by several threads.  Texts are looked up once each:
 * a thread that did not see another do so finds the same.
 */
struct search {
	struct batch *b;
	_Atomic uint32_t *of_text; /* 0 not yet, 1 none, else place + 2 */
	struct marks *places;      /* that a call has, + 1 */
	uint32_t *ids;             /* by place: batch listed */
	size_t parts;
};

static uint32_t
place_of(const struct search *s, uint32_t text)
{
	const struct directory *d = s->b->directory;
	const struct directory_entry *e;
	uint32_t place;

	if (text == 0)
		return 1;
	place = atomic_load_explicit(&s->of_text[text], memory_order_relaxed);
	if (place == 0) {
		e = directory_find(d, batch_text(s->b, text));
		place = e == NULL ? 1 : (uint32_t)(e - directory_at(d, 0)) + 2;
		atomic_store_explicit(&s->of_text[text], place,
		    memory_order_relaxed);
	}
	return place;
}

/* Who inside it is about: the telephone before the number or the trunk. */
static uint32_t
find_place(const struct search *s, size_t i)
{
	const struct call *c = &s->b->calls[i];
	const struct party *p = s->b->parties;
	const uint32_t texts[] = { c->user,
		p[batch_extra(s->b, EXTRA_FORWARDED_BY, i)].text,
		p[c->src].inside ? p[c->src].text : 0,
		p[c->dst].inside ? p[c->dst].text : 0, c->account, c->trunk_in,
		c->trunk_out };
	uint32_t place;
	size_t k;

	for (k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
		if ((place = place_of(s, texts[k])) > 1)
			return place - 1;
	return 0;
}

/* Places of the directory, + 1, for the time being; 0 without. */
static void
find_places(void *arg, size_t part)
{
	const struct search *s = arg;
	const size_t end = pool_cut(s->b->n, s->parts, part + 1);
	struct call *c = s->b->calls;
	size_t i;

	for (i = pool_cut(s->b->n, s->parts, part); i < end; i++) {
		c[i].listed = find_place(s, i);
		if (c[i].listed != 0)
			marks_add(s->places, part, c[i].listed, 1);
	}
}

static void
set_listed(void *arg, size_t part)
{
	const struct search *s = arg;
	const size_t end = pool_cut(s->b->n, s->parts, part + 1);
	struct call *c = s->b->calls;
	size_t i;

	for (i = pool_cut(s->b->n, s->parts, part); i < end; i++)
		c[i].listed = s->ids[c[i].listed];
}

static uint32_t
add_listed(struct batch *b, const struct directory_entry *e)
{
	struct listed l = { .capacity = e->capacity, .calendar = e->calendar };

	l.class = intern_addstr(b->names, e->class);
	l.group = intern_addstr(b->names, e->group);
	return batch_listed(b, &l);
}

static void
look_up(struct search *s, size_t threads)
{
	const struct directory *d = s->b->directory;
	const size_t entries = directory_size(d);
	uint64_t *list;
	size_t i, n;

	s->of_text = xcalloc(intern_count(s->b->names), sizeof(*s->of_text));
	s->places = marks_new(entries + 1, s->parts);
	pool_run(threads, s->parts, find_places, s);
	list = marks_list(s->places, &n);
	s->ids = xcalloc(entries + 1, sizeof(*s->ids));
	for (i = 0; i < n; i++)
		s->ids[list[i]] =
		    add_listed(s->b, directory_at(d, (size_t)list[i] - 1));
	pool_run(threads, s->parts, set_listed, s);
	free(list);
	free(s->ids);
	free(s->of_text);
	marks_free(&s->places);
}

void
understand_listed(struct batch *b, size_t threads)
{
	struct search s = { .b = b, .parts = pool_parts(threads, b->n, LEAST) };

	if (b->directory != NULL && directory_size(b->directory) > 0)
		look_up(&s, threads);
}

/* Whether somebody inside pays for it. */
static bool
goes_out(const struct batch *b, const struct call *c)
{
	return (c->flags & CALL_EVENT) == 0 &&
	       (c->direction == DIR_OUT || c->direction == DIR_TRANSIT ||
		   (c->flags & CALL_FORWARDED) != 0) &&
	       c->duration > 0 && !b->parties[c->dst].inside;
}

void
understand_rates(struct batch *b, const struct rates *rates, uint64_t others,
    struct notes *notes)
{
	const struct rate *rate;
	uint64_t n = others;
	struct call *c;
	size_t i;

	for (i = 0; rates != NULL && i < b->n; i++) {
		c = &b->calls[i];
		if ((c->flags & CALL_HAS_COST) != 0 || !goes_out(b, c))
			continue;
		rate = rates_find(rates, batch_party_text(b, c->dst));
		if (rate == NULL)
			continue;
		batch_set_cost(b, i, rate_cost(rate, c->duration));
		c->currency = batch_currency(b, rate->currency);
		c->flags |= CALL_HAS_COST;
		b->origins[i].rated = true;
		n++;
	}
	if (n > 0)
		notes_addf(notes, NOTE_INFO, NULL, 0,
		    "the cost of %llu call%s is an estimate from rates",
		    (unsigned long long)n, n == 1 ? "" : "s");
}
