/*
 * jsontext: strict JSON in which every value knows its line and column
 * (cJSON); and data, which is read leniently.
 *
 * Strict for files that people write: rules, layouts, configuration.  A strict
 * scanner goes over the text first and reports, with code and place, what
 * cJSON accepts silently: comments, trailing commas, duplicate keys, control
 * characters, malformed UTF-8, \u0000, numbers like 01 or 1e999, text behind
 * the end, nesting beyond BOUNDS_JSON_DEPTH.  It records the span of each
 * value; a walk of the tree in document order gives each node its place.
 *
 * All problems are reported, not only the first, up to one that leaves no
 * sense in what follows (E107, E114).  Their codes, for ever:
 *
 *	E101  the file cannot be read
 *	E103  the file is empty
 *	E105  a comment
 *	E106  a comma behind the last member
 *	E107  syntax: not JSON at all from here on
 *	E108  a key given twice in an object
 *	E109  a control character in a string
 *	E110  malformed UTF-8 in a string
 *	E111  the character \u0000
 *	E112  a number in a wrong form, too large, or with too many digits
 *	E113  text behind the end
 *	E114  nested too deeply
 *	E115  an escape that JSON does not have, or half a surrogate pair
 *
 * A byte order mark at the start is skipped.  Columns count characters.
 */
#ifndef LIB_IO_JSONTEXT_H
#define LIB_IO_JSONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/notes.h"

struct json_doc;

enum json_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

/* A value. All texts belong to the document. */
struct json {
	enum json_type type;
	const char *key;    /* its name in its object, else NULL */
	const char *string; /* of a string; decoded */
	double number;      /* of a number */
	bool boolean;
	uint32_t n;               /* members of an array or object */
	const struct json *first; /* its members in order */
	const struct json *next;
	const struct json *parent;
	const struct json_doc *doc;
	size_t begin, end;         /* bytes of the value in the text */
	size_t key_begin, key_end; /* bytes of its key, quotes included */
};

/*
 * Parse; every problem becomes a note.  NULL if there was an error.  `text`
 * (at most BOUNDS_JSON_FILE bytes) is copied; `file` names it in notes.
 */
struct json_doc *json_parse(const char *text, size_t len, const char *file,
    struct notes *notes);
/*
 * The same for data that programs write: what can be mended is (a key given
 * twice: the first counts; bytes that are no UTF-8, control characters and
 * bad escapes in strings; comments, a comma too many), which `*repaired`
 * tells.  The text of a number counts, json_text(), its value may be 0.  NULL
 * where the text is no JSON.
 */
struct json_doc *json_parse_data(const char *text, size_t len, bool *repaired);
/* Read and parse a file; one that cannot be read is a note, E101. */
struct json_doc *json_load(const char *path, struct notes *notes);
void json_free(struct json_doc **dp);

const struct json *json_root(const struct json_doc *doc);
const char *json_file(const struct json_doc *doc);
/* The whole text, without a byte order mark; `begin` and `end` count in it. */
const char *json_text(const struct json_doc *doc);

/* The member with this key, NULL if there is none or `obj` is no object. */
const struct json *json_get(const struct json *obj, const char *key);
/* Its text if it is there and a string, else NULL. */
const char *json_get_string(const struct json *obj, const char *key);

/*
 * What a pointer of RFC 6901 leads to ("/callflow/0/times"), NULL if there is
 * nothing.
 */
const struct json *json_at(const struct json *root, const char *pointer);

/*
 * Add a note at a value: its source line and column are filled in.
 * json_note_key() marks its key, json_note_at() the character of its string
 * at byte `offset` of the decoded text (mapped back through the escapes; the
 * closing quote for the end of the text).  Of a value that covers several
 * lines the first bracket is marked.  `help` and `more` may be NULL.
 */
void json_note(struct notes *ns, enum note_level level, const char *code,
    const struct json *at, const char *help, const char *more, const char *fmt,
    ...) __attribute__((format(printf, 7, 8)));
void json_note_key(struct notes *ns, enum note_level level, const char *code,
    const struct json *at, const char *help, const char *more, const char *fmt,
    ...) __attribute__((format(printf, 7, 8)));
void json_note_at(struct notes *ns, enum note_level level, const char *code,
    const struct json *at, size_t offset, const char *help, const char *more,
    const char *fmt, ...) __attribute__((format(printf, 8, 9)));

/* Line of a value, from 1. */
uint32_t json_line(const struct json *j);

#endif
