#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/rows_impl.h"

struct rows_split {
	const struct rows_kind *kind;
	void *self; /* the caller's */
	const struct layout *layout;
	struct layout_form form;
	struct buf scratch;
	/* A row that is split, and the line of it that is next. */
	struct csvrow whole;
	struct buf raw;
	size_t at;
	uint32_t line;
	char ends;
	void *reader; /* of the line given last, or NULL */
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
	buf_init(&s->raw);
	return s;
}

static void
close_line(struct rows_split *s)
{
	if (s->reader != NULL)
		s->kind->close(s->reader);
	s->reader = NULL;
}

void
rows_split_free(struct rows_split **sp)
{
	if (*sp == NULL)
		return;
	close_line(*sp);
	buf_fini(&(*sp)->scratch);
	buf_fini(&(*sp)->raw);
	free(*sp);
	*sp = NULL;
}

/* The next line that is not blank; false when there is none left. */
static bool
next_line(struct rows_split *s, struct csvrow *row)
{
	const char *begin, *stop;
	size_t len;
	bool found = false;

	while (!found && s->at < s->raw.len) {
		begin = s->raw.data + s->at;
		stop = memchr(begin, s->ends, s->raw.len - s->at);
		len =
		    stop != NULL ? (size_t)(stop - begin) : s->raw.len - s->at;
		close_line(s);
		s->reader =
		    s->kind->open_memory(begin, len, s->layout, &s->form);
		found = s->kind->next(s->reader, row, NULL) == 1;
		row->line = s->line++;
		row->offset = s->whole.offset + s->at;
		row->ended = stop != NULL || s->whole.ended;
		s->at += len + 1;
	}
	return found;
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
restart(struct rows_split *s)
{
	s->at = 0;
	s->line = s->whole.line;
}

/* Whether one of the lines of a row is a record; then they are rows now. */
static bool
split(struct rows_split *s, const struct layout_header *h,
    const struct csvrow *row)
{
	struct csvrow line;
	bool good = false;

	s->whole = *row;
	buf_reset(&s->raw);
	buf_add(&s->raw, row->raw, row->raw_len);
	s->ends = memchr(row->raw, '\n', row->raw_len) != NULL ? '\n' : '\r';
	restart(s);
	while (!good && next_line(s, &line))
		good = is_record(s, h, &line);
	if (good)
		restart(s);
	else
		s->at = s->raw.len;
	return good;
}

int
rows_split_next(struct rows_split *s, const struct layout_header *h,
    struct csvrow *row, struct errmsg *err)
{
	int more;

	if (next_line(s, row))
		return 1;
	close_line(s);
	more = s->kind->next(s->self, row, err);
	if (more == 1 && row->lines > 1 && row->fault == NULL &&
	    !is_record(s, h, row) && split(s, h, row))
		(void)next_line(s, row);
	return more;
}
