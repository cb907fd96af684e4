#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "cdr/layout_impl.h"
#include "io/xmltext.h"

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

/* RFC 6901, but not the whole document. */
static int
check_pointer(const char *s, struct errmsg *err)
{
	const char *p = s;

	for (; *p != '\0'; p++)
		if (*p == '~' && p[1] != '0' && p[1] != '1')
			break;
	return *s == '/' && *p == '\0'
		   ? 0
		   : errmsg_set(err, "no pointer such as '/a/0/b': '%s'", s);
}

static int
check_path(const char *s, struct errmsg *err)
{
	struct xmltext *x = xmltext_new();
	int rc = xmltext_add(x, s, err);

	xmltext_free(&x);
	return rc;
}

void
layout_read_paths(struct layout_reader *r, const struct json *v)
{
	struct layout *l = r->layout;
	const bool xml = l->container == CONTAINER_XML;
	const char **names, **paths;
	const struct json *item;
	struct errmsg err;

	names = arena_array(&r->set->arena, v->n, sizeof(*names));
	paths = arena_array(&r->set->arena, v->n, sizeof(*paths));
	for (item = v->first; item != NULL; item = item->next) {
		if (item->type != JSON_STRING) {
			layout_type_note(r, item, JSON_BIT(JSON_STRING));
			continue;
		}
		if ((xml ? check_path(item->string, &err)
			 : check_pointer(item->string, &err)) != 0) {
			json_note(r->notes, NOTE_ERROR, "E604", item, NULL,
			    NULL, "%s", err.text);
			continue;
		}
		paths[l->ncolumns] = arena_strdup(&r->set->arena, item->string);
		names[l->ncolumns++] = arena_strdup(&r->set->arena, item->key);
	}
	l->columns = names;
	l->paths = paths;
	r->ncommon = l->ncolumns;
}

static const char *
one_name(struct layout_reader *r, const struct json *v)
{
	if (v->string[0] == '\0')
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "a record needs a name");
	if (r->layout->container == CONTAINER_XML &&
	    strchr(v->string, ':') != NULL)
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "an element is named without the prefix of its namespace");
	return arena_strdup(&r->set->arena, v->string);
}

void
layout_read_records(struct layout_reader *r, const struct json *v)
{
	struct layout *l = r->layout;
	const struct json *item = v->type == JSON_ARRAY ? v->first : v;
	const char **names;

	if (v->type == JSON_ARRAY &&
	    (v->n == 0 || v->n > BOUNDS_RECORD_NAMES)) {
		json_note(r->notes, NOTE_ERROR, "E604", v, NULL, NULL,
		    "1 to %d names are needed", (int)BOUNDS_RECORD_NAMES);
		return;
	}
	names =
	    arena_array(&r->set->arena, BOUNDS_RECORD_NAMES, sizeof(*names));
	for (; item != NULL; item = item != v ? item->next : NULL) {
		if (item->type == JSON_STRING)
			names[l->nrecords++] = one_name(r, item);
		else
			layout_type_note(r, item, JSON_BIT(JSON_STRING));
	}
	l->records = names;
}
