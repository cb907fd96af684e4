#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "cdr/layout_impl.h"

uint32_t
layout_number_columns(struct layout_reader *r, const struct json *v,
    int16_t *at)
{
	const struct json *item;
	uint32_t last = 0;
	int column;

	for (item = v->first; item != NULL; item = item->next) {
		column = layout_find_column(r->layout, item->key);
		if (item->type != JSON_NUMBER) {
			layout_type_note(r, item, JSON_BIT(JSON_NUMBER));
		} else if (!(item->number >= 1 &&
			       item->number <= BOUNDS_COLUMNS) ||
			   item->number != (double)(int)item->number) {
			json_note(r->notes, NOTE_ERROR, "E604", item, NULL,
			    NULL, "a column is a whole number from 1 to %d",
			    (int)BOUNDS_COLUMNS);
		} else if (column >= 0) {
			at[column] = (int16_t)(item->number - 1);
			if ((uint32_t)item->number > last)
				last = (uint32_t)item->number;
		}
	}
	return last;
}

/* "1-8", "12", or "40-", to the end of the line; false for what is none. */
static bool
parse_span(const char *s, struct layout_span *out)
{
	char *end;
	unsigned long first, last;

	if (*s < '1' || *s > '9')
		return false;
	first = last = strtoul(s, &end, 10);
	if (*end == '-' && end[1] == '\0') {
		out->end = UINT32_MAX;
	} else {
		if (*end == '-' && end[1] >= '1' && end[1] <= '9')
			last = strtoul(end + 1, &end, 10);
		if (*end != '\0' || last < first || last > BOUNDS_RECORD)
			return false;
		out->end = (uint32_t)last;
	}
	out->begin = (uint32_t)(first - 1);
	return first <= BOUNDS_RECORD;
}

void
layout_read_spans(struct layout_reader *r, const struct json *v)
{
	struct layout *l = r->layout;
	struct layout_span *spans;
	const struct json *item;
	const char **names;

	names = arena_array(&r->set->arena, v->n, sizeof(*names));
	spans = arena_array(&r->set->arena, v->n, sizeof(*spans));
	for (item = v->first; item != NULL; item = item->next) {
		if (item->type != JSON_STRING) {
			layout_type_note(r, item, JSON_BIT(JSON_STRING));
			continue;
		}
		if (!parse_span(item->string, &spans[l->ncolumns])) {
			json_note(r->notes, NOTE_ERROR, "E604", item, NULL,
			    NULL, "no place in a line such as '1-8': '%s'",
			    item->string);
			continue;
		}
		names[l->ncolumns++] = arena_strdup(&r->set->arena, item->key);
	}
	l->columns = names;
	l->spans = spans;
	r->ncommon = l->ncolumns;
}
