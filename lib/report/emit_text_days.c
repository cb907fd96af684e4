/* What the HTML draws, as far as letters can. */
#include "report/emit_text_impl.h"
#include "tel/calltime.h"
#include "tel/money.h"

enum { SHOWN = 14, PLACES = 5, BESIDE = 24 /* of the bar, before it */ };

static void
put_day(struct text_report *r, const struct casedata_day *day, int64_t most,
    struct buf *b)
{
	size_t room = r->page.width - BESIDE, n;

	n = (size_t)((double)day->calls / (double)most * (double)room + 0.5);
	buf_reset(b);
	words_day(b, &r->words, zone_day_start(r->words.zone, day->day, 12, 0));
	buf_fill(b, ' ', b->len < 12 ? 12 - b->len : 0);
	buf_addf(b, "%6lld ", (long long)day->calls);
	buf_fill(b, day->in_case ? '#' : '-', n == 0 && day->calls > 0 ? 1 : n);
	page_wrap(&r->page, "  ", b->data);
}

static void
put_bars(struct text_report *r, const struct casedata *d, struct buf *b)
{
	size_t from = d->ndays > SHOWN ? d->ndays - SHOWN : 0, i;
	int64_t most = 1;

	for (i = from; i < d->ndays; i++)
		if (d->days[i].calls > most)
			most = d->days[i].calls;
	page_blank(&r->page);
	buf_addstr(b, "All its calls on each day");
	if (d->usual >= 0)
		buf_addf(b, "; before the case %lld is usual",
		    (long long)d->usual);
	page_wrap(&r->page, "  ", b->data);
	for (i = from; i < d->ndays; i++)
		put_day(r, &d->days[i], most, b);
}

static void
put_places(struct text_report *r, const struct casedata *d, struct buf *b)
{
	size_t i;

	page_blank(&r->page);
	for (i = 0; i < d->nplaces && i < PLACES; i++) {
		buf_reset(b);
		buf_addf(b, "%s, ", d->places[i].name);
		words_count(b, d->places[i].calls, "call", "calls");
		buf_addstr(b, ", ");
		span_clock(b, d->places[i].duration);
		if (d->places[i].currency != NULL) {
			buf_addf(b, ", %s ", d->places[i].currency);
			money_print(b, d->places[i].micro);
		}
		page_wrap(&r->page, i == 0 ? "  To  " : "      ", b->data);
	}
	if (d->nplaces > PLACES) {
		buf_reset(b);
		buf_addf(b, "and %zu more", d->nplaces - PLACES);
		page_wrap(&r->page, "      ", b->data);
	}
}

void
text_days(struct text_report *r, const struct casedata *d)
{
	struct buf b;

	buf_init(&b);
	if (d->ndays > 1)
		put_bars(r, d, &b);
	if (!d->sampled && d->nplaces > 1)
		put_places(r, d, &b);
	buf_fini(&b);
}
