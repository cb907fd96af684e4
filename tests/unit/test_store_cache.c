#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "memstore.h"
#include "store/store_cache.h"

static void
put(const char *name, const char *terms, const char *text, size_t len)
{
	struct buf body;

	buf_init(&body);
	buf_add(&body, text, len);
	assert_int_equal(store_cache_put(store, name, terms, &body, NULL), 0);
	buf_fini(&body);
}

struct asked {
	const char *name;
	struct buf body;
	int found;
};

static void
take(void *arg, const char *name, struct buf *body)
{
	struct asked *a = arg;

	if (strcmp(name, a->name) != 0)
		return;
	a->found++;
	buf_fini(&a->body);
	a->body = *body;
	buf_init(body);
}

static bool
has(const char *name, const char *terms, const char *text, size_t len)
{
	struct store_entries all = { .list = NULL };
	struct asked a = { .name = name };
	bool good;

	buf_init(&a.body);
	assert_int_equal(store_cache_read(store, &all, NULL), 0);
	store_entries_take(&all, store, terms, take, &a);
	store_entries_fini(&all);
	assert_in_range(a.found, 0, 1);
	good = a.found == 1 && a.body.len == len &&
	       memcmp(a.body.data, text, len) == 0;
	buf_fini(&a.body);
	return good;
}

static void
sql(const char *text)
{
	struct errmsg err = { "" };

	if (sqldb_exec(store_db(store), text, &err) != 0)
		fail_msg("%s", err.text);
}

static void
test_kept(void **state)
{
	(void)state;
	put("days", "1", "two\0parts", 9);
	put("none", "1", "", 0);
	assert_true(has("days", "1", "two\0parts", 9));
	assert_true(has("none", "1", "", 0));
	put("days", "2", "other", 5);
	assert_true(has("days", "2", "other", 5));
	assert_false(has("days", "1", "two\0parts", 9));
	assert_true(has("none", "1", "", 0));
	assert_int_equal(store_cache_clear(store, "2", NULL), 0);
	assert_true(has("days", "2", "other", 5));
	assert_false(has("none", "1", "", 0));
	assert_int_equal(store_cache_clear(store, NULL, NULL), 0);
	assert_false(has("days", "2", "other", 5));
}

/* Bytes of which no two parts are the same. */
static void
fill(struct buf *out, size_t len)
{
	size_t i;

	buf_reset(out);
	for (i = 0; i < len; i++)
		buf_addch(out, (char)(i ^ i >> 8 ^ i >> 16));
}

static int
count(const char *text)
{
	struct sqlstmt *q = NULL;
	int n;

	assert_int_equal(sqldb_prepare(store_db(store), &q, text, NULL), 0);
	assert_int_equal(sqlstmt_step(q, NULL), 1);
	n = (int)sqlstmt_get_int(q, 0);
	sqlstmt_free(&q);
	return n;
}

/* Longer and shorter ones over each other, also of whole parts. */
static void
test_parts(void **state)
{
	static const struct {
		size_t len;
		int parts;
	} of[] = { { 200000, 4 }, { 65535, 1 }, { 65536, 2 }, { 65537, 2 },
		{ 131072, 3 }, { 300000, 5 }, { 1, 1 }, { 0, 1 } };
	struct buf body;
	size_t i;

	(void)state;
	buf_init(&body);
	for (i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		const char *terms = i % 2 == 0 ? "even" : "odd";

		fill(&body, of[i].len);
		put("a", terms, body.data, body.len);
		put("b", terms, "x", 1);
		assert_true(has("a", terms, body.data, body.len));
		assert_int_equal(store_cache_clear(store, terms, NULL), 0);
		assert_int_equal(count("SELECT count(*) FROM cache "
				       "WHERE name = 'a'"),
		    of[i].parts);
		assert_true(has("a", terms, body.data, body.len));
		assert_true(has("b", terms, "x", 1));
	}
	buf_fini(&body);
}

static void
test_parts_refused(void **state)
{
	static const char *const damage[] = {
		"DELETE FROM cache WHERE part = 0",
		"DELETE FROM cache WHERE part = 1",
		"DELETE FROM cache WHERE part = 3",
		"DELETE FROM cache WHERE part = 3; "
		"UPDATE cache SET part = 3 WHERE part = 2",
		"UPDATE cache SET part = -part - 1; "
		"UPDATE cache SET part = -part",
		"UPDATE cache SET part = 7 - part",
		"UPDATE cache SET part = -3 + part WHERE part IN (1, 2); "
		"UPDATE cache SET part = -part WHERE part < 0",
		"UPDATE cache SET body = "
		"(SELECT body FROM cache WHERE part = 1) WHERE part = 2",
		"UPDATE cache SET body = substr(body, 2) WHERE part = 1",
		"UPDATE cache SET body = substr(body, 2) WHERE part = 0",
		"UPDATE cache SET body = CAST(substr(body, 1, 65535) || x'00' "
		"AS BLOB) WHERE part = 3",
		"UPDATE cache SET name = 'c'",
		"UPDATE cache SET terms = terms + 1",
		"INSERT INTO cache SELECT name, 4, terms, body FROM cache "
		"WHERE part = 3",
	};
	struct buf body;
	size_t i;

	(void)state;
	buf_init(&body);
	fill(&body, 200000);
	for (i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		assert_int_equal(store_cache_clear(store, NULL, NULL), 0);
		put("a", "run 1", body.data, body.len);
		assert_true(has("a", "run 1", body.data, body.len));
		sql(damage[i]);
		assert_false(has("a", "run 1", body.data, body.len));
		assert_false(has("c", "run 1", body.data, body.len));
	}
	buf_fini(&body);
}

/* How many parts are written when this follows what was read. */
static int
written(struct buf *body, const char *terms)
{
	sql("DELETE FROM written");
	put("a", terms, body->data, body->len);
	assert_true(has("a", terms, body->data, body->len));
	return count("SELECT count(*) FROM written WHERE part > 0");
}

/* What is as it was read is not written. */
static void
test_parts_stay(void **state)
{
	enum { PART = 65536 };
	struct buf body;

	(void)state;
	sql("CREATE TABLE written (part INTEGER);"
	    "CREATE TRIGGER i AFTER INSERT ON cache BEGIN "
	    "INSERT INTO written VALUES (new.part); END;"
	    "CREATE TRIGGER u AFTER UPDATE ON cache BEGIN "
	    "INSERT INTO written VALUES (new.part); END");
	buf_init(&body);
	fill(&body, 4 * PART + 10);
	assert_int_equal(written(&body, "1"), 4);
	assert_int_equal(written(&body, "2"), 0);
	body.data[2 * PART] ^= 1;
	body.data[4 * PART] ^= 1;
	assert_int_equal(written(&body, "3"), 1);
	buf_add(&body, body.data + 1, PART);
	assert_int_equal(written(&body, "4"), 1);
	buf_cut(&body, 3 * PART);
	assert_int_equal(written(&body, "5"), 0);
	assert_int_equal(store_cache_clear(store, "5", NULL), 0);
	assert_int_equal(count("SELECT count(*) FROM cache"), 4);
	/* put twice, or undone: nobody knows what stands */
	put("a", "6", "", 0);
	assert_int_equal(written(&body, "6"), 3);
	assert_int_equal(store_begin(store, NULL), 0);
	body.data[0] ^= 1;
	put("a", "7", body.data, body.len);
	store_rollback(store);
	assert_int_equal(written(&body, "7"), 3);
	/* what was damaged is made whole */
	sql("UPDATE cache SET body = zeroblob(65536) WHERE part = 2");
	assert_false(has("a", "7", body.data, body.len));
	assert_int_equal(written(&body, "8"), 3);
	sql("DELETE FROM cache WHERE part = 2");
	assert_int_equal(store_cache_clear(store, "8", NULL), 0);
	assert_int_equal(written(&body, "9"), 3);
	assert_int_equal(store_cache_clear(store, NULL, NULL), 0);
	assert_int_equal(written(&body, "9"), 3);
	buf_fini(&body);
}

/* Names and terms that are gone take all of their parts with them. */
static void
test_parts_go(void **state)
{
	struct buf body;

	(void)state;
	buf_init(&body);
	fill(&body, 200000);
	put("a", "1", body.data, body.len);
	put("b", "2", body.data, body.len);
	assert_int_equal(store_cache_clear(store, "2", NULL), 0);
	assert_int_equal(count("SELECT count(*) FROM cache"), 4);
	assert_true(has("b", "2", body.data, body.len));
	assert_int_equal(store_cache_clear(store, "3", NULL), 0);
	assert_int_equal(count("SELECT count(*) FROM cache"), 0);
	buf_fini(&body);
}

static void
test_refused(void **state)
{
	static const char *const damage[] = { "x''", "x'00'", "substr(body, 2)",
		"substr(body, 1, length(body) - 1)",
		"CAST(body || x'00' AS BLOB)",
		"CAST(x'00' || substr(body, 2) AS BLOB)",
		"CAST(substr(body, 1, 4) || x'01' || substr(body, 6) AS BLOB)",
		"(SELECT body FROM cache WHERE name = 'b')" };
	char text[120] = "";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		put("a", "run 1", "abcdef", 6);
		put("b", "run 1", "abcdef", 6);
		assert_true(has("a", "run 1", "abcdef", 6));
		assert_false(has("a", "run 2", "abcdef", 6));
		assert_false(has("c", "run 1", "abcdef", 6));
		(void)strcpy(text, "UPDATE cache SET body = ");
		(void)strcat(text, damage[i]);
		(void)strcat(text, " WHERE name = 'a'");
		sql(text);
		assert_false(has("a", "run 1", "abcdef", 6));
	}
}

static void
test_undone(void **state)
{
	(void)state;
	put("a", "1", "kept", 4);
	assert_int_equal(store_begin(store, NULL), 0);
	put("a", "1", "lost", 4);
	store_rollback(store);
	assert_true(has("a", "1", "kept", 4));
}

/* What is put later, in whatever thread, stands or is undone. */
static void
test_put_later(void **state)
{
	struct buf one, none;
	const struct store_cached list[] = { { "days", &one },
		{ "none", &none } };
	size_t threads;

	(void)state;
	buf_init(&one);
	buf_init(&none);
	buf_add(&one, "two\0parts", 9);
	for (threads = 1; threads < 4; threads++) {
		store_set_threads(store, threads);
		assert_int_equal(store_cache_clear(store, NULL, NULL), 0);
		put("a", "1", "old", 3);
		put("days", "1", "old", 3);
		assert_int_equal(store_begin(store, NULL), 0);
		assert_int_equal(store_cache_put_later(store, "2", list, 2,
				     NULL),
		    0);
		put("b", "2", "after", 5);
		store_rollback(store);
		assert_true(has("a", "1", "old", 3));
		assert_true(has("days", "1", "old", 3));
		assert_false(has("b", "2", "after", 5));
		assert_int_equal(store_begin(store, NULL), 0);
		assert_int_equal(store_cache_put_later(store, "2", list, 2,
				     NULL),
		    0);
		put("b", "2", "after", 5);
		assert_int_equal(store_cache_clear(store, "2", NULL), 0);
		assert_int_equal(store_commit(store, NULL), 0);
		assert_false(has("a", "1", "old", 3));
		assert_true(has("days", "2", "two\0parts", 9));
		assert_true(has("none", "2", "", 0));
		assert_true(has("b", "2", "after", 5));
	}
	buf_fini(&one);
	buf_fini(&none);
}

/* Somebody who does not ask what became of it cannot commit. */
static void
test_put_later_fails(void **state)
{
	struct buf body;
	const struct store_cached list[] = { { "a", &body } };
	struct errmsg err = { "" };
	size_t threads;

	(void)state;
	buf_init(&body);
	put("a", "1", "kept", 4);
	sql("CREATE TRIGGER t BEFORE INSERT ON cache BEGIN "
	    "SELECT RAISE(ABORT, 'no room'); END");
	for (threads = 1; threads < 4; threads++) {
		store_set_threads(store, threads);
		assert_int_equal(store_begin(store, NULL), 0);
		assert_int_equal(store_cache_put_later(store, "2", list, 1,
				     NULL),
		    0);
		assert_int_equal(store_commit(store, &err), -1);
		assert_string_equal(err.text, ":memory:: no room");
		store_rollback(store);
		assert_true(has("a", "1", "kept", 4));
	}
	buf_fini(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kept, memstore_open,
		    memstore_close),
		cmocka_unit_test_setup_teardown(test_refused, memstore_open,
		    memstore_close),
		cmocka_unit_test_setup_teardown(test_parts, memstore_open,
		    memstore_close),
		cmocka_unit_test_setup_teardown(test_parts_refused,
		    memstore_open, memstore_close),
		cmocka_unit_test_setup_teardown(test_parts_stay, memstore_open,
		    memstore_close),
		cmocka_unit_test_setup_teardown(test_parts_go, memstore_open,
		    memstore_close),
		cmocka_unit_test_setup_teardown(test_undone, memstore_open,
		    memstore_close),
		cmocka_unit_test_setup_teardown(test_put_later, memstore_open,
		    memstore_close),
		cmocka_unit_test_setup_teardown(test_put_later_fails,
		    memstore_open, memstore_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
