/*
 * kept: whether two runs leave the same for the next one, for the tests of
 * going on.
 */
#ifndef TESTS_UNIT_KEPT_H
#define TESTS_UNIT_KEPT_H

#include <stdbool.h>

#include "detect/detect.h"

/*
 * What is needed next time may be told to be more than it is, and so may calls
 * that are carried: these do not count, nor does the entry `but` (NULL: all
 * others do).  What differs is printed.
 */
bool kept_same(const struct detect_keep *want, const struct detect_keep *got,
    const char *but);
/* Whether what is carried are these calls of the batch, each once. */
void kept_check_carried(const struct detect_keep *keep, const struct batch *b,
    const uint32_t *calls, size_t n);

/* As a store gives it back, when the past is gone. */
void kept_own(struct detect_keep *keep);

#endif
