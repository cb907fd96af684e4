/*
 * csvrow: bytes to rows (io/rowscan; libcsv for all that it does not vouch for).
 *
 * Reads what RFC 4180 says and what real switches write.  Bytes are bytes, no
 * character set is assumed; a byte order mark and NUL bytes at the start are
 * skipped; blank lines are no rows.
 *
 * Quotes.  A quote closes a field only before a delimiter or the end of the
 * line (blanks around the quotes are dropped), two of them are one, any other
 * is literal: `""Name" <1>"` is the text `"Name" <1>`.  But if such a quote
 * stands where a field begins, also before two of them, or no closing quote
 * follows on its line, then the field was not quoted at all and ends at its
 * next delimiter, its quotes kept: `"User 9" <113>,113,200,"a,b"` has four
 * fields.  Correct files never come to that.  Unquoted fields keep their
 * blanks.
 *
 * Escapes.  In a dialect with an escape character a quote inside quotes, and a
 * delimiter anywhere, are text behind that character; it is dropped, whatever
 * it stands before.  A record is then one line, and a quote that nothing closes
 * is literal.
 *
 * Lines.  The first line end tells whether lines end with LF (CRs before it
 * belong to it) or with CR alone; in a file with LF a lone CR is an ordinary
 * byte, so that nobody forges a record with one.  Line numbers are physical
 * lines, counted inside quoted fields, too: those of sed where lines end
 * with LF.
 *
 * Damage never takes good records with it: if a quote is never closed within
 * BOUNDS_RECORD bytes, the line that opened it is one faulty row, and the
 * next line is read as a new record.
 */
#ifndef LIB_IO_CSVROW_H
#define LIB_IO_CSVROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errmsg.h"
#include "io/input.h"
#include "io/rowscan.h"

struct csvfield {
	const char *text; /* no NUL need be behind it; until the next row */
	uint32_t len;
	bool quoted; /* stood between quotes, which are not in the text */
};

struct csvrow {
	const struct csvfield *fields;
	uint32_t n;          /* at least 1; 0 if there is a fault */
	uint32_t line;       /* physical line where the row starts, from 1 */
	uint32_t lines;      /* physical lines it covers */
	uint32_t packed_len; /* see below */
	uint64_t offset;     /* byte where it starts in the stream */
	/*
	 * The record as it stood, without its line end, valid until the next
	 * row; of one that is too long the first BOUNDS_RECORD bytes.
	 */
	const char *raw;
	size_t raw_len;
	/*
	 * Of a plain row of csvreader_pack(), else NULL: the length of each cell
	 * and its text, one cell behind another.  Behind where the text of a
	 * cell begins CSV_BEHIND bytes can be read, however long it is.
	 */
	const char *packed;
	uint64_t packed_hash; /* hash64() of that */
	const char *fault;    /* why it cannot be used, or NULL */
	/*
	 * Cells of earlier rows that belong to this one, which cdr/rows puts
	 * together; NULL where no row has any.  One without a text is none.
	 */
	const struct csvfield *gathered;
	bool ended;    /* its line end was there; false only at the end */
	bool repaired; /* something in it was mended: never of a CSV row */
	bool plain;    /* `raw` has no CR and no NUL; false: or perhaps */
};

enum { CSV_BEHIND = 16 };

/* How the cells of a record are told apart. */
struct csvdialect {
	char delimiter;
	char quote;  /* 0: none */
	char escape; /* 0: none; `\\`: see above */
};

/* What RFC 4180 says. */
#define CSV_RFC ((struct csvdialect){ .delimiter = ',', .quote = '"' })

struct csvreader;

/* Read `in`, which stays the caller's. */
struct csvreader *csvreader_new(struct input *in, struct csvdialect dialect);
/* Read memory that stays valid, without copying it. */
struct csvreader *csvreader_memory(const char *bytes, size_t len,
    struct csvdialect dialect);
/* Read other memory with a reader of memory, from its beginning. */
void csvreader_restart(struct csvreader *r, const char *bytes, size_t len);
void csvreader_free(struct csvreader **rp);
/* Before the first row: have a NUL behind each text, which costs copies. */
void csvreader_terminate(struct csvreader *r);
/* Before the first row, in place of that: have rows packed. */
void csvreader_pack(struct csvreader *r);
/*
 * Before the first row: find rows with vectors of that width; or have libcsv
 * read all of them.  They are the same: this is for tests.
 */
void csvreader_width(struct csvreader *r, enum rowscan_width width);
void csvreader_slow(struct csvreader *r);

/*
 * 1 and a row; 0 at the end; -1 with words when reading failed, again and
 * again.  A record that was cut off by the failure comes before as a row
 * with a fault.
 */
int csvreader_next(struct csvreader *r, struct csvrow *row, struct errmsg *err);

/*
 * Pieces.  Several can read one stream: its reader cuts it into pieces of whole
 * lines, and each piece has a reader of its own, which begins as if a row did.
 * One does if the reader of the piece before came to its end with nothing left
 * and `open_until` is not beyond it.  Else a reader of what is left, with the
 * bytes of the next piece behind it, tells the rows; where a row of its begins
 * that begins in the piece as it was read first, too, so do all behind it.
 *
 *	| a,b LF a,"b LF | b",c LF a,b LF |
 *	  row     left     no row  row        the second piece, by itself
 *	          row              row        what is left, and that piece
 */
struct csvpiece {
	const char *bytes;
	size_t len;
	uint64_t offset; /* where it is in the stream */
	uint32_t line;   /* number of its first line */
	/* Rows that begin before this place of the stream are one line. */
	uint64_t open_until;
};

/*
 * Some `size` bytes of whole lines behind the last row, in memory that grows
 * for it; `line` is right only if that row was the last one that was taken.
 * False, and nothing is taken, where rows have to be read: where lines do not
 * end with LF or nobody knows yet, where one is longer than a record can be,
 * and at the end.
 */
bool csvreader_cut(struct csvreader *r, char **memory, size_t *cap, size_t size,
    struct csvpiece *piece);
/* What is left of the pieces comes before all else, and `line` is known. */
void csvreader_uncut(struct csvreader *r, const struct csvpiece *left);

/*
 * With a reader of memory: read a piece, which stays valid.  It is at its end
 * where it gives no row; then csvreader_left() is what it did not read: a row
 * that may go on behind the piece, or nothing.
 */
void csvreader_piece(struct csvreader *r, const struct csvpiece *piece);
struct csvpiece csvreader_left(const struct csvreader *r);
/*
 * With a reader of memory: read the lines of the row that `of` gave last, each
 * as a row of its own, where it stands in the stream of `of`; the last of them
 * has no line end.  Until `of` goes on.
 */
void csvreader_row_lines(struct csvreader *r, const struct csvreader *of,
    const struct csvrow *row);
/* Go to a row of the piece, which begins at byte `at` of it. */
void csvreader_seek(struct csvreader *r, size_t at, uint32_t line);

#endif
