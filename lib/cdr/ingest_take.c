#include <string.h>

#include "cdr/ingest_impl.h"

static void
reject(struct ingest_reading *r, const struct csvrow *row, uint32_t column,
    const struct errmsg *reason)
{
	const struct reject rejected = {
		.line = row->line,
		.byte = row->offset,
		.column = column,
		.reason = reason->text,
		.raw = row->raw,
		.raw_len = row->raw_len,
	};

	if (ingest_seam_above(r, row))
		return;
	r->file->records++;
	r->file->rejects++;
	ingest_add_reject(r->in, &rejected);
}

void
ingest_added_call(struct ingest_reading *r, const struct csvrow *row, size_t i)
{
	struct call *c = &r->in->batch->calls[i];
	struct origin *o = &r->in->batch->origins[i];

	c->source = r->stream->source;
	if (i == 0)
		batch_usual_file(r->in->batch, r->stream->file);
	batch_set_file(r->in->batch, i, r->stream->file);
	o->line = row->line;
	ingest_seam_call(r, row, o);
	if (ingest_seam_above(r, row)) {
		/* It goes when the batch is sorted. */
		c->flags |= CALL_DUPLICATE;
		r->stream->context++;
		return;
	}
	r->file->records++;
	r->file->calls++;
}

static void
add_call(struct ingest_reading *r, const struct csvrow *row,
    const struct call *c, const struct origin *o)
{
	const size_t i = batch_add_many(r->in->batch, 1);

	r->in->batch->calls[i] = *c;
	r->in->batch->origins[i] = *o;
	batch_set_extras(r->in->batch, i, &r->decoder.extras);
	if (r->stream->weighed) {
		ingest_weigh(&r->decoder, c, &r->in->batch->origins[i]);
		ingest_count_clocks(r->stream, r->in->batch, i, 1,
		    INGEST_CLOCK_MIXED);
	}
	ingest_added_call(r, row, i);
}

void
ingest_add_skipped(struct ingest_reading *r, const struct csvrow *row,
    enum decode_result what)
{
	if (ingest_seam_above(r, row))
		return;
	r->other_kinds |= what == DECODE_SKIPPED;
	r->file->records++;
	r->file->skipped++;
}

static enum decode_result
decode(struct ingest_reading *r, const struct csvrow *row, struct call *call,
    struct origin *origin, uint32_t *column, struct errmsg *reason)
{
	const uint32_t had = r->decoder.headers;
	enum decode_result result;

	memset(call, 0, sizeof(*call));
	memset(origin, 0, sizeof(*origin));
	result = decode_row(&r->decoder, row, call, origin, column, reason);
	if (r->decoder.headers != had)
		ingest_seam_header(r, row);
	return result;
}

/* A record that counts only if it can be read: false if not. */
static bool
take_good(struct ingest_reading *r, const struct csvrow *row, uint32_t *column,
    struct errmsg *reason)
{
	struct call call;
	struct origin origin;
	const enum decode_result result =
	    decode(r, row, &call, &origin, column, reason);

	switch (result) {
	case DECODE_CALL:
		add_call(r, row, &call, &origin);
		return true;
	case DECODE_SKIPPED:
	case DECODE_NO_RECORD:
		ingest_add_skipped(r, row, result);
		return true;
	case DECODE_REJECT:
		break;
	}
	return false;
}

/* Only a look: it will be read again, and then it counts. */
static bool
is_call(struct ingest_reading *r, const struct csvrow *row)
{
	const struct decode_years years = r->decoder.years;
	const int64_t rounded = r->decoder.rounded;
	const int64_t no_seconds = r->decoder.no_seconds;
	struct call call;
	struct origin origin;
	struct errmsg reason;
	uint32_t column;
	bool good;

	good = decode(r, row, &call, &origin, &column, &reason) == DECODE_CALL;
	r->decoder.years = years;
	r->decoder.rounded = rounded;
	r->decoder.no_seconds = no_seconds;
	return good;
}

/*
 * One line of a record that spans several, as a record by itself.  `search`:
 * only say whether it is a call.
 */
static bool
take_line(struct ingest_reading *r, const struct csvrow *whole, size_t at,
    size_t len, uint32_t line, bool search)
{
	const struct layout *l = r->stream->layout;
	struct rows *reader;
	struct errmsg reason;
	struct csvrow row;
	uint32_t column;
	bool good = false;

	reader = rows_memory(whole->raw + at, len, l, &r->form);
	if (rows_next(reader, &row, NULL) == 1) {
		row.line = line;
		row.offset = whole->offset + at;
		if (search)
			good = is_call(r, &row);
		else if (!take_good(r, &row, &column, &reason))
			reject(r, &row, column, &reason);
	}
	rows_free(&reader);
	return good;
}

static bool
take_lines(struct ingest_reading *r, const struct csvrow *whole, bool search)
{
	const char *raw = whole->raw, *stop;
	const char ends =
	    memchr(raw, '\n', whole->raw_len) != NULL ? '\n' : '\r';
	uint32_t line = whole->line;
	size_t at = 0, len;

	while (at < whole->raw_len) {
		stop = memchr(raw + at, ends, whole->raw_len - at);
		len = stop != NULL ? (size_t)(stop - raw) - at
				   : whole->raw_len - at;
		if (take_line(r, whole, at, len, line, search))
			return true;
		at += len + 1;
		line++;
	}
	return false;
}

void
ingest_take_row(struct ingest_reading *r, const struct csvrow *row)
{
	struct errmsg reason;
	uint32_t column;

	if (take_good(r, row, &column, &reason))
		return;
	if (row->lines > 1 && r->stream->layout->container == CONTAINER_ROWS &&
	    take_lines(r, row, true)) {
		r->trace.within = row;
		(void)take_lines(r, row, false);
		r->trace.within = NULL;
	} else {
		reject(r, row, column, &reason);
	}
}
