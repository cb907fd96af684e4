#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "cdr/rows_impl.h"

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

/* What stands behind `begin` is a cell. */
static void
close_cell(struct cells *c, size_t begin)
{
	assert(c->n < c->layout->ncolumns);
	c->fields[c->n] =
	    (struct csvfield){ .len = (uint32_t)(c->texts.len - begin) };
	c->n++;
	buf_addch(&c->texts, '\0');
}

void
cells_add(struct cells *c, const char *text, size_t len)
{
	const size_t begin = c->texts.len;

	buf_add(&c->texts, text, len);
	close_cell(c, begin);
}

void
cells_add_text(struct cells *c, const char *text, size_t len)
{
	const size_t begin = c->texts.len;

	if (c->layout->percent)
		add_decoded(&c->texts, text, len);
	else
		buf_add(&c->texts, text, len);
	repair(c, begin);
	close_cell(c, begin);
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
