/* predicate_codes: which texts the calls of a batch have in a field. */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/xalloc.h"
#include "rule/predicate_impl.h"

enum {
	SOME = 1024, /* calls whose codes are read at once */
	LEAST = 8192 /* calls that are worth a thread */
};

/* Those of some calls that were not there before. */
static void
list_codes(struct predicate_codes *codes, const uint32_t *some, size_t n)
{
	size_t k;

	for (k = 0; k < n; k++) {
		if (some[k] == FIELD_MISSING ||
		    predicate_bit(codes->seen, some[k]))
			continue;
		codes->seen[some[k] / 64] |= UINT64_C(1) << some[k] % 64;
		codes->list = xgrow(codes->list, &codes->cap, codes->n + 1,
		    sizeof(*codes->list));
		codes->list[codes->n++] = some[k];
	}
}

/* Some of the calls for each thread, with lists of its own. */
struct listing {
	const struct batch *b;
	struct predicate_codes *list; /* by part, then by field */
	size_t nlist, parts;
};

static void
list_part(void *arg, size_t part)
{
	const struct listing *l = arg;
	struct predicate_codes *list = l->list + part * l->nlist;
	const size_t end = pool_cut(l->b->n, l->parts, part + 1);
	uint32_t some[SOME];
	size_t i, n, k;

	for (k = 0; k < l->nlist; k++)
		list[k].seen = predicate_bits(intern_count(l->b->names));
	for (i = pool_cut(l->b->n, l->parts, part); i < end; i += n) {
		n = end - i < SOME ? end - i : SOME;
		for (k = 0; k < l->nlist; k++) {
			field_codes(list[k].field, l->b, i, n, some);
			list_codes(&list[k], some, n);
		}
	}
}

static void
end_list(struct predicate_codes *list)
{
	free(list->seen);
	list->seen = NULL;
}

/* The first part's lists get what only later ones have, in their order. */
static void
join_lists(struct listing *l)
{
	struct predicate_codes *from;
	size_t part, k;

	for (part = 1; part < l->parts; part++)
		for (k = 0; k < l->nlist; k++) {
			from = &l->list[part * l->nlist + k];
			list_codes(&l->list[k], from->list, from->n);
			end_list(from);
			predicate_codes_fini(from);
		}
}

void
predicate_codes_init(struct predicate_codes *list, size_t n, size_t threads,
    const struct batch *b)
{
	struct listing l = { .b = b,
		.nlist = n,
		.parts = pool_parts(threads, b->n, LEAST) };
	size_t i;

	if (n == 0)
		return;
	l.list = xcalloc(l.parts * n, sizeof(*l.list));
	for (i = 0; i < l.parts * n; i++)
		l.list[i].field = list[i % n].field;
	pool_run(threads, l.parts, list_part, &l);
	join_lists(&l);
	memcpy(list, l.list, n * sizeof(*list));
	for (i = 0; i < n; i++)
		end_list(&list[i]);
	free(l.list);
}

void
predicate_codes_fini(struct predicate_codes *codes)
{
	free(codes->list);
	memset(codes, 0, sizeof(*codes));
}
