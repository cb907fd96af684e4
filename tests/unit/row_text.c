#include "row_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cdr/rows.h"

static void
show_row(const struct csvrow *row, const char *text, struct buf *b)
{
	uint32_t i;

	assert_memory_equal(row->raw, text + row->offset, row->raw_len);
	buf_addf(b, "%u", (unsigned)row->line);
	if (row->lines > 1)
		buf_addf(b, "+%u", (unsigned)row->lines);
	buf_addf(b, "@%u", (unsigned)row->offset);
	if (row->fault != NULL)
		buf_addf(b, " !%s", row->fault);
	for (i = 0; i < row->n; i++) {
		buf_addch(b, i > 0 ? '|' : ' ');
		buf_add(b, row->fields[i].text, row->fields[i].len);
	}
	buf_addf(b, "%s%s\n", row->repaired ? " ~" : "",
	    row->ended ? "" : " $");
}

static char *
show(struct rows *r, const char *text)
{
	struct csvrow row;
	struct errmsg err;
	struct buf b;
	int more;

	buf_init(&b);
	while ((more = rows_next(r, &row, &err)) == 1)
		show_row(&row, text, &b);
	assert_int_equal(more, 0);
	assert_int_equal(rows_next(r, &row, &err), 0);
	rows_free(&r);
	return buf_detach(&b);
}

char *
row_text(const char *layout, const char *text, size_t len)
{
	struct layouts *ls = layouts_new();
	const struct layout *l;
	struct layout_form form;
	struct notes notes;
	struct input *in;
	char *want, *got;
	int i;

	notes_init(&notes);
	if (layouts_parse(ls, layout, strlen(layout), "x.json", &notes) != 0)
		fail_msg("%s", notes.list[0].text);
	l = layouts_at(ls, 0);
	form = layout_form(l);
	want = show(rows_memory(text, len, l, &form), text);
	for (i = 0; i < 2; i++) {
		in = input_memory("x", text, len, i == 0 ? 7 : 0);
		got = show(rows_new(in, l, &form), text);
		assert_string_equal(got, want);
		free(got);
		input_close(&in);
	}
	notes_fini(&notes);
	layouts_free(&ls);
	return want;
}

char *
row_layout(const char *container, const char *record, const char *columns,
    const char *more)
{
	struct buf b;

	buf_init(&b);
	buf_addf(&b,
	    "{ \"cdrlayout\": 1, \"id\": \"x\", \"title\": \"X\","
	    " \"evidence\": \"documented\", \"order\": \"free\","
	    " \"container\": \"%s\", \"record\": %s, \"columns\": %s,%s"
	    " \"fields\": { \"start\": { \"column\": \"a\","
	    " \"stamp\": \"%%s\" } },"
	    " \"recognise\": [{ \"time\": \"start\" }] }",
	    container, record, columns, more);
	return buf_detach(&b);
}
