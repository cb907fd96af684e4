/*
 * explain: why a call did or did not count for a rule.
 *
 * Every clause of match with pass or fail and the actual value, the group, the
 * event it follows, what the window held when the call entered, each measure
 * and each limit, and the finding that holds the call, if one does.  They are
 * steps, for a program, or text:
 *
 *   after-hours-international v1   score 45   family time   no finding
 *   call 1768294800.93   2026-01-13 02:00:00   A1 4 > +53775 (CU)
 *     match     pass  direction = "out"
 *               pass  time = 2026-01-13 02:00:00
 *     by              account=A1
 *     window          1 call in 2h, talk 12s
 *     measure   fail  count = 1, needs >= 3
 *
 * The rule is evaluated by the engine itself (detect), not anew, as a run does
 * it: with the tuning that is for the call, the rules that it follows, and the
 * waivers.  What a waiver takes away is told at its end, and the measure beside
 * what it were:
 *
 *   after-hours-international v1   score 45   family time   no finding, waived
 *   ...
 *     measure   fail  count = 0 without waived calls (8 with), needs >= 3
 *     waiver    stop  w-1 until 2026-01-24, anna: Supplier there
 */
#ifndef LIB_DETECT_EXPLAIN_H
#define LIB_DETECT_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/errmsg.h"
#include "base/notes.h"
#include "cdr/batch.h"
#include "detect/detect.h"
#include "rule/rule.h"

/*
 * One line of it: the part that it is of, pass, fail, stop, over or "", the
 * words.  A clause of a combination is deeper than that.
 */
struct explain_step {
	const char *part, *verdict; /* lasting */
	bool more;                  /* of the part of the step before it */
	size_t depth;
	size_t text; /* where it begins in the texts */
};

/* What an explanation comes to. */
struct explained {
	bool finding; /* one that counts holds the call */
	bool waived;
	const char *standing; /* of the rule: active, shadow, private, off */
	struct buf head;      /* two lines, on the rule and on the call */
	struct explain_step *steps;
	size_t n, cap;
	struct buf texts;
};

/*
 * The explanation for call `i` of `b`, which must be sorted, and a rule of the
 * set; times are shown in the settings' zone.  What a run would tell of
 * waivers is in `notes`.  -1 with words when the rule cannot be evaluated;
 * `told` is to be ended all the same.
 */
int explain_call(const struct batch *b, size_t i, const struct ruleset *rules,
    const struct rule *rule, const struct detect_settings *set,
    struct explained *told, struct notes *notes, struct errmsg *err);
void explained_fini(struct explained *told);

/* The words of the k-th step. */
const char *explained_text(const struct explained *told, size_t k);
/*
 * A step more, of the last one's part if it names none; what is added to the
 * texts then is its words.
 */
void explained_begin(struct explained *told, const char *part,
    const char *verdict);
/* All of it as text, as above. */
void explained_print(const struct explained *told, struct buf *out);

#endif
