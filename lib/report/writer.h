/*
 * writer: what every way of writing a report is given.
 *
 * A writer gets the view (which cases, with their findings), the options, and
 * an outfile, and writes one complete report.  A failed write is remembered
 * by the outfile and told by outfile_commit(), so a writer fails only where
 * it cannot say what it was asked to.  report/emit has the table of them.
 */
#ifndef LIB_REPORT_WRITER_H
#define LIB_REPORT_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/errmsg.h"
#include "detect/finding.h"
#include "io/outfile.h"
#include "report/casedata.h"
#include "report/order.h"
#include "report/select.h"
#include "tel/zone.h"

enum report_detail {
	DETAIL_LOW, /* the table of cases */
	DETAIL_MED, /* and each case with its points and some of its calls */
	DETAIL_HIGH /* and all findings, all evidence, all triage */
};
const char *report_detail_name(enum report_detail d); /* low med high */
int report_detail_parse(const char *name);            /* -1 if none */

/* What people said of a case, a line each: "note of c-1 (bob): ticket 4711". */
struct report_said {
	const char *const *lines;
	size_t n;
};

struct emit_options {
	const struct zone *zone;   /* of local times; NULL: UTC */
	int width;                 /* of a text line; 0: 80, in a mail 72 */
	bool colour;               /* text: the output is a terminal */
	bool compact;              /* json: no blanks, no line feeds */
	enum report_detail detail; /* text, html, mail */
	size_t cases;  /* medium detail: told of one by one; 0: all */
	bool timeline; /* when each rule had seen enough; high detail, too */
	bool csv_safe; /* csv, tsv: no cell is a formula */
	const char **columns; /* csv, tsv: these; 0 of them: all */
	size_t ncolumns;
	struct order sort; /* csv, tsv: rows by a column; no field: as found */
	/* Beside the cases of the view, what pictures show; NULLs: none. */
	const struct casedata *const *data;
	const struct report_said *said;  /* text, html, mail; so, too */
	const char *to, *from, *subject; /* mail; NULL: not stated */
	bool attach_csv;                 /* mail */
	/*
	 * How a person gets at a case's other calls: the command to put before
	 * its id, or NULL where there is no store to ask.
	 */
	const char *calls_command;
};

enum { REPORT_CASES = 50 };

/* Width 80, UTC, medium detail, REPORT_CASES, no colour. */
void emit_options_init(struct emit_options *opt);
/* How many cases, the first, are told of one by one. */
size_t emit_cases_shown(const struct view *v, const struct emit_options *opt);

struct writer {
	const char *name; /* as in --format */
	int (*write)(struct outfile *out, const struct view *view,
	    const struct emit_options *opt, struct errmsg *err);
	const char *help;
};

/*
 * Replace the last `digits` digits of every outside number by x, in all texts
 * of the findings and cases: "+53755501xx".  Outside is what begins with "+"
 * or has seven digits and more.  Done on the results, so that no writer can
 * forget it; the new texts belong to their arena.  Make the view before, or
 * whole numbers select nothing any more.
 */
void report_redact(struct results *rs, int digits);
/* The same of one text; NULL stays NULL. */
const char *report_redact_text(struct arena *arena, const char *text,
    int digits);

#endif
