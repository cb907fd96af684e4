#include <string.h>

#include "io/csvrow_impl.h"

/* Where the quoted text ends that begins at `at`; SIZE_MAX: nowhere. */
static size_t
closing(const struct csvfields *f, size_t at)
{
	const size_t end = f->line.content;
	size_t behind;

	for (; at < end; at++) {
		if (f->record[at] == f->escape) {
			at++;
		} else if (f->record[at] == f->quote) {
			behind = csvfields_blanks(f, f->record, at + 1, end);
			if (behind == end || f->record[behind] == f->delimiter)
				return at;
		}
	}
	return SIZE_MAX;
}

/* The first delimiter from `at` on that is none of the text. */
static size_t
delimiter(const struct csvfields *f, size_t at)
{
	const size_t end = f->line.content;

	for (; at < end && f->record[at] != f->delimiter; at++)
		if (f->record[at] == f->escape)
			at++;
	return at < end ? at : end;
}

/* Append a field and take the escapes out of it. */
static void
add(struct csvfields *f, size_t begin, size_t end, bool quoted)
{
	struct csvfield *field;
	char *to, *from, *stop;

	csvfields_add(f, f->record + begin, end - begin, quoted);
	if (f->n > BOUNDS_COLUMNS)
		return;
	field = &f->fields[f->n - 1];
	to = from = f->text + f->used - field->len - 1;
	for (stop = from + field->len; from < stop; *to++ = *from++)
		if (*from == f->escape && from + 1 < stop)
			from++;
	*to = '\0';
	field->len = (uint32_t)(to - field->text);
}

void
csvfields_escaped(struct csvfields *f)
{
	const size_t end = f->line.content;
	size_t at = f->line.begin, text, close;

	do {
		text = csvfields_blanks(f, f->record, at, end);
		close = SIZE_MAX;
		if (f->quote != '\0' && text < end &&
		    f->record[text] == f->quote)
			close = closing(f, text + 1);
		if (close != SIZE_MAX) {
			add(f, text + 1, close, true);
			at = csvfields_blanks(f, f->record, close + 1, end);
		} else {
			text = at;
			at = delimiter(f, at);
			add(f, text, at, false);
		}
	} while (at++ < end);
}
