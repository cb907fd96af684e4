#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store_calls.h"
#include "store/store_files_impl.h"

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

/* The print of a log that begins with `first` and has `size` bytes. */
static struct fileprint
print_of(char first, int64_t size)
{
	struct fileprint p = { .size = size, .mtime = size };

	p.nhead = size < FILEPRINT_HEAD ? (size_t)size : FILEPRINT_HEAD;
	memset(p.head, first, p.nhead);
	(void)snprintf(p.tail, sizeof(p.tail), "%c%lld", first,
	    (long long)size);
	return p;
}

static struct store_file
file_at(const char *path, const struct fileprint *print)
{
	return (struct store_file){ .path = path,
		.member = "",
		.source = "pbx",
		.reading = "r",
		.print = print,
		.whole = true };
}

static int64_t
put(const struct store_file *f)
{
	struct errmsg err = { "" };
	int64_t id = 0;

	if (store_files_put(files, f, 1, &id, &err) != 0)
		fail_msg("%s", err.text);
	assert_true(id > 0);
	return id;
}

static int64_t
put_in(const struct store_file *f, int64_t run)
{
	int64_t id = 0;

	assert_int_equal(store_files_put(files, f, run, &id, NULL), 0);
	return id;
}

static struct store_past
past_of(const struct store_file *f)
{
	struct fileprint_run *run = fileprint_run_new();
	struct store_past past;

	assert_int_equal(store_files_past(files, f, run, &past, NULL), 0);
	fileprint_run_free(&run);
	return past;
}

static void
add_call(struct batch *b, uint32_t file, int64_t start, uint64_t key)
{
	struct origin *o;
	struct call *c;

	(void)batch_add(b, &c, &o);
	c->start = start;
	c->source = batch_source(b, "pbx", "pbx", zone_utc(), NULL);
	batch_set_file(b, b->n - 1, file);
	o->key = key;
}

static void
expect_equal(int64_t file, int64_t start, uint64_t key, uint64_t want)
{
	struct store_equal *e;
	uint64_t n;

	assert_int_equal(store_equal_open(&e, store, "pbx", file, NULL), 0);
	assert_int_equal(store_equal_count(e, start, key, &n, NULL), 0);
	assert_int_equal(n, want);
	store_equal_close(&e);
	assert_null(e);
}

static int
known(const struct store_file *f)
{
	return store_files_known(files, f, NULL);
}

/* Every part of what tells a file untouched counts. */
static void
test_known(void **state)
{
	struct fileprint p = print_of('a', 9000), q;
	struct store_file f = file_at("/no/a", &p), g;

	(void)state;
	assert_int_equal(known(&f), 0);
	(void)put(&f);
	assert_int_equal(known(&f), 1);
	g = f;
	g.path = "/no/b"; /* the name does not */
	assert_int_equal(known(&g), 1);
	g.source = "other";
	assert_int_equal(known(&g), 0);
	g = f;
	g.reading = "s";
	assert_int_equal(known(&g), 0);
	g = f;
	g.print = &q;
	q = p;
	q.mtime++;
	assert_int_equal(known(&g), 0);
	q = p;
	q.size++;
	assert_int_equal(known(&g), 0);
	q = p;
	q.head[1] = 'x';
	assert_int_equal(known(&g), 0);
	q = p;
	q.tail[0] = 'x';
	assert_int_equal(known(&g), 0);
	q = p;
	assert_int_equal(known(&g), 1);
	g.print = NULL;
	assert_int_equal(known(&g), 0);
	/* What was not read to its end has to be read. */
	f.whole = false;
	(void)put(&f);
	assert_int_equal(known(&f), 0);
}

static void
test_same_file(void **state)
{
	struct fileprint small = print_of('a', 100), more = print_of('a', 200);
	struct fileprint big = print_of('a', 9000), grown = print_of('a', 9900);
	struct fileprint other = print_of('b', 9900), some = print_of('a', 300);
	struct store_file f = file_at("/no/log", &small);
	const int64_t log = put(&f);

	(void)state;
	/* It grows under its name. */
	f = file_at("/no/log", &more);
	assert_int_equal(put(&f), log);
	/* So few bytes elsewhere may be any file's. */
	f = file_at("/no/new", &some);
	assert_int_not_equal(put(&f), log);
	f = file_at("/no/log", &big);
	assert_int_equal(put(&f), log);
	/* Renamed, and appended to before. */
	f = file_at("/no/log.1", &grown);
	assert_int_equal(put(&f), log);
	/* Begun anew; smaller; of another source; a pipe. */
	f = file_at("/no/log.1", &other);
	assert_int_not_equal(put(&f), log);
	f = file_at("/no/log.1", &big);
	assert_int_not_equal(put(&f), log);
	f = file_at("/no/log.1", &grown);
	f.source = "other";
	assert_int_not_equal(put(&f), log);
	f = file_at("-", NULL);
	assert_int_not_equal(put(&f), put(&f));
}

/* A file whose print could not be taken once is the one of its name. */
static void
test_without_print(void **state)
{
	struct fileprint p = print_of('a', 9000);
	struct store_file f = file_at("/no/log", NULL);
	const int64_t log = put(&f);

	(void)state;
	f = file_at("/no/other", &p);
	assert_int_not_equal(put(&f), log);
	f = file_at("/no/log", &p);
	assert_int_equal(put(&f), log);
	assert_int_equal(put(&f), log);
}

/* A seam is for the bytes before it, the way of reading and the file. */
static void
test_seam(void **state)
{
	static const char bytes[] = "one\ntwo\nthree\n";
	char path[] = "/tmp/test_seam.XXXXXX", prefix[HASH_HEX];
	const int fd = mkstemp(path);
	struct ingest_seam seam = { .end = 8,
		.begin = 4,
		.line = 2,
		.first_end = 4,
		.records = 3,
		.skipped = 2,
		.rejects = 1 };
	struct fileprint_run *run;
	struct store_past past;
	struct fileprint p;
	struct store_file f;
	int64_t id;

	(void)state;
	assert_int_equal(write(fd, bytes, 8), 8);
	assert_true(fileprint_take(path, &p));
	f = file_at(path, &p);
	hash_hex(bytes, 8, prefix);
	hash_hex("form", 4, seam.form);
	/* Never seen, then without a seam, then with one. */
	past = past_of(&f);
	assert_int_equal(past.id, 0);
	id = put(&f);
	past = past_of(&f);
	assert_int_equal(past.id, id);
	assert_true(past.grew && !past.resume);
	f.past = &past;
	f.seam = &seam;
	f.prefix = prefix;
	assert_int_equal(put_in(&f, 2), id);
	assert_int_equal(write(fd, bytes + 8, 6), 6);
	assert_true(fileprint_take(path, &p));
	past = past_of(&f);
	assert_true(past.grew && past.resume);
	assert_memory_equal(&past.seam, &seam, sizeof(seam));
	f.reading = "other";
	past = past_of(&f);
	assert_true(past.grew && !past.resume);
	f.reading = "r";
	/* Put twice in a run: nobody knows which records are whose. */
	f.resumed = true;
	past = past_of(&f);
	assert_int_equal(put_in(&f, 3), id);
	past = past_of(&f);
	assert_true(past.resume);
	assert_int_equal(put_in(&f, 3), id);
	past = past_of(&f);
	assert_true(!past.grew && !past.resume);
	/* And that stays. */
	assert_int_equal(put_in(&f, 4), id);
	assert_false(past_of(&f).grew);
	past.grew = true;
	assert_int_equal(put_in(&f, 5), id);
	assert_true(past_of(&f).resume);
	/* Another byte before the seam. */
	assert_int_equal(pwrite(fd, "x", 1, 5), 1);
	past = past_of(&f);
	assert_true(!past.grew && !past.resume);
	run = fileprint_run_new();
	f.print = NULL;
	assert_int_equal(store_files_past(files, &f, run, &past, NULL), 0);
	assert_int_equal(past.id, 0);
	fileprint_run_free(&run);
	(void)close(fd);
	(void)unlink(path);
}

/* Equal records are counted one by one, in the file that is asked for. */
static void
test_equal(void **state)
{
	struct fileprint p = print_of('a', 9000), q = print_of('b', 9000);
	const struct store_file one = file_at("/no/a", &p),
				other = file_at("/no/b", &q);
	int64_t seen[3] = { 0, put(&one), put(&other) }, added;
	struct batch *b = batch_new();
	const uint32_t a = batch_file(b, "a"), c = batch_file(b, "b");

	(void)state;
	add_call(b, a, 1000, 77);
	add_call(b, a, 1000, call_key_again(77, 2));
	add_call(b, a, 2000, 88);
	add_call(b, c, 1000, 77);
	assert_int_equal(store_calls_add(store, b, seen, 1, &added, NULL), 0);
	assert_int_equal(added, 3);
	expect_equal(seen[1], 1000, 77, 2);
	expect_equal(seen[1], 2000, 88, 1);
	expect_equal(seen[1], 2000, 77, 0);
	expect_equal(seen[2], 1000, 77, 1);
	expect_equal(seen[2], 2000, 88, 0);
	batch_free(&b);
}

/* What an earlier schema has of a file is only its name. */
static void
test_earlier(void **state)
{
	struct fileprint p = print_of('a', 9000);
	struct store_file f = file_at("/no/a", NULL);
	int64_t id;

	(void)state;
	f.reading = "";
	id = put(&f);
	f = file_at("/no/b", &p);
	assert_int_not_equal(put(&f), id);
	f.path = "/no/a";
	f.source = "other";
	assert_int_not_equal(put(&f), id);
	p = print_of('b', 9000);
	f.source = "pbx";
	assert_int_equal(put(&f), id);
	assert_int_equal(known(&f), 1);
}

/* Members of an archive share its print, and are files of their own. */
static void
test_members(void **state)
{
	struct fileprint p = print_of('z', 9000);
	struct store_file a = file_at("/no/a.zip", &p), b = a;
	int64_t first;

	(void)state;
	a.member = ":a";
	b.member = ":b";
	first = put(&a);
	assert_int_not_equal(put(&b), first);
	assert_int_equal(put(&a), first);
	assert_int_equal(known(&a), 1);
	b.whole = false;
	(void)put(&b);
	assert_int_equal(known(&a), 0);
}

static void
assert_paths(const char *paths)
{
	struct sqlstmt *q;

	assert_int_equal(sqldb_prepare(store_db(store), &q,
			     "SELECT group_concat(path, ' ') FROM "
			     "(SELECT path FROM files ORDER BY id)",
			     NULL),
	    0);
	assert_int_equal(sqlstmt_step(q, NULL), 1);
	assert_string_equal(sqlstmt_get_text(q, 0), paths);
	sqlstmt_free(&q);
}

static void
test_moved(void **state)
{
	struct fileprint p = print_of('a', 9000);
	struct store_file f = file_at("/no/a", &p);

	(void)state;
	(void)put(&f);
	f.path = "/no/a.1";
	assert_int_equal(store_files_moved(files, &f, NULL), 0);
	assert_paths("/no/a.1");
}

/* Two files with the same bytes and times, of which one is renamed. */
static void
test_moved_copy(void **state)
{
	struct fileprint p = print_of('a', 9000);
	struct store_file f = file_at("/", &p), copy = file_at("/dev", &p);

	(void)state;
	(void)put(&f);
	(void)put(&copy);
	assert_int_equal(sqldb_exec(store_db(store),
			     "INSERT INTO files SELECT 9, '/no/b', member, "
			     "source, reading, size, mtime, nhead, head, tail, "
			     "whole, run FROM files WHERE id = 1",
			     NULL),
	    0);
	assert_int_equal(store_files_moved(files, &f, NULL), 0);
	assert_int_equal(store_files_moved(files, &copy, NULL), 0);
	assert_paths("/ /dev /no/b");
	f.path = "/no/c";
	assert_int_equal(store_files_moved(files, &f, NULL), 0);
	assert_paths("/ /dev /no/c");
	f.path = "/etc";
	assert_int_equal(store_files_moved(files, &f, NULL), 0);
	f.path = "/usr";
	assert_int_equal(store_files_moved(files, &f, NULL), 0);
	assert_paths("/ /dev /etc");
}

/* Whatever a store knows, no question goes through all of its files. */
static void
test_indexes(void **state)
{
	struct sqlstmt *q;
	struct buf sql;
	size_t i, n;

	(void)state;
	buf_init(&sql);
	for (i = 0; i < STORE_FILES_QUESTIONS; i++) {
		buf_reset(&sql);
		buf_addf(&sql, "EXPLAIN QUERY PLAN %s",
		    store_files_questions[i]);
		assert_int_equal(sqldb_prepare(store_db(store), &q, sql.data,
				     NULL),
		    0);
		for (n = 0; sqlstmt_step(q, NULL) == 1; n++) {
			const char *step = sqlstmt_get_text(q, 3);

			if (strstr(step, "SCAN ") != NULL &&
			    (strstr(step, "files") != NULL ||
				strstr(step, "seams") != NULL))
				fail_msg("%s: %s", sql.data, step);
		}
		assert_true(
		    n > 0 || i == STORE_FILES_PUT || i == STORE_FILES_PUT_SEAM);
		sqlstmt_free(&q);
	}
	buf_fini(&sql);
}

/* Of many that have the same bytes, the last ones may have been renamed. */
static void
test_alike(void **state)
{
	static const char there[] = "////////////////"; /* 16 ways to it */
	struct fileprint p = print_of('h', 80);
	struct store_file f = file_at("/dev", &p);
	const int64_t old = put(&f);
	size_t i;

	(void)state;
	for (i = 1; i < sizeof(there) - 1; i++) {
		f = file_at(there + i, &p);
		assert_int_not_equal(put(&f), old);
	}
	assert_int_equal(sqldb_exec(store_db(store),
			     "UPDATE files SET path = '/no/old' "
			     "WHERE path = '/dev'",
			     NULL),
	    0);
	f = file_at("/no/new", &p);
	assert_int_equal(past_of(&f).id, old);
	/* Another source, other bytes at its end, another member. */
	f.source = "other";
	assert_int_equal(past_of(&f).id, 0);
	f.source = "pbx";
	f.member = ":a";
	assert_int_equal(past_of(&f).id, 0);
	f.member = "";
	p.tail[0] = 'x';
	assert_int_equal(past_of(&f).id, 0);
	p = print_of('h', 80);
	assert_int_equal(sqldb_exec(store_db(store),
			     "INSERT INTO files SELECT 99, '////////////////', "
			     "member, source, reading, size, mtime, nhead, "
			     "head, tail, whole, run FROM files WHERE id = 1",
			     NULL),
	    0);
	f = file_at("/no/new", &p);
	assert_int_equal(past_of(&f).id, 0);
	/* Under its name it always is the one that it was. */
	f = file_at("/no/old", &p);
	assert_int_equal(past_of(&f).id, old);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_known),
		TEST(test_indexes),
		TEST(test_alike),
		TEST(test_seam),
		TEST(test_equal),
		TEST(test_same_file),
		TEST(test_without_print),
		TEST(test_earlier),
		TEST(test_members),
		TEST(test_moved),
		TEST(test_moved_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
