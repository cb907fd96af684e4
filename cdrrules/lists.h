/*
 * lists: what the calls of a store have to do with lists.
 */
#ifndef CDRRULES_LISTS_H
#define CDRRULES_LISTS_H

#include "calls.h"
#include "io/jsonout.h"
#include "rule/named.h"

/* How many calls an entry took; the longest in force took each. */
struct list_hits {
	size_t calls;
	int64_t last; /* start of the last, INT64_MIN */
};

/*
 * Hits of each entry of a list, in the order of numlist_at(), by the field
 * that the list is `of`, on the days of the calls' places (locals.h); events
 * are no calls.  To be freed.
 */
struct list_hits *list_hits(const struct batch *b, const struct named *named,
    const struct named_list *l);

/*
 * A value that somebody else's list has: whether nobody can say which kind it
 * is of; the kind, and the value as that kind is written; whether it is a
 * number, and as calls have it.  `plan` NULL: no country is known.
 */
bool list_value_doubtful(const char *value);
enum numlist_kind list_value_kind(char *value);
bool list_value_canonical(const struct dialplan *plan, enum numlist_kind kind,
    char *value, struct buf *out);

/* A date; nothing for a day that is none, and for no end (NUMLIST_NEVER). */
void lists_json_day(struct jsonout *j, const char *key, int64_t day);

#endif
