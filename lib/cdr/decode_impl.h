/*
 * decode_impl: what the sources of decode share.
 *
 *   decode.c        a row to a call, or to no call
 *   decode_times.c  when: stamps, spans, and what follows from them
 *   decode_spans.c  the text of a span
 *   decode_years.c  the years of stamps that have none
 *   decode_facts.c  which way, how much, why it ended: words, money, cause
 *   decode_texts.c  who and where
 *   decode_names.c  texts to ids
 */
#ifndef LIB_CDR_DECODE_IMPL_H
#define LIB_CDR_DECODE_IMPL_H

#include "cdr/decode.h"

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

static inline const struct layout_field *
decode_field(const struct reading *r, enum layout_target t)
{
	return &r->d->layout->fields[t];
}

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
/* The record was a call: what follows is dated by it. */
void decode_year_taken(const struct reading *r);

/* Status, start, ring and duration. */
int decode_times(struct reading *r);
/* A word of the switch to ours; 0 if there is none. */
int decode_word(struct reading *r, enum layout_target t, uint8_t *code);
/* Direction, side, cost, cause; before the texts. */
int decode_facts(struct reading *r);
/* The first alternative that is filled and, with a pattern, matches it. */
struct layout_value decode_text_of(const struct reading *r,
    const struct layout_field *f);
int decode_texts(struct reading *r);
/* How the layout's texts are read, for decode_texts(). */
void decode_plan(struct decoder *d);

/* As what a text is interned. */
enum decode_kind {
	AS_IT_IS,
	CHANNEL,  /* without what makes it unique */
	RARE,     /* hardly two calls share it */
	TRUNK_IN, /* in place of the channel */
	TRUNK_OUT
};

/* The id of a text, 0 if it is empty; `last` is that of its field. */
uint32_t decode_name(const struct reading *r, enum decode_kind kind,
    struct decode_name *last, struct layout_value *v);

#endif
