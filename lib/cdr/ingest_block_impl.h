/*
 * ingest_block_impl: what the sources of blocks share.
 *
 *   ingest_block.c        rows decoded by one thread
 *   ingest_block_merge.c  the same added by another
 *   ingest_kept.c         rows that are copied out of their reader's memory
 *   ingest_joint.c        where pieces of a stream meet
 */
#ifndef LIB_CDR_INGEST_BLOCK_IMPL_H
#define LIB_CDR_INGEST_BLOCK_IMPL_H

#include "cdr/ingest_impl.h"

/* Rows in memory that does not move while they point to it. */
struct ingest_kept {
	char *bytes;
	size_t used, cap;
	struct csvfield *fields;
	size_t nfields, fields_cap;
	struct csvrow *rows;
	size_t n, cap_rows;
};

struct ingest_kept *ingest_kept_new(size_t bytes);
void ingest_kept_free(struct ingest_kept **kp);
void ingest_kept_empty(struct ingest_kept *k);
/* False if it has no room for the row; an empty one has room for any. */
bool ingest_kept_add(struct ingest_kept *k, const struct csvrow *row);

/* What became of a row: enum decode_result, and bits of what was lost of it. */
enum { MARK_RESULT = 15, MARK_ROUNDED = 16, MARK_NO_SECONDS = 32 };

/* A row that was decoded, and where it is in the piece. */
struct ingest_mark {
	uint32_t at, len, line, lines; /* the first line is 0 */
	uint8_t result;                /* MARK_... */
};

struct ingest_block {
	size_t bytes;             /* that it should have */
	struct ingest_kept *kept; /* NULL: its rows are those of: */
	struct csvpiece piece;
	char *memory; /* of the piece */
	size_t cap;
	struct rows *rows;    /* reads the piece; NULL: not yet */
	struct csvpiece left; /* behind its rows, lines as of marks */
	/* What was made of the rows. */
	struct ingest_mark *marks;
	size_t n, marks_cap;
	bool decoded;
	struct batch *batch;          /* NULL: not once */
	struct decode_lately *lately; /* beside it */
	uint32_t headers;             /* that were read before */
	size_t nleft;                 /* rows that could not be read alone */
	bool calls_only; /* all rows are calls, and nothing of them counts */
	unsigned clock;  /* ingest_one_clock() of the batch */
	/* How far it is added. */
	bool mapped, entered, done;
	uint32_t line; /* of the piece, in the stream */
	size_t row, call;
	struct intern_map names; /* to those of all; `from` NULL: none */
};

/* How many of the marks before `i` are calls. */
size_t ingest_block_calls(const struct ingest_block *b, size_t i);

/*
 * Rows of pieces were added up to the one before `b`: find out from which row
 * on those of `b` are what its thread found, and add all that stand before.
 * False as ingest_block_merge().
 */
bool ingest_joint_enter(struct ingest_joint *j, struct ingest_block *b,
    struct ingest_reading *r, bool alone);
/* The rows of `b` were added. */
void ingest_joint_leave(struct ingest_joint *j, const struct ingest_block *b);

#endif
