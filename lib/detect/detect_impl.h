/*
 * detect, private: what its parts share.  Here, a rule at work.
 *
 *   detect_batch_impl.h    what all rules need to know of the calls of a run
 *   detect_calls_impl.h    the calls of a rule
 *   detect_finding_impl.h  what an episode becomes
 */
#ifndef LIB_DETECT_DETECT_IMPL_H
#define LIB_DETECT_DETECT_IMPL_H

#include "base/buf.h"
#include "detect/detect.h"
#include "detect/detect_batch_impl.h"
#include "detect/detect_calls_impl.h"
#include "detect/detect_held_impl.h"
#include "rule/baseline.h"
#include "rule/measure.h"
#include "rule/waiver.h"

/* An episode is over this long after it first fired. */
#define DETECT_EPISODE_MS (7 * 24 * INT64_C(3600000))

/* As of when things are kept: no call before may be another next time. */
int64_t detect_kept_until(const struct detect_settings *set,
    const struct batch *b);
/* Calls from when on the next run needs for this rule, which is done. */
int64_t detect_needs_of(struct detect_work *w, size_t first_finding);

/* detect_carry.c: which calls the next run is told. */
bool detect_carries(const struct rule *r);
/* All calls of the groups, as far back as its window is. */
bool detect_carries_window(const struct rule *r);
void detect_carry_buckets(struct detect_work *w);
void detect_carry_groups(const struct detect_work *w, int64_t from);
/* Those of the present episode, if it may go on. */
void detect_carry_episode(const struct detect_work *w);
/* Those of the last instant; all. */
void detect_carry_last(const struct detect_work *w, const uint32_t *calls,
    size_t n);
void detect_carry_all(const struct detect_work *w, const uint32_t *calls,
    size_t n);
/*
 * What is to be carried, in any order, any of it twice, of the calls before an
 * instant: for detect_keep_finish(), which has the calls then.
 */
void detect_carried_settle(const struct detect_settings *set,
    const struct batch *b, struct detect_events *calls, int64_t before);
void detect_carried_fini(struct detect_carried *c);
/* What a rule keeps is what the past has under a name. */
void detect_keep_same(struct detect_keep *k, const char *rule,
    const struct buf *was);
/*
 * Whether an episode of before `until` is gone on from by a run that stands
 * there, or later.
 */
bool detect_may_go_on(const struct rule *r, int64_t until, int64_t first,
    int64_t last);

/* Whether the run is to evaluate the rule. */
bool detect_chosen(const struct rule *r, const struct detect_settings *set);
/* What the run says about calls and rules. */
void detect_describe_run(struct results *out, const struct detect_batch *db,
    const struct ruleset *rules, const struct detect_settings *set);
/* ... and of its sources, which need `db`. */
void detect_describe_feeds(struct run *run, const struct detect_batch *db,
    struct arena *arena);
/* A list that nobody keeps up proves less every day. */
void detect_tell_old_lists(const struct named *named, int64_t as_of,
    struct notes *notes);

/* A firing, or the peak of several. */
struct detect_peak {
	struct measure_value value;
	int64_t units;              /* of value */
	size_t calls;               /* in the window */
	struct measure_value *also; /* by `also` of the rule */
	int64_t limit;
	const char *op; /* NULL: no limit */
	struct baseline_reading baseline;
	bool has_baseline;
	bool never; /* the first call of all: the value is what is on record */
	struct measure_detail detail;
};

struct detect_episode {
	int64_t first, last; /* instants that fired */
	size_t bucket;
	int64_t crossed_at;
	int score;
	struct detect_peak peak;
	size_t begin, end; /* of the group's members */
};

/* What a rule need not look at again; see detect.h, struct detect_past. */
struct detect_resume {
	int64_t from;
	int64_t span;  /* calls this long before an instant are in its window */
	int64_t first; /* calls that began before are in no window */
	struct intern *keys;        /* texts of groups that have findings */
	struct detect_left *groups; /* by key */
	size_t ngroups, cap;
	struct finding **kept;
	size_t nkept;
	struct detect_buckets *buckets; /* with a calendar window, else NULL */
	const struct detect_held *held; /* NULL: it needs none */
	struct detect_marks
	    begins; /* silence: of groups the call it begins at */
	struct detect_marks befores; /* gap: of groups the instant before */
	uint32_t *told; /* concurrent: calls that kept findings have, sorted */
	size_t ntold, told_cap;
};

/* One rule at work. */
struct detect_work {
	const struct rule *rule;
	const struct named *named;
	const struct detect_settings *set;
	const struct detect_batch *batch;
	struct detect_batch
	    own;           /* what `batch` is for a rule with since_prev */
	struct batch view; /* its calls */
	int64_t *since_prev;
	struct results *out;
	const struct call_book *book;     /* of the findings; NULL: none yet */
	const struct finding *model;      /* what all have; NULL: none yet */
	const struct detect_trail *trail; /* or NULL */
	struct detect_events *events;   /* gets the calls that fire, or NULL */
	const struct detect_only *only; /* or NULL */
	struct finding *const *found;   /* by the rule in an earlier run */
	size_t nfound;
	struct detect_resume *resume;   /* or NULL */
	struct buf *keep;               /* gets what the rule keeps; or NULL */
	struct detect_buckets *keeping; /* of that what is known yet; or NULL */
	const struct detect_held *held; /* what it kept; or NULL */
	struct detect_held *next;       /* what it keeps, in the making */
	bool lacks;        /* it would have to look at calls of before */
	int64_t had;       /* no more groups in the last run; -1: not known */
	int64_t most;      /* it has no more groups than this */
	int64_t needs;     /* calls from here on, next time */
	size_t looks_from; /* at no call before this one; else it lacks some */
	struct detect_carry *carry; /* gets single ones of before; or NULL */
	int64_t carried; /* of the last run: from here on it has all it needs */
	int64_t carries; /* the same for the next one; INT64_MAX: nowhere */
	bool reported;   /* else it is there to be followed alone */
	int64_t follow_back; /* how far behind their own past others follow */
	int64_t judged_from; /* in the present group */
	struct detect_groups groups;
	size_t group; /* the present one */
	size_t max_window;
	bool crowded; /* a window held more calls than that */
	struct measure_sweep *sweep;
	/*
	 * Waivers of this rule.  A group with calls under one is followed
	 * twice: with all of its calls, for its history and for what would be
	 * there without waivers (`ignoring`), and with those that are left.
	 * Only what fires then is an event for rules that follow this one.
	 */
	const struct waiver_uses *waivers;
	uint8_t *waived;            /* by call of the batch, or NULL */
	uint32_t *left;             /* calls of the groups without them ... */
	size_t *left_ends;          /* ... and where each group's end */
	struct measure_sweep *rest; /* over these */
	bool ignoring;              /* waivers are ignored at present */
	/*
	 * A group with calls that are labelled fraud is followed once more,
	 * first and without them, for its history alone (`silent`).
	 */
	uint32_t *usual;            /* calls of the groups without them ... */
	size_t *usual_ends;         /* ... and where each group's end */
	struct measure_sweep *norm; /* over these; or NULL */
	bool silent;
	bool learnt; /* the history is there already */
	struct baseline_lines lines;
	const struct baseline_line *line; /* of the present group */
	struct baseline_history history;
	struct baseline_reading reading; /* of the present bucket */
	size_t reading_of;               /* its bucket */
	bool reading_known;
	bool by_account;   /* a group is of one account */
	bool at_close;     /* buckets are judged when they close */
	bool cold;         /* the group lacked a baseline where it mattered */
	size_t ncold;      /* such groups */
	uint32_t *members; /* batch indexes, of the present group */
	size_t nmembers;
	bool firing; /* episode is open */
	struct detect_episode episode;
	struct measure_value *also; /* room for the present instant and ... */
	struct measure_value *peak_also; /* ... for the episode's peak */
};

/* NULL where the rule is evaluated whole. */
struct detect_resume *detect_resume_new(struct detect_work *w);
/* Whether a rule with a calendar window can, as far as the rule goes. */
bool detect_resume_by_calendar(const struct detect_work *w);
void detect_resume_free(struct detect_resume **rp);
/* Leave out the calls that are in no window of the groups. */
void detect_resume_thin(struct detect_resume *p, struct detect_groups *g,
    const struct batch *b, const struct rule *r);
/* From when on the group is judged. */
int64_t detect_resume_begin(const struct detect_resume *p,
    const struct batch *b, const struct rule *r, const uint32_t *key);
/* Calls this long before an instant are in its window. */
int64_t detect_span(const struct measure *m);
/* Parts of the above for measures that need more than a window. */
void detect_silence_begins(struct detect_resume *p,
    const struct detect_work *w);
int64_t detect_silence_begin(const struct detect_resume *p, uint64_t key);
bool detect_talk_span(const struct detect_resume *p, const struct finding *f,
    int64_t *first, int64_t *last);
bool detect_talk_told(struct detect_resume *p, const struct detect_work *w);
bool detect_talks_at(const struct rule *r, const struct call *c, int64_t t);
void detect_gap_before(struct detect_resume *p, uint64_t key, int64_t last);
/* Of a group, by its codes, the instant that was kept; INT64_MIN: none. */
int64_t detect_gap_held(const struct detect_work *w, const uint32_t *codes);
/* The instant of the present group before its first call that is left. */
int64_t detect_gap_of(const struct detect_work *w);
/* Drop the calls that a kept finding has; returns how many are left. */
size_t detect_talk_untold(const struct detect_resume *p, uint32_t *calls,
    size_t n);
/* False: it is not there. */
bool detect_find_call(const struct detect_batch *db, int64_t start,
    uint64_t key, uint64_t source, uint32_t *call);
/* Add the kept findings to those of the rule. */
void detect_resume_keep(const struct detect_resume *p, struct results *out);

/*
 * What a rule with a calendar window goes on from, and keeps: the values of
 * the buckets of each group; see detect_buckets_impl.h.
 */
struct detect_bucket_group;
/* One zone and one calendar for all. */
bool detect_one_clock(const struct locals *at);
/* Whether buckets of this batch can be gone on from; the line of them. */
bool detect_buckets_can(const struct detect_work *w);
const struct measure_line *detect_buckets_line(struct detect_work *w);
/* Buckets of a rule may be asked for back to here; INT64_MAX: of none. */
int64_t detect_buckets_back(const struct detect_settings *set,
    const struct batch *b, const struct rule *r);
/* What the last run kept; NULL if that is nothing, or not of use. */
struct detect_buckets *detect_buckets_open(struct detect_work *w);
void detect_buckets_free(struct detect_buckets **pp);
/* Where the first bucket begins that is judged again. */
int64_t detect_buckets_begin(const struct detect_buckets *p);
/*
 * Find what was kept of the groups that there are; false where a group, even
 * one that has none of these calls, may have learnt something else.
 */
bool detect_buckets_match(const struct detect_work *w);
/* That of the present group, or NULL; ... */
const struct detect_bucket_group *detect_buckets_of(
    const struct detect_work *w);
/* ... of this source and those of its earlier calls the first by name; ... */
uint16_t detect_buckets_source(const struct detect_work *w, uint16_t source);
/* ... and its history; only where that begins. */
void detect_buckets_recall(struct detect_work *w);
void detect_buckets_recall_first(struct detect_work *w);
/*
 * Keep the history of each group that was followed, then all together.
 * `brief`: of what the last run had of it only the begin was recalled.
 */
void detect_buckets_begin_keeping(struct detect_work *w);
void detect_buckets_note(struct detect_work *w, bool brief);
/* A group takes the place of one before it that was dropped. */
void detect_buckets_moved(struct detect_work *w, size_t from, size_t to);
void detect_buckets_keep(struct detect_work *w);

/*
 * The groups of the work's rule: the calls that match, of those of `only`, and
 * that follow its trail; `before`: those that match as far as that can be told
 * without since_prev, and all of them.  Else calls by which the rule cannot
 * fire may be left out, and groups of nothing else, unless somebody asks what
 * the rule sees.  0; 1 with words when there are more than `max` groups or a
 * pattern hits its limits; -1 with words.
 */
int detect_group(struct detect_groups *g, const struct detect_work *w,
    bool before, size_t max, struct errmsg *err);

/*
 * Evaluate a rule: what it is, and where its findings and events go, stands
 * in `w`; the rest is zero, and used up afterwards.  `stopped` is the rule that
 * it follows, if that hit a limit.  0; 1 when it hits one itself, which is
 * told in its results, which nothing else of it is in, and notes; -1 with
 * words.
 */
int detect_one(struct detect_work *w, const struct rule *stopped,
    struct notes *notes, struct errmsg *err);
/*
 * The same for a rule that a site tunes, perhaps for some groups only: once
 * for the calls of each set of entries, as rulefile_variant() makes the rule.
 */
int detect_tuned(struct detect_work *w, const struct rule *stopped,
    struct notes *notes, struct errmsg *err);
/* Whether it is tuned for some groups only. */
bool detect_tuned_apart(const struct rule *r);

/* A rule that hit a limit has found nothing yet; that is told twice. */
void detect_tell_stopped(const struct detect_work *w, const struct errmsg *why,
    struct notes *notes);

/* Which calls the labels are about: those that are in the batch. */
void detect_fraud_init(struct detect_batch *db, const struct call_ref *refs,
    size_t n);
int detect_fraud_open(struct detect_work *w, struct errmsg *err);
void detect_fraud_close(struct detect_work *w);
/* The history of the present group, if any of its calls is labelled. */
void detect_fraud_learn(struct detect_work *w);

/* Whether the asker's call is among those that this work looks at. */
bool detect_watched(const struct detect_work *w);
/* The instant is that of the call: the values of its window. */
void detect_see(struct detect_work *w, const struct measure_instant *at);

/* One instant as it is judged. */
struct detect_moment {
	struct measure_instant at;
	struct detect_peak now;
	const struct condition *when; /* with the limits that stand in them */
	struct condition room;        /* for such */
};
/* The baseline of the instant's bucket, read when first needed; or NULL. */
const struct baseline_reading *detect_reading(struct detect_work *w,
    const struct measure_instant *at);
/* Whether a value is between the limits that are numbers. */
bool detect_within(const struct condition *c, const struct measure_value *v);
/*
 * The condition with its limits as numbers: itself, or in `room` where they
 * stand in calls; NULL: a limit is missing.
 */
const struct condition *detect_settle(const struct detect_work *w,
    const struct condition *c, const struct measure_instant *at,
    struct condition *room);
/* Fills `when` and the value, calls and `also` of `now`. */
bool detect_fires(struct detect_work *w, struct detect_moment *m);
/* Of one that fires: the score with all steps; then the rest of `now`. */
int detect_score_now(struct detect_work *w, const struct detect_moment *m);
void detect_complete(struct detect_work *w, struct detect_moment *m);
/* Whether less is worse: the limit is an upper one. */
bool detect_downwards(const struct detect_peak *p);

/*
 * The history of the present group is that before its first call; `brief`: only
 * where it begins.
 */
void detect_history(struct detect_work *w, bool brief);
/* Follow the present group from instant to instant. */
void detect_follow(struct detect_work *w);
/* Where the present group is: a place of the batch's locals. */
size_t detect_place(const struct detect_work *w);
/* Drop the groups that calendar buckets show to find nothing. */
void detect_drop_quiet(struct detect_work *w);

/* Whether any waiver names the rule. */
bool detect_any_waivers(const struct detect_work *w);
/* The present group, with and without the calls under a waiver. */
void detect_waivers_split(struct detect_work *w); /* before the sweep opens */
int detect_waivers_open(struct detect_work *w, struct errmsg *err);
void detect_waivers_close(struct detect_work *w);
void detect_follow_waived(struct detect_work *w);
/* The ids of the waivers that the members are under. */
void detect_describe_waivers(const struct detect_work *w, struct finding *f,
    const uint32_t *members, size_t n);
/* What became of each waiver, for the run. */
void detect_tell_waivers(const struct waiver_uses *us,
    const struct detect_batch *db, struct results *out);

#endif
