#include "io/jsonout.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

void
jsonout_init(struct jsonout *j, struct buf *out, bool pretty)
{
	memset(j, 0, sizeof(*j));
	j->out = out;
	j->pretty = pretty;
}

static void
new_line(struct jsonout *j)
{
	if (!j->pretty)
		return;
	buf_addch(j->out, '\n');
	buf_fill(j->out, ' ', (size_t)j->depth * 2);
}

/* What stands before a value or a key. */
static void
begin_item(struct jsonout *j)
{
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	if (j->filled[j->depth])
		buf_addch(j->out, ',');
	j->filled[j->depth] = true;
	if (j->depth > 0)
		new_line(j);
}

static void
open_bracket(struct jsonout *j, char c)
{
	begin_item(j);
	buf_addch(j->out, c);
	assert(j->depth + 1 < JSONOUT_DEPTH);
	j->filled[++j->depth] = false;
}

static void
close_bracket(struct jsonout *j, char c)
{
	const bool filled = j->filled[j->depth];

	assert(j->depth > 0 && !j->after_key);
	j->depth--;
	if (filled)
		new_line(j);
	buf_addch(j->out, c);
}

void
jsonout_object(struct jsonout *j)
{
	open_bracket(j, '{');
}

void
jsonout_end_object(struct jsonout *j)
{
	close_bracket(j, '}');
}

void
jsonout_array(struct jsonout *j)
{
	open_bracket(j, '[');
}

void
jsonout_end_array(struct jsonout *j)
{
	close_bracket(j, ']');
}

static void
add_ascii(struct buf *b, char c)
{
	static const char controls[] = "\b\f\n\r\t", letters[] = "bfnrt";
	const char *found;

	if (c == '"' || c == '\\')
		buf_addf(b, "\\%c", c);
	else if (c != '\0' && (found = strchr(controls, c)) != NULL)
		buf_addf(b, "\\%c", letters[found - controls]);
	else if ((unsigned char)c < 0x20 || c == 0x7f)
		buf_addf(b, "\\u%04x", (unsigned)c);
	else
		buf_addch(b, c);
}

/* Bytes that stand for themselves, from `s` on. */
static size_t
plain_length(const char *s)
{
	size_t n = 0;

	while (s[n] >= 0x20 && s[n] < 0x7f && s[n] != '"' && s[n] != '\\')
		n++;
	return n;
}

static void
add_quoted(struct buf *b, const char *s)
{
	size_t left = strlen(s), len;

	buf_addch(b, '"');
	while (left > 0) {
		len = plain_length(s);
		if (len > 0) {
			buf_add(b, s, len);
		} else if ((len = utf8_char(s, left)) == 0) {
			buf_addstr(b, "\xef\xbf\xbd");
			len = 1;
		} else if (len == 1) {
			add_ascii(b, *s);
		} else if (*s == '\xc2' && (unsigned char)s[1] < 0xa0) {
			buf_addf(b, "\\u%04x", (unsigned char)s[1]);
		} else {
			buf_add(b, s, len);
		}
		s += len;
		left -= len;
	}
	buf_addch(b, '"');
}

void
jsonout_begin_list(struct jsonout *j, struct buf *out)
{
	jsonout_init(j, out, true);
	jsonout_array(j);
}

void
jsonout_end_list(struct jsonout *j)
{
	jsonout_end_array(j);
	buf_addch(j->out, '\n');
}

void
jsonout_key(struct jsonout *j, const char *key)
{
	assert(j->depth > 0 && !j->after_key);
	begin_item(j);
	add_quoted(j->out, key);
	buf_addstr(j->out, j->pretty ? ": " : ":");
	j->after_key = true;
}

void
jsonout_string(struct jsonout *j, const char *text)
{
	begin_item(j);
	add_quoted(j->out, text);
}

void
jsonout_int(struct jsonout *j, int64_t v)
{
	begin_item(j);
	buf_addf(j->out, "%" PRId64, v);
}

void
jsonout_number(struct jsonout *j, double v)
{
	char text[40], *p;
	int digits = fabs(v) < DBL_MIN ? 1 : 15;

	if (!isfinite(v)) {
		jsonout_null(j);
		return;
	}
	begin_item(j);
	/*
	 * A number of up to 15 digits comes back from 15, any from 17; those
	 * near 0 have fewer that mean something.
	 */
	do
		(void)snprintf(text, sizeof(text), "%.*g", digits,
		    v == 0 ? 0.0 : v);
	while (strtod(text, NULL) != v && ++digits <= 17);
	/* A locale may have put something else where the point belongs. */
	p = text + strspn(text, "-0123456789");
	buf_add(j->out, text, (size_t)(p - text));
	if (*p != '\0' && *p != 'e') {
		buf_addch(j->out, '.');
		p += strcspn(p, "0123456789");
	}
	buf_addstr(j->out, p);
}

void
jsonout_bool(struct jsonout *j, bool v)
{
	jsonout_raw(j, v ? "true" : "false");
}

void
jsonout_null(struct jsonout *j)
{
	jsonout_raw(j, "null");
}

void
jsonout_decimal(struct jsonout *j, int64_t v, int decimals)
{
	uint64_t magnitude = v < 0 ? 0 - (uint64_t)v : (uint64_t)v, unit = 1;
	int i;

	assert(decimals >= 0 && decimals <= 18);
	begin_item(j);
	for (; decimals > 0 && magnitude % 10 == 0; decimals--)
		magnitude /= 10;
	for (i = 0; i < decimals; i++)
		unit *= 10;
	buf_addf(j->out, "%s%" PRIu64, v < 0 ? "-" : "", magnitude / unit);
	if (decimals > 0)
		buf_addf(j->out, ".%0*" PRIu64, decimals, magnitude % unit);
}

void
jsonout_raw(struct jsonout *j, const char *json)
{
	begin_item(j);
	buf_addstr(j->out, json);
}

void
jsonout_kstring(struct jsonout *j, const char *key, const char *text)
{
	jsonout_key(j, key);
	jsonout_string(j, text);
}

void
jsonout_kstring_opt(struct jsonout *j, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		jsonout_kstring(j, key, text);
}

void
jsonout_kint(struct jsonout *j, const char *key, int64_t v)
{
	jsonout_key(j, key);
	jsonout_int(j, v);
}

void
jsonout_kbool(struct jsonout *j, const char *key, bool v)
{
	jsonout_key(j, key);
	jsonout_bool(j, v);
}
