#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "report/page_impl.h"

/* Blocks whose characters are two columns wide (Unicode TR 11, W and F). */
static const struct {
	uint32_t first, last;
} wide[] = {
	{ 0x1100, 0x115f },
	{ 0x2e80, 0x303e },
	{ 0x3041, 0x33ff },
	{ 0x3400, 0x4dbf },
	{ 0x4e00, 0x9fff },
	{ 0xa000, 0xa4cf },
	{ 0xa960, 0xa97f },
	{ 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff },
	{ 0xfe30, 0xfe6f },
	{ 0xff00, 0xff60 },
	{ 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f },
	{ 0x1f680, 0x1f6ff },
	{ 0x1f900, 0x1f9ff },
	{ 0x20000, 0x3fffd },
};

static size_t
columns_of(const char *s, size_t len)
{
	uint32_t c;
	size_t i;

	if (len < 3) /* below U+0800 */
		return 1;
	c = (unsigned char)s[0] & (0xffU >> (len + 1));
	for (i = 1; i < len; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3fU);
	for (i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (c >= wide[i].first && c <= wide[i].last)
			return 2;
	return 1;
}

/* Bytes of the next character, at least 1; its columns. */
static size_t
next_char(const char *text, size_t left, size_t *columns)
{
	size_t len = utf8_char(text, left);

	*columns = len > 0 ? columns_of(text, len) : 1;
	return len > 0 ? len : 1;
}

size_t
page_length(const char *text)
{
	size_t left = strlen(text), sum = 0, len, columns;

	for (; left > 0; text += len, left -= len) {
		len = next_char(text, left, &columns);
		sum += columns;
	}
	return sum;
}

size_t
page_bytes(const char *text, size_t n)
{
	size_t all = strlen(text), at = 0, len, columns;

	while (at < all) {
		len = next_char(text + at, all - at, &columns);
		if (columns > n)
			break;
		n -= columns;
		at += len;
	}
	return at;
}

/* The last place within a word of `end` bytes where it may be divided. */
static size_t
divide(const char *word, size_t end)
{
	size_t at = end;

	while (at > 1 && word[at - 1] != '-' && word[at - 1] != '/')
		at--;
	return at > 1 ? at : end;
}

size_t
page_break(const char *text, size_t room, size_t *next)
{
	size_t end = page_bytes(text, room), at;

	if (end == 0 && text[0] != '\0') /* a wide character, one column */
		end = next_char(text, strlen(text), &at);
	at = end;
	if (text[end] != '\0' && text[end] != ' ') {
		while (at > 0 && text[at - 1] != ' ')
			at--;
		if (at == 0)
			at = divide(text, end);
	}
	*next = at;
	while (text[*next] == ' ')
		++*next;
	while (at > 0 && text[at - 1] == ' ')
		at--;
	return at;
}
