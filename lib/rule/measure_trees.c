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

enum { WORD = 64 };

static uint32_t
count_bits(uint64_t w)
{
	w -= w >> 1 & UINT64_C(0x5555555555555555);
	w = (w & UINT64_C(0x3333333333333333)) +
	    (w >> 2 & UINT64_C(0x3333333333333333));
	w = (w + (w >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (uint32_t)(w * UINT64_C(0x0101010101010101) >> 56);
}

/* The bits at and below the highest one that is set. */
static uint64_t
smear(uint64_t w)
{
	unsigned by;

	for (by = 1; by < WORD; by *= 2)
		w |= w >> by;
	return w;
}

static size_t
lowest(uint64_t w)
{
	return count_bits(~w & (w - 1));
}

static size_t
highest(uint64_t w)
{
	return count_bits(smear(w)) - 1;
}

/*
 * The length of the longest row of bits that are set, and where such rows
 * begin.  `from[k]` is where rows of 2^k begin; what is beyond the longest of
 * these is added up from shorter ones.
 */
static uint32_t
longest(uint64_t w, uint64_t *begins)
{
	uint64_t from[7] = { w }, more;
	uint32_t n, k = 0;

	*begins = w;
	if (w == 0)
		return 0;
	for (; k < 6; k++) {
		from[k + 1] = from[k] & from[k] >> (1U << k);
		if (from[k + 1] == 0)
			break;
	}
	*begins = from[k];
	n = UINT32_C(1) << k;
	while (n < WORD && k-- > 0) {
		more = *begins & from[k] >> n;
		if (more != 0) {
			*begins = more;
			n += UINT32_C(1) << k;
		}
	}
	return n;
}

static struct measure_runs_node
leaf_of(uint64_t w)
{
	uint64_t begins;

	return (struct measure_runs_node){
		.head = (w & 1) != 0 ? count_bits(w & ~(w + 1)) : 0,
		.tail = w >> (WORD - 1) != 0 ? count_bits(~smear(~w)) : 0,
		.best = longest(w, &begins),
	};
}

void
measure_runs_open(struct measure_runs *r, size_t n)
{
	r->size = power_of_two((n + WORD - 1) / WORD);
	r->nodes = xcalloc(2 * r->size + 1, sizeof(*r->nodes));
	r->words = xcalloc(r->size + 1, sizeof(*r->words));
}

void
measure_runs_close(struct measure_runs *r)
{
	free(r->nodes);
	free(r->words);
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
	const uint64_t bit = UINT64_C(1) << place % WORD;
	uint64_t *word = &r->words[place / WORD];
	struct measure_runs_node n;
	size_t i = r->size + place / WORD;
	uint32_t length = WORD;

	assert(place / WORD < r->size);
	*word = taken ? *word | bit : *word & ~bit;
	n = leaf_of(*word);
	/* What is above has seen no more of a part than this. */
	while (memcmp(&n, &r->nodes[i], sizeof(n)) != 0) {
		r->nodes[i] = n;
		i /= 2;
		if (i == 0)
			break;
		n = join(&r->nodes[2 * i], &r->nodes[2 * i + 1], length);
		length *= 2;
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
	const uint64_t here = r->words[place / WORD] & ~UINT64_C(0)
							   << place % WORD;
	size_t i = r->size + place / WORD;

	if (here != 0)
		return place / WORD * WORD + lowest(here);
	while (i % 2 == 1 || r->nodes[i + 1].best == 0) {
		i /= 2;
		assert(i > 0);
	}
	for (i++; i < r->size;) {
		i *= 2;
		if (r->nodes[i].best == 0)
			i++;
	}
	i -= r->size;
	return i * WORD + lowest(r->words[i]);
}

size_t
measure_runs_previous(const struct measure_runs *r, size_t place)
{
	const uint64_t here =
	    r->words[place / WORD] & ~UINT64_C(0) >> (WORD - 1 - place % WORD);
	size_t i = r->size + place / WORD;

	if (here != 0)
		return place / WORD * WORD + highest(here);
	while (i % 2 == 0 || r->nodes[i - 1].best == 0) {
		i /= 2;
		assert(i > 1);
	}
	for (i--; i < r->size;) {
		i = 2 * i + 1;
		if (r->nodes[i].best == 0)
			i--;
	}
	i -= r->size;
	return i * WORD + highest(r->words[i]);
}

size_t
measure_runs_where(const struct measure_runs *r)
{
	uint32_t best = (uint32_t)measure_runs_best(r);
	size_t i = 1, begin = 0, length = r->size * WORD;
	uint64_t begins;

	assert(best > 0);
	while (length > WORD) {
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
	(void)longest(r->words[begin / WORD], &begins);
	return begin + lowest(begins);
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
