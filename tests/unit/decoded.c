#include "decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cdr/rows.h"

struct layouts *
decoded_layouts(const char *text, size_t len)
{
	struct layouts *ls = layouts_new();
	struct notes notes;

	notes_init(&notes);
	if (layouts_parse(ls, text, len, "toy.json", &notes) != 0)
		fail_msg("%s", notes.list[0].text);
	notes_fini(&notes);
	return ls;
}

static void
decode(struct decoder *d, const struct batch *b, const struct csvrow *row,
    decoded_put *put, struct buf *out)
{
	struct origin origin = { 0 };
	struct call call = { 0 };
	struct errmsg reason;
	uint32_t column;

	if (decode_row(d, row, &call, &origin, &column, &reason) == DECODE_CALL)
		put(b, &call, out);
	else
		buf_addf(out, "%u: %s\n", (unsigned)column, reason.text);
}

void
decoded_rows(const struct layout *l, const struct buf *rows, bool anew,
    decoded_put *put, struct buf *out)
{
	const struct layout_form form = layout_form(l);
	struct batch *b = batch_new();
	struct rows *r = rows_memory(rows->data, rows->len, l, &form);
	struct decoder d;
	struct csvrow row;

	decoder_init(&d, l, &form, b, DECODED_LATEST);
	while (rows_next(r, &row, NULL) == 1) {
		if (anew) {
			decoder_fini(&d);
			decoder_init(&d, l, &form, b, DECODED_LATEST);
		}
		decode(&d, b, &row, put, out);
	}
	rows_free(&r);
	decoder_fini(&d);
	batch_free(&b);
}
