/* ruletest, private: the calls of a test. */
#ifndef LIB_DETECT_RULETEST_IMPL_H
#define LIB_DETECT_RULETEST_IMPL_H

#include "base/errmsg.h"
#include "cdr/batch.h"
#include "detect/ruletest.h"

/*
 * The sorted calls of a test, every one with the fields of `force` (a
 * not_when object, or NULL).  -1 with words.
 */
int ruletest_calls(struct batch **bp, const struct json *test,
    const struct json *force, const struct zone *zone, struct errmsg *err);

#endif
