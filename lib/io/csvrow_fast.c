#include <string.h>

#include "io/csvrow_impl.h"

/* Of each two quotes one. */
static void
undouble(struct csvfields *f, struct csvfield *field)
{
	const char *from = field->text, *end = from + field->len;
	char *text = f->text + f->used, *to = text;

	for (; from < end; *to++ = *from++)
		if (*from == f->quote)
			from++;
	field->text = text;
	field->len = (uint32_t)(to - text);
	f->used += field->len;
}

/* Those of which some quotes are two. */
static void
undouble_all(struct csvfields *f, const struct rowscan_row *row)
{
	uint32_t i, k = 0;

	for (i = 0; i < row->ndoubled; i++) {
		if (k > 0 && row->doubled[i] < row->ends[k - 1])
			continue;
		while (row->ends[k] <= row->doubled[i])
			k++;
		undouble(f, &f->fields[k++]);
	}
}

static void
terminate_all(struct csvfields *f)
{
	struct csvfield *field = f->fields;

	for (; field < f->fields + f->n; field++) {
		memcpy(f->text + f->used, field->text, field->len);
		field->text = f->text + f->used;
		f->used += field->len;
		f->text[f->used++] = '\0';
	}
}

static void
split(struct csvfields *f, const char *bytes, const struct rowscan_row *row)
{
	struct csvfield *field = f->fields;
	uint32_t i, begin = row->begin, quoted;

	for (i = 0; i < row->n; i++, field++, begin = row->ends[i - 1] + 1) {
		/* Of an empty one that is what stands behind it. */
		quoted = bytes[begin] == f->quote;
		field->text = bytes + begin + quoted;
		field->len = row->ends[i] - begin - 2 * quoted;
		field->quoted = quoted != 0;
	}
}

static void
split_without_quotes(struct csvfields *f, const char *bytes,
    const struct rowscan_row *row)
{
	struct csvfield *field = f->fields;
	uint32_t i, begin = row->begin;

	for (i = 0; i < row->n; i++, field++, begin = row->ends[i - 1] + 1) {
		field->text = bytes + begin;
		field->len = row->ends[i] - begin;
		field->quoted = false;
	}
}

void
csvfields_found(struct csvfields *f, const char *bytes,
    const struct rowscan_row *row)
{
	f->used = 0;
	f->n = row->n;
	if (f->quote == '\0')
		split_without_quotes(f, bytes + row->from, row);
	else
		split(f, bytes + row->from, row);
	if (row->ndoubled > 0)
		undouble_all(f, row);
	if (f->terminate)
		terminate_all(f);
}
