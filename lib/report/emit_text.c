#include "report/emit_text.h"

#include <string.h>

#include "report/emit_text_impl.h"
#include "tel/calltime.h"
#include "tel/zone.h"

enum { WIDE = 100 }; /* from here there is room for both talk and money */

/* The moment the report stands at; a broken stream has none, so its last. */
static int64_t
report_moment(const struct results *rs)
{
	int64_t last = rs->run.as_of;
	size_t i;

	if (last != 0)
		return last;
	for (i = 0; i < rs->n; i++)
		if (last == 0 || rs->findings[i]->last_seen > last)
			last = rs->findings[i]->last_seen;
	return last;
}

static void
put_title(struct text_report *r)
{
	const struct run *run = &r->view->rs->run;
	int64_t moment = report_moment(r->view->rs);
	struct buf left, right;

	buf_init(&left);
	buf_init(&right);
	buf_addstr(&left, "CDR fraud report");
	if (run->host != NULL && run->host[0] != '\0')
		buf_addf(&left, " for %s", run->host);
	else if (run->nfeeds == 1 && strcmp(run->feeds[0].source, "default"))
		buf_addf(&left, " for %s", run->feeds[0].source);
	if (moment != 0)
		text_long_day(&right, r, moment);
	page_ends(&r->page, left.data, PAGE_BOLD, right.data, PAGE_PLAIN);
	page_rule(&r->page, '=');
	buf_fini(&left);
	buf_fini(&right);
}

/* "2 critical, 2 medium" */
static void
add_severities(struct buf *b, const struct view *v)
{
	int s, n = 0;

	for (s = SEV_CRITICAL; s > SEV_NONE; s--)
		if (v->severities[s] > 0)
			buf_addf(b, "%s%zu %s", n++ > 0 ? ", " : "",
			    v->severities[s], severity_name((enum severity)s));
}

static void
add_all_clear(struct buf *b, const struct view *v)
{
	const struct run *run = &v->rs->run;

	if (v->rs->ncases > 0 || v->loose.n > 0)
		buf_addstr(b, "No case to show.");
	else if (!run->complete)
		buf_addstr(b, "No findings in what there was.");
	else if (run->looked_at == 0)
		buf_addstr(b, "No calls, so nothing could be found.");
	else
		buf_addstr(b, "All clear: no findings.");
}

static bool
all_calls(const struct view *v)
{
	size_t i;

	for (i = 0; i < v->ncases; i++)
		if (!text_are_calls(v->cases[i].findings,
			v->cases[i].nfindings))
			return false;
	return true;
}

static void
put_summary(struct text_report *r)
{
	const struct view *v = r->view;
	struct buf b;

	buf_init(&b);
	if (v->ncases == 0) {
		add_all_clear(&b, v);
	} else {
		text_count(&b, (int64_t)v->ncases, "case", "cases");
		buf_addstr(&b, " to look at: ");
		add_severities(&b, v);
		buf_addch(&b, '.');
	}
	if (v->ncases > v->news[NEWS_NONE])
		buf_addf(&b, "  %zu new, %zu continuing, %zu closed.",
		    v->news[NEWS_NEW], v->news[NEWS_CONTINUING],
		    v->news[NEWS_CLOSED]);
	page_wrap(&r->page, "", b.data);
	if (v->ncases > 0) {
		buf_reset(&b);
		text_tally(&b, &v->calls, all_calls(v));
		buf_addch(&b, '.');
		page_wrap(&r->page,
		    v->calls_exact ? "Implicated: " : "Implicated: at most ",
		    b.data);
	}
	buf_fini(&b);
}

static void
put_scope(struct text_report *r)
{
	const struct run *run = &r->view->rs->run;
	struct buf b;

	buf_init(&b);
	if (run->looked_at > 0) {
		text_number(&b, run->looked_at, false);
		buf_addstr(&b, ", ");
		text_period(&b, r, run->first, run->last);
		buf_addf(&b, " (%s).", zone_name(r->zone));
		page_wrap(&r->page, "Looked at: ", b.data);
	} else {
		buf_addf(&b, "All times in %s.", zone_name(r->zone));
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

/* "known-bad-number and 5 more": the rule with most points, and how many. */
static void
add_why(struct buf *b, const struct view_case *vc)
{
	const char *first;
	size_t i, k, others = 0;

	if (vc->c->npoints > 0)
		first = vc->c->points[0].rule;
	else if (vc->nfindings > 0)
		first = vc->findings[0]->rule;
	else
		return;
	for (i = 0; i < vc->nfindings; i++) {
		for (k = 0; k < i; k++)
			if (strcmp(vc->findings[k]->rule,
				vc->findings[i]->rule) == 0)
				break;
		others += k == i && strcmp(vc->findings[i]->rule, first) != 0;
	}
	buf_addstr(b, first);
	if (others > 0)
		buf_addf(b, " and %zu more", others);
}

static void
add_row(struct page_table *t, const struct view_case *vc,
    const struct text_money_column *m, bool talk)
{
	const struct tally *calls = &vc->c->calls;
	struct buf b;
	size_t i;

	buf_init(&b);
	text_score(&b, vc->c->score, true);
	page_table_cell(t, b.data, text_style(vc->c->score));
	buf_reset(&b);
	text_entity(&b, vc->c->entity_type, vc->c->entity, false);
	page_table_cell(t, b.data, PAGE_PLAIN);
	buf_reset(&b);
	add_why(&b, vc);
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
			    v->cases[i].c->calls.money[k].currency);
		if (!text_is_account(v->cases[i].c->entity_type))
			who = "who";
	}
	*talk = wide || !m->any;
	cols[n++] = (struct page_column){ "score", false, PAGE_WHOLE, 0 };
	cols[n++] = (struct page_column){ who, false, PAGE_CUT, 17 };
	cols[n++] = (struct page_column){ "why", false, PAGE_FOLD, 24 };
	cols[n++] = (struct page_column){ all_calls(v) ? "calls" : "records",
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

void
emit_text_print(struct buf *b, const struct view *v,
    const struct emit_options *opt)
{
	struct text_report r = { .view = v, .opt = opt };
	struct civil now;
	size_t i;

	page_init(&r.page, b, opt->width, opt->colour);
	r.zone = opt->zone != NULL ? opt->zone : zone_utc();
	zone_to_local(r.zone, report_moment(v->rs), &now);
	r.year = now.year;
	text_head(&r);
	if (v->ncases > 0)
		text_cases(&r);
	text_uncounted(&r);
	for (i = 0; i < v->ncases && opt->detail > DETAIL_LOW; i++)
		text_case(&r, &v->cases[i]);
	text_apart(&r);
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
