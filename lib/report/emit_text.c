#include "report/emit_text.h"

#include <string.h>

#include "report/emit_text_impl.h"
#include "tel/calltime.h"
#include "tel/zone.h"

enum { WIDE = 100 }; /* from here there is room for both talk and money */

static void
put_title(struct text_report *r)
{
	const struct run *run = &r->view->rs->run;
	int64_t moment = words_report_moment(r->view->rs);
	struct buf left, right;

	buf_init(&left);
	buf_init(&right);
	words_title(&left, run);
	if (moment != 0)
		words_long_day(&right, &r->words, moment);
	page_ends(&r->page, left.data, PAGE_BOLD, right.data, PAGE_PLAIN);
	page_rule(&r->page, '=');
	buf_fini(&left);
	buf_fini(&right);
}

static void
put_summary(struct text_report *r)
{
	const struct view *v = r->view;
	struct buf b, news;

	buf_init(&b);
	buf_init(&news);
	words_summary(&b, v);
	words_standing(&news, v);
	if (news.len > 0 && b.len + 2 + news.len <= r->page.width) {
		buf_addf(&b, "  %s", news.data);
		buf_reset(&news);
	}
	page_wrap(&r->page, "", b.data);
	if (news.len > 0)
		page_wrap(&r->page, "", news.data);
	if (v->ncases > v->over[OVER_MERGED]) {
		buf_reset(&b);
		words_tally(&b, &v->calls, words_view_is_calls(v));
		buf_addch(&b, '.');
		page_wrap(&r->page,
		    v->calls_exact ? "Implicated: " : "Implicated: at most ",
		    b.data);
	}
	buf_fini(&news);
	buf_fini(&b);
}

static void
put_scope(struct text_report *r)
{
	const struct run *run = &r->view->rs->run;
	struct buf b;

	buf_init(&b);
	if (run->looked_at > 0) {
		words_looked_at(&b, r->view);
		buf_addstr(&b, ", ");
		words_period(&b, &r->words, run->first, run->last);
		buf_addf(&b, " (%s).", zone_name(r->words.zone));
		page_wrap(&r->page, "Looked at: ", b.data);
	} else {
		buf_addf(&b, "All times in %s.", zone_name(r->words.zone));
		page_wrap(&r->page, "", b.data);
	}
	buf_fini(&b);
}

void
text_head(struct text_report *r)
{
	put_title(r);
	if (!r->view->rs->run.complete)
		page_wrap(&r->page, "INCOMPLETE: ",
		    "the findings ended before the run that made them said it "
		    "was done; there may be more.");
	put_summary(r);
	put_scope(r);
}

static void
add_row(struct page_table *t, const struct view_case *vc,
    const struct text_money_column *m, bool talk)
{
	const struct tally *calls = &vc->c->calls;
	struct buf b;
	size_t i;

	buf_init(&b);
	words_score(&b, vc->c->score, true);
	page_table_cell(t, b.data, text_style(vc->c->score));
	buf_reset(&b);
	words_entity(&b, vc->c->entity_type, vc->c->entity, false);
	page_table_cell(t, b.data, PAGE_PLAIN);
	buf_reset(&b);
	words_why(&b, vc);
	page_table_cell(t, b.data, PAGE_PLAIN);
	page_table_cellf(t, "%lld", (long long)calls->calls);
	buf_reset(&b);
	span_clock(&b, calls->duration);
	if (talk)
		page_table_cell(t, b.data, PAGE_PLAIN);
	buf_fini(&b);
	if (!m->any)
		return;
	if (calls->nmoney == 0)
		page_table_cell(t, "-", PAGE_PLAIN);
	for (i = 0; i < calls->nmoney; i++) {
		/* further currencies: a line each, the other cells empty */
		if (i > 0)
			page_table_blanks(t, talk ? 5 : 4);
		text_money_cell(t, m, calls->money[i].currency,
		    calls->money[i].micro);
	}
}

/* What the columns are called, and which are needed. */
static size_t
choose_columns(struct page_column *cols, const struct view *v,
    struct text_money_column *m, bool wide, bool *talk)
{
	const char *who = "account";
	size_t i, k, n = 0;

	memset(m, 0, sizeof(*m));
	for (i = 0; i < v->ncases; i++) {
		for (k = 0; k < v->cases[i].c->calls.nmoney; k++)
			text_money_see(m,
			    v->cases[i].c->calls.money[k].currency,
			    v->cases[i].c->calls.estimated);
		if (!words_is_account(v->cases[i].c->entity_type))
			who = "who";
	}
	*talk = wide || !m->any;
	cols[n++] = (struct page_column){ "score", false, PAGE_WHOLE, 0 };
	cols[n++] = (struct page_column){ who, false, PAGE_CUT, 17 };
	cols[n++] = (struct page_column){ "why", false, PAGE_FOLD, 24 };
	cols[n++] =
	    (struct page_column){ words_view_is_calls(v) ? "calls" : "records",
		    true, PAGE_WHOLE, 0 };
	if (*talk)
		cols[n++] = (struct page_column){ "talk", true, PAGE_WHOLE, 0 };
	if (m->any)
		cols[n++] =
		    (struct page_column){ m->head, true, PAGE_WHOLE, 0 };
	return n;
}

void
text_cases(struct text_report *r)
{
	struct page_column cols[PAGE_COLUMNS];
	struct text_money_column money;
	struct page_table *t;
	bool talk;
	size_t i, n;

	n = choose_columns(cols, r->view, &money, r->page.width >= WIDE, &talk);
	t = page_table_new(cols, n);
	for (i = 0; i < r->view->ncases; i++)
		add_row(t, &r->view->cases[i], &money, talk);
	page_blank(&r->page);
	page_table_print(t, &r->page, 0, true);
	page_table_free(&t);
}

static void
put_beyond(struct text_report *r, size_t shown)
{
	struct buf b;

	buf_init(&b);
	words_beyond(&b, r->view, r->opt, shown);
	if (b.len > 0) {
		page_blank(&r->page);
		page_blank(&r->page);
		page_wrap(&r->page, "", b.data);
	}
	buf_fini(&b);
}

void
emit_text_print(struct buf *b, const struct view *v,
    const struct emit_options *opt)
{
	struct text_report r = { .view = v, .opt = opt };
	size_t i, shown = emit_cases_shown(v, opt);

	page_init(&r.page, b, opt->width, opt->colour);
	words_init(&r.words, opt->zone, v->rs);
	text_head(&r);
	if (v->ncases > 0)
		text_cases(&r);
	text_uncounted(&r);
	for (i = 0; i < shown; i++)
		text_case(&r, i);
	put_beyond(&r, shown);
	text_apart(&r);
	text_foot(&r);
}

/* All calls that have been shown elsewhere. */
static void
see_lines(struct text_report *r)
{
	const struct view_list *l = &r->view->findings;
	size_t i, k;

	for (i = 0; i < l->n; i++)
		for (k = 0; k < l->list[i]->nevidence; k++)
			text_lines_see(r, &l->list[i]->evidence[k]);
}

void
emit_text_print_foot(struct buf *b, const struct view *v,
    const struct emit_options *opt)
{
	struct text_report r = { .view = v, .opt = opt };

	page_init(&r.page, b, PAGE_MAX, false);
	words_init(&r.words, opt->zone, v->rs);
	if (opt->detail > DETAIL_LOW)
		see_lines(&r);
	text_uncounted(&r);
	text_foot(&r);
}

int
emit_text(struct outfile *out, const struct view *v,
    const struct emit_options *opt, struct errmsg *err)
{
	struct buf b;

	(void)err;
	buf_init(&b);
	emit_text_print(&b, v, opt);
	outfile_write(out, b.data, b.len);
	buf_fini(&b);
	return 0;
}
