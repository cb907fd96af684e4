/*
 * recognise_impl: what the sources of recognise share.
 *
 *   recognise.c         which layout is best
 *   recognise_tally.c   one layout over a sample of the file
 *   recognise_sample.c  the sample
 *   recognise_rows.c    its rows, read once for all layouts that share them
 *   recognise_stamps.c  how the file writes its times
 *   recognise_reason.c  why, in words
 */
#ifndef LIB_CDR_RECOGNISE_IMPL_H
#define LIB_CDR_RECOGNISE_IMPL_H

#include "base/buf.h"
#include "cdr/recognise.h"

enum {
	TALLY_TESTS = 16, /* whose cells are named in the reason */
	RECOGNISE_PIECES = 64,
	RECOGNISE_RECORDS = 1000 /* looked at, of all pieces */
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
	size_t bytes, lines;      /* in all pieces; lines at most */
	char *memory;             /* of the pieces, or NULL */
	struct sample_rows *rows; /* by dialect; NULL: not read */
	size_t ndialects;
};

/* The records that can be read in a form, and the days that they then have. */
struct form_reads {
	uint32_t n;
	int32_t first, last;
};

/* How much there is to know of a layout. */
enum tally_how {
	TALLY_ALL,
	TALLY_WINNERS, /* nothing more once it cannot be RECOGNISE_ENOUGH */
	TALLY_LENIENT  /* what must be there only weighs */
};

/* The least confidence that will do. */
#define RECOGNISE_ENOUGH 0.5

/* How one layout does with one delimiter. */
struct tally {
	enum tally_how how;
	uint32_t left; /* rows that may still come */
	uint32_t records;
	uint32_t others;  /* of a kind that the layout skips, no headers */
	uint32_t lines;   /* that are no records of the layout */
	uint32_t headers; /* rows that name its columns */
	uint32_t whole;   /* records that pass every test */
	double score;
	uint32_t least, most; /* columns of the records that fit */
	struct layout_form form;
	struct layout_header header;
	struct layout_above above;
	struct buf scratch;
	/* By field, from TARGET_START to TARGET_END, and form. */
	struct form_reads reads[TARGET_END + 1][LAYOUT_FORMS];
	int16_t places[TALLY_TESTS]; /* of the cells of the tests */
	/* Records that fail the test; and those of another width. */
	uint32_t failed[TALLY_TESTS], other_width;
};

/* All of a small file, or pieces spread over it. */
void recognise_sample(struct sample *s, struct input *in);
void recognise_sample_fini(struct sample *s);

/*
 * Most layouts take the same rows: read those of each dialect once, in all
 * pieces; or, where one thread asks for those of one piece, as far as they are
 * asked for.  They are NULL where the layout has to read its own, or nobody
 * did.
 */
void recognise_read_rows(struct sample *s, const struct layouts *ls,
    size_t threads);
struct sample_rows *recognise_rows(const struct sample *s,
    const struct layout *l, const struct csvdialect *dialect);
/* How many there are at most, from a piece on. */
size_t recognise_rows_from(const struct sample_rows *r, size_t piece);
/*
 * Row `i` of a piece, until the next one is asked for; NULL behind the last.
 * Ask for one after another.
 */
const struct csvrow *recognise_row(struct sample_rows *r, size_t piece,
    size_t i);

/* The piece from where a record of the layout begins; NULL: a line does. */
struct piece recognise_whole(const struct layout *l, const struct piece *p);

/* In which of its forms each stamp of a record that fits can be read. */
void recognise_count_stamps(const struct layout_record *rec, struct tally *t);
/*
 * Into t->form: of each stamp the first form that most records have.  True if
 * each date can be two days; it is then what keeps the days closest together.
 */
bool recognise_choose_stamps(const struct layout *l, struct tally *t);
/* One layout over the sample, with the delimiter under which it does best. */
void recognise_try(const struct layout *l, const struct sample *s,
    enum tally_how how, struct tally *best);
/*
 * 0 to 1.  Of many other records a few that fit prove nothing, nor do any
 * number that each lack much; but a header does, even if all that follows is
 * skipped, or nothing does.
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
