/*
 * decode: one record under a layout to one call as recorded.
 *
 * Reads the cells that the layout names, checks them, and interns their
 * texts; nothing is allocated per record.  What it cannot read it refuses
 * with a reason and the column; it never invents a value.
 *
 * A stamp without zone is not UTC yet, because the zone may only be known
 * when all records are read: `start` is then the wall clock as if it were
 * UTC, and zone_kind of the origin is STAMP_LOCAL.  cdr/ingest converts.
 */
#ifndef LIB_CDR_DECODE_H
#define LIB_CDR_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/errmsg.h"
#include "cdr/batch.h"
#include "cdr/call.h"
#include "cdr/layout.h"
#include "io/csvrow.h"

enum decode_result {
	DECODE_CALL,
	DECODE_SKIPPED,   /* of another kind than calls */
	DECODE_NO_RECORD, /* a header, a comment, blank */
	DECODE_REJECT
};

/* Stamps before this are rejects: 2000-01-01 UTC. */
#define DECODE_EARLIEST INT64_C(946684800000)

/*
 * Which year stamps without one are of.  Stated is the year of the first
 * record; from December to January, or wherever the month falls by more than
 * six, the next one begins, and a record of December that comes after one of
 * January is of the year before.  Where it is not stated, each record is of
 * the latest year in which it is not in the future, whatever stands before
 * it.
 */
struct decode_years {
	int stated;      /* 0: assume */
	int year, month; /* of the last call that was read; 0: none */
	int first, last; /* years that were assumed; 0: none */
};

enum { DECODE_TEXTS = 17 };

/*
 * Short texts that were read lately, with their ids in the names of a batch:
 * nearly all texts are among them, and found with one look.
 */
struct decode_lately;
struct decode_recent; /* some of them */

struct decode_lately *decode_lately_new(void);
void decode_lately_free(struct decode_lately **lp);
/* The names are others. */
void decode_lately_forget(struct decode_lately *l);

/* Texts of a call that are looked up together. */
struct decode_names {
	struct intern_item items[DECODE_TEXTS];
	struct decode_recent *recent[DECODE_TEXTS]; /* note it there; or NULL */
	size_t n;
};

struct decoder {
	const struct layout *layout;
	struct layout_form form;
	struct layout_header header; /* the last one */
	uint32_t headers;            /* how many there were */
	bool titled;                 /* there was one, needed or not */
	struct decode_plan *plan;    /* of the last record */
	struct batch *batch;
	int64_t latest;            /* a start after this is a reject */
	struct decode_years years; /* set `stated` before the first record */
	struct buf record;         /* scratch: the cells, for the key */
	struct buf joined;         /* scratch: a text made of several cells */
	struct decode_names names;
	struct decode_lately *lately;
	bool borrowed;        /* it is another's */
	struct stamp_day day; /* of the last stamp */
	/* Of the call that was read last, for batch_set_extras(). */
	struct call_extras extras;
	struct layout_above above; /* what a record above this one left */
	/* What a spreadsheet took from the calls when it saved them. */
	int64_t rounded;    /* calls with a number like 9.71E+11 */
	int64_t no_seconds; /* calls with a time without its seconds */
	bool too_late;      /* a start after `latest` was refused */
	bool to_come;       /* and one of them is of the next month */
	/* Set to have decode_epoch() of the id of each call, beside it. */
	bool asks_epoch;
	bool has_epoch;
	int64_t epoch;
};

void decoder_init(struct decoder *d, const struct layout *l,
    const struct layout_form *form, struct batch *b, int64_t latest);
/*
 * The same, with what was read lately into that batch, by one of any layout:
 * small files would fill their own for a few records.  It stays the caller's.
 */
void decoder_init_after(struct decoder *d, const struct layout *l,
    const struct layout_form *form, struct batch *b, int64_t latest,
    struct decode_lately *lately);
void decoder_fini(struct decoder *d);
/*
 * One that reads some of the same records into a batch of its own, for
 * decode_alone().  It borrows the header: until it is ended, `of` may read no
 * other; and what was read lately into that batch.
 */
void decoder_init_beside(struct decoder *d, const struct decoder *of,
    struct batch *b, struct decode_lately *lately);
void decoder_fini_beside(struct decoder *d);

/*
 * Records go in as they stand in the file, because a header tells what the
 * columns below it are.
 *
 * Fill a zeroed call and origin, all but source, file and line, and the
 * decoder's `extras`.  The key is
 * that of the cells alone; the caller tells equal records of a file apart.
 * DECODE_REJECT sets the reason and the column, from 1, 0 for the record.
 */
enum decode_result decode_row(struct decoder *d, const struct csvrow *row,
    struct call *call, struct origin *origin, uint32_t *column,
    struct errmsg *reason);

/*
 * The same, whatever stands above the record; but what could only be read with
 * that, or changes how records below it are read, and all that is no call by
 * its cells alone, is DECODE_REJECT.  Then decode_row() must be asked.
 */
enum decode_result decode_alone(struct decoder *d, const struct csvrow *row,
    struct call *call, struct origin *origin);

/*
 * When the switch made this call id, in ms since 1970 UTC; false if the
 * layout or the id does not tell.
 */
bool decode_epoch(const struct layout *l, const char *id, size_t len,
    int64_t *utc_ms);

#endif
