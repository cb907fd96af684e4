/*
 * store_findings: what runs found, kept from night to night.
 *
 * A finding keeps its id as long as its group begins at the same call.  It is
 * `new` after the first run that finds it, `updated` (there before; perhaps
 * grown) after the next one, whether or not that brings any call, and `closed`
 * when a run does not find it any more because the calls or the rules changed;
 * the store says which.  Where a finding begins at another call now, it has
 * another id, of which the old one is an alias from then on.  Cases are open or
 * closed alike; what a person said of one (store/store_labels) holds until
 * something new comes to it.  So a run that brings nothing changes nothing but
 * which findings are new.  What is closed stays, with the case it had; if it is
 * found again it is `updated`.
 */
#ifndef LIB_STORE_STORE_FINDINGS_H
#define LIB_STORE_STORE_FINDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/intern.h"
#include "detect/finding.h"
#include "store/store.h"
#include "store/store_aliases.h"
#include "store/store_runs.h"

/* What a save did to the findings of the store. */
struct store_changes {
	/*
	 * In: why what is not found any more is closed, where that is neither
	 * the calls nor the rules; NULL: one of those.
	 */
	const char *why;
	/* In: store_aliases_note() was asked of these findings already. */
	bool noted;
	/*
	 * In: what began before this moment is left as it is, because it
	 * cannot be judged any more: calls that it asks for were deleted.  A
	 * gap that reaches back to a deleted call is left, too.
	 */
	int64_t frozen;
	/*
	 * In: the hashes of the rules that ask for what never was, and of those
	 * that follow them; where calls were deleted, what they found is left
	 * as long as a call of it is there.
	 */
	const char *const *boundless;
	size_t nboundless;
	/*
	 * In: findings that stand beside those of the results, and the ids of
	 * cases that do; or NULL.
	 */
	const struct store_left *left;
	const struct intern *standing;
	int64_t added, updated, closed;
	/*
	 * Cases with an added or updated finding, worst first; the array and
	 * the ids belong to the results.
	 */
	const char *const *cases;
	size_t ncases;
};

/*
 * Put the findings, the cases and the run of `rs`, which is sorted, into the
 * store and set the state of each finding.  `complete`: all rules were
 * evaluated, so what is not in `rs` is closed; otherwise it stays as it is,
 * and cases have what was found, until the next complete run.  After -1 the
 * transaction must be rolled back.
 */
int store_findings_save(struct store *s, struct results *rs, int64_t number,
    bool complete, struct store_changes *changes, struct errmsg *err);

void store_left_fini(struct store_left *left);

/* The open findings of a rule that ended from then on, before, to `rs`. */
int store_findings_before(struct store *s, struct results *rs, const char *rule,
    int64_t from, int64_t before, struct errmsg *err);

/* The last run alone, into `rs`; otherwise as store_findings_load(). */
int store_findings_last_run(struct store *s, struct results *rs,
    struct errmsg *err);

/*
 * Findings and cases, closed ones, too, with their heirs, and the last run,
 * appended to `rs` and sorted.  1 if no run was ever stored; -1 with words.
 */
int store_findings_load(struct store *s, struct results *rs,
    struct errmsg *err);

/* The cases that are not closed, by id, appended to `rs`. */
int store_findings_cases(struct store *s, struct results *rs,
    struct errmsg *err);
/* The same of these alone. */
int store_findings_these_cases(struct store *s, const struct intern *ids,
    struct results *rs, struct errmsg *err);

/*
 * Delete the findings and cases that ended before, with what was said of
 * them; how many findings in `*gone`.
 */
int store_findings_prune(struct store *s, int64_t before, int64_t *gone,
    struct errmsg *err);

/*
 * Only the findings that are not closed, by id, with their calls, for a run that
 * goes on from them: each is its own `stored`.  Their evidence, which is most of
 * what there is of them, stays in the store: `brief`.
 */
int store_findings_open(struct store *s, struct results *rs,
    struct errmsg *err);

/*
 * The same of findings that may matter.  A finding of a rule of the list whose
 * last call began before the instant there is left, if nothing was ever said
 * of it.
 */
struct store_since {
	const char *rule;
	int64_t since;
	int64_t calls; /* those that ended before are read bare */
};
int store_findings_recent(struct store *s, const struct store_since *since,
    size_t n, struct results *rs, struct store_left *left, struct errmsg *err);
/* Those that are left and are in one of these cases: no more left, bare, in `rs`. */
int store_findings_take_left(struct store *s, struct store_left *left,
    const struct intern *cases, struct results *rs, struct errmsg *err);

/*
 * Whom cases are about: "TYPE ENTITY".  Add those of cases of which something
 * was said, and of findings that such a case had or that store_aliases_note()
 * found gone.
 */
int store_findings_said(struct store *s, struct intern *entities,
    struct errmsg *err);
/*
 * Add the ids of cases that may be others, now that of each of these something
 * is from this instant of the list on: all that do not end 72 h before, and what
 * began after one of them.  What is closed, and nothing was said of, is none.
 * `read`, or NULL: findings as the store has them, which tell whom their cases
 * are about.
 */
int store_findings_about(struct store *s, const struct intern *entities,
    const int64_t *since, const struct results *read, struct intern *cases,
    struct errmsg *err);

/*
 * Of these cases, those that are open and were seen from `since` on: how many
 * of each severity are added to `counts`, which has SEV_CRITICAL + 1.
 */
int store_findings_pending(struct store *s, const struct intern *cases,
    int64_t since, int64_t counts[], struct errmsg *err);

/*
 * The calls of findings that are bare; they belong to the arena.
 * store_findings_save() does so for those that it writes.
 */
int store_findings_calls(struct store *s, struct finding *const *list, size_t n,
    struct arena *arena, struct errmsg *err);
/*
 * The evidence of findings that are brief; it belongs to the arena.
 * store_findings_save() does so for those that it writes.
 */
int store_findings_complete(struct store *s, struct finding *const *list,
    size_t n, struct arena *arena, struct errmsg *err);

#endif
