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

/* One that is not as it stands. */
static void
mend(struct csvfields *f, struct csvfield *field, bool doubled)
{
	if (field->quoted && doubled)
		undouble(f, field);
	if (f->terminate)
		terminate(f, field);
}

void
csvfields_found(struct csvfields *f, const char *record,
    const struct rowscan_row *row)
{
	/* Texts of which some may not be as they stand end in these bytes. */
	const uint32_t from = f->terminate   ? 0
			      : row->doubled ? row->doubled_from
					     : UINT32_MAX;
	const uint32_t to = f->terminate ? UINT32_MAX : row->doubled_to;
	const char quote = f->quote;
	struct csvfield *field = f->fields;
	uint32_t i, begin = 0, end, quoted;

	f->used = 0;
	f->n = row->n;
	for (i = 0; i < row->n; i++, field++, begin = end + 1) {
		end = row->ends[i];
		quoted = quote != '\0' && end > begin && record[begin] == quote;
		field->text = record + begin + quoted;
		field->len = end - begin - 2 * quoted;
		field->quoted = quoted != 0;
		if (end >= from && begin <= to)
			mend(f, field,
			    row->doubled && end > row->doubled_from &&
				begin < row->doubled_to);
	}
}
