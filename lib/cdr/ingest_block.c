#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/ingest_impl.h"

enum {
	BYTES_A_FIELD = 8, /* at least, on the average */
	BYTES_A_ROW = 64,
	/* Beside the result of a row: */
	ROUNDED = 16,
	NO_SECONDS = 32,
	RESULT = 15
};

struct ingest_block {
	/* Memory that does not move while rows point to it. */
	char *bytes;
	size_t used, cap;
	struct csvfield *fields;
	size_t nfields, fields_cap;
	struct csvrow *rows;
	size_t n, rows_cap;
	/* What was made of them, if anything. */
	bool decoded;
	struct batch *batch; /* NULL: not once */
	uint8_t *results;    /* by row: enum decode_result, and the above */
	uint32_t headers;    /* that were read before */
	size_t left;         /* rows that could not be read alone */
	/* How far it is added. */
	size_t row, call;
	struct intern_map names; /* to those of all; `from` NULL: not yet */
};

struct ingest_block *
ingest_block_new(size_t bytes)
{
	struct ingest_block *b = xcalloc(1, sizeof(*b));

	b->cap = bytes;
	b->fields_cap = bytes / BYTES_A_FIELD + 1;
	b->rows_cap = bytes / BYTES_A_ROW + 1;
	b->bytes = xmalloc(b->cap);
	b->fields = xmalloc(b->fields_cap * sizeof(*b->fields));
	b->rows = xmalloc(b->rows_cap * sizeof(*b->rows));
	b->results = xmalloc(b->rows_cap);
	return b;
}

void
ingest_block_empty(struct ingest_block *b)
{
	intern_map_fini(&b->names);
	b->decoded = false;
	b->used = b->nfields = b->n = b->left = 0;
	b->row = b->call = 0;
}

void
ingest_block_free(struct ingest_block **bp)
{
	struct ingest_block *b = *bp;

	if (b == NULL)
		return;
	ingest_block_empty(b);
	batch_free(&b->batch);
	free(b->bytes);
	free(b->fields);
	free(b->rows);
	free(b->results);
	free(b);
	*bp = NULL;
}

static bool
within(const struct csvrow *row, const struct csvfield *f)
{
	const uintptr_t at = (uintptr_t)f->text - (uintptr_t)row->raw;

	/* What stands before the row is far behind it so. */
	return at <= row->raw_len && f->len <= row->raw_len - at;
}

/* What the row takes, at most: any text may stand elsewhere. */
static size_t
most_bytes(const struct csvrow *row)
{
	size_t n = row->raw_len;
	uint32_t i;

	for (i = 0; i < row->n; i++)
		n += row->fields[i].len;
	return n;
}

static bool
make_room(struct ingest_block *b, size_t bytes, size_t fields)
{
	if (b->n > 0)
		return b->n < b->rows_cap && bytes <= b->cap - b->used &&
		       fields <= b->fields_cap - b->nfields;
	if (bytes > b->cap) {
		b->cap = bytes;
		b->bytes = xrealloc(b->bytes, b->cap, 1);
	}
	if (fields > b->fields_cap) {
		b->fields_cap = fields;
		b->fields = xrealloc(b->fields, fields, sizeof(*b->fields));
	}
	return true;
}

static const char *
keep(struct ingest_block *b, const char *text, size_t len)
{
	char *kept = b->bytes + b->used;

	memcpy(kept, text, len);
	b->used += len;
	return kept;
}

bool
ingest_block_add(struct ingest_block *b, const struct csvrow *row)
{
	const struct csvfield *from = row->fields, *end = from + row->n;
	struct csvrow *kept = &b->rows[b->n];
	struct csvfield *field;
	const char *raw;

	assert(row->gathered == NULL);
	if (!make_room(b, most_bytes(row), row->n))
		return false;
	field = b->fields + b->nfields;
	raw = keep(b, row->raw, row->raw_len);
	*kept = *row;
	kept->raw = raw;
	kept->fields = field;
	for (; from < end; from++, field++) {
		*field = *from;
		field->text = within(row, from)
				  ? raw + (from->text - row->raw)
				  : keep(b, from->text, from->len);
	}
	b->nfields += row->n;
	b->n++;
	return true;
}

static void
begin_batch(struct ingest_block *b, const struct ingest_reading *r)
{
	if (b->batch == NULL)
		b->batch = batch_new();
	batch_reset(b->batch);
	b->batch->keep_ids = r->in->batch->keep_ids;
	(void)batch_add_some(b->batch, b->n);
	b->batch->n = 0;
	b->headers = r->decoder.headers;
	b->decoded = true;
}

void
ingest_block_decode(struct ingest_block *b, const struct ingest_reading *r)
{
	struct batch *to;
	enum decode_result result;
	struct decoder d;
	size_t i;

	begin_batch(b, r);
	to = b->batch;
	decoder_init_beside(&d, &r->decoder, to);
	for (i = 0; i < b->n; i++) {
		/* Each row goes to the place of the next call. */
		memset(&to->calls[to->n], 0, sizeof(*to->calls));
		memset(&to->origins[to->n], 0, sizeof(*to->origins));
		d.rounded = d.no_seconds = 0;
		result = decode_alone(&d, &b->rows[i], &to->calls[to->n],
		    &to->origins[to->n]);
		b->results[i] =
		    (uint8_t)((unsigned)result | (d.rounded > 0 ? ROUNDED : 0) |
			      (d.no_seconds > 0 ? NO_SECONDS : 0));
		b->left += result == DECODE_REJECT;
		to->n += result == DECODE_CALL;
	}
	decoder_fini_beside(&d);
}

/* The names of a call as they are called in the batch of all. */
static void
name_all(const struct ingest_block *b, struct batch *to, struct call *c,
    struct origin *o)
{
	uint32_t *const names[] = { &c->src, &c->dst, &c->dialled,
		&c->forwarded_by, &c->account, &c->user, &c->trunk_in,
		&c->trunk_out, &o->src_name, &o->service, &o->clue_in,
		&o->auth_code, &o->call_id, &o->join };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		*names[i] = intern_mapped(&b->names, *names[i]);
	if (c->currency != 0)
		c->currency = batch_currency(to,
		    batch_text(b->batch, b->batch->currencies[c->currency]));
}

static void
start_merge(struct ingest_block *b, struct batch *to)
{
	if (b->names.from == NULL && b->decoded)
		intern_map_init(&b->names, to->names, b->batch->names);
}

/* How many rows from the present one on their thread read as calls. */
static size_t
run_of_calls(const struct ingest_block *b)
{
	size_t i = b->row;

	while (i < b->n && (b->results[i] & RESULT) == DECODE_CALL)
		i++;
	return i - b->row;
}

static void
merge_calls(struct ingest_block *b, struct ingest_reading *r, size_t n)
{
	struct batch *to = r->in->batch;
	const size_t first = batch_add_some(to, n);
	uint8_t result;
	size_t i;

	for (i = 0; i < n; i++, b->call++) {
		to->calls[first + i] = b->batch->calls[b->call];
		to->origins[first + i] = b->batch->origins[b->call];
		name_all(b, to, &to->calls[first + i], &to->origins[first + i]);
		result = b->results[b->row + i];
		r->decoder.rounded += (result & ROUNDED) != 0;
		r->decoder.no_seconds += (result & NO_SECONDS) != 0;
	}
	ingest_added_calls(r, &b->rows[b->row], first, n);
}

/* Some rows as their thread read them; 0 if it could not read the first. */
static size_t
merge_rows(struct ingest_block *b, struct ingest_reading *r)
{
	const size_t n = run_of_calls(b);

	if (n > 0) {
		merge_calls(b, r, n);
		return n;
	}
	if ((b->results[b->row] & RESULT) != DECODE_SKIPPED)
		return 0;
	ingest_add_skipped(r, &b->rows[b->row]);
	return 1;
}

bool
ingest_block_merge(struct ingest_block *b, struct ingest_reading *r, bool alone)
{
	size_t n;

	start_merge(b, r->in->batch);
	for (; b->row < b->n; b->row += n) {
		n = b->decoded && b->headers == r->decoder.headers
			? merge_rows(b, r)
			: 0;
		if (n > 0)
			continue;
		if (!alone && r->stream->layout->header)
			return false;
		ingest_take_row(r, &b->rows[b->row]);
		n = 1;
	}
	return true;
}

void
ingest_block_count(const struct ingest_block *b, size_t *rows, size_t *left)
{
	*rows += b->n;
	*left += b->left;
}
