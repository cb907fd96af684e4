#include "report/emit_text_impl.h"
#include "tel/calltime.h"
#include "tel/money.h"

enum { PIECES = 16 };

static void
put_heading(struct text_report *r, const struct view_case *vc)
{
	const char *news = words_news(vc);
	struct buf left, right;

	buf_init(&left);
	buf_init(&right);
	words_entity(&left, vc->c->entity_type, vc->c->entity, true);
	words_score(&right, vc->c->score, false);
	buf_addstr(&right, "   ");
	if (news[0] != '\0')
		buf_addf(&right, "%s   ", news);
	buf_addstr(&right, vc->c->id);
	page_ends(&r->page, left.data, PAGE_BOLD, right.data,
	    text_style(vc->c->score));
	page_rule(&r->page, '-');
	buf_fini(&left);
	buf_fini(&right);
}

/* When, how many, how long, how much: one piece each. */
static void
put_measures(struct text_report *r, const struct view_case *vc)
{
	const struct fraud_case *c = vc->c;
	struct buf b[PIECES];
	const char *pieces[PIECES];
	size_t i, n = 0;

	for (i = 0; i < PIECES; i++)
		buf_init(&b[i]);
	words_period(&b[n++], &r->words, c->first_seen, c->last_seen);
	words_number(&b[n++], c->calls.calls,
	    words_are_calls(vc->findings, vc->nfindings));
	if (c->calls.duration > 0) {
		span_clock(&b[n], c->calls.duration);
		buf_addstr(&b[n++], " of talk");
	}
	for (i = 0; i < c->calls.nmoney && n < PIECES; i++)
		words_money(&b[n++],
		    &(struct tally){ .money = &c->calls.money[i],
			.nmoney = 1,
			.estimated = c->calls.estimated });
	if (c->previous != NULL && n < PIECES)
		buf_addf(&b[n++], "continues %s", c->previous);
	if (c->nheirs > 0 && n < PIECES)
		words_heirs(&b[n++], c);
	for (i = 0; i < n; i++)
		pieces[i] = b[i].data;
	page_pieces(&r->page, pieces, n);
	for (i = 0; i < PIECES; i++)
		buf_fini(&b[i]);
}

/* What adds nothing, in one paragraph, and what all adds up to. */
static void
put_sum(struct text_report *r, const struct digest *d)
{
	struct buf b;

	buf_init(&b);
	digest_also(&b, d);
	if (b.len > 0)
		page_wrap(&r->page, "   +0  ", b.data);
	page_wrap(&r->page, " ", "----");
	buf_reset(&b);
	buf_addf(&b, "%4d", d->sum);
	page_wrap(&r->page, " ", b.data);
	buf_fini(&b);
}

static void
put_points(struct text_report *r, const struct digest *d)
{
	static const struct page_column cols[] = {
		{ "pts", true, PAGE_WHOLE, 0 },
		{ "rule", false, PAGE_CUT, 26 },
		{ "what was seen", false, PAGE_FOLD, 30 },
	};
	struct page_table *t = page_table_new(cols, 3);
	bool wide = d->npoints > 0 && d->points[0]->points > 99;
	size_t i;

	for (i = 0; i < d->npoints; i++) {
		page_table_cellf(t, "+%d", d->points[i]->points);
		page_table_cell(t, d->points[i]->rule, PAGE_PLAIN);
		page_table_cell(t, d->points[i]->reason, PAGE_PLAIN);
	}
	page_blank(&r->page);
	page_table_print(t, &r->page, wide ? 1 : 2, false);
	page_table_free(&t);
	put_sum(r, d);
}

static void
put_triage(struct text_report *r, const struct digest *d)
{
	size_t i;

	if (d->ntriage > 0)
		page_blank(&r->page);
	for (i = 0; i < d->ntriage; i++)
		page_wrap(&r->page, i == 0 ? "  Check  - " : "         - ",
		    d->triage[i]);
}

static void
put_said(struct text_report *r, const struct report_said *said)
{
	size_t i;

	for (i = 0; i < said->n; i++)
		page_wrap(&r->page, "Said: ", said->lines[i]);
}

void
text_case(struct text_report *r, size_t i)
{
	const struct view_case *vc = &r->view->cases[i];
	const struct casedata *data =
	    r->opt->data != NULL ? r->opt->data[i] : NULL;
	struct arena arena = { 0 };
	struct digest d;

	digest_make(&d, &arena, vc, r->opt->detail >= DETAIL_HIGH);
	page_blank(&r->page);
	page_blank(&r->page);
	put_heading(r, vc);
	put_measures(r, vc);
	if (words_closed_why(vc) != NULL)
		page_wrap(&r->page, "Closed: ", words_closed_why(vc));
	if (r->opt->said != NULL)
		put_said(r, &r->opt->said[i]);
	if (vc->c->npoints > 0)
		put_points(r, &d);
	text_times(r, vc, data);
	if (data != NULL)
		text_days(r, data);
	text_evidence(r, vc, &d);
	put_triage(r, &d);
	arena_fini(&arena);
}
