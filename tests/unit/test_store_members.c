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
	char extent[HASH_HEX];
	struct buf data;

	buf_init(&data);
	store_members_print(f, &data, extent);
	assert_int_equal(store_members_open(&m, s, NULL), 0);
	assert_int_equal(store_members_put(m, f, &data, NULL), 0);
	store_members_close(&m);
	buf_fini(&data);
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

/* Findings of a results that are as those that were put. */
static void
claim(struct results *rs, const char *id, int64_t calls,
    const struct amount *money)
{
	struct finding *f = results_finding(rs);

	f->id = id;
	f->calls = (struct tally){ .calls = calls,
		.money = money,
		.nmoney = money != NULL ? 1 : 0 };
}

static const struct amount paid[] = { { "USD", 70 } };
static const struct call_ref called[] = {
	{ .start = 1, .source = 2, .key = 9, .cost = 70, .currency = "USD" },
	{ .start = 1, .source = 3, .key = 4, .duration = 5 },
	{ .start = -5, .source = 3, .key = 4 },
};

/* All at once are as one by one, whatever lies between and however put. */
static void
test_attach(void **state)
{
	static int (*const ways[])(struct store *, struct results *,
	    struct errmsg *) = { store_members_attach,
		store_members_attach_all };
	struct finding f = { .id = "f-2",
		.members = called,
		.nmembers = 2,
		.calls = { .money = paid, .nmoney = 1 } };
	struct finding other = { .id = "f-1",
		.members = called,
		.nmembers = 1 };
	struct finding mixed = { .id = "f-5",
		.members = called + 1,
		.nmembers = 2 };
	struct call_ref m;
	struct results rs;
	struct store *s = NULL;
	size_t i;

	(void)state;
	assert_int_equal(store_open(&s, ":memory:", STORE_WRITE, NULL), 0);
	put(s, &f);
	put(s, &other);
	put(s, &mixed);
	assert_int_equal(sqldb_exec(store_db(s),
			     "INSERT INTO members VALUES "
			     "('f-4', -5, 3, -1, 0, 0, 0, 0)",
			     NULL),
	    0);
	for (i = 0; i < 2; i++) {
		results_init(&rs);
		claim(&rs, "f-2", 2, paid);
		claim(&rs, "f-3", 7, NULL);
		claim(&rs, "f-4", 1, NULL);
		claim(&rs, "f-5", 2, NULL);
		claim(&rs, "f-1", 1, NULL); /* not where it should be */
		assert_int_equal(ways[i](s, &rs, NULL), 0);
		assert_int_equal(rs.findings[0]->pack != NULL, i);
		assert_int_equal(rs.findings[0]->nmembers, 2);
		m = finding_member(rs.findings[0], 0);
		assert_int_equal(call_ref_compare(&m, &called[0]), 0);
		assert_string_equal(m.currency, "USD");
		m = finding_member(rs.findings[0], 1);
		assert_int_equal(call_ref_compare(&m, &called[1]), 0);
		assert_int_equal(m.duration, 5);
		assert_null(m.currency);
		assert_int_equal(rs.findings[1]->nmembers, 0);
		assert_int_equal(rs.findings[2]->nmembers, 1);
		assert_int_equal(rs.findings[3]->nmembers, 2);
		m = finding_member(rs.findings[3], 0);
		assert_int_equal(call_ref_compare(&m, &called[2]), 0);
		assert_int_equal(rs.findings[4]->nmembers, 1);
		results_fini(&rs);
	}
	store_close(&s);
}

/* More or fewer than it says, of money that it has not, twice the same. */
static void
test_attach_refused(void **state)
{
	static const struct amount money[] = { { "USD", 70 } };
	static const struct call_ref calls[] = {
		{ .start = 1, .key = 9, .currency = "USD" },
		{ .start = 1, .key = 9, .currency = "USD" },
		{ .start = 1, .key = 8, .currency = "USD" },
	};
	static const struct {
		int64_t first, put, calls;
		bool money;
	} refused[] = {
		{ 0, 1, 2, true },
		{ 0, 1, 1, false },
		{ 0, 2, 2, true },
		{ 0, 3, 3, true },
		{ 1, 2, 3, true },
		{ 1, 2, 2, false },
	};
	struct finding f = { .id = "f-1",
		.calls = { .money = money, .nmoney = 1 } };
	struct results rs;
	struct store *s = NULL;
	struct errmsg err;
	size_t i;

	(void)state;
	assert_int_equal(store_open(&s, ":memory:", STORE_WRITE, NULL), 0);
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		f.members = calls + refused[i].first;
		f.nmembers = (size_t)refused[i].put;
		put(s, &f);
		results_init(&rs);
		claim(&rs, "f-1", refused[i].calls,
		    refused[i].money ? money : NULL);
		assert_int_equal(store_members_attach_all(s, &rs, &err), -1);
		assert_string_equal(err.text,
		    ":memory:: damaged: finding 'f-1' has other calls than it "
		    "says");
		results_fini(&rs);
	}
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
	struct buf data;
	size_t i;

	(void)state;
	others[0].nmembers = 1;
	others[1].first_seen = 0;
	others[2].last_seen = 3;
	others[3].score = 50;
	buf_init(&data);
	store_members_print(&as, &data, was);
	for (i = 0; i < 4; i++) {
		store_members_print(&others[i], &data, is);
		assert_int_equal(strcmp(is, was) != 0, i < 3);
	}
	buf_fini(&data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_attach),
		cmocka_unit_test(test_attach_refused),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_extent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
