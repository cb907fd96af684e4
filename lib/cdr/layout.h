/*
 * layout: which column is which field, for one switch; data, not code.
 *
 * A layout is a JSON file under rules/layouts (cdrguard-layouts.5).  It names
 * the columns of a record in each of its variants (a switch writes more or
 * fewer columns as it is configured), says from which columns each field of a
 * call comes and how its text is to be read, when a call counts as answered,
 * and by which cells a file of this kind is recognised.
 *
 * Columns have one number per layout, whatever variant a record has; where
 * that column stands in a record of a variant, if at all, is `at` of the
 * variant.  Where a header names the columns of a file, that header makes the
 * only variant.  What a layout leaves open (which of several delimiters, how
 * its stamps are written) each file settles, in a struct layout_form.
 *
 * cdr/rows, cdr/recognise and cdr/decode read these structs; nobody changes
 * them after loading.  Errors in layout files are notes with code E6xx.
 */
#ifndef LIB_CDR_LAYOUT_H
#define LIB_CDR_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/notes.h"
#include "io/csvrow.h"
#include "io/pattern.h"
#include "tel/calltime.h"
#include "tel/zone.h"

enum {
	LAYOUT_SOURCES = 8, /* alternatives of one field, first filled wins */
	LAYOUT_PARTS = 6,   /* columns that are joined to one text */
	LAYOUT_FORMS = 24,  /* ways to write one stamp */
	LAYOUT_CARRIED = 8, /* columns whose texts records below take over */
	LAYOUT_DELIMITERS = 4,
	LAYOUT_BY = 4,    /* what all rows of one call share */
	LAYOUT_PICKS = 32 /* rows of a call that have a name */
};

/* Where the layout's facts come from. */
enum layout_evidence {
	EVIDENCE_REAL,      /* records of a real switch were at hand */
	EVIDENCE_DOCUMENTED /* only the switch's documents or source */
};

/* What a layout can fill in a call. */
enum layout_target {
	TARGET_START,    /* stamp at which the call began */
	TARGET_ANSWER,   /* stamp at which talk began */
	TARGET_END,      /* stamp at which the call ended */
	TARGET_DURATION, /* talk */
	TARGET_TOTAL,    /* ringing and talk together */
	TARGET_RING,     /* ringing alone; else total - duration */
	TARGET_STATUS,
	TARGET_DIRECTION,
	TARGET_SIDE, /* of the switch, where each has a record */
	TARGET_SRC,
	TARGET_DST,
	TARGET_DIALLED, /* else as dst */
	TARGET_FORWARDED_BY,
	TARGET_SRC_NAME,
	TARGET_ACCOUNT,
	TARGET_USER,
	TARGET_CHANNEL_IN,
	TARGET_CHANNEL_OUT,
	TARGET_TRUNK_IN, /* a trunk's name, not a channel's */
	TARGET_TRUNK_OUT,
	TARGET_COST,
	TARGET_CURRENCY,
	TARGET_CAUSE,   /* Q.850: a number or a name */
	TARGET_SERVICE, /* application or feature text */
	TARGET_CONTEXT, /* what tells the incoming side */
	TARGET_CALL_ID,
	TARGET_JOIN,      /* equal for all legs of one call */
	TARGET_AUTH_CODE, /* the code that allowed the call */
	TARGET_EVENT,     /* what a record that is no call is */
	TARGET_ACTION,    /* what was done, of an event */
	TARGET_COUNT
};

/* A test of one cell of a record. */
enum cell_test_kind {
	CELL_IN,       /* is one of `words` */
	CELL_MATCHES,  /* matches `pattern` */
	CELL_STAMP,    /* reads as `stamp` */
	CELL_POSITIVE, /* a number above 0, perhaps with a fraction */
	CELL_INTEGER,  /* digits only */
	CELL_FILLED,   /* not empty */
	CELL_EMPTY,    /* empty, or not in the record */
	CELL_TIME      /* `target`, a stamp, can be read; no column */
};

struct cell_test {
	enum cell_test_kind kind;
	uint16_t column;
	const char *const *words;
	uint32_t nwords;
	const struct pattern *pattern;
	const struct stamp_pattern *stamp;
	enum layout_target target;
	/* For recognition: */
	uint16_t weight; /* 1 to 100 */
	bool must;       /* without it the record is of another kind */
	const char
	    *says; /* "a disposition": for the reason in words, or NULL */
};

/* The tests of an `all` or an `any`; without tests it is true. */
struct cell_tests {
	const struct cell_test *list;
	uint32_t n;
	bool any;
};

/* What the digits of a span are. */
enum layout_digits {
	DIGITS_COUNT, /* so many units */
	DIGITS_HMMT,  /* hours, two of minutes, one of tenths of a minute */
	DIGITS_HHMMSS /* hours, two of minutes, two of seconds */
};

/* One unit is ms / parts milliseconds. */
struct layout_unit {
	uint32_t ms, parts; /* of DIGITS_COUNT; else 0 */
	enum layout_digits digits;
};

/*
 * What a header says of a column beside its name: "Start (UTC)", "Price
 * (EUR)", "duration_ms".
 */
struct layout_heading {
	bool utc;                /* its naive stamps are UTC */
	char currency[4];        /* of its amounts; "": not said */
	struct layout_unit unit; /* of its spans; ms 0: not said */
};

/* One number of columns that a switch may write, and which they are. */
struct layout_variant {
	uint32_t columns;       /* that a record has */
	const int16_t *at;      /* by column of the layout: place, -1 absent */
	struct cell_tests when; /* tells variants of equal width apart */
	/* By column, what the header adds; NULL without header. */
	const struct layout_heading *headings;
};

/* The text of one column, or of several joined with a blank. */
struct layout_source {
	uint16_t columns[LAYOUT_PARTS];
	uint16_t n;
	struct cell_tests when;      /* records in which it counts; none: all */
	const struct pattern *regex; /* as that of a field, or NULL */
	const struct layout_unit *unit; /* of a span, in place of the field's */
};

struct layout_word {
	const char *text; /* as the switch writes it */
	size_t len;       /* of the text */
	int value;        /* enum call_status, call_direction, call_event ... */
};

/* What decides before the words do. */
struct layout_rule {
	struct cell_tests when;
	int value;
};

/* One way to write a stamp. */
struct layout_stamp {
	const char *text; /* "%Y-%m-%d %H:%M:%S" */
	const struct stamp_pattern *pattern;
	/*
	 * It begins with the year, names the month or is an epoch: whoever
	 * reads it cannot take the day for the month.
	 */
	bool certain;
	bool seconds;   /* it tells them */
	bool day_first; /* the day stands before the month */
};

struct layout_field {
	struct layout_source from[LAYOUT_SOURCES];
	uint32_t nfrom; /* 0: the layout does not have this field */
	bool required;  /* a record without it is a reject */
	/* A stamp: the forms it may have, each file has one of them. */
	struct layout_stamp stamps[LAYOUT_FORMS];
	uint32_t nstamps;
	struct layout_unit unit; /* of a span */
	/* A status or direction: the first rule, else the word. */
	const struct layout_rule *rules;
	uint32_t nrules;
	const struct layout_word *words; /* case does not matter */
	uint32_t nwords;
	int other; /* of any other word; 0: it makes a reject */
	/* Its first group, or the whole match, is the value of a text. */
	const struct pattern *regex;
	const char *constant;       /* the text of every record, or NULL */
	struct cell_tests when;     /* records that have the text */
	const struct pattern *plus; /* of texts that lack a + in front */
	bool least;                 /* of several columns the least text */
	bool hex;                   /* a cause, as a number of base 16 */
	/*
	 * The call id: the first group is the second since 1970 UTC at which
	 * the switch made it, a proof of the zone of its local stamps: when the
	 * call began, or when it ended.
	 */
	const struct pattern *epoch;
	bool at_end;
};

/* What holds the cells of a record. */
enum layout_container {
	CONTAINER_ROWS,  /* lines, the cells between delimiters */
	CONTAINER_FIXED, /* lines in which every cell has its place */
	CONTAINER_XML,   /* elements; a path leads to each cell */
	CONTAINER_JSON   /* objects; a pointer leads to each cell */
};

/* Bytes of a line: from `begin`, counted from 0, up to before `end`. */
struct layout_span {
	uint32_t begin, end; /* end UINT32_MAX: to the end of the line */
};

/* How many columns a record may have. */
enum layout_width {
	WIDTH_EXACT, /* those of a variant */
	WIDTH_LEAST, /* more, which mean nothing */
	WIDTH_ANY    /* fewer, too: those that are not there are empty */
};

/* A name that a header may have for a column: letters and digits only. */
struct layout_name {
	const char *plain;
	uint16_t column;
};

/* The first row of a call that passes its tests. */
struct layout_pick {
	const char *name;
	struct cell_tests when;
	int unless; /* it is not there where this one is; -1: none */
};

/* A cell of a picked row: a column behind those of a row, "NAME.column". */
struct layout_gathered {
	uint16_t pick, column; /* which row, and which of its columns */
	bool used;             /* a field or a test names it */
};

/*
 * Rows that are events: those with the same key make one call.  A part of the
 * key is a column, or several whose order does not count.
 */
struct layout_gather {
	struct layout_source by[LAYOUT_BY];
	uint32_t nby; /* 0: every row is a record by itself */
	const struct layout_pick *picks;
	uint32_t npicks;
	uint32_t ends; /* bits of the picks that complete a call */
	struct layout_gathered *cells; /* as columns, from ncolumns on */
	uint32_t ncells;
};

/*
 * Columns whose text in a record for which the tests hold is that of the
 * records below it, too: where they have none, or whatever they have.
 */
struct layout_carry {
	uint16_t columns[LAYOUT_CARRIED];
	uint32_t n;
	struct cell_tests from;
	bool replace; /* such a record is no call, and needed above one */
};

struct layout {
	const char *id, *title;
	const char *file; /* where it was loaded from */
	enum layout_evidence evidence;
	bool file_order; /* the order of the records carries meaning */
	bool fallback;   /* only where no other layout fits */
	bool stated;     /* only where it is stated */
	enum layout_container container;
	const struct layout_span *spans; /* by column: CONTAINER_FIXED */
	const struct layout_span *gaps;  /* where a line has blanks alone */
	uint32_t ngaps;
	const char *separators; /* end a record as line ends do, or NULL */
	/* Where each column is in its record, and by what one is known. */
	const char *const *paths;   /* by column: CONTAINER_XML, _JSON */
	const char *const *records; /* its element; the members it has */
	uint32_t nrecords;
	bool percent; /* cells are percent-encoded, as parts of a URL are */
	bool header;  /* a record names the columns of those below it */
	bool trim;    /* blanks around a cell are padding */
	/* The first is that of a file that does not tell. */
	char delimiters[LAYOUT_DELIMITERS + 1];
	char quote, escape;           /* 0: none */
	char comment;                 /* lines that begin with it are none; 0 */
	const struct pattern *record; /* its first group is the record */
	const char *const *empty;     /* texts that mean no value */
	uint32_t nempty;
	enum layout_width width;
	const struct zone *zone; /* of its naive stamps; NULL: the source's */
	const char *const *columns; /* and behind them those gathered */
	uint32_t ncolumns;
	struct layout_gather gather;
	const struct layout_name *names; /* by column, best first */
	uint32_t nnames;
	/* Where there is a header: the names of what may be a call's time. */
	const char *const *time_names;
	uint32_t ntime_names;
	uint64_t time_letters[4]; /* bits: bytes with which one may begin */
	const struct layout_variant *variants;
	uint32_t nvariants;
	struct layout_field fields[TARGET_COUNT];
	struct cell_tests take, skip; /* records of other kinds */
	struct layout_carry carry;
	struct cell_tests answered;
	bool has_answered; /* else: status says it */
	struct cell_tests recognise;
};

struct layouts;

struct layouts *layouts_new(void);
void layouts_free(struct layouts **lp);

/*
 * Add the layouts of a file, or of all *.json files of a directory.  Every
 * problem is a note at its place; a layout with an error is left out.  0, or
 * -1 if there was any error.
 */
int layouts_load(struct layouts *ls, const char *path, struct notes *notes);
/* The same from memory; `file` names it in notes. */
int layouts_parse(struct layouts *ls, const char *text, size_t len,
    const char *file, struct notes *notes);
/*
 * The layout of a site's own file, for the files that it is stated for: none
 * is recognised as it.  A file is loaded once.  NULL with notes if it cannot
 * be.
 */
const struct layout *layouts_load_stated(struct layouts *ls, const char *path,
    struct notes *notes);

size_t layouts_count(const struct layouts *ls);
const struct layout *layouts_at(const struct layouts *ls, size_t i); /* by id */
/* Of all that they were read from. */
uint64_t layouts_hash(const struct layouts *ls);
const struct layout *layouts_find(const struct layouts *ls, const char *id);
/* The nearest id for "did you mean", or NULL. */
const char *layouts_suggest(const struct layouts *ls, const char *id);
/*
 * Append the ids of a switch by its name, "asterisk-cel, asterisk-csv"; nothing
 * where there is none.
 */
void layouts_of_switch(const struct layouts *ls, const char *name,
    struct buf *ids);

/* "start", "src_name": the key of a field in a layout. */
const char *layout_target_name(enum layout_target t);

/* What a file settles of what its layout leaves open. */
struct layout_form {
	struct csvdialect dialect;
	uint8_t stamps[TARGET_COUNT]; /* which of the field's forms */
};

/* The form of a file that nobody has looked at. */
struct layout_form layout_form(const struct layout *l);

/* The columns as a header names them; zeroed before there is one. */
struct layout_header {
	struct layout_variant variant;
	int16_t *at; /* NULL: no header yet */
	struct layout_heading *headings;
};

void layout_header_fini(struct layout_header *h);
/*
 * Take a record as header; false if it is none of this layout.  A record stays
 * one though the same header as above is joined to it, as where a file without
 * a last newline was put in front of another.
 */
bool layout_header_read(struct layout_header *h, const struct layout *l,
    const struct csvrow *row);
/* The same without taking it. */
bool layout_header_is(const struct layout_header *h, const struct layout *l,
    const struct csvrow *row);
/* A type in each cell, as some exports of tables have below the names. */
bool layout_header_types(const struct layout_header *h,
    const struct csvrow *row);

/* What the last record above left to those below it. */
struct layout_above {
	bool known;                       /* there was one */
	struct buf texts[LAYOUT_CARRIED]; /* by index of the carry's columns */
};

void layout_above_init(struct layout_above *a);
void layout_above_fini(struct layout_above *a);

/* A record, and which of its cells is which column. */
struct layout_record {
	const struct layout *layout;
	const struct layout_variant *variant;
	const struct csvrow *row;
	struct buf *scratch;              /* for joined texts */
	const struct layout_above *above; /* or NULL: every cell is its own */
};

/*
 * Set variant and row; `h` is the last header.  False if the layout has no
 * record like this one.
 */
bool layout_record(struct layout_record *rec, const struct layout_header *h,
    const struct csvrow *row);

/* The text of a column or field in a record; no NUL need be behind it. */
struct layout_value {
	const char *text; /* "" if there is none */
	uint32_t len;
	uint32_t column;  /* from 1, of its first cell; 0: not in the record */
	const char *name; /* of that column */
	const struct layout_heading *heading; /* what a header adds, or NULL */
	const struct layout_unit *unit;       /* of its alternative, or NULL */
};

/* Whether a text is what its cell has, and nothing else. */
static inline bool
layout_keeps_cells(const struct layout *l)
{
	return (l->trim | l->nempty | l->carry.n) == 0;
}

struct layout_value layout_cell(const struct layout_record *rec,
    uint16_t column);
/* The column of a row in which this one, perhaps gathered, stands. */
uint16_t layout_column(const struct layout *l, uint16_t column);
/* One alternative of a field; a joined text is in rec->scratch. */
struct layout_value layout_source(const struct layout_record *rec,
    const struct layout_field *f, uint32_t i);
/* Whether an alternative is the cell of a column as it stands. */
bool layout_source_is_cell(const struct layout *l,
    const struct layout_source *s);
/* The first filled alternative. */
struct layout_value layout_value(const struct layout_record *rec,
    const struct layout_field *f);

bool layout_test(const struct cell_test *t, const struct layout_record *rec);
bool layout_tests(const struct cell_tests *ts, const struct layout_record *rec);
/* What a pattern takes of a text: its first group, or all that matches. */
void layout_extract(const struct pattern *regex, struct layout_value *v);
/* Whether the line is a comment. */
bool layout_comment(const struct layout *l, const struct csvrow *row);
/* Keep what a record leaves to those below it; false if it is no such one. */
bool layout_carry_keep(struct layout_above *a, const struct layout_record *rec);
/* Whether it is of a kind that is a call. */
bool layout_takes(const struct layout_record *rec);
/*
 * Whether it is of another one; above a header none is, and below one a row
 * that was cut off may be of neither.
 */
bool layout_leaves_out(const struct layout_record *rec);

#endif
