#include <string.h>

#include "io/csvrow_impl.h"

/* The bytes from `begin` to `end`, behind those that `to` has. */
static void
add(struct csvfields *f, const char *begin, const char *end)
{
	memcpy(f->text + f->used, begin, (size_t)(end - begin));
	f->used += (size_t)(end - begin);
}

/*
 * Of each two quotes of some cells one: copy what is between those that stand
 * second.
 */
static void
undouble(struct csvfields *f, const char *bytes, const struct rowscan_row *row)
{
	struct csvfield *field;
	const char *from, *end;
	size_t had;
	uint32_t i = 0, k = 0;

	while (i < row->ndoubled) {
		while (row->ends[k] <= row->doubled[i])
			k++;
		field = &f->fields[k];
		from = field->text;
		end = from + field->len;
		had = f->used;
		for (; i < row->ndoubled && row->doubled[i] < row->ends[k];
		     i++) {
			add(f, from, bytes + row->doubled[i]);
			from = bytes + row->doubled[i] + 1;
		}
		add(f, from, end);
		field->text = f->text + had;
		field->len = (uint32_t)(f->used - had);
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
		undouble(f, bytes + row->from, row);
	if (f->terminate)
		terminate_all(f);
}
