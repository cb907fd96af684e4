#include "report/emit_csv.h"

#include <string.h>

#include "base/nearest.h"
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

bool
emit_csv_has(const char *name)
{
	return csv_column_named(name) != NULL;
}

static const char *
name_at(const void *table, size_t i)
{
	(void)table;
	return emit_csv_column(i);
}

const char *
emit_csv_nearest(const char *name)
{
	return nearest(name, name_at, NULL);
}

static int
add_column(struct emit_options *opt, const char *name, struct errmsg *err)
{
	const char *near = emit_csv_nearest(name);
	size_t i;

	if (csv_column_named(name) == NULL)
		return errmsg_set(err, "no such column: '%s'%s%s%s", name,
		    near != NULL ? "; did you mean '" : "",
		    near != NULL ? near : "", near != NULL ? "'?" : "");
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

/* The rows as --sort has them. */
static const struct csv_row *
make_rows(struct arena *arena, const struct view *v,
    const struct emit_options *opt)
{
	const struct csv_column *by =
	    opt->sort.field != NULL ? csv_column_named(opt->sort.field) : NULL;
	struct csv_row *rows, *sorted;
	struct order_key *keys;
	struct buf cell;
	size_t i;

	rows = arena_array(arena, v->findings.n + 1, sizeof(*rows));
	for (i = 0; i < v->findings.n; i++) {
		rows[i] = (struct csv_row){ .f = v->findings.list[i],
			.vc = case_of(v, v->findings.list[i]),
			.run = &v->rs->run };
	}
	if (by == NULL)
		return rows;
	keys = arena_array(arena, v->findings.n + 1, sizeof(*keys));
	sorted = arena_array(arena, v->findings.n + 1, sizeof(*sorted));
	buf_init(&cell);
	for (i = 0; i < v->findings.n; i++) {
		buf_reset(&cell);
		by->put(&cell, &rows[i]);
		keys[i] = (struct order_key){ .row = i, .none = cell.len == 0 };
		if (by->number != NULL)
			keys[i].number = by->number(&rows[i]);
		else
			keys[i].text = arena_strdup(arena, cell.data);
	}
	buf_fini(&cell);
	order_sort(keys, v->findings.n, opt->sort.falling);
	for (i = 0; i < v->findings.n; i++)
		sorted[i] = rows[keys[i].row];
	return sorted;
}

static void
print(struct buf *b, const struct view *v, const struct emit_options *opt,
    const struct dialect *d)
{
	struct arena arena;
	const struct csv_row *rows;
	size_t i;

	arena_init(&arena);
	rows = make_rows(&arena, v, opt);
	put_header(b, opt, d);
	for (i = 0; i < v->findings.n; i++)
		put_row(b, &rows[i], opt, d);
	arena_fini(&arena);
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
