/*
 * numlist: named lists: numbers, prefixes, ranges, patterns, or plain values.
 *
 *   exact    the whole text: "+13125550142", "CU"
 *   prefix   the beginning of a number: "+53"
 *   range    both ends count, as many digits: "+13125550100-+13125550199"
 *   pattern  # is any digit: "+4121560####"
 *
 * Blanks and - . ( ) in numbers are dropped.  An entry may name its source, a
 * note, when it was added and when it expires; `expires` is the first day it
 * no longer counts, compared with the call's local date; `added` is told,
 * never a gate.  The longest entry in force wins: of patterns the one with the
 * most digits, of ranges the one whose ends have the longest beginning in
 * common; of entries alike the first.
 *
 * A list may have millions of entries: finding is a binary search for each
 * length of prefix or shape of pattern.
 */
#ifndef LIB_TEL_NUMLIST_H
#define LIB_TEL_NUMLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"

enum numlist_kind {
	NUMLIST_EXACT,
	NUMLIST_PREFIX,
	NUMLIST_RANGE,
	NUMLIST_PATTERN
};
const char *numlist_kind_name(enum numlist_kind k);
int numlist_kind_parse(const char *name, enum numlist_kind *k); /* -1: none */

#define NUMLIST_NEVER INT64_MAX

struct numlist_entry {
	const char *value, *source, *note; /* the list's; never NULL */
	int64_t added, expires;            /* days; INT64_MIN, NUMLIST_NEVER */
	uint32_t line;                     /* in its file, 0 if inline */
};

struct numlist;

struct numlist *numlist_new(const char *name, enum numlist_kind kind);
void numlist_free(struct numlist **lp);
const char *numlist_name(const struct numlist *l);
enum numlist_kind numlist_kind(const struct numlist *l);

/*
 * The texts are copied.  -1 with words: a prefix that is no number, a range
 * that goes backwards, a list that is full.
 */
int numlist_add(struct numlist *l, const struct numlist_entry *e,
    struct errmsg *err);
/*
 * CSV with a header: value and, as wanted, source, added, expires, note, in
 * any order; rows that begin with # are comments.  -1 with file and line; the
 * entries before that line are in the list.
 */
int numlist_load(struct numlist *l, const char *path, struct errmsg *err);
/* After the last add, before the first find. */
void numlist_seal(struct numlist *l);

size_t numlist_size(const struct numlist *l);
/* In the order in which they were added. */
const struct numlist_entry *numlist_at(const struct numlist *l, size_t i);
/* The index of an entry of the list, as it was found. */
size_t numlist_index(const struct numlist *l, const struct numlist_entry *e);

/* The longest entry for `text` in force on `day`, or NULL. */
const struct numlist_entry *numlist_find(const struct numlist *l,
    const char *text, size_t len, int64_t day);
/*
 * All entries that match `text` on any day, longest first, at most `max`;
 * returns how many.  So one look-up per distinct number serves every date.
 */
size_t numlist_matches(const struct numlist *l, const char *text, size_t len,
    const struct numlist_entry **out, size_t max);
/* For the fingerprint of a rule set: hash of kind and entries, in order. */
uint64_t numlist_hash(const struct numlist *l);

#endif
