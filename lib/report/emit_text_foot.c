#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "report/emit_text_impl.h"

enum { FEEDS = 12 }; /* named in the foot; of more, the quietest */

static void
put_section(struct text_report *r, const struct view_list *l, const char *title)
{
	static const struct page_column cols[] = {
		{ "score", true, PAGE_WHOLE, 0 },
		{ "who", false, PAGE_CUT, 12 },
		{ "rule", false, PAGE_CUT, 24 },
		{ "what was seen", false, PAGE_FOLD, 30 },
	};
	struct page_table *t = page_table_new(cols, 4);
	struct buf b;
	size_t i;

	buf_init(&b);
	for (i = 0; i < l->n; i++) {
		page_table_cellf(t, "%d", l->list[i]->score);
		buf_reset(&b);
		words_entity(&b, l->list[i]->entity_type, l->list[i]->entity,
		    false);
		page_table_cell(t, b.data, PAGE_PLAIN);
		page_table_cell(t, l->list[i]->rule, PAGE_PLAIN);
		page_table_cell(t, l->list[i]->reason, PAGE_PLAIN);
	}
	page_blank(&r->page);
	page_blank(&r->page);
	page_wrap(&r->page, "", title);
	page_rule(&r->page, '-');
	page_table_print(t, &r->page, 0, false);
	page_table_free(&t);
	buf_fini(&b);
}

void
text_apart(struct text_report *r)
{
	const struct view *v = r->view;

	if (v->loose.n > 0)
		put_section(r, &v->loose, "Findings whose case is not here");
	if (v->list_waived && v->waived.n > 0)
		put_section(r, &v->waived, "Waived findings, not counted");
	if (v->list_shadow && v->shadow.n > 0)
		put_section(r, &v->shadow,
		    "Findings of shadow rules, not counted");
}

/* A line such as "Not counted: 2 waived findings with 8 calls, EUR 31.20." */
static void
put_uncounted(struct text_report *r, const char *label,
    const struct view_list *l, const char *one, const char *many)
{
	struct buf b;

	if (l->n == 0)
		return;
	buf_init(&b);
	words_count(&b, (int64_t)l->n, one, many);
	buf_addstr(&b, " with ");
	words_tally(&b, &l->calls,
	    words_are_calls((const struct finding *const *)l->list, l->n));
	buf_addch(&b, '.');
	page_wrap(&r->page, label, b.data);
	buf_fini(&b);
}

void
text_uncounted(struct text_report *r)
{
	const struct view *v = r->view;

	if (v->waived.n + v->shadow.n == 0)
		return;
	page_blank(&r->page);
	put_uncounted(r, "Not counted: ", &v->waived, "waived finding",
	    "waived findings");
	put_uncounted(r,
	    v->waived.n > 0 ? "             " : "Not counted: ", &v->shadow,
	    "finding of a shadow rule", "findings of shadow rules");
}

/* The five parts, written so that one sees them add up. */
static void
put_records(struct text_report *r)
{
	const struct counts *c = &r->view->rs->run.counts;
	struct buf b;

	buf_init(&b);
	if (c->records == 0) {
		buf_addstr(&b, "none read.");
	} else {
		buf_addf(&b, "%lld read from ", (long long)c->records);
		words_count(&b, c->files, "file", "files");
		buf_addstr(&b, " = ");
		words_count(&b, c->calls, "call", "calls");
		buf_addstr(&b, " + ");
		words_count(&b, c->legs, "further leg", "further legs");
		buf_addf(&b, " + %lld skipped + ", (long long)c->skipped);
		words_count(&b, c->duplicates, "duplicate", "duplicates");
		buf_addf(&b, " + %lld rejected.", (long long)c->rejects);
	}
	if (c->records > 0 && r->view->rs->run.stored)
		buf_addf(&b, "  %lld new to the store.", (long long)c->stored);
	page_wrap(&r->page, "Records: ", b.data);
	buf_fini(&b);
}

static int
compare_feeds(const void *va, const void *vb)
{
	const struct feed *a = *(const struct feed *const *)va,
			  *b = *(const struct feed *const *)vb;

	if (a->last != b->last)
		return a->last < b->last ? -1 : 1;
	return strcmp(a->source, b->source);
}

static void
add_feed(struct buf *b, const struct text_report *r, const struct feed *f)
{
	if (f->calls == 0) {
		buf_addf(b, "%s no calls", f->source);
		return;
	}
	buf_addf(b, "%s last ", f->source);
	if (words_same_day(&r->words, f->last, r->view->rs->run.as_of))
		words_clock(b, &r->words, f->last);
	else
		words_moment(b, &r->words, f->last);
}

static void
put_feeds(struct text_report *r)
{
	const struct run *run = &r->view->rs->run;
	const struct feed **feeds;
	struct buf b;
	size_t i;

	if (run->nfeeds == 0)
		return;
	buf_init(&b);
	feeds = xcalloc(run->nfeeds, sizeof(*feeds));
	for (i = 0; i < run->nfeeds; i++)
		feeds[i] = &run->feeds[i];
	if (run->nfeeds > FEEDS)
		qsort(feeds, run->nfeeds, sizeof(*feeds), compare_feeds);
	for (i = 0; i < run->nfeeds && i < FEEDS; i++) {
		buf_addstr(&b, i > 0 ? ", " : "");
		add_feed(&b, r, feeds[i]);
	}
	if (run->nfeeds > FEEDS)
		buf_addf(&b, ", and %zu heard from later", run->nfeeds - FEEDS);
	buf_addch(&b, '.');
	page_wrap(&r->page, "Feeds:   ", b.data);
	buf_fini(&b);
	free(feeds);
}

/* "xxh128:4be1c97a..." is known by its first digits. */
static void
add_short_hash(struct buf *b, const char *hash)
{
	const char *colon = strchr(hash, ':');

	buf_addf(b, "%.8s", colon != NULL ? colon + 1 : hash);
}

static void
put_rules(struct text_report *r)
{
	const struct run *run = &r->view->rs->run;
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "%lld active, %lld shadow, %lld off",
	    (long long)run->rules_active, (long long)run->rules_shadow,
	    (long long)run->rules_off);
	if (run->ruleset != NULL) {
		buf_addstr(&b, ", ruleset ");
		add_short_hash(&b, run->ruleset);
	}
	buf_addch(&b, '.');
	if (run->id != NULL)
		buf_addf(&b, "  Run %s", run->id);
	if (run->id != NULL && run->tool != NULL)
		buf_addf(&b, ", %s %s", run->tool,
		    run->version != NULL ? run->version : "");
	if (run->id != NULL)
		buf_addch(&b, '.');
	page_wrap(&r->page, "Rules:   ", b.data);
	buf_fini(&b);
}

/* "w-2026-003 (anna): used, 8 calls, EUR 31.20; until 2026-01-24" */
static void
put_waiver(struct text_report *r, const char *label,
    const struct waiver_told *w)
{
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "%s (%s): %s", w->id, w->owner, w->state);
	if (w->calls.calls > 0) {
		buf_addstr(&b, ", ");
		words_tally(&b, &w->calls, true);
	}
	buf_addf(&b, "; %s %s",
	    strcmp(w->state, "expired") == 0 ? "ended" : "ends", w->expires);
	if (w->days_over > 0) {
		buf_addstr(&b, "; over its limit on ");
		words_count(&b, w->days_over, "day", "days");
	}
	buf_addch(&b, '.');
	page_wrap(&r->page, label, b.data);
	buf_fini(&b);
}

static void
put_waivers(struct text_report *r)
{
	const struct run *run = &r->view->rs->run;
	size_t i;

	for (i = 0; i < run->nwaivers; i++)
		put_waiver(r, i == 0 ? "Waivers: - " : "         - ",
		    &run->waivers[i]);
}

static void
put_remarks(struct text_report *r)
{
	const struct run *run = &r->view->rs->run;
	size_t i;

	for (i = 0; i < run->nremarks; i++)
		page_wrap(&r->page, i == 0 ? "Notes:   - " : "         - ",
		    run->remarks[i]);
}

/* What the selection left out, so that nobody takes it for nothing. */
static void
put_left_out(struct text_report *r)
{
	struct buf b;

	buf_init(&b);
	words_left_out(&b, &r->words, r->view);
	if (b.len > 0) {
		page_blank(&r->page);
		page_wrap(&r->page, "Not shown: ", b.data);
	}
	buf_fini(&b);
}

void
text_foot(struct text_report *r)
{
	page_blank(&r->page);
	page_blank(&r->page);
	if (r->view->rs->run.complete) {
		put_records(r);
		put_feeds(r);
		put_rules(r);
		put_waivers(r);
	}
	text_lines(r);
	put_remarks(r);
	put_left_out(r);
}
