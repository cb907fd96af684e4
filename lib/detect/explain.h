/*
 * explain: why a call did or did not count for a rule.
 *
 * Every clause of match with pass or fail and the actual value, the group, the
 * event it follows, what the window held when the call entered, each measure
 * and each limit, and the finding that holds the call, if one does:
 *
 *   after-hours-international v1   score 45   family time   no finding
 *   call 1768294800.93   2026-01-13 02:00:00   A1 4 > +53775 (CU)
 *     match     pass  direction = "out"
 *               pass  time = 2026-01-13 02:00:00
 *     by              account=A1
 *     window          1 call in 2h, talk 12s
 *     measure   fail  count = 1, needs >= 3
 *
 * The rule is evaluated by the engine itself (detect), not anew.
 */
#ifndef LIB_DETECT_EXPLAIN_H
#define LIB_DETECT_EXPLAIN_H

#include <stddef.h>

#include "base/buf.h"
#include "base/errmsg.h"
#include "cdr/batch.h"
#include "detect/detect.h"
#include "rule/rule.h"
#include "rule/waiver.h"

/*
 * Add the explanation for call `i` of `b`, which must be sorted; times are
 * shown in the settings' zone.  1 when a finding of the rule holds the call, 0
 * when none does, -1 with words when the rule cannot be evaluated.
 */
int explain_call(const struct batch *b, size_t i, const struct rule *rule,
    const struct named *named, const struct detect_settings *set,
    struct buf *out, struct errmsg *err);

/*
 * Add a line for each waiver that takes the call, a batch index, away from
 * the rule: "waiver    stop  w-1 until 2026-01-24, anna: Supplier there".
 * Returns how many.  explain_call() looks at the call as if there were none.
 */
size_t explain_waivers(const struct waiver_uses *us, const struct rule *rule,
    uint32_t call, struct buf *out);

#endif
