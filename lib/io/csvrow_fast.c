#include <string.h>

#include "io/csvrow_impl.h"

/*
 * The bytes from `begin` to `end`, behind those that there are; `limit` ends
 * the row.  What is copied too much, the next ones overwrite.
 */
static void
add(struct csvfields *f, const char *begin, const char *end, const char *limit)
{
	const size_t len = (size_t)(end - begin);

	if (len <= CSV_AT_ONCE && limit - begin >= CSV_AT_ONCE)
		memcpy(f->text + f->used, begin, CSV_AT_ONCE);
	else
		memcpy(f->text + f->used, begin, len);
	f->used += len;
}

/*
 * Of each two quotes of some cells one: copy what is between those that stand
 * second.
 */
static void
undouble(struct csvfields *f, const char *bytes, const struct rowscan_row *row)
{
	const char *limit = bytes + row->end, *from, *end;
	struct csvfield *field;
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
			add(f, from, bytes + row->doubled[i], limit);
			from = bytes + row->doubled[i] + 1;
		}
		add(f, from, end, limit);
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
	const uint32_t *ends = row->ends, *last = ends + row->n;
	const char *begin = bytes + row->begin, *end;
	const char quote = f->quote;
	bool quoted;

	for (; ends < last; ends++, field++, begin = end + 1) {
		end = bytes + *ends;
		/* Of an empty one that is what stands behind it. */
		quoted = *begin == quote;
		field->text = begin + quoted;
		field->len = (uint32_t)(end - begin - 2 * quoted);
		field->quoted = quoted;
	}
}

static void
split_without_quotes(struct csvfields *f, const char *bytes,
    const struct rowscan_row *row)
{
	struct csvfield *field = f->fields;
	const uint32_t *ends = row->ends, *last = ends + row->n;
	uint32_t begin = row->begin, end;

	for (; ends < last; ends++, field++, begin = end + 1) {
		end = *ends;
		*field = (struct csvfield){ .text = bytes + begin,
			.len = end - begin };
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
