/* The parts of emit_html: the style, a case, its pictures, its calls. */
#ifndef LIB_REPORT_EMIT_HTML_IMPL_H
#define LIB_REPORT_EMIT_HTML_IMPL_H

#include "report/digest.h"
#include "report/emit_html.h"
#include "report/words.h"

/* One document while it is written. */
struct html_report {
	struct buf *out;
	const struct view *view;
	const struct emit_options *opt;
	struct words words;
	bool for_mail;
};

extern const char html_style[];

/*
 * What holds a document together for programs that drop its style sheet, into
 * its elements: from `begin` on.
 */
void html_inline(struct buf *out, size_t begin);
/* "<span class="badge critical">100 critical</span>" */
void html_badge(struct html_report *r, int score);
/* What stood in `b` as text; `b` is empty again. */
void html_flush(struct html_report *r, struct buf *b);
void html_case(struct html_report *r, size_t i);
void html_pictures(struct html_report *r, const struct view_case *vc,
    const struct casedata *d);
void html_calls(struct html_report *r, const struct view_case *vc,
    struct digest *d);

#endif
