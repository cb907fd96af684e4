/*
 * detect_lane: what is asked of calls that lie far apart, side by side.
 *
 * The calls of a group are spread over all that were read.  What is looked at
 * again and again of each is copied once, in the order in which it is looked
 * at.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_group_impl.h"

enum { WORD = 64 };

static void
make_room(uint32_t **of, size_t n)
{
	xfree_large(*of);
	*of = xmalloc(n * sizeof(**of));
}

void
detect_lane_room(struct detect_lane *l, const struct detect_wants *w, size_t n)
{
	size_t i;

	if (n <= l->cap)
		return;
	/* The first is most often the largest. */
	n += l->cap > 0 ? n / 2 : 0;
	l->cap = n;
	make_room(&l->calls, n);
	if (w->ticks)
		make_room(&l->ticks, n);
	for (i = 0; i < DETECT_ROWS; i++)
		if (w->places[i])
			make_room(&l->places[i], n);
}

void
detect_lane_fill(struct detect_lane *l, const struct detect_wants *w,
    const struct detect_shared *s, const struct batch *b, size_t n)
{
	const struct detect_clock clock = *detect_clock(s);
	const struct detect_places *places = detect_places(s);
	size_t i, k;

	for (k = 0; w->ticks && k < n; k++)
		l->ticks[k] = detect_tick(&clock, b, l->calls[k]);
	for (i = 0; i < DETECT_ROWS; i++)
		for (k = 0; w->places[i] && k < n; k++)
			l->places[i][k] =
			    detect_places_at(places, i, l->calls[k]);
}

static void
pick(uint32_t *to, const uint32_t *from, const uint64_t *keys, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		to[i] = from[(uint32_t)keys[i]];
}

void
detect_lane_pick(struct detect_lane *l, const struct detect_wants *w,
    const struct detect_lane *from, const uint64_t *keys, size_t n)
{
	size_t i;

	pick(l->calls, from->calls, keys, n);
	if (w->ticks)
		pick(l->ticks, from->ticks, keys, n);
	for (i = 0; i < DETECT_ROWS; i++)
		if (w->places[i])
			pick(l->places[i], from->places[i], keys, n);
}

void
detect_lane_move(struct detect_lane *l, const struct detect_wants *w, size_t to,
    size_t from, size_t end)
{
	const size_t size = (end - from) * sizeof(*l->calls);
	size_t i;

	if (to == from)
		return;
	memmove(l->calls + to, l->calls + from, size);
	if (w->ticks)
		memmove(l->ticks + to, l->ticks + from, size);
	for (i = 0; i < DETECT_ROWS; i++)
		if (w->places[i])
			memmove(l->places[i] + to, l->places[i] + from, size);
}

void
detect_lane_fini(struct detect_lane *l)
{
	size_t i;

	xfree_large(l->calls);
	xfree_large(l->ticks);
	for (i = 0; i < DETECT_ROWS; i++)
		xfree_large(l->places[i]);
	memset(l, 0, sizeof(*l));
}

/* Taking ------------------------------------------------------------------ */

static size_t
is_set(const uint64_t *bits, uint32_t call)
{
	return bits[call / WORD] >> call % WORD & 1;
}

static void
take_places(const struct detect_order *o, size_t column, size_t from,
    size_t end, const uint64_t *bits, uint32_t *places)
{
	const struct detect_column c = o->places[column];
	size_t n = 0, k;

	assert(c.few != NULL || c.many != NULL);
	for (k = from; c.few != NULL && k < end; k++) {
		places[n] = c.few[k];
		n += is_set(bits, o->calls[k]);
	}
	for (k = from; c.many != NULL && k < end; k++) {
		places[n] = c.many[k];
		n += is_set(bits, o->calls[k]);
	}
}

/* The same where all are set. */
static void
copy_places(const struct detect_order *o, size_t column, size_t from,
    size_t end, uint32_t *places)
{
	const struct detect_column c = o->places[column];
	size_t k;

	if (c.many != NULL)
		memcpy(places, c.many + from, (end - from) * sizeof(*places));
	for (k = from; c.few != NULL && k < end; k++)
		places[k - from] = c.few[k];
}

static size_t
copy_all(const struct detect_order *o, size_t from, size_t end,
    const struct detect_wants *w, struct detect_lane *l)
{
	const size_t size = (end - from) * sizeof(*l->calls);
	size_t i;

	memcpy(l->calls, o->calls + from, size);
	if (w->ticks)
		memcpy(l->ticks, o->ticks + from, size);
	for (i = 0; i < DETECT_ROWS; i++)
		if (w->places[i])
			copy_places(o, i, from, end, l->places[i]);
	return end - from;
}

/* The place of the first call that is not before one, or the end. */
static size_t
skip_before(const struct detect_order *o, size_t from, size_t end, size_t first)
{
	size_t middle;

	if (from < end && o->calls[from] >= first)
		return from;
	while (from < end) {
		middle = from + (end - from) / 2;
		if (o->calls[middle] < first)
			from = middle + 1;
		else
			end = middle;
	}
	return from;
}

size_t
detect_order_take(const struct detect_order *o, size_t from, size_t end,
    const uint64_t *bits, size_t first, const struct detect_wants *w,
    struct detect_lane *l)
{
	size_t n = 0, i, k;

	if (bits == NULL)
		return copy_all(o, from, end, w, l);
	from = skip_before(o, from, end, first);
	for (k = from; w->ticks && k < end; k++) {
		l->calls[n] = o->calls[k];
		l->ticks[n] = o->ticks[k];
		n += is_set(bits, o->calls[k]);
	}
	for (k = from; !w->ticks && k < end; k++) {
		l->calls[n] = o->calls[k];
		n += is_set(bits, o->calls[k]);
	}
	for (i = 0; i < DETECT_ROWS; i++)
		if (w->places[i])
			take_places(o, i, from, end, bits, l->places[i]);
	return n;
}
