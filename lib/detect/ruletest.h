/*
 * ruletest: the tests that stand beside a rule.
 *
 * A test makes calls, runs the one rule it belongs to through the real
 * evaluator, and compares the findings with `expect`; each `not_when` override
 * is forced on all calls and must give nothing.
 *
 *   { "name": "three calls at night", "tz": "Europe/Berlin",
 *     "base": { fields of all calls },
 *     "calls": [ { "start": "2026-01-13T02:00:00", fields,
 *                  "repeat": 3, "every": "10m",    at one start, then later
 *                  "days": 28, "on": "mon-fri",    the same again each day
 *                  "step": { "dst": 1 } } ],       add to a number each time
 *     "expect": [ { "by": {...}, "calls": 3, "value": 3, "score": 45 } ],
 *     "not_when": [ { "direction": "in" }, { "repeat": 2 } ] }
 *
 * A field says itself what a call is: no dial plan is asked, what is not
 * stated is missing, null takes away what `base` or the call says.  Spans are
 * seconds or texts such as "10m".  ring is 0, source is "default" (or the
 * site, where only that is stated), an account is one the record names.
 * Without `every` repeated calls are a second apart.  Times without a zone
 * are local in `tz`, UTC if there is none; the run stands at the last start,
 * so that a later call closes a bucket.  Lists and calendars of the test stand
 * before those of the rule set.
 */
#ifndef LIB_DETECT_RULETEST_H
#define LIB_DETECT_RULETEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/notes.h"
#include "rule/rule.h"

struct ruletest_result {
	const struct rule *rule;
	const char *name, *file;
	uint32_t line;
	bool passed, todo;   /* a known gap: told, and not a failure */
	const char *details; /* what differs, lines; "" when it passed */
};

struct ruletest_report {
	struct arena arena;
	struct ruletest_result *results;
	size_t n, cap;
	size_t passed, failed, todo; /* each test is one of them */
};

void ruletest_init(struct ruletest_report *rep);
void ruletest_fini(struct ruletest_report *rep);
/*
 * Run the tests of the rules whose id matches `glob` (NULL: all), in the order
 * of the rules.  A test that cannot be run fails and says why; -1 with words
 * is for a rule that cannot be evaluated.  Texts of the results belong to the
 * report or to the rule set.
 */
int ruletest_run(const struct ruleset *rs, const char *glob,
    struct ruletest_report *rep, struct notes *notes, struct errmsg *err);

/*
 * The tests of one rule, ready to be run against many variants of it; todo
 * tests are left out.  The tests must have passed; rule and set must outlive
 * it.
 */
struct ruletest_trials;
struct ruletest_trials *ruletest_trials_new(const struct ruleset *rs,
    const struct rule *rule);
void ruletest_trials_free(struct ruletest_trials **tsp);
/* 1 when every test accepts the variant, 0 when one does not, -1 with words. */
int ruletest_trials_accept(struct ruletest_trials *ts,
    const struct rule *variant, struct errmsg *err);

#endif
