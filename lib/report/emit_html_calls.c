#include <string.h>

#include "report/emit_html_impl.h"
#include "report/html.h"
#include "tel/calltime.h"
#include "tel/money.h"

static bool
has_text(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* Which columns the calls of a case need. */
struct needed {
	bool days, lines, countries, money;
};

static void
see_calls(struct needed *n, const struct html_report *r, const struct digest *d,
    const struct fraud_case *c)
{
	const struct evidence *e;
	size_t i;

	memset(n, 0, sizeof(*n));
	n->days = !words_same_day(&r->words, c->first_seen, c->last_seen);
	for (i = 0; i < d->ncalls; i++) {
		e = d->calls[i];
		n->days = n->days ||
			  !words_same_day(&r->words, e->start, c->first_seen);
		n->lines = n->lines || e->line > 0;
		n->countries = n->countries || has_text(e->dst_country);
		n->money = n->money || e->has_cost;
	}
}

static void
put_head(struct html_report *r, const struct needed *n)
{
	buf_addstr(r->out, "<table class=\"calls\">\n<thead><tr>");
	if (n->lines)
		buf_addstr(r->out, "<th class=\"n\">line</th>");
	buf_addstr(r->out, "<th>start</th><th>from</th><th>to</th>");
	if (n->countries)
		buf_addstr(r->out, "<th class=\"wide\">cc</th>");
	buf_addstr(r->out, "<th class=\"n\">talk</th>");
	if (n->money)
		buf_addstr(r->out, "<th class=\"m\">money</th>");
	buf_addstr(r->out, "</tr></thead>\n<tbody>\n");
}

static void
put_party(struct html_report *r, const char *class, const char *party)
{
	html_element(r->out, "td", class, has_text(party) ? party : "-");
}

static void
put_money(struct html_report *r, const struct evidence *e, struct buf *b)
{
	if (e->has_cost && has_text(e->currency))
		buf_addf(b, "%s ", e->currency);
	if (e->has_cost)
		money_print(b, e->cost);
	if (e->estimated)
		buf_addstr(b, " est.");
	html_element(r->out, "td", "m one", b->data);
	buf_reset(b);
}

static void
put_call(struct html_report *r, const struct needed *n,
    const struct evidence *e, struct buf *b)
{
	buf_addstr(r->out, "<tr>");
	if (n->lines && e->line > 0)
		buf_addf(r->out, "<td class=\"n line\">%lu</td>",
		    (unsigned long)e->line);
	else if (n->lines)
		buf_addstr(r->out, "<td></td>");
	if (n->days)
		words_date(b, &r->words, e->start);
	words_clock(b, &r->words, e->start);
	html_element(r->out, "td", NULL, b->data);
	buf_reset(b);
	put_party(r, "from", e->src);
	put_party(r, "to", e->dst);
	if (n->countries)
		html_element(r->out, "td", "wide", e->dst_country);
	if (e->duration > 0)
		span_clock(b, e->duration);
	else
		buf_addch(b, '-'); /* not answered */
	html_element(r->out, "td", "n", b->data);
	buf_reset(b);
	if (n->money)
		put_money(r, e, b);
	buf_addstr(r->out, "</tr>\n");
}

/* The calls of one file, and the command that shows the first of them. */
static void
put_file(struct html_report *r, const struct needed *n, struct digest *d,
    size_t first, struct buf *b)
{
	const struct evidence *of = d->calls[first];
	size_t i;

	if (has_text(of->file)) {
		buf_addstr(r->out, "<p class=\"soft\">file <code>");
		html_text(r->out, of->file);
		buf_addstr(r->out, "</code></p>\n");
	}
	put_head(r, n);
	for (i = first; i < d->ncalls; i++) {
		if (d->calls[i] == NULL || !digest_same_file(d->calls[i], of))
			continue;
		put_call(r, n, d->calls[i], b);
		if (i > first)
			d->calls[i] = NULL; /* done with its file */
	}
	buf_addstr(r->out, "</tbody>\n</table>\n");
}

void
html_calls(struct html_report *r, const struct view_case *vc, struct digest *d)
{
	int64_t more = vc->c->calls.calls - (int64_t)d->ncalls;
	struct needed n;
	struct buf b;
	size_t i;

	if (d->ncalls == 0)
		return;
	buf_init(&b);
	see_calls(&n, r, d, vc->c);
	buf_addstr(r->out, "<h3>Calls</h3>\n");
	for (i = 0; i < d->ncalls; i++)
		if (d->calls[i] != NULL)
			put_file(r, &n, d, i, &b);
	if (more > 0) {
		buf_addf(&b, "... %lld more call%s", (long long)more,
		    more == 1 ? "" : "s");
		if (r->opt->calls_command != NULL)
			buf_addf(&b, ": %s %s", r->opt->calls_command,
			    vc->c->id);
		html_element(r->out, "p", "soft", b.data);
	}
	buf_fini(&b);
}
