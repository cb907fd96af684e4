/*
 * chart: pictures of a case as inline SVG.
 *
 * Drawn in a box 400 units wide, so that their letters can be read on a
 * telephone; colours are classes that the style sheet of emit_html gives, for
 * light, dark and paper.  Each has a title and a description for who cannot
 * see it.
 */
#ifndef LIB_REPORT_CHART_H
#define LIB_REPORT_CHART_H

#include "base/buf.h"
#include "report/casedata.h"
#include "report/words.h"

/* Calls by weekday and hour; hours in which the site is closed are shaded. */
void chart_hours(struct buf *b, const struct casedata *d);
/* Calls on each day, before the case and in it, and how many are usual. */
void chart_days(struct buf *b, const struct casedata *d);
/* When in the case there were calls, and when each rule saw what it saw. */
void chart_timeline(struct buf *b, const struct casedata *d,
    const struct view_case *vc, const struct words *w);
/* A bar as long as `part` of `whole`, for a cell of a table. */
void chart_bar(struct buf *b, int64_t part, int64_t whole);

#endif
