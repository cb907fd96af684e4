/* golden: what is written, beside what was kept in tests/unit/golden. */
#ifndef TESTS_UNIT_GOLDEN_H
#define TESTS_UNIT_GOLDEN_H

#include "base/buf.h"

/* All of a file behind what is in `b`. */
void golden_read(struct buf *b, const char *path);
/* The file of this name has just this text; UPDATE=1 writes it anew. */
void golden_check(const char *name, const struct buf *text);

#endif
