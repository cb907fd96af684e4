/*
 * lists: what the calls of a store have to do with lists.
 */
#ifndef CDRRULES_LISTS_H
#define CDRRULES_LISTS_H

#include "calls.h"
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

#endif
