/* understand_listed: what the directory and the rates say of each call. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/understand_impl.h"

/* Texts that were looked up before, by names id. */
struct seen {
	struct batch *b;
	uint32_t *of_text; /* 0 not yet, 1 none, else place + 2 */
	uint32_t *ids;     /* by place: listed id, 0 not yet */
};

static uint32_t
place_of(struct seen *s, uint32_t text)
{
	const struct directory *d = s->b->directory;
	const struct directory_entry *e;

	if (text == 0)
		return 1;
	if (s->of_text[text] == 0) {
		e = directory_find(d, batch_text(s->b, text));
		s->of_text[text] =
		    e == NULL ? 1 : (uint32_t)(e - directory_at(d, 0)) + 2;
	}
	return s->of_text[text];
}

/* Who inside it is about: the telephone before the number or the trunk. */
static uint32_t
find_place(struct seen *s, const struct call *c)
{
	const struct party *p = s->b->parties;
	const uint32_t texts[] = { c->user, p[c->forwarded_by].text,
		p[c->src].inside ? p[c->src].text : 0,
		p[c->dst].inside ? p[c->dst].text : 0, c->account, c->trunk_in,
		c->trunk_out };
	uint32_t place;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if ((place = place_of(s, texts[i])) > 1)
			return place;
	return 1;
}

static uint32_t
listed_of(struct seen *s, uint32_t place)
{
	const struct directory_entry *e;
	struct listed l;

	if (place < 2)
		return 0;
	if (s->ids[place - 2] == 0) {
		e = directory_at(s->b->directory, place - 2);
		l.class = intern_addstr(s->b->names, e->class);
		l.group = intern_addstr(s->b->names, e->group);
		l.capacity = e->capacity;
		l.calendar = e->calendar;
		s->ids[place - 2] = batch_listed(s->b, &l);
	}
	return s->ids[place - 2];
}

void
understand_listed(struct batch *b)
{
	struct seen s = { .b = b };
	size_t i;

	if (b->directory != NULL && directory_size(b->directory) > 0) {
		s.of_text = xcalloc(intern_count(b->names), sizeof(*s.of_text));
		s.ids = xcalloc(directory_size(b->directory), sizeof(*s.ids));
	}
	/* What was recorded there is known no more, directory or not. */
	for (i = 0; i < b->n; i++)
		b->origins[i].listed =
		    s.of_text == NULL
			? 0
			: listed_of(&s, find_place(&s, &b->calls[i]));
	free(s.of_text);
	free(s.ids);
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
understand_rates(struct batch *b, const struct rates *rates,
    struct notes *notes)
{
	const struct rate *rate;
	struct call *c;
	size_t i, n = 0;

	for (i = 0; rates != NULL && i < b->n; i++) {
		c = &b->calls[i];
		if ((c->flags & CALL_HAS_COST) != 0 || !goes_out(b, c))
			continue;
		rate = rates_find(rates, batch_party_text(b, c->dst));
		if (rate == NULL)
			continue;
		c->cost = rate_cost(rate, c->duration);
		c->currency = batch_currency(b, rate->currency);
		c->flags |= CALL_HAS_COST;
		b->origins[i].rated = true;
		n++;
	}
	if (n > 0)
		notes_addf(notes, NOTE_INFO, NULL, 0,
		    "the cost of %zu call%s is an estimate from rates", n,
		    n == 1 ? "" : "s");
}
