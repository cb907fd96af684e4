/*
 * tuning: which of a rule's tuning entries a call is under.
 *
 * A tuning entry changes parameters, score or standing of a rule without
 * copying it; with a `match` only for the groups that fulfil it.  Of entries
 * that say the same key the last that matches wins.  A set of entries is a
 * number with a bit for each entry of the rule, in their order; those without
 * `match` are in every set.  The rule as a set makes it comes from
 * rulefile_variant().
 */
#ifndef LIB_RULE_TUNING_H
#define LIB_RULE_TUNING_H

#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "cdr/batch.h"
#include "rule/rule.h"

enum { TUNING_SETS = 64 }; /* different sets among the calls of one batch */

/* The calls of a batch by the set of entries that they are under. */
struct tuning_sets {
	uint8_t *of_call; /* by call: place in `sets` */
	uint64_t sets[TUNING_SETS];
	size_t n;
};

/* The entries without `match`. */
uint64_t tuning_always(const struct rule *r);

/*
 * 1 with words when there are more than TUNING_SETS, or a pattern hits its
 * limits; -1 with words when a name is unknown.
 */
int tuning_sets_init(struct tuning_sets *ts, const struct rule *r,
    const struct batch *b, const struct named *named, struct errmsg *err);
void tuning_sets_fini(struct tuning_sets *ts);

#endif
