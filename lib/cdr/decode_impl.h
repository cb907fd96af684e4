/*
 * decode_impl: what the sources of decode share.
 *
 *   decode.c             a row to a call, or to no call
 *   decode_lines.c       lines that are no records
 *   decode_plan.c        where in a record to look
 *   decode_plan_texts.c  the same for texts, and as what
 *   decode_times.c       when: stamps, spans, and what follows from them
 *   decode_spans.c       the text of a span
 *   decode_years.c       the years of stamps that have none
 *   decode_facts.c       which way, how much, why it ended: words, money, cause
 *   decode_texts.c       who and where
 *   decode_names.c       texts to ids
 */
#ifndef LIB_CDR_DECODE_IMPL_H
#define LIB_CDR_DECODE_IMPL_H

#include <string.h>

#include "cdr/decode.h"

/*
 * Where the fields of nearly all records of one variant stand, worked out
 * once: cells as they are, written as usual.  Whatever a record has that is
 * not so is read as the layout says, step by step; only there anything is
 * refused.
 */
struct decode_cells {
	/* The first filled one has the value; of none the first is -1. */
	int16_t at[LAYOUT_SOURCES];
	uint8_t n;
	bool all; /* there is no value where these are empty */
};

/* As what a text is interned. */
enum decode_kind {
	AS_IT_IS,
	NUMBER,
	CHANNEL,  /* without what makes it unique */
	RARE,     /* hardly two calls share it */
	TRUNK_IN, /* in place of the channel */
	TRUNK_OUT
};

/* Parts of what is made of a record. */
enum decode_home { IN_CALL, IN_ORIGIN, IN_EXTRAS };

/* A text that the layout has, and how it is read. */
struct decode_text {
	enum layout_target target;
	enum {
		TEXT_CELL,
		TEXT_CALL_ID, /* that of the call id, where there is one */
		TEXT_MADE
	} how;
	enum decode_kind kind;
	const struct decode_cells *cells; /* of its field */
	const struct pattern *regex;      /* of a TEXT_CELL, or NULL */
	bool unasked;                     /* only has to be short enough */
	bool plain;                       /* its cell as it is, and no trunk */
	bool only;             /* it is in its first cell or nowhere */
	enum decode_home home; /* where its id goes, ... */
	size_t at;             /* ... at this byte */
};

enum {
	DECODE_STAMPS = TARGET_END - TARGET_START + 1,
	DECODE_SPANS = TARGET_RING - TARGET_DURATION + 1
};

/*
 * A text of up to 16 bytes, none of them NUL, and NULs behind it.  That many
 * can be read of any cell of a packed row.
 */
struct decode_short {
	uint64_t begin, end;
};

enum { DECODE_SHORT = sizeof(struct decode_short) };

/* A status as records wrote it, and what its text alone says. */
struct decode_status {
	/* Of two cells each has half of it.  All NULs: none yet. */
	struct decode_short text;
	uint8_t status; /* enum call_status */
	bool answered;  /* false: other cells may say it */
};

enum {
	DECODE_STATUS_BITS = 4, /* where one stands, if it was written before */
	DECODE_STATUS_CELLS = 2
};

struct decode_plan {
	const struct layout_variant *variant; /* NULL: not made */
	uint32_t columns; /* all rows with so many are of it; 0: ask */
	struct decode_cells cells[TARGET_COUNT];
	/* From TARGET_START on; NULL: only the layout can tell. */
	const struct stamp_pattern *stamps[DECODE_STAMPS];
	enum stamp_kind kinds[DECODE_STAMPS];
	uint32_t unit_ms[DECODE_SPANS]; /* from TARGET_DURATION on; 0: same */
	struct decode_status statuses[1 << DECODE_STATUS_BITS];
	/*
	 * All cells that the status hangs on, where no alternative is one as it
	 * stands; none: too many, or on something else.
	 */
	uint16_t status_at[DECODE_STATUS_CELLS];
	uint32_t nstatus_at;
	struct decode_text texts[DECODE_TEXTS];
	size_t ntexts;
	/*
	 * In that order, each up to a NULL: those that are cells, or stems of
	 * channels, and go to a place alone, so that they can be noted; the
	 * others; all.
	 */
	const struct decode_text *shorts[DECODE_TEXTS + 1];
	const struct decode_text *others[DECODE_TEXTS + 1];
	const struct decode_text *all[DECODE_TEXTS + 1];
	uint32_t least; /* columns of a record that has all `shorts` */
	bool facts;     /* the layout has what decode_facts() reads */
	bool raw_cells; /* cells are parts of the record */
};

/* One record while it is read. */
struct reading {
	struct decoder *d;
	struct layout_record rec;
	struct call *c;
	struct origin *o;
	uint32_t *column;
	struct errmsg *reason;
	int year, month; /* given to its stamps; 0: they have their own */
	bool rounded, no_seconds; /* as in struct decoder */
	bool no_nul;              /* in none of its cells */
};

_Static_assert((int)DECODE_SHORT <= (int)CSV_BEHIND, "all can be read");

/* As many as are in one line of the processor's cache. */
enum { DECODE_WAYS = 3, DECODE_LINE = 64, DECODE_RECENT_BITS = 13 };

/* Texts with the same hash; all NULs: none, and its id is 0. */
struct decode_recent {
	uint64_t begin[DECODE_WAYS], end[DECODE_WAYS]; /* of their texts */
	uint32_t id[DECODE_WAYS];
	uint32_t next; /* the one whose place a new one takes */
};

_Static_assert(sizeof(struct decode_recent) == DECODE_LINE, "one line");

struct decode_lately {
	struct decode_recent *list; /* where a line of the cache begins */
	void *memory;
};

static inline struct decode_short
decode_short_of(const char *text, size_t len)
{
	static const unsigned char all[2 * DECODE_SHORT] = { 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff };
	struct decode_short s, kept;

	memcpy(&s, text, sizeof(s));
	memcpy(&kept, all + DECODE_SHORT - len, sizeof(kept));
	s.begin &= kept.begin;
	s.end &= kept.end;
	return s;
}

static inline bool
decode_short_equal(struct decode_short a, struct decode_short b)
{
	return a.begin == b.begin && a.end == b.end;
}

static inline uint64_t
decode_short_hash(struct decode_short s, unsigned bits)
{
	const uint64_t h = s.begin * UINT64_C(0x9e3779b97f4a7c15) ^
			   s.end * UINT64_C(0xc2b2ae3d27d4eb4f);

	return h >> (64 - bits);
}

/* Where the text is, if it was read lately. */
static inline struct decode_recent *
decode_recent_of(const struct decode_lately *l, struct decode_short s)
{
	return &l->list[decode_short_hash(s, DECODE_RECENT_BITS)];
}

/* The id of a text there, 0 if it is not.  It mostly is the first. */
static inline uint32_t
decode_recent_id(const struct decode_recent *recent, struct decode_short s)
{
	uint32_t i;

	for (i = 0; i < DECODE_WAYS; i++)
		if (recent->begin[i] == s.begin && recent->end[i] == s.end)
			return recent->id[i];
	return 0;
}

static inline void
decode_recent_note(struct decode_recent *recent, struct decode_short s,
    uint32_t id)
{
	const uint32_t i = recent->next;

	recent->begin[i] = s.begin;
	recent->end[i] = s.end;
	recent->id[i] = id;
	recent->next = (i + 1) % DECODE_WAYS;
}

static inline const struct layout_field *
decode_field(const struct reading *r, enum layout_target t)
{
	return &r->d->layout->fields[t];
}

/* There is no other text than the one in sight. */
static inline bool
decode_takes_one(const struct layout_field *f)
{
	return f->nfrom == 1 && f->when.n == 0 && f->constant == NULL;
}

/* The first of these cells that is filled, or NULL. */
static inline const struct csvfield *
decode_filled(const struct csvrow *row, const struct decode_cells *c)
{
	uint32_t i = 0, at;

	do {
		at = (uint32_t)c->at[i];
		if (at < row->n && row->fields[at].len > 0)
			return &row->fields[at];
	} while (++i < c->n);
	return NULL;
}

/* The cell with the value of a field; NULL: empty, or ask the layout. */
static inline const struct csvfield *
decode_cell(const struct reading *r, enum layout_target t)
{
	return decode_filled(r->rec.row, &r->d->plan->cells[t]);
}

/* Cells with nothing but blanks in them. */
bool decode_is_blank(const struct csvrow *row);
/*
 * The names of the layout's columns, which people put on top of a file that
 * needs none.
 */
bool decode_names_columns(const struct layout *l, const struct csvrow *row);

void decode_plan_make(struct decode_plan *p, const struct decoder *d,
    const struct layout_variant *v);
/* How its texts are read; for decode_plan_make(). */
void decode_plan_texts(struct decode_plan *p, const struct decoder *d);

/* "start: not a time: 'x'"; -1. */
int decode_refuse(struct reading *r, const struct layout_value *v,
    const char *what);

/*
 * A span to milliseconds; -1 for what is none and for more than 49 days.  A
 * clock reading ("1:02:03", "62:03", "01:02'03", "62'03") and a number with
 * its unit ("90s", "5m", "1m30s") are what they say, whatever the field's
 * unit is.
 */
int decode_span(const struct layout_field *f, const struct layout_value *v,
    uint32_t *ms);

/* The year of a record by its first stamp; -1 if that has no such day. */
int decode_year(struct reading *r, struct stamp *s);
/* The year in which a stamp is nearest to another instant of its record. */
int decode_year_near(struct stamp *s, int64_t ms);
/* The record was a call with that year: what follows is dated by it. */
void decode_year_taken(const struct reading *r);

/* Status, start, ring and duration. */
int decode_times(struct reading *r);
/* A word of the switch to ours; 0 if there is none. */
int decode_word(struct reading *r, enum layout_target t, uint8_t *code);
/* The status, and whether it alone says that the call was answered. */
int decode_status(struct reading *r, bool *answered);
/* Direction, side, cost, cause, if the plan has any; before the texts. */
int decode_facts(struct reading *r);
/* The first alternative that is filled and, with a pattern, matches it. */
struct layout_value decode_text_of(const struct reading *r,
    const struct layout_field *f);
int decode_texts(struct reading *r);

/*
 * The id of a text that is not empty goes to `*id`: at once, or with
 * decode_names_end(), before the text may change.
 */
void decode_name(struct reading *r, enum decode_kind kind,
    const struct layout_value *v, uint32_t *id);
void decode_names_end(struct reading *r);
/* At once; of one without NULs that is no other kind than RARE. */
void decode_name_rare(struct reading *r, const char *text, size_t len,
    uint32_t *id);

/* With decode_names_end(), of any text without NULs as it is. */
static inline void
decode_name_later(struct reading *r, const char *text, size_t len, uint32_t *id)
{
	struct decode_names *names = &r->d->names;

	names->recent[names->n] = NULL;
	names->items[names->n++] =
	    (struct intern_item){ .text = text, .len = len, .id = id };
}

#endif
