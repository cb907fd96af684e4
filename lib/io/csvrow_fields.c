#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "io/csvrow_impl.h"

enum {
	/* libcsv's memory grows by this. */
	GROW_BY = 16 * 1024,

	/*
	 * Fields of one record that are read again because their quotes are
	 * literal.  Behind the last one no quote of the record means anything,
	 * so that a hostile line costs a fixed number of readings.
	 */
	LITERAL_FIELDS = 8,
};

static void *
grow(void *p, size_t size)
{
	return xrealloc(p, size, 1);
}

void
csvfields_init(struct csvfields *f, struct csvdialect dialect, size_t len)
{
	(void)csv_init(&f->parser, 0);
	csv_set_delim(&f->parser, (unsigned char)dialect.delimiter);
	csv_set_quote(&f->parser, (unsigned char)dialect.quote);
	csv_set_realloc_func(&f->parser, grow);
	csv_set_blk_size(&f->parser, GROW_BY);
	f->delimiter = dialect.delimiter;
	f->quote = dialect.quote;
	f->escape = dialect.escape;
	f->text = NULL;
	f->room = 0;
	csvfields_room(f, len);
}

/*
 * What a record's fields need, where some are copied twice: each NUL takes a
 * delimiter's place.
 */
void
csvfields_room(struct csvfields *f, size_t len)
{
	const size_t longest = len < BOUNDS_RECORD ? len : BOUNDS_RECORD;
	const size_t room = 2 * (longest + 2) + CSV_AT_ONCE;

	if (f->room >= room)
		return;
	free(f->text);
	f->text = xmalloc(room);
	f->room = room;
}

void
csvfields_fini(struct csvfields *f)
{
	csv_free(&f->parser);
	free(f->packed);
	free(f->text);
}

void
csvfields_begin(struct csvfields *f)
{
	/* It may have been left inside quotes. */
	(void)csv_fini(&f->parser, NULL, NULL, NULL);
	f->lines = f->open_lines = f->n = 0;
	f->used = f->cursor = 0;
	f->unquoted = f->stand_in = f->done = false;
	f->literals = 0;
}

void
csvfields_add(struct csvfields *f, const char *bytes, size_t len, bool quoted)
{
	if (f->n++ >= BOUNDS_COLUMNS)
		return;
	assert(f->used + len + 1 <= f->room);
	f->fields[f->n - 1] = (struct csvfield){ .text = f->text + f->used,
		.len = (uint32_t)len,
		.quoted = quoted };
	memcpy(f->text + f->used, bytes, len);
	f->used += len;
	f->text[f->used++] = '\0';
}

/*
 * Whether the quote at `at` opens a field behind a delimiter or line end: it
 * alone, or with a quote doubled behind it, `,"""Name"" <1>",`.
 */
static bool
opens_field(const struct csvfields *f, size_t first, size_t at)
{
	const char *raw = f->record;
	char before;

	while (at > first + 1 && raw[at - 1] == f->quote &&
	       raw[at - 2] == f->quote)
		at -= 2;
	before = at > first ? raw[at - 1] : f->quote;
	return before == f->delimiter || before == '\n' || before == '\r';
}

/*
 * Where the quoted field ends whose text, decoded, is `text`, and whose bytes
 * begin at `at`: the position of its closing quote.  On the way it is noticed
 * when a quote stands where a field begins, so that this was no quoted field.
 */
static size_t
quoted_end(struct csvfields *f, size_t at, const char *text, size_t len)
{
	const char *raw = f->record, *hit;
	const size_t first = at;

	while ((hit = memchr(text, f->quote, len)) != NULL) {
		at += (size_t)(hit - text);
		if (at + 1 < f->line.content && raw[at + 1] == f->quote)
			at++;
		else if (opens_field(f, first, at))
			f->unquoted = true;
		at++;
		len -= (size_t)(hit + 1 - text);
		text = hit + 1;
	}
	return at + len;
}

/*
 * libcsv has a field.  It does not tell whether the field was quoted, and it
 * trims the others; so follow it through the bytes of the record.
 */
static void
on_field(void *text, size_t len, void *data)
{
	struct csvfields *f = data;
	const size_t end = f->line.content;
	size_t at;

	if (f->unquoted)
		return;
	if (f->stand_in) {
		f->stand_in = false;
		return;
	}
	at = csvfields_blanks(f, f->record, f->cursor, end);
	if (at < end && f->record[at] == f->quote) {
		at = quoted_end(f, at + 1, text, len);
		if (f->unquoted)
			return;
		csvfields_add(f, text, len, true);
		at = csvfields_blanks(f, f->record, at + 1, end);
	} else {
		at = csvfields_blanks(f, f->record, at + len, end);
		csvfields_add(f, f->record + f->cursor, at - f->cursor, false);
	}
	f->cursor = at + 1;
}

static void
on_row(int c, void *data)
{
	struct csvfields *f = data;

	(void)c;
	f->done = !f->unquoted;
}

static int
is_lf(unsigned char c)
{
	return c == '\n';
}

static int
is_blank_or_cr(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Give libcsv the line from `from` on, with an end if it has none. */
static void
parse(struct csvfields *f, size_t from)
{
	const struct csvline *line = &f->line;
	const uint32_t n = f->n;

	/* Its own tests of blanks and line ends are faster than functions. */
	csv_set_space_func(&f->parser, line->lone_cr ? is_blank_or_cr : NULL);
	csv_set_term_func(&f->parser, line->lone_cr ? is_lf : NULL);
	(void)csv_parse(&f->parser, f->record + from, line->end - from,
	    on_field, on_row, f);
	if (!line->ended)
		(void)csv_parse(&f->parser, "\n", 1, on_field, on_row, f);
	if (f->n != n) {
		f->open_line = *line;
		f->open_lines = f->lines;
	}
}

/* Take the field at the cursor up to its delimiter, quotes and all. */
static void
add_literal(struct csvfields *f)
{
	const char *begin = f->record + f->cursor;
	const size_t left = f->line.content - f->cursor;
	const char *delimiter = memchr(begin, f->delimiter, left);
	const size_t len =
	    delimiter != NULL ? (size_t)(delimiter - begin) : left;

	csvfields_add(f, begin, len, false);
	f->cursor += len + 1;
	f->done = delimiter == NULL;
}

/*
 * Read the open field again as one without quotes, back on the line where it
 * begins, and go on behind it.  libcsv starts anew at the delimiter, so that
 * it knows of a field before it.
 */
static void
take_literally(struct csvfields *f)
{
	(void)csv_fini(&f->parser, NULL, NULL, NULL);
	f->line = f->open_line;
	f->lines = f->open_lines;
	f->unquoted = false;
	add_literal(f);
	if (++f->literals >= LITERAL_FIELDS)
		while (!f->done)
			add_literal(f);
	if (!f->done) {
		f->stand_in = true;
		parse(f, f->cursor - 1);
	}
}

/*
 * The line is over inside quotes.  Does it have a quote that is neither one of
 * two nor closing?
 */
static bool
has_stray_quote(const struct csvfields *f)
{
	const char *at, *end = f->record + f->line.content;

	at = f->record + f->line.begin;
	if (f->cursor >= f->line.begin)
		at = f->record + 1 +
		     csvfields_blanks(f, f->record, f->cursor, f->line.content);
	while ((at = memchr(at, f->quote, (size_t)(end - at))) != NULL) {
		if (at + 1 == end || at[1] != f->quote)
			return true;
		at += 2;
	}
	return false;
}

int
csvfields_take(struct csvfields *f, const char *record,
    const struct csvline *line)
{
	f->record = record;
	f->line = *line;
	if (f->lines++ == 0) {
		f->open_line = *line;
		f->open_lines = 1;
	}
	if (f->escape != '\0') {
		csvfields_escaped(f);
		return 1;
	}
	if (f->quote == '\0') {
		while (!f->done)
			add_literal(f);
		return 1;
	}
	parse(f, line->begin);
	while (f->unquoted || (!f->done && has_stray_quote(f)))
		take_literally(f);
	return f->done;
}
