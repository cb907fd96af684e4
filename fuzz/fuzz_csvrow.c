/*
 * csvrow: rows do not depend on how bytes arrive; each is where it says, and
 * no byte is lost; fields are what they were when they are written again.
 */
#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "fuzz/fuzz.h"
#include "io/csvrow.h"

/* How far the reading has come. */
struct place {
	size_t at;
	uint32_t line;
};

/* Over bytes that are in no row: blanks and line ends, at the start more. */
static void
skip(struct place *p, const struct fuzz_input *in, size_t to)
{
	const bool start = p->at == 0;

	assert(to >= p->at && to <= in->len);
	for (; p->at < to; p->at++)
		assert(memchr(start ? " \t\r\n\0\xef\xbb\xbf" : " \t\r\n",
			   in->bytes[p->at], start ? 8 : 4) != NULL);
}

static bool
same_field(const struct csvfield *a, const struct csvfield *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static void
check_same(const struct csvrow *a, const struct csvrow *b)
{
	uint32_t i;

	assert(a->n == b->n && a->line == b->line && a->lines == b->lines);
	assert(a->offset == b->offset && a->ended == b->ended);
	assert((a->fault == NULL) == (b->fault == NULL));
	assert(a->raw_len == b->raw_len &&
	       memcmp(a->raw, b->raw, a->raw_len) == 0);
	for (i = 0; i < a->n; i++)
		assert(same_field(&a->fields[i], &b->fields[i]) &&
		       a->fields[i].quoted == b->fields[i].quoted);
}

/* Each cell behind its length. */
static void
check_packed(const struct csvrow *row)
{
	const char *p = row->packed;
	uint32_t i, len;

	assert(row->plain);
	for (i = 0; i < row->n; i++, p += len) {
		memcpy(&len, p, sizeof(len));
		p += sizeof(len);
		assert(len == row->fields[i].len &&
		       memcmp(p, row->fields[i].text, len) == 0);
	}
	assert(p == row->packed + row->packed_len);
	assert(row->packed_hash == hash64(row->packed, row->packed_len));
}

/* Without quotes the fields are what stands between the delimiters. */
static void
check_split(const struct csvrow *row, char delimiter, char quote)
{
	const char *p = row->raw, *end = row->raw + row->raw_len, *stop;
	uint32_t i;

	if (row->fault != NULL || memchr(row->raw, quote, row->raw_len) != NULL)
		return;
	for (i = 0; i < row->n; i++, p = stop + 1) {
		stop = memchr(p, delimiter, (size_t)(end - p));
		if (stop == NULL)
			stop = end;
		assert(row->fields[i].len == (size_t)(stop - p));
		assert(memcmp(row->fields[i].text, p, (size_t)(stop - p)) == 0);
		assert(!row->fields[i].quoted);
	}
	assert(p == end + 1);
}

/* Written as RFC 4180 says, a row reads as the same fields. */
static void
check_again(const struct csvrow *row, char delimiter)
{
	struct csvreader *r;
	struct csvrow got;
	struct buf b;
	uint32_t i, k;
	int more;

	buf_init(&b);
	for (i = 0; i < row->n; i++) {
		if (i > 0)
			buf_addch(&b, delimiter);
		buf_addch(&b, '"');
		for (k = 0; k < row->fields[i].len; k++) {
			if (row->fields[i].text[k] == '"')
				buf_addch(&b, '"');
			buf_addch(&b, row->fields[i].text[k]);
		}
		buf_addch(&b, '"');
	}
	buf_addch(&b, '\n');
	r = csvreader_memory(b.data, b.len,
	    (struct csvdialect){ .delimiter = delimiter, .quote = '"' });
	more = csvreader_next(r, &got, NULL);
	assert(more == 1 && got.fault == NULL && got.n == row->n);
	for (i = 0; i < row->n; i++)
		assert(same_field(&got.fields[i], &row->fields[i]));
	assert(got.ended && got.raw_len == b.len - 1);
	csvreader_free(&r);
	buf_fini(&b);
}

static void
check_row(const struct csvrow *row, const struct fuzz_input *in,
    struct place *p, char delimiter, char quote)
{
	skip(p, in, row->offset);
	assert(row->line >= p->line && row->lines >= 1);
	assert(memcmp(row->raw, in->bytes + row->offset, row->raw_len) == 0);
	assert((row->n == 0) == (row->fault != NULL));
	p->at = row->offset + row->raw_len;
	p->line = row->line + row->lines;
	check_split(row, delimiter, quote);
	if (row->fault == NULL)
		check_again(row, delimiter);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char delimiters[] = { ',', ';', '\t', '|' };
	struct fuzz_input in = { (const char *)data, size };
	const char delimiter = delimiters[fuzz_choice(&in, 4)];
	const char quote = "\"'\0"[fuzz_choice(&in, 3)];
	const size_t chunk = fuzz_choice(&in, 20) + 1;
	struct input *input = input_memory("fuzz", in.bytes, in.len, chunk);
	const struct csvdialect dialect = { .delimiter = delimiter,
		.quote = quote };
	struct csvreader *stream = csvreader_new(input, dialect);
	struct csvreader *memory = csvreader_memory(in.bytes, in.len, dialect);
	struct place place = { 0, 1 };
	struct csvrow a, b;
	int more, other;

	csvreader_pack(memory);
	do {
		more = csvreader_next(stream, &a, NULL);
		other = csvreader_next(memory, &b, NULL);
		assert(more == other && more >= 0);
		if (more == 1) {
			check_same(&a, &b);
			if (b.packed != NULL)
				check_packed(&b);
			check_row(&a, &in, &place, delimiter, quote);
		}
	} while (more == 1);
	skip(&place, &in, in.len);
	csvreader_free(&stream);
	csvreader_free(&memory);
	input_close(&input);
	return 0;
}
