/* The parts of store_findings: which calls a finding is about, as bytes. */
#ifndef LIB_STORE_STORE_FINDINGS_IMPL_H
#define LIB_STORE_STORE_FINDINGS_IMPL_H

#include "base/buf.h"
#include "detect/finding.h"

/*
 * Six numbers of 64 bits a call, least byte first, in the finding's own order:
 * start, source, key, duration, cost, and which of the finding's amounts of
 * money the cost is in, from 1; 0: it has none.
 */
enum { STORE_MEMBER_BYTES = 6 * 8 };

/* Nothing where the finding itself does not know its members. */
void store_members_pack(const struct finding *f, struct buf *out);
/*
 * Into `f`, which has its sums already.  Without bytes the members stay
 * unknown; false, if they are not those of this finding.
 */
bool store_members_unpack(struct finding *f, struct arena *arena,
    const void *bytes, size_t len);

#endif
