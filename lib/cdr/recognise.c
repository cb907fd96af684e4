#include "cdr/recognise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cdr/rows.h"

/* The least confidence that will do. */
#define ENOUGH 0.5

enum {
	OTHERS = 20,      /* skipped records to one that is taken, at most */
	TALLY_TESTS = 16, /* whose cells are named in the reason */
	RECORDS = 1000,
	PIECES = 64,
	PIECE = 16 * 1024,
	WHOLE = 128 * 1024, /* so much is looked at in one piece */
	PEEK = 256 * 1024   /* of what cannot be read at any place */
};

/* Some bytes of the file; a record at a cut end is not whole. */
struct piece {
	const char *bytes;
	size_t len;
	bool cut_before, cut_behind;
};

struct sample {
	struct piece pieces[PIECES];
	size_t n;
	char *memory; /* of the pieces, or NULL */
};

/* How one layout does with one delimiter. */
struct tally {
	uint32_t records;
	uint32_t others; /* of a kind that the layout skips */
	uint32_t lines;  /* that are no records of the layout */
	bool named;      /* a header names its columns */
	uint32_t whole;  /* records that pass every test */
	double score;
	uint32_t least, most; /* columns of the records that fit */
	struct layout_form form;
	struct layout_header header;
	struct layout_carried carried;
	struct buf scratch;
	/* By field and form: records that can be read so. */
	uint32_t reads[TARGET_COUNT][LAYOUT_FORMS];
	int16_t places[TALLY_TESTS]; /* of the cells of the tests */
};

/* Begin behind the first line end, or what else ends a record. */
static struct piece
skip_cut(const struct layout *l, struct piece p)
{
	const char *end, *c = l->separators;

	if (!p.cut_before)
		return p;
	end = memchr(p.bytes, '\n', p.len);
	if (end == NULL)
		end = memchr(p.bytes, '\r', p.len);
	for (; end == NULL && c != NULL && *c != '\0'; c++)
		end = memchr(p.bytes, *c, p.len);
	if (end == NULL) {
		p.len = 0;
		return p;
	}
	p.len -= (size_t)(end + 1 - p.bytes);
	p.bytes = end + 1;
	return p;
}

/*
 * Where piece `i` begins: evenly spread from the first byte to the last.
 */
static uint64_t
place_of(size_t i, uint64_t size)
{
	return (size - PIECE) / (PIECES - 1) * i;
}

static void
spread(struct sample *s, struct input *in, const char *peeked, uint64_t size)
{
	struct piece *p;
	uint64_t at;
	char *to;

	s->memory = peeked == NULL ? xmalloc(PIECES * PIECE) : NULL;
	for (s->n = 0; s->n < PIECES; s->n++) {
		p = &s->pieces[s->n];
		at = place_of(s->n, size);
		if (peeked != NULL) {
			p->bytes = peeked + at;
			p->len = PIECE;
		} else {
			to = s->memory + s->n * PIECE;
			p->bytes = to;
			p->len = input_read_at(in, at, to, PIECE);
		}
		p->cut_before = at > 0;
		p->cut_behind = at + p->len < size;
	}
}

static void
take_sample(struct sample *s, struct input *in)
{
	uint64_t size = input_size(in);
	const char *peeked;
	size_t len;

	memset(s, 0, sizeof(*s));
	if (size > WHOLE) {
		spread(s, in, NULL, size);
		return;
	}
	len = input_peek(in, PEEK, &peeked);
	if (len > WHOLE) {
		spread(s, in, peeked, len);
		s->pieces[s->n - 1].cut_behind |= len == PEEK;
		return;
	}
	s->pieces[0] = (struct piece){ .bytes = peeked, .len = len };
	s->n = 1;
}

/* The share of weight that a record shows. */
static double
judge(const struct layout_record *rec)
{
	const struct cell_tests *tests = &rec->layout->recognise;
	const struct cell_test *t = tests->list;
	uint32_t i, shown = 0, all = 0;

	for (i = 0; i < tests->n; i++, t++) {
		all += t->weight;
		if (layout_test(t, rec))
			shown += t->weight;
		else if (t->must)
			return 0;
	}
	return (double)shown / (double)all;
}

/* In which of its forms a stamp can be read. */
static void
count_stamps(const struct layout_record *rec, struct tally *t)
{
	const struct layout_field *f;
	struct layout_value v;
	struct stamp stamp;
	uint32_t target, i;

	for (target = TARGET_START; target <= TARGET_END; target++) {
		f = &rec->layout->fields[target];
		if (f->nstamps < 2)
			continue;
		v = layout_value(rec, f);
		for (i = 0; i < f->nstamps; i++)
			t->reads[target][i] += stamp_parse(f->stamps[i].pattern,
						   v.text, v.len, &stamp) == 0;
	}
}

/* Where the cells of the tests stand, for the reason. */
static void
note_places(const struct layout_record *rec, struct tally *t)
{
	const struct cell_test *test = rec->layout->recognise.list;
	const struct layout_field *f;
	uint32_t i;

	for (i = 0; i < rec->layout->recognise.n && i < TALLY_TESTS;
	     i++, test++) {
		f = &rec->layout->fields[test->target];
		t->places[i] =
		    test->kind == CELL_TIME
			? (int16_t)layout_value(rec, f).column
			: (int16_t)layout_cell(rec, test->column).column;
	}
}

static void
count_fitting(const struct layout_record *rec, struct tally *t)
{
	const uint32_t n = rec->row->n;
	double score = judge(rec);

	if (score <= 0)
		return;
	if (t->score <= 0 || n < t->least)
		t->least = n;
	if (t->score <= 0 || n > t->most)
		t->most = n;
	t->score += score;
	t->whole += score >= 1;
	count_stamps(rec, t);
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

	if (l->comment != '\0' && row->raw_len > 0 && row->raw[0] == l->comment)
		return true;
	if (l->header && t->header.at == NULL) {
		t->named = layout_header_read(&t->header, l, row);
		return t->named;
	}
	return layout_carry(&t->carried, &rec) || !layout_takes(&rec);
}

static void
count_record(const struct layout *l, const struct csvrow *row, struct tally *t)
{
	struct layout_record rec = { .layout = l,
		.scratch = &t->scratch,
		.carried = &t->carried };

	if (row->n == 0) {
		t->lines++;
		return;
	}
	if (no_record(l, row, t)) {
		t->others++;
		return;
	}
	t->records++;
	if (layout_record(&rec, &t->header, row))
		count_fitting(&rec, t);
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
	const struct piece whole = skip_cut(l, *p);
	struct csvrow row;
	struct rows *r;
	uint32_t n = 0;

	r = rows_memory(whole.bytes, whole.len, l, &t->form);
	while (n < max && rows_next(r, &row, NULL) == 1) {
		if (!row.ended && p->cut_behind)
			break;
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
	layout_carried_fini(&t->carried);
	buf_fini(&t->scratch);
}

/*
 * Of many other records a few that fit prove nothing; but a header does, even
 * if all that follows is skipped.
 */
static double
confidence(const struct tally *t)
{
	if (t->named && t->records == 0 && t->others > 1)
		return 1;
	if (t->records == 0 || t->others / OTHERS > t->records)
		return 0;
	return t->score / (double)t->records;
}

/*
 * One layout over the sample, with the delimiter under which it does best.
 */
static void
try_layout(const struct layout *l, const struct sample *s, struct tally *best)
{
	struct tally t;
	size_t i, k;

	for (i = 0; i == 0 || l->delimiters[i] != '\0'; i++) {
		memset(&t, 0, sizeof(t));
		buf_init(&t.scratch);
		layout_carried_init(&t.carried);
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

/* Of each stamp the first form that most records have. */
static void
choose_stamps(const struct layout *l, struct tally *t, struct recognition *out)
{
	const struct layout_field *f;
	const uint32_t *reads;
	uint32_t target, i;
	uint8_t best;

	for (target = TARGET_START; target <= TARGET_END; target++) {
		f = &l->fields[target];
		reads = t->reads[target];
		best = 0;
		for (i = 1; i < f->nstamps; i++)
			if (reads[i] > reads[best])
				best = (uint8_t)i;
		t->form.stamps[target] = best;
		for (i = 0; i < f->nstamps; i++)
			if (i != best && !f->stamps[i].certain &&
			    !f->stamps[best].certain &&
			    f->stamps[i].day_first !=
				f->stamps[best].day_first &&
			    reads[i] > 0 && reads[i] == reads[best])
				out->either_day = true;
	}
}

/* "16 of 16 records: 18 columns, disposition in column 15" */
static void
explain(const struct layout *l, const struct tally *t, char *reason)
{
	const struct cell_test *test = l->recognise.list;
	struct buf b;
	uint32_t i;

	if (t->records == 0) {
		(void)snprintf(reason, RECOGNISE_REASON,
		    "the header names its columns, all records are skipped");
		return;
	}
	buf_init(&b);
	buf_addf(&b, "%u of %u records: ", (unsigned)t->whole,
	    (unsigned)t->records);
	if (t->least < t->most)
		buf_addf(&b, "%u to ", (unsigned)t->least);
	buf_addf(&b, "%u columns", (unsigned)t->most);
	for (i = 0; i < l->recognise.n && i < TALLY_TESTS; i++, test++)
		if (test->says != NULL && t->places[i] > 0)
			buf_addf(&b, ", %s in column %d", test->says,
			    t->places[i]);
	(void)snprintf(reason, RECOGNISE_REASON, "%s", b.data);
	buf_fini(&b);
}

static void
conclude(const struct layout *best, struct tally *t, struct recognition *out)
{
	memset(out, 0, sizeof(*out));
	out->records = t->records + t->others + t->lines;
	out->confidence = confidence(t);
	if (out->confidence >= ENOUGH) {
		out->layout = best;
		choose_stamps(best, t, out);
		explain(best, t, out->reason);
	} else if (out->confidence > 0) {
		(void)snprintf(out->reason, sizeof(out->reason),
		    "nearest is %s, %u of %u records", best->id,
		    (unsigned)t->whole, (unsigned)t->records);
	}
	out->form = t->form;
}

/* The best of the layouts that are fallbacks, or of those that are not. */
static void
try_all(const struct layouts *ls, const struct sample *s, bool fallback,
    struct recognition *out)
{
	const struct layout *best = NULL, *l;
	struct tally best_tally, t;
	size_t i;

	for (i = 0; i < layouts_count(ls); i++) {
		l = layouts_at(ls, i);
		if (l->fallback != fallback)
			continue;
		try_layout(l, s, &t);
		if (best == NULL || confidence(&t) > confidence(&best_tally)) {
			best = l;
			best_tally = t;
		}
	}
	if (best != NULL)
		conclude(best, &best_tally, out);
}

void
recognise(const struct layouts *ls, struct input *in, struct recognition *out)
{
	struct recognition other;
	struct sample s;

	memset(out, 0, sizeof(*out));
	take_sample(&s, in);
	try_all(ls, &s, false, out);
	if (out->layout == NULL) {
		memset(&other, 0, sizeof(other));
		try_all(ls, &s, true, &other);
		if (other.layout != NULL || out->records == 0)
			*out = other;
	}
	free(s.memory);
}

void
recognise_form(const struct layout *l, struct input *in,
    struct recognition *out)
{
	struct sample s;
	struct tally t;

	take_sample(&s, in);
	try_layout(l, &s, &t);
	conclude(l, &t, out);
	out->layout = l;
	choose_stamps(l, &t, out);
	out->form = t.form;
	free(s.memory);
}
