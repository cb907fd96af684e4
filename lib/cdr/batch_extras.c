/* What few calls have: columns that are there if any call has it. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/batch_impl.h"

void
batch_extras_free(struct batch *b)
{
	size_t k;

	free(b->extras.costs);
	for (k = 0; k < EXTRA_COUNT; k++)
		free(b->extras.ids[k]);
}

/* While that column is there, no file can be the usual one. */
void
batch_extras_reset(struct batch *b)
{
	struct batch_extras *x = &b->extras;

	free(x->ids[EXTRA_FILE]);
	x->ids[EXTRA_FILE] = NULL;
	x->ids_cap[EXTRA_FILE] = 0;
}

/* As long as the array of calls, whatever is to come. */
static void
grow_costs(struct batch *b, size_t first)
{
	struct batch_extras *x = &b->extras;

	if (x->costs_cap < b->cap) {
		x->costs = xrealloc(x->costs, b->cap, sizeof(*x->costs));
		x->costs_cap = b->cap;
	}
	memset(x->costs + first, 0, (b->n - first) * sizeof(*x->costs));
}

static void
grow_ids(struct batch *b, size_t which, size_t first)
{
	struct batch_extras *x = &b->extras;
	uint32_t *ids = x->ids[which];

	if (x->ids_cap[which] < b->cap) {
		ids = xrealloc(ids, b->cap, sizeof(*ids));
		x->ids_cap[which] = b->cap;
		x->ids[which] = ids;
	}
	memset(ids + first, 0, (b->n - first) * sizeof(*ids));
}

void
batch_extras_grow(struct batch *b, size_t first)
{
	size_t k;

	if (b->extras.costs != NULL)
		grow_costs(b, first);
	for (k = 0; k < EXTRA_COUNT; k++)
		if (b->extras.ids[k] != NULL)
			grow_ids(b, k, first);
}

int64_t *
batch_make_cost(struct batch *b)
{
	if (b->extras.costs == NULL && b->n > 0) {
		b->extras.any = true;
		grow_costs(b, 0);
	}
	return b->extras.costs;
}

uint32_t *
batch_make_extra(struct batch *b, enum call_extra which)
{
	if (b->extras.ids[which] == NULL && b->n > 0) {
		b->extras.any = true;
		grow_ids(b, which, 0);
	}
	return b->extras.ids[which];
}

bool
batch_has_extra(const struct batch *b, enum call_extra which)
{
	return b->extras.ids[which] != NULL;
}

void
batch_set_cost(struct batch *b, size_t i, int64_t cost)
{
	if (b->extras.costs == NULL) {
		if (cost == 0)
			return;
		(void)batch_make_cost(b);
	}
	b->extras.costs[i] = cost;
}

void
batch_set_extra(struct batch *b, enum call_extra which, size_t i, uint32_t id)
{
	if (b->extras.ids[which] == NULL) {
		if (id == 0)
			return;
		(void)batch_make_extra(b, which);
	}
	b->extras.ids[which][i] = id;
}

void
batch_set_join(struct batch *b, size_t i, uint32_t join)
{
	struct origin *o = &b->origins[i];

	o->joins_by_id = join != 0 && join == o->call_id;
	batch_set_extra(b, EXTRA_JOIN, i, o->joins_by_id ? 0 : join);
}

void
batch_set_file(struct batch *b, size_t i, uint32_t file)
{
	batch_set_extra(b, EXTRA_FILE, i, file ^ b->usual_file);
}

void
batch_usual_file(struct batch *b, uint32_t file)
{
	if (!batch_has_extra(b, EXTRA_FILE))
		b->usual_file = file;
}

struct call_extras
batch_get_extras(const struct batch *b, size_t i)
{
	struct call_extras x = { .cost = batch_cost(b, i) };
	unsigned k;

	for (k = 0; k < EXTRA_COUNT; k++)
		x.ids[k] = batch_extra(b, (enum call_extra)k, i);
	return x;
}

void
batch_write_extras(struct batch *b, size_t i, const struct call_extras *x)
{
	unsigned k;

	batch_set_cost(b, i, x->cost);
	for (k = 0; k < EXTRA_COUNT; k++)
		batch_set_extra(b, (enum call_extra)k, i, x->ids[k]);
}

void
batch_move(struct batch *b, size_t to, size_t from)
{
	struct batch_extras *x = &b->extras;
	size_t k;

	b->calls[to] = b->calls[from];
	b->origins[to] = b->origins[from];
	if (x->costs != NULL)
		x->costs[to] = x->costs[from];
	for (k = 0; x->any && k < EXTRA_COUNT; k++)
		if (x->ids[k] != NULL)
			x->ids[k][to] = x->ids[k][from];
}

struct batch
batch_part(const struct batch *b, size_t first, size_t n)
{
	struct batch part = *b;
	struct batch_extras *x = &part.extras;
	size_t k;

	part.n = n;
	if (n == 0)
		return part;
	part.calls += first;
	part.origins += first;
	if (x->costs != NULL)
		x->costs += first;
	for (k = 0; k < EXTRA_COUNT; k++)
		if (x->ids[k] != NULL)
			x->ids[k] += first;
	return part;
}
