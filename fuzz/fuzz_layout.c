/*
 * layout, recognise, decode: a layout that is taken can read records, of its
 * own width and of others, whatever it says about them; and one that takes all
 * over from it is as good.
 */
#include <assert.h>
#include <string.h>

#include "base/buf.h"
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
    "1768266669,B,a,x,y\n1768266670,B,b,x,y\n1768266679,E,a,y,x\n"
    "<?xml version=\"1.0\"?>\n<r b=\"1\"><a>1768266669</a><c d=\"%2b\"/></r>\n"
    "{\"a\":1768266669,\"b\":{\"c\":[\"%2b\"]}}\n"
    "011326 0211 2041     913125550142\x02\x03"
    "011326 0215 2041     913125550142\n"
    "\"cut off";

static void
check_layout(const struct layout *l)
{
	const uint32_t ncolumns = l->ncolumns + l->gather.ncells;
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
			       l->fields[i].from[k].columns[0] < ncolumns);
}

static void
decode_records(const struct layout *l)
{
	struct batch *b = batch_new();
	const struct layout_form form = layout_form(l);
	struct input *in =
	    input_memory("records", records, sizeof(records) - 1, 7);
	struct rows *r;
	struct decoder d;
	struct csvrow row;
	struct call call;
	struct origin origin;
	struct errmsg reason;
	uint32_t column;

	decoder_init(&d, l, &form, b, INT64_MAX);
	r = rows_new(in, l, &form);
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
			assert(reason.text[0] != '\0');
			assert(column <= row.n || row.gathered != NULL);
			break;
		case DECODE_SKIPPED:
		case DECODE_NO_RECORD:
			break;
		}
	}
	rows_free(&r);
	input_close(&in);
	decoder_fini(&d);
	batch_free(&b);
}

/* One that says nothing of its own. */
static void
check_child(struct layouts *ls, struct notes *notes)
{
	const struct layout *l = layouts_at(ls, 0), *child;
	struct buf b;
	int rc;

	if (strcmp(l->id, "child") == 0)
		return;
	buf_init(&b);
	buf_addf(&b,
	    "{ \"cdrlayout\": 1, \"id\": \"child\", \"title\": \"Child\","
	    " \"extends\": \"%s\" }",
	    l->id);
	rc = layouts_parse(ls, b.data, b.len, "child", notes);
	assert(rc == 0);
	child = layouts_find(ls, "child");
	assert(child->ncolumns == l->ncolumns);
	assert(child->recognise.n == l->recognise.n);
	check_layout(child);
	buf_fini(&b);
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
		recognise(ls, input, 1, &found);
		assert(found.confidence >= 0 && found.confidence <= 1);
		input_close(&input);
		check_child(ls, &notes);
	}
	notes_fini(&notes);
	layouts_free(&ls);
	return 0;
}
