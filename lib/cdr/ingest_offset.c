#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "cdr/decode.h"
#include "cdr/ingest_impl.h"

/*
 * What call ids prove.  An id holds the UTC second at which the switch made
 * it, a moment before the start stamp is taken.  So the stamp, read as if it
 * were UTC, is ahead of its id by the zone's offset, which is a whole number
 * of quarter hours, and by less than a minute.  Ids of legs that begin later
 * in a call do not agree; they are few.  An id made at the end of a call is
 * taken back to its start.
 *
 * Where no zone is stated a stamp is read by its own id alone, if that agrees:
 * its start is part of what a store knows the record by, so it may not change
 * with what else is in the file.  Only the rest is read as most records are.
 * The price: a leg that begins a whole hour after its id, give or take a
 * minute, is read an hour or more too early.
 */
enum {
	QUARTER_MS = 15 * 60 * 1000,
	MINUTE_MS = 60 * 1000,
	WEST = ORIGIN_CLOCK - INGEST_CLOCK_WEST /* UTC-12 is index 0 */
};

/*
 * Besides whole hours, the minutes that zones of tzdata are or were ahead of
 * UTC since 2007: legs that begin a quarter late show others.
 */
static const int16_t odd_offsets[] = { -570, -270, -210, -150, 210, 270, 330,
	345, 390, 510, 525, 570, 630, 690, 765, 825 };

int64_t
ingest_offset_ms(int index)
{
	return (int64_t)(index - WEST) * QUARTER_MS;
}

static bool
in_use(int index)
{
	int minutes = (index - WEST) * 15;
	size_t i;

	if (minutes % 60 == 0)
		return true;
	for (i = 0; i < sizeof(odd_offsets) / sizeof(odd_offsets[0]); i++)
		if (odd_offsets[i] == minutes)
			return true;
	return false;
}

int
ingest_offset_of(int64_t stamp, int64_t epoch)
{
	int64_t ahead = stamp - epoch + ingest_offset_ms(2 * WEST);
	int64_t index = (ahead + QUARTER_MS / 2) / QUARTER_MS;

	if (ahead < 0 || index >= INGEST_OFFSETS ||
	    llabs(ahead - index * QUARTER_MS) > MINUTE_MS ||
	    !in_use((int)index))
		return -1;
	return (int)index;
}

bool
ingest_epoch(const struct batch *b, const struct layout *l, size_t i,
    int64_t *epoch)
{
	const struct call *c = &b->calls[i];
	const uint32_t id = b->origins[i].call_id;
	char room[INTERN_ROOM];

	if (!decode_epoch(l, intern_read(b->names, id, room),
		intern_len(b->names, id), epoch))
		return false;
	if (l->fields[TARGET_CALL_ID].at_end)
		*epoch -= (int64_t)c->ring + c->duration;
	return true;
}

static uint8_t
clock_of(int64_t stamp, int64_t epoch)
{
	const int index = ingest_offset_of(stamp, epoch);

	return index < 0 ? INGEST_CLOCK_OTHER
			 : (uint8_t)(INGEST_CLOCK_WEST + index);
}

void
ingest_weigh(const struct decoder *d, const struct call *c, struct origin *o)
{
	int64_t epoch = d->epoch;

	if (!d->has_epoch || o->zone_kind != STAMP_LOCAL)
		return;
	if (d->layout->fields[TARGET_CALL_ID].at_end)
		epoch -= (int64_t)c->ring + c->duration;
	o->clock = clock_of(c->start, epoch);
}

void
ingest_weigh_again(const struct batch *b, const struct layout *l, size_t i)
{
	struct origin *o = &b->origins[i];
	int64_t epoch;

	if (o->zone_kind == STAMP_LOCAL && ingest_epoch(b, l, i, &epoch))
		o->clock = clock_of(b->calls[i].start, epoch);
}

unsigned
ingest_one_clock(const struct batch *b)
{
	const struct origin *o = b->origins, *end = o + b->n;
	const unsigned clock = b->n > 0 ? o->clock : INGEST_CLOCK_NONE;

	for (; o < end; o++)
		if (o->zone_kind != STAMP_LOCAL || o->clock != clock)
			return INGEST_CLOCK_MIXED;
	return clock;
}

void
ingest_count_clocks(struct ingest_stream *s, const struct batch *b,
    size_t first, size_t n, unsigned clock)
{
	const struct origin *o = b->origins + first, *end = o + n;

	if (clock != INGEST_CLOCK_MIXED) {
		s->clocks[clock] += n;
		return;
	}
	for (; o < end; o++)
		if (o->zone_kind == STAMP_LOCAL)
			s->clocks[o->clock]++;
}

bool
ingest_nearly_all(int64_t n, int64_t all)
{
	return n > all - n && n * 10 > all * 9;
}

const struct zone *
ingest_fixed_zone(int index)
{
	int minutes = (int)(ingest_offset_ms(index) / MINUTE_MS),
	    size = abs(minutes);
	const struct zone *z;
	char name[8];

	if (minutes == 0)
		return zone_utc();
	(void)snprintf(name, sizeof(name), "%c%02d:%02d",
	    minutes < 0 ? '-' : '+', size / 60 % 100, size % 60);
	z = zone_get(name, NULL);
	assert(z != NULL);
	return z;
}

enum zone_fold
ingest_to_utc(const struct zone *z, int64_t stamp, int64_t *first,
    int64_t *second)
{
	struct civil civil;

	if (z == zone_utc()) {
		*first = *second = stamp;
		return ZONE_ONCE;
	}
	zone_to_local(zone_utc(), stamp, &civil);
	return zone_to_utc(z, &civil, first, second);
}

bool
ingest_agrees(const struct zone *z, int64_t stamp, int64_t epoch)
{
	int64_t first, second;

	(void)ingest_to_utc(z, stamp, &first, &second);
	return llabs(first - epoch) <= MINUTE_MS ||
	       llabs(second - epoch) <= MINUTE_MS;
}
