/*
 * The inside of module csvrow.  csvrow.c gives the rows that io/rowscan vouches
 * for: csvrow_fast.c has their fields, and csvrow_pack.c packs them.  For all
 * others csvrow_lines.c finds physical lines in a window of the stream;
 * csvrow_fields.c puts them together to records and splits these into fields,
 * csvrow_escape.c those with escapes.  csvrow_piece.c has the pieces of a stream
 * that several read.  Positions are counted from the start of the record,
 * because the window moves while a record is read.
 */
#ifndef LIB_IO_CSVROW_IMPL_H
#define LIB_IO_CSVROW_IMPL_H

#include <csv.h>

#include "base/bounds.h"
#include "io/csvrow.h"

/* A physical line: `a,b\r\n` with begin at a, content at \r, end behind \n. */
struct csvline {
	size_t begin, content, end;
	bool ended;   /* has its line end */
	bool lone_cr; /* a CR in it is an ordinary byte */
};

struct csvfields {
	struct csv_parser parser;
	char delimiter, quote, escape;
	bool terminate; /* each text, which libcsv's are anyway */
	char *packed;   /* as in struct csvrow; NULL: not asked for */
	uint32_t packed_len;
	/* The record so far. */
	const char *record;
	struct csvline line; /* the last line taken */
	uint32_t lines;
	uint32_t n; /* may go beyond BOUNDS_COLUMNS, which are kept */
	char *text; /* of the fields; a record's fields fit always */
	size_t room, used;
	/* The field that is being read. */
	size_t cursor;            /* where it begins */
	struct csvline open_line; /* the line where it begins ... */
	uint32_t open_lines;      /* ... and how many that makes */
	bool unquoted;            /* its quotes turned out to be literal */
	bool stand_in; /* libcsv will report an empty one for one we have */
	bool done;     /* the record has ended */
	int literals;  /* fields of the record whose quotes are literal */
	struct csvfield fields[BOUNDS_COLUMNS]; /* last: only those count */
};

enum {
	/* What must be in sight to see the end of the longest record. */
	CSV_SIGHT = BOUNDS_RECORD + 2,
	CSV_READ = 128 * 1024, /* at once */
	/* Nearly all cells are shorter: so much is copied of them at once. */
	CSV_AT_ONCE = 32,
	CSV_BLANK = 2 /* a line without text, which is no row */
};

/*
 * The window:
 *
 *	bytes         begin                       have
 *	|  forgotten  |  the record  |  not yet   |
 */
struct csvreader {
	struct input *in; /* the caller's; NULL for memory */
	char *window;     /* NULL for memory */
	size_t cap;       /* of the window */
	const char *bytes;
	size_t begin, have;
	uint64_t base; /* where `bytes` is in the stream */
	bool started;
	bool piece;  /* memory, and the stream goes on behind it */
	bool at_end; /* nothing will come behind `have` */
	bool failed; /* because reading failed: */
	struct errmsg failure;
	enum { ENDS_UNKNOWN, ENDS_LF, ENDS_CR } ends;
	uint32_t line; /* number of the line at `begin` */
	/* What the last row took. */
	size_t taken;
	uint32_t lines_taken;
	bool skip_line; /* and the rest of its line */
	/*
	 * A quote was not closed up to here in the stream: records that start
	 * before this end with their line, so that nothing is read more often
	 * than twice.
	 */
	uint64_t open_until;
	bool slow;
	enum rowscan_width width;
	struct rowscan *scan; /* NULL: no row was looked for yet */
	bool scans;           /* it knows the bytes in sight; false: begin it */
	struct rowscan_row found;
	/* Large, and of no use before they are written: */
	struct csvfields fields;
};

/* Byte order mark of UTF-8, and the NULs with which some devices begin. */
void csvreader_skip_start(struct csvreader *r);
/* How lines end, if that is in sight. */
void csvreader_look_for_ends(struct csvreader *r);
/*
 * Whether io/rowscan can be asked of the bytes in sight: that a row is one line
 * needs lines that end with LF.
 */
bool csvreader_begin_scan(struct csvreader *r);
/* Whether the next bytes are more than blanks. */
bool csvreader_has_text(const struct csvreader *r, size_t len);
/* Go behind the end of the line that was too long. */
void csvreader_skip_line(struct csvreader *r);
/* The row that begins here: as csvreader_next(), or CSV_BLANK. */
int csvreader_take(struct csvreader *r, struct csvrow *row, struct errmsg *err);
/* Stand behind the row that was given last; whether lines end with LF. */
bool csvreader_at_lines(struct csvreader *r);

/* Of records that are `len` bytes at most, or as long as any may be. */
void csvfields_init(struct csvfields *f, struct csvdialect dialect, size_t len);
/* From now on; texts that there are, are gone. */
void csvfields_room(struct csvfields *f, size_t len);
void csvfields_fini(struct csvfields *f);

/* A new record. */
void csvfields_begin(struct csvfields *f);

/*
 * Take the next line of the record: 1 the record is complete and ends with
 * f->line, which may be an earlier one; 0 it goes on behind f->line.
 */
int csvfields_take(struct csvfields *f, const char *record,
    const struct csvline *line);

/* The fields of a row that was found without libcsv, in those bytes. */
void csvfields_found(struct csvfields *f, const char *bytes,
    const struct rowscan_row *row);
/* The same packed: only where that can be. */
void csvfields_pack(struct csvfields *f, const char *bytes,
    const struct rowscan_row *row);
/* Have memory for that. */
void csvfields_set_pack(struct csvfields *f);

/* Append a field. */
void csvfields_add(struct csvfields *f, const char *bytes, size_t len,
    bool quoted);
/* Split a line of a dialect with escapes, which is a whole record. */
void csvfields_escaped(struct csvfields *f);

/* With `have` bytes in sight. */
static inline bool
csvfields_can_pack(const struct csvfields *f, size_t have,
    const struct rowscan_row *row)
{
	return f->packed != NULL && row->plain &&
	       have - row->from - row->end >= CSV_AT_ONCE;
}

/*
 * The first byte from `at` to `end` that is no blank.  Blanks are libcsv's, and
 * CRs: those in front of a LF, and lone ones.
 */
static inline size_t
csvfields_blanks(const struct csvfields *f, const char *record, size_t at,
    size_t end)
{
	while (at < end && record[at] != f->delimiter &&
	       (record[at] == ' ' || record[at] == '\t' || record[at] == '\r'))
		at++;
	return at;
}

#endif
