/* What the HTML draws, as far as letters can. */
#include "report/emit_text_impl.h"
#include "tel/calltime.h"
#include "tel/money.h"

enum {
	SHOWN = 14, /* days */
	QUIET = 3,  /* days without a call that go on one line */
	PLACES = 5,
	BESIDE = 24 /* columns of a line beside its bar */
};

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

/* Days without a call from here on, before the case. */
static size_t
quiet_days(const struct casedata *d, size_t from)
{
	size_t n = 0;

	while (from + n < d->ndays && d->days[from + n].calls == 0 &&
	       !d->days[from + n].in_case)
		n++;
	return n;
}

/* Several days without a call take one line. */
static void
put_quiet(struct text_report *r, const struct casedata *d, size_t from,
    size_t n, struct buf *b)
{
	buf_reset(b);
	words_day(b, &r->words,
	    zone_day_start(r->words.zone, d->days[from].day, 12, 0));
	buf_addstr(b, " to ");
	words_day(b, &r->words,
	    zone_day_start(r->words.zone, d->days[from + n - 1].day, 12, 0));
	buf_addstr(b, ": no calls");
	page_wrap(&r->page, "  ", b->data);
}

static void
put_bars(struct text_report *r, const struct casedata *d, struct buf *b)
{
	size_t from = d->ndays > SHOWN ? d->ndays - SHOWN : 0, i, n;
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
	for (i = from; i < d->ndays; i += n) {
		n = quiet_days(d, i);
		if (n >= QUIET) {
			put_quiet(r, d, i, n, b);
		} else {
			put_day(r, &d->days[i], most, b);
			n = 1;
		}
	}
}

static void
put_place(struct page_table *t, const struct casedata_place *p,
    const struct text_money_column *m, struct buf *b)
{
	page_table_cell(t, p->name, PAGE_PLAIN);
	page_table_cellf(t, "%lld", (long long)p->calls);
	buf_reset(b);
	span_clock(b, p->duration);
	page_table_cell(t, p->duration > 0 ? b->data : "-", PAGE_PLAIN);
	if (m->any && p->currency != NULL)
		text_money_cell(t, m, p->currency, p->micro);
	else if (m->any)
		page_table_cell(t, "-", PAGE_PLAIN);
}

static void
put_places(struct text_report *r, const struct casedata *d, struct buf *b)
{
	struct page_column cols[] = {
		{ "called", false, PAGE_CUT, 16 },
		{ "calls", true, PAGE_WHOLE, 0 },
		{ "talk", true, PAGE_WHOLE, 0 },
		{ "money", true, PAGE_WHOLE, 0 },
	};
	struct text_money_column m = { 0 };
	struct page_table *t;
	size_t i;

	for (i = 0; i < d->nplaces && i < PLACES; i++)
		if (d->places[i].currency != NULL)
			text_money_see(&m, d->places[i].currency,
			    d->places[i].estimated);
	cols[3].head = m.head;
	t = page_table_new(cols, m.any ? 4 : 3);
	for (i = 0; i < d->nplaces && i < PLACES; i++)
		put_place(t, &d->places[i], &m, b);
	page_blank(&r->page);
	page_table_print(t, &r->page, 2, false);
	page_table_free(&t);
	if (d->nplaces > PLACES) {
		buf_reset(b);
		buf_addf(b, "and %zu more", d->nplaces - PLACES);
		page_wrap(&r->page, "  ", b->data);
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
