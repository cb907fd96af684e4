#include "report/html.h"

#include <string.h>

#include "base/utf8.h"

/* Bytes of the first HTML_LONGEST characters of valid text. */
static size_t
clip(const char *text, size_t len)
{
	size_t at = 0, n;

	for (n = 0; n < HTML_LONGEST && at < len; n++)
		at += utf8_char(text + at, len - at);
	return at;
}

static void
escape(struct buf *b, char c)
{
	static const struct {
		char c;
		const char *entity;
	} table[] = {
		{ '&', "&amp;" },
		{ '<', "&lt;" },
		{ '>', "&gt;" },
		{ '"', "&quot;" },
		{ '\'', "&#39;" },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].c == c) {
			buf_addstr(b, table[i].entity);
			return;
		}
	buf_addch(b, c);
}

void
html_text(struct buf *b, const char *text)
{
	struct buf shown;
	size_t i, len;

	if (text == NULL)
		return;
	buf_init(&shown);
	utf8_printable(&shown, text, strlen(text));
	len = clip(shown.data, shown.len);
	for (i = 0; i < len; i++)
		escape(b, shown.data[i]);
	if (len < shown.len)
		buf_addstr(b, "...");
	buf_fini(&shown);
}

void
html_element(struct buf *b, const char *tag, const char *class,
    const char *text)
{
	buf_addf(b, "<%s", tag);
	if (class != NULL)
		buf_addf(b, " class=\"%s\"", class);
	buf_addch(b, '>');
	html_text(b, text);
	buf_addf(b, "</%s>", tag);
}
