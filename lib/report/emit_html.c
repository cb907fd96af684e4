#include "report/emit_html.h"

#include <string.h>

#include "report/emit_html_impl.h"
#include "report/emit_text.h"
#include "report/html.h"
#include "tel/calltime.h"

/* Scripts, pictures, fonts, requests of any kind: none. */
#define POLICY "default-src 'none'; style-src 'unsafe-inline'"

void
html_flush(struct html_report *r, struct buf *b)
{
	html_text(r->out, b->data);
	buf_reset(b);
}

void
html_badge(struct html_report *r, int score)
{
	const char *severity = severity_name(severity_of(score));

	buf_addf(r->out, "<span class=\"badge %s\">%d %s</span>", severity,
	    score, severity);
}

static void
put_head(struct html_report *r, const char *title)
{
	buf_addstr(r->out,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY
	    "\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width,"
	    "initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n");
	html_element(r->out, "title", NULL, title);
	buf_addstr(r->out, "\n<style>\n");
	buf_addstr(r->out, html_style);
	buf_addstr(r->out, "</style>\n</head>\n<body>\n");
}

/* "192 calls, 29:30:06 of talk, EUR 965.26" */
static void
put_totals(struct html_report *r, struct buf *b)
{
	const struct view *v = r->view;

	if (v->ncases == v->over[OVER_MERGED])
		return;
	buf_addstr(b, v->calls_exact ? "Implicated: " : "Implicated: at most ");
	words_tally(b, &v->calls, words_view_is_calls(v));
	buf_addch(b, '.');
	html_element(r->out, "p", NULL, b->data);
	buf_reset(b);
}

static void
put_scope(struct html_report *r, struct buf *b)
{
	const struct run *run = &r->view->rs->run;

	if (run->looked_at > 0) {
		buf_addstr(b, "Looked at: ");
		words_looked_at(b, r->view);
		buf_addstr(b, ", ");
		words_period(b, &r->words, run->first, run->last);
		buf_addf(b, " (%s).", zone_name(r->words.zone));
	} else {
		buf_addf(b, "All times in %s.", zone_name(r->words.zone));
	}
	html_element(r->out, "p", "soft", b->data);
	buf_reset(b);
}

static void
put_summary(struct html_report *r, struct buf *b)
{
	const struct view *v = r->view;
	int64_t moment = words_report_moment(v->rs);

	buf_addstr(r->out, "<header>\n");
	words_title(b, &v->rs->run);
	html_element(r->out, "h1", NULL, b->data);
	buf_reset(b);
	if (moment != 0)
		words_long_day(b, &r->words, moment);
	html_element(r->out, "p", "soft", b->data);
	buf_reset(b);
	if (!v->rs->run.complete)
		buf_addstr(r->out,
		    "<p class=\"alarm\">Incomplete: the findings ended before "
		    "the run that made them said it was done; there may be "
		    "more.</p>\n");
	words_summary(b, v);
	if (v->ncases > v->news[NEWS_NONE])
		buf_addch(b, ' ');
	words_standing(b, v);
	html_element(r->out, "p", "lead", b->data);
	buf_reset(b);
	put_totals(r, b);
	put_scope(r, b);
	buf_addstr(r->out, "</header>\n");
}

static void
put_row(struct html_report *r, const struct view_case *vc, bool linked,
    struct buf *b)
{
	const struct fraud_case *c = vc->c;
	struct tally plain = c->calls;

	buf_addstr(r->out, "<tr><td>");
	html_badge(r, c->score);
	buf_addstr(r->out, "</td><td class=\"who\">");
	if (linked) {
		buf_addstr(r->out, "<a href=\"#");
		html_text(r->out, c->id);
		buf_addstr(r->out, "\">");
	}
	words_entity(b, c->entity_type, c->entity, false);
	html_flush(r, b);
	buf_addstr(r->out, linked ? "</a></td>" : "</td>");
	words_why(b, vc);
	html_element(r->out, "td", "why", b->data);
	buf_reset(b);
	buf_addf(r->out, "<td class=\"n wide\">%lld</td>",
	    (long long)c->calls.calls);
	span_clock(b, c->calls.duration);
	html_element(r->out, "td", "n wide", b->data);
	buf_reset(b);
	plain.estimated = false;
	words_money(b, &plain);
	if (c->calls.estimated)
		buf_addstr(b, " est.");
	if (r->view->calls.nmoney > 0)
		html_element(r->out, "td", c->calls.nmoney > 1 ? "m" : "m one",
		    b->data);
	buf_reset(b);
	buf_addstr(r->out, "</tr>\n");
}

static void
put_table(struct html_report *r, size_t shown, struct buf *b)
{
	size_t i;

	if (r->view->ncases == 0)
		return;
	buf_addstr(r->out,
	    "<section>\n<table class=\"cases\">\n<thead><tr><th>score</th><th>who</th>"
	    "<th>why</th><th class=\"n wide\">calls</th>"
	    "<th class=\"n wide\">talk</th>");
	if (r->view->calls.nmoney > 0)
		buf_addstr(r->out, "<th class=\"m\">money</th>");
	buf_addstr(r->out, "</tr></thead>\n<tbody>\n");
	for (i = 0; i < r->view->ncases; i++)
		put_row(r, &r->view->cases[i], i < shown, b);
	buf_addstr(r->out, "</tbody>\n</table>\n</section>\n");
}

/* Findings outside cases, each kind in its own section. */
static void
put_apart(struct html_report *r, const struct view_list *l, const char *title,
    struct buf *b)
{
	size_t i;

	if (l->n == 0)
		return;
	buf_addstr(r->out, "<section>\n");
	html_element(r->out, "h2", NULL, title);
	buf_addstr(r->out,
	    "\n<table>\n<thead><tr><th class=\"n\">score</th>"
	    "<th>who</th><th>rule</th><th>what was seen</th></tr></thead>\n"
	    "<tbody>\n");
	for (i = 0; i < l->n; i++) {
		buf_addf(r->out, "<tr><td class=\"n\">%d</td>",
		    l->list[i]->score);
		words_entity(b, l->list[i]->entity_type, l->list[i]->entity,
		    false);
		html_element(r->out, "td", NULL, b->data);
		buf_reset(b);
		html_element(r->out, "td", NULL, l->list[i]->rule);
		html_element(r->out, "td", NULL, l->list[i]->reason);
		buf_addstr(r->out, "</tr>\n");
	}
	buf_addstr(r->out, "</tbody>\n</table>\n</section>\n");
}

/* The foot of the text, a paragraph a line. */
static void
put_foot(struct html_report *r, struct buf *b)
{
	const char *line, *end;
	struct buf one;

	buf_init(&one);
	emit_text_print_foot(b, r->view, r->opt);
	buf_addstr(r->out, "<footer class=\"soft\">\n");
	for (line = b->data; *line != '\0'; line = end + (*end != '\0')) {
		end = line + strcspn(line, "\n");
		buf_add(&one, line, (size_t)(end - line));
		if (one.len > 0)
			html_element(r->out, "p", NULL, one.data);
		buf_reset(&one);
	}
	buf_addstr(r->out, "\n</footer>\n");
	buf_reset(b);
	buf_fini(&one);
}

void
emit_html_print(struct buf *out, const struct view *v,
    const struct emit_options *opt, bool for_mail)
{
	struct html_report r = { .out = out,
		.view = v,
		.opt = opt,
		.for_mail = for_mail };
	size_t i, shown = emit_cases_shown(v, opt);
	size_t begin = out->len;
	struct buf b;

	buf_init(&b);
	words_init(&r.words, opt->zone, v->rs);
	words_title(&b, &v->rs->run);
	put_head(&r, b.data);
	buf_reset(&b);
	put_summary(&r, &b);
	put_table(&r, shown, &b);
	for (i = 0; i < shown; i++)
		html_case(&r, i);
	words_beyond(&b, v, opt, shown);
	if (b.len > 0)
		html_element(out, "p", NULL, b.data);
	buf_reset(&b);
	put_apart(&r, &v->loose, "Findings whose case is not here", &b);
	if (v->list_waived)
		put_apart(&r, &v->waived, "Waived findings, not counted", &b);
	if (v->list_shadow)
		put_apart(&r, &v->shadow,
		    "Findings of shadow rules, not counted", &b);
	put_foot(&r, &b);
	buf_addstr(out, "</body>\n</html>\n");
	if (for_mail)
		html_inline(out, begin);
	buf_fini(&b);
}

int
emit_html(struct outfile *out, const struct view *v,
    const struct emit_options *opt, struct errmsg *err)
{
	struct buf b;

	(void)err;
	buf_init(&b);
	emit_html_print(&b, v, opt, false);
	outfile_write(out, b.data, b.len);
	buf_fini(&b);
	return 0;
}
