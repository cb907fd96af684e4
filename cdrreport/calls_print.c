/* The calls asked for, in the format asked for. */
#include <string.h>

#include "base/nearest.h"
#include "calls.h"
#include "report/emit_csv.h"
#include "report/order.h"
#include "report/page.h"
#include "report/writer.h"
#include "tel/calltime.h"

#define SCHEMA     "cdr.call/1"
#define SCHEMA_RAW "cdr.record/1"

enum { MOST_COLUMNS = 32 };

struct printing {
	struct call_list *calls;
	struct buf *out;
	const struct call_column *columns[MOST_COLUMNS];
	size_t n;
	struct arena arena;
};

static const struct call_column *
table_of(const struct call_list *c)
{
	return c->l->o->raw ? calls_raw : calls_understood;
}

static const char *
name_at(const void *table, size_t i)
{
	const struct call_column *columns = table;

	return columns[i].name;
}

/* The column of that name; NULL if there is none, said. */
static const struct call_column *
find_column(const struct call_list *c, const char *what, const char *name)
{
	const struct call_column *table = table_of(c), *column;

	for (column = table; column->name != NULL; column++)
		if (strcmp(column->name, name) == 0)
			return column;
	diag_unknown(&c->l->setup.diag, what, name,
	    nearest(name, name_at, table));
	return NULL;
}

static int
add_column(struct printing *p, const char *name)
{
	const struct diag *diag = &p->calls->l->setup.diag;
	const struct call_column *column;
	size_t i;

	for (i = 0; i < p->n; i++)
		if (strcmp(p->columns[i]->name, name) == 0) {
			diag_error(diag, "--columns: column '%s' twice", name);
			return -1;
		}
	column = find_column(p->calls, "--columns: no such column", name);
	if (column == NULL)
		return -1;
	p->columns[p->n++] = column;
	return 0;
}

/* All of them, but as text what fits a line. */
static void
default_columns(struct printing *p)
{
	const bool text = listing_format(p->calls->l) == LISTING_TEXT;
	const struct call_column *c;

	for (c = table_of(p->calls); c->name != NULL; c++)
		if (!text || c->in_text)
			p->columns[p->n++] = c;
}

static int
choose_columns(struct printing *p)
{
	char *rest = arena_strdup(&p->arena, p->calls->l->o->columns), *name;

	if (rest == NULL)
		default_columns(p);
	while (rest != NULL) {
		name = rest;
		rest = strchr(rest, ',');
		if (rest != NULL)
			*rest++ = '\0';
		if (add_column(p, name) != 0)
			return -1;
	}
	return 0;
}

/* The text of a cell, until the next one. */
static const char *
cell(struct printing *p, const struct call_column *c, size_t row, struct buf *b)
{
	const struct call_list *calls = p->calls;
	const int digits = report_digits(calls->l->o, &calls->l->setup);

	buf_reset(b);
	c->put(b, calls->batch, calls->calls[row]);
	if (digits <= 0 || c->kind != CELL_TEXT ||
	    strcmp(c->name, "start") == 0 || strcmp(c->name, "stamp") == 0 ||
	    strcmp(c->name, "key") == 0 || strcmp(c->name, "call_id") == 0)
		return b->data;
	return report_redact_text(&p->arena, b->data, digits);
}

static void
print_table(struct printing *p, struct buf *b)
{
	const bool tsv = listing_format(p->calls->l) == LISTING_TSV;
	size_t i, row;

	for (i = 0; i < p->n; i++)
		buf_addf(p->out, "%s%s",
		    i == 0 ? ""
		    : tsv  ? "\t"
			   : ",",
		    p->columns[i]->name);
	buf_addstr(p->out, tsv ? "\n" : "\r\n");
	for (row = 0; row < p->calls->n; row++) {
		for (i = 0; i < p->n; i++) {
			if (i > 0)
				buf_addch(p->out, tsv ? '\t' : ',');
			emit_csv_cell(p->out, cell(p, p->columns[i], row, b),
			    tsv, p->calls->l->o->csv_safe);
		}
		buf_addstr(p->out, tsv ? "\n" : "\r\n");
	}
}

static void
print_json(struct printing *p, struct buf *b)
{
	struct listing *l = p->calls->l;
	const char *schema = l->o->raw ? SCHEMA_RAW : SCHEMA, *text;
	const bool whole = listing_format(l) == LISTING_JSON;
	struct jsonout j;
	size_t i, row;

	jsonout_init(&j, p->out, whole);
	if (whole) {
		jsonout_object(&j);
		jsonout_kstring(&j, "schema", schema);
		jsonout_key(&j, "calls");
		jsonout_array(&j);
	}
	for (row = 0; row < p->calls->n; row++) {
		listing_begin_row(l, &j, schema);
		for (i = 0; i < p->n; i++) {
			text = cell(p, p->columns[i], row, b);
			if (text[0] == '\0')
				continue;
			jsonout_key(&j, p->columns[i]->name);
			if (p->columns[i]->kind == CELL_NUMBER)
				jsonout_raw(&j, text);
			else
				jsonout_string(&j, text);
		}
		listing_end_row(l, &j);
	}
	if (whole) {
		jsonout_end_array(&j);
		jsonout_end_object(&j);
		buf_addch(p->out, '\n');
	}
}

/* Times as people of the site read them. */
static const char *
text_cell(struct printing *p, const struct call_column *c, size_t row,
    struct buf *b)
{
	const struct call_list *calls = p->calls;

	if (strcmp(c->name, "start") != 0)
		return cell(p, c, row, b);
	buf_reset(b);
	time_local(b, calls->l->zone,
	    calls->batch->calls[calls->calls[row]].start);
	return b->data;
}

static int
print_text(struct printing *p, struct buf *b)
{
	struct page_column heads[PAGE_COLUMNS];
	const struct report_options *o = p->calls->l->o;
	struct page_table *t;
	struct page page;
	size_t i, row;

	if (p->n > PAGE_COLUMNS) {
		diag_error(&p->calls->l->setup.diag,
		    "--columns: text has room for %d columns", PAGE_COLUMNS);
		return -1;
	}
	for (i = 0; i < p->n; i++)
		heads[i] = (struct page_column){ p->columns[i]->name,
			p->columns[i]->kind == CELL_NUMBER,
			p->columns[i]->kind == CELL_NUMBER ||
				strcmp(p->columns[i]->name, "start") == 0
			    ? PAGE_WHOLE
			    : PAGE_CUT,
			4 };
	t = page_table_new(heads, p->n);
	for (row = 0; row < p->calls->n; row++)
		for (i = 0; i < p->n; i++)
			page_table_cell(t, text_cell(p, p->columns[i], row, b),
			    PAGE_PLAIN);
	page_init(&page, p->out, o->width > 0 ? (int)o->width : 120, false);
	page_table_print(t, &page, 0, true);
	page_table_free(&t);
	return 0;
}

static void
sort_calls(struct printing *p, const struct call_column *column, bool falling)
{
	struct call_list *c = p->calls;
	struct order_key *keys = arena_array(&p->arena, c->n, sizeof(*keys));
	size_t *sorted = arena_array(&p->arena, c->n, sizeof(*sorted)), i;
	struct buf b;

	buf_init(&b);
	for (i = 0; i < c->n; i++) {
		keys[i] = (struct order_key){ .row = i };
		buf_reset(&b);
		column->put(&b, c->batch, c->calls[i]);
		keys[i].none = b.len == 0;
		if (column->number != NULL)
			keys[i].number = column->number(c->batch, c->calls[i]);
		else
			keys[i].text = arena_strdup(&p->arena, b.data);
	}
	buf_fini(&b);
	order_sort(keys, c->n, falling);
	for (i = 0; i < c->n; i++)
		sorted[i] = c->calls[keys[i].row];
	if (c->n > 0)
		memcpy(c->calls, sorted, c->n * sizeof(*sorted));
}

/* In the order of --sort, and no more than --limit; -1 for a wrong field. */
static int
arrange(struct printing *p)
{
	struct call_list *c = p->calls;
	const struct report_options *o = c->l->o;
	const struct call_column *column;
	struct order order;
	int r = 0;

	if (o->sort != NULL) {
		order_read(&order, o->sort);
		column = find_column(c, "--sort: no such column", order.field);
		if (column != NULL)
			sort_calls(p, column, order.falling);
		else
			r = -1;
	}
	if (o->limit > 0 && c->n > (size_t)o->limit)
		c->n = (size_t)o->limit;
	return r;
}

int
calls_print(struct call_list *c)
{
	struct printing p = { .calls = c, .out = &c->l->out };
	struct buf b;
	int r;

	buf_init(&b);
	r = choose_columns(&p) == 0 ? arrange(&p) : -1;
	if (r == 0) {
		switch (listing_format(c->l)) {
		case LISTING_TEXT:
			r = print_text(&p, &b);
			break;
		case LISTING_CSV:
		case LISTING_TSV:
			print_table(&p, &b);
			break;
		default:
			print_json(&p, &b);
		}
	}
	buf_fini(&b);
	arena_fini(&p.arena);
	return r;
}
