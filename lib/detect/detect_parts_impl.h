/* detect, private: the rules of a run, as parts of the work. */
#ifndef LIB_DETECT_DETECT_PARTS_IMPL_H
#define LIB_DETECT_DETECT_PARTS_IMPL_H

#include <pthread.h>

#include "detect/detect_impl.h"

/* What one rule found, apart from all others until they are put together. */
struct detect_run_part {
	const struct rule *rule;
	struct detect_run_part
	    *trigger;  /* of the rule that it follows, or NULL */
	bool reported; /* false: only there to be followed */
	bool followed;
	size_t level;        /* above that of the trigger */
	int64_t follow_back; /* detect_impl.h, struct detect_work */
	struct detect_events events;
	struct finding **found; /* by an earlier run, in its order */
	size_t nfound;
	struct detect_held *held;     /* what it kept; or NULL */
	struct detect_resume *resume; /* or NULL; see plan() */
	struct buf keep;              /* for the next run */
	bool lacks;                   /* detect_impl.h, struct detect_work */
	int64_t had, most, needs;     /* the same */
	size_t looks_from;            /* the same */
	int64_t carried, carries;
	struct detect_carry carry;
	struct results results;
	struct notes notes;
	struct errmsg err;
	int status;
};

struct detect_run_parts {
	struct detect_batch db;
	const struct named *named;
	const struct waiver_uses *waivers; /* or NULL */
	const struct detect_settings *set;
	bool as_written; /* rules that are followed are not tuned */
	struct detect_run_part *list; /* in the order of the rules */
	size_t n, cap;
	struct finding **found;       /* those of all parts */
	struct detect_run_part **now; /* those of one level */
	struct detect_piece *pieces;  /* of the work on them */
	size_t npieces;
	pthread_mutex_t taking; /* who changes the state of pieces */
};

/* A rule, and before it those that it follows, whatever their status. */
void detect_parts_add(struct detect_run_parts *ps, const struct rule *r,
    bool reported);
/* Who waits for whom; returns how many levels there are. */
size_t detect_parts_link(struct detect_run_parts *ps);
/* What a part is for who evaluates it. */
struct detect_work detect_parts_work(const struct detect_run_parts *ps,
    struct detect_run_part *p);
/*
 * Which rules go on from what they found; false: one of them has to look at
 * calls that are not there.
 */
bool detect_parts_plan(struct detect_run_parts *ps, size_t levels);
/* Evaluate all, each above those that it waits for. */
void detect_parts_run(struct detect_run_parts *ps, size_t levels);
/*
 * Keep what is known of all calls, and of what the rules need of them, and whom
 * the findings are about.
 */
void detect_parts_keep(const struct detect_run_parts *ps,
    const struct results *out);
/* detect_about.c: whether findings that are not there stand; keep the same. */
bool detect_about_stands(const struct detect_batch *db,
    const struct detect_settings *set);
void detect_about_keep(const struct detect_run_parts *ps,
    const struct results *out, struct buf *body);
void detect_parts_close(struct detect_run_parts *ps);

#endif
