/*
 * recognise_impl: what the sources of recognise share.
 *
 *   recognise.c         which layout is best
 *   recognise_tally.c   one layout over a sample of the file
 *   recognise_sample.c  the sample
 *   recognise_reason.c  why, in words
 */
#ifndef LIB_CDR_RECOGNISE_IMPL_H
#define LIB_CDR_RECOGNISE_IMPL_H

#include "base/buf.h"
#include "cdr/recognise.h"

enum {
	TALLY_TESTS = 16, /* whose cells are named in the reason */
	RECOGNISE_PIECES = 64
};

/* Some bytes of the file; a record at a cut end is not whole. */
struct piece {
	const char *bytes;
	size_t len;
	bool cut_before, cut_behind;
};

struct sample {
	struct piece pieces[RECOGNISE_PIECES];
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
	struct layout_above above;
	struct buf scratch;
	/* By field and form: records that can be read so. */
	uint32_t reads[TARGET_COUNT][LAYOUT_FORMS];
	int16_t places[TALLY_TESTS]; /* of the cells of the tests */
	/* Records that fail the test; and those of another width. */
	uint32_t failed[TALLY_TESTS], other_width;
	bool lenient; /* what must be there only weighs */
};

/* All of a small file, or pieces spread over it; then free `memory`. */
void recognise_sample(struct sample *s, struct input *in);

/* The piece from where a record of the layout begins. */
struct piece recognise_whole(const struct layout *l, const struct piece *p);

/* One layout over the sample, with the delimiter under which it does best. */
void recognise_try(const struct layout *l, const struct sample *s, bool lenient,
    struct tally *best);
/*
 * 0 to 1.  Of many other records a few that fit prove nothing; but a header
 * does, even if all that follows is skipped.
 */
double recognise_confidence(const struct tally *t);

/* The column, from 1, of the cell of a test in a record; 0: it has none. */
int recognise_place(const struct cell_test *test,
    const struct layout_record *rec);

/* "16 of 16 records: 18 columns, disposition in column 15" */
void recognise_explain(const struct layout *l, const struct tally *t,
    char reason[RECOGNISE_REASON]);
/* "3 of 9 records; 6 have no disposition in column 15" */
void recognise_explain_misfit(const struct layout *l, const struct tally *t,
    struct buf *out);

#endif
