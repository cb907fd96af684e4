#include <assert.h>

#include "cdr/ingest_block_impl.h"

/* Row `b->row`, of a piece without its cells. */
static void
show_row(const struct ingest_block *b, struct ingest_reading *r,
    struct csvrow *row)
{
	const struct ingest_mark *mark = &b->marks[b->row];

	if (b->kept != NULL) {
		*row = b->kept->rows[b->row];
		return;
	}
	*row = (struct csvrow){ .line = b->line + mark->line,
		.lines = mark->lines,
		.offset = b->piece.offset + mark->at,
		.raw = b->piece.bytes + mark->at,
		.raw_len = mark->len,
		.ended = true };
	(void)ingest_note_row(r, row);
}

/* The same with its cells. */
static void
read_row(struct ingest_block *b, struct ingest_reading *r, struct csvrow *row)
{
	const struct ingest_mark *mark;
	int more;

	if (b->kept != NULL) {
		*row = b->kept->rows[b->row];
		return;
	}
	mark = &b->marks[b->row];
	csvreader_seek(rows_lines_of(b->rows), mark->at, b->line + mark->line);
	more = rows_next(b->rows, row, NULL);
	assert(more == 1);
	(void)ingest_note_row(r, row);
}

/* The names of a call as they are called in the batch of all. */
static inline void
name_all(const struct ingest_block *b, struct call *c, struct origin *o)
{
	const struct intern_map *m = &b->names;

	c->src = intern_mapped_usual(m, c->src);
	c->dst = intern_mapped_usual(m, c->dst);
	c->dialled = intern_mapped_usual(m, c->dialled);
	c->account = intern_mapped_usual(m, c->account);
	c->user = intern_mapped_usual(m, c->user);
	c->trunk_in = intern_mapped_usual(m, c->trunk_in);
	c->trunk_out = intern_mapped_usual(m, c->trunk_out);
	o->service = intern_mapped_usual(m, o->service);
	c->clue_in = intern_mapped_usual(m, c->clue_in);
	o->call_id = intern_mapped(m, o->call_id);
}

/* A call that a thread read. */
static inline void
copy_call(const struct ingest_block *b, size_t from, struct batch *to, size_t i)
{
	struct call *c = &to->calls[i];

	*c = b->batch->calls[from];
	to->origins[i] = b->batch->origins[from];
	name_all(b, c, &to->origins[i]);
	if (c->currency != 0)
		c->currency = batch_currency(to,
		    batch_text(b->batch, b->batch->currencies[c->currency]));
}

/* The same of `n` calls from the present one on, where any has them. */
static void
merge_extras(const struct ingest_block *b, struct batch *to, size_t first,
    size_t n)
{
	struct call_extras x;
	size_t i, k;

	for (i = 0; b->batch->extras.any && i < n; i++) {
		x = batch_get_extras(b->batch, b->call + i);
		for (k = 0; k < EXTRA_NAMES; k++)
			x.ids[k] = intern_mapped(&b->names, x.ids[k]);
		batch_set_extras(to, first + i, &x);
	}
}

static void
start_merge(struct ingest_block *b, struct batch *to)
{
	if (b->mapped || !b->decoded)
		return;
	if (b->names.from == NULL)
		intern_map_init(&b->names, to->names, b->batch->names);
	else
		intern_map_more(&b->names);
	b->mapped = true;
}

/* How many rows from the present one on their thread read as calls. */
static size_t
run_of_calls(const struct ingest_block *b, size_t n)
{
	size_t i = b->row;

	if (b->calls_only)
		return n - i;
	while (i < n && (b->marks[i].result & MARK_RESULT) == DECODE_CALL)
		i++;
	return i - b->row;
}

/*
 * How many of `n` calls stand between others, so that their rows do not matter
 * to the seam, which knows the first row before any block is added.  The first
 * call of all says which file is the usual one.
 */
static size_t
inner_calls(const struct ingest_block *b, const struct ingest_reading *r,
    size_t n)
{
	return b->calls_only && n > INGEST_CONTEXT && r->in->batch->n > n &&
		       r->file->resumed == 0
		   ? n - INGEST_CONTEXT
		   : 0;
}

/* Nobody has to look at what their thread noted of these. */
static void
merge_inner(struct ingest_block *b, struct ingest_reading *r, size_t first,
    size_t n)
{
	const uint32_t file = r->stream->file;
	struct batch *to = r->in->batch;
	bool naive = false;
	size_t i;

	for (i = first; i < first + n; i++) {
		copy_call(b, b->call++, to, i);
		to->origins[i].line += b->line;
		naive |= to->origins[i].zone_kind == STAMP_LOCAL;
		if (batch_file_of(to, i) != file)
			batch_set_file(to, i, file);
	}
	b->row += n;
	r->trace.naive |= naive;
	r->file->records += (int64_t)n;
	r->file->calls += (int64_t)n;
}

static void
merge_calls(struct ingest_block *b, struct ingest_reading *r, size_t n)
{
	struct batch *to = r->in->batch;
	const size_t first = batch_add_many(to, n);
	const size_t inner = inner_calls(b, r, n);
	struct csvrow row;
	uint8_t result;
	size_t i;

	merge_extras(b, to, first, n);
	merge_inner(b, r, first, inner);
	for (i = first + inner; i < first + n; i++, b->call++, b->row++) {
		copy_call(b, b->call, to, i);
		show_row(b, r, &row);
		ingest_added_call(r, &row, i);
		result = b->marks[b->row].result;
		r->decoder.rounded += (result & MARK_ROUNDED) != 0;
		r->decoder.no_seconds += (result & MARK_NO_SECONDS) != 0;
	}
	if (r->stream->weighed)
		ingest_count_clocks(r->stream, to, first, n, b->clock);
}

/* Rows as their thread read them; false if it could not read the first. */
static bool
merge_some(struct ingest_block *b, struct ingest_reading *r, size_t n)
{
	const size_t calls = run_of_calls(b, n);
	const unsigned result = b->marks[b->row].result & MARK_RESULT;
	struct csvrow row;

	if (calls == 0) {
		if (result != DECODE_SKIPPED && result != DECODE_NO_RECORD)
			return false;
		show_row(b, r, &row);
		ingest_add_skipped(r, &row, result);
		b->row++;
	}
	merge_calls(b, r, calls);
	return true;
}

/* Rows as their thread found them; false as ingest_block_merge(). */
static bool
merge_rows(struct ingest_block *b, struct ingest_reading *r, bool alone)
{
	const size_t n = b->kept != NULL ? b->kept->n : b->n;
	struct csvrow row;

	while (b->row < n) {
		if (b->decoded && b->headers == r->decoder.headers &&
		    merge_some(b, r, n))
			continue;
		if (!alone && r->stream->layout->header)
			return false;
		read_row(b, r, &row);
		ingest_take_row(r, &row);
		b->row++;
	}
	return true;
}

bool
ingest_block_merge(struct ingest_block *b, struct ingest_reading *r,
    struct ingest_joint *j, bool alone)
{
	if (b->done)
		return true;
	start_merge(b, r->in->batch);
	if (b->kept == NULL && !ingest_joint_enter(j, b, r, alone))
		return false;
	if (!merge_rows(b, r, alone))
		return false;
	if (b->kept == NULL)
		ingest_joint_leave(j, b);
	b->done = true;
	return true;
}
