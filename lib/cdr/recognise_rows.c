#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/recognise_impl.h"

struct sample_rows {
	struct csvdialect dialect;
	struct csvrow *rows;
	size_t n, cap;
	size_t ends[RECOGNISE_PIECES]; /* by piece: behind its last row */
	struct arena arena; /* fields, and texts that are not in the sample */
	struct csvreader *reader; /* of the only piece; NULL: all were read */
};

static bool
same_dialect(const struct csvdialect *a, const struct csvdialect *b)
{
	return a->delimiter == b->delimiter && a->quote == b->quote &&
	       a->escape == b->escape;
}

/* Whether its rows are those of the dialect, and nothing else. */
static bool
has_rows(const struct layout *l)
{
	return l->container == CONTAINER_ROWS && l->record == NULL &&
	       l->separators == NULL;
}

struct sample_rows *
recognise_rows(const struct sample *s, const struct layout *l,
    const struct csvdialect *dialect)
{
	size_t i;

	for (i = 0; has_rows(l) && i < s->ndialects; i++)
		if (same_dialect(&s->rows[i].dialect, dialect))
			return &s->rows[i];
	return NULL;
}

size_t
recognise_rows_from(const struct sample_rows *r, size_t piece)
{
	if (r->reader != NULL)
		return RECOGNISE_RECORDS;
	return r->n - (piece == 0 ? 0 : r->ends[piece - 1]);
}

/* What stands in the sample stays; all else is the reader's. */
static void
keep(struct sample_rows *r, const struct csvrow *row)
{
	const size_t size = row->n * sizeof(struct csvfield);
	struct csvfield *fields = arena_alloc(&r->arena, size), *f;
	struct csvrow *kept;
	uintptr_t at;

	if (size > 0)
		memcpy(fields, row->fields, size);
	for (f = fields; f < fields + row->n; f++) {
		at = (uintptr_t)f->text - (uintptr_t)row->raw;
		if (at > row->raw_len || f->len > row->raw_len - at)
			f->text = arena_strndup(&r->arena, f->text, f->len);
	}
	r->rows = xgrow(r->rows, &r->cap, r->n + 1, sizeof(*r->rows));
	kept = &r->rows[r->n++];
	*kept = *row;
	kept->fields = fields;
}

/* The next row of the only piece. */
static void
read_on(struct sample_rows *r)
{
	struct csvrow row;

	if (r->n < RECOGNISE_RECORDS &&
	    csvreader_next(r->reader, &row, NULL) == 1)
		keep(r, &row);
	else
		csvreader_free(&r->reader);
	r->ends[0] = r->n;
}

const struct csvrow *
recognise_row(struct sample_rows *r, size_t piece, size_t i)
{
	const size_t first = piece == 0 ? 0 : r->ends[piece - 1];

	if (i == r->n && r->reader != NULL)
		read_on(r);
	return i < r->ends[piece] - first ? &r->rows[first + i] : NULL;
}

static void
read_rows(void *arg, size_t i)
{
	const struct sample *s = arg;
	struct sample_rows *r = &s->rows[i];
	struct csvreader *reader = csvreader_memory("", 0, r->dialect);
	struct csvrow row;
	struct piece whole;
	size_t k, n;

	for (k = 0; k < s->n; k++) {
		whole = recognise_whole(NULL, &s->pieces[k]);
		csvreader_restart(reader, whole.bytes, whole.len);
		for (n = RECOGNISE_RECORDS / s->n; n > 0; n--) {
			if (csvreader_next(reader, &row, NULL) != 1)
				break;
			keep(r, &row);
		}
		r->ends[k] = r->n;
	}
	csvreader_free(&reader);
}

/* The dialects of a layout that are not among the `n` yet. */
static void
add_dialects(struct sample *s, size_t *cap, const struct layout *l)
{
	struct csvdialect dialect = layout_form(l).dialect;
	size_t i;

	for (i = 0; has_rows(l) && (i == 0 || l->delimiters[i] != '\0'); i++) {
		dialect.delimiter = l->delimiters[i];
		if (recognise_rows(s, l, &dialect) != NULL)
			continue;
		s->rows =
		    xgrow(s->rows, cap, s->ndialects + 1, sizeof(*s->rows));
		s->rows[s->ndialects++] =
		    (struct sample_rows){ .dialect = dialect };
	}
}

void
recognise_read_rows(struct sample *s, const struct layouts *ls, size_t threads)
{
	struct sample_rows *r;
	size_t i, cap = 0;

	for (i = 0; i < layouts_count(ls); i++)
		if (!layouts_at(ls, i)->stated)
			add_dialects(s, &cap, layouts_at(ls, i));
	if (s->n > 1 || pool_threads(threads) > 1) {
		pool_run(threads, s->ndialects, read_rows, s);
		return;
	}
	for (r = s->rows; r < s->rows + s->ndialects; r++)
		r->reader = csvreader_memory(s->pieces[0].bytes,
		    s->pieces[0].len, r->dialect);
}

void
recognise_sample_fini(struct sample *s)
{
	size_t i;

	for (i = 0; i < s->ndialects; i++) {
		csvreader_free(&s->rows[i].reader);
		arena_fini(&s->rows[i].arena);
		free(s->rows[i].rows);
	}
	free(s->rows);
	free(s->memory);
}
