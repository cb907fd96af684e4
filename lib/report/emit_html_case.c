#include <string.h>

#include "report/chart.h"
#include "report/emit_html_impl.h"
#include "report/html.h"
#include "tel/calltime.h"
#include "tel/money.h"

/* Whether there is a section on that case to go to. */
static bool
is_on_page(const struct html_report *r, const char *id)
{
	size_t i, shown = emit_cases_shown(r->view, r->opt);

	for (i = 0; i < shown; i++)
		if (strcmp(r->view->cases[i].c->id, id) == 0)
			return true;
	return false;
}

static void
put_heirs(struct html_report *r, const struct fraud_case *c)
{
	size_t i;

	for (i = 0; i < c->nheirs; i++) {
		buf_addstr(r->out, i == 0 ? "merged into " : ", ");
		if (!is_on_page(r, c->heirs[i])) {
			html_text(r->out, c->heirs[i]);
			continue;
		}
		buf_addstr(r->out, "<a href=\"#");
		html_text(r->out, c->heirs[i]);
		buf_addstr(r->out, "\">");
		html_text(r->out, c->heirs[i]);
		buf_addstr(r->out, "</a>");
	}
}

static void
put_heading(struct html_report *r, const struct view_case *vc, struct buf *b)
{
	const struct fraud_case *c = vc->c;

	buf_addstr(r->out, "<section id=\"");
	html_text(r->out, c->id);
	buf_addstr(r->out, "\">\n<h2>");
	html_badge(r, c->score);
	buf_addch(r->out, ' ');
	words_entity(b, c->entity_type, c->entity, true);
	html_flush(r, b);
	buf_addstr(r->out, "</h2>\n<p>");
	words_period(b, &r->words, c->first_seen, c->last_seen);
	buf_addstr(b, ": ");
	words_tally(b, &c->calls, words_are_calls(vc->findings, vc->nfindings));
	html_flush(r, b);
	buf_addstr(r->out, "</p>\n<p class=\"soft\">");
	if (words_news(vc)[0] != '\0')
		buf_addf(b, "%s, ", words_news(vc));
	if (words_closed_why(vc) != NULL)
		buf_addf(b, "%s, ", words_closed_why(vc));
	buf_addf(b, "case %s", c->id);
	if (c->previous != NULL)
		buf_addf(b, ", continues %s", c->previous);
	if (c->nheirs > 0)
		buf_addstr(b, ", ");
	html_flush(r, b);
	put_heirs(r, c);
	buf_addstr(r->out, "</p>\n");
}

static void
put_said(struct html_report *r, const struct report_said *said, struct buf *b)
{
	size_t i;

	for (i = 0; i < said->n; i++) {
		buf_addf(b, "Said: %s", said->lines[i]);
		html_element(r->out, "p", "soft", b->data);
		buf_addch(r->out, '\n');
		buf_reset(b);
	}
}

static void
put_points(struct html_report *r, const struct digest *d, struct buf *b)
{
	size_t i;

	if (d->npoints == 0)
		return;
	buf_addstr(r->out,
	    "<table>\n<thead><tr><th class=\"n\">points</th><th>rule</th>"
	    "<th>what was seen</th></tr></thead>\n<tbody>\n");
	for (i = 0; i < d->npoints; i++) {
		buf_addf(r->out, "<tr><td class=\"n\">+%d</td>",
		    d->points[i]->points);
		html_element(r->out, "td", "rule", d->points[i]->rule);
		html_element(r->out, "td", NULL, d->points[i]->reason);
		buf_addstr(r->out, "</tr>\n");
	}
	digest_also(b, d);
	if (b->len > 0) {
		buf_addstr(r->out, "<tr><td class=\"n\">+0</td>");
		buf_addstr(r->out, "<td colspan=\"2\">");
		html_flush(r, b);
		buf_addstr(r->out, "</td></tr>\n");
	}
	buf_addf(r->out,
	    "<tr class=\"sum\"><td class=\"n\">%d</td><td></td><td></td>"
	    "</tr>\n</tbody>\n</table>\n",
	    d->sum);
}

static void
begin_figure(struct html_report *r, const char *caption)
{
	buf_addstr(r->out, "<figure>");
	html_element(r->out, "figcaption", NULL, caption);
	buf_addch(r->out, '\n');
}

static void
end_figure(struct html_report *r)
{
	buf_addstr(r->out, "</figure>\n");
}

/* What a bar of the table is as long as: money, else talk, else calls. */
static int64_t
weight(const struct casedata_place *p, const struct casedata_place *first)
{
	if (first->micro > 0)
		return p->micro;
	return first->duration > 0 ? p->duration : p->calls;
}

/* A bar for programs that show no SVG. */
static void
put_meter(struct html_report *r, int64_t part, int64_t whole)
{
	int percent = (int)((double)part / (double)whole * 100 + 0.5);

	buf_addf(r->out,
	    "<div style=\"width:%d%%;height:9px;margin-top:5px;"
	    "background:#c2410c\"></div>",
	    percent > 0 ? percent : 1);
}

static void
put_place(struct html_report *r, const struct casedata_place *p,
    const struct casedata_place *first, int64_t most, bool money, struct buf *b)
{
	buf_addstr(r->out, "<tr>");
	html_element(r->out, "td", "place", p->name);
	buf_addstr(r->out, "<td class=\"part\">");
	if (r->for_mail)
		put_meter(r, weight(p, first), most);
	else
		chart_bar(r->out, weight(p, first), most);
	buf_addf(r->out, "</td><td class=\"n\">%lld</td>", (long long)p->calls);
	span_clock(b, p->duration);
	html_element(r->out, "td", "n", b->data);
	buf_reset(b);
	if (p->currency != NULL) {
		buf_addf(b, "%s ", p->currency);
		money_print(b, p->micro);
		buf_addstr(b, p->estimated ? " est." : "");
	}
	if (money)
		html_element(r->out, "td", "m one", b->data);
	buf_reset(b);
	buf_addstr(r->out, "</tr>\n");
}

/* What the bars of the places are as long as. */
static const char *
place_caption(const struct casedata *d)
{
	if (d->places[0].micro > 0)
		return "Where all its calls in that time went, by money";
	if (d->places[0].duration > 0)
		return "Where all its calls in that time went, by talk";
	return "Where all its calls in that time went, by calls";
}

static void
put_places(struct html_report *r, const struct casedata *d)
{
	int64_t most = 1, w;
	bool money = false;
	struct buf b;
	size_t i;

	buf_init(&b);
	for (i = 0; i < d->nplaces; i++) {
		w = weight(&d->places[i], &d->places[0]);
		most = w > most ? w : most;
		money = money || d->places[i].currency != NULL;
	}
	buf_addstr(r->out,
	    "<table>\n<thead><tr><th>to</th><th></th>"
	    "<th class=\"n\">calls</th><th class=\"n\">talk</th>");
	if (money)
		buf_addstr(r->out, "<th class=\"m\">money</th>");
	buf_addstr(r->out, "</tr></thead>\n<tbody>\n");
	for (i = 0; i < d->nplaces; i++)
		put_place(r, &d->places[i], &d->places[0], most, money, &b);
	buf_addstr(r->out, "</tbody>\n</table>\n");
	buf_fini(&b);
}

static void
put_drawings(struct html_report *r, const struct view_case *vc,
    const struct casedata *d)
{
	/* Of a case that was merged the rules saw what its heir shows. */
	if (vc->c->last_seen > vc->c->first_seen && vc->nfindings > 0) {
		begin_figure(r, "When: its calls, and what each rule saw; the "
				"upright stroke is when it had seen enough");
		chart_timeline(r->out, d, vc, &r->words);
		end_figure(r);
	}
	begin_figure(r, "All its calls in that time, by weekday and hour");
	chart_hours(r->out, d);
	end_figure(r);
	if (d->ndays <= 1)
		return;
	begin_figure(r, "All its calls on each day, beside what is usual");
	chart_days(r->out, d);
	end_figure(r);
}

void
html_pictures(struct html_report *r, const struct view_case *vc,
    const struct casedata *d)
{
	if (d->nplaces == 0)
		return; /* no calls */
	buf_addstr(r->out, "<div class=\"pictures\">\n");
	if (!r->for_mail)
		put_drawings(r, vc, d);
	begin_figure(r, place_caption(d));
	put_places(r, d);
	end_figure(r);
	buf_addstr(r->out, "</div>\n");
	if (d->sampled)
		buf_addstr(r->out,
		    "<p class=\"soft\">Drawn from the calls that the findings "
		    "show, not from all.</p>\n");
}

static void
put_triage(struct html_report *r, const struct digest *d)
{
	size_t i;

	if (d->ntriage == 0)
		return;
	buf_addstr(r->out, "<h3>Check</h3>\n<ul>\n");
	for (i = 0; i < d->ntriage; i++) {
		html_element(r->out, "li", NULL, d->triage[i]);
		buf_addch(r->out, '\n');
	}
	buf_addstr(r->out, "</ul>\n");
}

void
html_case(struct html_report *r, size_t i)
{
	const struct view_case *vc = &r->view->cases[i];
	struct arena arena;
	struct digest d;
	struct buf b;

	arena_init(&arena);
	buf_init(&b);
	digest_make(&d, &arena, vc, r->opt->detail >= DETAIL_HIGH);
	put_heading(r, vc, &b);
	if (r->opt->said != NULL)
		put_said(r, &r->opt->said[i], &b);
	put_points(r, &d, &b);
	put_triage(r, &d);
	if (r->opt->data != NULL && r->opt->data[i] != NULL)
		html_pictures(r, vc, r->opt->data[i]);
	html_calls(r, vc, &d);
	buf_addstr(r->out, "</section>\n");
	buf_fini(&b);
	arena_fini(&arena);
}
