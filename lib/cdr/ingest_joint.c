#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/xalloc.h"
#include "cdr/ingest_block_impl.h"

/*
 * Of the pieces of a stream each is read as if a row began with it.  Where none
 * does, because the one before ended inside quotes, what that one left and the
 * piece are read again, as one, up to where both readings agree:
 *
 *	| ... row |  left  | no rows at all | row | row | ... | left |
 *	                     of the stream    ^ a row in both: from here on
 *	            read again, and added       the piece is as it was read
 */
struct ingest_joint {
	/* Behind the rows that were added; its bytes are in `memory`. */
	struct csvpiece left;
	char *memory;
	size_t cap;
	bool begun;
	/* A piece is read again, behind what was left: */
	bool again;
	struct rows *rows;
	struct csvrow row;
	bool has_row;
	/* A quote may not have been closed before this place. */
	uint64_t calm;
};

struct ingest_joint *
ingest_joint_new(const struct ingest_reading *r)
{
	struct ingest_joint *j = xcalloc(1, sizeof(*j));

	j->rows = rows_memory("", 0, r->stream->layout, &r->form);
	return j;
}

void
ingest_joint_free(struct ingest_joint **jp)
{
	if (*jp == NULL)
		return;
	rows_free(&(*jp)->rows);
	free((*jp)->memory);
	free(*jp);
	*jp = NULL;
}

void
ingest_joint_begin(struct ingest_joint *j, const struct csvpiece *first)
{
	if (j->begun)
		return;
	j->begun = true;
	j->left = *first;
	j->left.len = 0;
}

void
ingest_joint_end(struct ingest_joint *j, struct csvreader *lines)
{
	if (j->begun)
		csvreader_uncut(lines, &j->left);
	j->begun = false;
}

static void
read_again(struct ingest_joint *j, const struct ingest_block *b)
{
	const size_t had = j->left.len;

	assert(j->left.offset + had == b->piece.offset);
	j->memory = xgrow(j->memory, &j->cap, had + b->piece.len, 1);
	memcpy(j->memory + had, b->piece.bytes, b->piece.len);
	j->left.bytes = j->memory;
	j->left.len += b->piece.len;
	j->calm = j->left.open_until;
	j->again = true;
	j->has_row = false;
	csvreader_piece(rows_lines_of(j->rows), &j->left);
}

static bool
next_row(struct ingest_joint *j)
{
	if (!j->has_row)
		j->has_row = rows_next(j->rows, &j->row, NULL) == 1;
	return j->has_row;
}

/* Whether the row is one that the block's thread found, too: from it on. */
static bool
agrees(const struct ingest_joint *j, struct ingest_block *b)
{
	const uint64_t at = j->row.offset - b->piece.offset;
	size_t low = 0, high = b->n, mid;

	if (!b->decoded || j->row.offset < b->piece.offset ||
	    j->row.offset < j->calm ||
	    b->left.open_until != b->piece.open_until)
		return false;
	while (low < high) {
		mid = low + (high - low) / 2;
		if (b->marks[mid].at < at)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == b->n || b->marks[low].at != at)
		return false;
	b->row = low;
	b->call = ingest_block_calls(b, low);
	b->line = j->row.line - b->marks[low].line;
	return true;
}

/* Add the row that was read again. */
static void
take_row(struct ingest_joint *j, struct ingest_reading *r)
{
	/* No further than this it was looked for the end of its quotes. */
	if (j->row.fault != NULL)
		j->calm = j->row.offset + 2 * BOUNDS_RECORD;
	(void)ingest_note_row(r, &j->row);
	ingest_take_row(r, &j->row);
	j->has_row = false;
}

bool
ingest_joint_enter(struct ingest_joint *j, struct ingest_block *b,
    struct ingest_reading *r, bool alone)
{
	if (b->entered)
		return true;
	if (!j->again) {
		b->line = j->left.line;
		b->entered = b->decoded && j->left.len == 0 &&
			     j->left.open_until <= b->piece.offset;
		if (b->entered)
			return true;
		read_again(j, b);
	}
	while (next_row(j)) {
		if (agrees(j, b)) {
			j->again = false;
			b->entered = true;
			return true;
		}
		if (!alone && r->stream->layout->header)
			return false;
		take_row(j, r);
	}
	b->row = b->n;
	b->entered = true;
	return true;
}

void
ingest_joint_leave(struct ingest_joint *j, const struct ingest_block *b)
{
	if (j->again) {
		j->left = csvreader_left(rows_lines_of(j->rows));
		memmove(j->memory, j->left.bytes, j->left.len);
	} else {
		j->left = b->left;
		j->left.line += b->line;
		j->memory = xgrow(j->memory, &j->cap, j->left.len, 1);
		if (j->left.len > 0)
			memcpy(j->memory, b->left.bytes, j->left.len);
	}
	j->left.bytes = j->memory;
	j->again = false;
}
