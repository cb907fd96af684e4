/* measure_trees: the longest row of taken places, the place most covered. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "rule/measure_impl.h"

static size_t
power_of_two(size_t n)
{
	size_t size = 1;

	while (size < n)
		size *= 2;
	return n > 0 ? size : 0;
}

/* Rows -------------------------------------------------------------------- */

void
measure_runs_open(struct measure_runs *r, size_t n)
{
	r->size = power_of_two(n);
	r->nodes = xcalloc(2 * r->size + 1, sizeof(*r->nodes));
}

void
measure_runs_close(struct measure_runs *r)
{
	free(r->nodes);
	memset(r, 0, sizeof(*r));
}

/* Two halves of `length` places each. */
static struct measure_runs_node
join(const struct measure_runs_node *a, const struct measure_runs_node *b,
    uint32_t length)
{
	struct measure_runs_node n = { a->head, b->tail, a->tail + b->head };

	if (a->head == length)
		n.head += b->head;
	if (b->tail == length)
		n.tail += a->tail;
	if (a->best > n.best)
		n.best = a->best;
	if (b->best > n.best)
		n.best = b->best;
	return n;
}

void
measure_runs_set(struct measure_runs *r, size_t place, bool taken)
{
	struct measure_runs_node n;
	size_t i = r->size + place;
	uint32_t length = 1, one = taken;

	assert(place < r->size);
	r->nodes[i] = (struct measure_runs_node){ one, one, one };
	for (i /= 2; i > 0; i /= 2, length *= 2) {
		n = join(&r->nodes[2 * i], &r->nodes[2 * i + 1], length);
		/* What is above has seen no more of it than this. */
		if (memcmp(&n, &r->nodes[i], sizeof(n)) == 0)
			break;
		r->nodes[i] = n;
	}
}

size_t
measure_runs_best(const struct measure_runs *r)
{
	return r->size > 0 ? r->nodes[1].best : 0;
}

/* Up until something is taken on that side, then down to the nearest. */
size_t
measure_runs_next(const struct measure_runs *r, size_t place)
{
	size_t i = r->size + place;

	if (r->nodes[i].best > 0)
		return place;
	while (i % 2 == 1 || r->nodes[i + 1].best == 0) {
		i /= 2;
		assert(i > 0);
	}
	for (i++; i < r->size;) {
		i *= 2;
		if (r->nodes[i].best == 0)
			i++;
	}
	return i - r->size;
}

size_t
measure_runs_previous(const struct measure_runs *r, size_t place)
{
	size_t i = r->size + place;

	if (r->nodes[i].best > 0)
		return place;
	while (i % 2 == 0 || r->nodes[i - 1].best == 0) {
		i /= 2;
		assert(i > 1);
	}
	for (i--; i < r->size;) {
		i = 2 * i + 1;
		if (r->nodes[i].best == 0)
			i--;
	}
	return i - r->size;
}

size_t
measure_runs_where(const struct measure_runs *r)
{
	uint32_t best = (uint32_t)measure_runs_best(r);
	size_t i = 1, begin = 0, length = r->size;

	assert(best > 0);
	while (length > 1) {
		length /= 2;
		i *= 2;
		if (r->nodes[i].best == best)
			continue;
		/* a row over the middle begins before one in the second half */
		if (r->nodes[i].tail + r->nodes[i + 1].head == best)
			return begin + length - r->nodes[i].tail;
		i++;
		begin += length;
	}
	return begin;
}

/* Cover ------------------------------------------------------------------- */

void
measure_cover_open(struct measure_cover *c, size_t n)
{
	c->size = power_of_two(n);
	c->nodes = xcalloc(2 * c->size + 1, sizeof(*c->nodes));
}

void
measure_cover_close(struct measure_cover *c)
{
	free(c->nodes);
	memset(c, 0, sizeof(*c));
}

static void
change(struct measure_cover_node *n, int by)
{
	n->add += by;
	n->most = (uint32_t)((int64_t)n->most + by);
}

static void
climb(struct measure_cover *c, size_t i)
{
	const struct measure_cover_node *l, *r;

	for (i /= 2; i > 0; i /= 2) {
		l = &c->nodes[2 * i];
		r = l + 1;
		c->nodes[i].most =
		    (uint32_t)((int64_t)(l->most > r->most ? l->most
							   : r->most) +
			       c->nodes[i].add);
	}
}

/* The nodes that make up the range, from both of its ends upwards. */
void
measure_cover_add(struct measure_cover *c, size_t low, size_t high, int by)
{
	size_t l = c->size + low, r = c->size + high + 1;

	assert(low <= high && high < c->size);
	for (; l < r; l /= 2, r /= 2) {
		if (l % 2 == 1)
			change(&c->nodes[l++], by);
		if (r % 2 == 1)
			change(&c->nodes[--r], by);
	}
	climb(c, c->size + low);
	climb(c, c->size + high);
}

size_t
measure_cover_most(const struct measure_cover *c)
{
	return c->size > 0 ? c->nodes[1].most : 0;
}

size_t
measure_cover_where(const struct measure_cover *c)
{
	size_t i = 1;

	while (i < c->size) {
		i *= 2;
		if (c->nodes[i].most < c->nodes[i + 1].most)
			i++;
	}
	return i - c->size;
}
