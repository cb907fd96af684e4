#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "io/jsontext_impl.h"

enum {
	/* cJSON takes no longer number. */
	NUMBER_MAX = 63,
};

/* 2^53: behind it not every whole number has a double of its own. */
static const double exact_max = 9007199254740992.0;

struct scan {
	struct json_doc *doc;
	struct notes *notes;
	char *clean;
	size_t at;
	int depth;
	bool stopped; /* nothing behind this can be understood */
};

static void
complain(struct scan *s, const char *code, size_t begin, size_t end,
    const char *help, const char *text)
{
	json_note_bytes(s->notes, s->doc, code, begin, end, help, NULL, text);
}

static void
stop(struct scan *s, const char *code, const char *help, const char *text)
{
	if (!s->stopped)
		complain(s, code, s->at, s->at + 1, help, text);
	s->stopped = true;
}

static void
stop_syntax(struct scan *s, const char *needed)
{
	stop(s, "E107", needed,
	    s->at < s->doc->len ? "syntax error" : "the text ends too early");
}

/* The byte at the place reached; NUL behind the end. */
static char
here(const struct scan *s)
{
	return s->doc->text[s->at];
}

static bool
has_text(const struct scan *s, const char *text)
{
	return strncmp(s->doc->text + s->at, text, strlen(text)) == 0;
}

/* Where the comment that begins here ends. */
static size_t
comment_end(const struct scan *s)
{
	const char *text = s->doc->text, *end;

	if (!has_text(s, "/*"))
		return s->at + strcspn(text + s->at, "\n");
	end = strstr(text + s->at + 2, "*/");
	return end != NULL ? (size_t)(end - text) + 2 : s->doc->len;
}

static bool
begins_comment(const struct scan *s)
{
	return here(s) == '#' ||
	       (here(s) == '/' && (has_text(s, "//") || has_text(s, "/*")));
}

/* Whether there was a comment. */
static bool
skip_space(struct scan *s)
{
	bool comment = false;
	size_t end;

	for (;;) {
		if ((unsigned char)here(s) <= ' ')
			s->at += strspn(s->doc->text + s->at, " \t\r\n");
		if (!begins_comment(s))
			return comment;
		comment = true;
		complain(s, "E105", s->at, s->at + (here(s) == '#' ? 1 : 2),
		    "jq could not read this file; rules have \"note\" keys "
		    "for text",
		    "comments are not JSON");
		end = comment_end(s);
		memset(s->clean + s->at, ' ', end - s->at);
		s->at = end;
	}
}

static size_t
add_span(struct scan *s, size_t key_begin, size_t key_end)
{
	struct json_doc *doc = s->doc;

	doc->spans = xgrow(doc->spans, &doc->cap_spans, doc->n_spans + 1,
	    sizeof(*doc->spans));
	doc->spans[doc->n_spans] = (struct json_span){ .begin = s->at,
		.key_begin = key_begin,
		.key_end = key_end };
	return doc->n_spans++;
}

/* A reported piece of a string, made harmless for cJSON. */
static void
blot_out(struct scan *s, size_t len)
{
	memset(s->clean + s->at, '?', len);
	s->at += len;
}

static int
hex4(const char *s)
{
	char digits[5];

	if (strspn(s, "0123456789abcdefABCDEF") < 4)
		return -1;
	memcpy(digits, s, 4);
	digits[4] = '\0';
	return (int)strtol(digits, NULL, 16);
}

static void
scan_unicode_escape(struct scan *s)
{
	const char *escape = s->doc->text + s->at;
	const int c = hex4(escape + 2);
	int low;

	if (c < 0) {
		complain(s, "E115", s->at, s->at + 2,
		    "four hex digits are needed", "broken escape");
		blot_out(s, 2);
	} else if (c == 0) {
		complain(s, "E111", s->at, s->at + 6, NULL,
		    "the character \\u0000 is not allowed");
		blot_out(s, 6);
	} else if (c < 0xd800 || c > 0xdfff) {
		s->at += 6;
	} else {
		low = escape[6] == '\\' && escape[7] == 'u' ? hex4(escape + 8)
							    : -1;
		if (c < 0xdc00 && low >= 0xdc00 && low <= 0xdfff) {
			s->at += 12;
			return;
		}
		complain(s, "E115", s->at, s->at + 6, NULL,
		    "half of a surrogate pair");
		blot_out(s, 6);
	}
}

static void
scan_escape(struct scan *s)
{
	const char c = s->doc->text[s->at + 1];

	if (c == 'u') {
		scan_unicode_escape(s);
	} else if (c != '\0' && strchr("\"\\/bfnrt", c) != NULL) {
		s->at += 2;
	} else {
		complain(s, "E115", s->at, s->at + 2,
		    "a backslash is written \\\\", "no such escape in JSON");
		blot_out(s, 1);
	}
}

/* One character of a string that is no escape and no quote. */
static void
scan_char(struct scan *s, bool *malformed)
{
	const char *c = s->doc->text + s->at;
	const size_t len = utf8_char(c, s->doc->len - s->at);

	if (len == 0) {
		/* Once a string: a file in Latin-1 has many of them. */
		if (!*malformed)
			complain(s, "E110", s->at, s->at + 1,
			    "save the file as UTF-8", "malformed UTF-8");
		*malformed = true;
		s->at++;
	} else if ((unsigned char)*c < 0x20) {
		complain(s, "E109", s->at, s->at + 1,
		    *c == '\t' ? "write \\t" : "write it as \\u00..",
		    "control character in a string");
		blot_out(s, 1);
	} else {
		s->at += len;
	}
}

/* Over what most strings are made of. */
static void
skip_plain(struct scan *s)
{
	const char *p = s->doc->text + s->at;

	while (*p >= ' ' && *p < 0x7f && *p != '"' && *p != '\\')
		p++;
	s->at = (size_t)(p - s->doc->text);
}

static void
scan_string(struct scan *s)
{
	const size_t begin = s->at++;
	bool malformed = false;

	for (skip_plain(s); here(s) != '"'; skip_plain(s)) {
		if (s->at >= s->doc->len || here(s) == '\n') {
			s->at = begin;
			stop(s, "E107", "it begins here",
			    "a string does not end on its line");
			return;
		}
		if (here(s) == '\\')
			scan_escape(s);
		else
			scan_char(s, &malformed);
	}
	s->at++;
}

/* RFC 8259 section 6; NULL if it is good, else what is wrong with it. */
static const char *
number_fault(const char *text, size_t len)
{
	const char *p = text;
	double value;
	bool whole = true;

	p += *p == '-';
	if (*p == '0' && p[1] >= '0' && p[1] <= '9')
		return "a number does not begin with 0";
	if (strspn(p, "0123456789") == 0)
		return "a number begins with a digit";
	p += strspn(p, "0123456789");
	if (*p == '.') {
		whole = false;
		if (strspn(++p, "0123456789") == 0)
			return "digits are needed behind the point";
		p += strspn(p, "0123456789");
	}
	if (*p == 'e' || *p == 'E') {
		whole = false;
		p++;
		p += *p == '+' || *p == '-';
		if (strspn(p, "0123456789") == 0)
			return "digits are needed behind the e";
		p += strspn(p, "0123456789");
	}
	if (p != text + len)
		return "this is no number";
	value = strtod(text, NULL);
	if (!isfinite(value))
		return "too large";
	if (len > NUMBER_MAX || (whole && fabs(value) > exact_max))
		return "digits would be lost; put it in double quotes";
	return NULL;
}

static void
scan_number(struct scan *s)
{
	const char *text = s->doc->text + s->at;
	const size_t len = strspn(text, "0123456789+-.eE");
	const char *fault = number_fault(text, len);

	if (fault != NULL) {
		complain(s, "E112", s->at, s->at + len, fault, "bad number");
		memset(s->clean + s->at, ' ', len);
		s->clean[s->at] = '0';
	}
	s->at += len;
}

static void
scan_word(struct scan *s)
{
	static const char *const words[] = { "true", "false", "null" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (has_text(s, words[i])) {
			s->at += strlen(words[i]);
			return;
		}
	stop_syntax(s, here(s) == '\'' ? "strings have double quotes"
				       : "a value is needed here");
}

static void scan_value(struct scan *s, size_t key_begin, size_t key_end);

static void
scan_key_and_value(struct scan *s)
{
	const size_t begin = s->at;
	size_t end;

	if (here(s) != '"') {
		stop_syntax(s, "a key in double quotes is needed here");
		return;
	}
	scan_string(s);
	end = s->at;
	if (s->stopped)
		return;
	skip_space(s);
	if (here(s) != ':') {
		stop_syntax(s, "a colon is needed here");
		return;
	}
	s->at++;
	scan_value(s, begin, end);
}

/* What stands between brackets, up to `close`. */
static void
scan_members(struct scan *s, char close)
{
	size_t comma;
	bool comment;

	s->at++;
	skip_space(s);
	if (here(s) == close) {
		s->at++;
		return;
	}
	while (!s->stopped) {
		if (close == '}')
			scan_key_and_value(s);
		else
			scan_value(s, 0, 0);
		if (s->stopped)
			return;
		skip_space(s);
		comma = s->at;
		if (here(s) != ',' && here(s) != close) {
			stop_syntax(s, close == '}'
					   ? "a comma or } is needed here"
					   : "a comma or ] is needed here");
			return;
		}
		s->at++;
		if (s->doc->text[comma] == close)
			return;
		comment = skip_space(s);
		if (here(s) == close) {
			/* A comment follows it, which has been told. */
			if (!comment)
				complain(s, "E106", comma, comma + 1,
				    "nothing follows it", "a comma too many");
			s->clean[comma] = ' ';
			s->at++;
			return;
		}
	}
}

static void
scan_value(struct scan *s, size_t key_begin, size_t key_end)
{
	size_t span;
	char c;

	skip_space(s);
	span = add_span(s, key_begin, key_end);
	c = here(s);
	if (c == '{' || c == '[') {
		if (++s->depth > BOUNDS_JSON_DEPTH)
			stop(s, "E114", NULL, "nested too deeply");
		else
			scan_members(s, c == '{' ? '}' : ']');
		s->depth--;
	} else if (c == '"') {
		scan_string(s);
	} else if (c != '\0' && strchr("0123456789+-.", c) != NULL) {
		scan_number(s);
	} else {
		scan_word(s);
	}
	s->doc->spans[span].end = s->at;
}

bool
json_scan(struct json_doc *doc, char *clean, struct notes *notes)
{
	struct scan s = { .doc = doc, .notes = notes, .clean = clean };

	skip_space(&s);
	if (s.at == doc->len) {
		json_note_bytes(notes, doc, "E103", 0, 0, NULL, NULL,
		    "the file is empty");
		return false;
	}
	scan_value(&s, 0, 0);
	if (s.stopped)
		return false;
	skip_space(&s);
	if (s.at < doc->len)
		complain(&s, "E113", s.at, s.at + 1, NULL,
		    "text behind the end");
	/* cJSON is not to see it. */
	clean[s.at] = '\0';
	return true;
}
