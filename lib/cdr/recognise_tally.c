#include <string.h>

#include "base/buf.h"
#include "cdr/recognise_impl.h"
#include "cdr/rows.h"

/* The least confidence that will do where no record shows all. */
#define ENOUGH_OF_NONE 0.68

enum { OTHERS = 20 /* skipped records to one that is taken, at most */ };

/* The share of weight that a record shows. */
static double
judge(const struct layout_record *rec, struct tally *tally)
{
	const struct cell_tests *tests = &rec->layout->recognise;
	const struct cell_test *t = tests->list;
	uint32_t i, shown = 0, all = 0;

	for (i = 0; i < tests->n; i++, t++) {
		all += t->weight;
		if (layout_test(t, rec)) {
			shown += t->weight;
			continue;
		}
		if (i < TALLY_TESTS) {
			tally->failed[i]++;
			tally->places[i] = (int16_t)recognise_place(t, rec);
		}
		if (t->must && tally->how != TALLY_LENIENT)
			return 0;
	}
	return (double)shown / (double)all;
}

/* Where the cells of the tests stand, for the reason. */
static void
note_places(const struct layout_record *rec, struct tally *t)
{
	const struct cell_test *test = rec->layout->recognise.list;
	uint32_t i;

	for (i = 0; i < rec->layout->recognise.n && i < TALLY_TESTS; i++)
		t->places[i] = (int16_t)recognise_place(test + i, rec);
}

/* Whether it does. */
static bool
count_fitting(const struct layout_record *rec, struct tally *t)
{
	const uint32_t n = rec->row->n;
	double score = judge(rec, t);

	if (score <= 0)
		return false;
	if (t->score <= 0 || n < t->least)
		t->least = n;
	if (t->score <= 0 || n > t->most)
		t->most = n;
	t->score += score;
	t->whole += score >= 1;
	recognise_count_stamps(rec, t);
	note_places(rec, t);
	return true;
}

/* Whether it names the columns of what stands below it. */
static bool
is_header(const struct layout *l, const struct csvrow *row, struct tally *t)
{
	if (!layout_header_read(&t->header, l, row))
		return false;
	t->headers++;
	return true;
}

/* Whether it is a record that could be no call: what decode skips. */
static bool
is_skipped(const struct layout *l, const struct csvrow *row, struct tally *t)
{
	struct layout_record rec = { .layout = l,
		.variant = l->header ? &t->header.variant : l->variants,
		.row = row,
		.scratch = &t->scratch };

	return layout_leaves_out(&rec);
}

/*
 * Whether a row without an end may yet be a record: it lacks cells, or what is
 * wrong is the last one.
 */
static bool
may_go_on(const struct layout_record *rec, bool fits, const struct tally *t)
{
	const struct cell_tests *tests = &rec->layout->recognise;
	uint32_t i;

	if (t->headers == 0 || rec->row->ended)
		return false;
	if (!fits)
		return rec->row->n < t->header.variant.columns;
	if (rec->row->fields[rec->row->n - 1].len == 0)
		return true;
	for (i = 0; i < tests->n; i++)
		if (tests->list[i].must && !layout_test(&tests->list[i], rec) &&
		    recognise_place(&tests->list[i], rec) != (int)rec->row->n)
			return false;
	return true;
}

static void
count_record(const struct layout *l, const struct csvrow *row, struct tally *t)
{
	struct layout_record rec = { .layout = l, .scratch = &t->scratch };
	bool fits;

	if (row->n == 0) {
		t->lines++;
		return;
	}
	if (layout_comment(l, row)) {
		t->others++;
		return;
	}
	if (is_header(l, row, t))
		return;
	fits = layout_record(&rec, &t->header, row);
	if (is_skipped(l, row, t)) {
		t->others += !layout_header_types(&t->header, row);
		return;
	}
	if (fits && layout_carry_keep(&t->above, &rec) && l->carry.replace) {
		t->others++;
		return;
	}
	rec.above = &t->above;
	if (fits && count_fitting(&rec, t)) {
		t->records++;
		return;
	}
	if (may_go_on(&rec, fits, t)) /* it says nothing against the header */
		return;
	t->records++;
	t->other_width += !fits;
}

/*
 * A record that was cut off inside quotes still tells what it was going to
 * be, once they are closed.
 */
static void
count_damaged(const struct layout *l, const struct csvrow *row, struct tally *t)
{
	struct csvrow closed;
	struct rows *r;
	struct buf b;

	if (l->container != CONTAINER_ROWS) {
		t->records++;
		return;
	}
	buf_init(&b);
	buf_add(&b, row->raw, row->raw_len);
	buf_addch(&b, l->quote);
	r = rows_memory(b.data, b.len, l, &t->form);
	if (rows_next(r, &closed, NULL) == 1 && closed.fault == NULL)
		count_record(l, &closed, t);
	else
		t->records++;
	rows_free(&r);
	buf_fini(&b);
}

/* A row of a piece; false if none behind it is one. */
static bool
count_row(const struct layout *l, const struct piece *p,
    const struct csvrow *row, struct tally *t)
{
	if (!row->ended && p->cut_behind)
		return false;
	t->left--;
	if (row->fault == NULL)
		count_record(l, row, t);
	else
		count_damaged(l, row, t);
	return true;
}

/* Whether it is still worth a look: of most layouts the half is enough. */
static bool
may_win(const struct tally *t)
{
	return t->how != TALLY_WINNERS ||
	       t->score + t->left >=
		   RECOGNISE_ENOUGH * ((double)t->records + t->left);
}

static void
count_piece(const struct layout *l, const struct piece *p, size_t max,
    struct tally *t)
{
	const struct piece whole = recognise_whole(l, p);
	struct csvrow row;
	struct rows *r;

	r = rows_memory(whole.bytes, whole.len, l, &t->form);
	while (max > 0 && may_win(t) && rows_next(r, &row, NULL) == 1) {
		/* What began before the piece ends where none began. */
		if (row.fault != NULL && (row.ended || !p->cut_behind) &&
		    p->cut_before && l->container != CONTAINER_ROWS)
			continue;
		if (!count_row(l, p, &row, t))
			break;
		max--;
	}
	rows_free(&r);
}

/* How many rows may still come, from a piece on. */
static uint32_t
rows_left(const struct layout *l, const struct sample *s,
    const struct sample_rows *rows, size_t piece)
{
	const size_t most = rows != NULL
				? recognise_rows_from(rows, piece)
				: (s->n - piece) * (RECOGNISE_RECORDS / s->n);
	/* A line is a row, or a part of one. */
	const bool of_lines = (l->container == CONTAINER_ROWS ||
				  l->container == CONTAINER_FIXED) &&
			      l->separators == NULL;

	return (uint32_t)(of_lines && s->lines < most ? s->lines : most);
}

static void
count_pieces(const struct layout *l, const struct sample *s, struct tally *t)
{
	struct sample_rows *rows = recognise_rows(s, l, &t->form.dialect);
	const size_t max = RECOGNISE_RECORDS / s->n;
	const struct csvrow *row;
	size_t i, k;

	for (i = 0; i < s->n; i++) {
		t->left = rows_left(l, s, rows, i);
		if (!may_win(t))
			break;
		if (rows == NULL) {
			count_piece(l, &s->pieces[i], max, t);
			continue;
		}
		for (k = 0; may_win(t); k++) {
			row = recognise_row(rows, i, k);
			if (row == NULL || !count_row(l, &s->pieces[i], row, t))
				break;
		}
	}
}

static void
tally_fini(struct tally *t)
{
	layout_header_fini(&t->header);
	layout_above_fini(&t->above);
	buf_fini(&t->scratch);
}

double
recognise_confidence(const struct tally *t)
{
	double score;

	if (t->headers > 0 && t->records == 0)
		return 1;
	if (t->records == 0 || t->others / OTHERS > t->records)
		return 0;
	score = t->score / (double)t->records;
	if (t->whole == 0 && t->how != TALLY_LENIENT && score < ENOUGH_OF_NONE)
		return 0;
	return score;
}

void
recognise_try(const struct layout *l, const struct sample *s,
    enum tally_how how, struct tally *best)
{
	struct tally t;
	size_t i;

	for (i = 0; i == 0 || l->delimiters[i] != '\0'; i++) {
		memset(&t, 0, sizeof(t));
		t.how = how;
		buf_init(&t.scratch);
		layout_above_init(&t.above);
		t.form = layout_form(l);
		t.form.dialect.delimiter = l->delimiters[i];
		count_pieces(l, s, &t);
		tally_fini(&t);
		if (i == 0 ||
		    recognise_confidence(&t) > recognise_confidence(best))
			*best = t;
	}
}
