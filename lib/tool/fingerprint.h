/*
 * fingerprint: what a run judged calls by, part by part.
 *
 * Findings depend on the calls and on all this: the settings of sites, the
 * directory and rates, the rules with waivers, tuning, lists and calendars,
 * and the number plan.  A store keeps the line of the last run, so that the
 * next one can name what is another.
 */
#ifndef LIB_TOOL_FINGERPRINT_H
#define LIB_TOOL_FINGERPRINT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/hash.h"
#include "rule/rule.h"
#include "tool/setup.h"

enum { FINGERPRINT_PARTS = 9 };

struct fingerprint {
	uint64_t parts[FINGERPRINT_PARTS];
	char all[HASH_HEX]; /* of all parts */
};

void fingerprint_take(struct fingerprint *f, const struct setup *s,
    const struct ruleset *rules);

/* "configuration=92f0..., directory=...": one line without its end. */
void fingerprint_print(const struct fingerprint *f, struct buf *out);

/*
 * Whether it is another than the one in `line`, with the names of what
 * changed, "directory, rates", appended to `names`.  A part that `line` does
 * not have is another.
 */
bool fingerprint_differs(const struct fingerprint *f, const char *line,
    struct buf *names);

#endif
