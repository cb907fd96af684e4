/* Lines of a file that are no records. */
#include <string.h>
#include <strings.h>

#include "cdr/decode_impl.h"

bool
decode_is_blank(const struct csvrow *row)
{
	const struct csvfield *cell;
	uint32_t i, k;

	for (i = 0; i < row->n; i++) {
		cell = &row->fields[i];
		for (k = 0; k < cell->len; k++)
			if (cell->text[k] != ' ' && cell->text[k] != '\t')
				return false;
	}
	return true;
}

static bool
names_column(const struct layout *l, const struct csvfield *cell)
{
	uint32_t i;

	for (i = 0; i < l->ncolumns; i++)
		if (strlen(l->columns[i]) == cell->len &&
		    strncasecmp(l->columns[i], cell->text, cell->len) == 0)
			return true;
	return false;
}

/* Half will do. */
bool
decode_names_columns(const struct layout *l, const struct csvrow *row)
{
	uint32_t i, n = 0;

	for (i = 0; i < row->n; i++)
		n += names_column(l, &row->fields[i]);
	return row->n > 1 && n >= (row->n + 1) / 2;
}
