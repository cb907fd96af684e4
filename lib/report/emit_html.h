/*
 * emit_html: the report as one HTML document.
 *
 * No script, nothing from outside, which its Content-Security-Policy says,
 * too; light and dark as the reader has it, fit for paper and for a telephone.
 * Beside what the text has there are pictures: the case's calls by hour and
 * weekday, its timeline, its days beside the days before, its destinations by
 * money.
 */
#ifndef LIB_REPORT_EMIT_HTML_H
#define LIB_REPORT_EMIT_HTML_H

#include "base/buf.h"
#include "report/writer.h"

int emit_html(struct outfile *out, const struct view *v,
    const struct emit_options *opt, struct errmsg *err);
/*
 * Appended to a buf.  `for_mail`: without what programs for mail make a mess
 * of, which is SVG with letters in it.
 */
void emit_html_print(struct buf *b, const struct view *v,
    const struct emit_options *opt, bool for_mail);

#endif
