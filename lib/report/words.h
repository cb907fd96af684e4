/*
 * words: how reports for people say counts, money, times and names.
 *
 * All append to a buf.  Times are what clocks of the report's zone show; a
 * date goes without its year if it is the report's.  Texts from call records
 * come out as they are: who writes them to a page, a table or a document makes
 * them fit for it.
 */
#ifndef LIB_REPORT_WORDS_H
#define LIB_REPORT_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "detect/finding.h"
#include "report/select.h"
#include "report/writer.h"
#include "tel/zone.h"

struct words {
	const struct zone *zone;
	int32_t year; /* of the report */
};

/*
 * The moment a report stands at; a broken stream has none, so that of its last
 * call, 0 without one.
 */
int64_t words_report_moment(const struct results *rs);
/* Words in `zone`, NULL for UTC, about these results. */
void words_init(struct words *w, const struct zone *zone,
    const struct results *rs);

/* "1 call", "2 calls". */
void words_count(struct buf *b, int64_t n, const char *one, const char *many);
/*
 * "EUR 902.00, USD 12.00", nothing where there is no money; "EUR 31.20
 * (estimate)" where some of it comes from rates.
 */
void words_money(struct buf *b, const struct tally *t);
/*
 * Whether all that is shown of findings are calls, as far as it tells: an
 * event has neither a caller nor a call id, nor talk with anybody.
 */
bool words_are_calls(const struct finding *const *list, size_t n);
/* Of all cases of a view. */
bool words_view_is_calls(const struct view *v);
/*
 * "340 calls": what a run looked at.  It counts events, too, where there may be
 * some: "340 calls and events".
 */
void words_looked_at(struct buf *b, const struct view *v);
/* "192 calls"; where not all are calls, "192 records". */
void words_number(struct buf *b, int64_t n, bool calls);
/* "192 calls, 29:30:06 of talk, EUR 965.26" */
void words_tally(struct buf *b, const struct tally *t, bool calls);
void words_clock(struct buf *b, const struct words *w, int64_t ms);
/* "Tue 13 Jan", with the year if it is another than the report's. */
void words_day(struct buf *b, const struct words *w, int64_t ms);
/* "13 Jan ", to stand before a clock. */
void words_date(struct buf *b, const struct words *w, int64_t ms);
/* "Tuesday 13 January 2026" */
void words_long_day(struct buf *b, const struct words *w, int64_t ms);
/* "Tue 13 Jan 02:11:09" */
void words_moment(struct buf *b, const struct words *w, int64_t ms);
/* "Tue 13 Jan 02:11:09 to 04:54:39", the second day where it differs. */
void words_period(struct buf *b, const struct words *w, int64_t from,
    int64_t to);
bool words_same_day(const struct words *w, int64_t a, int64_t b);
/* "dst +18005550100"; an account without its type unless `typed`. */
void words_entity(struct buf *b, const char *type, const char *entity,
    bool typed);
bool words_is_account(const char *entity_type);
/* "100 CRITICAL", the score in three characters if `padded`. */
void words_score(struct buf *b, int score, bool padded);
/* "2 critical, 2 medium": the cases of a view to look at. */
void words_severities(struct buf *b, const struct view *v);
/* "2 closed, 1 merged": the other cases of a view; nothing without any. */
void words_over(struct buf *b, const struct view *v);
/*
 * "2 new, 1 continuing, 0 closed, 1 merged.": new and continuing are of those
 * to look at; nothing where no case has a state.
 */
void words_standing(struct buf *b, const struct view *v);
/*
 * "known-bad-number and 5 more": the rule with most points, and how many; of a
 * case that is not open with its state, "long-call (acknowledged)", and of one
 * that was merged, whose points are its heir's now, "merged into c-1" alone.
 */
void words_why(struct buf *b, const struct view_case *vc);
/* "new", "closed", "acknowledged" ...; "" when stateless. */
const char *words_news(const struct view_case *vc);
/* Why all findings of a case are closed, as far as one says; or NULL. */
const char *words_closed_why(const struct view_case *vc);
/* "merged into c-1, c-2"; nothing of a case without heirs. */
void words_heirs(struct buf *b, const struct fraud_case *c);
/* "CDR fraud report for pbx1.example.net" */
void words_title(struct buf *b, const struct run *run);
/*
 * That of the cases only the `shown` worst are told of one by one, and how the
 * others are got at; nothing when that is all, or with low detail.
 */
void words_beyond(struct buf *b, const struct view *v,
    const struct emit_options *opt, size_t shown);
/*
 * "3 cases below the score asked for.": how many the selection left out, and
 * why; nothing when it left out none.
 */
void words_left_out(struct buf *b, const struct words *w, const struct view *v);
/*
 * "4 cases to look at: 2 critical, 2 medium.", or that there is none.  Those
 * that are over are not among them: words_standing() counts them.
 */
void words_summary(struct buf *b, const struct view *v);

#endif
