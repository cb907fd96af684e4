#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "store/store_members.h"

/* What goes in comes out, in order; a second time in the place of the first. */
static void
put(struct store *s, const struct finding *f)
{
	struct store_members *m;

	assert_int_equal(store_members_open(&m, s, NULL), 0);
	assert_int_equal(store_members_put(m, f, NULL), 0);
	store_members_close(&m);
}

static void
test_put(void **state)
{
	static const struct call_ref calls[] = {
		{ .start = 1, .source = UINT64_MAX, .key = 9 },
		{ .start = 1, .source = UINT64_MAX, .key = UINT64_MAX - 1 },
		{ .start = -5, .source = 3, .key = 4 },
	};
	struct finding f = { .id = "f-1", .members = calls, .nmembers = 3 };
	struct finding other = { .id = "f-2", .members = calls, .nmembers = 1 };
	struct call_refs got = { .list = NULL }, want = { .list = NULL };
	struct store *s = NULL;

	(void)state;
	assert_int_equal(store_open(&s, ":memory:", STORE_WRITE, NULL), 0);
	put(s, &f);
	put(s, &other);
	assert_int_equal(store_members_load(s, "f-1", &got, NULL), 0);
	call_refs_add(&want, calls, 3);
	call_refs_settle(&want);
	call_refs_settle(&got);
	assert_true(call_refs_equal(&got, &want));
	f.nmembers = 1;
	put(s, &f);
	got.n = 0;
	assert_int_equal(store_members_load(s, "f-1", &got, NULL), 0);
	assert_int_equal(got.n, 1);
	assert_false(call_refs_equal(&got, &want));
	/* The same calls by the way of another finding count once. */
	assert_int_equal(store_members_load(s, "f-2", &got, NULL), 0);
	assert_int_equal(got.n, 2);
	call_refs_settle(&got);
	assert_int_equal(got.n, 1);
	f.nmembers = 0;
	put(s, &f);
	got.n = 0;
	assert_int_equal(store_members_load(s, "f-1", &got, NULL), 0);
	assert_int_equal(store_members_load(s, "f-9", &got, NULL), 0);
	assert_int_equal(got.n, 0);
	call_refs_fini(&got);
	call_refs_fini(&want);
	store_close(&s);
}

/* Those that a store of schema 5 has as rows count until others come. */
static void
test_rows(void **state)
{
	static const struct call_ref calls[] = {
		{ .start = -5, .source = 3, .key = UINT64_MAX },
		{ .start = 7, .source = 3, .key = 4 },
	};
	struct finding f = { .id = "f-1", .members = calls, .nmembers = 1 };
	struct call_refs got = { .n = 0 }, want = { .n = 0 };
	struct store *s = NULL;

	(void)state;
	assert_int_equal(store_open(&s, ":memory:", STORE_WRITE, NULL), 0);
	assert_int_equal(sqldb_exec(store_db(s),
			     "INSERT INTO members VALUES "
			     "('f-1', -5, 3, -1, 0, 0, 0, 0), "
			     "('f-1', 7, 3, 4, 0, 0, 0, 0)",
			     NULL),
	    0);
	assert_int_equal(store_members_load(s, "f-1", &got, NULL), 0);
	call_refs_add(&want, calls, 2);
	assert_true(call_refs_equal(&got, &want));
	put(s, &f);
	got.n = 0;
	assert_int_equal(store_members_load(s, "f-1", &got, NULL), 0);
	want.n = 1;
	assert_true(call_refs_equal(&got, &want));
	call_refs_fini(&got);
	call_refs_fini(&want);
	store_close(&s);
}

/* What somebody changed in them is seen. */
static void
test_damaged(void **state)
{
	static const struct call_ref calls[] = {
		{ .start = -5, .source = 3, .key = UINT64_MAX },
		{ .start = 7, .source = 3, .key = 4 },
	};
	static const char *const changes[] = {
		"UPDATE packed_members SET calls = 1",
		"UPDATE packed_members SET calls = 0",
		"UPDATE packed_members SET calls = 268435456",
		"UPDATE packed_members SET data = x''",
		"UPDATE packed_members SET "
		"data = substr(data, 1, length(data) - 1)",
		"UPDATE packed_members SET data = CAST(x'02' || "
		"substr(data, 2) AS BLOB)",
	};
	const struct finding f = { .id = "f-1",
		.members = calls,
		.nmembers = 2 };
	struct call_refs got = { .n = 0 };
	struct store *s = NULL;
	struct errmsg err;
	size_t i;

	(void)state;
	assert_int_equal(store_open(&s, ":memory:", STORE_WRITE, NULL), 0);
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		put(s, &f);
		assert_int_equal(store_members_load(s, "f-1", &got, NULL), 0);
		assert_int_equal(sqldb_exec(store_db(s), changes[i], &err), 0);
		assert_int_equal(store_members_load(s, "f-1", &got, &err), -1);
		assert_string_equal(err.text,
		    ":memory:: damaged: finding 'f-1' has other calls than it "
		    "says");
	}
	call_refs_fini(&got);
	store_close(&s);
}

/* Another call, begin or end is another extent; another score is not. */
static void
test_extent(void **state)
{
	const struct call_ref calls[] = { { .start = 1 }, { .start = 2 } };
	const struct finding as = { .members = calls,
		.nmembers = 2,
		.first_seen = 1,
		.last_seen = 2,
		.score = 40 };
	struct finding others[] = { as, as, as, as };
	char was[HASH_HEX], is[HASH_HEX];
	size_t i;

	(void)state;
	others[0].nmembers = 1;
	others[1].first_seen = 0;
	others[2].last_seen = 3;
	others[3].score = 50;
	store_members_extent(&as, was);
	for (i = 0; i < 4; i++) {
		store_members_extent(&others[i], is);
		assert_int_equal(strcmp(is, was) != 0, i < 3);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_extent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
