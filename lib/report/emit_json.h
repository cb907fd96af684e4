/*
 * emit_json: reports for programs.
 *
 * The objects are those of detect/findjson; what is added here is the
 * document around them; rules/schemas describes all of it.  Both forms hold
 * the run, unless the findings came from a stream that ended before its run:
 * an incomplete report must not look like a complete one after us.
 */
#ifndef LIB_REPORT_EMIT_JSON_H
#define LIB_REPORT_EMIT_JSON_H

#include "report/writer.h"

/* {"schema":"cdr.report/1","run":...,"cases":[...],"findings":[...]} */
int emit_json(struct outfile *out, const struct view *v,
    const struct emit_options *opt, struct errmsg *err);
/* Findings, then cases, then the run, one a line. */
int emit_ndjson(struct outfile *out, const struct view *v,
    const struct emit_options *opt, struct errmsg *err);

#endif
