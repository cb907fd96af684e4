#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "report/page_impl.h"

enum { GAP = 2 }; /* blanks between columns */

struct cell {
	const char *text; /* printable */
	size_t length;    /* characters */
	enum page_style style;
};

struct page_table {
	struct arena arena;
	const struct page_column *columns;
	size_t ncolumns;
	const char *heads[PAGE_COLUMNS]; /* printable */
	struct cell *cells;              /* row by row */
	size_t n, cap;
};

static const char *
printable(struct arena *arena, const char *text)
{
	const char *copy;
	struct buf b;

	buf_init(&b);
	utf8_printable(&b, text, strlen(text));
	copy = arena_strdup(arena, b.data);
	buf_fini(&b);
	return copy;
}

struct page_table *
page_table_new(const struct page_column *columns, size_t n)
{
	struct page_table *t = xcalloc(1, sizeof(*t));
	size_t i;

	assert(n > 0 && n <= PAGE_COLUMNS);
	t->columns = columns;
	t->ncolumns = n;
	for (i = 0; i < n; i++)
		t->heads[i] = printable(&t->arena, columns[i].head);
	return t;
}

void
page_table_free(struct page_table **tp)
{
	if (*tp == NULL)
		return;
	arena_fini(&(*tp)->arena);
	free((*tp)->cells);
	free(*tp);
	*tp = NULL;
}

void
page_table_cell(struct page_table *t, const char *text, enum page_style style)
{
	struct cell *c;

	t->cells = xgrow(t->cells, &t->cap, t->n + 1, sizeof(*t->cells));
	c = &t->cells[t->n++];
	c->text = printable(&t->arena, text);
	c->length = page_length(c->text);
	c->style = style;
}

void
page_table_blanks(struct page_table *t, size_t n)
{
	for (; n > 0; n--)
		page_table_cell(t, "", PAGE_PLAIN);
}

void
page_table_cellf(struct page_table *t, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	page_table_cell(t, text, PAGE_PLAIN);
}

/* As wide as the widest cell, but never wider than the page. */
static void
natural_widths(const struct page_table *t, size_t most, size_t *width)
{
	size_t i, at;

	for (i = 0; i < t->ncolumns; i++)
		width[i] = page_length(t->heads[i]);
	for (i = 0; i < t->n; i++) {
		at = i % t->ncolumns;
		if (t->cells[i].length > width[at])
			width[at] = t->cells[i].length;
	}
	for (i = 0; i < t->ncolumns; i++)
		if (width[i] > most)
			width[i] = most;
}

static size_t
total_width(const struct page_table *t, const size_t *width, size_t indent)
{
	size_t i, sum = indent + (t->ncolumns - 1) * GAP;

	for (i = 0; i < t->ncolumns; i++)
		sum += width[i];
	return sum;
}

/* The widest column that may give way, or ncolumns. */
static size_t
widest(const struct page_table *t, const size_t *width, bool desperate)
{
	size_t i, best = t->ncolumns, least;

	for (i = 0; i < t->ncolumns; i++) {
		least = desperate ? 1 : t->columns[i].least;
		if (!desperate && t->columns[i].fit == PAGE_WHOLE)
			continue;
		if (width[i] > least &&
		    (best == t->ncolumns || width[i] > width[best]))
			best = i;
	}
	return best;
}

/* Narrow the widest until all fit: first what may be cut or folded. */
static void
fit_widths(const struct page_table *t, size_t page, size_t indent,
    size_t *width)
{
	size_t at;

	natural_widths(t, page, width);
	while (total_width(t, width, indent) > page) {
		at = widest(t, width, false);
		if (at == t->ncolumns)
			at = widest(t, width, true);
		assert(at < t->ncolumns);
		width[at]--;
	}
}

/* One line of a cell, cut where it is too long. */
static void
put_cell(struct page *p, const char *text, size_t width,
    const struct page_column *col, enum page_style style)
{
	size_t length = page_length(text);
	size_t pad = length < width ? width - length : 0;

	if (col->right)
		buf_fill(p->out, ' ', pad);
	page_clipped(p, text, width, style);
	if (!col->right)
		buf_fill(p->out, ' ', pad);
}

/* What of the cell stands on this line of the row; moves `*text` on. */
static void
put_part(struct page *p, const char **text, const struct page_column *col,
    size_t width, enum page_style style, bool last)
{
	size_t next, len;
	char *part;

	if (col->fit != PAGE_FOLD || last) {
		put_cell(p, *text, width, col, style);
		*text += strlen(*text);
		return;
	}
	len = page_break(*text, width, &next);
	part = xstrndup(*text, len);
	put_cell(p, part, width, col, style);
	free(part);
	*text += next;
}

static void
put_row(const struct page_table *t, struct page *p, const struct cell *row,
    size_t indent, const size_t *width)
{
	const char *text[PAGE_COLUMNS];
	size_t i, line = 0;
	bool more;

	for (i = 0; i < t->ncolumns; i++)
		text[i] = row[i].text;
	do {
		more = false;
		line++;
		buf_fill(p->out, ' ', indent);
		for (i = 0; i < t->ncolumns; i++) {
			put_part(p, &text[i], &t->columns[i], width[i],
			    row[i].style, line == PAGE_LINES);
			more = more || *text[i] != '\0';
			if (i + 1 < t->ncolumns)
				buf_fill(p->out, ' ', GAP);
		}
		page_end(p);
	} while (more);
}

static void
put_head(const struct page_table *t, struct page *p, size_t indent, bool line,
    const size_t *width)
{
	struct cell heads[PAGE_COLUMNS];
	size_t i;

	for (i = 0; i < t->ncolumns; i++)
		heads[i] = (struct cell){ .text = t->heads[i] };
	put_row(t, p, heads, indent, width);
	if (!line)
		return;
	buf_fill(p->out, ' ', indent);
	for (i = 0; i < t->ncolumns; i++) {
		buf_fill(p->out, '-', width[i]);
		buf_fill(p->out, ' ', i + 1 < t->ncolumns ? GAP : 0);
	}
	page_end(p);
}

void
page_table_print(const struct page_table *t, struct page *p, size_t indent,
    bool line)
{
	size_t width[PAGE_COLUMNS], i;

	assert(t->n % t->ncolumns == 0);
	fit_widths(t, p->width, indent, width);
	put_head(t, p, indent, line, width);
	for (i = 0; i < t->n; i += t->ncolumns)
		put_row(t, p, &t->cells[i], indent, width);
}
