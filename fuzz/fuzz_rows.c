/*
 * rows: of all that is not read as it stands by csvrow; rows do not depend on
 * how bytes arrive, are where they say, and begin one behind another, but for
 * those of several events.
 */
#include <assert.h>
#include <string.h>

#include "base/bounds.h"
#include "base/utf8.h"
#include "cdr/rows.h"
#include "fuzz/fuzz.h"

static const char *const ids[] = { "metaswitch-cfs", "broadworks-xml",
	"freeswitch-xml", "freeswitch-json", "grandstream-json", "avaya-cm",
	"nec-neax", "kamailio-acc-table", "asterisk-cel", "yeastar-s" };

enum { IDS = sizeof(ids) / sizeof(ids[0]) };

static uint32_t
line_of(const struct fuzz_input *in, size_t at)
{
	uint32_t line = 1;
	size_t i;

	for (i = 0; i < at; i++)
		line += in->bytes[i] == '\n';
	return line;
}

/* Elements and objects: found by their bytes alone, and UTF-8. */
static void
check_document(const struct csvrow *row, const struct fuzz_input *in)
{
	uint32_t i;

	assert(row->line == line_of(in, (size_t)row->offset));
	assert(row->line + row->lines - 1 ==
	       line_of(in, (size_t)row->offset + row->raw_len));
	assert(row->n == 0 || row->raw_len <= BOUNDS_DOCUMENT);
	for (i = 0; i < row->n; i++)
		assert(utf8_valid(row->fields[i].text, row->fields[i].len) ||
		       row->fields[i].len > BOUNDS_FIELD);
}

static void
check_row(const struct csvrow *row, const struct fuzz_input *in,
    const struct layout *l)
{
	assert(row->offset + row->raw_len <= in->len);
	assert(memcmp(row->raw, in->bytes + row->offset, row->raw_len) == 0);
	assert(row->n == 0 || row->fault == NULL);
	assert(row->n == 0 || l->container == CONTAINER_ROWS ||
	       row->n == l->ncolumns);
	if (l->container == CONTAINER_XML || l->container == CONTAINER_JSON)
		check_document(row, in);
}

static void
check_same(const struct csvrow *a, const struct csvrow *b)
{
	uint32_t i;

	assert(a->n == b->n && a->line == b->line && a->lines == b->lines);
	assert(a->offset == b->offset && a->ended == b->ended);
	assert(a->raw_len == b->raw_len && a->repaired == b->repaired);
	assert((a->fault == NULL) == (b->fault == NULL));
	for (i = 0; i < a->n; i++)
		assert(a->fields[i].len == b->fields[i].len &&
		       memcmp(a->fields[i].text, b->fields[i].text,
			   a->fields[i].len) == 0);
	assert((a->gathered == NULL) == (b->gathered == NULL));
}

/* As it comes; a piece of memory shows no whole calls. */
static struct rows *
read_whole(const struct fuzz_input *in, const struct layout *l,
    const struct layout_form *form, struct input **input)
{
	*input = NULL;
	if (l->gather.nby == 0)
		return rows_memory(in->bytes, in->len, l, form);
	*input = input_memory("x", in->bytes, in->len, 0);
	return rows_new(*input, l, form);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { (const char *)data, size };
	const struct layout *l =
	    layouts_find(fuzz_layouts(), ids[fuzz_choice(&in, IDS)]);
	const struct layout_form form = layout_form(l);
	struct input *input = input_memory("x", in.bytes, in.len, 5), *whole;
	struct rows *a = read_whole(&in, l, &form, &whole);
	struct rows *b = rows_new(input, l, &form);
	struct csvrow one, other;
	uint64_t before = 0;
	int more;

	do {
		more = rows_next(a, &one, NULL);
		assert(more >= 0 && rows_next(b, &other, NULL) == more);
		if (more == 1) {
			check_row(&one, &in, l);
			check_same(&one, &other);
			assert(one.offset >= before || l->gather.nby > 0);
			before = one.offset;
		}
	} while (more == 1);
	rows_free(&a);
	rows_free(&b);
	input_close(&input);
	input_close(&whole);
	return 0;
}
