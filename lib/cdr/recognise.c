#include "cdr/recognise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cdr/recognise_impl.h"
#include "cdr/rows.h"

/*
 * The least confidence that will do; that will where no record shows all; that
 * is worth a word.
 */
#define ENOUGH         0.5
#define ENOUGH_OF_NONE 0.68
#define NEAR           0.25

enum {
	OTHERS = 20, /* skipped records to one that is taken, at most */
	RECORDS = 1000
};

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
		if (t->must && !tally->lenient)
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

static void
count_fitting(const struct layout_record *rec, struct tally *t)
{
	const uint32_t n = rec->row->n;
	double score = judge(rec, t);

	if (score <= 0)
		return;
	if (t->score <= 0 || n < t->least)
		t->least = n;
	if (t->score <= 0 || n > t->most)
		t->most = n;
	t->score += score;
	t->whole += score >= 1;
	recognise_count_stamps(rec, t);
	note_places(rec, t);
}

/* Whether it is no record that could be a call: what decode skips. */
static bool
no_record(const struct layout *l, const struct csvrow *row, struct tally *t)
{
	struct layout_record rec = { .layout = l,
		.variant = l->header ? &t->header.variant : l->variants,
		.row = row,
		.scratch = &t->scratch };

	if (layout_comment(l, row))
		return true;
	if (l->header && t->header.at == NULL) {
		t->named = layout_header_read(&t->header, l, row);
		return t->named;
	}
	return !layout_takes(&rec);
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
	fits = layout_record(&rec, &t->header, row);
	if (no_record(l, row, t) ||
	    (fits && layout_carry_keep(&t->above, &rec) && l->carry.replace)) {
		t->others++;
		return;
	}
	t->records++;
	rec.above = &t->above;
	if (fits)
		count_fitting(&rec, t);
	else
		t->other_width++;
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

static void
count_piece(const struct layout *l, const struct piece *p, uint32_t max,
    struct tally *t)
{
	const struct piece whole = recognise_whole(l, p);
	struct csvrow row;
	struct rows *r;
	uint32_t n = 0;

	r = rows_memory(whole.bytes, whole.len, l, &t->form);
	while (n < max && rows_next(r, &row, NULL) == 1) {
		if (!row.ended && p->cut_behind)
			break;
		/* What began before the piece ends where none began. */
		if (row.fault != NULL && p->cut_before &&
		    l->container != CONTAINER_ROWS)
			continue;
		if (row.fault == NULL)
			count_record(l, &row, t);
		else
			count_damaged(l, &row, t);
		n++;
	}
	rows_free(&r);
}

static void
tally_fini(struct tally *t)
{
	layout_header_fini(&t->header);
	layout_above_fini(&t->above);
	buf_fini(&t->scratch);
}

/*
 * Of many other records a few that fit prove nothing, nor do any number that
 * each lack much; but a header does, even if all that follows is skipped.
 */
static double
confidence(const struct tally *t)
{
	double score;

	if (t->named && t->records == 0 && t->others > 1)
		return 1;
	if (t->records == 0 || t->others / OTHERS > t->records)
		return 0;
	score = t->score / (double)t->records;
	if (t->whole == 0 && !t->lenient && score < ENOUGH_OF_NONE)
		return 0;
	return score;
}

/*
 * One layout over the sample, with the delimiter under which it does best.
 */
static void
try_layout(const struct layout *l, const struct sample *s, bool lenient,
    struct tally *best)
{
	struct tally t;
	size_t i, k;

	for (i = 0; i == 0 || l->delimiters[i] != '\0'; i++) {
		memset(&t, 0, sizeof(t));
		t.lenient = lenient;
		buf_init(&t.scratch);
		layout_above_init(&t.above);
		t.form = layout_form(l);
		t.form.dialect.delimiter = l->delimiters[i];
		for (k = 0; k < s->n; k++)
			count_piece(l, &s->pieces[k],
			    (uint32_t)(RECORDS / s->n), &t);
		tally_fini(&t);
		if (i == 0 || confidence(&t) > confidence(best))
			*best = t;
	}
}

static void
conclude(const struct layout *best, struct tally *t, struct recognition *out)
{
	out->records = t->records + t->others + t->lines;
	out->confidence = confidence(t);
	if (out->confidence >= ENOUGH) {
		out->layout = best;
		out->either_day = recognise_choose_stamps(best, t);
		recognise_explain(best, t, out->reason);
	}
	out->form = t->form;
}

/* The two best of the layouts. */
struct race {
	const struct layout *best, *second;
	struct tally tally; /* of the best */
	double second_confidence;
};

static void
take_place(struct race *r, const struct layout *l, const struct tally *t)
{
	double got = confidence(t);

	if (r->best == NULL || got > confidence(&r->tally)) {
		if (r->best != NULL)
			r->second_confidence = confidence(&r->tally);
		r->second = r->best;
		r->best = l;
		r->tally = *t;
	} else if (r->second == NULL || got > r->second_confidence) {
		r->second = l;
		r->second_confidence = got;
	}
}

/* Among the layouts that are fallbacks, or those that are not. */
static void
run_race(const struct layouts *ls, const struct sample *s, bool fallback,
    bool lenient, struct race *r)
{
	const struct layout *l;
	struct tally t;
	size_t i;

	memset(r, 0, sizeof(*r));
	for (i = 0; i < layouts_count(ls); i++) {
		l = layouts_at(ls, i);
		if (l->fallback != fallback || l->stated)
			continue;
		/* Whatever a line is, it has cells at places. */
		if (lenient && l->container == CONTAINER_FIXED)
			continue;
		try_layout(l, s, lenient, &t);
		take_place(r, l, &t);
	}
}

static void
try_all(const struct layouts *ls, const struct sample *s, bool fallback,
    struct recognition *out)
{
	struct race r;

	run_race(ls, s, fallback, false, &r);
	if (r.best == NULL)
		return;
	conclude(r.best, &r.tally, out);
	if (out->layout != NULL && r.second_confidence >= ENOUGH) {
		out->second = r.second;
		out->second_confidence = r.second_confidence;
	}
}

/* What comes near a file that nothing fits, and what it lacks. */
static void
name_nearest(const struct layouts *ls, const struct sample *s,
    struct recognition *out)
{
	struct race r;
	struct buf b;

	run_race(ls, s, false, false, &r);
	if (r.best == NULL || confidence(&r.tally) <= 0)
		run_race(ls, s, false, true, &r);
	if (r.best == NULL || confidence(&r.tally) <= 0 ||
	    (r.tally.lenient && confidence(&r.tally) < NEAR))
		return;
	out->nearest = r.best;
	buf_init(&b);
	buf_addf(&b, "nearest is %s, ", r.best->id);
	recognise_explain_misfit(r.best, &r.tally, &b);
	(void)snprintf(out->reason, sizeof(out->reason), "%s", b.data);
	buf_fini(&b);
}

void
recognise(const struct layouts *ls, struct input *in, struct recognition *out)
{
	struct recognition other;
	struct sample s;

	memset(out, 0, sizeof(*out));
	recognise_sample(&s, in);
	try_all(ls, &s, false, out);
	if (out->layout == NULL) {
		memset(&other, 0, sizeof(other));
		try_all(ls, &s, true, &other);
		if (other.layout != NULL || out->records == 0)
			*out = other;
	}
	if (out->layout == NULL && out->records > 0)
		name_nearest(ls, &s, out);
	free(s.memory);
}

void
recognise_form(const struct layout *l, struct input *in,
    struct recognition *out)
{
	struct sample s;
	struct tally t;
	struct buf b;

	memset(out, 0, sizeof(*out));
	recognise_sample(&s, in);
	try_layout(l, &s, false, &t);
	conclude(l, &t, out);
	if (out->layout == NULL && out->records > 0) {
		buf_init(&b);
		recognise_explain_misfit(l, &t, &b);
		(void)snprintf(out->reason, sizeof(out->reason), "%s", b.data);
		buf_fini(&b);
	}
	out->layout = l;
	out->either_day = recognise_choose_stamps(l, &t);
	out->form = t.form;
	free(s.memory);
}
