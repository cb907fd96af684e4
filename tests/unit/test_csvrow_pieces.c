#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "io/csvrow.h"

/* A stream that is cut into pieces, and what reads these. */
struct cut {
	struct input *in;
	struct csvreader *stream, *reader;
	char *memory;
	size_t cap;
	struct csvpiece piece;
};

static void
cut_begin(struct cut *c, const char *text, size_t len, size_t chunk)
{
	memset(c, 0, sizeof(*c));
	c->in = input_memory("text", text, len, chunk);
	c->stream = csvreader_new(c->in, CSV_RFC);
	c->reader = csvreader_memory("", 0, CSV_RFC);
}

static void
cut_end(struct cut *c)
{
	csvreader_free(&c->stream);
	csvreader_free(&c->reader);
	input_close(&c->in);
	free(c->memory);
}

static bool
cut(struct cut *c, size_t size)
{
	return csvreader_cut(c->stream, &c->memory, &c->cap, size, &c->piece);
}

/* The rows as "line@offset a|b|", faults as "line@offset !". */
static void
show(struct csvreader *r, struct buf *out)
{
	struct errmsg err;
	struct csvrow row;
	uint32_t i;

	while (csvreader_next(r, &row, &err) == 1) {
		buf_addf(out, "%u@%u ", (unsigned)row.line,
		    (unsigned)row.offset);
		if (row.fault != NULL)
			buf_addch(out, '!');
		for (i = 0; i < row.n; i++) {
			buf_add(out, row.fields[i].text, row.fields[i].len);
			buf_addch(out, '|');
		}
		buf_addch(out, ' ');
	}
}

static void
check_rows(struct csvreader *r, const char *wanted)
{
	struct buf b;

	buf_init(&b);
	show(r, &b);
	assert_string_equal(b.data, wanted);
	buf_fini(&b);
}

/* Whole lines behind the first row, however many bytes are asked for. */
static void
test_whole_lines(void **state)
{
	static const char text[] = "\xef\xbb\xbf"
				   "first\na,b\r\nc\n\n\"d\ne\"\nf";
	static const struct {
		size_t size;
		const char *pieces;
	} sizes[] = {
		{ 1, "a,b\r\nc\n\n;\"d\n;e\"\n;" },
		{ 6, "a,b\r\n;c\n\n\"d\n;e\"\n;" },
		{ 10, "a,b\r\nc\n\n;\"d\ne\"\n;" },
		{ 1000, "a,b\r\nc\n\n\"d\ne\"\n;" },
	};
	struct csvrow row;
	struct buf b;
	struct cut c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		cut_begin(&c, text, sizeof(text) - 1, 1);
		assert_int_equal(csvreader_next(c.stream, &row, NULL), 1);
		buf_init(&b);
		while (cut(&c, sizes[i].size)) {
			assert_memory_equal(c.piece.bytes,
			    text + c.piece.offset, c.piece.len);
			buf_add(&b, c.piece.bytes, c.piece.len);
			buf_addch(&b, ';');
		}
		assert_string_equal(b.data, sizes[i].pieces);
		buf_fini(&b);
		cut_end(&c);
	}
}

/* Where rows have to be read, nothing is taken. */
static void
test_refused(void **state)
{
	static const struct {
		const char *text, *rows;
	} texts[] = {
		{ "", "" },
		{ "a,b", "1@0 a|b| " },
		{ "a,b\rc\r", "1@0 a|b| 2@4 c| " },
		{ "a,b\rc\nd\n", "1@0 a|b| 2@4 c| 3@6 d| " },
	};
	struct cut c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		cut_begin(&c, texts[i].text, strlen(texts[i].text), 0);
		assert_false(cut(&c, 1000));
		check_rows(c.stream, texts[i].rows);
		assert_false(cut(&c, 1000));
		cut_end(&c);
	}
}

/* A line that no record can be is left to the reader of rows. */
static void
test_line_too_long(void **state)
{
	struct csvrow row;
	struct buf b;
	struct cut c;

	(void)state;
	buf_init(&b);
	buf_addstr(&b, "a\nb\n");
	buf_fill(&b, 'x', 3 * BOUNDS_RECORD);
	buf_addstr(&b, "\nc\n");
	cut_begin(&c, b.data, b.len, 4);
	assert_int_equal(csvreader_next(c.stream, &row, NULL), 1);
	assert_true(cut(&c, 100));
	assert_int_equal(c.piece.len, 2);
	assert_int_equal(c.piece.line, 2);
	c.piece.line++;
	c.piece.bytes += c.piece.len;
	c.piece.offset += c.piece.len;
	c.piece.len = 0;
	assert_false(cut(&c, 100));
	csvreader_uncut(c.stream, &c.piece);
	assert_int_equal(csvreader_next(c.stream, &row, NULL), 1);
	assert_string_equal(row.fault, "longer than a record can be");
	assert_int_equal(row.line, 3);
	assert_true(cut(&c, 100));
	assert_int_equal(c.piece.line, 4);
	assert_int_equal(c.piece.len, 2);
	cut_end(&c);
	buf_fini(&b);
}

/* The example of the header. */
static void
test_row_over_two_pieces(void **state)
{
	static const char first[] = "a,b\nc,\"d\n", second[] = "e\",f\ng,h\n";
	struct csvreader *r = csvreader_memory("", 0, CSV_RFC);
	struct csvpiece left, piece = { .bytes = first,
		.len = sizeof(first) - 1,
		.offset = 100,
		.line = 7 };
	struct buf b;

	(void)state;
	csvreader_piece(r, &piece);
	check_rows(r, "7@100 a|b| ");
	left = csvreader_left(r);
	assert_int_equal(left.len, 5);
	assert_int_equal(left.offset, 104);
	assert_int_equal(left.line, 8);
	buf_init(&b);
	buf_add(&b, left.bytes, left.len);
	buf_addstr(&b, second);
	left.bytes = b.data;
	left.len = b.len;
	csvreader_piece(r, &left);
	check_rows(r, "8@104 c|d\ne|f| 10@114 g|h| ");
	assert_int_equal(csvreader_left(r).len, 0);
	assert_int_equal(csvreader_left(r).line, 11);
	/* By itself the second has no such row, but one at 114, too. */
	piece = (struct csvpiece){ .bytes = second,
		.len = sizeof(second) - 1,
		.offset = 109 };
	csvreader_piece(r, &piece);
	check_rows(r, "0@109 e\"|f| 1@114 g|h| ");
	csvreader_seek(r, 5, 10);
	check_rows(r, "10@114 g|h| ");
	buf_fini(&b);
	csvreader_free(&r);
}

/* A quote that nothing closes: where that is known, and what it leaves. */
static void
test_open_quote(void **state)
{
	struct csvreader *r = csvreader_memory("", 0, CSV_RFC);
	struct csvpiece piece = { .offset = 50, .line = 1 };
	struct csvrow row;
	struct buf b;

	(void)state;
	buf_init(&b);
	buf_addstr(&b, "\"a\n");
	while (b.len < BOUNDS_RECORD)
		buf_addstr(&b, "b\n");
	piece.bytes = b.data;
	piece.len = b.len;
	csvreader_piece(r, &piece);
	assert_int_equal(csvreader_next(r, &row, NULL), 0);
	assert_int_equal(csvreader_left(r).len, b.len);
	buf_addstr(&b, "b\nb\nb\n");
	piece.bytes = b.data;
	piece.len = b.len;
	csvreader_piece(r, &piece);
	assert_int_equal(csvreader_next(r, &row, NULL), 1);
	assert_non_null(row.fault);
	while (csvreader_next(r, &row, NULL) == 1)
		assert_null(row.fault);
	assert_true(csvreader_left(r).open_until > 50 + BOUNDS_RECORD / 2);
	assert_int_equal(csvreader_left(r).len, 0);
	buf_fini(&b);
	csvreader_free(&r);
}

/* The line of a quote ends where nobody looks any further: there is no more. */
static void
test_open_quote_in_sight(void **state)
{
	struct csvreader *r = csvreader_memory("", 0, CSV_RFC);
	struct csvpiece piece = { .line = 1 };
	struct csvrow row;
	struct buf b;

	(void)state;
	buf_init(&b);
	buf_addch(&b, '"');
	buf_fill(&b, 'x', BOUNDS_RECORD - 1);
	buf_addstr(&b, "\r\n");
	piece.bytes = b.data;
	piece.len = b.len;
	csvreader_piece(r, &piece);
	assert_int_equal(csvreader_next(r, &row, NULL), 1);
	assert_non_null(row.fault);
	assert_int_equal(csvreader_next(r, &row, NULL), 0);
	assert_int_equal(csvreader_left(r).len, 0);
	buf_fini(&b);
	csvreader_free(&r);
}

static const struct {
	const char *text, *wanted;
} row_lines[] = {
	/* What begins a stream, or ends lines of another, is text. */
	{ "a\n1,\"b\n\xef\xbb\xbf"
	  "c\rd,e\n\nf,g\r\nh\"\n",
	    "2@2 ! 3@7 \xef\xbb\xbf"
	    "c\rd|e| 5@17 f|g| 6@22 h\"| " },
	/* Lines that end with CR, too. */
	{ "a\r1,\"b\nc\r\nd\"\r", "2@2 ! 3@7 c| 4@10 d\"| " },
	{ "a\r1,\"b\rc,d\"", "2@2 ! 3@7 c|d\"| " },
};

/* The row behind the first one, line by line; and the stream goes on. */
static void
test_row_lines(void **state)
{
	struct csvrow row;
	struct cut c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(row_lines) / sizeof(row_lines[0]); i++) {
		cut_begin(&c, row_lines[i].text, strlen(row_lines[i].text), 1);
		assert_int_equal(csvreader_next(c.stream, &row, NULL), 1);
		assert_int_equal(csvreader_next(c.stream, &row, NULL), 1);
		csvreader_row_lines(c.reader, c.stream, &row);
		check_rows(c.reader, row_lines[i].wanted);
		assert_int_equal(csvreader_next(c.stream, &row, NULL), 0);
		cut_end(&c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_lines),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_line_too_long),
		cmocka_unit_test(test_row_over_two_pieces),
		cmocka_unit_test(test_open_quote),
		cmocka_unit_test(test_open_quote_in_sight),
		cmocka_unit_test(test_row_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
