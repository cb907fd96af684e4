/*
 * A header may name its columns in any order: the samples of all layouts with
 * a header, their columns shuffled, are recognised and give the same calls.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/xalloc.h"
#include "cdr/decode.h"
#include "cdr/recognise.h"
#include "cdr/rows.h"
#include "layout_files.h"

enum { SHUFFLES = 300, SEED = 20260122 };

/* 2027-01-01 00:00:00 UTC */
#define LATEST INT64_C(1798761600000)

/* The cells of a sample; all records have `width` of them. */
struct table {
	char **cells;
	size_t width, n;
	char delimiter;
};

static void
table_fini(struct table *t)
{
	size_t i;

	for (i = 0; i < t->width * t->n; i++)
		free(t->cells[i]);
	free(t->cells);
}

/* A delimiter at the end of a record makes no column. */
static void
add_row(struct table *t, const struct csvrow *row)
{
	size_t i;

	assert_null(row->fault);
	if (t->n == 0)
		t->width = row->n;
	assert_true(row->n >= t->width);
	t->cells = realloc(t->cells, (t->n + 1) * t->width * sizeof(*t->cells));
	assert_non_null(t->cells);
	for (i = 0; i < t->width; i++)
		t->cells[t->n * t->width + i] =
		    xstrndup(row->fields[i].text, row->fields[i].len);
	t->n++;
}

static void
read_table(struct table *t, const struct layout *l, const char *bytes,
    size_t len)
{
	struct layout_form form = layout_form(l);
	struct recognition found;
	struct csvrow row;
	struct input *in;
	struct rows *r;

	in = input_memory("sample", bytes, len, 0);
	assert_non_null(in);
	recognise_form(l, in, &found);
	form = found.form;
	memset(t, 0, sizeof(*t));
	t->delimiter = form.dialect.delimiter;
	r = rows_memory(bytes, len, l, &form);
	while (rows_next(r, &row, NULL) == 1)
		add_row(t, &row);
	rows_free(&r);
	input_close(&in);
	assert_true(t->n > 1);
}

/* All cells quoted, the columns in this order. */
static void
write_table(const struct table *t, const size_t *order, struct buf *out)
{
	const char *p;
	size_t i, k;

	for (i = 0; i < t->n; i++) {
		for (k = 0; k < t->width; k++) {
			if (k > 0)
				buf_addch(out, t->delimiter);
			buf_addch(out, '"');
			for (p = t->cells[i * t->width + order[k]]; *p != '\0';
			     p++)
				buf_addf(out, *p == '"' ? "\"\"" : "%c", *p);
			buf_addch(out, '"');
		}
		buf_addch(out, '\n');
	}
}

static void
add_text(struct buf *out, const struct batch *b, uint32_t id)
{
	buf_addf(out, "|%s", batch_text(b, id));
}

static void
add_call(struct buf *out, const struct batch *b, const struct call *c,
    const struct origin *o, const struct call_extras *x)
{
	buf_addf(out, "%lld %u+%u %d %d %d %lld %x %d %d", (long long)c->start,
	    (unsigned)c->ring, (unsigned)c->duration, c->status, c->direction,
	    o->cause, (long long)x->cost, (unsigned)c->flags, o->zone_kind,
	    o->stated);
	add_text(out, b, c->src);
	add_text(out, b, c->dst);
	add_text(out, b, c->dialled);
	add_text(out, b, x->ids[EXTRA_FORWARDED_BY]);
	add_text(out, b, c->account);
	add_text(out, b, c->user);
	add_text(out, b, c->trunk_in);
	add_text(out, b, c->trunk_out);
	add_text(out, b, b->currencies[c->currency]);
	add_text(out, b, x->ids[EXTRA_SRC_NAME]);
	add_text(out, b, o->service);
	add_text(out, b, c->clue_in);
	add_text(out, b, o->call_id);
	add_text(out, b, o->joins_by_id ? o->call_id : x->ids[EXTRA_JOIN]);
	buf_addch(out, '\n');
}

/* What becomes of each record; which layout the file is taken for. */
static const struct layout *
read_calls(const struct layouts *ls, const char *bytes, size_t len,
    struct buf *out)
{
	struct batch *b = batch_new();
	struct recognition found;
	struct origin origin;
	struct errmsg reason;
	struct decoder d;
	uint32_t column;
	struct csvrow row;
	struct input *in;
	struct rows *r;
	struct call c;

	in = input_memory("shuffled", bytes, len, 0);
	assert_non_null(in);
	recognise(ls, in, 1, &found);
	assert_non_null(found.layout);
	decoder_init(&d, found.layout, &found.form, b, LATEST);
	r = rows_new(in, found.layout, &found.form);
	while (rows_next(r, &row, NULL) == 1) {
		memset(&c, 0, sizeof(c));
		memset(&origin, 0, sizeof(origin));
		switch (decode_row(&d, &row, &c, &origin, &column, &reason)) {
		case DECODE_CALL:
			add_call(out, b, &c, &origin, &d.extras);
			break;
		case DECODE_SKIPPED:
		case DECODE_NO_RECORD:
			buf_addstr(out, "skipped\n");
			break;
		case DECODE_REJECT:
			buf_addf(out, "reject: %s\n", reason.text);
			break;
		}
	}
	rows_free(&r);
	input_close(&in);
	decoder_fini(&d);
	batch_free(&b);
	return found.layout;
}

static void
shuffle(size_t *order, size_t n)
{
	size_t i, k, one;

	for (i = 0; i < n; i++)
		order[i] = i;
	for (i = n; i > 1; i--) {
		k = (size_t)rand() % i;
		one = order[k];
		order[k] = order[i - 1];
		order[i - 1] = one;
	}
}

static void
check_layout(const struct layouts *ls, const struct layout *l)
{
	char path[256], *bytes;
	struct buf want, text, got;
	const struct layout *seen;
	struct errmsg err;
	struct table t;
	size_t *order, len;
	int i;

	(void)snprintf(path, sizeof(path), "samples/%s.csv", l->id);
	if (input_slurp(path, 1 << 20, &bytes, &len, &err) != 0)
		fail_msg("%s: %s", l->id, err.text);
	buf_init(&want);
	assert_ptr_equal(read_calls(ls, bytes, len, &want), l);
	if (strstr(want.data, "reject") != NULL)
		fail_msg("%s: %s", l->id, want.data);
	read_table(&t, l, bytes, len);
	order = xcalloc(t.width, sizeof(*order));
	for (i = 0; i < SHUFFLES; i++) {
		buf_init(&text);
		buf_init(&got);
		shuffle(order, t.width);
		write_table(&t, order, &text);
		seen = read_calls(ls, text.data, text.len, &got);
		if (seen != l || strcmp(got.data, want.data) != 0)
			fail_msg("%s, shuffle %d, taken for %s:\n%s%s\nnot\n%s",
			    l->id, i, seen->id, text.data, got.data, want.data);
		buf_fini(&text);
		buf_fini(&got);
	}
	free(order);
	table_fini(&t);
	buf_fini(&want);
	free(bytes);
}

static void
test_columns_in_any_order(void **state)
{
	struct layouts *ls = shipped_layouts();
	const struct layout *l;
	unsigned n = 0;
	size_t i;

	(void)state;
	print_message("# seed %d\n", (int)SEED);
	srand(SEED);
	for (i = 0; i < layouts_count(ls); i++) {
		l = layouts_at(ls, i);
		if (!l->header)
			continue;
		check_layout(ls, l);
		n++;
	}
	assert_true(n >= 20);
	print_message("# figures: columns shuffled: %d of %d orders of each of "
		      "%u layouts with a header give the same calls\n",
	    (int)SHUFFLES, (int)SHUFFLES, n);
	layouts_free(&ls);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
