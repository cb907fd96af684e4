/*
 * store_runs: what ran over a store, when, by whom, and what came of it.
 *
 * Each run that changed the store has a row, for ever, also where its calls
 * were pruned.  One that failed changed nothing, and has a row that says why,
 * where the store could be written at all.  One that was killed has none.
 */
#ifndef LIB_STORE_STORE_RUNS_H
#define LIB_STORE_STORE_RUNS_H

#include <stdint.h>

#include "detect/finding.h"
#include "store/store.h"

/*
 * The next run: its number, from 1, and its id, appended to `name`:
 * "r-20260114-0410-7" for the seventh, if it stands at `now`.
 */
int store_run_next(struct store *s, int64_t now, int64_t *number,
    struct buf *name, struct errmsg *err);

struct store_run {
	int64_t number;
	const char *what;     /* scan, forget, rescore, prune */
	int64_t began, ended; /* UTC ms; 0 not known */
	const char *user;     /* name of who ran it, "" not known */
	const char *config;   /* fingerprint of the configuration, or "" */
	int64_t findings;     /* active ones after it */
	int64_t added, updated, closed;
	int status;        /* exit status, -1 not known */
	const char *error; /* why it failed; NULL: it did not */
	struct run run;    /* id, versions, rule set, counts */
};

/* Complete the row of run `number`, which stands; `run` is not looked at. */
int store_runs_end(struct store *s, const struct store_run *r,
    struct errmsg *err);

/*
 * A run that failed, in a transaction of its own; `number` and what it might
 * have found are not looked at, the id of `run` is made: "r-20260114-0410-f3".
 */
int store_runs_fail(struct store *s, const struct store_run *r,
    struct errmsg *err);

/*
 * The latest `limit` runs (0: all), latest first, in `*list` of `rs`, whose
 * arena owns them.  -1 with words.
 */
int store_runs_load(struct store *s, size_t limit, struct results *rs,
    struct store_run **list, size_t *n, struct errmsg *err);

/* For the modules of the store alone: one stored object into `rs`. */
int store_body_read(struct store *s, struct results *rs, const char *body,
    struct errmsg *err);

#endif
