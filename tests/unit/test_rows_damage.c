/*
 * Samples in XML and JSON with bits turned over, cut off and twice: every
 * record that was not touched is still read, with the same cells.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "cdr/rows.h"
#include "io/input.h"
#include "layout_files.h"

enum { RECORDS = 64, SEED = 20260122, EVERY = 3 };

/* The records of a file: where they are, and a hash of their cells. */
struct records {
	struct {
		uint64_t begin, end, cells;
	} list[RECORDS];
	size_t n, faults;
};

static const char *const ids[] = { "metaswitch-cfs", "broadworks-xml",
	"freeswitch-xml", "freeswitch-json", "grandstream-json" };

static uint64_t
hash_of(const struct csvrow *row)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < row->n; i++)
		sum =
		    sum * 31 + hash64(row->fields[i].text, row->fields[i].len);
	return sum;
}

static void
read_records(const struct layout *l, const char *bytes, size_t len,
    struct records *out)
{
	const struct layout_form form = layout_form(l);
	struct rows *r = rows_memory(bytes, len, l, &form);
	struct csvrow row;

	memset(out, 0, sizeof(*out));
	while (rows_next(r, &row, NULL) == 1) {
		out->faults += row.fault != NULL;
		if (row.n == 0)
			continue;
		assert_true(out->n < RECORDS);
		out->list[out->n].begin = row.offset;
		out->list[out->n].end = row.offset + row.raw_len;
		out->list[out->n++].cells = hash_of(&row);
	}
	rows_free(&r);
}

/* How many of the records that end before `from` or begin at `to` are lost. */
static size_t
lost(const struct records *whole, const struct records *now, uint64_t from,
    uint64_t to)
{
	size_t i, k = 0, n = 0, found;

	for (i = 0; i < whole->n; i++) {
		if (whole->list[i].end > from && whole->list[i].begin < to)
			continue;
		for (found = k; found < now->n; found++)
			if (now->list[found].cells == whole->list[i].cells)
				break;
		if (found < now->n)
			k = found + 1;
		else
			n++;
	}
	return n;
}

static char *
load(const char *id, size_t *len)
{
	char path[256], *bytes;
	struct errmsg err;

	(void)snprintf(path, sizeof(path), "samples/%s.%s", id,
	    strcmp(id + strlen(id) - 4, "json") == 0 ? "json" : "xml");
	assert_int_equal(input_slurp(path, 1 << 20, &bytes, len, &err), 0);
	return bytes;
}

/* The declaration of XML, which says how bytes beyond ASCII are read. */
static size_t
declaration(const char *bytes)
{
	return strncmp(bytes, "<?xml", 5) == 0 ? strcspn(bytes, "\n") : 0;
}

/* Every record that is no more is a fault. */
static void
turn_bits(const char *id, const struct layout *l)
{
	struct records whole, now;
	size_t len, i, runs = 0, losses = 0, silent = 0;
	uint32_t dice = SEED;
	char *bytes = load(id, &len);
	const size_t said = declaration(bytes);

	read_records(l, bytes, len, &whole);
	assert_true(whole.n >= 4 && whole.faults == 0);
	for (i = 0; i < len; i += EVERY, runs++) {
		const char kept = bytes[i];

		dice = dice * 1664525 + 1013904223;
		bytes[i] = (char)(kept ^ (1 << (dice >> 29)));
		read_records(l, bytes, len, &now);
		if (i >= said)
			losses += lost(&whole, &now, i, i + 1);
		silent += now.n + now.faults < whole.n;
		bytes[i] = kept;
	}
	print_message("# figures: %s, seed %d: %zu files with a bit turned, "
		      "%zu other records lost, %zu files without a word\n",
	    id, SEED, runs, losses, silent);
	assert_int_equal(losses, 0);
	assert_int_equal(silent, 0);
	free(bytes);
}

static void
cut(const char *id, const struct layout *l)
{
	struct records whole, now;
	size_t len, i, k, n;
	char *bytes = load(id, &len), *twice;

	read_records(l, bytes, len, &whole);
	twice = xmalloc(2 * len);
	for (i = 0; i <= len; i += EVERY * 7) {
		read_records(l, bytes, i, &now);
		assert_int_equal(lost(&whole, &now, i, len), 0);
		/* What is cut off, and the whole file behind it. */
		memcpy(twice, bytes, i);
		memcpy(twice + i, bytes, len);
		read_records(l, twice, i + len, &now);
		for (k = n = 0; k < whole.n; k++)
			n += whole.list[k].end <= i;
		assert_int_equal(now.n, n + whole.n);
	}
	free(twice);
	free(bytes);
}

static void
test_bits(void **state)
{
	struct layouts *ls = shipped_layouts();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		turn_bits(ids[i], layouts_find(ls, ids[i]));
	layouts_free(&ls);
}

static void
test_cut(void **state)
{
	struct layouts *ls = shipped_layouts();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		cut(ids[i], layouts_find(ls, ids[i]));
	layouts_free(&ls);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
