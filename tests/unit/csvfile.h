/*
 * csvfile: a CSV file of a test, and what its reader says of it.
 */
#ifndef TESTS_UNIT_CSVFILE_H
#define TESTS_UNIT_CSVFILE_H

#include "base/buf.h"
#include "base/notes.h"

/* A new file with this text; its path, until the next one. */
const char *csvfile_put(const char *text);
void csvfile_remove(void);

/* Every error, ":2: what; :3: what": the row and what is wrong with it. */
void csvfile_said(const struct notes *notes, struct buf *out);

#endif
