#include <string.h>

#include "io/csvrow_impl.h"

/* Of each two quotes one. */
static void
undouble(struct csvfields *f, struct csvfield *field)
{
	const char *from = field->text, *end = from + field->len, *hit;
	char *text = f->text + f->used, *to = text;

	if (memchr(from, f->quote, field->len) == NULL)
		return;
	while ((hit = memchr(from, f->quote, (size_t)(end - from))) != NULL) {
		hit++;
		memcpy(to, from, (size_t)(hit - from));
		to += hit - from;
		from = hit + 1;
	}
	memcpy(to, from, (size_t)(end - from));
	to += end - from;
	field->text = text;
	field->len = (uint32_t)(to - text);
	if (!f->terminate)
		f->used += field->len;
}

/* Copy a text, of the record or one that is the last in f->text. */
static void
terminate(struct csvfields *f, struct csvfield *field)
{
	char *text = f->text + f->used;

	memmove(text, field->text, field->len);
	text[field->len] = '\0';
	field->text = text;
	f->used += field->len + 1;
}

static void
find_text(struct csvfields *f, struct csvfield *field, bool doubled)
{
	field->quoted =
	    f->quote != '\0' && field->len > 0 && field->text[0] == f->quote;
	if (field->quoted) {
		field->text++;
		field->len -= 2;
	}
	if (field->quoted && doubled)
		undouble(f, field);
	if (f->terminate)
		terminate(f, field);
}

void
csvfields_found(struct csvfields *f, const char *record,
    const struct rowscan_row *row)
{
	struct csvfield *field = f->fields;
	uint32_t i, begin = 0, end;

	f->used = 0;
	f->n = row->n;
	for (i = 0; i < row->n; i++, field++, begin = end + 1) {
		end = row->ends[i];
		field->text = record + begin;
		field->len = end - begin;
		find_text(f, field,
		    row->doubled && end > row->doubled_from &&
			begin < row->doubled_to);
	}
}
