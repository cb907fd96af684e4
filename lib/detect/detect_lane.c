/*
 * detect_lane: what is asked of calls that lie far apart, side by side.
 *
 * The calls of a group are spread over all that were read.  What is looked at
 * again and again of each is copied once, in the order in which it is looked
 * at.
 */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_group_impl.h"

static void
make_room(uint32_t **of, size_t n)
{
	free(*of);
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
	const struct call *calls = b->calls;
	size_t i, k;

	for (k = 0; w->ticks && k < n; k++)
		l->ticks[k] = detect_tick(&clock, calls[l->calls[k]].start);
	for (i = 0; i < DETECT_ROWS; i++)
		for (k = 0; w->places[i] && k < n; k++)
			l->places[i][k] =
			    detect_places_at(places, i, &calls[l->calls[k]]);
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

	free(l->calls);
	free(l->ticks);
	for (i = 0; i < DETECT_ROWS; i++)
		free(l->places[i]);
	memset(l, 0, sizeof(*l));
}
