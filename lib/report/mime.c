#include "report/mime.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

enum {
	LINE = 76,       /* characters of a line of a body or header */
	WORD_BYTES = 42, /* of text in an encoded word, which is then 75 long */
	VALUE_LINE = 72,
	LONGEST_WORD = 60
};

static void
put_quoted(struct buf *b, unsigned char c)
{
	buf_addf(b, "=%02X", (unsigned)c);
}

/* A line of a body while it is written. */
struct line {
	struct buf *b;
	size_t len;
};

static void
put_piece(struct line *l, const char *piece, size_t len)
{
	if (l->len + len > LINE - 1) {
		buf_addstr(l->b, "=\n");
		l->len = 0;
	}
	buf_add(l->b, piece, len);
	l->len += len;
}

/*
 * A dot alone ends a
 * message in SMTP, "From " begins one in a mailbox.
 */
static bool
must_quote(const struct line *l, const char *at, const char *end)
{
	unsigned char c = (unsigned char)*at;

	if (c == '=' || c > 126 || (c < ' ' && c != '\t'))
		return true;
	if (c == ' ' || c == '\t')
		return at + 1 == end; /* blanks at the end get lost */
	if (l->len > 0)
		return false;
	return c == '.' ||
	       (c == 'F' && end - at >= 5 && strncmp(at, "From ", 5) == 0);
}

static void
put_text(struct line *l, const char *at, const char *end)
{
	struct buf piece;

	buf_init(&piece);
	for (; at < end; at++) {
		buf_reset(&piece);
		/* a new line begins where this one has no room */
		if (l->len + 3 > LINE - 1) {
			buf_addstr(l->b, "=\n");
			l->len = 0;
		}
		if (must_quote(l, at, end))
			put_quoted(&piece, (unsigned char)*at);
		else
			buf_addch(&piece, *at);
		put_piece(l, piece.data, piece.len);
	}
	buf_fini(&piece);
}

void
mime_body(struct buf *b, const char *text, size_t len)
{
	const char *at = text, *stop = text + len, *end;
	struct line l = { .b = b };

	while (at < stop) {
		end = memchr(at, '\n', (size_t)(stop - at));
		if (end == NULL)
			end = stop;
		l.len = 0;
		put_text(&l, at, end);
		buf_addch(b, '\n');
		at = end + 1;
	}
}

void
mime_body_exact(struct buf *b, const char *bytes, size_t len)
{
	struct line l = { .b = b };
	struct buf piece;
	size_t i;

	buf_init(&piece);
	for (i = 0; i < len; i++) {
		buf_reset(&piece);
		if (bytes[i] == '\n' || must_quote(&l, bytes + i, bytes + len))
			put_quoted(&piece, (unsigned char)bytes[i]);
		else
			buf_addch(&piece, bytes[i]);
		put_piece(&l, piece.data, piece.len);
		/* lines of the text are lines here, as far as that goes */
		if (bytes[i] == '\n') {
			buf_addstr(b, "=\n");
			l.len = 0;
		}
	}
	buf_addch(b, '\n');
	buf_fini(&piece);
}

/* Printable ASCII in words that fit into a line; "=?" would be decoded. */
static bool
is_plain(const char *text)
{
	size_t len = 0;

	if (strstr(text, "=?") != NULL)
		return false;
	for (; *text != '\0'; text++) {
		len = *text == ' ' ? 0 : len + 1;
		if ((unsigned char)*text > 126 || len > LONGEST_WORD)
			return false;
	}
	return true;
}

/* Break at blanks; a word longer than a line stays whole. */
static void
put_folded(struct buf *b, size_t used, const char *text)
{
	size_t len;

	while (*text != '\0') {
		len = strspn(text, " ");
		len += strcspn(text + len, " ");
		if (used + len > VALUE_LINE && *text == ' ' && used > 1) {
			buf_addch(b, '\n');
			used = 0;
		}
		buf_add(b, text, len);
		used += len;
		text += len;
	}
}

static void
put_word(struct buf *b, const char *text, size_t len)
{
	static const char plain[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	size_t i;

	buf_addstr(b, "=?UTF-8?Q?");
	for (i = 0; i < len; i++) {
		if (text[i] == ' ')
			buf_addch(b, '_');
		else if (strchr(plain, text[i]) != NULL)
			buf_addch(b, text[i]);
		else
			put_quoted(b, (unsigned char)text[i]);
	}
	buf_addstr(b, "?=");
}

/* Encoded words of whole characters, a line each. */
static void
put_words(struct buf *b, const char *text, size_t len)
{
	size_t at = 0, n, one, cost;

	while (at < len) {
		for (n = 0, cost = 0; at + n < len; n += one) {
			one = utf8_char(text + at + n, len - at - n);
			cost += one > 1 ? 3 * one : 3;
			if (cost > WORD_BYTES && n > 0)
				break;
		}
		buf_addstr(b, at > 0 ? "\n " : "");
		put_word(b, text + at, n);
		at += n;
	}
}

void
mime_header(struct buf *b, const char *name, const char *value)
{
	struct buf text;

	buf_init(&text);
	utf8_printable(&text, value, strlen(value));
	buf_addf(b, "%s:", name);
	if (is_plain(text.data)) {
		buf_addch(b, ' ');
		put_folded(b, strlen(name) + 2, text.data);
	} else {
		buf_addstr(b, strlen(name) > 12 ? "\n " : " ");
		put_words(b, text.data, text.len);
	}
	buf_addch(b, '\n');
	buf_fini(&text);
}

void
mime_header_plain(struct buf *b, const char *name, const char *value)
{
	buf_addf(b, "%s: ", name);
	put_folded(b, strlen(name) + 2, value);
	buf_addch(b, '\n');
}

bool
mime_addresses_valid(const char *text)
{
	bool filled = false;

	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || (unsigned char)*text > 126)
			return false;
		if (*text == ',' && !filled)
			return false;
		if (*text == ',')
			filled = false;
		else if (*text != ' ')
			filled = true;
	}
	return filled;
}
