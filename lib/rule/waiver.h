/*
 * waiver: which calls are under a waiver, worked out once for a batch.
 *
 * A waiver takes the calls that it matches away from the rules that it names,
 * and changes nothing else.  It holds from `from` to the day before
 * `expires`, by the local date of each call: in the zone of its place
 * (locals.h).  So a look at last year gives last year's answer.
 *
 * Its calls are those that also fulfil `match` of at least one of its rules;
 * they are what is told of its use and what its limit counts.  The call that
 * goes beyond the limit, and all later ones of that local day, are under it
 * no more.
 */
#ifndef LIB_RULE_WAIVER_H
#define LIB_RULE_WAIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cdr/batch.h"
#include "rule/rule.h"
#include "tel/zone.h"

/* One waiver and its calls. */
struct waiver_use {
	const struct waiver *waiver;
	uint32_t *calls; /* batch indexes, in time order */
	size_t n, cap;
	uint32_t *beyond; /* the same of those its limit left to the rules */
	size_t nbeyond, beyond_cap;
	size_t days_over; /* local days on which a limit was exceeded */
};

struct waiver_uses {
	struct waiver_use *list; /* by id */
	size_t n;
	int64_t today; /* the run's local day */
};

/*
 * `b` must be sorted; `fallback` is the zone of sources without one and of
 * `as_of`.  A rule whose pattern hits its limits on some text has no waived
 * calls: it is not evaluated either.  Such a waiver covers nothing, which is
 * told in `notes` (level warning).  -1 with words when a name is unknown.
 */
int waiver_uses_init(struct waiver_uses *us, const struct ruleset *rs,
    const struct batch *b, const struct zone *fallback, int64_t as_of,
    struct notes *notes, struct errmsg *err);
void waiver_uses_fini(struct waiver_uses *us);

/*
 * Which calls are under a waiver for the rule: a byte for each call of the
 * batch, to be freed; NULL when none is.
 */
uint8_t *waiver_mask(const struct waiver_uses *us, const struct rule *r,
    size_t ncalls);
/* Whether the call, a batch index, is under this waiver. */
bool waiver_covers(const struct waiver_use *u, uint32_t call);
/* Whether it would be, had the limit of that day not been used up. */
bool waiver_used_up(const struct waiver_use *u, uint32_t call);

#endif
