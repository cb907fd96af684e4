/* A case over time: its calls as a line, and the moments of its rules. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "report/emit_text_impl.h"

enum {
	LEVELS = 4,
	LEAST = 8 /* calls that are worth a line; fewer are all listed */
};

static uint64_t
calls_of(const struct casedata *d)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < CASEDATA_BINS; i++)
		n += d->bins[i];
	return n;
}

/* "02:04:50 |.:#@..| 04:44:46": how many calls in each stretch of time. */
static void
put_line(struct text_report *r, const struct view_case *vc,
    const struct casedata *d)
{
	static const char levels[] = " .:+#";
	uint32_t most = 0;
	struct buf b;
	size_t i;

	for (i = 0; i < CASEDATA_BINS; i++)
		most = d->bins[i] > most ? d->bins[i] : most;
	buf_init(&b);
	buf_addstr(&b, "Calls  ");
	words_clock(&b, &r->words, vc->c->first_seen);
	buf_addstr(&b, " |");
	for (i = 0; i < CASEDATA_BINS; i++)
		buf_addch(&b,
		    levels[((uint64_t)d->bins[i] * LEVELS + most - 1) / most]);
	buf_addstr(&b, "| ");
	words_clock(&b, &r->words, vc->c->last_seen);
	page_blank(&r->page);
	page_wrap(&r->page, "  ", b.data);
	buf_fini(&b);
}

static int
compare_crossed(const void *va, const void *vb)
{
	const struct finding *a = *(const struct finding *const *)va,
			     *b = *(const struct finding *const *)vb;
	int c = strcmp(a->rule, b->rule);

	if (a->crossed_at != b->crossed_at)
		return a->crossed_at < b->crossed_at ? -1 : 1;
	return c != 0 ? c : strcmp(a->id, b->id);
}

/* The findings in the order of when they had seen enough. */
static const struct finding **
by_crossing(const struct view_case *vc)
{
	const struct finding **list = xcalloc(vc->nfindings, sizeof(*list));

	memcpy(list, vc->findings, vc->nfindings * sizeof(*list));
	qsort(list, vc->nfindings, sizeof(*list), compare_crossed);
	return list;
}

static void
add_moment(struct page_table *t, const struct text_report *r, int64_t at,
    const char *what, struct buf *b)
{
	buf_reset(b);
	words_moment(b, &r->words, at);
	page_table_cell(t, b->data, PAGE_PLAIN);
	page_table_cell(t, what, PAGE_PLAIN);
}

/* First call, each moment with the rules that had seen enough, last call. */
static void
put_moments(struct text_report *r, const struct view_case *vc)
{
	static const struct page_column cols[] = {
		{ "when", false, PAGE_WHOLE, 0 },
		{ "what", false, PAGE_FOLD, 30 },
	};
	const struct finding **list = by_crossing(vc);
	struct page_table *t = page_table_new(cols, 2);
	struct buf b, what;
	size_t i;

	buf_init(&b);
	buf_init(&what);
	add_moment(t, r, vc->c->first_seen, "first call", &b);
	for (i = 0; i < vc->nfindings; i++) {
		buf_addf(&what, "%s%s", what.len > 0 ? ", " : "enough for ",
		    list[i]->rule);
		if (i + 1 < vc->nfindings &&
		    list[i + 1]->crossed_at == list[i]->crossed_at)
			continue;
		add_moment(t, r, list[i]->crossed_at, what.data, &b);
		buf_reset(&what);
	}
	add_moment(t, r, vc->c->last_seen, "last call", &b);
	page_blank(&r->page);
	page_table_print(t, &r->page, 2, false);
	page_table_free(&t);
	buf_fini(&what);
	buf_fini(&b);
	free(list);
}

void
text_times(struct text_report *r, const struct view_case *vc,
    const struct casedata *data)
{
	if (data != NULL && !data->sampled && calls_of(data) > LEAST &&
	    words_same_day(&r->words, vc->c->first_seen, vc->c->last_seen))
		put_line(r, vc, data);
	if (vc->nfindings > 0 &&
	    (r->opt->timeline || r->opt->detail == DETAIL_HIGH))
		put_moments(r, vc);
}
