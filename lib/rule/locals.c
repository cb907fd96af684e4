#include "rule/locals.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* The places of all sources for one calendar of the directory, or none. */
static void
fill(struct locals *l, uint32_t own, const struct calendar *calendar,
    const struct named *named, const struct zone *fallback)
{
	const struct batch_source *src;
	struct local *at;
	size_t i;

	for (i = 0; i < l->batch->nsources; i++) {
		src = &l->batch->sources[i];
		at = &l->list[i * l->nown + own];
		at->calendar = calendar;
		if (calendar == NULL && src->calendar != NULL)
			at->calendar = named_calendar(named, src->calendar);
		if (at->calendar != NULL)
			at->zone = calendar_zone(at->calendar);
		if (at->zone == NULL)
			at->zone = src->zone;
		if (at->zone == NULL)
			at->zone = fallback;
	}
}

/* Numbers the calendars that the directory names; [0] of `found` is none. */
static const struct calendar **
number_calendars(struct locals *l, const struct named *named)
{
	const struct batch *b = l->batch;
	const struct calendar **found = NULL, *c;
	size_t i, k, cap = 0;

	found = xgrow(found, &cap, 1, sizeof(*found));
	found[0] = NULL;
	l->nown = 1;
	for (i = 0; i < b->nlisted; i++) {
		if (b->listed[i].calendar == NULL)
			continue;
		c = named_calendar(named, b->listed[i].calendar);
		for (k = 0; k < l->nown && found[k] != c; k++)
			;
		if (k == l->nown) {
			found = xgrow(found, &cap, k + 1, sizeof(*found));
			found[l->nown++] = c;
		}
		l->own[i] = (uint32_t)k;
	}
	return found;
}

void
locals_init(struct locals *l, const struct batch *b, const struct named *named,
    const struct zone *fallback)
{
	const struct calendar **calendars;
	uint32_t i;

	memset(l, 0, sizeof(*l));
	l->batch = b;
	l->named = named;
	l->own = xcalloc(b->nlisted + 1, sizeof(*l->own));
	calendars = number_calendars(l, named);
	l->n = b->nsources * l->nown;
	l->list = xcalloc(l->n + 1, sizeof(*l->list));
	for (i = 0; i < l->nown; i++)
		fill(l, i, calendars[i], named,
		    fallback != NULL ? fallback : zone_utc());
	free(calendars);
}

void
locals_fini(struct locals *l)
{
	free(l->own);
	free(l->list);
	memset(l, 0, sizeof(*l));
}

uint32_t
locals_own(const struct locals *l, size_t call)
{
	/* Most directories name none, and origins lie apart from the calls. */
	return l->nown > 1 ? l->own[l->batch->calls[call].listed] : 0;
}

size_t
locals_place(const struct locals *l, uint16_t source, uint32_t own)
{
	return source * l->nown + own;
}

const struct local *
locals_of(const struct locals *l, size_t call)
{
	return &l->list[locals_place(l, l->batch->calls[call].source,
	    locals_own(l, call))];
}

const struct calendar *
locals_calendar(const struct local *at, const struct named *named,
    const char *name)
{
	if (strcmp(name, NAMED_HOURS) == 0 && at->calendar != NULL)
		return at->calendar;
	return named_calendar(named, name);
}
