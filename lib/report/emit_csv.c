#include "report/emit_csv.h"

#include <string.h>

#include "report/emit_csv_impl.h"

const char *
emit_csv_column(size_t i)
{
	return i < csv_ncolumns ? csv_columns[i].name : NULL;
}

const struct csv_column *
csv_column_named(const char *name)
{
	size_t i;

	for (i = 0; i < csv_ncolumns; i++)
		if (strcmp(csv_columns[i].name, name) == 0)
			return &csv_columns[i];
	return NULL;
}

static int
add_column(struct emit_options *opt, const char *name, struct errmsg *err)
{
	size_t i;

	if (csv_column_named(name) == NULL)
		return errmsg_set(err, "no such column: '%s'", name);
	for (i = 0; i < opt->ncolumns; i++)
		if (strcmp(opt->columns[i], name) == 0)
			return errmsg_set(err, "column '%s' twice", name);
	opt->columns[opt->ncolumns++] = name;
	return 0;
}

int
emit_csv_choose(struct emit_options *opt, struct arena *arena, const char *list,
    struct errmsg *err)
{
	char *rest = arena_strdup(arena, list), *name;

	opt->columns = arena_array(arena, csv_ncolumns, sizeof(*opt->columns));
	opt->ncolumns = 0;
	while (rest != NULL) {
		name = rest;
		rest = strchr(rest, ',');
		if (rest != NULL)
			*rest++ = '\0';
		if (add_column(opt, name, err) != 0)
			return -1;
	}
	return 0;
}

/* How cells and rows are told apart. */
struct dialect {
	const char *between, *end;
};

static void
quote_csv(struct buf *b, const char *cell)
{
	const char *p;

	if (cell[strcspn(cell, ",\"\r\n")] == '\0') {
		buf_addstr(b, cell);
		return;
	}
	buf_addch(b, '"');
	for (p = cell; *p != '\0'; p++) {
		if (*p == '"')
			buf_addch(b, '"');
		buf_addch(b, *p);
	}
	buf_addch(b, '"');
}

static void
quote_tsv(struct buf *b, const char *cell)
{
	static const char special[] = "\t\n\r\\", letters[] = "tnr\\";
	const char *p, *at;

	for (p = cell; *p != '\0'; p++) {
		at = strchr(special, *p);
		if (at == NULL) {
			buf_addch(b, *p);
		} else {
			buf_addch(b, '\\');
			buf_addch(b, letters[at - special]);
		}
	}
}

static const struct dialect csv = { ",", "\r\n" };
static const struct dialect tsv = { "\t", "\n" };

static void
put_header(struct buf *b, const struct emit_options *opt,
    const struct dialect *d)
{
	size_t n = opt->ncolumns > 0 ? opt->ncolumns : csv_ncolumns, i;

	for (i = 0; i < n; i++)
		buf_addf(b, "%s%s", i > 0 ? d->between : "",
		    opt->ncolumns > 0 ? opt->columns[i] : csv_columns[i].name);
	buf_addstr(b, d->end);
}

void
emit_csv_cell(struct buf *b, const char *text, bool as_tsv, bool safe)
{
	struct buf cell;

	buf_init(&cell);
	if (safe && text[0] != '\0' && strchr("=+-@\t\r\n", text[0]) != NULL)
		buf_addch(&cell, '\'');
	buf_addstr(&cell, text);
	(as_tsv ? quote_tsv : quote_csv)(b, cell.data);
	buf_fini(&cell);
}

static void
put_cell(struct buf *b, const struct csv_column *c, const struct csv_row *r,
    bool safe, const struct dialect *d)
{
	struct buf raw;

	buf_init(&raw);
	c->put(&raw, r);
	emit_csv_cell(b, raw.data, d == &tsv, safe);
	buf_fini(&raw);
}

static void
put_row(struct buf *b, const struct csv_row *r, const struct emit_options *opt,
    const struct dialect *d)
{
	size_t n = opt->ncolumns > 0 ? opt->ncolumns : csv_ncolumns, i;

	for (i = 0; i < n; i++) {
		buf_addstr(b, i > 0 ? d->between : "");
		put_cell(b,
		    opt->ncolumns > 0 ? csv_column_named(opt->columns[i])
				      : &csv_columns[i],
		    r, opt->csv_safe, d);
	}
	buf_addstr(b, d->end);
}

static const struct view_case *
case_of(const struct view *v, const struct finding *f)
{
	size_t i;

	for (i = 0; f->case_id != NULL && i < v->ncases; i++)
		if (strcmp(v->cases[i].c->id, f->case_id) == 0)
			return &v->cases[i];
	return NULL;
}

static void
print(struct buf *b, const struct view *v, const struct emit_options *opt,
    const struct dialect *d)
{
	struct csv_row r = { .run = &v->rs->run };
	size_t i;

	put_header(b, opt, d);
	for (i = 0; i < v->findings.n; i++) {
		r.f = v->findings.list[i];
		r.vc = case_of(v, r.f);
		put_row(b, &r, opt, d);
	}
}

static int
emit(struct outfile *out, const struct view *v, const struct emit_options *opt,
    const struct dialect *d)
{
	struct buf b;

	buf_init(&b);
	print(&b, v, opt, d);
	outfile_write(out, b.data, b.len);
	buf_fini(&b);
	return 0;
}

int
emit_csv(struct outfile *out, const struct view *v,
    const struct emit_options *opt, struct errmsg *err)
{
	(void)err;
	return emit(out, v, opt, &csv);
}

int
emit_tsv(struct outfile *out, const struct view *v,
    const struct emit_options *opt, struct errmsg *err)
{
	(void)err;
	return emit(out, v, opt, &tsv);
}

void
emit_csv_print(struct buf *b, const struct view *v,
    const struct emit_options *opt)
{
	print(b, v, opt, &csv);
}
