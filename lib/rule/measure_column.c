#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "rule/measure_impl.h"

static void
swap(struct measure_heap_item *a, struct measure_heap_item *b)
{
	struct measure_heap_item t = *a;

	*a = *b;
	*b = t;
}

void
measure_heap_push(struct measure_heap *h, int64_t key, uint32_t at)
{
	size_t i = h->n, up;

	h->items = xgrow(h->items, &h->cap, h->n + 1, sizeof(*h->items));
	h->items[h->n++] = (struct measure_heap_item){ key, at };
	for (; i > 0; i = up) {
		up = (i - 1) / 2;
		if (h->items[up].key <= h->items[i].key)
			break;
		swap(&h->items[up], &h->items[i]);
	}
}

void
measure_heap_pop(struct measure_heap *h)
{
	size_t i = 0, down;

	assert(h->n > 0);
	h->items[0] = h->items[--h->n];
	while ((down = 2 * i + 1) < h->n) {
		if (down + 1 < h->n &&
		    h->items[down + 1].key < h->items[down].key)
			down++;
		if (h->items[i].key <= h->items[down].key)
			break;
		swap(&h->items[i], &h->items[down]);
		i = down;
	}
}

static bool
by_code(const struct field *f)
{
	return f->type == FIELD_TEXT || f->type == FIELD_ENUM ||
	       f->type == FIELD_BOOL;
}

static void
read_values(struct measure_column *c, const struct batch *b,
    const uint32_t *calls, size_t n)
{
	const struct field *of = c->measure->of;
	size_t k;

	c->values = xcalloc(n, sizeof(*c->values));
	for (k = 0; k < n; k++)
		if (!field_number(of, b, calls[k], &c->values[k]))
			c->values[k] = MEASURE_NO_VALUE;
	if (of->type != FIELD_MONEY)
		return;
	c->purses = xcalloc(n, sizeof(*c->purses));
	for (k = 0; k < n; k++)
		c->purses[k] = b->calls[calls[k]].currency;
}

static int
compare_values(const void *va, const void *vb)
{
	const int64_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

static size_t
find_value(const int64_t *sorted, size_t n, int64_t v)
{
	size_t low = 0, high = n, mid;

	while (high - low > 1) {
		mid = low + (high - low) / 2;
		if (sorted[mid] <= v)
			low = mid;
		else
			high = mid;
	}
	return low;
}

/* Numbers get the rank of their value as code. */
static void
rank_values(struct measure_column *c, size_t n)
{
	int64_t *sorted = xmemdup(c->values, n * sizeof(*sorted));
	size_t k, m = 0;

	qsort(sorted, n, sizeof(*sorted), compare_values);
	for (k = 0; k < n; k++)
		if (k == 0 || sorted[k] != sorted[m - 1])
			sorted[m++] = sorted[k];
	for (k = 0; k < n; k++)
		c->codes[k] =
		    c->values[k] == MEASURE_NO_VALUE
			? FIELD_MISSING
			: (uint32_t)find_value(sorted, m, c->values[k]);
	free(sorted);
}

static void
read_codes(struct measure_column *c, const struct batch *b,
    const uint32_t *calls, size_t n)
{
	const struct field *of = c->measure->of;
	uint32_t most = 0;
	size_t k;

	if (!by_code(of) && n > 0) {
		read_values(c, b, calls, n);
		rank_values(c, n);
		free(c->values);
		c->values = NULL;
	}
	for (k = 0; k < n; k++)
		if (c->codes[k] != FIELD_MISSING && c->codes[k] > most)
			most = c->codes[k];
	c->times = xcalloc((size_t)most + 1, sizeof(*c->times));
}

static void
read_hits(struct measure_column *c, const uint32_t *calls, size_t n)
{
	size_t k;

	c->hits = xcalloc(n, sizeof(*c->hits));
	for (k = 0; k < n; k++)
		c->hits[k] = c->where[calls[k] / 64] >> (calls[k] % 64) & 1;
}

int
measure_column_open(struct measure_column *c, const struct measure *m,
    const struct batch *b, const struct named *named,
    const struct predicate_answers *answers, struct errmsg *err)
{
	const bool money = m->of != NULL && m->of->type == FIELD_MONEY;

	*c = (struct measure_column){ .measure = m,
		.scale = RULE_UNIT,
		.npurses = 1 };
	if (m->fn == MEASURE_RATIO) {
		c->where = xcalloc(b->n / 64 + 1, sizeof(*c->where));
		return predicate_select(answers, m->where, false, b, named,
		    c->where, err);
	}
	if (money && (m->fn == MEASURE_SUM || m->fn == MEASURE_AVG ||
			 m->fn == MEASURE_MAX || m->fn == MEASURE_MIN)) {
		c->scale = 1;
		c->npurses = b->ncurrencies > 0 ? b->ncurrencies : 1;
	}
	c->with = xcalloc(c->npurses, sizeof(*c->with));
	c->sums = xcalloc(c->npurses, sizeof(*c->sums));
	return 0;
}

/* Places tell numbers apart as texts do, and a run which are neighbours. */
void
measure_column_know(struct measure_column *c, const struct measure_known *known)
{
	const enum measure_fn fn = c->measure->fn;
	size_t i;

	for (i = 0; i < known->nrows; i++)
		if (known->rows[i].of == c->measure->of &&
		    (fn == MEASURE_RUN || fn == MEASURE_DISTINCT)) {
			c->row = &known->rows[i];
			c->row_texts = known->texts;
		}
}

static void
forget_calls(struct measure_column *c)
{
	free(c->values);
	free(c->codes);
	free(c->hits);
	free(c->purses);
	free(c->times);
	c->values = NULL;
	c->codes = NULL;
	c->hits = NULL;
	c->purses = NULL;
	c->times = NULL;
	measure_places_close(c);
}

static bool
has_codes(const struct measure *m)
{
	return m->fn == MEASURE_RUN || m->fn == MEASURE_MODE ||
	       m->fn == MEASURE_DISTINCT ||
	       (m->fn == MEASURE_CONCURRENT && m->of != NULL);
}

void
measure_column_room(struct measure_column *c, size_t n)
{
	forget_calls(c);
	if (has_codes(c->measure))
		c->codes = xmalloc((n + 1) * sizeof(*c->codes));
}

static void
fetch_places(const struct measure_row *row, const uint32_t *calls, size_t n,
    uint32_t *codes)
{
	uint32_t place;
	size_t k;

	for (k = 0; k < n; k++) {
		place =
		    row->few != NULL ? row->few[calls[k]] : row->many[calls[k]];
		codes[k] = place != 0 ? place : FIELD_MISSING;
	}
}

void
measure_column_fetch(struct measure_column *c, const struct batch *b,
    const uint32_t *calls, size_t from, size_t n)
{
	if (c->row != NULL)
		fetch_places(c->row, calls + from, n, c->codes + from);
	else if (c->codes != NULL && by_code(c->measure->of))
		field_codes_at(c->measure->of, b, calls + from, n,
		    c->codes + from);
}

void
measure_column_load(struct measure_column *c, const struct batch *b,
    const uint32_t *calls, size_t n)
{
	const enum measure_fn fn = c->measure->fn;

	if (fn == MEASURE_RATIO)
		read_hits(c, calls, n);
	else if (fn == MEASURE_RUN || fn == MEASURE_MODE)
		measure_places_open(c, b, calls, n);
	else if (has_codes(c->measure))
		read_codes(c, b, calls, n);
	else if (fn == MEASURE_SUM || fn == MEASURE_AVG || fn == MEASURE_MAX ||
		 fn == MEASURE_MIN)
		read_values(c, b, calls, n);
}

void
measure_column_close(struct measure_column *c)
{
	forget_calls(c);
	free(c->where);
	free(c->with);
	free(c->sums);
	free(c->heap.items);
	memset(c, 0, sizeof(*c));
}

static bool
at_places(const struct measure_column *c)
{
	return c->measure->fn == MEASURE_RUN || c->measure->fn == MEASURE_MODE;
}

void
measure_column_add(struct measure_column *c, size_t k)
{
	size_t purse = c->purses != NULL ? c->purses[k] : 0;

	c->calls++;
	if (c->hits != NULL)
		c->hit += c->hits[k];
	if (c->codes != NULL && c->codes[k] != FIELD_MISSING) {
		if (at_places(c))
			measure_places_add(c, c->codes[k]);
		else
			c->different += c->times[c->codes[k]]++ == 0;
	}
	if (c->values == NULL || c->values[k] == MEASURE_NO_VALUE)
		return;
	c->with[purse]++;
	c->sums[purse] += c->values[k];
	/* ~v is v mirrored: the greatest value is the least key */
	if (c->measure->fn == MEASURE_MAX)
		measure_heap_push(&c->heap, ~c->values[k], (uint32_t)k);
	else if (c->measure->fn == MEASURE_MIN)
		measure_heap_push(&c->heap, c->values[k], (uint32_t)k);
}

void
measure_column_remove(struct measure_column *c, size_t k)
{
	size_t purse = c->purses != NULL ? c->purses[k] : 0;

	c->calls--;
	if (c->hits != NULL)
		c->hit -= c->hits[k];
	if (c->codes != NULL && c->codes[k] != FIELD_MISSING) {
		if (at_places(c))
			measure_places_remove(c, c->codes[k]);
		else
			c->different -= --c->times[c->codes[k]] == 0;
	}
	if (c->values == NULL || c->values[k] == MEASURE_NO_VALUE)
		return;
	c->with[purse]--;
	c->sums[purse] -= c->values[k];
}

void
measure_column_reset(struct measure_column *c)
{
	assert(c->calls == 0);
	c->heap.n = 0;
}

/* A sum, kept at the ends of the range. */
static int64_t
sum_of(const struct measure_column *c, size_t purse)
{
	__extension__ __int128 v = c->sums[purse];

	if (v > INT64_MAX)
		return INT64_MAX;
	return v < INT64_MIN ? INT64_MIN : (int64_t)v;
}

static struct measure_value
plain(size_t n)
{
	return (struct measure_value){ (int64_t)n, 1, RULE_UNIT };
}

/* The greatest sum or average of any one currency; other fields have one. */
static struct measure_value
of_purses(const struct measure_column *c)
{
	struct measure_value best = { 0, 0, c->scale }, v = best;
	size_t i;

	for (i = 0; i < c->npurses; i++) {
		if (c->with[i] == 0)
			continue;
		v.num = sum_of(c, i);
		v.den = c->measure->fn == MEASURE_AVG ? (int64_t)c->with[i] : 1;
		if (best.den == 0 || measure_units(&v) > measure_units(&best))
			best = v;
	}
	/* the sum of nothing is 0, the average of nothing is none */
	if (best.den == 0 && c->measure->fn == MEASURE_SUM)
		best.den = 1;
	return best;
}

struct measure_value
measure_column_value(struct measure_column *c, const uint8_t *alive)
{
	struct measure_value v = { 0, 0, c->scale };
	struct measure_heap *h = &c->heap;

	switch (c->measure->fn) {
	case MEASURE_SUM:
	case MEASURE_AVG:
		return of_purses(c);
	case MEASURE_MAX:
	case MEASURE_MIN:
		while (h->n > 0 && !alive[h->items[0].at])
			measure_heap_pop(h);
		if (h->n > 0)
			v = (struct measure_value){ c->values[h->items[0].at],
				1, c->scale };
		return v;
	case MEASURE_RUN:
	case MEASURE_MODE:
		return measure_places_value(c);
	case MEASURE_RATIO:
		return (struct measure_value){ (int64_t)c->hit,
			(int64_t)c->calls, RULE_UNIT };
	default:
		return plain(c->codes != NULL ? c->different : c->calls);
	}
}
