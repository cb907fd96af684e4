#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "cdr/ingest_block_impl.h"

/*
 * For so many bytes of a block one name is kept to be found by the next ones:
 * enough for the usual ones, and all fit in the processor's cache.
 */
enum { BYTES_A_NAME = 8 };

struct ingest_block *
ingest_block_new(size_t bytes)
{
	struct ingest_block *b = xcalloc(1, sizeof(*b));

	b->bytes = bytes;
	return b;
}

void
ingest_block_empty(struct ingest_block *b)
{
	if (b->kept != NULL)
		ingest_kept_empty(b->kept);
	b->n = b->nleft = b->row = b->call = 0;
	b->decoded = b->mapped = b->entered = b->done = false;
}

void
ingest_block_free(struct ingest_block **bp)
{
	struct ingest_block *b = *bp;

	if (b == NULL)
		return;
	intern_map_fini(&b->names);
	batch_free(&b->batch);
	decode_lately_free(&b->lately);
	ingest_kept_free(&b->kept);
	rows_free(&b->rows);
	free(b->memory);
	free(b->marks);
	free(b);
	*bp = NULL;
}

bool
ingest_block_add(struct ingest_block *b, const struct csvrow *row)
{
	if (b->kept == NULL)
		b->kept = ingest_kept_new(b->bytes);
	return ingest_kept_add(b->kept, row);
}

bool
ingest_block_cut(struct ingest_block *b, struct csvreader *lines,
    struct ingest_joint *j)
{
	assert(b->kept == NULL);
	if (!csvreader_cut(lines, &b->memory, &b->cap, b->bytes, &b->piece))
		return false;
	ingest_joint_begin(j, &b->piece);
	b->piece.line = 0;
	return true;
}

/* The row lacks something that its switch wrote. */
static void
note_losses(struct ingest_block *b, struct decoder *d, struct ingest_mark *mark)
{
	const unsigned lost = (d->rounded > 0 ? MARK_ROUNDED : 0) |
			      (d->no_seconds > 0 ? MARK_NO_SECONDS : 0);

	mark->result = (uint8_t)(mark->result | lost);
	b->calls_only = false;
	d->rounded = d->no_seconds = 0;
}

/* Read a row alone, as mark `n`. */
static void
decode_one(struct ingest_block *b, const struct ingest_reading *r,
    struct decoder *d, const struct csvrow *row)
{
	enum decode_result result;
	struct ingest_mark *mark;
	struct origin *origin;
	struct call *call;
	const size_t i = batch_add(b->batch, &call, &origin);

	result = decode_alone(d, row, call, origin);
	if (b->n == b->marks_cap)
		b->marks =
		    xgrow(b->marks, &b->marks_cap, b->n + 1, sizeof(*b->marks));
	mark = &b->marks[b->n++];
	mark->at = (uint32_t)(row->offset - b->piece.offset);
	mark->len = (uint32_t)row->raw_len;
	mark->line = row->line;
	mark->lines = row->lines;
	mark->result = (uint8_t)result;
	if (result != DECODE_CALL) {
		b->batch->n--; /* the next one takes its place */
		b->calls_only = false;
		b->nleft += result == DECODE_REJECT;
		return;
	}
	if (d->rounded + d->no_seconds > 0)
		note_losses(b, d, mark);
	call->source = r->stream->source;
	origin->line = row->line;
	batch_set_extras(b->batch, i, &d->extras);
	if (r->stream->weighed)
		ingest_weigh(d, call, origin);
}

static void
decode_piece(struct ingest_block *b, const struct ingest_reading *r,
    struct decoder *d)
{
	struct csvrow row;

	if (b->rows == NULL)
		b->rows = rows_memory("", 0, r->stream->layout, &r->form);
	csvreader_piece(rows_lines_of(b->rows), &b->piece);
	while (rows_next(b->rows, &row, NULL) == 1)
		decode_one(b, r, d, &row);
	b->left = csvreader_left(rows_lines_of(b->rows));
}

void
ingest_block_decode(struct ingest_block *b, const struct ingest_reading *r)
{
	struct decoder d;
	size_t i;

	if (b->batch == NULL) {
		b->batch = batch_new();
		b->lately = decode_lately_new();
	}
	if (!batch_reset(b->batch, (uint32_t)(b->bytes / BYTES_A_NAME))) {
		intern_map_fini(&b->names);
		decode_lately_forget(b->lately);
	}
	b->batch->keep_ids = r->in->batch->keep_ids;
	b->batch->no_src_names = r->in->batch->no_src_names;
	b->headers = r->decoder.headers;
	b->calls_only = b->kept == NULL;
	decoder_init_beside(&d, &r->decoder, b->batch, b->lately);
	if (b->kept == NULL)
		decode_piece(b, r, &d);
	for (i = 0; b->kept != NULL && i < b->kept->n; i++)
		decode_one(b, r, &d, &b->kept->rows[i]);
	decoder_fini_beside(&d);
	if (r->stream->weighed)
		b->clock = ingest_one_clock(b->batch);
	b->decoded = true;
}

size_t
ingest_block_calls(const struct ingest_block *b, size_t i)
{
	size_t n = 0;

	while (i > 0)
		n += (b->marks[--i].result & MARK_RESULT) == DECODE_CALL;
	return n;
}

void
ingest_block_count(const struct ingest_block *b, size_t *rows, size_t *left)
{
	*rows += b->n;
	*left += b->nleft;
}
