/* store_calls, private: blocks on their way into a batch. */
#ifndef LIB_STORE_STORE_CALLS_UNPACK_IMPL_H
#define LIB_STORE_STORE_CALLS_UNPACK_IMPL_H

#include "store/store_calls_impl.h"

/* Texts of a call's own by their ids in `own`, call by call. */
struct own_texts {
	struct intern *texts;
	uint32_t *ids;           /* STORE_OWN of each call */
	struct intern_map names; /* in the batch */
	bool named;              /* `ids` are those already */
	bool differ;             /* some call joins by another than its id */
};

struct loading_block {
	struct loading *loading;
	struct store_block block;
	struct buf data;
	size_t first, n; /* calls of the block that are wanted */
	size_t at;       /* where they go in the batch */
	struct own_texts own;
	const char *damage; /* what cannot be; NULL: nothing yet */
	int64_t value;
};

/* Note what cannot be, and its value; -1. */
int loading_block_damaged(struct loading_block *k, const char *what,
    int64_t value);
/* Whether all of a column is 0, as calls are to begin with. */
bool loading_block_empty(const struct loading_block *k, int place);

#endif
