/*
 * directory: what a site knows about its numbers, from a CSV file.
 *
 * Columns number (needed), account, class, group, calendar, capacity, in any
 * order.  A number is an extension ("201", "201@ulm" at a site), an own number
 * ("+13125550142", blanks and - . ( ) dropped), a word or a trunk's name.  An
 * extension without a site is meant at every site that has no entry of its
 * own for it.
 */
#ifndef LIB_TEL_DIRECTORY_H
#define LIB_TEL_DIRECTORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/notes.h"

struct directory_entry {
	const char *number, *account, *class, *group; /* "" where not said */
	const char *calendar;                         /* NULL: not said */
	int64_t capacity; /* calls at once; 0: not said */
	uint32_t line;
	uint32_t column, calendar_column; /* in it, in characters; 0 none */
};

struct directory;

/*
 * -1 with an error in `notes` for each row that is wrong.  A number that stands
 * there twice is one, and what no call can have: "+1312", which is too short,
 * "(312) 555-0142", which needs its country.
 */
int directory_load(struct directory **dp, const char *path,
    struct notes *notes);
void directory_free(struct directory **dp);

size_t directory_size(const struct directory *d);
/* By the order of the numbers. */
const struct directory_entry *directory_at(const struct directory *d, size_t i);

/* The entry of a number as calls have it, or NULL; `d` may be NULL. */
const struct directory_entry *directory_find(const struct directory *d,
    const char *number);

#endif
