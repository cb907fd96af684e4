/*
 * score: points of independent evidence.
 *
 * The largest score per family counts; families combine as a noisy-or:
 * 100 x (1 - (1 - a/100)(1 - b/100)...), rounded.  Points of a line are what
 * it adds, greatest family first, rounded so that the column adds up; further
 * hits of a family get 0.  Integers of 10^-6, half to even; equal scores in
 * the order of family names.
 */
#ifndef LIB_DETECT_SCORE_H
#define LIB_DETECT_SCORE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "detect/finding.h"

/* Doubt before any evidence, in 10^-6. */
#define SCORE_DOUBT INT64_C(1000000)

/*
 * Let one family's score reduce the doubt; the score of all so far.  Families
 * come greatest first.
 */
int score_add(int64_t *doubt, int score);

/*
 * The score of these findings together; `*points` (arena) gets one line a
 * finding, sorted by points falling, then family, rule, first_seen, id.
 */
int score_findings(const struct finding *const *findings, size_t n,
    struct arena *arena, const struct point **points, size_t *npoints);

#endif
