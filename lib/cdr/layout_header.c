/* Which column a header names where, and what it says of it besides. */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/xalloc.h"
#include "cdr/layout_impl.h"
#include "tel/money.h"

/* What a cell of a header says. */
struct title {
	const char *plain; /* the whole name */
	const char *base;  /* without the unit; "" if there is none */
	struct layout_heading heading;
};

static const struct {
	const char *word;
	uint32_t ms, parts;
} spans[] = {
	{ "h", 3600000, 1 },
	{ "hours", 3600000, 1 },
	{ "min", 60000, 1 },
	{ "mins", 60000, 1 },
	{ "minutes", 60000, 1 },
	{ "s", 1000, 1 },
	{ "sec", 1000, 1 },
	{ "secs", 1000, 1 },
	{ "seconds", 1000, 1 },
	{ "ms", 1, 1 },
	{ "msec", 1, 1 },
	{ "milliseconds", 1, 1 },
	{ "us", 1, 1000 },
	{ "ns", 1, 1000000 },
};

void
layout_header_fini(struct layout_header *h)
{
	free(h->at);
	free(h->headings);
	memset(h, 0, sizeof(*h));
}

size_t
layout_plain_name(const char *name, size_t len, char *plain)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++)
		if (isalnum((unsigned char)name[i]))
			plain[n++] = (char)tolower((unsigned char)name[i]);
	plain[n] = '\0';
	return n;
}

static bool
is_text(const char *s, size_t len, const char *text)
{
	return strlen(text) == len && strncasecmp(s, text, len) == 0;
}

/* "UTC", "EUR", "ms"; "hh:mm:ss" is one that a span needs not be told. */
static bool
read_heading(const char *s, size_t len, struct layout_heading *h)
{
	size_t i;

	if (is_text(s, len, "UTC") || is_text(s, len, "GMT")) {
		h->utc = true;
		return true;
	}
	if (money_is_code(s, len)) {
		for (i = 0; i < len; i++)
			h->currency[i] = (char)toupper((unsigned char)s[i]);
		return true;
	}
	for (i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		if (!is_text(s, len, spans[i].word))
			continue;
		h->unit = (struct layout_unit){ spans[i].ms, spans[i].parts,
			DIGITS_COUNT };
		return true;
	}
	for (i = 0; i < len; i++)
		if (s[i] == '\0' || strchr("hmsHMS:", s[i]) == NULL)
			return false;
	return len > 0;
}

/*
 * Where the unit at the end of a name begins, and how long it is: a word, or
 * what stands in parentheses.  Returns the length of the name before it, 0 if
 * there is none.
 */
static size_t
split_name(const char *s, size_t len, size_t *unit, size_t *unit_len)
{
	size_t at, end = len;

	while (end > 0 && strchr(" \t)]", s[end - 1]) != NULL)
		end--;
	for (at = end; at > 0 && strchr(" \t_-([/", s[at - 1]) == NULL; at--)
		;
	*unit = at;
	*unit_len = end - at;
	return at;
}

/*
 * The same cells under both their names; all texts are in one piece of memory
 * that begins with `room`.
 */
static struct title *
read_titles(const struct csvrow *row, char *room)
{
	struct title *titles = xcalloc(row->n, sizeof(*titles));
	size_t before, unit, unit_len;
	const struct csvfield *cell;
	struct title *t;
	uint32_t i;

	for (i = 0; i < row->n; i++) {
		t = &titles[i];
		cell = &row->fields[i];
		t->plain = room;
		room += layout_plain_name(cell->text, cell->len, room) + 1;
		t->base = room;
		before = split_name(cell->text, cell->len, &unit, &unit_len);
		if (before == 0 ||
		    !read_heading(cell->text + unit, unit_len, &t->heading))
			before = 0;
		room += layout_plain_name(cell->text, before, room) + 1;
	}
	return titles;
}

/* Nearly all differ in the first letter already. */
static bool
is_name(const char *plain, const char *name)
{
	return plain[0] == name[0] && strcmp(plain, name) == 0;
}

/* The first cell with this name, -1 if there is none. */
static int16_t
cell_named(const struct title *titles, uint32_t n, const char *name, bool base)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (is_name(base ? titles[i].base : titles[i].plain, name))
			return (int16_t)i;
	return -1;
}

/* Where each column stands; its best name counts, and one as it is most. */
static void
find_columns(const struct layout *l, const struct csvrow *row,
    struct layout_header *h)
{
	struct title *titles;
	size_t size = 0;
	char *room;
	uint32_t i;
	int pass;

	for (i = 0; i < row->n; i++)
		size += 2 * ((size_t)row->fields[i].len + 1);
	room = xmalloc(size);
	titles = read_titles(row, room);
	h->at = xcalloc(l->ncolumns, sizeof(*h->at));
	h->headings = xcalloc(l->ncolumns, sizeof(*h->headings));
	for (i = 0; i < l->ncolumns; i++)
		h->at[i] = -1;
	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < l->nnames; i++)
			if (h->at[l->names[i].column] < 0)
				h->at[l->names[i].column] = cell_named(titles,
				    row->n, l->names[i].plain, pass == 1);
	for (i = 0; i < l->ncolumns; i++)
		if (h->at[i] >= 0)
			h->headings[i] = titles[h->at[i]].heading;
	free(titles);
	free(room);
}

uint16_t
layout_column(const struct layout *l, uint16_t column)
{
	return column < l->ncolumns
		   ? column
		   : l->gather.cells[column - l->ncolumns].column;
}

/* Whether one of the field's alternatives has all its columns. */
static bool
has_field(const struct layout *l, enum layout_target target, const int16_t *at)
{
	const struct layout_field *f = &l->fields[target];
	uint32_t i, k;

	for (i = 0; i < f->nfrom; i++) {
		for (k = 0; k < f->from[i].n; k++)
			if (at[layout_column(l, f->from[i].columns[k])] < 0)
				break;
		if (k == f->from[i].n)
			return true;
	}
	return false;
}

/* A time, and all without which the records would be of another kind. */
static bool
has_needed(const struct layout *l, const int16_t *at)
{
	const struct cell_test *t = l->recognise.list;
	uint32_t i;

	for (i = 0; i < l->recognise.n; i++, t++)
		if (t->must &&
		    (t->kind == CELL_TIME ? !has_field(l, t->target, at)
					  : at[t->column] < 0))
			return false;
	return has_field(l, TARGET_START, at) || has_field(l, TARGET_END, at);
}

/* Whether the letters and digits of a cell begin with a plain name. */
static bool
begins_with(const struct csvfield *cell, const char *plain)
{
	uint32_t i;

	for (i = 0; i < cell->len && *plain != '\0'; i++) {
		if (!isalnum((unsigned char)cell->text[i]))
			continue;
		if (tolower((unsigned char)cell->text[i]) != *plain)
			return false;
		plain++;
	}
	return *plain == '\0';
}

/* Whether one of the field's alternatives begins with the column. */
static bool
starts_with(const struct layout *l, enum layout_target target, uint16_t column)
{
	const struct layout_field *f = &l->fields[target];
	uint32_t i;

	for (i = 0; i < f->nfrom; i++)
		if (layout_column(l, f->from[i].columns[0]) == column)
			return true;
	return false;
}

static void
add_letter(struct layout *l, int c)
{
	l->time_letters[c / 64] |= UINT64_C(1) << c % 64;
}

static bool
has_letter(const struct layout *l, char byte)
{
	const unsigned char c = (unsigned char)byte;

	return (l->time_letters[c / 64] >> c % 64 & 1) != 0;
}

/* Before a name there may be whatever is no part of one. */
static void
add_other_bytes(struct layout *l)
{
	int c;

	for (c = 0; c <= UCHAR_MAX; c++)
		if (!isalnum(c))
			add_letter(l, c);
}

void
layout_add_time_names(struct layout_reader *r)
{
	struct layout *l = r->layout;
	const struct layout_name *name = l->names;
	const char **list;
	uint32_t i;

	if (!l->header)
		return;
	add_other_bytes(l);
	list = arena_array(&r->set->arena, l->nnames, sizeof(*list));
	for (i = 0; i < l->nnames; i++, name++) {
		if (!starts_with(l, TARGET_START, name->column) &&
		    !starts_with(l, TARGET_END, name->column))
			continue;
		add_letter(l, (unsigned char)name->plain[0]);
		add_letter(l, toupper((unsigned char)name->plain[0]));
		list[l->ntime_names++] = name->plain;
	}
	l->time_names = list;
}

/*
 * Whether the first letter or digit of a cell begins the name of a time; of
 * nearly all cells the first byte tells.
 */
static bool
may_begin(const struct layout *l, const struct csvfield *cell)
{
	const char *at = cell->text, *end = at + cell->len;

	if (at == end || !has_letter(l, *at))
		return false;
	while (at < end && !isalnum((unsigned char)*at))
		at++;
	return at < end && has_letter(l, *at);
}

/*
 * Whether a cell may name a time.  Quick, because files without a header are
 * asked for one in every row.
 */
static bool
may_name_time(const struct layout *l, const struct csvrow *row)
{
	uint32_t i, k;

	for (k = 0; k < row->n; k++) {
		if (!may_begin(l, &row->fields[k]))
			continue;
		for (i = 0; i < l->ntime_names; i++)
			if (begins_with(&row->fields[k], l->time_names[i]))
				return true;
	}
	return false;
}

/* Whether it is one below `h`; the caller frees what was found. */
static bool
find_header(const struct layout_header *h, const struct layout *l,
    const struct csvrow *row, struct layout_header *found)
{
	if (!l->header || row->n < 2 || !may_name_time(l, row))
		return false;
	find_columns(l, row, found);
	return has_needed(l, found->at) && !layout_is_joint(h, l, row, found);
}

bool
layout_header_is(const struct layout_header *h, const struct layout *l,
    const struct csvrow *row)
{
	struct layout_header found = { .at = NULL };
	const bool is = find_header(h, l, row, &found);

	layout_header_fini(&found);
	return is;
}

bool
layout_header_read(struct layout_header *h, const struct layout *l,
    const struct csvrow *row)
{
	struct layout_header found = { .at = NULL };

	if (!find_header(h, l, row, &found)) {
		layout_header_fini(&found);
		return false;
	}
	layout_header_fini(h);
	*h = found;
	h->variant = (struct layout_variant){ .columns = row->n,
		.at = h->at,
		.headings = h->headings };
	return true;
}
