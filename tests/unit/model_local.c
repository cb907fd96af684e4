/* model_local: clocks and opening hours, call by call and by their names. */
#include <string.h>

#include "model_impl.h"

static const char *
given_name(const struct batch *b, size_t call)
{
	return b->listed[b->calls[call].listed].calendar;
}

static struct model_local
local_of(const struct batch *b, const struct named *named, uint16_t source,
    const char *given)
{
	const struct batch_source *src = &b->sources[source];
	const char *name = given != NULL ? given : src->calendar;
	struct model_local l = { src->zone, NULL };

	if (name != NULL)
		l.calendar = named_calendar(named, name);
	if (l.calendar != NULL && calendar_zone(l.calendar) != NULL)
		l.zone = calendar_zone(l.calendar);
	return l;
}

const struct zone *
model_zone(const struct batch *b, const struct named *named, size_t call)
{
	return local_of(b, named, b->calls[call].source, given_name(b, call))
	    .zone;
}

const struct zone *
model_source_zone(const struct batch *b, const struct named *named,
    uint16_t source)
{
	return local_of(b, named, source, NULL).zone;
}

/* All say one; or it is one account, and some say one; but never two. */
void
model_settle_down(struct model_group *g)
{
	const char *name = NULL, *said;
	bool account = false;
	size_t i, k, says = 0;

	for (i = 0; i < g->r->nby; i++)
		account |= strcmp(g->r->by[i]->name, "account") == 0;
	for (i = 0; i < g->n; i++) {
		said = given_name(g->b, g->calls[i]);
		says += said != NULL;
		name = said != NULL ? said : name;
	}
	for (i = 0; i < g->n; i++)
		for (k = 0; k < g->n; k++)
			if (given_name(g->b, g->calls[i]) != NULL &&
			    given_name(g->b, g->calls[k]) != NULL &&
			    strcmp(given_name(g->b, g->calls[i]),
				given_name(g->b, g->calls[k])) != 0)
				name = NULL;
	if (says < g->n && !account)
		name = NULL;
	g->at = local_of(g->b, g->named, g->source, name);
	g->hours = NULL;
	if (g->r->measure.during == NULL)
		return;
	if (strcmp(g->r->measure.during, NAMED_HOURS) == 0)
		g->hours = g->at.calendar;
	if (g->hours == NULL)
		g->hours = named_calendar(g->named, g->r->measure.during);
}
