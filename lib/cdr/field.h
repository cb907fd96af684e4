/*
 * field: the table of what a rule can ask of a call.
 *
 * Every field has one entry: name, type, where its value is, and a sentence.
 * Predicates, group keys, `cdrrules fields`, the schema and the manual read
 * this table; nothing else knows how a call is laid out.
 */
#ifndef LIB_CDR_FIELD_H
#define LIB_CDR_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "cdr/batch.h"

enum field_type {
	FIELD_TEXT,  /* code is a names id */
	FIELD_ENUM,  /* code is the value's index in `words` */
	FIELD_BOOL,  /* code is FIELD_FALSE or FIELD_TRUE */
	FIELD_SPAN,  /* number is ms */
	FIELD_MONEY, /* number is micro-units */
	FIELD_NUMBER,
	FIELD_TIME /* number is UTC ms */
};

/* Where the value is. */
enum field_home {
	HOME_CALL_NAME,
	HOME_ORIGIN_NAME,
	HOME_PARTY_NAME,
	HOME_PARTY_BYTE,
	HOME_CALL_BYTE,
	HOME_FLAG,
	HOME_CALL_U32,
	HOME_CALL_I64,
	HOME_ORIGIN_BYTE,
	HOME_EXTRA_NAME,  /* `at` is the enum call_extra */
	HOME_EXTRA_PARTY, /* the text of that party */
	HOME_COST,
	HOME_EVENT,
	HOME_QUALITY,
	HOME_SOURCE_NAME,
	HOME_CURRENCY,
	HOME_LISTED_NAME,
	HOME_LISTED_I64, /* 0: missing */
	HOME_TAIL,       /* of what was dialled */
	HOME_ACTION,     /* of an event */
	HOME_SRC_NEW,    /* both are the rule engine's */
	HOME_SINCE_PREV,
	HOME_OUTSIDE_BYTE /* of src when the call came in, else of dst */
};

struct field {
	const char *name, *help;
	enum field_type type;
	enum field_home home;
	uint16_t
	    at; /* offset in the call, origin, source, party or listed; flag */
	uint16_t via; /* HOME_PARTY_*: offset of the parties id in the call */
	const char *(*word)(int code); /* FIELD_ENUM: name of a code */
	int nwords;
	bool country;        /* FIELD_TEXT: values are those of tel/country */
	bool starts_at_zero; /* FIELD_ENUM: code 0 is a value, not missing */
};

size_t field_count(void);
const struct field *field_at(size_t i);
const struct field *field_find(const char *name); /* NULL: none */
/* The nearest name for "did you mean", or NULL. */
const char *field_suggest(const char *name);

/* "text", "enum", "bool", "span", "money", "number", "time". */
const char *field_type_name(enum field_type t);

/*
 * Whether it is worked out from all calls, so that nobody can state it of one:
 * the calls of a rule test, for example.
 */
bool field_is_derived(const struct field *f);

/*
 * How far src_new looks back; its help says so, too.  The `history` of a
 * rule's baseline is not taken for it: one value of a call must be the same
 * for all rules, waivers and tuning entries that ask, most of which have no
 * baseline.  30 days have a month's worth of routine in them, such as a
 * monthly report that is faxed or somebody on leave, and are within what
 * stores keep by default.
 */
#define FIELD_NEW_MS (30 * INT64_C(86400000))

/* Whether it is the number of a party of the call; which one that then is. */
bool field_is_party(const struct field *f);
static inline uint32_t
field_party(const struct field *f, const struct batch *b, size_t i)
{
	uint32_t party;

	if (f->home == HOME_EXTRA_PARTY)
		return batch_extra(b, (enum call_extra)f->at, i);
	memcpy(&party, (const char *)&b->calls[i] + f->via, sizeof(party));
	return party;
}

/* Whether it can be a group key (text, enum, bool). */
bool field_is_key(const struct field *f);

/*
 * The code of a TEXT, ENUM or BOOL field of call `i`: equal values have equal
 * codes, FIELD_MISSING if there is none.
 */
#define FIELD_MISSING UINT32_MAX
/* The codes of a FIELD_BOOL. */
enum { FIELD_FALSE = 1, FIELD_TRUE = 2 };
uint32_t field_code(const struct field *f, const struct batch *b, size_t i);
/* The same of `n` calls from `first` on. */
void field_codes(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *codes);
/* The same of `n` calls that lie anywhere. */
void field_codes_at(const struct field *f, const struct batch *b,
    const uint32_t *calls, size_t n, uint32_t *codes);
/*
 * A field with HOME_PARTY_NAME is the same for all calls that have the party on
 * that side, `via`: the parties of `n` calls from `first` on, and its code for
 * one of them.
 */
enum { FIELD_SIDES = 2 }; /* src, dst */
void field_parties(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *parties);
uint32_t field_party_code(const struct field *f, const struct batch *b,
    uint32_t party);
/* A SPAN, MONEY, NUMBER or TIME field; false if missing. */
bool field_number(const struct field *f, const struct batch *b, size_t i,
    int64_t *v);
/* The same of `n` calls from `first` on; `present` gets 0 or 1. */
void field_numbers(const struct field *f, const struct batch *b, size_t first,
    size_t n, int64_t *values, uint8_t *present);
/* The same of `n` calls that lie anywhere. */
void field_numbers_at(const struct field *f, const struct batch *b,
    const uint32_t *calls, size_t n, int64_t *values, uint8_t *present);
/*
 * Whether it is a number that all calls have and 32 bits hold; that of `n`
 * calls from `first` on.
 */
bool field_is_short(const struct field *f);
void field_shorts(const struct field *f, const struct batch *b, size_t first,
    size_t n, uint32_t *values);
/* A code as text; lives as long as the batch. */
const char *field_code_text(const struct field *f, const struct batch *b,
    uint32_t code);
/* The code of an enum or bool word, -1 if there is none. */
int field_word(const struct field *f, const char *word);
/* Any field of a call for people: "+5377", "12m", "true", "(missing)". */
void field_print(const struct field *f, const struct batch *b, size_t i,
    struct buf *out);

#endif
