/*
 * legs_impl: what the sources of legs share.
 *
 *   legs.c        which legs belong together
 *   legs_find.c   which calls may be legs
 *   legs_merge.c  what their call is
 *   legs_reach.c  since when calls must be there to tell
 */
#ifndef LIB_CDR_LEGS_IMPL_H
#define LIB_CDR_LEGS_IMPL_H

#include <stdbool.h>

#include "cdr/legs.h"

/*
 * A leg while it is grouped.  The batch is sorted, so a lesser index is a
 * lesser (start, key).
 */
struct leg {
	uint32_t call;  /* index in the batch */
	uint32_t dst;   /* names: the number it is for, 0 none */
	uint32_t group; /* 0 stays inside, else 1 + first leg to that number */
	bool later;     /* its group is not that of the first call */
	bool idle;      /* it reached nobody */
	bool half;      /* it tells how the call came in, another how it left */
	bool unanswered;
};

/*
 * Indexes of the calls whose join key occurs more than once within LEGS_SPAN,
 * and of a few others; those of one (key, source) together, in order.  To be
 * freed.
 */
uint32_t *legs_candidates(const struct batch *b, size_t threads, size_t *n);
/* Of these candidates what legs_join_keep() keeps. */
void legs_keep(const struct batch *b, const uint32_t *list, size_t n,
    int64_t since, struct buf *out);
/* 0 for calls of one (key, source). */
int legs_compare_keys(const struct batch *b, uint32_t i, uint32_t j);

/*
 * Make one call of the legs of one group; the first tells most.  `outside`:
 * they reach an outside number, so where they left matters.  Returns the first
 * leg, where the call is now; marks the others and counts them.
 */
struct legs_counts {
	int64_t *per_file, *added; /* as for legs_join() */
};
uint32_t legs_merge(struct batch *b, const struct leg *legs, size_t n,
    bool outside, const struct legs_counts *counts);

#endif
