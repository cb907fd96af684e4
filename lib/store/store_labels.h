/*
 * store_labels: what people say of cases and findings.
 *
 * Nothing said is ever changed or taken away; what was said last counts.  A
 * label on a case is one on each of its findings, too.  A finding whose id
 * changed, because earlier calls came, keeps its labels through an alias.
 */
#ifndef LIB_STORE_STORE_LABELS_H
#define LIB_STORE_STORE_LABELS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

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
 * that id (or alias); -1 with words, also for ack and close of a finding.
 * The case is then in the state that the word says.
 */
int store_labels_add(struct store *s, const struct label *l,
    struct errmsg *err);

/*
 * The label of a finding: the last of fraud, benign and unsure that was said
 * of it, or of what it was before; of several that became one, fraud goes
 * before unsure before benign.  1, or 0 if there is none; -1 with words.
 */
int store_labels_of(struct store *s, const char *finding, enum label_word *word,
    struct errmsg *err);

/*
 * All that was said of a target (NULL: of all, but for findings that a label
 * of their case covers), oldest first; the arena owns it.
 */
int store_labels_load(struct store *s, const char *target, struct arena *arena,
    struct label **list, size_t *n, struct errmsg *err);

#endif
