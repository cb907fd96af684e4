#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "report/emit_text_impl.h"
#include "tel/calltime.h"
#include "tel/money.h"

enum {
	TRIAGE_MED = 5, /* what to check: lines unless all are wanted */
	PIECES = 16
};

static const char *
news_word(const struct view_case *vc)
{
	static const char *const words[] = { "", "new", "continuing",
		"closed" };
	const char *state = vc->c->state;

	/* what a person said of the case outranks what the run says */
	if (state != NULL && strcmp(state, "open") != 0)
		return state;
	return words[vc->news];
}

static void
put_heading(struct text_report *r, const struct view_case *vc)
{
	const char *news = news_word(vc);
	struct buf left, right;

	buf_init(&left);
	buf_init(&right);
	text_entity(&left, vc->c->entity_type, vc->c->entity, true);
	text_score(&right, vc->c->score, false);
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
	text_period(&b[n++], r, c->first_seen, c->last_seen);
	text_number(&b[n++], c->calls.calls,
	    text_are_calls(vc->findings, vc->nfindings));
	if (c->calls.duration > 0) {
		span_clock(&b[n], c->calls.duration);
		buf_addstr(&b[n++], " of talk");
	}
	for (i = 0; i < c->calls.nmoney && n < PIECES; i++)
		text_money(&b[n++],
		    &(struct tally){ .money = &c->calls.money[i],
			.nmoney = 1 });
	if (c->previous != NULL && n < PIECES)
		buf_addf(&b[n++], "continues %s", c->previous);
	for (i = 0; i < n; i++)
		pieces[i] = b[i].data;
	page_pieces(&r->page, pieces, n);
	for (i = 0; i < PIECES; i++)
		buf_fini(&b[i]);
}

static bool
rule_before(const struct fraud_case *c, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (strcmp(c->points[k].rule, c->points[i].rule) == 0)
			return true;
	return false;
}

static void
put_points(struct text_report *r, const struct fraud_case *c)
{
	static const struct page_column cols[] = {
		{ "pts", true, PAGE_WHOLE, 0 },
		{ "rule", false, PAGE_CUT, 26 },
		{ "what was seen", false, PAGE_FOLD, 30 },
	};
	struct page_table *t = page_table_new(cols, 3);
	size_t i, more = 0;
	int sum = 0;

	for (i = 0; i < c->npoints; i++) {
		/* the nth finding of a rule adds nothing and says the same */
		if (r->opt->detail < DETAIL_HIGH && c->points[i].points == 0 &&
		    rule_before(c, i)) {
			more++;
			continue;
		}
		sum += c->points[i].points;
		page_table_cellf(t, "+%d", c->points[i].points);
		page_table_cell(t, c->points[i].rule, PAGE_PLAIN);
		page_table_cell(t, c->points[i].reason, PAGE_PLAIN);
	}
	if (more > 0) {
		page_table_cell(t, "+0", PAGE_PLAIN);
		page_table_cellf(t, "(the same rules)");
		page_table_cellf(t, "%zu more finding%s", more,
		    more == 1 ? "" : "s");
	}
	page_table_cell(t, "----", PAGE_PLAIN);
	page_table_blanks(t, 2);
	page_table_cellf(t, "%d", sum);
	page_table_blanks(t, 2);
	page_blank(&r->page);
	page_table_print(t, &r->page, 1, false);
	page_table_free(&t);
}

/* The next word, of letters and digits of any case; its length. */
static size_t
next_word(const char **text)
{
	size_t n = 0;

	while (**text != '\0' && !isalnum((unsigned char)**text))
		++*text;
	while (isalnum((unsigned char)(*text)[n]))
		n++;
	return n;
}

/* Whether one begins with all words of the other, whatever stands between. */
static bool
same_question(const char *a, const char *b)
{
	size_t na, nb;

	for (;; a += na, b += nb) {
		na = next_word(&a);
		nb = next_word(&b);
		if (na == 0 || nb == 0)
			return true;
		if (na != nb || strncasecmp(a, b, na) != 0)
			return false;
	}
}

static bool
said_before(const struct view_case *vc, size_t finding, size_t line)
{
	const char *text = vc->findings[finding]->triage[line];
	size_t i, k, n;

	for (i = 0; i <= finding; i++) {
		n = i < finding ? vc->findings[i]->ntriage : line;
		for (k = 0; k < n; k++)
			if (same_question(vc->findings[i]->triage[k], text))
				return true;
	}
	return false;
}

/* Of those that ask the same the one that asks most. */
static const char *
longest_form(const struct view_case *vc, const char *text)
{
	const char *best = text, *other;
	size_t i, k;

	for (i = 0; i < vc->nfindings; i++)
		for (k = 0; k < vc->findings[i]->ntriage; k++) {
			other = vc->findings[i]->triage[k];
			if (strlen(other) > strlen(best) &&
			    same_question(other, text))
				best = other;
		}
	return best;
}

/* What to check, each question once, though rules word it differently. */
static void
put_triage(struct text_report *r, const struct view_case *vc)
{
	size_t most = r->opt->detail < DETAIL_HIGH ? TRIAGE_MED : SIZE_MAX;
	size_t i, k, n = 0;

	for (i = 0; i < vc->nfindings; i++) {
		for (k = 0; k < vc->findings[i]->ntriage && n < most; k++) {
			if (said_before(vc, i, k))
				continue;
			if (n == 0)
				page_blank(&r->page);
			page_wrap(&r->page,
			    n++ == 0 ? "  Check  - " : "         - ",
			    longest_form(vc, vc->findings[i]->triage[k]));
		}
	}
}

void
text_case(struct text_report *r, const struct view_case *vc)
{
	page_blank(&r->page);
	page_blank(&r->page);
	put_heading(r, vc);
	put_measures(r, vc);
	if (vc->c->npoints > 0)
		put_points(r, vc->c);
	text_evidence(r, vc);
	put_triage(r, vc);
}
