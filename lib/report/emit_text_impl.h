/* The parts of emit_text: words, the case block, the foot. */
#ifndef LIB_REPORT_EMIT_TEXT_IMPL_H
#define LIB_REPORT_EMIT_TEXT_IMPL_H

#include "report/digest.h"
#include "report/emit_text.h"
#include "report/page.h"
#include "report/words.h"

/* One report while it is written. */
struct text_report {
	struct page page;
	const struct view *view;
	const struct emit_options *opt;
	struct words words;
	unsigned lines; /* how to get at those shown, of emit_text_lines.c */
};

enum page_style text_style(int score);

/* Money in a table: one column, its head, and whether cells name it. */
struct text_money_column {
	const char *name; /* the currency all share, "cost" or "money" */
	char head[24];    /* the name; " est." behind it: worked out */
	bool any, mixed, estimated;
};
/* `estimated`: the head says so. */
void text_money_see(struct text_money_column *m, const char *currency,
    bool estimated);
void text_money_cell(struct page_table *t, const struct text_money_column *m,
    const char *currency, int64_t micro);

/* The parts of a report. */
void text_head(struct text_report *r);
void text_cases(struct text_report *r); /* the table */
void text_case(struct text_report *r, size_t i);
/* When the calls came, and when each rule had seen enough. */
void text_times(struct text_report *r, const struct view_case *vc,
    const struct casedata *data);
/* Calls of each day as a bar, and where they went. */
void text_days(struct text_report *r, const struct casedata *d);
/* Takes the calls of `d` away as it goes. */
void text_evidence(struct text_report *r, const struct view_case *vc,
    struct digest *d);
/* A call was shown with its line; then, how to print such a line. */
void text_lines_see(struct text_report *r, const struct evidence *e);
void text_lines(struct text_report *r);
/* How much waived and shadow findings saw, in a line each. */
void text_uncounted(struct text_report *r);
/* Waived, shadow and lost findings, each kind in its own section. */
void text_apart(struct text_report *r);
void text_foot(struct text_report *r);

#endif
