/*
 * findjson: findings, cases and runs as JSON and back (cdr.finding/1,
 * cdr.case/1, cdr.run/1).
 *
 * The writer is the schema in code: keys in a fixed order, optional ones left
 * out when empty, numbers of parties and ids as strings, times RFC 3339 in
 * UTC, durations whole seconds ending in _s, money exact.  Within /1 keys are
 * only added.  The reader takes what the writer writes, skips keys it does
 * not know, and refuses a schema it does not know.
 *
 * An NDJSON stream is findings, then cases, then one run line, which says
 * that it is complete.  A cdr.report/1 document has them as "run", "cases" and
 * "findings".  What is not in the JSON and so not read back: which calls are
 * members (their number, talk and money are), and fractions of a second of
 * talk.
 *
 *   cdr.finding/1  id kind state? state_reason? title rule{id version name family fraud_type
 *     hash} score severity severity_id entity{type id} group{} first_seen
 *     last_seen crossed_at measure?{fn of? window? value unit limit? op?
 *     baseline?} also?[{...}] calls{count duration_s cost? currency? money?[]
 *     cost_estimated?}
 *     reason triage?[] evidence[{start call_id? src? dst? dst_country?
 *     duration_s cost? currency? cost_estimated? source file? line?}] evidence_truncated case?
 *     ruleset?
 *   cdr.case/1  id state? previous? merged_into?[] score severity severity_id
 *     entity{} first_seen last_seen calls{} points[{points rule family finding
 *     reason}] findings[]
 *   cdr.run/1  id tool version ruleset? host? zone? currency? home_country?
 *     as_of first? last? counts{files records calls legs skipped duplicates
 *     rejects stored} looked_at rules{active shadow off} feeds[{source first
 *     last calls}] remarks[] stored
 *
 * `unit` of a measure is calls, count, share, s or money.  Where the calls of
 * a finding are in several currencies, `cost` is the greatest amount and
 * `money` lists all.
 */
#ifndef LIB_DETECT_FINDJSON_H
#define LIB_DETECT_FINDJSON_H

#include "base/errmsg.h"
#include "detect/finding.h"
#include "io/jsonout.h"
#include "io/jsontext.h"

/* `run` gives the rule set. */
void findjson_finding(struct jsonout *j, const struct finding *f,
    const struct run *run);
void findjson_case(struct jsonout *j, const struct fraud_case *c);
void findjson_run(struct jsonout *j, const struct run *run);

/*
 * One object of any of the three kinds into `rs`; texts are copied.  -1 with
 * words for a missing key, a wrong type, an unknown schema.
 */
int findjson_read(struct results *rs, const struct json *obj,
    struct errmsg *err);
/*
 * A whole stream: NDJSON, or one cdr.report/1 document.  0 complete, 1 when
 * no run line ended it (results hold what there was), -1 with file:line.
 */
int findjson_read_stream(struct results *rs, const char *text, size_t len,
    const char *file, struct errmsg *err);

#endif
