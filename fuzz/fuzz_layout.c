/*
 * layout, recognise, decode: a layout that is taken can read records, of its
 * own width and of others, whatever it says about them.
 */
#include <assert.h>
#include <string.h>

#include "cdr/decode.h"
#include "cdr/recognise.h"
#include "cdr/rows.h"
#include "fuzz/fuzz.h"
#include "io/input.h"

static const char records[] =
    "\"\",\"2041\",\"913125550142\",\"out\",\"\"\"Ann\"\" <2041>\","
    "\"SIP/2041-1\",\"SIP/carrier-2\",\"Dial\",\"x\",\"2026-01-13 02:11:09\","
    "\"2026-01-13 02:11:12\",\"2026-01-13 02:12:00\",51,48,\"ANSWERED\","
    "\"DOCUMENTATION\",\"1768266669.1\",\"\"\n"
    "a,b,c\n"
    "1768266669,2041,+442079460123,0,in,NO ANSWER\n"
    "13/01/2026 02:11,7\n"
    "\"cut off";

static void
check_layout(const struct layout *l)
{
	uint32_t i, k;

	assert(l->id[0] != '\0' && l->ncolumns > 0 && l->nvariants > 0);
	for (i = 0; i < l->nvariants; i++)
		for (k = 0; k < l->ncolumns; k++)
			assert(
			    l->variants[i].at[k] >= -1 &&
			    l->variants[i].at[k] < (int)l->variants[i].columns);
	for (i = 0; i < TARGET_COUNT; i++)
		for (k = 0; k < l->fields[i].nfrom; k++)
			assert(l->fields[i].from[k].n >= 1 &&
			       l->fields[i].from[k].columns[0] < l->ncolumns);
}

static void
decode_records(const struct layout *l)
{
	struct batch *b = batch_new();
	const struct layout_form form = layout_form(l);
	struct rows *r;
	struct decoder d;
	struct csvrow row;
	struct call call;
	struct origin origin;
	struct errmsg reason;
	uint32_t column;

	decoder_init(&d, l, &form, b, INT64_MAX);
	r = rows_memory(records, sizeof(records) - 1, l, &form);
	while (rows_next(r, &row, NULL) == 1) {
		memset(&call, 0, sizeof(call));
		memset(&origin, 0, sizeof(origin));
		reason.text[0] = '\0';
		switch (
		    decode_row(&d, &row, &call, &origin, &column, &reason)) {
		case DECODE_CALL:
			assert(call.start >= DECODE_EARLIEST);
			assert(call.duration == 0 ||
			       call.status == STATUS_ANSWERED);
			break;
		case DECODE_REJECT:
			assert(reason.text[0] != '\0' && column <= row.n);
			break;
		case DECODE_SKIPPED:
			break;
		}
	}
	rows_free(&r);
	decoder_fini(&d);
	batch_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_input in = { (const char *)data, size };
	struct layouts *ls = layouts_new();
	struct recognition found;
	struct input *input;
	struct notes notes;
	int rc;

	notes_init(&notes);
	rc = layouts_parse(ls, in.bytes, in.len, "fuzz", &notes);
	fuzz_check_notes(&notes, &in);
	assert((rc == 0) == (notes.errors == 0));
	assert(layouts_count(ls) == (rc == 0));
	if (rc == 0) {
		check_layout(layouts_at(ls, 0));
		decode_records(layouts_at(ls, 0));
		input =
		    input_memory("records", records, sizeof(records) - 1, 0);
		recognise(ls, input, &found);
		assert(found.confidence >= 0 && found.confidence <= 1);
		input_close(&input);
	}
	notes_fini(&notes);
	layouts_free(&ls);
	return 0;
}
