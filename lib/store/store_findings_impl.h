/*
 * The parts of store_findings: what is saved, what is closed.
 *
 * While findings are saved, the temporary table `found` has the ids of those of
 * this run (store_aliases_note()), `made` those of its cases.
 */
#ifndef LIB_STORE_STORE_FINDINGS_IMPL_H
#define LIB_STORE_STORE_FINDINGS_IMPL_H

#include "store/store_findings.h"

/* Findings that are in neither; how many in `changes`. */
int store_findings_close(struct store *s, int64_t number, const char *why,
    struct store_changes *changes, struct errmsg *err);
/* Cases without an open finding, after that. */
int store_findings_close_cases(struct store *s,
    const struct store_changes *changes, struct errmsg *err);

#endif
