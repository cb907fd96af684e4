/*
 * store_heirs: cases that were merged into others.
 *
 * When calls come late, findings of two cases may be one case; then one id
 * lives on, and the case of the other is closed without a finding of its own.
 * Its heirs are the cases that its findings, or what these became
 * (store/store_aliases), are in now: mostly one.  No table says so; it is told
 * from the findings that the case had last.
 *
 * A case that has a finding which is not closed has no heir, nor has one whose
 * findings are merely not found any more.
 */
#ifndef LIB_STORE_STORE_HEIRS_H
#define LIB_STORE_STORE_HEIRS_H

#include "base/buf.h"
#include "detect/finding.h"
#include "store/store.h"

/* Each case of `rs`, which were loaded, names its heirs. */
int store_heirs_attach(struct store *s, struct results *rs, struct errmsg *err);

/*
 * Append the heirs of one case, with commas between them: "c-1, c-2".  1, or 0
 * if it has none or is not there; -1 with words.
 */
int store_heirs_of(struct store *s, const char *case_id, struct buf *names,
    struct errmsg *err);

/*
 * The other way: append the cases that were merged into this one as a JSON
 * array of their ids, "[]" without any; -1 with words.
 */
int store_heirs_past(struct store *s, const char *case_id, struct buf *json,
    struct errmsg *err);

#endif
