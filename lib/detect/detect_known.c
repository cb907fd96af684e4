/* detect_known: on how many days there were records before a call. */
#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "detect/detect_impl.h"

/*
 * Distinct local days, seen in the order of UTC.  The days of two zones are at
 * most two apart then, so the last eight days are enough to tell a day again.
 */
struct days {
	int64_t last;   /* the latest day */
	uint8_t recent; /* bit i: there are records on last - i */
	uint32_t n;
};

static void
see(struct days *d, int64_t day)
{
	int64_t on;

	if (d->n == 0 || day > d->last) {
		on = d->n == 0 ? 8 : day - d->last;
		d->recent = (uint8_t)(on < 8 ? d->recent << on : 0);
		d->last = day;
	}
	on = d->last - day;
	assert(on < 8);
	if ((d->recent >> on & 1) != 0)
		return;
	d->recent = (uint8_t)(d->recent | 1 << on);
	d->n++;
}

/* How many were before this one. */
static uint16_t
before(const struct days *d, int64_t day)
{
	uint32_t n = d->n;
	int64_t i;

	for (i = 0; i < 8 && d->last - i >= day; i++)
		n -= d->recent >> i & 1;
	return n < UINT16_MAX ? (uint16_t)n : UINT16_MAX;
}

void
detect_known_init(struct detect_batch *db)
{
	const struct batch *b = db->calls;
	const struct locals *at = &db->locals;
	struct days *sources = xcalloc(b->nsources + 1, sizeof(*sources));
	struct days *accounts =
	    xcalloc(intern_count(b->names), sizeof(*accounts));
	const struct call *c;
	enum call_event event;
	int64_t day, own;
	size_t i;

	db->known = xcalloc(b->n + 1, sizeof(*db->known));
	db->source_begins =
	    xcalloc(b->nsources + 1, sizeof(*db->source_begins));
	for (i = 0; i < b->n; i++) {
		c = &b->calls[i];
		day = zone_local_day(
		    at->list[locals_place(at, c->source, 0)].zone, c->start);
		own = at->n > 1
			  ? zone_local_day(locals_of(at, i)->zone, c->start)
			  : day;
		event = batch_event(b, i);
		if (event != EVENT_QUALITY && sources[c->source].n == 0)
			db->source_begins[c->source] = c->start;
		if (event != EVENT_QUALITY)
			see(&sources[c->source], day);
		if (event == EVENT_CALL)
			see(&accounts[c->account], own);
		db->known[i] = before(&sources[c->source], day);
		/* without an account there is only the source to ask */
		if (c->account != 0 &&
		    before(&accounts[c->account], own) < db->known[i])
			db->known[i] = before(&accounts[c->account], own);
	}
	free(sources);
	free(accounts);
}
