#include "io/csvtable.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "io/csvrow.h"
#include "io/input.h"

/* One file while it is read. */
struct reading {
	const struct csvtable_form *form;
	void *ctx;
	struct notes *notes; /* of all that is wrong; or NULL */
	bool begun, named;   /* the header was read, and was right */
	size_t
	    at[CSVTABLE_COLUMNS]; /* which field it is, from 1; 0 not there */
	size_t columns;
};

static size_t
column_of(const struct csvtable_form *f, const char *name)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (strcmp(f->columns[i], name) == 0)
			break;
	return i;
}

static void
add_names(struct buf *b, const struct csvtable_form *f, const char *between)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		buf_addf(b, "%s%s", i > 0 ? between : "", f->columns[i]);
}

static int
no_such_column(const struct csvtable_form *f, const char *name,
    struct errmsg *err)
{
	struct buf names;

	buf_init(&names);
	add_names(&names, f, ", ");
	(void)errmsg_set(err, "no such column: '%s' (there are %s)", name,
	    names.data);
	buf_fini(&names);
	return -1;
}

static int
wrong_header(const struct csvtable_form *f, const char *what,
    struct errmsg *err)
{
	struct buf names;

	buf_init(&names);
	add_names(&names, f, ",");
	(void)errmsg_set(err, "%s '%s'", what, names.data);
	buf_fini(&names);
	return -1;
}

static int
read_exact_header(struct reading *r, const struct csvrow *row,
    struct errmsg *err)
{
	uint32_t i;

	for (i = 0; i < row->n; i++)
		if (strcmp(r->form->columns[i], row->fields[i].text) != 0)
			return wrong_header(r->form, "the header is not:", err);
	for (i = 0; i < row->n; i++)
		r->at[i] = i + 1;
	return 0;
}

/* What is there instead; cells parted by another sign make one name. */
static int
missing_column(const struct csvrow *row, const char *name, struct errmsg *err)
{
	const char *first = row->fields[0].text;
	struct buf names;
	uint32_t i;

	buf_init(&names);
	for (i = 0; i < row->n; i++)
		buf_addf(&names, "%s%s", i > 0 ? ", " : "",
		    row->fields[i].text);
	(void)errmsg_set(err, "the header has no column '%s' (there are %s)%s",
	    name, names.data,
	    row->n == 1 && strpbrk(first, ";\t|") != NULL
		? "; commas part columns"
		: "");
	buf_fini(&names);
	return -1;
}

static int
read_free_header(struct reading *r, const struct csvrow *row,
    struct errmsg *err)
{
	const struct csvtable_form *f = r->form;
	size_t c;
	uint32_t i;

	for (i = 0; i < row->n; i++) {
		c = column_of(f, row->fields[i].text);
		if (c == f->n && f->others)
			continue;
		if (c == f->n)
			return no_such_column(f, row->fields[i].text, err);
		if (r->at[c] != 0)
			return errmsg_set(err, "column '%s' stands there twice",
			    row->fields[i].text);
		r->at[c] = i + 1;
	}
	for (c = 0; c < f->n; c++)
		if ((f->needed >> c & 1) != 0 && r->at[c] == 0)
			return missing_column(row, f->columns[c], err);
	return 0;
}

static int
read_header(struct reading *r, const struct csvrow *row, struct errmsg *err)
{
	r->begun = true;
	r->columns = row->n;
	if ((r->form->exact ? read_exact_header(r, row, err)
			    : read_free_header(r, row, err)) != 0)
		return -1;
	r->named = true;
	return 0;
}

static void
fill(const struct reading *r, const struct csvrow *row,
    struct csvtable_row *out)
{
	size_t c, at;

	out->line = row->line;
	out->raw = row->raw;
	out->raw_len = row->raw_len;
	for (c = 0; c < r->form->n; c++) {
		at = r->at[c];
		out->cells[c] =
		    at > 0 && at <= row->n ? row->fields[at - 1].text : "";
	}
}

static int
read_row(struct reading *r, const struct csvrow *row, struct errmsg *err)
{
	const struct csvtable_form *f = r->form;
	struct csvtable_row out = { .line = 0 };

	if (row->fault != NULL)
		return errmsg_set(err, "%s", row->fault);
	fill(r, row, &out);
	if (row->fields[0].text[0] == '#' && !row->fields[0].quoted) {
		if (f->comment != NULL)
			f->comment(r->ctx, &out);
		return 0;
	}
	if (f->exact && row->n != f->n)
		return wrong_header(f, "not these columns:", err);
	if (!r->begun) {
		if (f->header != NULL)
			f->header(r->ctx, &out);
		return read_header(r, row, err);
	}
	if (row->n > r->columns)
		return errmsg_set(err, "more fields than the header has");
	return f->row(r->ctx, &out, err);
}

static int
no_header(const struct csvtable_form *f, const char *path, struct errmsg *err)
{
	if (f->exact)
		(void)wrong_header(f, "no header", err);
	else
		(void)errmsg_set(err, "no header");
	return errmsg_prefix(err, "%s: ", path);
}

/* Whether to go on behind a row that was refused: a header is needed. */
static bool
noted(const struct reading *r, const char *path, uint32_t line,
    const struct errmsg *err)
{
	if (r->notes == NULL || !r->named)
		return false;
	notes_addf(r->notes, NOTE_ERROR, path, line, "%s", err->text);
	return true;
}

/* What is wrong with a row; where reading failed in it, why comes behind it. */
static void
explain(struct csvreader *reader, const struct csvrow *row, const char *path,
    struct errmsg *err)
{
	const bool cut = row->fault != NULL;
	const unsigned line = (unsigned)row->line;
	struct csvrow behind;
	struct errmsg why;

	if (cut && csvreader_next(reader, &behind, &why) < 0)
		*err = why;
	else
		(void)errmsg_prefix(err, "%s:%u: ", path, line);
}

static int
read_file(struct reading *r, const char *path, struct errmsg *err)
{
	const struct csvtable_form *form = r->form;
	struct input *in = NULL;
	struct csvreader *reader = NULL;
	struct csvrow row;
	int got, status = -1;

	assert(form->n <= CSVTABLE_COLUMNS);
	if (input_open(&in, path, err) < 0)
		goto out;
	reader = csvreader_new(in, CSV_RFC);
	csvreader_terminate(reader);
	while ((got = csvreader_next(reader, &row, err)) > 0) {
		if (read_row(r, &row, err) < 0 &&
		    !noted(r, path, row.line, err)) {
			explain(reader, &row, path, err);
			goto out;
		}
	}
	if (got < 0)
		goto out;
	status = r->begun ? 0 : no_header(form, path, err);
out:
	csvreader_free(&reader);
	input_close(&in);
	return status;
}

int
csvtable_read(const char *path, const struct csvtable_form *form, void *ctx,
    struct errmsg *err)
{
	struct reading r = { .form = form, .ctx = ctx };

	return read_file(&r, path, err);
}

int
csvtable_read_all(const char *path, const struct csvtable_form *form, void *ctx,
    struct notes *notes)
{
	struct reading r = { .form = form, .ctx = ctx, .notes = notes };
	const size_t errors = notes->errors;
	struct errmsg err;

	if (read_file(&r, path, &err) != 0)
		notes_addf(notes, NOTE_ERROR, NULL, 0, "%s", err.text);
	return notes->errors > errors ? -1 : 0;
}
