#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "io/csvrow.h"
#include "io/rowscan.h"

/* The cells of the first row as text, each with a bar behind it; or "-". */
static char *
cells(enum rowscan_width width, const char *bytes, size_t len, size_t at)
{
	struct rowscan *s = rowscan_new(',', '"', width);
	struct rowscan_row row = { .n = 0 };
	struct buf b;
	uint32_t i, begin;

	buf_init(&b);
	if (rowscan_row(s, bytes, len, at, &row)) {
		assert_int_equal(row.from + row.begin, at);
		begin = row.begin;
		for (i = 0; i < row.n; i++, begin = row.ends[i - 1] + 1) {
			buf_add(&b, bytes + row.from + begin,
			    row.ends[i] - begin);
			buf_addch(&b, '|');
		}
		assert_int_equal(bytes[row.from + row.end - 1], '\n');
		if (row.ndoubled > 0)
			buf_addstr(&b, " two quotes are one");
	} else {
		buf_addch(&b, '-');
	}
	rowscan_free(&s);
	return buf_detach(&b);
}

/* Wherever the row begins in the words that are compared. */
static void
check_cells(const char *row, const char *wanted)
{
	const size_t len = strlen(row);
	enum rowscan_width width;
	char *bytes, *got;
	size_t at;

	for (width = 0; width < ROWSCAN_WIDTHS; width++) {
		for (at = 0; rowscan_has(width) && at < 70; at++) {
			bytes = xmalloc(at + len);
			memset(bytes, '"', at);
			memcpy(bytes + at, row, len);
			got = cells(width, bytes, at + len, at);
			assert_string_equal(got, wanted);
			free(got);
			free(bytes);
		}
	}
}

static void
test_rows_it_vouches_for(void **state)
{
	static const struct {
		const char *row, *cells;
	} rows[] = {
		{ "a,b\n", "a|b|" },
		{ "a,b\r\n", "a|b|" },
		{ "\n", "|" },
		{ "\r\nx", "|" },
		{ ",,\n", "|||" },
		{ "a\nb\n", "a|" },
		{ "\"a\",\"\",b\n", "\"a\"|\"\"|b|" },
		{ "\"a,b\",c\r\n", "\"a,b\"|c|" },
		{ "\"\"\"x\"\" <1>\"\n",
		    "\"\"\"x\"\" <1>\"| two quotes are one" },
		{ "a b , c\n", "a b | c|" },
		{ "\xc3\xa9,\xff\n", "\xc3\xa9|\xff|" },
		{ "a234567890123456789012345678901234567890123456789012345678"
		  "901234567890,\"b\",c\n",
		    "a234567890123456789012345678901234567890123456789012345678"
		    "901234567890|\"b\"|c|" },
		{ "\"a,34567890123456789012345678901234567890123456789012345678"
		  "901234567890\",b\r\n",
		    "\"a,345678901234567890123456789012345678901234567890123456"
		    "78901234567890\"|b|" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_cells(rows[i].row, rows[i].cells);
}

static void
test_rows_for_libcsv(void **state)
{
	static const char *const rows[] = { "", "a,b", "a,\"b", "a\rb\n",
		"a\r\r\n", "a\r", "\"a\nb\"\n", "\"a\n", "a\"b\n", "\"a\"b\n",
		"\"a\" ,b\n", " \"a\",b\n", "\"a\"\"\n", "a,\"\"b\"\n",
		"\"a\r\",b\n", "\"a\"\r,b\n" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_cells(rows[i], "-");
}

/* A CR without LF, wherever it stands in a word, and none in the next. */
static void
test_lone_cr(void **state)
{
	char row[201], *got;
	enum rowscan_width width;
	size_t at;

	(void)state;
	for (width = 0; width < ROWSCAN_WIDTHS; width++)
		for (at = 0; rowscan_has(width) && at < 199; at++) {
			memset(row, 'a', 200);
			row[at] = '\r';
			row[200] = '\n';
			got = cells(width, row, 201, 0);
			assert_string_equal(got, "-");
			free(got);
		}
}

/* What is longer, or has more columns, than a record may. */
static void
test_bounds(void **state)
{
	static const struct {
		char fill;
		size_t len;
		bool good;
	} rows[] = {
		{ ',', BOUNDS_COLUMNS - 1, true },
		{ ',', BOUNDS_COLUMNS, false },
		{ 'a', BOUNDS_RECORD, true },
		{ 'a', BOUNDS_RECORD + 1, false },
		/* one cell, in which two quotes are one, over and over */
		{ '"', 1000, true },
		{ '"', 64000, false },
	};
	char *bytes = xmalloc(BOUNDS_RECORD + 2), *got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(bytes, rows[i].fill, rows[i].len);
		bytes[rows[i].len] = '\n';
		got = cells(ROWSCAN_BEST, bytes, rows[i].len + 1, 0);
		assert_true((strcmp(got, "-") != 0) == rows[i].good);
		free(got);
	}
	free(bytes);
}

/* A NUL wherever it stands, and in the row behind it none. */
static void
test_nul(void **state)
{
	struct rowscan_row row;
	enum rowscan_width width;
	struct rowscan *s;
	char bytes[260];
	size_t at;

	(void)state;
	for (width = 0; width < ROWSCAN_WIDTHS; width++)
		for (at = 0; rowscan_has(width) && at < 200; at++) {
			memset(bytes, 'a', sizeof(bytes));
			bytes[at] = '\0';
			bytes[200] = '\n';
			s = rowscan_new(',', '"', width);
			row.n = 0;
			assert_true(rowscan_row(s, bytes, 201, 0, &row));
			assert_int_equal(row.end, 201);
			assert_false(row.plain);
			rowscan_reset(s);
			bytes[at] = 'a';
			assert_true(rowscan_row(s, bytes, 201, 0, &row));
			assert_true(row.plain);
			rowscan_free(&s);
		}
}

/* Rows one behind another, over more bytes than are masked at once. */
static void
test_many_rows(void **state)
{
	struct rowscan *s = rowscan_new(';', '\'', ROWSCAN_BEST);
	struct rowscan_row row = { .n = 0 };
	struct buf b;
	size_t at = 0;
	int i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < 3000; i++)
		buf_addf(&b, "%d;'%d;';%*s\n", i, i, i % 80, "");
	for (i = 0; i < 3000; i++, at = row.from + row.end) {
		assert_true(rowscan_row(s, b.data, b.len, at, &row));
		assert_int_equal(row.n, 3);
		assert_int_equal(atoi(b.data + at), i);
		assert_int_equal(row.end, row.ends[2] + 1);
		assert_int_equal(row.ends[2] - row.ends[1], i % 80 + 1);
		assert_true(row.plain);
	}
	assert_int_equal(at, b.len);
	rowscan_free(&s);
	buf_fini(&b);
}

/* xorshift64* (Vigna 2014) */
static unsigned
below(uint64_t *seed, unsigned n)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (unsigned)((*seed * UINT64_C(2685821657736338717) >> 33) % n);
}

/* Cells as they should be, with something now and then that should not. */
static void
add_text(struct buf *b, uint64_t *seed)
{
	static const char *const odd[] = { "\"", "\"\"", "\r", "\n", ",", " ",
		"\"x\"", "\t", "\r\n", "\"\n" };
	unsigned n, i;

	while (b->len < 3000) {
		n = below(seed, 40);
		if (below(seed, 60) == 0)
			buf_addstr(b, odd[below(seed, 10)]);
		if (below(seed, 2) == 0) {
			for (i = 0; i < n; i++)
				buf_addch(b, "abc 19"[below(seed, 6)]);
		} else {
			buf_addch(b, '"');
			for (i = 0; i < n; i++)
				buf_addstr(b,
				    below(seed, 30) == 0 ? "\"\"" : "x,");
			buf_addch(b, '"');
		}
		buf_addstr(b, below(seed, 6) > 0    ? ","
			      : below(seed, 2) == 0 ? "\n"
						    : "\r\n");
	}
}

static void
check_same(const struct csvrow *got, const struct csvrow *wanted)
{
	uint32_t i;

	assert_int_equal(got->n, wanted->n);
	assert_int_equal(got->line, wanted->line);
	assert_int_equal(got->lines, wanted->lines);
	assert_int_equal(got->offset, wanted->offset);
	assert_int_equal(got->raw_len, wanted->raw_len);
	assert_int_equal(got->ended, wanted->ended);
	assert_true((got->fault == NULL) == (wanted->fault == NULL));
	for (i = 0; i < got->n; i++) {
		assert_int_equal(got->fields[i].len, wanted->fields[i].len);
		assert_memory_equal(got->fields[i].text, wanted->fields[i].text,
		    got->fields[i].len);
		assert_int_equal(got->fields[i].quoted,
		    wanted->fields[i].quoted);
	}
}

static void
check_reader(const struct buf *b, enum rowscan_width width, size_t chunk)
{
	struct input *in = input_memory("random", b->data, b->len, chunk);
	struct csvreader *r = csvreader_new(in, CSV_RFC);
	struct csvreader *slow = csvreader_memory(b->data, b->len, CSV_RFC);
	struct csvrow got, wanted;
	int more;

	csvreader_width(r, width);
	csvreader_slow(slow);
	do {
		more = csvreader_next(r, &got, NULL);
		assert_int_equal(more, csvreader_next(slow, &wanted, NULL));
		if (more == 1)
			check_same(&got, &wanted);
	} while (more == 1);
	csvreader_free(&r);
	csvreader_free(&slow);
	input_close(&in);
}

static void
test_random_rows_are_libcsvs(void **state)
{
	static const size_t chunks[] = { 0, 1, 64, 65, 1000 };
	const char *given = getenv("SEED");
	uint64_t seed =
	    given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	enum rowscan_width width;
	struct buf b;
	int round;

	(void)state;
	print_message("SEED=%llu\n", (unsigned long long)seed);
	seed = seed * 2 + 1;
	for (round = 0; round < 60; round++) {
		buf_init(&b);
		add_text(&b, &seed);
		for (width = 0; width < ROWSCAN_WIDTHS; width++)
			if (rowscan_has(width))
				check_reader(&b, width,
				    chunks[below(&seed, 5)]);
		buf_fini(&b);
	}
}

/* A first line beyond the longest record, with each of the line ends. */
static void
test_rows_behind_too_long_line(void **state)
{
	static const char *const ends[] = { "\n", "\r\n", "\r\r\n", "\r",
		"\r\r", "\ry\n" };
	enum rowscan_width width;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		buf_init(&b);
		buf_fill(&b, 'x', BOUNDS_RECORD + 10);
		buf_addf(&b, "%sa,b\nc\rd,\"e\"\r\nf,g\r\n\rh\n", ends[i]);
		for (width = 0; width < ROWSCAN_WIDTHS; width++)
			if (rowscan_has(width)) {
				check_reader(&b, width, 0);
				check_reader(&b, width, 1000);
			}
		buf_fini(&b);
	}
}

/* Whatever the width, and however long the bytes are. */
static void
test_hash(void **state)
{
	enum rowscan_width width;
	struct rowscan *s;
	char bytes[600];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * i * 7);
	for (width = 0; width < ROWSCAN_WIDTHS; width++) {
		if (!rowscan_has(width))
			continue;
		s = rowscan_new(',', '"', width);
		for (i = 0; i <= sizeof(bytes); i++)
			assert_true(
			    rowscan_hash(s, bytes, i) == hash64(bytes, i));
		rowscan_free(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_it_vouches_for),
		cmocka_unit_test(test_rows_for_libcsv),
		cmocka_unit_test(test_lone_cr),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_many_rows),
		cmocka_unit_test(test_random_rows_are_libcsvs),
		cmocka_unit_test(test_rows_behind_too_long_line),
		cmocka_unit_test(test_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
