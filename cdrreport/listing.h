/*
 * listing: the commands of cdrreport that list accounts or calls: unused,
 * lockout, calls.
 *
 * They read the store and write rows, as text, as one JSON document or as an
 * object a line; calls also as csv and tsv.
 */
#ifndef CDRREPORT_LISTING_H
#define CDRREPORT_LISTING_H

#include "detect/finding.h"
#include "io/jsonout.h"
#include "report.h"
#include "store/store.h"

struct listing {
	struct setup setup;
	const struct report_options *o;
	const char *operand; /* of listing_run_of(), else NULL */
	struct store *store;
	struct results results;  /* of the store */
	const struct zone *zone; /* of times shown */
	int64_t as_of;           /* --now, else where the last run stood */
	struct buf out;
	int status; /* enum exit_code */
};

/*
 * The whole of a command: settings, store, `list`, output.  `list` fills `out`
 * and makes `status` worse where it must.
 */
int listing_run(const char *name, const struct report_options *o,
    void (*list)(struct listing *l));
/* The same of a command that has one operand, and writes tables, too. */
int listing_run_of(const char *name, const char *operand,
    const struct report_options *o, void (*list)(struct listing *l));

enum listing_format {
	LISTING_TEXT,
	LISTING_JSON,
	LISTING_NDJSON,
	LISTING_CSV,
	LISTING_TSV
};
enum listing_format listing_format(const struct listing *l);
/* Whether --format is one up to `most`; if not it is said. */
bool listing_fits(const struct setup *s, const char *name,
    enum listing_format most);
/* That there is no store; EXIT_NOT_DONE. */
int listing_no_store(const struct setup *s);

/* Row by row: the object stands open between the two. */
void listing_begin_row(struct listing *l, struct jsonout *j,
    const char *schema);
void listing_end_row(struct listing *l, struct jsonout *j);

#endif
