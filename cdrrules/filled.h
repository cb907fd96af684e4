/*
 * filled: how many calls of a store have each field.
 */
#ifndef CDRRULES_FILLED_H
#define CDRRULES_FILLED_H

#include "cdr/field.h"
#include "rules.h"

struct rules_filled {
	size_t *calls; /* by field; to be freed */
	size_t n;      /* calls */
};

/* What a rule's group alone knows is in no call. */
bool rules_field_of_group(const struct field *f);

/* Of the calls of the store, and with `events` of the events, too. */
int rules_filled(struct rules_run *r, bool events, struct rules_filled *fill);

/*
 * W310, where there is a store with calls: rules of these files, without any
 * those that do not ship, that ask for a field which no call has.  A status:
 * a store that cannot be read has been told.
 */
int rules_check_filled(struct rules_run *r, const struct ruleset *rules,
    char **files, int n, struct notes *notes);

#endif
