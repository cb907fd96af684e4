#include <string.h>

#include "report/emit_text_impl.h"
#include "tel/calltime.h"

/* Whether a text is there. */
static bool
has_text(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* What the rows of one case's calls have in common. */
struct layout {
	bool days;      /* the date is told, too */
	bool lines, cc; /* some call has one */
	struct text_money_column money;
};

static void
see_calls(struct layout *l, const struct text_report *r, const struct digest *s,
    const struct fraud_case *c)
{
	size_t i;

	memset(l, 0, sizeof(*l));
	l->days = !words_same_day(&r->words, c->first_seen, c->last_seen);
	for (i = 0; i < s->ncalls; i++) {
		l->days = l->days || !words_same_day(&r->words,
					 s->calls[i]->start, c->first_seen);
		l->lines = l->lines || s->calls[i]->line > 0;
		l->cc = l->cc || has_text(s->calls[i]->dst_country);
		if (s->calls[i]->has_cost)
			text_money_see(&l->money,
			    has_text(s->calls[i]->currency)
				? s->calls[i]->currency
				: "",
			    s->calls[i]->estimated);
	}
}

static size_t
choose_columns(struct page_column *cols, const struct layout *l)
{
	size_t n = 0;

	if (l->lines)
		cols[n++] = (struct page_column){ "line", true, PAGE_WHOLE, 0 };
	cols[n++] = (struct page_column){ "start", false, PAGE_WHOLE, 0 };
	cols[n++] = (struct page_column){ "from", false, PAGE_CUT, 8 };
	cols[n++] = (struct page_column){ "to", false, PAGE_CUT, 12 };
	if (l->cc)
		cols[n++] = (struct page_column){ "cc", false, PAGE_WHOLE, 0 };
	cols[n++] = (struct page_column){ "talk", true, PAGE_WHOLE, 0 };
	if (l->money.any)
		cols[n++] =
		    (struct page_column){ l->money.head, true, PAGE_WHOLE, 0 };
	return n;
}

static void
add_text(struct page_table *t, const char *text)
{
	page_table_cell(t, text != NULL ? text : "", PAGE_PLAIN);
}

static void
add_party(struct page_table *t, const char *party)
{
	add_text(t, has_text(party) ? party : "-");
}

static void
add_row(struct page_table *t, const struct text_report *r,
    const struct layout *l, const struct evidence *e)
{
	struct buf b;

	buf_init(&b);
	if (l->lines && e->line > 0)
		page_table_cellf(t, "%lu", (unsigned long)e->line);
	else if (l->lines)
		add_text(t, NULL);
	if (l->days)
		words_date(&b, &r->words, e->start);
	words_clock(&b, &r->words, e->start);
	add_text(t, b.data);
	add_party(t, e->src);
	add_party(t, e->dst);
	if (l->cc)
		add_text(t, e->dst_country);
	buf_reset(&b);
	if (e->duration > 0)
		span_clock(&b, e->duration);
	else
		buf_addch(&b, '-'); /* not answered */
	add_text(t, b.data);
	if (l->money.any && e->has_cost)
		text_money_cell(t, &l->money,
		    e->currency != NULL ? e->currency : "", e->cost);
	else if (l->money.any)
		add_text(t, "-");
	buf_fini(&b);
}

/* The calls of one file, and the file's name, whole, on a line of its own. */
static void
put_file(struct text_report *r, const struct layout *l, struct digest *s,
    size_t first)
{
	const char *file = s->calls[first]->file;
	struct page_column cols[PAGE_COLUMNS];
	struct page_table *t;
	size_t i;

	page_blank(&r->page);
	if (file != NULL && file[0] != '\0')
		page_wrap(&r->page, "  file ", file);
	t = page_table_new(cols, choose_columns(cols, l));
	for (i = first; i < s->ncalls; i++) {
		if (s->calls[i] == NULL ||
		    !digest_same_file(s->calls[i], s->calls[first]))
			continue;
		add_row(t, r, l, s->calls[i]);
		if (i > first)
			s->calls[i] = NULL; /* done with its file */
	}
	page_table_print(t, &r->page, 2, false);
	page_table_free(&t);
}

static void
put_rest(struct text_report *r, const struct view_case *vc, size_t nshown)
{
	int64_t more = vc->c->calls.calls - (int64_t)nshown;
	struct buf b;

	if (more <= 0)
		return;
	buf_init(&b);
	buf_addf(&b, "... %lld more call%s", (long long)more,
	    more == 1 ? "" : "s");
	if (r->opt->calls_command != NULL)
		buf_addf(&b, ": %s %s", r->opt->calls_command, vc->c->id);
	page_wrap(&r->page, "  ", b.data);
	buf_fini(&b);
}

void
text_evidence(struct text_report *r, const struct view_case *vc,
    struct digest *d)
{
	struct layout l;
	size_t i;

	see_calls(&l, r, d, vc->c);
	for (i = 0; i < d->ncalls; i++)
		text_lines_see(r, d->calls[i]);
	for (i = 0; i < d->ncalls; i++)
		if (d->calls[i] != NULL)
			put_file(r, &l, d, i);
	if (d->ncalls > 0)
		put_rest(r, vc, d->ncalls);
}
