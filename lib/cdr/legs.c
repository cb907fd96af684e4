#include "cdr/legs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/legs_impl.h"
#include "cdr/party.h"
#include "tel/numplan.h"

struct joiner {
	struct batch *b;
	struct leg *legs;
	size_t cap;
	struct legs_counts counts;
	size_t marked;
};

/* A leg that neither came in, nor stayed inside, nor is for a number. */
static bool
is_idle(const struct batch *b, const struct call *c)
{
	return c->direction != DIR_IN && c->direction != DIR_INTERNAL &&
	       b->parties[c->dst].text == 0;
}

/*
 * The first record that tells how the call left and was answered, else the
 * first that tells how it left; `n` if none does.
 */
static size_t
leading_side(const struct batch *b, const uint32_t *list, size_t n)
{
	size_t i, first = n;

	for (i = 0; i < n; i++) {
		if ((b->origins[list[i]].stated & ORIGIN_SIDE_OUT) == 0)
			continue;
		if (b->calls[list[i]].status == STATUS_ANSWERED)
			return i;
		if (first == n)
			first = i;
	}
	return first;
}

static void
read_legs(struct joiner *j, const uint32_t *list, size_t n)
{
	const struct batch *b = j->b;
	const size_t leader = leading_side(b, list, n);
	const struct call *c;
	struct leg *leg;
	uint8_t side;
	size_t i;

	j->legs = xgrow(j->legs, &j->cap, n, sizeof(*j->legs));
	for (i = 0; i < n; i++) {
		c = &b->calls[list[i]];
		side = b->origins[list[i]].stated;
		leg = &j->legs[i];
		*leg = (struct leg){
			.call = list[i],
			.dst = b->parties[c->dst].text,
			.idle = is_idle(b, c),
			.half = leader < n && (side & ORIGIN_SIDE_IN),
			.unanswered = c->status != STATUS_ANSWERED,
		};
		/* A try of another way out, perhaps of a rewritten number. */
		if ((side & ORIGIN_SIDE_OUT) && leg->unanswered && i != leader)
			leg->idle = true;
	}
}

static int
compare_destinations(const void *va, const void *vb)
{
	const struct leg *x = va, *y = vb;

	if (x->dst != y->dst)
		return x->dst < y->dst ? -1 : 1;
	return (x->call > y->call) - (x->call < y->call);
}

/*
 * The first call, then by group; in a group the leg that tells most comes
 * first: one that names the number is also the record to show.
 */
static int
compare_legs(const void *va, const void *vb)
{
	const struct leg *x = va, *y = vb;

	if (x->later != y->later)
		return x->later ? 1 : -1;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->half != y->half)
		return x->half ? 1 : -1;
	if ((x->dst == 0) != (y->dst == 0))
		return x->dst == 0 ? 1 : -1;
	if (x->unanswered != y->unanswered)
		return x->unanswered ? 1 : -1;
	return (x->call > y->call) - (x->call < y->call);
}

/*
 * Whether legs to one number reach outside.  A number on which the call came
 * in may look like any other when nobody stated our own numbers; it is outside
 * only if a leg left for it.
 */
static bool
reaches_outside(const struct batch *b, const struct leg *legs, size_t n)
{
	const struct call *c = &b->calls[legs[0].call];
	bool inside = false, left = false;
	size_t i;

	if (legs[0].dst == 0 || b->parties[c->dst].inside)
		return false;
	for (i = 0; i < n; i++) {
		c = &b->calls[legs[i].call];
		if (legs[i].half)
			continue;
		inside |=
		    c->direction == DIR_IN || c->direction == DIR_INTERNAL;
		left |= c->trunk_out != 0;
	}
	return left || !inside;
}

static size_t
run_of_destination(const struct leg *legs, size_t n)
{
	size_t i;

	for (i = 1; i < n && legs[i].dst == legs[0].dst; i++)
		;
	return i;
}

/*
 * The group that begins first; of those that begin together the one that stays
 * inside, which is the least.
 */
static uint32_t
first_group(const struct batch *b, const struct leg *legs, size_t n)
{
	const struct leg *first = NULL;
	int64_t start, least = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (legs[i].idle || legs[i].half)
			continue;
		start = b->calls[legs[i].call].start;
		if (first == NULL || start < least ||
		    (start == least && legs[i].group < first->group)) {
			first = &legs[i];
			least = start;
		}
	}
	return first != NULL ? first->group : 0;
}

/* Give each leg its group; idle ones and halves go to the first call. */
static void
set_groups(struct joiner *j, size_t n)
{
	struct leg *legs = j->legs;
	size_t i, k, run;
	uint32_t first;

	qsort(legs, n, sizeof(*legs), compare_destinations);
	for (i = 0; i < n; i += run) {
		run = run_of_destination(legs + i, n - i);
		if (reaches_outside(j->b, legs + i, run))
			for (k = i; k < i + run; k++)
				legs[k].group = legs[i].call + 1;
	}
	first = first_group(j->b, legs, n);
	for (i = 0; i < n; i++) {
		if (legs[i].idle || legs[i].half)
			legs[i].group = first;
		legs[i].later = legs[i].group != first;
	}
	qsort(legs, n, sizeof(*legs), compare_legs);
}

/*
 * Who sent the first call on: the telephone that took it, else the inside
 * number that was called, else who made it.  0 if nobody is known.
 */
static uint32_t
forwarder(struct batch *b, uint32_t first)
{
	const struct call *c = &b->calls[first];
	struct party telephone = { .text = c->user,
		.kind = NUMKIND_INTERNAL,
		.party = PARTY_INTERNAL,
		.inside = true };
	bool took = c->direction == DIR_IN && c->user != 0 &&
		    !b->origins[first].user_called;

	if (took &&
	    (c->status == STATUS_ANSWERED || !b->parties[c->dst].inside))
		return batch_party(b, &telephone);
	if (b->parties[c->dst].inside)
		return c->dst;
	return b->parties[c->src].inside ? c->src : 0;
}

/*
 * The call at `place` was sent on by the one at `first`.  Who is on the line
 * called first; the record of a channel that was dialled does not tell.
 */
static void
mark_forwarded(struct batch *b, uint32_t place, uint32_t first)
{
	struct call *c = &b->calls[place];
	uint32_t by = batch_extra(b, EXTRA_FORWARDED_BY, place);

	if (c->src == 0 && c->trunk_in == 0) {
		c->src = b->calls[first].src;
		batch_set_extra(b, EXTRA_SRC_NAME, place,
		    batch_extra(b, EXTRA_SRC_NAME, first));
	}
	if (c->trunk_in == 0 && c->trunk_out != 0)
		c->direction = DIR_OUT;
	c->flags |= CALL_FORWARDED;
	if (by == 0)
		by = forwarder(b, first);
	batch_set_extra(b, EXTRA_FORWARDED_BY, place, by);
	if (c->user == 0)
		c->user = b->parties[by].text;
	party_account(b, c, by);
}

/* Legs of one (source, join key) within the span. */
static void
join_span(struct joiner *j, const uint32_t *list, size_t n)
{
	uint32_t place, first = 0;
	const struct leg *legs;
	size_t i, run;

	read_legs(j, list, n);
	set_groups(j, n);
	for (i = 0; i < n; i += run) {
		legs = j->legs + i;
		for (run = 1; i + run < n && legs[run].group == legs->group;
		     run++)
			;
		place =
		    legs_merge(j->b, legs, run, legs->group != 0, &j->counts);
		j->marked += run - 1;
		if (!legs->later)
			first = place;
		else if (legs->group != 0)
			mark_forwarded(j->b, place, first);
	}
}

static void
join_all(struct joiner *j, const uint32_t *list, size_t n)
{
	const struct batch *b = j->b;
	const struct call *c, *first;
	size_t i, run;

	for (i = 0; i < n; i += run) {
		first = &b->calls[list[i]];
		for (run = 1; i + run < n; run++) {
			c = &b->calls[list[i + run]];
			if (legs_compare_keys(b, list[i], list[i + run]) != 0 ||
			    c->start - first->start > LEGS_SPAN)
				break;
		}
		if (run > 1)
			join_span(j, list + i, run);
	}
}

size_t
legs_join_keep(struct batch *b, size_t threads, int64_t *per_file,
    int64_t *added, int64_t since, struct buf *keep)
{
	struct joiner j = { .b = b,
		.counts = { .per_file = per_file, .added = added } };
	uint32_t *list;
	size_t n;

	assert(b->sorted);
	list = legs_candidates(b, threads, &n);
	if (keep != NULL)
		legs_keep(b, list, n, since, keep);
	join_all(&j, list, n);
	free(list);
	free(j.legs);
	return j.marked;
}

size_t
legs_join(struct batch *b, size_t threads, int64_t *per_file, int64_t *added)
{
	return legs_join_keep(b, threads, per_file, added, INT64_MIN, NULL);
}
