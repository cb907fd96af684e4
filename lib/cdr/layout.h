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
 * variant.  cdr/recognise and cdr/decode read these structs; nobody changes
 * them after loading.  Errors in layout files are notes with code E6xx.
 */
#ifndef LIB_CDR_LAYOUT_H
#define LIB_CDR_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/notes.h"
#include "io/csvrow.h"
#include "io/pattern.h"
#include "tel/calltime.h"

enum {
	LAYOUT_SOURCES = 8, /* alternatives of one field, first filled wins */
	LAYOUT_PARTS = 4    /* columns that are joined to one text */
};

/* Where the layout's facts come from. */
enum layout_evidence {
	EVIDENCE_REAL,      /* records of a real switch were at hand */
	EVIDENCE_DOCUMENTED /* only the switch's documents or source */
};

/* What a layout can fill in a call. */
enum layout_target {
	TARGET_START,    /* stamp at which the call began */
	TARGET_DURATION, /* talk */
	TARGET_TOTAL,    /* ringing and talk together */
	TARGET_RING,     /* ringing alone; else total - duration */
	TARGET_STATUS,
	TARGET_DIRECTION,
	TARGET_SRC,
	TARGET_DST,
	TARGET_DIALLED, /* else as dst */
	TARGET_FORWARDED_BY,
	TARGET_SRC_NAME,
	TARGET_ACCOUNT,
	TARGET_USER,
	TARGET_CHANNEL_IN,
	TARGET_CHANNEL_OUT,
	TARGET_SERVICE, /* application or feature text */
	TARGET_CONTEXT, /* what tells the incoming side */
	TARGET_CALL_ID,
	TARGET_JOIN, /* equal for all legs of one call */
	TARGET_COUNT
};

/* A test of one cell of a record. */
enum cell_test_kind {
	CELL_IN,       /* is one of `words` */
	CELL_MATCHES,  /* matches `pattern` */
	CELL_STAMP,    /* reads as `stamp` */
	CELL_POSITIVE, /* a number above 0, perhaps with a fraction */
	CELL_INTEGER,  /* digits only */
	CELL_FILLED    /* not empty */
};

struct cell_test {
	enum cell_test_kind kind;
	uint16_t column;
	const char *const *words;
	uint32_t nwords;
	const struct pattern *pattern;
	const struct stamp_pattern *stamp;
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

/* One number of columns that a switch may write, and which they are. */
struct layout_variant {
	uint32_t columns;       /* that a record has */
	const int16_t *at;      /* by column of the layout: place, -1 absent */
	struct cell_tests when; /* tells variants of equal width apart */
};

/* The text of one column, or of several joined with a blank. */
struct layout_source {
	uint16_t columns[LAYOUT_PARTS];
	uint16_t n;
};

struct layout_word {
	const char *text; /* as the switch writes it */
	int value;        /* enum call_status or call_direction */
};

struct layout_field {
	struct layout_source from[LAYOUT_SOURCES];
	uint32_t nfrom; /* 0: the layout does not have this field */
	bool required;  /* a record without it is a reject */
	/* A stamp: */
	const struct stamp_pattern *stamp;
	/* A span: milliseconds of one unit. */
	uint32_t unit_ms;
	/* A status or direction: */
	const struct layout_word *words;
	uint32_t nwords;
	/* A text: its first group, or the whole match, is the value. */
	const struct pattern *regex;
	/*
	 * The call id: the first group is the second since 1970 UTC at which
	 * the switch made it, a proof of the zone of its local stamps.
	 */
	const struct pattern *epoch;
};

struct layout {
	const char *id, *title;
	const char *file; /* where it was loaded from */
	enum layout_evidence evidence;
	bool file_order; /* the order of the records carries meaning */
	char delimiter;
	char quote; /* 0: none */
	const char *const *columns;
	uint32_t ncolumns;
	const struct layout_variant *variants;
	uint32_t nvariants;
	struct layout_field fields[TARGET_COUNT];
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

size_t layouts_count(const struct layouts *ls);
const struct layout *layouts_at(const struct layouts *ls, size_t i); /* by id */
const struct layout *layouts_find(const struct layouts *ls, const char *id);
/* The nearest id for "did you mean", or NULL. */
const char *layouts_suggest(const struct layouts *ls, const char *id);

/* "start", "src_name": the key of a field in a layout. */
const char *layout_target_name(enum layout_target t);

/* The variant that a record has, NULL if the layout has none like it. */
const struct layout_variant *layout_variant(const struct layout *l,
    const struct csvrow *row);
/* The cell of a column; NULL where the variant has none. */
const struct csvfield *layout_cell(const struct layout_variant *v,
    const struct csvrow *row, uint16_t column);
bool layout_test(const struct cell_test *t, const struct layout_variant *v,
    const struct csvrow *row);
bool layout_tests(const struct cell_tests *ts, const struct layout_variant *v,
    const struct csvrow *row);

#endif
