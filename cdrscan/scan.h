/*
 * scan: what the files of cdrscan share: settings, and one run from reading
 * to results.
 *
 *   main.c      which kind of run
 *   options.c   the option table
 *   read.c      operands or configured sources to calls as recorded
 *   expect.c    how many bytes that will be
 *   account.c   what became of every record
 *   scan.c      calls to results, results out; the stateless run
 *   run_id.c    the id of a run without a store
 *   stored.c    the run over a store; stored.h says what its parts are
 *   recognise.c --recognise: what each file is; recognise_calls.c its calls,
 *               recognise_json.c the same as JSON
 *   profile.c   --profile: what each stage took
 *   stats.c     --stats: the run's counts, for monitoring
 *   number.c    --number: how a number is read
 *   settings.c  --check-config: what the settings come to
 *   examples.c  the numbers that it shows
 */
#ifndef CDRSCAN_SCAN_H
#define CDRSCAN_SCAN_H

#include "base/notes.h"
#include "cdr/ingest.h"
#include "cdr/layout.h"
#include "detect/detect.h"
#include "detect/finding.h"
#include "report/select.h"
#include "rule/rule.h"
#include "store/store.h"
#include "tool/setup.h"

struct scan_options {
	struct setup_options common;
	const char *layout, *source, *max_rejects, *rejects, *fail_on;
	const char *sensitivity; /* "1" to "3", NULL: 1 */
	struct opt_list only, except;
	const char *number; /* --number: only explain it */
	const char *stats;  /* --stats: FILE for the run's counts */
	long threads;       /* 0: as many as there are processors */
	long year;          /* of stamps without one; 0: not stated */
	const char *forget; /* --forget: undo this import; nothing is read */
	const char *wait;   /* for the lock: "1h", or seconds; NULL: not */
	bool print, dry_run, strict, check_config, recognise;
	bool prune, no_archive, rescore, profile;
};

extern const struct opts scan_opts;

/* One run. */
/* What stands in a store and was not looked at, for --stats. */
struct scan_standing {
	int64_t findings;
	int64_t cases[SEV_CRITICAL + 1]; /* that scan_pending_since() counts */
};

struct scan {
	struct setup setup;
	struct stages *stages; /* for --profile or progress, else NULL */
	const struct scan_options *o;
	struct ruleset rules;
	struct layouts *layouts;
	struct batch *batch;
	struct ingest *ingest;
	struct ingest_settings reading;
	const struct source *source; /* --source; NULL: by the file */
	const struct zone *guessed;  /* zone a store remembers; or NULL */
	long wait;                   /* seconds for the lock of the store */
	int64_t frozen; /* what a store cannot judge any more began before */
	struct notes notes;     /* of reading, understanding and detecting */
	struct notes detecting; /* of the last detecting, not yet among these */
	struct notes unread;    /* what could not be read: said at once */
	const char *forgotten;  /* what --forget undid, in words; or NULL */
	struct results results;
	struct scan_standing standing; /* beside these */
	struct results earlier;  /* of a store: what the last run found ... */
	struct detect_past past; /* ... and what of it stands, ... */
	bool has_past;           /* ... if anything does */
	bool needs_all; /* rules need calls that are not in the batch */
	struct detect_keep kept_before; /* what rules kept then ... */
	struct detect_keep keep;        /* ... and what they keep now, ... */
	bool keeps;                     /* ... if that is of use */
	struct stored_files *files;     /* with a store, else NULL */
	struct beside *closing;         /* of that store; or NULL */
	bool from_config;            /* the configured sources, not operands */
	bool complete;               /* all rules were evaluated */
	bool kept;                   /* the store has this run */
	char failed[BOUNDS_MESSAGE]; /* what a store run ended with, or "" */
	int status;                  /* worst so far, enum exit_code */
};

/*
 * Rules, layouts, number plan, and whether the options fit them.  What fails
 * is said; `status` tells whether to go on.
 */
void scan_open(struct scan *s, const struct scan_options *o);
void scan_close(struct scan *s);

/* Settle what the options say of reading; -1 when that cannot be. */
int scan_settle_reading(struct scan *s);
struct stored_files;

/*
 * Before a file is read: whether it need not be, because the store has all of
 * it.  If so it counts as read; if not, `*above` is where reading it goes on,
 * or NULL.
 */
bool stored_files_skip(struct scan *s, const char *path,
    const struct source *src, const struct ingest_above **above);
/* After that: the ingest's files from `first` on are of it. */
void stored_files_read(struct scan *s, size_t first);

/*
 * Tell the stages how much there will be to read; and that a file counts as
 * read.
 */
void scan_expect(struct scan *s, char **operands, int n);
void scan_not_read(struct scan *s, const char *path);

/* Read the operands, or the configured sources if there are none. */
void scan_read(struct scan *s, char **operands, int n);

/*
 * What became of each file and record, to standard error, to the run's counts
 * and, rejects, to --rejects FILE.
 */
void scan_account(struct scan *s);

/*
 * Stamps to UTC, calls understood; the guessed zone is that of the report.  -1
 * when that cannot be, which is said.
 */
int scan_finish_reading(struct scan *s);

/*
 * From which instant on calls have to be in the batch, for rules to go on from
 * the past; INT64_MIN: all.
 */
int64_t scan_needs(const struct scan *s);

/* UTC ms: --now, else the last call that was read. */
int64_t scan_stands_at(const struct scan *s);
/*
 * Findings of the batch, which is understood and sorted, in the place of
 * those that there are; no baseline learns from the `n` calls of `fraud`.  Where
 * `needs_all` is set then, there are none.
 */
struct call_ref;
void scan_detect(struct scan *s, const struct call_ref *fraud, size_t n);
/* The run's own line: who ran, with which guesses; `home` was guessed. */
/* The id of a run without a store; its zone and time are known. */
const char *scan_run_id(struct scan *s);
void scan_describe(struct scan *s, const char *home);
/* The notes; `guesses` false: those that are no problem only with -v. */
void scan_say_notes(struct scan *s, bool guesses);

/*
 * The cases that fit, in --format, to standard output or --output.  Where
 * there is `nothing` to show, text is only a remark, unless a file was asked
 * for, which must not keep what it had.
 */
void scan_print(struct scan *s, const struct selection *sel, bool nothing);
/* --fail-on: `score` is the greatest of what it is about. */
void scan_judge(struct scan *s, int score);

/* --profile: what each stage of the run took. */
void scan_profile(struct scan *s);
/* --stats: what the run came to, to its file, however it ended. */
void scan_stats(struct scan *s);
/* Open cases of a store that were seen from then on count there; UTC ms. */
int64_t scan_pending_since(const struct run *run);

/*
 * A run over a store that ended so that nothing of it was kept: one line for
 * `cdrreport runs`, where there is a store that can be written.
 */
void scan_note_failure(struct scan *s);

/* The two kinds of run. */
void scan_stateless(struct scan *s, char **operands, int n);
void scan_stored(struct scan *s, char **operands, int n);
/* --recognise. */
void scan_recognise(struct scan *s, char **operands, int n);

/*
 * --number and --check-config, the whole of each: open, put out, close; the
 * exit status.
 */
int scan_number(const struct scan_options *o);
int scan_check_config(const struct scan_options *o);
/*
 * The dial plan of a source.  Without a home country it is made for the asker,
 * who frees `*own`.
 */
const struct dialplan *scan_plan(const struct setup *s,
    const struct source *src, struct dialplan **own);

#endif
