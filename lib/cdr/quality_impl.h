/*
 * quality_impl: what the sources of quality share.
 *
 *   quality.c         the events, and those of the order of records
 *   quality_copies.c  hours with copies
 *   quality_holes.c   times without records
 */
#ifndef LIB_CDR_QUALITY_IMPL_H
#define LIB_CDR_QUALITY_IMPL_H

#include <stdbool.h>

#include "cdr/quality.h"

#define QUALITY_HOUR_MS INT64_C(3600000)
/* What came before a hole must reach that far back. */
#define QUALITY_WEEK_MS (168 * QUALITY_HOUR_MS)
enum { QUALITY_WEEKS = 4 };

/* An event of call `at`, which may move: the batch grows. */
void quality_add(struct batch *b, enum call_quality kind, size_t at,
    int64_t start, uint32_t duration, const char *words);

/* Events for copies; returns whether there may be holes, too. */
bool quality_find_copies(struct batch *b, size_t threads);
/* Of the first `n` calls, which are sorted; events may stand behind them. */
void quality_find_holes(struct batch *b, size_t n);

#endif
