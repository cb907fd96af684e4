/* batch_impl: what the sources of batch share. */
#ifndef LIB_CDR_BATCH_IMPL_H
#define LIB_CDR_BATCH_IMPL_H

#include "cdr/batch.h"

void batch_extras_free(struct batch *b);
/* The calls from `first` on were added, and have none yet. */
void batch_extras_grow(struct batch *b, size_t first);

#endif
