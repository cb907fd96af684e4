/* Calls that wait, while those of before come to the batch. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "cdr/batch_impl.h"

struct batch
batch_set_aside(struct batch *b)
{
	const struct batch aside = *b;

	b->calls = NULL;
	b->origins = NULL;
	b->n = b->cap = b->origins_cap = 0;
	b->extras = (struct batch_extras){ .any = false };
	b->sorted = true;
	b->distinct = b->once = false;
	return aside;
}

/* Where a part of them goes. */
struct putting {
	struct batch *to;
	const struct batch *from;
	size_t at, parts;
};

/* Threads that put calls there must find the columns. */
static void
make_columns(struct batch *to, const struct batch *from)
{
	size_t k;

	if (from->extras.costs != NULL)
		(void)batch_make_cost(to);
	for (k = 0; k < EXTRA_COUNT; k++)
		if (batch_has_extra(from, (enum call_extra)k))
			(void)batch_make_extra(to, (enum call_extra)k);
	if (from->usual_file != to->usual_file)
		(void)batch_make_extra(to, EXTRA_FILE);
}

static void
put_part(void *arg, size_t part)
{
	const struct putting *p = arg;
	const struct batch *from = p->from;
	const struct batch_extras *x = &from->extras;
	struct batch *to = p->to;
	const size_t end = pool_cut(from->n, p->parts, part + 1);
	size_t i = pool_cut(from->n, p->parts, part), k;
	const size_t n = end - i, at = p->at + i;

	memcpy(to->calls + at, from->calls + i, n * sizeof(*to->calls));
	memcpy(to->origins + at, from->origins + i, n * sizeof(*to->origins));
	if (x->costs != NULL)
		memcpy(to->extras.costs + at, x->costs + i,
		    n * sizeof(*x->costs));
	for (k = 0; k < EXTRA_COUNT; k++)
		if (k != EXTRA_FILE && x->ids[k] != NULL)
			memcpy(to->extras.ids[k] + at, x->ids[k] + i,
			    n * sizeof(*x->ids[k]));
	for (; batch_has_extra(to, EXTRA_FILE) && i < end; i++)
		batch_set_file(to, p->at + i, batch_file_of(from, i));
}

void
batch_put_behind(struct batch *b, struct batch *aside, size_t threads)
{
	struct putting p = { .to = b,
		.from = aside,
		.parts = pool_parts(threads, aside->n, BATCH_LEAST) };

	assert(aside->names == b->names);
	if (aside->n > 0) {
		p.at = batch_add_many(b, aside->n);
		make_columns(b, aside);
		pool_run(threads, p.parts, put_part, &p);
	}
	free(aside->calls);
	free(aside->origins);
	batch_extras_free(aside);
	memset(aside, 0, sizeof(*aside));
}
