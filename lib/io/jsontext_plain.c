/*
 * jsontext: JSON as programs write it, in a fraction of the time.  One pass
 * makes the nodes; what it finds nothing plain in, or wrong, it leaves to
 * json_parse(), which says what that is.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "io/jsontext_impl.h"

enum {
	MOST_DIGITS = 15, /* of a whole number that a double holds */
	MOST_MEMBERS = 64 /* of which each is held against all others */
};

struct plain {
	struct json_doc *doc;
	const char *text;
	char *strings; /* a copy of the text, in which strings are decoded */
	size_t at, most, n;
	int depth;
};

/* No more values than this; commas within strings count, too. */
static size_t
count_values(const char *text, size_t len)
{
	size_t i, n = 1;

	for (i = 0; i < len; i++)
		n += text[i] == ',' || text[i] == '[' || text[i] == '{';
	return n;
}

static void
skip_space(struct plain *s)
{
	while (s->text[s->at] == ' ' || s->text[s->at] == '\n' ||
	       s->text[s->at] == '\t' || s->text[s->at] == '\r')
		s->at++;
}

static int
digit_of(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *found = c != '\0' ? strchr(digits, c) : NULL;

	return found != NULL ? (int)((found - digits) % 16) : -1;
}

/* One that is a character by itself; 0: it is not. */
static unsigned
take_unicode(struct plain *s)
{
	unsigned c = 0;
	int i, digit;

	for (i = 0; i < 4; i++) {
		digit = digit_of(s->text[s->at]);
		if (digit < 0)
			return 0;
		c = c * 16 + (unsigned)digit;
		s->at++;
	}
	return c < 0xd800 || c > 0xdfff ? c : 0;
}

static char *
put_unicode(char *to, unsigned c)
{
	if (c < 0x80) {
		*to++ = (char)c;
		return to;
	}
	if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
	} else {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*to++ = (char)(0x80 | (c & 0x3f));
	return to;
}

/* What is behind a backslash, to `*to`. */
static bool
take_escape(struct plain *s, char **to)
{
	static const char codes[] = "\"\\/bfnrt", chars[] = "\"\\/\b\f\n\r\t";
	const char c = s->text[s->at++];
	const char *code;
	unsigned u;

	if (c == 'u') {
		u = take_unicode(s);
		*to = put_unicode(*to, u);
		return u != 0;
	}
	code = c != '\0' ? strchr(codes, c) : NULL;
	if (code == NULL)
		return false;
	*(*to)++ = chars[code - codes];
	return true;
}

static bool
is_ordinary(char c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

/* Behind its opening quote; NULL if it is not plain. */
static const char *
take_string(struct plain *s)
{
	const char *begin = s->strings + s->at;
	char *to;
	size_t len;

	while (is_ordinary(s->text[s->at]))
		s->at++;
	to = s->strings + s->at;
	while (s->text[s->at] != '"') {
		if (s->text[s->at] == '\\') {
			s->at++;
			if (!take_escape(s, &to))
				return NULL;
			continue;
		}
		len = utf8_char(s->text + s->at, s->doc->len - s->at);
		if (len == 0 || (unsigned char)s->text[s->at] < ' ')
			return NULL;
		memmove(to, s->text + s->at, len);
		to += len;
		s->at += len;
	}
	*to = '\0';
	s->at++;
	return begin;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits from here on, and the number that they make. */
static size_t
take_digits(struct plain *s, double *v)
{
	const size_t begin = s->at;

	for (; is_digit(s->text[s->at]); s->at++)
		*v = *v * 10 + (s->text[s->at] - '0');
	return s->at - begin;
}

static bool
take_number(struct plain *s, struct json *j)
{
	const bool minus = s->text[s->at] == '-';
	size_t whole, part;
	double v = 0;

	s->at += minus;
	whole = take_digits(s, &v);
	if (whole == 0 || whole > MOST_DIGITS ||
	    (whole > 1 && s->text[s->at - whole] == '0'))
		return false;
	if (s->text[s->at] == '.') {
		s->at++;
		part = take_digits(s, &v);
		if (part == 0 || whole + part > MOST_DIGITS)
			return false;
		v = strtod(s->text + j->begin, NULL);
	} else if (minus) {
		v = -v;
	}
	j->type = JSON_NUMBER;
	j->number = v;
	return strchr("eE.+-", s->text[s->at]) == NULL ||
	       s->text[s->at] == '\0';
}

static bool
take_word(struct plain *s, struct json *j)
{
	static const struct word {
		const char *text;
		enum json_type type;
	} words[] = { { "true", JSON_BOOL }, { "false", JSON_BOOL },
		{ "null", JSON_NULL } };
	size_t i, len;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		len = strlen(words[i].text);
		if (strncmp(s->text + s->at, words[i].text, len) != 0)
			continue;
		s->at += len;
		j->type = words[i].type;
		j->boolean = i == 0;
		return true;
	}
	return false;
}

static struct json *take_value(struct plain *s, const struct json *parent);

/* A member of an object, from its key on. */
static struct json *
take_member(struct plain *s, const struct json *parent)
{
	const size_t begin = s->at;
	const char *key;
	struct json *j;
	size_t end;

	if (s->text[s->at++] != '"')
		return NULL;
	key = take_string(s);
	end = s->at;
	if (key == NULL)
		return NULL;
	skip_space(s);
	if (s->text[s->at++] != ':')
		return NULL;
	skip_space(s);
	j = take_value(s, parent);
	if (j != NULL) {
		j->key = key;
		j->key_begin = begin;
		j->key_end = end;
	}
	return j;
}

/* What stands between brackets, up to `close`. */
static bool
take_members(struct plain *s, struct json *j, char close)
{
	struct json *m, *last = NULL;

	s->at++;
	skip_space(s);
	if (s->text[s->at] == close) {
		s->at++;
		return true;
	}
	for (;;) {
		m = close == '}' ? take_member(s, j) : take_value(s, j);
		if (m == NULL)
			return false;
		if (last != NULL)
			last->next = m;
		else
			j->first = m;
		last = m;
		j->n++;
		skip_space(s);
		if (s->text[s->at] != ',')
			break;
		s->at++;
		skip_space(s);
	}
	return s->text[s->at++] == close &&
	       (close != '}' || json_all_differ(j, MOST_MEMBERS));
}

static struct json *
take_value(struct plain *s, const struct json *parent)
{
	const char c = s->text[s->at];
	struct json *j;
	bool plain;

	if (s->n == s->most || s->depth == BOUNDS_JSON_DEPTH)
		return NULL;
	j = &s->doc->nodes[s->n++];
	*j = (struct json){ .parent = parent, .doc = s->doc, .begin = s->at };
	s->depth++;
	if (c == '{' || c == '[') {
		j->type = c == '{' ? JSON_OBJECT : JSON_ARRAY;
		plain = take_members(s, j, c == '{' ? '}' : ']');
	} else if (c == '"') {
		s->at++;
		j->type = JSON_STRING;
		j->string = take_string(s);
		plain = j->string != NULL;
	} else if (c == '-' || is_digit(c)) {
		plain = take_number(s, j);
	} else {
		plain = take_word(s, j);
	}
	s->depth--;
	j->end = s->at;
	return plain ? j : NULL;
}

struct json_doc *
json_parse_plain(const char *text, size_t len, const char *file)
{
	struct json_doc *doc = xcalloc(1, sizeof(*doc));
	struct plain s = { .doc = doc, .most = count_values(text, len) };

	doc->file = xstrdup(file);
	doc->text = xstrndup(text, len);
	doc->len = len;
	doc->strings = xstrndup(text, len);
	doc->nodes = xmalloc(s.most * sizeof(*doc->nodes));
	s.text = doc->text;
	s.strings = doc->strings;
	json_find_lines(doc);
	skip_space(&s);
	if (take_value(&s, NULL) != NULL) {
		skip_space(&s);
		if (s.at == len)
			return doc;
	}
	json_free(&doc);
	return NULL;
}
