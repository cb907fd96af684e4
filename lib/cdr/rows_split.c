#include <stdlib.h>

#include "base/xalloc.h"
#include "cdr/rows_impl.h"

struct rows_split {
	const struct rows_kind *kind;
	void *self; /* the caller's */
	const struct layout *layout;
	struct layout_form form;
	struct buf scratch;
	struct csvrow whole; /* the row that is split: */
	bool open;           /* lines of it are left */
	void *reader;        /* of them; NULL: there was none yet */
};

struct rows_split *
rows_split_new(const struct rows_kind *kind, void *self, const struct layout *l,
    const struct layout_form *form)
{
	struct rows_split *s = xcalloc(1, sizeof(*s));

	s->kind = kind;
	s->self = self;
	s->layout = l;
	s->form = *form;
	buf_init(&s->scratch);
	return s;
}

void
rows_split_free(struct rows_split **sp)
{
	struct rows_split *s = *sp;

	if (s == NULL)
		return;
	if (s->reader != NULL)
		s->kind->close(s->reader);
	buf_fini(&s->scratch);
	free(s);
	*sp = NULL;
}

/* The next line that is not blank; false when there is none left. */
static bool
next_line(struct rows_split *s, struct csvrow *row)
{
	s->open = s->open && s->kind->next(s->reader, row, NULL) == 1;
	if (s->open)
		row->ended |= s->whole.ended;
	return s->open;
}

static bool
is_record(struct rows_split *s, const struct layout_header *h,
    const struct csvrow *row)
{
	struct layout_record rec = { .layout = s->layout,
		.scratch = &s->scratch };

	return row->fault == NULL && row->n > 0 &&
	       layout_record(&rec, h, row) && layout_takes(&rec);
}

static void
begin_lines(struct rows_split *s)
{
	csvreader_row_lines(s->kind->lines_of(s->reader),
	    s->kind->lines_of(s->self), &s->whole);
	s->open = true;
}

/* Whether one of the lines of a row is a record; then they are rows now. */
static bool
split(struct rows_split *s, const struct layout_header *h,
    const struct csvrow *row)
{
	struct csvrow line;
	bool good = false;

	if (s->reader == NULL)
		s->reader = s->kind->open_memory("", 0, s->layout, &s->form);
	s->whole = *row;
	begin_lines(s);
	while (!good && next_line(s, &line))
		good = is_record(s, h, &line);
	if (good)
		begin_lines(s);
	return good;
}

/* Elements and objects are where they are, whatever the lines. */
static bool
has_lines(const struct rows_split *s)
{
	return s->kind->lines_of != NULL && s->kind->lines_of(s->self) != NULL;
}

int
rows_split_next(struct rows_split *s, const struct layout_header *h,
    struct csvrow *row, struct errmsg *err)
{
	int more;

	if (next_line(s, row))
		return 1;
	more = s->kind->next(s->self, row, err);
	if (more == 1 && row->lines > 1 && row->fault == NULL && has_lines(s) &&
	    !is_record(s, h, row) && split(s, h, row))
		(void)next_line(s, row);
	return more;
}
