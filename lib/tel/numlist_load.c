/* Lists in CSV files. */
#include <string.h>

#include "io/csvrow.h"
#include "io/input.h"
#include "tel/calltime.h"
#include "tel/numlist_impl.h"

enum column { VALUE, SOURCE, ADDED, EXPIRES, NOTE, COLUMNS };

static const char *const column_names[COLUMNS] = {
	[VALUE] = "value",
	[SOURCE] = "source",
	[ADDED] = "added",
	[EXPIRES] = "expires",
	[NOTE] = "note",
};

/* One file while it is read. */
struct listfile {
	struct numlist *list;
	const char *path;
	uint32_t line;
	bool begun;         /* the header was read */
	size_t at[COLUMNS]; /* which field it is, from 1; 0 not there */
	size_t columns;
};

static int
wrong(const struct listfile *f, struct errmsg *err)
{
	return errmsg_prefix(err, "%s:%u: ", f->path, (unsigned int)f->line);
}

static enum column
column_of(const char *name)
{
	int i;

	for (i = 0; i < COLUMNS; i++)
		if (strcmp(column_names[i], name) == 0)
			return (enum column)i;
	return COLUMNS;
}

static int
read_header(struct listfile *f, const struct csvrow *row, struct errmsg *err)
{
	enum column c;
	uint32_t i;

	for (i = 0; i < row->n; i++) {
		c = column_of(row->fields[i].text);
		if (c == COLUMNS)
			return errmsg_set(err,
			    "no such column: '%s' (there are value, source, "
			    "added, expires, note)",
			    row->fields[i].text);
		if (f->at[c] != 0)
			return errmsg_set(err, "column '%s' stands there twice",
			    row->fields[i].text);
		f->at[c] = i + 1;
	}
	if (f->at[VALUE] == 0)
		return errmsg_set(err, "the header has no column 'value'");
	f->columns = row->n;
	f->begun = true;
	return 0;
}

static const char *
field(const struct listfile *f, const struct csvrow *row, enum column c)
{
	size_t at = f->at[c];

	return at > 0 && at <= row->n ? row->fields[at - 1].text : "";
}

static int
read_date(const struct listfile *f, const struct csvrow *row, enum column c,
    int64_t *day, struct errmsg *err)
{
	const char *text = field(f, row, c);

	if (*text == '\0' || date_parse(text, day) == 0)
		return 0;
	return errmsg_set(err, "%s: not a date: '%s'", column_names[c], text);
}

static int
read_row(struct listfile *f, const struct csvrow *row, struct errmsg *err)
{
	struct numlist_entry e = { .added = INT64_MIN,
		.expires = NUMLIST_NEVER,
		.line = f->line };

	if (row->fault != NULL)
		return errmsg_set(err, "%s", row->fault);
	if (row->fields[0].text[0] == '#' && !row->fields[0].quoted)
		return 0;
	if (!f->begun)
		return read_header(f, row, err);
	if (row->n > f->columns)
		return errmsg_set(err, "more fields than the header has");
	e.value = field(f, row, VALUE);
	e.source = field(f, row, SOURCE);
	e.note = field(f, row, NOTE);
	if (read_date(f, row, ADDED, &e.added, err) < 0 ||
	    read_date(f, row, EXPIRES, &e.expires, err) < 0)
		return -1;
	return numlist_add(f->list, &e, err);
}

int
numlist_load(struct numlist *l, const char *path, struct errmsg *err)
{
	struct listfile f = { .list = l, .path = path };
	struct input *in = NULL;
	struct csvreader *r = NULL;
	struct csvrow row;
	int got, status = -1;

	if (input_open(&in, path, err) < 0)
		goto out;
	r = csvreader_new(in, CSV_RFC);
	while ((got = csvreader_next(r, &row, err)) > 0) {
		f.line = row.line;
		if (read_row(&f, &row, err) < 0) {
			(void)wrong(&f, err);
			goto out;
		}
	}
	if (got < 0)
		goto out;
	if (!f.begun) {
		(void)errmsg_set(err, "%s: no header", path);
		goto out;
	}
	status = 0;
out:
	csvreader_free(&r);
	input_close(&in);
	return status;
}
