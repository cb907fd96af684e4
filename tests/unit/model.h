/*
 * model: the rule language evaluated obviously and slowly, all pairs of
 * calls, straight from the definitions; nothing of lib/rule/measure,
 * lib/rule/baseline or lib/detect is used.  The engine must agree with it.
 */
#ifndef TESTS_UNIT_MODEL_H
#define TESTS_UNIT_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "cdr/batch.h"
#include "rule/named.h"
#include "rule/rule.h"

enum { MODEL_CALLS = 64, MODEL_FINDINGS = 4096 };

struct model_finding {
	char group[80]; /* values of `by`, each followed by '|' */
	int64_t first_seen, last_seen, crossed_at;
	int64_t calls, duration;
	int64_t value, limit, baseline; /* RULE_UNIT */
	bool has_baseline;
	bool waived; /* found when waivers are ignored, with a waived call */
	int score;
};

/* Waivers, which match either all calls or those of one account. */
struct model_waivers {
	const struct waiver *list;
	size_t n;
	const struct predicate *one; /* the match of the latter ... */
	const char *account;         /* ... and the account */
};

/* All beside calls and rules that findings depend on. */
struct model_world {
	const struct named *named; /* has the calendars */
	struct model_waivers waivers;
	int64_t as_of;
	bool fraud[MODEL_CALLS]; /* by call: it is labelled so */
};

/*
 * The findings of a rule whose `match` is one of random_rule.h and whose
 * `where` are the answered ones; sorted with model_sort().  Returns how many.
 */
size_t model_run(const struct batch *b, const struct rule *r,
    const struct model_world *world, struct model_finding *out);
/*
 * Those that some of the calls make, unsorted, where the rule that it follows
 * fired `before`; sets where this one `fired`.
 */
size_t model_part(const struct batch *b, const struct rule *r, const bool *only,
    const bool *before, const struct model_world *world,
    struct model_finding *out, bool *fired);
void model_sort(struct model_finding *list, size_t n);
void model_print(const struct model_finding *f);

#endif
