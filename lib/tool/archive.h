/*
 * archive: the calls that a store keeps, as the settings understand them now.
 *
 * The store has calls as they were recorded.  Who they belong to, which way
 * they went and what they cost follows from the configuration, the directory
 * and the rates of today, and from what the first run guessed where nobody
 * stated it: the home country and the zones.
 */
#ifndef LIB_TOOL_ARCHIVE_H
#define LIB_TOOL_ARCHIVE_H

#include "cdr/batch.h"
#include "store/store.h"
#include "tool/setup.h"

/*
 * All calls of `store` into `b`, which must be empty: understood and sorted.
 * `*zone`, if it is NULL, becomes the one that the first run guessed, if it
 * did.  -1 with words.
 */
int archive_load(struct setup *s, struct store *store, struct batch *b,
    const struct zone **zone, struct notes *notes, struct errmsg *err);

#endif
