/* The parts of chart: a picture's frame and pieces. */
#ifndef LIB_REPORT_CHART_IMPL_H
#define LIB_REPORT_CHART_IMPL_H

#include "report/chart.h"

enum { CHART_WIDTH = 400 };

void chart_begin(struct buf *b, int height, const char *title);
void chart_end(struct buf *b);
/* A rectangle; `tip` is shown when one points at it, or NULL. */
void chart_box(struct buf *b, double x, double y, double w, double h,
    const char *class, const char *tip);
/* `anchor`: start, middle or end. */
void chart_words(struct buf *b, double x, double y, const char *anchor,
    const char *text);

#endif
