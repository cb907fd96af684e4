/*
 * recognise: which layout a file has, how sure that is, and why.
 *
 * Every layout names cells that its records have (a disposition in column
 * 15, a stamp in column 10), each with a weight.  A record scores the share
 * of the weight that it shows, nothing if it lacks a cell that it must have
 * or has another number of columns.  The confidence is the mean score over
 * up to 1,000 records, spread over the file where it is plain and on disk,
 * from its beginning otherwise; the layout with the greatest wins if at
 * least half of what was looked at speaks for it, 0.68 where not one record
 * shows all; or if a header names its columns and no record follows.  Fallback
 * layouts have their turn where no other wins.
 *
 * Where none fits the nearest is named all the same: the best one, or the one
 * whose cells, those that must be there, too, are most like the file's; and
 * what most of the records lack.
 *
 * A file also settles what its layout leaves open: of several delimiters the
 * one under which the layout fits best, of the forms that a stamp may have
 * the first that most of the records have.
 */
#ifndef LIB_CDR_RECOGNISE_H
#define LIB_CDR_RECOGNISE_H

#include <stdint.h>

#include "cdr/layout.h"
#include "io/input.h"

enum { RECOGNISE_REASON = 256 };

struct recognition {
	const struct layout *layout; /* NULL: none fits */
	double confidence;           /* 0 to 1, of the best one */
	uint32_t records;            /* looked at; 0: the file has none */
	struct layout_form form;
	/* The next best one, if as much as half of it speaks for it, too. */
	const struct layout *second;
	double second_confidence;
	/* The one that comes nearest where none fits; or NULL. */
	const struct layout *nearest;
	/* Every stamp could be another day as well: "01/02/2026". */
	bool either_day;
	/*
	 * "16 of 16 records: 18 columns, disposition in column 15"; "nearest
	 * is asterisk-csv, 3 of 9 records; 6 have no disposition in column 15"
	 * where none fits; or "".
	 */
	char reason[RECOGNISE_REASON];
};

/*
 * Looks at the input without taking anything from it; at so many layouts at
 * once (0: as many as there are processors).
 */
void recognise(const struct layouts *ls, struct input *in, size_t threads,
    struct recognition *out);
/*
 * The same where the layout is known: what it leaves open, and how well it
 * fits.
 */
void recognise_form(const struct layout *l, struct input *in,
    struct recognition *out);
/* Wait for all that these will look at; they need not, then. */
void recognise_await(struct input *in);

#endif
