/* understand, private: what its parts share. */
#ifndef LIB_CDR_UNDERSTAND_IMPL_H
#define LIB_CDR_UNDERSTAND_IMPL_H

#include "cdr/understand.h"

/* What the directory of the batch says of who is inside each call. */
void understand_listed(struct batch *b, size_t threads);
/*
 * Costs of calls that go out and have none; how many is told, with those of
 * calls that are not there.
 */
void understand_rates(struct batch *b, const struct rates *rates,
    uint64_t others, struct notes *notes);

#endif
