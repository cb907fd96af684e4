/*
 * store_labels: what people say of cases and findings.
 *
 * Nothing said is ever changed or taken away; what was said last counts.  A
 * label on a case is one on each of its findings, too.  A finding whose id
 * changed, because earlier calls came, keeps its label through an alias
 * (store/store_aliases), and what is said of the old id is said of the new.
 *
 * fraud, benign and close end a case: it keeps the findings that it had when
 * that was said, and new ones begin another.  What was said holds until one of
 * them has more calls or a greater score than then; ack until any comes, too.
 */
#ifndef LIB_STORE_STORE_LABELS_H
#define LIB_STORE_STORE_LABELS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/intern.h"
#include "detect/cases.h"
#include "store/store.h"
#include "store/store_members.h"

enum label_word {
	LABEL_FRAUD,
	LABEL_BENIGN,
	LABEL_UNSURE, /* somebody looked, and cannot tell */
	LABEL_ACK,    /* of a case: somebody is at it */
	LABEL_CLOSE,  /* of a case: done with */
	LABEL_NOTE,   /* only words */
	LABEL_WORDS
};

const char *label_name(enum label_word w); /* "fraud", "ack" ... */
int label_parse(const char *name);         /* -1 if there is none */

struct label {
	const char *target; /* id of a case or a finding */
	enum label_word word;
	const char *note, *user; /* never NULL */
	int64_t at;              /* UTC ms */
};

/*
 * Say it, in a transaction of the caller.  1 when no case and no finding has
 * that id (or alias); -1 with words, also for ack and close of a finding, and
 * for a case that was merged into another (store/store_heirs).
 * The case is then in the state that the word says.
 */
int store_labels_add(struct store *s, const struct label *l,
    struct errmsg *err);

/*
 * The label of a finding: the last of fraud, benign and unsure that was said
 * of it.  Until then it has that of what it was before; of several that
 * became one, fraud goes before unsure before benign, and all parts of one
 * that was split have its label.  1, or 0 if there is none; -1 with words.
 */
int store_labels_of(struct store *s, const char *finding, enum label_word *word,
    struct errmsg *err);

/*
 * All that was said of a target, of a case also what was said of those merged
 * into it (NULL: of all, but for findings that a label of their case covers),
 * oldest first; the arena owns it.
 */
int store_labels_load(struct store *s, const char *target, struct arena *arena,
    struct label **list, size_t *n, struct errmsg *err);

/*
 * Of a case whose findings were saved, those that the present run has found
 * (store/store_aliases): the state that it is in by what was said.
 */
int store_labels_state(struct store *s, const char *case_id, const char **state,
    struct errmsg *err);

/* Of what something was said that is no note; most cases are not among it. */
int store_labels_targets(struct store *s, struct intern *targets,
    struct errmsg *err);

/* The cases that were ended, oldest end first; the arena owns them. */
int store_labels_ends(struct store *s, struct arena *arena,
    struct case_end **ends, size_t *n, struct errmsg *err);

/*
 * The calls labelled fraud, settled: members of the findings of `rs` with that
 * label, and of those of the store that `rs` does not have and that did not
 * become one which it has.  Before anything is found: `rs` NULL.
 */
int store_labels_fraud(struct store *s, const struct results *rs,
    struct call_refs *refs, struct errmsg *err);

#endif
