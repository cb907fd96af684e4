#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/rows_json_impl.h"
#include "io/jsontext.h"

struct json_rows {
	const struct layout *layout;
	struct window w;
	struct json_scan scan;
	struct cells cells;
};

static struct json_rows *
new_rows(const struct layout *l)
{
	struct json_rows *r = xcalloc(1, sizeof(*r));

	r->layout = l;
	json_scan_init(&r->scan, l, &r->w);
	cells_init(&r->cells, l);
	return r;
}

static void *
json_open(struct input *in, const struct layout *l,
    const struct layout_form *form)
{
	struct json_rows *r = new_rows(l);

	(void)form;
	window_open(&r->w, in);
	return r;
}

static void *
json_open_memory(const char *bytes, size_t len, const struct layout *l,
    const struct layout_form *form)
{
	struct json_rows *r = new_rows(l);

	(void)form;
	window_open_memory(&r->w, bytes, len);
	return r;
}

static void
json_close(void *self)
{
	struct json_rows *r = self;

	window_close(&r->w);
	cells_fini(&r->cells);
	free(r);
}

/* A number, true and false as they are written; null and brackets: nothing. */
static void
add_cell(struct json_rows *r, const struct json_doc *doc, const char *pointer)
{
	const struct json *j = json_at(json_root(doc), pointer);

	if (j == NULL)
		cells_add_text(&r->cells, "", 0);
	else if (j->type == JSON_STRING)
		cells_add_text(&r->cells, j->string, strlen(j->string));
	else if (j->type == JSON_NUMBER || j->type == JSON_BOOL)
		cells_add_text(&r->cells, json_text(doc) + j->begin,
		    j->end - j->begin);
	else
		cells_add_text(&r->cells, "", 0);
}

static int
give_record(struct json_rows *r, struct csvrow *row)
{
	struct json_doc *doc;
	uint32_t i;

	doc = json_parse_data(row->raw, row->raw_len, &row->repaired);
	if (doc == NULL) {
		row->fault = "not well-formed JSON";
		return 1;
	}
	cells_begin(&r->cells);
	for (i = 0; i < r->layout->ncolumns; i++)
		add_cell(r, doc, r->layout->paths[i]);
	cells_end(&r->cells, row);
	json_free(&doc);
	return 1;
}

static int
give(struct json_rows *r, enum json_event e, struct csvrow *row)
{
	window_row(&r->w, r->scan.begin, r->scan.end, row);
	row->fault = e == JSON_FAULT ? r->scan.fault : NULL;
	return e == JSON_RECORD ? give_record(r, row) : 1;
}

static int
json_next(void *self, struct csvrow *row, struct errmsg *err)
{
	struct json_rows *r = self;
	enum json_event e;

	for (;;) {
		e = json_scan_next(&r->scan);
		if (e != JSON_NOTHING)
			return give(r, e, row);
		if (window_more(&r->w, json_scan_keep(&r->scan)))
			continue;
		e = json_scan_end(&r->scan);
		if (e == JSON_NOTHING && r->scan.at == r->w.end)
			return window_result(&r->w, err);
		if (e == JSON_NOTHING)
			continue;
		(void)give(r, e, row);
		row->ended = false;
		if (r->w.failed)
			row->fault = "cut off where reading failed";
		return 1;
	}
}

const struct rows_kind rows_json = {
	.open = json_open,
	.open_memory = json_open_memory,
	.next = json_next,
	.close = json_close,
};
