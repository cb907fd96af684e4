/* predicate_codes: which texts the calls of a batch have in a field. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "rule/predicate_impl.h"

enum { SOME = 1024 }; /* calls whose codes are read at once */

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

void
predicate_codes_init(struct predicate_codes *list, size_t nlist, size_t step,
    const struct batch *b)
{
	uint32_t some[SOME];
	size_t i, n, k;

	for (k = 0; k < nlist; k += step)
		list[k].seen = predicate_bits(intern_count(b->names));
	for (i = 0; i < b->n; i += n) {
		n = b->n - i < SOME ? b->n - i : SOME;
		for (k = 0; k < nlist; k += step) {
			field_codes(list[k].field, b, i, n, some);
			list_codes(&list[k], some, n);
		}
	}
	for (k = 0; k < nlist; k += step) {
		free(list[k].seen);
		list[k].seen = NULL;
	}
}

void
predicate_codes_fini(struct predicate_codes *codes)
{
	free(codes->list);
	memset(codes, 0, sizeof(*codes));
}
