/*
 * store_aliases: findings that became others.
 *
 * An id says when a finding began; when earlier calls come, or go, the same
 * rule finds the same group from another moment on, under another id.  What is
 * not found any more and overlaps what is found now has become that, perhaps
 * several; what is found for the first time and overlaps what was there
 * before was split off from it.  The old id is an alias of the new one, which
 * inherits its label (store/store_labels).
 */
#ifndef LIB_STORE_STORE_ALIASES_H
#define LIB_STORE_STORE_ALIASES_H

#include "base/arena.h"
#include "base/hash.h"
#include "detect/finding.h"
#include "store/store.h"

/*
 * Findings that stand as the store has them, so that nobody need read them,
 * and that are not closed.
 */
struct store_left {
	struct arena arena;
	struct left_finding {
		const char *id, *case_id; /* NULL: no case */
		int64_t row;
		bool fresh; /* it is `new` */
	} * list;
	size_t n, cap;
	const char **read; /* ids of the others that are not closed */
	size_t nread, read_cap;
};

/* What a finding is about: rule and group, whenever it begins. */
void store_subject(const struct finding *f, char hex[HASH_HEX]);

/*
 * Note what the store's findings become in run `number`, which finds those of
 * `rs` and leaves others, or NULL; it need not be saved yet.  What was noted for this run before goes.
 * After -1 the transaction must be rolled back.
 */
int store_aliases_note(struct store *s, const struct results *rs,
    const struct store_left *left, int64_t number, struct errmsg *err);

/*
 * After the save: an alias of what is closed becomes one of what that is now.
 */
int store_aliases_settle(struct store *s, int64_t number, struct errmsg *err);

#endif
