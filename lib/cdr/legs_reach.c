/*
 * How far back join keys reach: legs of one without a pause of the span hang
 * together, since which of them are of one call depends on the first.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/floordiv.h"
#include "base/packed.h"
#include "cdr/legs_impl.h"

#define HOUR_MS INT64_C(3600000)

/* Hours that are told of, from the last call back. */
enum { HOURS = 96 };

/* With a key that reaches back farther, all calls may be needed as well. */
#define MOST_MS (4 * LEGS_SPAN)

/* The legs of a key that hang together, one after another. */
struct chains {
	const struct batch *b;
	const uint32_t *list;
	size_t n, i;
	int64_t first, last; /* of the present one */
};

static bool
next_chain(struct chains *c)
{
	const struct call *calls = c->b->calls;
	int64_t start;

	if (c->i == c->n)
		return false;
	c->first = c->last = calls[c->list[c->i]].start;
	for (c->i++; c->i < c->n; c->i++) {
		start = calls[c->list[c->i]].start;
		if (start - c->last > LEGS_SPAN ||
		    legs_compare_keys(c->b, c->list[c->i - 1], c->list[c->i]) !=
			0)
			break;
		c->last = start;
	}
	return true;
}

/*
 * Where those that reach `begins` begin too near to `from`, others may stand
 * before.
 */
bool
legs_reach(const struct batch *b, size_t threads, int64_t from, int64_t begins)
{
	const size_t first = batch_lower(b, from);
	const struct batch some =
	    batch_part(b, first, batch_lower(b, begins + LEGS_SPAN) - first);
	struct chains c = { .b = &some };
	uint32_t *list;
	bool reach = false;

	assert(b->sorted);
	list = legs_candidates(&some, threads, &c.n);
	c.list = list;
	while (!reach && next_chain(&c))
		reach = c.last >= begins && c.first < from + LEGS_SPAN;
	free(list);
	return reach;
}

static int64_t
hour_of(int64_t t)
{
	return floor_div(t, HOUR_MS);
}

/* Those that go on across the beginning of an hour, of `n` from `since` on. */
static void
note_chain(const struct chains *c, int64_t since, int64_t *back, size_t n)
{
	const int64_t first = hour_of(c->first) + 1, last = hour_of(c->last);
	int64_t hour = first > since ? first : since, ms;

	for (; hour <= last && hour - since < (int64_t)n; hour++) {
		ms = hour * HOUR_MS - c->first;
		if (ms > back[hour - since])
			back[hour - since] = ms;
	}
}

void
legs_keep(const struct batch *b, const uint32_t *list, size_t n, int64_t since,
    struct buf *out)
{
	struct chains c = { .b = b, .list = list, .n = n };
	int64_t head[2], back[HOURS] = { 0 }, last;

	buf_reset(out);
	if (b->n == 0)
		return;
	last = hour_of(b->calls[b->n - 1].start);
	head[0] = last - HOURS + 1;
	if (since > head[0] * HOUR_MS)
		head[0] = hour_of(since - 1) + 1;
	head[1] = last - head[0] + 1;
	if (head[1] <= 0)
		return;
	while (next_chain(&c))
		note_chain(&c, head[0], back, (size_t)head[1]);
	packed_add_numbers(out, head, 2);
	packed_add_numbers(out, back, (size_t)head[1]);
}

int64_t
legs_kept_from(const struct buf *kept, int64_t begins)
{
	const unsigned char *at = (const unsigned char *)kept->data,
			    *end = at + kept->len;
	const int64_t hour = hour_of(begins);
	int64_t head[2], back[HOURS], ms;

	if (kept->len == 0 || packed_read_numbers(head, &at, end, 2) != 0 ||
	    head[1] < 1 || head[1] > HOURS ||
	    packed_read_numbers(back, &at, end, (size_t)head[1]) != 0 ||
	    at != end)
		return INT64_MIN;
	if (begins % HOUR_MS != 0 || hour < head[0] ||
	    hour - HOURS >= head[0] || hour - head[0] >= head[1])
		return INT64_MIN;
	ms = back[hour - head[0]];
	return ms < 0 || ms > MOST_MS ? INT64_MIN
				      : hour_of(begins - ms) * HOUR_MS;
}
