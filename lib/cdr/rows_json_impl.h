/*
 * rows_json_impl: objects that are records, in a stream of JSON that may be
 * damaged.
 *
 * Nothing is parsed as a document.  Outside of objects the next `{` is looked
 * for; from there the grammar of JSON is followed with a stack of brackets.
 * An object that at its end has all members named by the layout is a record,
 * whatever it is in, unless a record is in it.
 *
 * What breaks the grammar is damage: the stack is given up, and the next `{`
 * is looked for, from the last string on.  That is safe because `{` with `"`
 * behind it does not stand inside of any string, and a string with a line end
 * in it is none; so what a lost quote swallows ends at the next quote.
 */
#ifndef LIB_CDR_ROWS_JSON_IMPL_H
#define LIB_CDR_ROWS_JSON_IMPL_H

#include "base/bounds.h"
#include "cdr/rows_impl.h"

/* An open bracket. */
struct json_level {
	uint64_t begin;
	char bracket;
	bool has_record; /* a record is in it, so it is none */
	bool too_long;   /* its begin is not in sight any more */
	uint32_t names;  /* bits: the members by which a record is known */
};

enum json_expect {
	EXPECT_KEY, /* or the end of the object */
	EXPECT_COLON,
	EXPECT_VALUE,
	EXPECT_ITEM, /* a value, or the end of the list */
	EXPECT_COMMA /* or an end */
};

enum json_token { TOKEN_NONE, TOKEN_KEY, TOKEN_STRING, TOKEN_WORD };

/* What the scanner came upon. */
enum json_event {
	JSON_NOTHING, /* all that is in sight is read */
	JSON_RECORD,
	JSON_OTHER, /* an object that is none, and in none */
	JSON_FAULT
};

enum { JSON_WORD_MAX = 64 };

#define JSON_NOWHERE UINT64_MAX

struct json_scan {
	const struct layout *layout;
	struct window *w;
	uint64_t at;
	struct json_level stack[BOUNDS_JSON_DEPTH];
	uint32_t depth;
	enum json_expect expect;
	enum json_token token;
	bool escaped;
	/* Or JSON_NOWHERE: */
	uint64_t string; /* begin of the last token if that is a string */
	uint64_t stray;  /* begin of text that is in no object */
	char word[JSON_WORD_MAX];
	size_t word_len; /* may go beyond what is kept */
	bool lost;       /* no record since the last damage */
	uint32_t astray; /* objects that were open then may still end */
	bool line_begins;
	/* Of the event: */
	uint64_t begin, end;
	const char *fault;
};

void json_scan_init(struct json_scan *s, const struct layout *l,
    struct window *w);
enum json_event json_scan_next(struct json_scan *s);
/* The stream is over: JSON_FAULT for what is cut off or left over. */
enum json_event json_scan_end(struct json_scan *s);
/* The first byte that is still needed. */
uint64_t json_scan_keep(struct json_scan *s);

/*
 * Strings and words of an object, as far as they are in sight; false for what
 * is none.  rows_json_token.c
 */
bool json_begin_token(struct json_scan *s, char c);
bool json_in_string(struct json_scan *s);
bool json_in_word(struct json_scan *s);

#endif
