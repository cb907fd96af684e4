/*
 * The parts of store_findings:
 *
 *   store_findings.c        what is saved
 *   store_findings_put.c    findings as rows
 *   store_findings_about.c  which cases may be others
 *   store_findings_close.c  what is closed
 *   store_findings_left.c   what stands of it and is not read
 *   store_findings_load.c   what it gives back
 *   store_findings_open.c   what stands of that, in less time
 *   store_findings_prune.c  what is deleted
 *
 * While findings are saved, the temporary table `gone` has the ids of those that
 * were open and are not of this run (store_aliases_note()), `made` those of its
 * cases.
 */
#ifndef LIB_STORE_STORE_FINDINGS_IMPL_H
#define LIB_STORE_STORE_FINDINGS_IMPL_H

#include "base/intern.h"
#include "store/store_findings.h"

/* What somebody said something of, by its present name or an earlier one. */
#define STORE_SPOKEN_OF              \
	"SELECT target FROM labels " \
	"UNION SELECT id FROM aliases WHERE word <> ''"

/* One save: its statements and what it learns. */
struct saving {
	struct store *store;
	struct results *rs;
	struct sqlstmt *find_case, *put_case, *made_case;
	struct buf body;
	int64_t number;
	const char *why;         /* what it does not find any more is closed */
	struct intern *changed;  /* ids of findings added or updated */
	struct intern *labelled; /* store_labels_targets() */
	struct store_changes *changes;
};

/* All findings, which have their states then. */
int store_findings_put(struct saving *v, struct errmsg *err);
/* What is as it was, but not new any more, by run; of what, is to follow. */
#define STORE_FINDINGS_TURN \
	"UPDATE findings SET state = 'updated', run = ? WHERE "
/* The one with an id. */
extern const char store_findings_turn[];
/* The state of those that are left. */
int store_findings_put_left(const struct saving *v, struct errmsg *err);
/*
 * These alone into empty results, as store_findings_open() does; without their
 * calls where the list says so.  To go to a row by its number, the index of ids
 * need not be looked at.
 */
struct store_wanted {
	const char *id;
	int64_t row;
	bool bare;
};
int store_findings_some(struct store *s, const struct store_wanted *list,
    size_t n, struct results *rs, struct errmsg *err);

/* Findings that are in neither; how many in `changes`. */
int store_findings_close(struct store *s, int64_t number, const char *why,
    struct store_changes *changes, struct errmsg *err);
/* Cases without an open finding, after that. */
int store_findings_close_cases(struct store *s,
    const struct store_changes *changes, struct errmsg *err);

#endif
