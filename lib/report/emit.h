/*
 * emit: the table of report formats.
 *
 * A program looks its --format up here and calls what it finds:
 *
 *	w = emit_find("text");
 *	view_init(&view, &results, &selection);
 *	if (w->write(out, &view, &options, &err) == -1) ...
 *	if (outfile_commit(&out, &err) == -1) ...
 *
 * Help, completion and the manual's test read the same table.
 */
#ifndef LIB_REPORT_EMIT_H
#define LIB_REPORT_EMIT_H

#include "report/writer.h"

const struct writer *emit_find(const char *name); /* NULL: no such format */
const struct writer *emit_at(size_t i); /* in the order of help; NULL: end */

#endif
