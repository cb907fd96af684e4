#include "cdr/recognise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "io/csvrow.h"

enum {
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

/* How one layout does. */
struct tally {
	uint32_t records;
	uint32_t whole; /* records that pass every test */
	double score;
	uint32_t least, most; /* columns of the records that fit */
	const struct layout_variant *variant;
};

/* Begin behind the first line end. */
static void
skip_cut(struct piece *p)
{
	const char *end;

	if (!p->cut_before)
		return;
	end = memchr(p->bytes, '\n', p->len);
	if (end == NULL)
		end = memchr(p->bytes, '\r', p->len);
	if (end == NULL) {
		p->len = 0;
		return;
	}
	p->len -= (size_t)(end + 1 - p->bytes);
	p->bytes = end + 1;
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
		skip_cut(p);
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
judge(const struct layout *l, const struct layout_variant *v,
    const struct csvrow *row)
{
	const struct cell_test *t = l->recognise.list;
	uint32_t i, shown = 0, all = 0;

	for (i = 0; i < l->recognise.n; i++, t++) {
		all += t->weight;
		if (layout_test(t, v, row))
			shown += t->weight;
		else if (t->must)
			return 0;
	}
	return (double)shown / (double)all;
}

static void
count_record(const struct layout *l, const struct csvrow *row, struct tally *t)
{
	const struct layout_variant *v = layout_variant(l, row);
	double score = v != NULL ? judge(l, v, row) : 0;

	if (score <= 0)
		return;
	t->score += score;
	t->whole += score >= 1;
	if (t->variant == NULL || row->n < t->least)
		t->least = row->n;
	if (t->variant == NULL || row->n > t->most)
		t->most = row->n;
	t->variant = v;
}

/*
 * A record that was cut off inside quotes still tells what it was going to
 * be, once they are closed.
 */
static void
count_damaged(const struct layout *l, const struct csvrow *row, struct tally *t)
{
	struct csvreader *r;
	struct csvrow closed;
	struct buf b;

	buf_init(&b);
	buf_add(&b, row->raw, row->raw_len);
	buf_addch(&b, l->quote);
	r = csvreader_memory(b.data, b.len, l->delimiter, l->quote);
	if (csvreader_next(r, &closed, NULL) == 1 && closed.fault == NULL)
		count_record(l, &closed, t);
	csvreader_free(&r);
	buf_fini(&b);
}

static void
count_piece(const struct layout *l, const struct piece *p, uint32_t max,
    struct tally *t)
{
	struct csvreader *r;
	struct csvrow row;
	uint32_t n = 0;

	r = csvreader_memory(p->bytes, p->len, l->delimiter, l->quote);
	while (n < max && csvreader_next(r, &row, NULL) == 1) {
		if (!row.ended && p->cut_behind)
			break;
		if (row.fault == NULL)
			count_record(l, &row, t);
		else
			count_damaged(l, &row, t);
		t->records++;
		n++;
	}
	csvreader_free(&r);
}

static double
confidence(const struct tally *t)
{
	return t->records > 0 ? t->score / (double)t->records : 0;
}

/* "16 of 16 records: 18 columns, disposition in column 15" */
static void
explain(const struct layout *l, const struct tally *t, char *reason)
{
	const struct cell_test *test = l->recognise.list;
	struct buf b;
	uint32_t i;

	buf_init(&b);
	buf_addf(&b, "%u of %u records: ", (unsigned)t->whole,
	    (unsigned)t->records);
	if (t->least < t->most)
		buf_addf(&b, "%u to ", (unsigned)t->least);
	buf_addf(&b, "%u columns", (unsigned)t->most);
	for (i = 0; i < l->recognise.n; i++, test++)
		if (test->says != NULL && t->variant->at[test->column] >= 0)
			buf_addf(&b, ", %s in column %d", test->says,
			    t->variant->at[test->column] + 1);
	(void)snprintf(reason, RECOGNISE_REASON, "%s", b.data);
	buf_fini(&b);
}

static void
conclude(const struct layout *best, const struct tally *t,
    struct recognition *out)
{
	out->records = t->records;
	out->confidence = confidence(t);
	if (out->confidence >= 0.5) {
		out->layout = best;
		explain(best, t, out->reason);
	} else if (out->confidence > 0) {
		(void)snprintf(out->reason, sizeof(out->reason),
		    "nearest is %s, %u of %u records", best->id,
		    (unsigned)t->whole, (unsigned)t->records);
	}
}

void
recognise(const struct layouts *ls, struct input *in, struct recognition *out)
{
	const struct layout *best = NULL, *l;
	struct tally best_tally, t;
	struct sample s;
	size_t i, k;

	memset(out, 0, sizeof(*out));
	take_sample(&s, in);
	memset(&best_tally, 0, sizeof(best_tally));
	for (i = 0; i < layouts_count(ls); i++) {
		l = layouts_at(ls, i);
		memset(&t, 0, sizeof(t));
		for (k = 0; k < s.n; k++)
			count_piece(l, &s.pieces[k], (uint32_t)(RECORDS / s.n),
			    &t);
		if (best == NULL || confidence(&t) > confidence(&best_tally)) {
			best = l;
			best_tally = t;
		}
	}
	if (best != NULL)
		conclude(best, &best_tally, out);
	free(s.memory);
}
