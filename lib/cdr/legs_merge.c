#include "cdr/legs_impl.h"

#include <stddef.h>
#include <string.h>

#include "cdr/party.h"

/* What a call takes from the next leg when a leg has none. */
static const uint8_t call_texts[] = {
	offsetof(struct call, src),
	offsetof(struct call, dst),
	offsetof(struct call, dialled),
	offsetof(struct call, trunk_in),
	offsetof(struct call, trunk_out),
	offsetof(struct call, clue_in),
};
static const uint8_t origin_texts[] = {
	offsetof(struct origin, call_id),
	offsetof(struct origin, service),
};

static void
fill_texts(void *into, const void *from, const uint8_t *at, size_t n)
{
	uint32_t have, v;
	size_t i;

	for (i = 0; i < n; i++) {
		memcpy(&have, (char *)into + at[i], sizeof(have));
		memcpy(&v, (const char *)from + at[i], sizeof(v));
		if (have == 0)
			memcpy((char *)into + at[i], &v, sizeof(v));
	}
}

static void
fill_extras(struct call_extras *into, const struct call_extras *from)
{
	size_t k;

	for (k = 0; k < EXTRA_TEXTS; k++)
		if (into->ids[k] == 0)
			into->ids[k] = from->ids[k];
}

/* A call that is put together. */
struct whole {
	struct call c;
	struct origin o;
	struct call_extras x;
};

/* Of several prices for one call the greatest; switches repeat it per leg. */
static void
take_cost(struct whole *w, const struct call *leg,
    const struct call_extras *leg_extras)
{
	struct call *c = &w->c;

	if ((leg->flags & CALL_HAS_COST) == 0 ||
	    ((c->flags & CALL_HAS_COST) && w->x.cost >= leg_extras->cost))
		return;
	w->x.cost = leg_extras->cost;
	c->currency = leg->currency;
	c->flags |= CALL_HAS_COST;
}

static void
take_leg(struct whole *w, const struct batch *b, size_t i)
{
	const struct call *leg = &b->calls[i];
	const struct origin *leg_origin = &b->origins[i];
	const struct call_extras extras = batch_get_extras(b, i);
	struct call *c = &w->c;
	struct origin *o = &w->o;

	fill_texts(c, leg, call_texts, sizeof(call_texts));
	fill_texts(o, leg_origin, origin_texts, sizeof(origin_texts));
	fill_extras(&w->x, &extras);
	take_cost(w, leg, &extras);
	c->flags |= leg->flags & CALL_FORWARDED;
	if (c->direction == DIR_MISSING)
		c->direction = leg->direction;
	if (c->status == STATUS_MISSING)
		c->status = leg->status;
	if (c->feature == FEATURE_NONE)
		c->feature = leg->feature;
	if (o->cause == 0)
		o->cause = leg_origin->cause;
	if (c->account_type != ACCOUNT_ACCOUNT &&
	    leg->account_type == ACCOUNT_ACCOUNT) {
		c->account = leg->account;
		c->account_type = ACCOUNT_ACCOUNT;
	}
}

/*
 * What only the side on which the call came in knows: caller and digits as
 * they were before anything was rewritten, and the trunk.
 */
static void
take_halves(const struct batch *b, const struct leg *legs, size_t n,
    struct whole *w)
{
	struct call *c = &w->c;
	const struct call *half;
	size_t i;

	for (i = n; i-- > 0;) {
		if (!legs[i].half)
			continue;
		half = &b->calls[legs[i].call];
		c->src = half->src != 0 ? half->src : c->src;
		c->dialled = half->dialled != 0 ? half->dialled : c->dialled;
		c->trunk_in = half->trunk_in;
		w->x.ids[EXTRA_SRC_NAME] =
		    batch_extra(b, EXTRA_SRC_NAME, legs[i].call);
	}
}

static uint32_t
first_leg(const struct leg *legs, size_t n)
{
	uint32_t first = legs[0].call;
	size_t i;

	for (i = 1; i < n; i++)
		if (legs[i].call < first)
			first = legs[i].call;
	return first;
}

/* The longest answered leg, the first of equals; UINT32_MAX for none. */
static uint32_t
longest_leg(const struct batch *b, const struct leg *legs, size_t n)
{
	uint32_t best = UINT32_MAX, call;
	size_t i;

	for (i = 0; i < n; i++) {
		call = legs[i].call;
		if (legs[i].unanswered)
			continue;
		if (best == UINT32_MAX ||
		    b->calls[call].duration > b->calls[best].duration ||
		    (b->calls[call].duration == b->calls[best].duration &&
			call < best))
			best = call;
	}
	return best;
}

static uint32_t
clip32(int64_t v)
{
	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

/*
 * Who made or took the call: of an answered one, who answered; rather a
 * telephone than the number it rang for.  The leg whose user it is.
 */
static uint32_t
user_leg(const struct batch *b, const struct leg *legs, size_t n, bool answered)
{
	uint32_t called = UINT32_MAX, call;
	size_t i;

	for (i = 0; i < n; i++) {
		call = legs[i].call;
		if (b->calls[call].user == 0 ||
		    (answered && legs[i].unanswered))
			continue;
		if (!b->origins[call].user_called)
			return call;
		if (called == UINT32_MAX)
			called = call;
	}
	if (called == UINT32_MAX && answered)
		return user_leg(b, legs, n, false);
	return called;
}

static void
set_user(const struct batch *b, const struct leg *legs, size_t n,
    struct call *c, struct origin *o)
{
	uint32_t leg = user_leg(b, legs, n, c->status == STATUS_ANSWERED);

	if (leg != UINT32_MAX) {
		c->user = b->calls[leg].user;
		o->user_called = b->origins[leg].user_called;
	}
}

/*
 * What the trunks of all legs say outranks what the numbers of one leg said.
 * A leg that stays inside may leave for another office all the same.
 */
static void
set_direction(struct call *c, bool outside, uint32_t left_on)
{
	if (!outside)
		c->trunk_out = left_on;
	if (c->trunk_in == 0)
		return;
	if (outside && c->trunk_out != 0)
		c->direction = DIR_TRANSIT;
	else if (c->trunk_out == 0 && c->direction != DIR_OUT)
		c->direction = DIR_IN;
}

/* Start, talk, and the time before talk, of `c`. */
static void
set_times(const struct batch *b, const struct leg *legs, size_t n,
    uint32_t first, struct call *c)
{
	uint32_t longest = longest_leg(b, legs, n);
	const struct call *leg;
	int64_t end = INT64_MIN, leg_end;
	size_t i;

	c->start = b->calls[first].start;
	c->duration = 0;
	if (longest != UINT32_MAX) {
		leg = &b->calls[longest];
		c->status = STATUS_ANSWERED;
		c->duration = leg->duration;
		c->ring = clip32(leg->start + leg->ring - c->start);
		return;
	}
	for (i = 0; i < n; i++) {
		leg = &b->calls[legs[i].call];
		leg_end = leg->start + leg->ring + leg->duration;
		if (leg_end > end)
			end = leg_end;
	}
	c->ring = clip32(end - c->start);
}

/*
 * The call goes to the first leg's place.  The record that tells its parties
 * is the one to show, so the two change places in the account of the files.
 */
static void
put(struct batch *b, uint32_t first, uint32_t told_by, const struct whole *w)
{
	struct origin *place = &b->origins[first];
	const uint8_t added = b->calls[first].flags & CALL_ADDED;
	struct origin was = *place;
	const uint32_t was_of = batch_file_of(b, first);

	*place = w->o;
	place->key = was.key;
	place->zone_kind = was.zone_kind;
	b->calls[first] = w->c;
	batch_set_extras(b, first, &w->x);
	if (told_by != first) {
		batch_set_file(b, told_by, was_of);
		b->origins[told_by].line = was.line;
		b->calls[told_by].flags &= (uint8_t)~CALL_ADDED;
		b->calls[told_by].flags |= added;
	}
}

static void
count(const struct batch *b, uint32_t leg, const struct legs_counts *counts)
{
	const uint32_t file = batch_file_of(b, leg);

	if (counts->per_file != NULL)
		counts->per_file[file]++;
	if (counts->added != NULL && (b->calls[leg].flags & CALL_ADDED) != 0)
		counts->added[file]++;
}

uint32_t
legs_merge(struct batch *b, const struct leg *legs, size_t n, bool outside,
    const struct legs_counts *counts)
{
	uint32_t told_by = legs[0].call, first = first_leg(legs, n);
	struct whole w = { .c = b->calls[told_by],
		.o = b->origins[told_by],
		.x = batch_get_extras(b, told_by) };
	uint32_t left_on = w.c.trunk_out;
	size_t i;

	if (n == 1)
		return first;
	for (i = 1; i < n; i++)
		take_leg(&w, b, legs[i].call);
	take_halves(b, legs, n, &w);
	set_direction(&w.c, outside, left_on);
	w.c.flags &= (uint8_t)~CALL_AMBIGUOUS;
	w.c.flags |= CALL_JOINED | (b->calls[first].flags & CALL_AMBIGUOUS);
	set_times(b, legs, n, first, &w.c);
	set_user(b, legs, n, &w.c, &w.o);
	party_account(b, &w.c, w.x.ids[EXTRA_FORWARDED_BY]);
	put(b, first, told_by, &w);
	for (i = 0; i < n; i++) {
		if (legs[i].call == first)
			continue;
		b->calls[legs[i].call].flags |= CALL_FURTHER;
		count(b, legs[i].call, counts);
	}
	return first;
}
