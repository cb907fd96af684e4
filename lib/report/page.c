#include "report/page.h"

#include <string.h>

#include "base/utf8.h"
#include "report/page_impl.h"

void
page_init(struct page *p, struct buf *out, int width, bool colour)
{
	if (width == 0)
		width = PAGE_WIDTH;
	if (width < PAGE_MIN)
		width = PAGE_MIN;
	if (width > PAGE_MAX)
		width = PAGE_MAX;
	p->out = out;
	p->width = (size_t)width;
	p->colour = colour;
}

void
page_styled(struct page *p, const char *text, size_t len, enum page_style style)
{
	static const char *const begin[] = { "", "\033[1m", "\033[33m",
		"\033[31m", "\033[1;31m" };

	if (!p->colour || style == PAGE_PLAIN || len == 0) {
		buf_add(p->out, text, len);
		return;
	}
	buf_addstr(p->out, begin[style]);
	buf_add(p->out, text, len);
	buf_addstr(p->out, "\033[0m");
}

void
page_clipped(struct page *p, const char *text, size_t room,
    enum page_style style)
{
	size_t dots = room > 3 ? 3 : room;

	if (page_length(text) <= room) {
		page_styled(p, text, strlen(text), style);
		return;
	}
	page_styled(p, text, page_bytes(text, room - dots), style);
	buf_fill(p->out, '.', dots);
}

void
page_end(struct page *p)
{
	while (p->out->len > 0 && p->out->data[p->out->len - 1] == ' ')
		buf_cut(p->out, p->out->len - 1);
	buf_addch(p->out, '\n');
}

void
page_blank(struct page *p)
{
	buf_addch(p->out, '\n');
}

void
page_rule(struct page *p, char c)
{
	buf_fill(p->out, c, p->width);
	page_end(p);
}

static void
clean(struct buf *b, const char *text)
{
	buf_init(b);
	utf8_printable(b, text, strlen(text));
}

/* Printable text in lines, each behind `indent` blanks but the first. */
static void
wrap(struct page *p, const char *text, size_t used, size_t indent,
    enum page_style style)
{
	size_t len, next, line;

	for (line = 1; line < PAGE_LINES; line++) {
		len = page_break(text, p->width - used, &next);
		page_styled(p, text, len, style);
		page_end(p);
		text += next;
		if (*text == '\0')
			return;
		buf_fill(p->out, ' ', indent);
		used = indent;
	}
	page_clipped(p, text, p->width - used, style);
	page_end(p);
}

void
page_wrap(struct page *p, const char *label, const char *text)
{
	struct buf l, t;
	size_t indent;

	clean(&l, label);
	clean(&t, text);
	indent = page_length(l.data);
	buf_add(p->out, l.data, l.len);
	if (indent > p->width / 2) { /* too long to hang the text beside it */
		page_end(p);
		indent = 0;
	}
	wrap(p, t.data, indent, indent, PAGE_PLAIN);
	buf_fini(&l);
	buf_fini(&t);
}

void
page_ends(struct page *p, const char *left, enum page_style left_style,
    const char *right, enum page_style right_style)
{
	struct buf l, r;
	size_t nl, nr;

	clean(&l, left);
	clean(&r, right);
	nl = page_length(l.data);
	nr = page_length(r.data);
	if (nl + 2 + nr > p->width) {
		wrap(p, l.data, 0, 0, left_style);
		nl = 0;
	} else {
		page_styled(p, l.data, l.len, left_style);
	}
	if (nl + nr < p->width)
		buf_fill(p->out, ' ', p->width - nl - nr);
	page_clipped(p, r.data, p->width, right_style);
	page_end(p);
	buf_fini(&l);
	buf_fini(&r);
}

void
page_pieces(struct page *p, const char *const *pieces, size_t n)
{
	struct buf piece;
	size_t i, used = 0, len;

	for (i = 0; i < n; i++) {
		clean(&piece, pieces[i]);
		len = page_length(piece.data);
		if (used > 0 && used + 3 + len > p->width) {
			page_end(p);
			used = 0;
		}
		if (len > p->width) {
			wrap(p, piece.data, 0, 0, PAGE_PLAIN);
		} else {
			buf_fill(p->out, ' ', used > 0 ? 3 : 0);
			buf_add(p->out, piece.data, piece.len);
			used += (used > 0 ? 3 : 0) + len;
		}
		buf_fini(&piece);
	}
	if (used > 0)
		page_end(p);
}
