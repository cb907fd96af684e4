/*
 * emit_text: the report a person reads in the morning.
 *
 * From the top: who and when; how many cases, how bad, how much; a table of
 * the cases, worst first; then each case with the points that add up to its
 * score, calls that prove it with the line of the file they stand on, and
 * what to check; at the end what became of every record read, the feeds, the
 * rules and the run.  ASCII but for names, no line longer than the width,
 * everything from a call record made printable.
 */
#ifndef LIB_REPORT_EMIT_TEXT_H
#define LIB_REPORT_EMIT_TEXT_H

#include "base/buf.h"
#include "report/writer.h"

int emit_text(struct outfile *out, const struct view *v,
    const struct emit_options *opt, struct errmsg *err);
/* The same, appended to a buf: for what carries a text report. */
void emit_text_print(struct buf *b, const struct view *v,
    const struct emit_options *opt);
/* Only its end, on lines as wide as can be: for what is no page of text. */
void emit_text_print_foot(struct buf *b, const struct view *v,
    const struct emit_options *opt);

#endif
