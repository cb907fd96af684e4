/*
 * What is forgotten leaves the store as if it had never come: for random
 * imports, each record is there as long as one file that is left has it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "recorded.h"
#include "store/store_calls.h"
#include "store/store_files.h"
#include "store/store_forget.h"

enum { FILES = 6, RECORDS = 12 };

static struct store *store;
static struct store_files *files;

static int
set_up(void **state)
{
	(void)state;
	if (store_open(&store, ":memory:", STORE_WRITE, NULL) != 0)
		return -1;
	files = store_files_new(store);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	store_files_free(&files);
	store_close(&store);
	return 0;
}

static void
sql(const char *text)
{
	struct errmsg err = { "" };

	if (sqldb_exec(store_db(store), text, &err) != 0)
		fail_msg("%s", err.text);
}

/* Records of the set bits, as file number `f`, brought by run f / 2 + 1. */
static void
import(int f, unsigned records)
{
	struct batch *b = batch_new();
	struct store_file file = { .member = "", .reading = "" };
	const char *source = f % 3 == 0 ? "east" : "west";
	struct errmsg err = { "" };
	struct recorded r = { .src = "201", .dst = "202", .source = source };
	int64_t seen[2] = { 0, 0 }, added;
	char path[16];
	int i;

	(void)snprintf(path, sizeof(path), "/log/%d", f);
	file.path = path;
	file.source = source;
	r.file = batch_file(b, path);
	for (i = 0; i < RECORDS; i++) {
		if ((records >> i & 1) == 0)
			continue;
		r.at = i;
		r.line = (uint32_t)(i + 1);
		recorded_add(b, &r);
	}
	batch_sort(b);
	if (store_files_put(files, &file, f / 2 + 1, &seen[1], &err) != 0 ||
	    store_calls_add(store, b, seen, f / 2 + 1, &added, &err) != 0)
		fail_msg("%s", err.text);
	batch_free(&b);
}

/* Which records of a source the store has, and from which file each. */
static unsigned
have(const char *source, const bool *gone)
{
	struct batch *b = batch_new();
	unsigned set = 0;
	size_t i;
	int f;

	assert_int_equal(store_calls_load(store, INT64_MIN, INT64_MAX, 0, b,
			     NULL),
	    0);
	for (i = 0; i < b->n; i++) {
		if (strcmp(batch_text(b, b->sources[b->calls[i].source].name),
			source) != 0)
			continue;
		set |= 1U << (b->calls[i].start - RECORDED_DAY) / 1000;
		assert_int_equal(sscanf(batch_text(b,
					    b->files[batch_file_of(b, i)]),
				     "/log/%d", &f),
		    1);
		assert_false(gone[f]);
	}
	batch_free(&b);
	return set;
}

static void
forget(const char *name)
{
	struct store_forgotten out;
	struct errmsg err = { "" };
	enum store_import what;
	struct buf as;
	int64_t id;

	buf_init(&as);
	if (store_forget_find(store, name, &what, &id, &as, &err) != 0 ||
	    store_forget(store, what, as.data, id, &out, &err) != 0)
		fail_msg("%s", err.text);
	buf_fini(&as);
}

static void
test_random(void **state)
{
	unsigned seed, records[FILES], want[2];
	bool gone[FILES];
	char name[24];
	int round, f, i;

	(void)state;
	for (round = 0; round < 40; round++) {
		seed = (unsigned)round;
		sql("DELETE FROM calls; DELETE FROM blocks;"
		    "DELETE FROM block_parts; DELETE FROM files;"
		    "DELETE FROM sightings; DELETE FROM runs;"
		    "INSERT INTO runs (id, name, body) VALUES "
		    "(1, 'r-1', '{}'), (2, 'r-2', '{}'), (3, 'r-3', '{}')");
		srand(seed);
		for (f = 0; f < FILES; f++) {
			records[f] = (unsigned)rand() % (1U << RECORDS);
			gone[f] = false;
			import(f, records[f]);
		}
		f = rand() % FILES;
		if (round % 3 == 0)
			(void)snprintf(name, sizeof(name), "/log/%d", f);
		else if (round % 3 == 1)
			(void)snprintf(name, sizeof(name), "r-%d", f / 2 + 1);
		else
			(void)strcpy(name, f % 3 == 0 ? "east" : "west");
		forget(name);
		want[0] = want[1] = 0;
		for (i = 0; i < FILES; i++) {
			gone[i] = round % 3 == 0 ? i == f
				  : round % 3 == 1
				      ? i / 2 == f / 2
				      : (i % 3 == 0) == (f % 3 == 0);
			if (!gone[i])
				want[i % 3 != 0] |= records[i];
		}
		if (have("east", gone) != want[0] ||
		    have("west", gone) != want[1])
			fail_msg("round %d: %s", round, name);
	}
}

/* One file's calls go, and it stays known; another that has them, too, holds. */
static void
test_read(void **state)
{
	const bool gone[FILES] = { false, true };
	struct errmsg err = { "" };
	enum store_import what;
	struct buf as;
	int64_t id;

	(void)state;
	buf_init(&as);
	import(1, 0x0f);
	import(2, 0x3c);
	assert_int_equal(store_forget_read(store, 1, &err), 0);
	assert_int_equal(have("west", gone), 0x3c);
	assert_int_equal(store_forget_read(store, 9, &err), 0);
	assert_int_equal(have("west", gone), 0x3c);
	/* It is known: a file with its path is found. */
	assert_int_equal(store_forget_find(store, "/log/1", &what, &id, &as,
			     &err),
	    0);
	buf_fini(&as);
}

/* Some of one file's calls go: those that it does not hold any more. */
static void
test_rest(void **state)
{
	struct recorded r = { .src = "201", .dst = "202", .source = "west" };
	const bool gone[FILES] = { false };
	struct batch *b = batch_new();
	struct errmsg err = { "" };
	int64_t n;
	int i;

	(void)state;
	import(1, 0x0f);
	import(2, 0x3c);
	r.file = batch_file(b, "/log/1");
	for (i = 1; i < 3; i++) {
		r.at = i;
		r.line = (uint32_t)(i + 1);
		recorded_add(b, &r);
	}
	/* Those of another file of the batch do not count. */
	r.file = batch_file(b, "/log/3");
	r.at = 0;
	recorded_add(b, &r);
	batch_sort(b);
	assert_int_equal(store_forget_rest(store, 1, b, 1, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(have("west", gone), 0x3e);
	assert_int_equal(store_forget_rest(store, 1, b, 1, &n, &err), 0);
	assert_int_equal(n, 0);
	/* The fourth is the second file's now, and goes with it. */
	assert_int_equal(store_forget_read(store, 2, &err), 0);
	assert_int_equal(have("west", gone), 0x06);
	batch_free(&b);
}

/* Nothing, or not one thing: words, and nothing is done. */
static void
test_refused(void **state)
{
	static const struct {
		const char *name, *words;
	} cases[] = {
		{ "/log/7", "no run, source or file: '/log/7'" },
		{ "", "no run, source or file: ''" },
		{ "run:east", "no run, source or file" },
		{ "file:east", "no run, source or file" },
		{ "both", "'both' is more than one of" },
	};
	struct errmsg err;
	enum store_import what;
	struct buf as;
	int64_t id;
	size_t i;

	(void)state;
	buf_init(&as);
	import(0, 7);
	import(1, 7);
	sql("INSERT INTO runs (id, name, body) VALUES (1, 'both', '{}');"
	    "UPDATE files SET path = 'both' WHERE path = '/log/1'");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(store_forget_find(store, cases[i].name, &what,
				     &id, &as, &err),
		    -1);
		if (strstr(err.text, cases[i].words) == NULL)
			fail_msg("%s: %s", cases[i].name, err.text);
	}
	assert_int_equal(store_forget_find(store, "file:both", &what, &id, &as,
			     &err),
	    0);
	assert_int_equal(what, IMPORT_FILE);
	assert_int_equal(store_forget_find(store, "run:both", &what, &id, &as,
			     &err),
	    0);
	assert_int_equal(what, IMPORT_RUN);
	assert_int_equal(id, 1);
	assert_int_equal(store_forget_find(store, "source:east", &what, &id,
			     &as, &err),
	    0);
	assert_int_equal(what, IMPORT_SOURCE);
	assert_string_equal(as.data, "east");
	buf_fini(&as);
}

/* Another path of the same file will do, for people and cron differ. */
static void
test_paths(void **state)
{
	static const struct {
		const char *head;
		bool here;
		const char *tail;
	} ways[] = {
		{ "log/x.csv", false, "" },
		{ "./log/x.csv", false, "" },
		{ "log//../log/./x.csv", false, "" },
		{ "", true, "/log/x.csv" },
		{ "file:", false, "log/x.csv" },
		{ "file:", true, "/./log/x.csv" },
		{ "/../", true, "/log/x.csv" },
	};
	char here[512], path[600];
	enum store_import what;
	struct errmsg err;
	struct buf as;
	int64_t id;
	size_t i;

	(void)state;
	buf_init(&as);
	assert_non_null(getcwd(here, sizeof(here)));
	import(0, 7);
	for (i = 0; i < 2 * sizeof(ways) / sizeof(ways[0]); i++) {
		sql(i % 2 == 0 ? "UPDATE files SET path = 'log/x.csv'"
			       : "UPDATE files SET path = './log/x.csv'");
		(void)snprintf(path, sizeof(path), "%s%s%s", ways[i / 2].head,
		    ways[i / 2].here ? here : "", ways[i / 2].tail);
		if (store_forget_find(store, path, &what, &id, &as, &err) != 0)
			fail_msg("%s", err.text);
		assert_int_equal(what, IMPORT_FILE);
		assert_string_equal(as.data,
		    i % 2 == 0 ? "log/x.csv" : "./log/x.csv");
	}
	assert_int_equal(store_forget_find(store, "x.csv", &what, &id, &as,
			     &err),
	    -1);
	sql("UPDATE files SET path = 'log/x.csv'");
	assert_int_equal(store_forget_find(store, "log/y.csv", &what, &id, &as,
			     &err),
	    -1);
	assert_non_null(
	    strstr(err.text, "'log/y.csv'; did you mean 'log/x.csv'?"));
	buf_fini(&as);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_random),
		TEST(test_read),
		TEST(test_rest),
		TEST(test_refused),
		TEST(test_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
