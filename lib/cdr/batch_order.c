#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/batch_impl.h"

/* Below this many, insertion sort is quicker than merging. */
enum { FEW = 12 };

struct order {
	int (*compare)(const void *ctx, uint32_t a, uint32_t b);
	const void *ctx;
	uint32_t *half; /* the left part while it is merged */
};

static void
insert(const struct order *o, uint32_t *index, size_t n)
{
	uint32_t moved;
	size_t i, at;

	for (i = 1; i < n; i++) {
		moved = index[i];
		for (at = i;
		     at > 0 && o->compare(o->ctx, index[at - 1], moved) > 0;
		     at--)
			index[at] = index[at - 1];
		index[at] = moved;
	}
}

static void
merge(const struct order *o, uint32_t *index, size_t nleft, size_t n)
{
	size_t left = 0, right = nleft, out = 0;

	memcpy(o->half, index, nleft * sizeof(*index));
	while (left < nleft && right < n)
		if (o->compare(o->ctx, o->half[left], index[right]) <= 0)
			index[out++] = o->half[left++];
		else
			index[out++] = index[right++];
	memcpy(index + out, o->half + left, (nleft - left) * sizeof(*index));
}

/*
 * Switches write records as calls end, so files are nearly in order of start:
 * most pairs of parts need no merging.
 */
static void
sort_part(const struct order *o, uint32_t *index, size_t n)
{
	size_t nleft = n / 2;

	if (n <= FEW) {
		insert(o, index, n);
		return;
	}
	sort_part(o, index, nleft);
	sort_part(o, index + nleft, n - nleft);
	if (o->compare(o->ctx, index[nleft - 1], index[nleft]) > 0)
		merge(o, index, nleft, n);
}

void
batch_order(uint32_t *index, size_t n,
    int (*compare)(const void *ctx, uint32_t a, uint32_t b), const void *ctx)
{
	struct order o = { .compare = compare, .ctx = ctx };

	o.half = n > FEW ? xmalloc(n / 2 * sizeof(*o.half)) : NULL;
	sort_part(&o, index, n);
	free(o.half);
}
