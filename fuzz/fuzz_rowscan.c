/*
 * rowscan: rows are those that libcsv finds, whatever the width of vectors and
 * however bytes arrive.
 */
#include <assert.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "io/csvrow.h"

static void
check_field(const struct csvfield *got, const struct csvfield *wanted)
{
	assert(got->len == wanted->len && got->quoted == wanted->quoted);
	assert(memcmp(got->text, wanted->text, got->len) == 0);
}

static void
check_row(const struct csvrow *got, const struct csvrow *wanted)
{
	uint32_t i;

	assert(got->n == wanted->n && got->ended == wanted->ended);
	assert(got->line == wanted->line && got->lines == wanted->lines);
	assert(got->offset == wanted->offset);
	assert((got->fault == NULL) == (wanted->fault == NULL));
	assert(got->raw_len == wanted->raw_len &&
	       memcmp(got->raw, wanted->raw, got->raw_len) == 0);
	for (i = 0; i < got->n; i++)
		check_field(&got->fields[i], &wanted->fields[i]);
}

/* `r` gives what libcsv alone gives of the same bytes. */
static void
check(struct csvreader *r, const struct fuzz_input *in,
    struct csvdialect dialect)
{
	struct csvreader *slow = csvreader_memory(in->bytes, in->len, dialect);
	struct csvrow got, wanted;
	int more;

	csvreader_slow(slow);
	do {
		more = csvreader_next(r, &got, NULL);
		assert(more == csvreader_next(slow, &wanted, NULL));
		if (more == 1)
			check_row(&got, &wanted);
	} while (more == 1);
	csvreader_free(&slow);
}

static void
check_width(const struct fuzz_input *in, struct csvdialect dialect,
    enum rowscan_width width, size_t chunk)
{
	struct input *input = input_memory("fuzz", in->bytes, in->len, chunk);
	struct csvreader *r = csvreader_new(input, dialect);

	csvreader_width(r, width);
	check(r, in, dialect);
	csvreader_free(&r);
	input_close(&input);
	r = csvreader_memory(in->bytes, in->len, dialect);
	csvreader_width(r, width);
	if (width == ROWSCAN_128)
		csvreader_terminate(r);
	check(r, in, dialect);
	csvreader_free(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t chunks[] = { 0, 1, 7, 63, 64, 65, 200, 4096 };
	struct fuzz_input in = { (const char *)data, size };
	struct csvdialect dialect = { .delimiter =
					  ",;\t| \n"[fuzz_choice(&in, 6)],
		.quote = "\"'\0"[fuzz_choice(&in, 3)] };
	const size_t chunk = chunks[fuzz_choice(&in, 8)];
	int width;

	/* Lines as they are. */
	if (dialect.delimiter == '\n')
		dialect.quote = '\0';
	for (width = 0; width < ROWSCAN_WIDTHS; width++)
		if (rowscan_has((enum rowscan_width)width))
			check_width(&in, dialect, (enum rowscan_width)width,
			    chunk);
	return 0;
}
