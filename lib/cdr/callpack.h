/*
 * callpack: single calls as understood, as bytes, and back.
 *
 * For calls of long ago that somebody asks for beside those of a stretch that
 * was loaded: they go into a batch of understood calls as if they had come with
 * the others.  Everything that can be seen of a call is there (cdr/daysums.h),
 * but for which run brought it; texts, numbers and sources are told as texts.
 *
 * Packed (base/packed), in the order of the batch:
 *
 *   head      numbers, enum callpack_head
 *   texts     [0] is ""
 *   parties   columns, each different one once
 *   listed    the same
 *   calls     columns
 */
#ifndef LIB_CDR_CALLPACK_H
#define LIB_CDR_CALLPACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "cdr/batch.h"

/* Append the calls with these indexes, which stand in order. */
void callpack_print(const struct batch *b, const uint32_t *calls, size_t n,
    struct buf *out);

/* Bytes of calls, and how many these must be. */
struct callpack {
	const unsigned char *bytes;
	size_t len, n;
};

/*
 * Put the calls of several packs, none of which begins before the one before it
 * ends, in front of a batch that is sorted and has all their sources: those
 * that began before `before`, and before all calls of the batch.  -1 if any of
 * them cannot be read; then there is none more.  Nothing that the bytes say is
 * trusted.  What was worked out of the batch by call does not hold any more;
 * tails (batch_tails()) are there again.  `threads` as for pool_run().
 */
int callpack_add(struct batch *b, const struct callpack *packs, size_t npacks,
    int64_t before, size_t threads);

#endif
