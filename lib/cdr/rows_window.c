#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "cdr/rows_impl.h"

enum { READ = 64 * 1024 };

void
window_open(struct window *w, struct input *in)
{
	*w = (struct window){ .in = in, .line = 1 };
}

void
window_open_memory(struct window *w, const char *bytes, size_t len)
{
	*w = (struct window){ .bytes = bytes,
		.end = len,
		.at_end = true,
		.line = 1 };
}

void
window_close(struct window *w)
{
	free(w->own);
}

const char *
window_at(const struct window *w, uint64_t at)
{
	assert(at >= w->base && at <= w->end);
	return w->bytes != NULL ? w->bytes + (at - w->base) : "";
}

uint64_t
window_find(const struct window *w, uint64_t at, char c)
{
	const char *from = window_at(w, at), *p;

	p = memchr(from, c, (size_t)(w->end - at));
	return p != NULL ? at + (uint64_t)(p - from) : w->end;
}

/* Count the lines up to `at`, which is not behind what is in sight. */
static void
count_lines(struct window *w, uint64_t at)
{
	uint64_t lf;

	while (w->line_at < at) {
		lf = window_find(w, w->line_at, '\n');
		if (lf >= at)
			break;
		w->line_at = lf + 1;
		w->line++;
	}
	if (w->line_at < at)
		w->line_at = at;
}

bool
window_more(struct window *w, uint64_t keep)
{
	size_t have;
	ssize_t n;

	if (w->at_end)
		return false;
	if (keep > w->base) {
		count_lines(w, keep);
		memmove(w->own, w->own + (keep - w->base),
		    (size_t)(w->end - keep));
		w->base = keep;
	}
	have = (size_t)(w->end - w->base);
	w->own = xgrow(w->own, &w->cap, have + READ, 1);
	w->bytes = w->own;
	n = input_read(w->in, w->own + have, READ, &w->failure);
	if (n > 0)
		w->end += (uint64_t)n;
	w->at_end = n <= 0;
	w->failed = n < 0;
	return n > 0;
}

void
window_need(struct window *w, uint64_t keep, uint64_t at, size_t n)
{
	while (w->end - at < n && window_more(w, keep))
		continue;
}

void
window_row(struct window *w, uint64_t begin, uint64_t end, struct csvrow *row)
{
	const char *raw = window_at(w, begin), *p = raw;
	const size_t len = (size_t)(end - begin);

	count_lines(w, begin);
	*row = (struct csvrow){ .line = w->line,
		.lines = 1,
		.offset = begin,
		.raw = raw,
		.raw_len = len,
		.ended = true };
	while ((p = memchr(p, '\n', (size_t)(raw + len - p))) != NULL) {
		p++;
		row->lines++;
	}
}

int
window_result(const struct window *w, struct errmsg *err)
{
	return w->failed ? errmsg_set(err, "%s", w->failure.text) : 0;
}

void
cells_init(struct cells *c, const struct layout *l)
{
	*c = (struct cells){ .layout = l,
		.fields = xcalloc(l->ncolumns, sizeof(*c->fields)) };
	buf_init(&c->texts);
}

void
cells_fini(struct cells *c)
{
	buf_fini(&c->texts);
	free(c->fields);
}

void
cells_begin(struct cells *c)
{
	buf_reset(&c->texts);
	c->n = 0;
	c->repaired = false;
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at =
	    c != '\0' ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* What is no escape stays as it is. */
static void
add_decoded(struct buf *b, const char *text, size_t len)
{
	const char *end = text + len;
	int high, low;

	for (; text < end; text++) {
		high = *text == '%' && end - text > 2 ? hex_digit(text[1]) : -1;
		low = high >= 0 ? hex_digit(text[2]) : -1;
		if (low < 0) {
			buf_addch(b, *text);
			continue;
		}
		buf_addch(b, (char)(high * 16 + low));
		text += 2;
	}
}

/* Replace what is no UTF-8 behind `begin`. */
static void
repair(struct cells *c, size_t begin)
{
	struct buf good;

	if (utf8_valid(c->texts.data + begin, c->texts.len - begin))
		return;
	c->repaired = true;
	buf_init(&good);
	utf8_repair(&good, c->texts.data + begin, c->texts.len - begin);
	buf_cut(&c->texts, begin);
	buf_add(&c->texts, good.data, good.len);
	buf_fini(&good);
}

void
cells_add(struct cells *c, const char *text, size_t len)
{
	const size_t begin = c->texts.len;

	assert(c->n < c->layout->ncolumns);
	if (c->layout->percent)
		add_decoded(&c->texts, text, len);
	else
		buf_add(&c->texts, text, len);
	repair(c, begin);
	c->fields[c->n] =
	    (struct csvfield){ .len = (uint32_t)(c->texts.len - begin) };
	c->n++;
	buf_addch(&c->texts, '\0');
}

void
cells_end(struct cells *c, struct csvrow *row)
{
	size_t at = 0;
	uint32_t i;

	/* Only now the buffer stands still. */
	for (i = 0; i < c->n; i++) {
		c->fields[i].text = c->texts.data + at;
		at += c->fields[i].len + 1;
	}
	row->fields = c->fields;
	row->n = c->n;
	row->repaired |= c->repaired;
}
