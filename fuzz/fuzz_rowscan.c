/*
 * rowscan: rows are those that libcsv finds, whatever the width of vectors,
 * however bytes arrive, and into whatever pieces they are cut.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
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

/* A stream that is read in pieces, beside libcsv. */
struct pieces {
	struct csvreader *stream, *slow;
	struct csvpiece left; /* by the pieces so far; of its bytes: */
	struct buf bytes;
	bool begun;
	struct csvreader *reader;
	struct csvreader *alone; /* reads the piece by itself */
};

static void
check_next(struct pieces *p, const struct csvrow *got)
{
	struct csvrow wanted;
	const int more = csvreader_next(p->slow, &wanted, NULL);

	assert(more == 1);
	check_row(got, &wanted);
}

/* The first row of the piece by itself at `at` or behind it. */
static bool
find_alone(struct pieces *p, uint64_t at, struct csvrow *row)
{
	while (csvreader_next(p->alone, row, NULL) == 1) {
		if (row->fault != NULL)
			return false;
		if (row->offset >= at)
			return true;
	}
	return false;
}

/*
 * What was left and the piece, as one; from where a row of it begins that is
 * one of the piece alone, all are the same.
 */
static void
read_piece(struct pieces *p, const struct csvpiece *piece)
{
	struct csvrow row, other;
	bool has, same = false;

	csvreader_piece(p->alone, piece);
	has = p->left.open_until <= piece->offset && find_alone(p, 0, &other);
	csvreader_piece(p->reader, &p->left);
	while (csvreader_next(p->reader, &row, NULL) == 1) {
		check_next(p, &row);
		if (row.fault != NULL)
			has = false;
		if (has && other.offset < row.offset)
			has = find_alone(p, row.offset, &other);
		assert(!same || !has || other.offset == row.offset);
		if (!has || other.offset != row.offset)
			continue;
		same = true;
		row.line = other.line;
		check_row(&row, &other);
	}
	p->left = csvreader_left(p->reader);
}

static void
take_piece(struct pieces *p, const struct csvpiece *piece)
{
	struct buf bytes;

	if (!p->begun) {
		p->left = *piece;
		p->left.len = 0;
	}
	p->begun = true;
	assert(p->left.offset + p->left.len == piece->offset);
	assert(piece->len > 0 && piece->bytes[piece->len - 1] == '\n');
	buf_init(&bytes);
	buf_add(&bytes, p->left.bytes, p->left.len);
	buf_add(&bytes, piece->bytes, piece->len);
	buf_fini(&p->bytes);
	p->bytes = bytes;
	p->left.bytes = p->bytes.data;
	p->left.len = p->bytes.len;
	read_piece(p, piece);
}

/* The stream goes on with what the pieces left. */
static void
end_pieces(struct pieces *p)
{
	if (p->begun)
		csvreader_uncut(p->stream, &p->left);
	p->begun = false;
}

static void
check_pieces(const struct fuzz_input *in, struct csvdialect dialect,
    size_t chunk)
{
	struct input *input = input_memory("fuzz", in->bytes, in->len, chunk);
	struct pieces p = { .stream = csvreader_new(input, dialect),
		.slow = csvreader_memory(in->bytes, in->len, dialect),
		.reader = csvreader_memory("", 0, dialect),
		.alone = csvreader_memory("", 0, dialect) };
	struct csvpiece piece;
	struct csvrow row;
	char *memory = NULL;
	size_t cap = 0;
	int more;

	csvreader_slow(p.slow);
	buf_init(&p.bytes);
	do {
		more = csvreader_next(p.stream, &row, NULL);
		if (more == 1)
			check_next(&p, &row);
		while (csvreader_cut(p.stream, &memory, &cap,
		    chunk > 0 ? chunk : 100, &piece))
			take_piece(&p, &piece);
		end_pieces(&p);
	} while (more == 1);
	assert(csvreader_next(p.slow, &row, NULL) == 0);
	free(memory);
	buf_fini(&p.bytes);
	csvreader_free(&p.alone);
	csvreader_free(&p.reader);
	csvreader_free(&p.slow);
	csvreader_free(&p.stream);
	input_close(&input);
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
	check_pieces(&in, dialect, chunk);
	return 0;
}
