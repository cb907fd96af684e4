#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "report/emit_text_impl.h"
#include "tel/calltime.h"

enum { EVIDENCE_MED = 8 }; /* calls of a case unless all are wanted */

/* Calls to show, each once. */
struct shown {
	const struct evidence **list;
	size_t n, cap;
};

static int
compare_texts(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

/* In the order of time; calls that are the same record are equal. */
static int
compare_calls(const struct evidence *a, const struct evidence *b)
{
	int c;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if ((c = compare_texts(a->source, b->source)) != 0 ||
	    (c = compare_texts(a->file, b->file)) != 0)
		return c;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if ((c = compare_texts(a->call_id, b->call_id)) != 0 ||
	    (c = compare_texts(a->src, b->src)) != 0)
		return c;
	return compare_texts(a->dst, b->dst);
}

static int
compare_shown(const void *va, const void *vb)
{
	return compare_calls(*(const struct evidence *const *)va,
	    *(const struct evidence *const *)vb);
}

static void
add_call(struct shown *s, const struct evidence *e)
{
	s->list = xgrow(s->list, &s->cap, s->n + 1, sizeof(*s->list));
	s->list[s->n++] = e;
}

static void
pick_call(struct shown *s, const struct evidence *e)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (compare_calls(s->list[i], e) == 0)
			return;
	if (s->n < EVIDENCE_MED)
		add_call(s, e);
}

/* The dearest call, then the first of every finding, the second of every... */
static void
pick_some(struct shown *s, const struct view_case *vc)
{
	const struct evidence *e, *dearest = NULL;
	const struct finding *f;
	size_t i, k;

	for (i = 0; i < vc->nfindings; i++) {
		f = vc->findings[i];
		for (k = 0; k < f->nevidence; k++) {
			e = &f->evidence[k];
			if (e->has_cost && e->cost > 0 &&
			    (dearest == NULL || e->cost > dearest->cost))
				dearest = e;
		}
	}
	if (dearest != NULL)
		pick_call(s, dearest);
	for (k = 0; k < BOUNDS_EVIDENCE && s->n < EVIDENCE_MED; k++)
		for (i = 0; i < vc->nfindings; i++)
			if (k < vc->findings[i]->nevidence)
				pick_call(s, &vc->findings[i]->evidence[k]);
}

static void
pick_all(struct shown *s, const struct view_case *vc)
{
	size_t i, k;

	for (i = 0; i < vc->nfindings; i++)
		for (k = 0; k < vc->findings[i]->nevidence; k++)
			add_call(s, &vc->findings[i]->evidence[k]);
}

static void
sort_shown(struct shown *s)
{
	size_t i, n = 0;

	if (s->n > 1)
		qsort(s->list, s->n, sizeof(*s->list), compare_shown);
	for (i = 0; i < s->n; i++)
		if (n == 0 || compare_calls(s->list[n - 1], s->list[i]) != 0)
			s->list[n++] = s->list[i];
	s->n = n;
}

/* What the rows of one case's calls have in common. */
struct layout {
	bool days;      /* the date is told, too */
	bool lines, cc; /* some call has one */
	struct text_money_column money;
};

static void
see_calls(struct layout *l, const struct text_report *r, const struct shown *s,
    const struct fraud_case *c)
{
	size_t i;

	memset(l, 0, sizeof(*l));
	l->days = !text_same_day(r, c->first_seen, c->last_seen);
	for (i = 0; i < s->n; i++) {
		l->days = l->days ||
			  !text_same_day(r, s->list[i]->start, c->first_seen);
		l->lines = l->lines || s->list[i]->line > 0;
		l->cc =
		    l->cc || compare_texts(s->list[i]->dst_country, NULL) != 0;
		if (s->list[i]->has_cost)
			text_money_see(&l->money,
			    compare_texts(s->list[i]->currency, NULL) != 0
				? s->list[i]->currency
				: "");
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
	add_text(t, compare_texts(party, NULL) != 0 ? party : "-");
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
		text_date(&b, r, e->start);
	text_clock(&b, r, e->start);
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
put_file(struct text_report *r, const struct layout *l, struct shown *s,
    size_t first)
{
	const char *file = s->list[first]->file;
	struct page_column cols[PAGE_COLUMNS];
	struct page_table *t;
	size_t i;

	page_blank(&r->page);
	if (file != NULL && file[0] != '\0')
		page_wrap(&r->page, "  file ", file);
	t = page_table_new(cols, choose_columns(cols, l));
	for (i = first; i < s->n; i++) {
		if (s->list[i] == NULL ||
		    compare_texts(s->list[i]->file, file) != 0)
			continue;
		add_row(t, r, l, s->list[i]);
		if (i > first)
			s->list[i] = NULL; /* done with its file */
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
text_evidence(struct text_report *r, const struct view_case *vc)
{
	struct shown s = { 0 };
	struct layout l;
	size_t i, n;

	if (r->opt->detail < DETAIL_HIGH)
		pick_some(&s, vc);
	else
		pick_all(&s, vc);
	sort_shown(&s);
	n = s.n;
	see_calls(&l, r, &s, vc->c);
	r->lines = r->lines || l.lines;
	for (i = 0; i < n; i++)
		if (s.list[i] != NULL)
			put_file(r, &l, &s, i);
	if (n > 0)
		put_rest(r, vc, n);
	free(s.list);
}
