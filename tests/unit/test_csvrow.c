#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "io/csvrow.h"
#include "layout_files.h"

/*
 * Rows as text, one a line: `1: a|"b"|` is line 1 with a bare, a quoted and an
 * empty field; `1-2:` covers two lines, `~` has no line end, `!` is a fault.
 */
static void
show_row(struct buf *b, const struct csvrow *row)
{
	uint32_t i;

	buf_addf(b, "%u", row->line);
	if (row->lines > 1)
		buf_addf(b, "-%u", row->line + row->lines - 1);
	buf_addf(b, "%s:%s", row->ended ? "" : "~", row->n > 0 ? " " : "");
	for (i = 0; i < row->n; i++) {
		buf_addstr(b, i > 0 ? "|" : "");
		buf_addstr(b, row->fields[i].quoted ? "\"" : "");
		buf_add(b, row->fields[i].text, row->fields[i].len);
		buf_addstr(b, row->fields[i].quoted ? "\"" : "");
	}
	if (row->fault != NULL)
		buf_addf(b, " ! %.*s", (int)row->raw_len, row->raw);
	buf_addch(b, '\n');
}

/* A packed row has each cell behind its length. */
static void
check_packed(const struct csvrow *row)
{
	const char *p = row->packed;
	uint32_t i, len;

	assert_true(row->plain);
	for (i = 0; i < row->n; i++, p += len) {
		memcpy(&len, p, sizeof(len));
		p += sizeof(len);
		assert_int_equal(len, row->fields[i].len);
		assert_memory_equal(p, row->fields[i].text, len);
	}
	assert_int_equal(p - row->packed, row->packed_len);
	assert_int_equal(row->packed_hash,
	    hash64(row->packed, row->packed_len));
}

/* All rows; each must be the bytes at its offset of `bytes`. */
static char *
show(struct csvreader *r, const char *bytes)
{
	struct errmsg err;
	struct csvrow row;
	struct buf b;
	int got;

	buf_init(&b);
	while ((got = csvreader_next(r, &row, &err)) == 1) {
		show_row(&b, &row);
		if (row.packed != NULL)
			check_packed(&row);
		assert_int_equal(memcmp(row.raw, bytes + row.offset,
				     row.raw_len),
		    0);
	}
	assert_int_equal(got, 0);
	csvreader_free(&r);
	return buf_detach(&b);
}

static char *
show_memory(const char *bytes, size_t len, struct csvdialect dialect)
{
	return show(csvreader_memory(bytes, len, dialect), bytes);
}

static char *
show_packed(const char *bytes, size_t len, struct csvdialect dialect)
{
	struct csvreader *r = csvreader_memory(bytes, len, dialect);

	csvreader_pack(r);
	return show(r, bytes);
}

/* What the rows are must not depend on how the bytes arrive. */
static void
check_chunks(const char *bytes, size_t len, struct csvdialect dialect,
    const char *wanted)
{
	struct input *in;
	size_t chunk;
	char *got;

	for (chunk = 1; chunk <= len; chunk++) {
		in = input_memory("memory", bytes, len, chunk);
		got = show(csvreader_new(in, dialect), bytes);
		input_close(&in);
		assert_string_equal(got, wanted);
		free(got);
	}
}

static const struct row_case {
	const char *bytes;
	const char *rows;
} cases[] = {
	{ "", "" },
	{ "\n", "" },
	{ " \t \r\n\n", "" },
	{ "a", "1~: a\n" },
	{ "a,b\nc,d\n", "1: a|b\n2: c|d\n" },
	{ "a,b\r\nc,d\r\n", "1: a|b\n2: c|d\n" },
	{ "a,b\rc,d\r", "1: a|b\n2: c|d\n" },
	{ "a,b\rc,d", "1: a|b\n2~: c|d\n" },
	{ "\r\ra\r\rb\r", "3: a\n5: b\n" },
	{ "\n\na\n\nb\n", "3: a\n5: b\n" },
	{ "a\r\r\nb\r\r\n", "1: a\n2: b\n" },
	{ "a\r\nb\r", "1: a\n2~: b\n" },
	{ "a,,\n,\n", "1: a||\n2: |\n" },
	{ ",", "1~: |\n" },
	{ " a , b\t,\tc \n", "1:  a | b\t|\tc \n" },
	{ "a,  ,b\n", "1: a|  |b\n" },

	/* A byte order mark, NULs before the text, and bytes of any kind. */
	{ "\xef\xbb\xbf"
	  "a,b\n",
	    "1: a|b\n" },
	{ "\xef\xbb\xbf\"a\",b\n", "1: \"a\"|b\n" },
	{ "\xef\xbb", "1~: \xef\xbb\n" },
	{ "J\xa5rg,\xff\n", "1: J\xa5rg|\xff\n" },

	/* RFC 4180. */
	{ "\"a\",\"\"\n", "1: \"a\"|\"\"\n" },
	{ "\"a,b\",\"c\"\"d\",\"\"\"\"\n", "1: \"a,b\"|\"c\"d\"|\"\"\"\n" },
	{ "\"a\"\"\",\"\"\"b\"\n", "1: \"a\"\"|\"\"b\"\n" },
	{ "\"a\nb\",c\nd\n", "1-2: \"a\nb\"|c\n3: d\n" },
	{ "\"a\r\n\r\nb\"\r\nd\r\n", "1-3: \"a\r\n\r\nb\"\n4: d\n" },
	{ "\"a\rb\",c\rd\r", "1-2: \"a\rb\"|c\n3: d\n" },
	{ "\"a\n\"\n", "1-2: \"a\n\"\n" },
	{ "\"\n\"\"x\"\"\n\",\"y\"\n", "1-3: \"\n\"x\"\n\"|\"y\"\n" },
	{ "\"a\"", "1~: \"a\"\n" },
	{ "\"a,\"\"b\"\",c\",d\n", "1: \"a,\"b\",c\"|d\n" },

	/* Blanks around quotes: FreeSWITCH's snom template. */
	{ "a, \"b\",c\n", "1: a|\"b\"|c\n" },
	{ " \"a,b\" ,\"c\"\t\n", "1: \"a,b\"|\"c\"\n" },
	{ "\"a\" \"b\" ,c\n", "1: \"a\" \"b\"|c\n" },
	{ "\"a\" \"\"\" ,c\n", "1: \"a\" \"\"|c\n" },

	/* A quote that closes nothing is literal: table dumps. */
	{ "1,\"\"Ann B\" <11>\",11\n", "1: 1|\"\"Ann B\" <11>\"|11\n" },
	{ "\"say \"hi, there\" now\",x\n", "1: \"say \"hi, there\" now\"|x\n" },
	{ "a\"b\",\"c\"\n", "1: a\"b\"|\"c\"\n" },

	/* A field that begins with a quote and is not quoted: FreePBX. */
	{ "1,\"User 9\" <113>,113,\"a,b\",x\n",
	    "1: 1|\"User 9\" <113>|113|\"a,b\"|x\n" },
	/* A lost quote, and behind it a field that begins with one more. */
	{ "1,\"\"\"S\"\" <2#,x\n2,\"\"\"S\"\" <2>\",y\n",
	    "1: 1|\"\"\"S\"\" <2#|x\n2: 2|\"\"S\" <2>\"|y\n" },
	{ "1,\"\"\"\"x,\"a,\"\"\"\n", "1: 1|\"\"\"\"x|\"a,\"\"\n" },
	{ "1,\"User 9\" <113>,113\n2,\"User 8\" <114>,114\n",
	    "1: 1|\"User 9\" <113>|113\n2: 2|\"User 8\" <114>|114\n" },
	{ "\"A\" <1>,\"B\" <2>,,\"c\"\n", "1: \"A\" <1>|\"B\" <2>||\"c\"\n" },
	{ "1,\"A\" <1>\n", "1: 1|\"A\" <1>\n" },
	{ "1,\"A\" <1>", "1~: 1|\"A\" <1>\n" },
	{ "\"A\" <1>,\n", "1: \"A\" <1>|\n" },
	{ "\"A\" <1>,\"x\ny\",z\n", "1-2: \"A\" <1>|\"x\ny\"|z\n" },
	{ "\"a\" 1,\"a\" 2,\"a\" 3,\"a\" 4,\"a\" 5,\"a\" 6,\"a\" 7,\"a\" 8,"
	  "\"b,c\"\n",
	    "1: \"a\" 1|\"a\" 2|\"a\" 3|\"a\" 4|\"a\" 5|\"a\" 6|\"a\" 7|"
	    "\"a\" 8|\"b|c\"\n" },

	/* A lost quote damages its own record only. */
	{ "\"a,b\n\"c\",\"d\"\n", "1: \"a|b\n2: \"c\"|\"d\"\n" },
	{ "a,\"b\nc,\"d\",e\n", "1: a|\"b\n2: c|\"d\"|e\n" },
	{ "\"a,b\nc,d\ne\n", "1: ! \"a,b\n2: c|d\n3: e\n" },
	{ "\"a\",\"b", "1~: ! \"a\",\"b\n" },
	{ "x\n\"a\",\"b\n", "1: x\n2: ! \"a\",\"b\n" },
	{ "\"a\n\nb\n", "1: ! \"a\n3: b\n" },
	{ "b\",\"c\nb\",\"c\nb\",\"c\nd\n",
	    "1: ! b\",\"c\n2: ! b\",\"c\n3: ! b\",\"c\n4: d\n" },

	/* In a file with LF a lone CR is a byte like others. */
	{ "a\nb\rc,\rd\r\ne\n", "1: a\n2: b\rc|\rd\n3: e\n" },
	{ "a\n\"b\rc\"\n\"d\"\r,e\n", "1: a\n2: \"b\rc\"\n3: \"d\"|e\n" },
	{ "a\r\n\r \rb\r\n", "1: a\n2: \r \rb\n" },
};

static const struct dialect_case {
	struct csvdialect dialect;
	const char *bytes;
	const char *rows;
} dialects[] = {
	{ { ';', '"', '\0' }, "a;b,c;\"d;e\"\n", "1: a|b,c|\"d;e\"\n" },
	{ { '\t', '"', '\0' }, "\ta\t\t\"b\tc\"\t\n\t\n",
	    "1: |a||\"b\tc\"|\n2: |\n" },
	{ { '\t', '"', '\0' }, "\"A\" 1\t\n", "1: \"A\" 1|\n" },
	{ { '|', '\'', '\0' }, "a|'b|c'\n", "1: a|\"b|c\"\n" },
	{ { ',', '\0', '\0' }, "\"a,b\",\"\nc \"\n",
	    "1: \"a|b\"|\"\n2: c \"\n" },
	/* Escapes, with and without quotes. */
	{ { ',', '\0', '\\' }, "a\\,b,c\\\\,\"d\\\n,\n",
	    "1: a,b|c\\|\"d\\\n2: |\n" },
	{ { ',', '\'', '\\' },
	    "1, 'it\\'s, \"so\"' ,'a'b','c\\,\\\\',\n'open,'\n",
	    "1: 1|\"it's, \"so\"\"|\"a'b\"|\"c,\\\"|\n2: \"open,\"\n" },
	{ { ',', '\'', '\\' }, "'x\\', y\\,\n", "1: 'x'| y,\n" },
	{ { ',', '\0', '\0' }, ",\n\r\n,\"", "1: |\n3~: |\"\n" },
};

static void
check_rows(const char *bytes, struct csvdialect dialect, const char *wanted)
{
	const size_t len = strlen(bytes);
	char *got = show_memory(bytes, len, dialect);

	if (strcmp(got, wanted) != 0)
		print_error("rows of: %s\n", bytes);
	assert_string_equal(got, wanted);
	check_chunks(bytes, len, dialect, got);
	free(got);
	got = show_packed(bytes, len, dialect);
	assert_string_equal(got, wanted);
	free(got);
}

static void
test_rows(void **state)
{
	const struct dialect_case *d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_rows(cases[i].bytes, CSV_RFC, cases[i].rows);
	for (i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++) {
		d = &dialects[i];
		check_rows(d->bytes, d->dialect, d->rows);
	}
}

/* What cannot stand in a C string. */
static void
test_nul(void **state)
{
	static const char bytes[] = "\0\0\xef\xbb\xbf\0a,\0b\n\"c\0\",d\n";
	static const char wanted[] = "1: a|\0b\n2: \"c\0\"|d\n";
	struct csvreader *r;
	struct errmsg err;
	struct csvrow row;
	struct buf b;

	(void)state;
	r = csvreader_memory(bytes, sizeof(bytes) - 1, CSV_RFC);
	buf_init(&b);
	while (csvreader_next(r, &row, &err) == 1)
		show_row(&b, &row);
	assert_int_equal(b.len, sizeof(wanted) - 1);
	assert_int_equal(memcmp(b.data, wanted, b.len), 0);
	buf_fini(&b);
	csvreader_free(&r);
}

/* A random generator that is the same everywhere. */
static uint32_t
draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 16) % below;
}

/* Garbage: the same rows at every chunk size, and every line accounted for. */
static void
test_garbage(void **state)
{
	static const char alphabet[] = "ab,,\"\"\"\n\n\r ";
	char bytes[40], *whole;
	uint32_t seed = 1, round;
	size_t len, i;

	(void)state;
	for (round = 0; round < 1000; round++) {
		len = 1 + draw(&seed, sizeof(bytes) - 1);
		for (i = 0; i < len; i++)
			bytes[i] = alphabet[draw(&seed, sizeof(alphabet) - 1)];
		whole = show_memory(bytes, len, CSV_RFC);
		check_chunks(bytes, len, CSV_RFC, whole);
		free(whole);
	}
}

/* Records as RFC 4180 writes them come back as they were. */
static void
test_round_trip(void **state)
{
	static const char alphabet[] = "ab,\"\n ";
	struct buf file, rows;
	uint32_t seed = 7, round, column, line, lines;
	char c, *got;
	size_t n;

	(void)state;
	buf_init(&file);
	buf_init(&rows);
	for (round = 0, line = 1; round < 5000; round++, line += lines) {
		struct buf text;

		buf_init(&text);
		lines = 1;
		for (column = 0; column < 3; column++) {
			buf_addstr(&file, column > 0 ? ",\"" : "\"");
			buf_addstr(&text, column > 0 ? "|\"" : "\"");
			for (n = draw(&seed, 6); n > 0; n--) {
				c = alphabet[draw(&seed, sizeof(alphabet) - 1)];
				lines += c == '\n';
				buf_addch(&text, c);
				buf_addch(&file, c);
				if (c == '"')
					buf_addch(&file, c);
			}
			buf_addch(&file, '"');
			buf_addch(&text, '"');
		}
		buf_addch(&file, '\n');
		if (lines > 1)
			buf_addf(&rows, "%u-%u: ", line, line + lines - 1);
		else
			buf_addf(&rows, "%u: ", line);
		buf_addf(&rows, "%s\n", text.data);
		buf_fini(&text);
	}
	got = show_memory(file.data, file.len, CSV_RFC);
	assert_string_equal(got, rows.data);
	free(got);
	got = show_packed(file.data, file.len, CSV_RFC);
	assert_string_equal(got, rows.data);
	free(got);
	buf_fini(&file);
	buf_fini(&rows);
}

/* How many rows are packed. */
static uint32_t
count_packed(const char *bytes, size_t len, struct csvdialect dialect)
{
	struct csvreader *r = csvreader_memory(bytes, len, dialect);
	struct errmsg err;
	struct csvrow row;
	uint32_t n = 0;

	csvreader_pack(r);
	while (csvreader_next(r, &row, &err) == 1) {
		if (row.packed == NULL)
			continue;
		check_packed(&row);
		n++;
	}
	csvreader_free(&r);
	return n;
}

/* Some bytes behind a row have to be there, so the last one never is packed. */
static void
test_packed(void **state)
{
	static const char tail[] = "0123456789,0123456789,0123456789\n";
	static const struct {
		struct csvdialect dialect;
		const char *row;
		uint32_t packed;
	} rows[] = {
		{ { ',', '"', '\0' }, "a,,b\n", 1 },
		{ { ',', '"', '\0' }, "\"\",\"\"\"\",\"a\"\"b\"\"\"\n", 1 },
		{ { ',', '"', '\0' },
		    "01234567890123456789012345678901,"
		    "012345678901234567890123456789012,"
		    "\"0123456789012345678901234567890123\"\"\"\"4\"\n",
		    1 },
		{ { ';', '\0', '\0' }, "\"a;b\"\n", 1 },
		{ { ',', '"', '\0' }, "a,b\r\n", 1 },
		{ { ',', '"', '\0' }, "a,b\rc\n", 0 },
		{ { ',', '"', '\0' }, "\"a\nb\"\n", 0 },
		{ { ',', '"', '\0' }, "\"A\" <1>\n", 0 },
		{ { ',', '"', '\\' }, "a,b\n", 0 },
	};
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_init(&b);
		buf_addstr(&b, rows[i].row);
		buf_addstr(&b, tail);
		assert_int_equal(count_packed(b.data, b.len, rows[i].dialect),
		    rows[i].packed);
		buf_fini(&b);
	}
	assert_int_equal(count_packed("a,b\0c\n0123456789,0123456789\n",
			     sizeof("a,b.c\n0123456789,0123456789\n") - 1,
			     CSV_RFC),
	    0);
}

/* As large as one can be. */
static void
test_packed_large(void **state)
{
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b);
	for (i = 0; i < 2; i++) {
		buf_fill(&b, ',', BOUNDS_COLUMNS - 1);
		buf_fill(&b, 'x', BOUNDS_RECORD - (BOUNDS_COLUMNS - 1));
		buf_addch(&b, '\n');
	}
	assert_int_equal(count_packed(b.data, b.len, CSV_RFC), 1);
	buf_fini(&b);
}

/* Records around every size that matters inside; `chunk` of the stream. */
static void
check_length(size_t len, size_t chunk)
{
	struct csvreader *r;
	struct errmsg err;
	struct csvrow row;
	struct input *in;
	struct buf b;

	buf_init(&b);
	buf_addstr(&b, "a,b\n");
	buf_fill(&b, 'x', len);
	buf_addstr(&b, "\r\nc,d\n");
	in = input_memory("memory", b.data, b.len, chunk);
	r = csvreader_new(in, CSV_RFC);
	assert_int_equal(csvreader_next(r, &row, &err), 1);
	assert_int_equal(csvreader_next(r, &row, &err), 1);
	assert_int_equal(row.line, 2);
	if (len <= BOUNDS_RECORD) {
		assert_null(row.fault);
		assert_int_equal(row.n, 1);
		assert_int_equal(row.fields[0].len, len);
		assert_int_equal(row.raw_len, len);
	} else {
		assert_non_null(row.fault);
		assert_int_equal(row.n, 0);
		assert_int_equal(row.raw_len, BOUNDS_RECORD);
	}
	assert_int_equal(csvreader_next(r, &row, &err), 1);
	assert_null(row.fault);
	assert_int_equal(row.line, 3);
	assert_int_equal(row.n, 2);
	assert_int_equal(row.fields[1].len, 1);
	assert_int_equal(row.fields[1].text[0], 'd');
	assert_int_equal(csvreader_next(r, &row, &err), 0);
	csvreader_free(&r);
	input_close(&in);
	buf_fini(&b);
}

static void
test_lengths(void **state)
{
	static const size_t edges[] = { 1024, 4096, 16 * 1024, 64 * 1024,
		128 * 1024, BOUNDS_RECORD, BOUNDS_RECORD + 128 * 1024,
		3 * BOUNDS_RECORD };
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(edges) / sizeof(edges[0]); i++)
		for (len = edges[i] - 3; len <= edges[i] + 3; len++) {
			check_length(len, 0);
			check_length(len, 4093);
		}
}

/* The last line of all, which nothing ends. */
static void
test_last_length(void **state)
{
	struct csvreader *r;
	struct csvrow row;
	struct buf b;
	size_t len;

	(void)state;
	for (len = BOUNDS_RECORD - 1; len <= BOUNDS_RECORD + 1; len++) {
		buf_init(&b);
		buf_addstr(&b, "a\n");
		buf_fill(&b, 'x', len);
		r = csvreader_memory(b.data, b.len, CSV_RFC);
		assert_int_equal(csvreader_next(r, &row, NULL), 1);
		assert_int_equal(csvreader_next(r, &row, NULL), 1);
		assert_true((row.fault == NULL) == (len <= BOUNDS_RECORD));
		assert_int_equal(csvreader_next(r, &row, NULL), 0);
		csvreader_free(&r);
		buf_fini(&b);
	}
}

/*
 * The end of a line that is too long: where it is the first, it decides what
 * ends a line; else a CR in what is passed over ends none.
 */
static void
test_too_long_ends(void **state)
{
	static const struct {
		const char *first, *in, *end, *rows;
	} lines[] = {
		{ "", "", "\n", "a\rb|c|" },
		{ "", "", "\r\n", "a\rb|c|" },
		{ "", "", "\r\r\n", "a\rb|c|" },
		{ "", "", "\r\ry\r\n", "y|a|b|c|" },
		{ "", "", "\r", "a|b|c|" },
		{ "x\n", "\r", "\n", "a\rb|c|" },
		{ "x\n", "\r", "\r\n", "a\rb|c|" },
	};
	struct csvreader *r;
	struct csvrow row;
	struct buf b, got;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		buf_init(&b);
		buf_init(&got);
		buf_addstr(&b, lines[i].first);
		buf_fill(&b, 'x', BOUNDS_RECORD + 10);
		buf_addstr(&b, lines[i].in);
		buf_fill(&b, 'y', 10);
		buf_addf(&b, "%sa\rb\r\nc\r\n", lines[i].end);
		r = csvreader_memory(b.data, b.len, CSV_RFC);
		if (lines[i].first[0] != '\0')
			assert_int_equal(csvreader_next(r, &row, NULL), 1);
		assert_int_equal(csvreader_next(r, &row, NULL), 1);
		assert_non_null(row.fault);
		while (csvreader_next(r, &row, NULL) == 1) {
			buf_add(&got, row.raw, row.raw_len);
			buf_addch(&got, '|');
		}
		assert_string_equal(got.data, lines[i].rows);
		csvreader_free(&r);
		buf_fini(&b);
		buf_fini(&got);
	}
}

/*
 * Of a file that is cut off, what was whole stays so, though a quote had all of
 * it looked at before.
 */
static void
test_failed(void **state)
{
	/* gzip: its header, a stored block, and nothing behind that */
	static const char bytes[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03"
				    "\x01\x0c\0\xf3\xff"
				    "x,\"a\nb\rc,d\ne";
	char *dir = folder_make();
	char *path = folder_write(dir, "cut.gz", bytes, sizeof(bytes) - 1);
	struct csvreader *r;
	struct errmsg err;
	struct csvrow row;
	struct input *in;
	struct buf got;

	(void)state;
	buf_init(&got);
	assert_int_equal(input_open(&in, path, &err), 0);
	r = csvreader_new(in, CSV_RFC);
	while (csvreader_next(r, &row, &err) == 1)
		show_row(&got, &row);
	assert_non_null(strstr(err.text, "cut off"));
	assert_string_equal(got.data, "1: ! x,\"a\n2: b\rc|d\n3~: ! e\n");
	csvreader_free(&r);
	input_close(&in);
	buf_fini(&got);
	free(path);
	folder_remove(&dir);
}

/* A quote that is never closed, and much behind it. */
static void
test_open_quote(void **state)
{
	struct csvreader *r;
	struct errmsg err;
	struct csvrow row;
	uint32_t line;
	struct buf b;

	(void)state;
	buf_init(&b);
	buf_addstr(&b, "a,\"b\n");
	for (line = 2; line <= 40000; line++)
		buf_addf(&b, "%u,0123456789\n", line);
	r = csvreader_memory(b.data, b.len, CSV_RFC);
	assert_int_equal(csvreader_next(r, &row, &err), 1);
	assert_non_null(row.fault);
	assert_int_equal(row.lines, 1);
	for (line = 2; csvreader_next(r, &row, &err) == 1; line++) {
		assert_null(row.fault);
		assert_int_equal(row.line, line);
		assert_int_equal(strtoul(row.fields[0].text, NULL, 10), line);
	}
	assert_int_equal(line, 40001);
	csvreader_free(&r);
	buf_fini(&b);
}

static void
test_columns(void **state)
{
	struct csvreader *r;
	struct errmsg err;
	struct csvrow row;
	struct buf b;

	(void)state;
	buf_init(&b);
	buf_fill(&b, ',', BOUNDS_COLUMNS - 1);
	buf_addch(&b, '\n');
	buf_fill(&b, ',', BOUNDS_COLUMNS);
	buf_addstr(&b, "\na\n");
	r = csvreader_memory(b.data, b.len, CSV_RFC);
	assert_int_equal(csvreader_next(r, &row, &err), 1);
	assert_null(row.fault);
	assert_int_equal(row.n, BOUNDS_COLUMNS);
	assert_int_equal(csvreader_next(r, &row, &err), 1);
	assert_non_null(row.fault);
	assert_int_equal(csvreader_next(r, &row, &err), 1);
	assert_null(row.fault);
	assert_int_equal(row.fields[0].len, 1);
	assert_int_equal(row.fields[0].text[0], 'a');
	csvreader_free(&r);
	buf_fini(&b);
}

/* A directory opens nowhere, but a stream can fail in the middle. */
static void
test_failure(void **state)
{
	static const char gzip[] =
	    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" /* header */
	    "\x00\x06\x00\xf9\xff"
	    "a,b\nc," /* stored block, more */
	    "\x07";   /* no such block type */
	char path[] = "/tmp/test_csvrow.XXXXXX";
	int fd = mkstemp(path);
	struct csvreader *r;
	struct errmsg err = { "" };
	struct csvrow row;
	struct input *in;
	FILE *f;

	(void)state;
	assert_true(fd >= 0);
	f = fdopen(fd, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(gzip, 1, sizeof(gzip) - 1, f),
	    sizeof(gzip) - 1);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(input_open(&in, path, &err), 0);
	r = csvreader_new(in, CSV_RFC);
	assert_int_equal(csvreader_next(r, &row, &err), 1);
	assert_null(row.fault);
	assert_int_equal(csvreader_next(r, &row, &err), 1);
	assert_non_null(row.fault);
	assert_int_equal(row.raw_len, 2);
	assert_int_equal(csvreader_next(r, &row, &err), -1);
	assert_non_null(strstr(err.text, "damaged gzip data"));
	err.text[0] = '\0';
	assert_int_equal(csvreader_next(r, &row, &err), -1);
	assert_non_null(strstr(err.text, "damaged gzip data"));
	csvreader_free(&r);
	input_close(&in);
	assert_int_equal(remove(path), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_packed),
		cmocka_unit_test(test_packed_large),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_last_length),
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_too_long_ends),
		cmocka_unit_test(test_open_quote),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
