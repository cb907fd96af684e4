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
	DECODE_SKIPPED, /* no call: a header, another kind, a comment, blank */
	DECODE_REJECT
};

/* Stamps before this are rejects: 2000-01-01 UTC. */
#define DECODE_EARLIEST INT64_C(946684800000)

struct decoder {
	const struct layout *layout;
	struct layout_form form;
	struct layout_header header; /* the last one */
	struct layout_carried carried;
	struct batch *batch;
	int64_t latest;    /* a start after this is a reject */
	struct buf record; /* scratch: the cells, for the key */
	struct buf joined; /* scratch: a text made of several cells */
};

void decoder_init(struct decoder *d, const struct layout *l,
    const struct layout_form *form, struct batch *b, int64_t latest);
void decoder_fini(struct decoder *d);

/*
 * Records go in as they stand in the file, because a header tells what the
 * columns below it are.
 *
 * Fill a zeroed call and origin, all but source, file and line.  The key is
 * that of the cells alone; the caller tells equal records of a file apart.
 * DECODE_REJECT sets the reason and the column, from 1, 0 for the record.
 */
enum decode_result decode_row(struct decoder *d, const struct csvrow *row,
    struct call *call, struct origin *origin, uint32_t *column,
    struct errmsg *reason);

/*
 * When the switch made this call id, in ms since 1970 UTC; false if the
 * layout or the id does not tell.
 */
bool decode_epoch(const struct layout *l, const char *id, size_t len,
    int64_t *utc_ms);

#endif
