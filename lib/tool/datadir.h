/*
 * datadir: where the shipped rules, layouts and number plan are.
 *
 * Exactly one place: the build tree the program stands in, else the data
 * folder it was installed with, else the copies compiled in.
 */
#ifndef LIB_TOOL_DATADIR_H
#define LIB_TOOL_DATADIR_H

#include "base/buf.h"

/* The folder, without a slash at the end; "builtin:" for the copies. */
void datadir_find(struct buf *path);

/*
 * The same for a program in the folder `bin` with `installed` as the data
 * folder it was built for; for tests.
 */
void datadir_from(struct buf *path, const char *bin, const char *installed);

#endif
