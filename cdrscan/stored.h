/*
 * stored: what the parts of a run over a store share.
 *
 *   stored.c         the run: one transaction
 *   stored_ahead.c   what is read of the store while files are
 *   stored_calls.c   the calls that are looked at
 *   stored_changed.c what a rule found before it was changed
 *   stored_detect.c  findings and cases, as what people said has them
 *   stored_files.c   which files need not be read again
 *   stored_forget.c  --forget
 *   stored_gather.c  records into the store
 *   stored_inputs.c  what the last run judged calls by
 *   stored_kept.c    what it leaves for the next one
 *   stored_left.c    findings and cases that stand and are not looked at
 *   stored_noted.c   what `cdrreport runs` tells of it
 *   stored_past.c    what the last run found need not be found again
 *   stored_prune.c   what is deleted, and what cannot be judged then
 *   stored_rescore.c --rescore
 *   stored_zones.c   zones that the store remembers
 */
#ifndef CDRSCAN_STORED_H
#define CDRSCAN_STORED_H

#include "base/buf.h"
#include "base/hash.h"
#include "cdr/daysums.h"
#include "cdr/understand.h"
#include "scan.h"
#include "store/store.h"
#include "store/store_cache.h"
#include "store/store_findings.h"

/* What became of the records just read, once the store was given them. */
struct stored_read {
	int64_t added;  /* new to the store; quality events are none */
	int64_t first;  /* start of the first new one; INT64_MAX: none is */
	size_t had;     /* it had them already, events too */
	bool all_wrote; /* every source has a new one */
};

/* What the last run left of its calls, so that not all are needed. */
struct stored_kept {
	struct buf days, sources;
	struct buf whole; /* not empty: no call talks for a part of a second */
	struct understand_kept understood;
};

struct stored_run {
	struct scan *s;
	struct store *store;
	int64_t number;
	struct buf name; /* "r-20260114-0410-7" */
	struct buf home; /* country guessed, now or in an earlier run */
	struct store_changes changes;
	int64_t began;    /* UTC ms */
	bool first_calls; /* those just read are all that it has */
	bool shrank;      /* calls that it had went */
	struct stored_read read;
	struct stored_ahead *ahead; /* or NULL */
	int64_t legs;               /* new records that another one absorbed */
	int64_t begins; /* calls before are not looked at; INT64_MIN: all are */
	int64_t from; /* before that calls are as they were, as far as known */
	struct notes guesses; /* of understanding */
	int64_t *since;       /* by rule: what ended before is not judged */
	int64_t *listed;      /* by rule: findings that ended before are left */
	bool partly;          /* not all findings were read, or some bare */
	struct store_left left; /* findings that stand and are not read */
	struct stored_reading *reading; /* of those that are; or NULL */
	struct intern *standing; /* cases that are not made again; or NULL */
	char config[HASH_HEX];   /* fingerprint of all it judged by */
	struct daysums days;
	struct stored_kept before, keep;
	struct beside *telling;    /* what rules keep; or NULL */
	struct store_cached *kept; /* what is put into the store; or NULL */
	struct arena kept_names;
};

/* That what was kept is not enough: all calls have to be looked at. */
enum { STORED_NEEDS_ALL = 2 };

/*
 * What is read into the store, or an import out of it.  0 also where the status
 * of the run, which has been explained, forbids to go on.
 */
int stored_gather(struct stored_run *r, char **operands, int n,
    struct errmsg *err);

int64_t stored_clock(void); /* now, UTC ms */
/* What ran, before the transaction ends. */
int stored_note_run(struct stored_run *r, struct errmsg *err);

/* A value of the store; it is kept if the store has none yet. */
int stored_remember(struct store *store, const char *name, const char *value,
    struct errmsg *err);

int stored_recall_zone(struct stored_run *r, struct errmsg *err);
int stored_keep_zones(struct stored_run *r, struct errmsg *err);
/* --rescore: the zones that are stated now, of the sources that it has. */
int stored_rezone(struct stored_run *r, struct errmsg *err);

/*
 * The files of a run.  What is configured, was read whole and is as it was,
 * is not read again, and where it was appended to, what was read is not; what
 * somebody names always is read whole.
 */
struct stored_files *stored_files_new(struct store *store);
void stored_files_free(struct stored_files **fp);
/* The ingest is settled; -1 where what it asked of the store failed. */
int stored_files_settled(struct stored_files *f, struct errmsg *err);
/*
 * Put all of them into the store.  `*seen` has their numbers by file of the
 * batch; the caller frees it.
 */
int stored_files_put(struct stored_run *r, int64_t **seen, struct errmsg *err);
/*
 * Before the records just read are added.  Where several rows make a call, one
 * that was open when the file was read before may have gone on in it: then what
 * there was of it goes.
 */
int stored_files_closed(struct stored_run *r, const int64_t *seen,
    struct errmsg *err);

/*
 * The fingerprint of all that calls are judged by; what of it is another than
 * in the last run, is said.
 */
int stored_inputs(struct stored_run *r, struct errmsg *err);

/*
 * Learn since when each rule judges, once.  Then, of findings just made, leave
 * out what is older, and take in what the store has in its place.
 */
int stored_changed(struct stored_run *r, struct errmsg *err);
int64_t stored_judged_since(const struct stored_run *r, const char *rule);
int stored_keep_older(struct stored_run *r, struct errmsg *err);

/*
 * Findings and cases of all calls of the store, or STORED_NEEDS_ALL; what was
 * labelled fraud is never learnt as usual, and what ended a case begins
 * another.
 */
int stored_detect(struct stored_run *r, struct errmsg *err);

/* Whether what the last run found can matter, by what is asked of this one. */
bool stored_may_have_past(const struct stored_run *r);
/*
 * A run that judges by some of the rules, or whose store lacks calls that were
 * judged, neither has such a past nor leaves one; nor where runs changed what
 * the store has.
 */
int stored_has_past(const struct stored_run *r, bool *has, struct errmsg *err);

/*
 * What was kept is read from the first on, as the store has it before this run:
 * all of it is there after the second.  The third gives a reader for another
 * thread, which the caller closes; -1 if there is none.  The last comes before
 * the store is closed.
 */
void stored_ahead_begin(struct stored_run *r);
int stored_ahead_cache(struct stored_run *r, struct store_entries *all,
    struct errmsg *err);
int stored_ahead_store(struct stored_run *r, struct store **sp);
void stored_ahead_end(struct stored_run *r);

/*
 * What the last run found becomes the past of this one, where it can, and says
 * from when on calls have to be looked at; before any is.  Its findings are
 * there after the second, for which the calls need not wait.
 */
int stored_past_take(struct stored_run *r, struct errmsg *err);
int stored_past_wait(struct stored_run *r, struct errmsg *err);
/*
 * Since when the calls that are looked at are others than those of the past.
 * STORED_NEEDS_ALL where that is too long ago for those.
 */
int stored_past_settle(struct stored_run *r);
/*
 * The past was not enough: all calls are looked at, and what was left of the
 * findings is read.
 */
int stored_past_whole(struct stored_run *r, struct errmsg *err);
/*
 * What this run found becomes that of the next, before the end of the
 * transaction.  What takes long of that can begin before: to tell what rules
 * keep once nothing is looked for any more, while the calls are there; and to
 * put that into the store, which is not asked for anything meanwhile, after
 * all that is asked of it.
 */
void stored_past_tell(struct stored_run *r);
int stored_past_put(struct stored_run *r, struct errmsg *err);
int stored_past_keep(struct stored_run *r, struct errmsg *err);

/*
 * Findings that may matter, all or some; the others are left.  They can be read
 * while calls are: then they, and what failed, are there when it has ended.
 */
int stored_left_take(struct stored_run *r, struct errmsg *err);
void stored_left_begin(struct stored_run *r);
int stored_left_end(struct stored_run *r, struct errmsg *err);
/* Findings of a rule that ended before are left; INT64_MIN: none are. */
int64_t stored_left_since(const struct stored_run *r, const char *rule);
/*
 * Where some are left: which findings stay in their cases, what is missing of
 * the other cases, and what those were.
 */
int stored_left_cases(struct stored_run *r, struct results *was,
    struct errmsg *err);
/* How many cases stay as they are. */
size_t stored_standing(const struct stored_run *r);

void stored_kept_init(struct stored_kept *k);
void stored_kept_fini(struct stored_kept *k);
/* What stands under a name of its own; NULL: it is none of calls. */
struct buf *stored_kept_named(struct stored_kept *k, const char *name);
/* What must be alike, if the run `number` wrote it. */
void stored_kept_terms(const struct stored_run *r, int64_t number,
    struct buf *out);

/* The records just read are in the store now. */
struct stored_read stored_look_at_read(struct batch *read);
/*
 * The calls of the store from `begins` on, understood, take the place of those
 * just read.  STORED_NEEDS_ALL where they cannot be without those before.
 */
int stored_take_calls(struct stored_run *r, struct errmsg *err);
/* They were enough: what was read is no call that a store had already. */
void stored_correct_counts(struct stored_run *r);

/*
 * Learn which findings are frozen, because a run deleted calls that they ask
 * for.
 */
int stored_freeze(struct stored_run *r, struct errmsg *err);
/* What was read of calls that an earlier run deleted is left out: say it. */
int stored_say_left_out(const struct stored_run *r, struct errmsg *err);
/* --prune and --no-archive, after scoring; how much is said. */
int stored_prune(struct stored_run *r, struct errmsg *err);
/*
 * After the commit: what was deleted is gone from the disk, too, or it is said
 * that it is not yet.
 */
void stored_settle_deleted(struct stored_run *r);

/* --rescore: what was guessed before, is guessed again. */
int stored_forget_guesses(struct stored_run *r, struct errmsg *err);
/* The calls of a source are read in another zone; which is said. */
int stored_move(struct stored_run *r, const char *source,
    const struct zone *from, const struct zone *to, struct errmsg *err);
/* What the files just read brought before goes; see stored_files_put(). */
int stored_replace(struct stored_run *r, const int64_t *seen,
    struct errmsg *err);

/* --forget: before anything is scored. */
int stored_forget(struct stored_run *r, struct errmsg *err);

#endif
