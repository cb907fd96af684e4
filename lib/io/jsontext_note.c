#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "io/jsontext_impl.h"

enum {
	/* A longer line was not written by a person, and is not shown. */
	SOURCE_MAX = 64 * 1024,
};

void
json_find_lines(struct json_doc *doc)
{
	size_t at = 0;
	const char *lf;

	do {
		doc->lines = xgrow(doc->lines, &doc->cap_lines,
		    doc->n_lines + 1, sizeof(*doc->lines));
		doc->lines[doc->n_lines++] = at;
		lf = memchr(doc->text + at, '\n', doc->len - at);
		if (lf != NULL)
			at = (size_t)(lf - doc->text) + 1;
	} while (lf != NULL);
}

/* Index of the line that has byte `at`. */
static size_t
line_of(const struct json_doc *doc, size_t at)
{
	size_t low = 0, high = doc->n_lines, middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (doc->lines[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static size_t
end_of_line(const struct json_doc *doc, size_t line)
{
	size_t end = doc->len;

	if (line + 1 < doc->n_lines)
		end = doc->lines[line + 1] - 1;
	if (end > doc->lines[line] && doc->text[end - 1] == '\r')
		end--;
	return end;
}

/* Fill in the place; `end` of the marked bytes only if on the same line. */
static void
add_note(struct notes *ns, struct note *note, const struct json_doc *doc,
    size_t begin, size_t end)
{
	const size_t line = line_of(doc, begin);
	const size_t from = doc->lines[line], to = end_of_line(doc, line);
	char *source = NULL;

	note->file = doc->file;
	/* What is counted only needs no place; finding it takes time. */
	if (ns->errors + ns->warnings >= BOUNDS_NOTES) {
		notes_add(ns, note);
		return;
	}
	/* What a CRLF or the end of the text is marked at is the line's end. */
	if (begin > to)
		begin = to;
	if (end > to)
		end = begin + 1;
	note->line = (uint32_t)line + 1;
	note->column =
	    (uint32_t)utf8_length(doc->text + from, begin - from) + 1;
	note->end = note->column + 1;
	if (end > begin)
		note->end =
		    note->column +
		    (uint32_t)utf8_length(doc->text + begin, end - begin);
	if (to - from <= SOURCE_MAX)
		source = xstrndup(doc->text + from, to - from);
	note->source = source;
	notes_add(ns, note);
	free(source);
}

void
json_note_bytes(struct notes *ns, const struct json_doc *doc, const char *code,
    size_t begin, size_t end, const char *help, const char *more,
    const char *text)
{
	struct note note = { .level = NOTE_ERROR,
		.code = code,
		.text = text,
		.help = help,
		.more = more };

	add_note(ns, &note, doc, begin, end);
}

/* Bytes of the text. */
struct span {
	size_t begin, end;
};

static struct span
span_of(const struct json *j)
{
	return (struct span){ j->begin, j->end };
}

/* The printf part of the functions below. */
static void add_note_v(struct notes *ns, enum note_level level,
    const char *code, const struct json_doc *doc, struct span at,
    const char *help, const char *more, const char *fmt, va_list ap)
    __attribute__((format(printf, 8, 0)));

static void
add_note_v(struct notes *ns, enum note_level level, const char *code,
    const struct json_doc *doc, struct span at, const char *help,
    const char *more, const char *fmt, va_list ap)
{
	char text[BOUNDS_MESSAGE];
	struct note note = { .level = level,
		.code = code,
		.text = text,
		.help = help,
		.more = more };

	(void)vsnprintf(text, sizeof(text), fmt, ap);
	add_note(ns, &note, doc, at.begin, at.end);
}

void
json_note(struct notes *ns, enum note_level level, const char *code,
    const struct json *at, const char *help, const char *more, const char *fmt,
    ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_note_v(ns, level, code, at->doc, span_of(at), help, more, fmt, ap);
	va_end(ap);
}

void
json_note_key(struct notes *ns, enum note_level level, const char *code,
    const struct json *at, const char *help, const char *more, const char *fmt,
    ...)
{
	struct span place = span_of(at);
	va_list ap;

	if (at->key != NULL)
		place = (struct span){ at->key_begin, at->key_end };
	va_start(ap, fmt);
	add_note_v(ns, level, code, at->doc, place, help, more, fmt, ap);
	va_end(ap);
}

static unsigned
hex4(const char *s)
{
	char digits[5];

	memcpy(digits, s, 4);
	digits[4] = '\0';
	return (unsigned)strtoul(digits, NULL, 16);
}

/*
 * The escape or character at `s` of a string that was found good: its length,
 * and in `*decoded` that of the bytes it stands for.
 */
static size_t
unit(const char *s, size_t n, size_t *decoded)
{
	unsigned c;

	if (s[0] != '\\') {
		*decoded = utf8_char(s, n);
		assert(*decoded > 0);
		return *decoded;
	}
	*decoded = 1;
	if (s[1] != 'u')
		return 2;
	c = hex4(s + 2);
	if (c >= 0xd800 && c < 0xe000) {
		*decoded = 4;
		return 12;
	}
	*decoded = c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
	return 6;
}

/* The bytes of the text that made byte `offset` of the decoded string. */
static struct span
find_decoded(const struct json *j, size_t offset)
{
	const size_t last = j->end - 1; /* the closing quote */
	size_t at, len, decoded;

	for (at = j->begin + 1; at < last; at += len, offset -= decoded) {
		len = unit(j->doc->text + at, last - at, &decoded);
		if (offset < decoded)
			return (struct span){ at, at + len };
	}
	return (struct span){ last, last + 1 };
}

void
json_note_at(struct notes *ns, enum note_level level, const char *code,
    const struct json *at, size_t offset, const char *help, const char *more,
    const char *fmt, ...)
{
	struct span place =
	    at->type == JSON_STRING ? find_decoded(at, offset) : span_of(at);
	va_list ap;

	va_start(ap, fmt);
	add_note_v(ns, level, code, at->doc, place, help, more, fmt, ap);
	va_end(ap);
}

uint32_t
json_line(const struct json *j)
{
	return (uint32_t)line_of(j->doc, j->begin) + 1;
}
