#include <stdlib.h>

#include "base/xalloc.h"
#include "cdr/rows_impl.h"

struct lines {
	const struct layout *layout;
	struct csvreader *lines; /* or rows, where a row is a record */
	struct pieces *pieces;   /* in place of lines, or NULL */
	struct csvreader *cells; /* of what `record` takes of a line, or NULL */
	bool fixed;              /* cells have places: */
	struct cells at_places;
};

/* No line has a delimiter then, and no quote goes over its end. */
static const struct csvdialect whole_lines = { .delimiter = '\n' };

/* The rows of its reader are the records. */
static bool
are_records(const struct lines *r)
{
	return r->lines != NULL && r->cells == NULL && !r->fixed;
}

/* Then their keys are made of all their cells. */
static void
pack(struct lines *r)
{
	if (are_records(r))
		csvreader_pack(r->lines);
}

/* As the layout says; `*dialect` is that of the lines. */
static struct lines *
new_lines(const struct layout *l, const struct layout_form *form,
    struct csvdialect *dialect)
{
	struct lines *r = xcalloc(1, sizeof(*r));

	r->layout = l;
	*dialect = form->dialect;
	r->fixed = l->container == CONTAINER_FIXED;
	cells_init(&r->at_places, l);
	if (!r->fixed && l->record != NULL)
		r->cells = csvreader_memory("", 0, form->dialect);
	if (r->fixed || r->cells != NULL)
		*dialect = whole_lines;
	return r;
}

static void *
lines_open(struct input *in, const struct layout *l,
    const struct layout_form *form)
{
	struct csvdialect dialect;
	struct lines *r = new_lines(l, form, &dialect);

	if (l->separators != NULL)
		r->pieces = pieces_new(in, l->separators);
	else
		r->lines = csvreader_new(in, dialect);
	pack(r);
	return r;
}

static void *
lines_open_memory(const char *bytes, size_t len, const struct layout *l,
    const struct layout_form *form)
{
	struct csvdialect dialect;
	struct lines *r = new_lines(l, form, &dialect);

	if (l->separators != NULL)
		r->pieces = pieces_memory(bytes, len, l->separators);
	else
		r->lines = csvreader_memory(bytes, len, dialect);
	pack(r);
	return r;
}

static void
lines_close(void *self)
{
	struct lines *r = self;

	csvreader_free(&r->lines);
	pieces_free(&r->pieces);
	csvreader_free(&r->cells);
	cells_fini(&r->at_places);
	free(r);
}

/* What of the line is the record; false if it is none. */
static bool
take(const struct layout *l, const struct csvrow *row,
    struct pattern_group *group)
{
	struct pattern_group groups[2] = { { 1, 0 }, { 1, 0 } };

	*group = (struct pattern_group){ 0, row->raw_len };
	if (l->record == NULL)
		return true;
	if (pattern_match(l->record, row->raw, row->raw_len, groups, 2, NULL) !=
	    1)
		return false;
	*group = groups[1];
	return group->begin < group->end;
}

/* Whether there are blanks wherever the layout wants them. */
static bool
has_gaps(const struct layout *l, const char *line, size_t len)
{
	uint32_t i, at;

	for (i = 0; i < l->ngaps; i++)
		for (at = l->gaps[i].begin; at < l->gaps[i].end && at < len;
		     at++)
			if (line[at] != ' ' && line[at] != '\0')
				return false;
	return true;
}

/* The cells of a line at their places, cut where it ends. */
static void
cut(struct lines *r, const char *line, size_t len, struct csvrow *row)
{
	const struct layout_span *span = r->layout->spans;
	size_t begin, end;
	uint32_t i;

	if (!has_gaps(r->layout, line, len)) {
		row->fault = "there is text where the layout has a space";
		return;
	}
	cells_begin(&r->at_places);
	for (i = 0; i < r->layout->ncolumns; i++, span++) {
		begin = span->begin < len ? span->begin : len;
		end = span->end < len ? span->end : len;
		cells_add(&r->at_places, line + begin, end - begin);
	}
	cells_end(&r->at_places, row);
}

/* Split what the pattern takes of a line. */
static void
split(struct lines *r, struct csvrow *row)
{
	struct pattern_group group;
	struct csvrow cells;

	row->fields = NULL;
	row->n = 0;
	if (!take(r->layout, row, &group))
		return;
	if (r->fixed) {
		cut(r, row->raw + group.begin, group.end - group.begin, row);
		return;
	}
	csvreader_restart(r->cells, row->raw + group.begin,
	    group.end - group.begin);
	if (csvreader_next(r->cells, &cells, NULL) != 1)
		return;
	row->fields = cells.fields;
	row->n = cells.n;
	row->fault = cells.fault;
}

/* Devices pad lines with NULs, and behind a line end they begin the next. */
static void
strip(struct csvrow *row)
{
	while (row->raw_len > 0 && row->raw[0] == '\0') {
		row->raw++;
		row->raw_len--;
		row->offset++;
	}
	while (row->raw_len > 0 && (row->raw[row->raw_len - 1] == '\0' ||
				       row->raw[row->raw_len - 1] == '\r'))
		row->raw_len--;
}

/* The next line; of fixed places one that is more than padding. */
static int
next_line(struct lines *r, struct csvrow *row, struct errmsg *err)
{
	int more;

	do {
		more = r->pieces != NULL ? pieces_next(r->pieces, row, err)
					 : csvreader_next(r->lines, row, err);
		if (more == 1 && r->fixed)
			strip(row);
	} while (more == 1 && r->fixed && row->raw_len == 0);
	return more;
}

static int
lines_next(void *self, struct csvrow *row, struct errmsg *err)
{
	struct lines *r = self;
	int more = next_line(r, row, err);

	if (more == 1 && (r->cells != NULL || r->fixed) && row->fault == NULL)
		split(r, row);
	return more;
}

static struct csvreader *
lines_of(void *self)
{
	const struct lines *r = self;

	return r->lines;
}

static struct csvreader *
records_of(void *self)
{
	const struct lines *r = self;

	return are_records(r) ? r->lines : NULL;
}

const struct rows_kind rows_lines = {
	.open = lines_open,
	.open_memory = lines_open_memory,
	.next = lines_next,
	.close = lines_close,
	.lines_of = lines_of,
	.records_of = records_of,
};
