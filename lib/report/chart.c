#include "report/chart.h"

#include "report/chart_impl.h"
#include "report/html.h"

/*
 * Decimals in the C locale: a tenth of a unit is enough, and programs that set
 * a locale do not change it.
 */
static void
put_number(struct buf *b, const char *name, double v)
{
	long tenths = (long)(v * 10 + 0.5);

	buf_addf(b, " %s=\"%ld.%ld\"", name, tenths / 10, tenths % 10);
}

void
chart_begin(struct buf *b, int height, const char *title)
{
	buf_addf(b, "<svg role=\"img\" viewBox=\"0 0 %d %d\"><title>",
	    CHART_WIDTH, height);
	html_text(b, title);
	buf_addstr(b, "</title>\n");
}

void
chart_end(struct buf *b)
{
	buf_addstr(b, "</svg>\n");
}

void
chart_box(struct buf *b, double x, double y, double w, double h,
    const char *class, const char *tip)
{
	buf_addf(b, "<rect class=\"%s\"", class);
	put_number(b, "x", x);
	put_number(b, "y", y);
	put_number(b, "width", w);
	put_number(b, "height", h);
	if (tip == NULL) {
		buf_addstr(b, "/>");
		return;
	}
	buf_addstr(b, "><title>");
	html_text(b, tip);
	buf_addstr(b, "</title></rect>");
}

void
chart_words(struct buf *b, double x, double y, const char *anchor,
    const char *text)
{
	buf_addf(b, "<text text-anchor=\"%s\"", anchor);
	put_number(b, "x", x);
	put_number(b, "y", y);
	buf_addch(b, '>');
	html_text(b, text);
	buf_addstr(b, "</text>");
}

void
chart_bar(struct buf *b, int64_t part, int64_t whole)
{
	double share = whole > 0 ? (double)part / (double)whole : 0;

	buf_addstr(b, "<svg class=\"bar\" aria-hidden=\"true\" "
		      "viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\">");
	chart_box(b, 0, 0, 100, 10, "rail", NULL);
	chart_box(b, 0, 0, share * 100, 10, "case", NULL);
	buf_addstr(b, "</svg>");
}
