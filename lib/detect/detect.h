/*
 * detect: rules x calls -> findings.  A pure function: no clock, no order
 * effects, no state.
 *
 * For each rule: the calls that match, by group, in time order; at each
 * instant (all calls of one start together) the measure over the window; where
 * the condition holds is an episode, one finding each.
 *
 *   instant   #   #  # #         #               #  fires
 *             |<-- episode -->|  |<-- pause > quiet -->|<-- episode
 *
 * A calendar window gives one finding a bucket; else a pause longer than
 * `quiet`, or 7 days since it first fired, ends the episode.  Members are the
 * calls inside any window that fired; a call that one episode holds is not in
 * a later one of the same group, and when that is over not in its sliding
 * window either: what was told once does not fire again.  A rule with lt, lte
 * (in `escalate`, too), avg, ratio or min on buckets is judged at the last call of
 * the bucket, once `as_of` has reached its end; a bucket without calls is not
 * judged.
 *
 * A call without the fields of `by` joins no group; nor does a call to or
 * from an emergency number where `by` has its number, block, name or type.
 *
 * Who has the findings of an earlier run over the same calls but for some
 * later ones (struct detect_past) spares looking at most of them again, and
 * gets the same findings.  What a rule with a sliding window, or none, still
 * knows at an instant is little: the calls of its window, and the episode that
 * is not over.  Both can be told from what was found before.  With N the first
 * instant at which a call may be another,
 *
 *     E1  E2     E3        N             E1, E2 stand; E3 may go on, and is
 *     ##  ###    ##  #     |  #   #      found again: judged is from its
 *               |<- judged ------>       first firing on, else from N on
 *
 *   - an episode may go on behind N only if its last firing is not longer than
 *     `quiet` before N, and its first less than 7 days;
 *   - an episode that is over takes all calls until its last firing out of the
 *     window, so what the window holds where judging begins are the calls of
 *     its span behind the last firing of the episode before;
 *   - instants between two findings did not fire.
 *
 * So of each group only the calls behind the beginning of that window are
 * looked at, which is never more than 7 days and a window before N.
 *
 * With a calendar window a bucket is an episode by itself, and all that it
 * asks of earlier ones is what the group's baseline learnt from them.  That the
 * rule keeps (struct detect_keep), bucket by bucket, so that those that end
 * before N can be taken whenever N is:
 *
 *     bucket  |  1  |  2  |  3  |  4  |  5  |
 *                              N             1, 2 stand, with what was learnt
 *                         |<- judged ------>
 *
 * A bucket that is judged when it closes must have closed in both runs.  Such a
 * rule is evaluated whole where what was learnt may be another: calls are
 * labelled fraud that were not then, or not any more; places have several
 * zones or calendars; a group's buckets would count by another source now; N is
 * more than 35 days before the end; it follows another or is followed, or asks
 * for since_prev, src_new, never or events.
 *
 * Without a calendar window, rules with gap, silence or concurrent, that follow
 * others or are followed, or ask for since_prev, src_new or never, look further
 * back than a window; they go on from what they kept beside their findings,
 * which is told as of a day or two before the last call, and from the calls
 * since.
 * A rule that follows one that may still fire at a call of before N is
 * evaluated whole, and what it follows with it; so are rules tuned for some
 * groups, and all where there are waivers.  So is a rule whose kept findings
 * would be about another entity now, since that is told by calls of any time.
 *
 * With what was kept, a run need not even have the calls of long ago: see
 * detect_needs(), detect_recall().
 */
#ifndef LIB_DETECT_DETECT_H
#define LIB_DETECT_DETECT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/notes.h"
#include "base/stages.h"
#include "cdr/batch.h"
#include "detect/finding.h"
#include "rule/baseline.h"
#include "rule/measure.h"
#include "rule/rule.h"
#include "rule/waiver.h"

#define DETECT_STOPPED "rule-stopped"

/*
 * What a rule saw at the instant at which one call entered its window, for
 * explaining.  `rule`, `call` and room for `also` are the asker's.
 *
 * Where waivers take calls of the group away, all is told without these, and
 * `with` and `calls_with` tell what there is with them.  Of a call that is
 * taken away itself it is told what its window would hold then.
 */
struct detect_sight {
	const struct rule *rule;
	size_t call;                /* of the batch */
	struct measure_value *also; /* by `also` of the rule */
	bool tuned_apart;           /* tuning asks which calls it is for, ... */
	uint64_t tuned_by;  /* ... and this set of entries is for this one */
	bool seen;          /* the call joined a group */
	bool waived;        /* a waiver takes it away from the rule ... */
	bool beside_waived; /* ... or others of the group; it has a window */
	struct measure_value with;
	size_t calls_with; /* in the window */
	struct measure_value value;
	struct measure_instant at;
	struct condition when; /* with the limits that stand in the calls */
	bool has_limits;       /* each of these was there */
	bool fires, at_close;  /* the bucket is judged at its end */
	int64_t opens, closes; /* of the calendar bucket, UTC ms */
	bool has_baseline;
	struct baseline_reading baseline;
	int score; /* of the instant, where it fires */
	/* Fields of the batch that the rule asks for, or NULL; free them. */
	int64_t *since_prev;
	uint8_t *src_new;
};

/*
 * What rules keep for the next run beyond their findings, by id of the rule:
 * bytes that detect alone reads, and does not trust.  It is a cache: without it
 * a rule is evaluated whole.  Of many bytes that stay as they are it has none:
 * it tells of those of the past, which must outlive it.
 */
struct detect_keep {
	struct detect_kept {
		char *rule;
		struct buf body;
		/* It is what the past had, as it is, and no body; or NULL. */
		const struct buf *same;
	} * list;
	size_t n, cap;
	/* For detect_keep_finish() alone. */
	struct detect_carried {
		const struct batch *batch;
		uint32_t *calls; /* in its order */
		size_t n;
		struct detect_carried_day *days;
		size_t ndays;
	} carried;
};

/* Beside rules: what is kept of the past that several of them ask about. */
#define DETECT_KEEP_KNOWN   "(known)"
#define DETECT_KEEP_CALLERS "(callers)"
#define DETECT_KEEP_OLDER   "(callers) older"
#define DETECT_KEEP_CALLS   "(calls)"
#define DETECT_KEEP_RULES   "(rules)"
#define DETECT_KEEP_CARRIED "(carried)"
#define DETECT_KEEP_ABOUT   "(about)"

void detect_keep_init(struct detect_keep *k);
void detect_keep_fini(struct detect_keep *k);
/* Room for what a rule keeps, empty; it moves with the next one. */
struct buf *detect_keep_put(struct detect_keep *k, const char *rule);
/* NULL: nothing. */
const struct buf *detect_keep_get(const struct detect_keep *k,
    const char *rule);
const struct buf *detect_kept_body(const struct detect_kept *kept);
/* Whether that is of single calls: DETECT_KEEP_CARRIED, or a day of them. */
bool detect_keep_carries(const char *rule);
/*
 * What a run was told to leave until later (keep_later): single calls, told as
 * they are.  The batch must be as it was then; it is only looked at, so
 * somebody else may do so meanwhile, and what the past had kept must be there, of
 * which some stays.  Room for all that is told is there from the beginning.
 * Where nothing was left, nothing is done.
 */
void detect_keep_finish(struct detect_keep *k);

/*
 * What an earlier run found with the same rules, settings and places, and the
 * instant `from` before which all calls, as understood, are what they were
 * then.  Texts and members must outlive the results of the new run; findings
 * that are closed must not be among them.
 */
struct detect_past {
	int64_t from; /* UTC ms */
	struct finding *const *list;
	size_t n;
	/*
	 * By rule of `rules`: from which last call on its findings are in the
	 * list (INT64_MIN: all are), since it was another rule before; or
	 * NULL.  A rule that would have to know of earlier ones is evaluated
	 * whole.
	 */
	const struct ruleset *rules;
	const int64_t *since;
	/* What the rules kept when they found all that; or NULL. */
	const struct detect_keep *keep;
	/*
	 * Calls that began before this are not in the batch: see
	 * detect_needs(); INT64_MIN: all are.
	 */
	int64_t begins;
	bool recalled; /* detect_recall() has put single ones there */
	/*
	 * Findings are not in the list, and not in the results, but stand: none
	 * of those that detect_needs_findings() tells of.  One in the list may
	 * be without its calls if it ended before `begins`, unless all of its
	 * rule are needed.
	 */
	bool left;
};

struct detect_settings {
	int64_t as_of;           /* UTC ms at which the run stands */
	const struct zone *zone; /* buckets of calls whose source has none */
	const char *const *only, *const *except; /* rule id globs */
	size_t nonly, nexcept;
	int sensitivity;         /* 1 to 3; 0 is 1 */
	size_t max_groups;       /* of one rule; 0 is BOUNDS_GROUPS */
	size_t max_window_calls; /* of one group; 0 is BOUNDS_WINDOW */
	size_t threads;          /* 0: as many as there are processors */
	/*
	 * Calls labelled fraud, in any order: members of findings, of which
	 * start, key and source tell.  No baseline has learnt from them;
	 * nothing else changes.
	 */
	const struct call_ref *fraud;
	size_t nfraud;
	struct detect_sight *sight;     /* NULL: nobody asks */
	const struct detect_past *past; /* NULL: there is none */
	/* Gets what rules keep for the next run, not what it had; or NULL. */
	struct detect_keep *keep;
	bool keep_later; /* what takes long is left to detect_keep_finish() */
	/*
	 * The next run can go on from what is kept if its `from` is not longer
	 * than this before the last call, ms; 0: not before the hour, of UTC,
	 * of half a day before the last call.
	 */
	int64_t late;
	struct stages *stages; /* told of what it does; or NULL */
};

/* The batch does not have all the calls that are needed. */
enum { DETECT_NEEDS_ALL = 2 };

/*
 * From when on a run with this past needs calls, told before any is loaded;
 * INT64_MIN: all of them.  `begins` of the past does not matter, its `from` is
 * then the earliest instant at which a call may be another.
 *
 * A run that is given no calls of before needs all sources in the batch, and
 * what detect_recall() puts there.  It returns DETECT_NEEDS_ALL where it turns
 * out that it needs calls of before for all that; no finding or note was added
 * then.
 */
int64_t detect_needs(const struct ruleset *rules,
    const struct detect_settings *set);
/*
 * Which findings of a rule a run needs whose calls begin at `begins`: those
 * whose last call is at this instant or later; INT64_MIN: all of them.  What
 * ended before stands as it was found.
 */
int64_t detect_needs_findings(const struct ruleset *rules, const struct rule *r,
    int64_t begins);
/*
 * Put single calls of before `begins`, which rules will ask for, in front of a
 * batch that is understood and sorted, and has no others of before.  -1 if
 * they are not kept: all calls are needed.
 */
int detect_recall(struct detect_past *past, struct batch *b, size_t threads);
/* How many calls that puts there, or a few more; 0: it cannot. */
size_t detect_recalls(const struct detect_keep *k);

/*
 * Add the findings of all active and shadow rules to `out`, unsorted,
 * without cases, and fill in what out->run says about calls and rules (as_of,
 * first, last, looked_at, rules_*, feeds, ruleset).  `b` must be sorted.
 *
 * A rule that hits a limit (those here, those of a pattern) is dropped whole,
 * the others go on: it is named in `notes` (level warning) and by a finding
 * of the rule DETECT_STOPPED, family and fraud type "data-quality", on the
 * entity "rule" of its name, with the hash of that rule.  Returns 1 then, 0
 * when all rules were evaluated, DETECT_NEEDS_ALL (see there), -1 with words for
 * what cannot be evaluated at all.  Calls without a group and groups without a
 * baseline, of those that were looked at, are told in `notes` (level detail).
 */
int detect_run(const struct batch *b, const struct ruleset *rules,
    const struct detect_settings *set, struct results *out, struct notes *notes,
    struct errmsg *err);

/*
 * Whether detect_run() may ask for a field: for what calls need not have if
 * not.
 */
bool detect_asks(const struct ruleset *rules, const struct detect_settings *set,
    const struct field *f);

/*
 * The findings of one of the rules as detect_run() makes them, with waivers
 * and tuning, but whatever its status; those it follows have no part in it.
 * `waivers` becomes what waivers cover, to be ended whatever is returned.
 * Returns as detect_run().
 */
int detect_asked(const struct batch *b, const struct ruleset *rules,
    const struct rule *rule, const struct detect_settings *set,
    struct waiver_uses *waivers, struct results *out, struct notes *notes,
    struct errmsg *err);

/*
 * The findings of one rule, whatever its status, with the lists and calendars
 * of `named`, without waivers; what it follows is taken as it was written,
 * before any tuning.  Returns as detect_run().
 */
int detect_rule(const struct batch *b, const struct rule *rule,
    const struct named *named, const struct detect_settings *set,
    struct results *out, struct notes *notes, struct errmsg *err);

#endif
