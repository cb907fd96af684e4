/*
 * The inside of module csvrow.  csvrow.c finds physical lines in a window of
 * the stream; csvrow_fields.c puts them together to records and splits these
 * into fields, csvrow_escape.c those with escapes; csvrow_fast.c has the fields
 * of rows that io/rowscan vouches for.  Positions are counted from
 * the start of the record, because the window moves while a record is read.
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
	/* The record so far. */
	const char *record;
	struct csvline line; /* the last line taken */
	uint32_t lines;
	uint32_t n; /* may go beyond BOUNDS_COLUMNS, which are kept */
	char *text; /* of the fields; a record's fields fit always */
	size_t used;
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

void csvfields_init(struct csvfields *f, struct csvdialect dialect);
void csvfields_fini(struct csvfields *f);

/* A new record. */
void csvfields_begin(struct csvfields *f);

/*
 * Take the next line of the record: 1 the record is complete and ends with
 * f->line, which may be an earlier one; 0 it goes on behind f->line.
 */
int csvfields_take(struct csvfields *f, const char *record,
    const struct csvline *line);

/* The fields of a row that was found without libcsv. */
void csvfields_found(struct csvfields *f, const char *record,
    const struct rowscan_row *row);

/* Append a field. */
void csvfields_add(struct csvfields *f, const char *bytes, size_t len,
    bool quoted);
/* Split a line of a dialect with escapes, which is a whole record. */
void csvfields_escaped(struct csvfields *f);

/* The first byte from `at` to `end` that is no blank. */
size_t csvfields_blanks(const struct csvfields *f, const char *record,
    size_t at, size_t end);

#endif
