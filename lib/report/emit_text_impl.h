/* The parts of emit_text: words, the case block, the foot. */
#ifndef LIB_REPORT_EMIT_TEXT_IMPL_H
#define LIB_REPORT_EMIT_TEXT_IMPL_H

#include "report/emit_text.h"
#include "report/page.h"

/* One report while it is written. */
struct text_report {
	struct page page;
	const struct view *view;
	const struct emit_options *opt;
	const struct zone *zone;
	int32_t year; /* of the report: its dates go without one */
	bool lines;   /* some call was shown with its line */
};

/* Words: all append, in the report's zone where time is meant. */

/* "1 call", "2 calls". */
void text_count(struct buf *b, int64_t n, const char *one, const char *many);
/* "EUR 902.00, USD 12.00"; nothing where there is no money. */
void text_money(struct buf *b, const struct tally *t);
/*
 * Whether all that is shown of findings are calls, as far as it tells: an
 * event has neither a caller nor a call id, nor talk with anybody.
 */
bool text_are_calls(const struct finding *const *list, size_t n);
/* "192 calls"; where not all are calls, "192 records". */
void text_number(struct buf *b, int64_t n, bool calls);
/* "192 calls, 29:30:06 of talk, EUR 965.26" */
void text_tally(struct buf *b, const struct tally *t, bool calls);
void text_clock(struct buf *b, const struct text_report *r, int64_t ms);
/* "Tue 13 Jan", with the year if it is another than the report's. */
void text_day(struct buf *b, const struct text_report *r, int64_t ms);
/* "13 Jan ", to stand before a clock. */
void text_date(struct buf *b, const struct text_report *r, int64_t ms);
/* "Tuesday 13 January 2026" */
void text_long_day(struct buf *b, const struct text_report *r, int64_t ms);
/* "Tue 13 Jan 02:11:09" */
void text_moment(struct buf *b, const struct text_report *r, int64_t ms);
/* "Tue 13 Jan 02:11:09 to 04:54:39", the second day where it differs. */
void text_period(struct buf *b, const struct text_report *r, int64_t from,
    int64_t to);
bool text_same_day(const struct text_report *r, int64_t a, int64_t b);
/* "dst +18005550100"; an account without its type unless `typed`. */
void text_entity(struct buf *b, const char *type, const char *entity,
    bool typed);
bool text_is_account(const char *entity_type);
/* "100 CRITICAL", the score in three characters if `padded`. */
void text_score(struct buf *b, int score, bool padded);
enum page_style text_style(int score);

/* Money in a table: one column, its head, and whether cells name it. */
struct text_money_column {
	const char *head; /* the currency all share, "cost", "money" */
	bool any, mixed;
};
void text_money_see(struct text_money_column *m, const char *currency);
void text_money_cell(struct page_table *t, const struct text_money_column *m,
    const char *currency, int64_t micro);

/* The parts of a report. */
void text_head(struct text_report *r);
void text_cases(struct text_report *r); /* the table */
void text_case(struct text_report *r, const struct view_case *vc);
void text_evidence(struct text_report *r, const struct view_case *vc);
/* How much waived and shadow findings saw, in a line each. */
void text_uncounted(struct text_report *r);
/* Waived, shadow and lost findings, each kind in its own section. */
void text_apart(struct text_report *r);
void text_foot(struct text_report *r);

#endif
