#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

#include "base/eight.h"

static bool
is_tail(const char *s)
{
	return ((unsigned char)*s & 0xc0) == 0x80;
}

/* The second byte bounds that exclude overlong forms and surrogates. */
static bool
second_ok(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second <= 0x9f;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second <= 0x8f;
	default:
		return true;
	}
}

size_t
utf8_char(const char *s, size_t n)
{
	unsigned char first;
	size_t len, i;

	if (n == 0)
		return 0;
	first = (unsigned char)s[0];
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	len = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (n < len || !second_ok(first, (unsigned char)s[1]))
		return 0;
	for (i = 1; i < len; i++)
		if (!is_tail(s + i))
			return 0;
	return len;
}

bool
utf8_valid(const char *s, size_t n)
{
	size_t len;

	for (; n > 0; s += len, n -= len)
		if ((len = utf8_char(s, n)) == 0)
			return false;
	return true;
}

static bool
eight_ascii(const char *s)
{
	uint64_t eight;

	memcpy(&eight, s, sizeof(eight));
	return (eight & EIGHT(0x80)) == 0;
}

bool
utf8_ascii(const char *s, size_t n)
{
	const char *end = s + n;

	if (n < 8) {
		while (s < end && (unsigned char)*s < 0x80)
			s++;
		return s == end;
	}
	for (; end - s > 8; s += 8)
		if (!eight_ascii(s))
			return false;
	/* The last eight, of which some may have been seen. */
	return eight_ascii(end - 8);
}

size_t
utf8_length(const char *s, size_t n)
{
	size_t len, count = 0;

	for (; n > 0; s += len, n -= len, count++)
		if ((len = utf8_char(s, n)) == 0)
			len = 1;
	return count;
}

void
utf8_repair(struct buf *b, const char *s, size_t n)
{
	size_t len;

	for (; n > 0; s += len, n -= len) {
		len = utf8_char(s, n);
		if (len > 0) {
			buf_add(b, s, len);
		} else {
			buf_addstr(b, "\xef\xbf\xbd");
			len = 1;
		}
	}
}

void
utf8_mend(struct buf *b, const char *s, size_t n)
{
	unsigned char byte;
	size_t len;

	for (; n > 0; s += len, n -= len) {
		len = utf8_char(s, n);
		if (len > 0) {
			buf_add(b, s, len);
			continue;
		}
		byte = (unsigned char)*s;
		buf_addch(b, (char)(0xc0 | byte >> 6));
		buf_addch(b, (char)(0x80 | (byte & 0x3f)));
		len = 1;
	}
}

static uint32_t
code_point(const char *s, size_t len)
{
	uint32_t c = (unsigned char)s[0];
	size_t i;

	if (len > 1)
		c &= 0xffU >> (len + 1);
	for (i = 1; i < len; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3fU);
	return c;
}

/* Characters that change how their neighbours are shown. */
static bool
is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void
utf8_printable(struct buf *b, const char *s, size_t n)
{
	size_t len;

	for (; n > 0; s += len, n -= len) {
		len = utf8_char(s, n);
		if (len > 0 && !is_unsafe(code_point(s, len)))
			buf_add(b, s, len);
		else
			buf_addch(b, '?');
		if (len == 0)
			len = 1;
	}
}
