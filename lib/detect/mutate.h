/*
 * mutate: whether the tests of a rule would notice a change of it.
 *
 * A test that passes says little; one that fails when the rule is damaged says
 * that it watches.  So every part of a rule is damaged in turn, one at a time,
 * and the rule's own tests run against the damaged rule, a mutant:
 *
 *   dropped       each clause of match and where, each of several operators,
 *                 each key of by and same, each also, each step of escalate,
 *                 follows, begins, during, season, never
 *   times 3, / 3  each parameter and threshold, over, within, quiet, bin,
 *                 history, min_buckets, floor (whole numbers stay whole)
 *   another       window (an hour, a day, a week), stat
 *
 * A mutant that a test refuses is killed; one that all accept survives, and
 * something in the rule is not defended.  One that is not a rule (an error of
 * rulefile) is refused and counts as nothing.  What cannot be told from the
 * rule by any calls is named in it: "mutant_ok": ["id: reason"].
 *
 * The same rules give the same mutants in the same order.
 */
#ifndef LIB_DETECT_MUTATE_H
#define LIB_DETECT_MUTATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/errmsg.h"
#include "base/notes.h"
#include "rule/rule.h"

enum mutant_fate {
	MUTANT_KILLED,
	MUTANT_SURVIVED,
	MUTANT_EXCUSED, /* survived, with a reason in mutant_ok */
	MUTANT_REFUSED
};
const char *mutant_fate_name(enum mutant_fate f);

struct mutant {
	const struct rule *rule;
	const char *id;   /* "match.direction", "params.calls*3" */
	const char *what; /* "without match.direction" */
	const char *file;
	uint32_t line; /* of what was changed */
	enum mutant_fate fate;
	const char *advice; /* what would kill it */
	const char *reason; /* of mutant_ok, or NULL */
};

struct mutate_report {
	struct arena arena;
	struct mutant *mutants;
	size_t n, cap;
	size_t fates[MUTANT_REFUSED + 1]; /* how many of each */
};

void mutate_init(struct mutate_report *rep);
void mutate_fini(struct mutate_report *rep);
/*
 * The mutants of the rules whose id matches `glob` (NULL: all), whose tests
 * must have passed.  A mutant_ok that excuses nothing is a warning in `notes`.
 * -1 with words when a mutant cannot be evaluated.
 */
int mutate_run(const struct ruleset *rs, const char *glob,
    struct mutate_report *rep, struct notes *notes, struct errmsg *err);

#endif
