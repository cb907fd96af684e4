/* Files kept in tests/unit/golden; UPDATE=1 writes them anew. */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include "base/buf.h"

/* The test fails, and shows it, when `seen` is not what the file has. */
void golden_check(const char *name, const struct buf *seen);
/* A whole file, appended. */
void golden_read(struct buf *b, const char *path);

#endif
