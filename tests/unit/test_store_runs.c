#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "memstore.h"
#include "store/store_findings.h"
#include "store/store_runs.h"

/* A run that stored so many calls; `what` NULL: its row is not completed. */
static void
run(int64_t stored, const char *what)
{
	struct store_changes changes = { .why = NULL };
	struct errmsg err = { "" };
	struct store_run r = { .what = what,
		.began = 1000,
		.ended = 2000,
		.user = "anna",
		.config = "c0ffee",
		.findings = 3,
		.added = 2,
		.updated = 1,
		.closed = 4,
		.status = 3 };
	struct results rs;
	struct buf name;

	results_init(&rs);
	buf_init(&name);
	if (store_run_next(store, 0, &r.number, &name, &err) != 0)
		fail_msg("%s", err.text);
	rs.run = (struct run){ .id = name.data,
		.tool = "test",
		.version = "1",
		.ruleset = "xxh128:1",
		.counts = { .stored = stored } };
	if (store_findings_save(store, &rs, r.number, true, &changes, &err) !=
		0 ||
	    (what != NULL && store_runs_end(store, &r, &err) != 0))
		fail_msg("%s", err.text);
	buf_fini(&name);
	results_fini(&rs);
}

static void
test_next(void **state)
{
	struct buf name;
	int64_t number;
	int i;

	(void)state;
	for (i = 1; i < 4; i++) {
		buf_init(&name);
		assert_int_equal(store_run_next(store, INT64_C(1768363800000),
				     &number, &name, NULL),
		    0);
		assert_int_equal(number, i);
		assert_true(strncmp(name.data, "r-20260114-0410-", 16) == 0);
		assert_int_equal(name.data[16], '0' + i);
		buf_fini(&name);
		run(0, "scan");
	}
}

static void
test_list(void **state)
{
	struct errmsg err = { "" };
	struct store_run *list = NULL;
	struct results rs;
	size_t n;

	(void)state;
	results_init(&rs);
	assert_int_equal(store_runs_load(store, 0, &rs, &list, &n, &err), 0);
	assert_int_equal(n, 0);
	run(7, "scan");
	run(0, NULL);
	run(9, "forget");
	assert_int_equal(store_runs_load(store, 0, &rs, &list, &n, &err), 0);
	assert_int_equal(n, 3);
	assert_int_equal(list[0].number, 3);
	assert_string_equal(list[0].what, "forget");
	assert_int_equal(list[0].run.counts.stored, 9);
	assert_string_equal(list[0].run.id, "r-19700101-0000-3");
	assert_string_equal(list[0].user, "anna");
	assert_string_equal(list[0].config, "c0ffee");
	assert_int_equal(list[0].began, 1000);
	assert_int_equal(list[0].ended, 2000);
	assert_int_equal(list[0].findings, 3);
	assert_int_equal(list[0].added, 2);
	assert_int_equal(list[0].updated, 1);
	assert_int_equal(list[0].closed, 4);
	assert_int_equal(list[0].status, 3);
	/* One of an earlier schema: nobody knows. */
	assert_int_equal(list[1].status, -1);
	assert_int_equal(list[1].began, 0);
	assert_string_equal(list[1].user, "");
	assert_int_equal(list[2].run.counts.stored, 7);
	assert_int_equal(store_runs_load(store, 2, &rs, &list, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(list[1].number, 2);
	results_fini(&rs);
}

static void
test_damaged(void **state)
{
	struct errmsg err = { "" };
	struct store_run *list;
	struct results rs;
	size_t n;

	(void)state;
	run(7, "scan");
	assert_int_equal(sqldb_exec(store_db(store),
			     "UPDATE runs SET body = '{'", &err),
	    0);
	results_init(&rs);
	assert_int_equal(store_runs_load(store, 0, &rs, &list, &n, &err), -1);
	assert_non_null(strstr(err.text, ":memory:: damaged: "));
	results_fini(&rs);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, memstore_open, memstore_close)

/* A failure stands where it came, under an id of its own. */
static void
test_failures(void **state)
{
	const struct store_run failed = { .what = "forget",
		.began = 5000,
		.ended = 6000,
		.user = "bob",
		.status = 2,
		.error = "no such file",
		.run = { .tool = "test", .version = "1" } };
	static const char *const want[] = { "r-19700101-0000-f2",
		"r-19700101-0000-2", "r-19700101-0000-f1",
		"r-19700101-0000-1" };
	struct store_run *list = NULL;
	struct errmsg err = { "" };
	struct results rs;
	size_t n, i;

	(void)state;
	run(1, "scan");
	assert_int_equal(store_runs_fail(store, &failed, &err), 0);
	run(1, "scan");
	assert_int_equal(store_runs_fail(store, &failed, &err), 0);
	results_init(&rs);
	assert_int_equal(store_runs_load(store, 0, &rs, &list, &n, &err), 0);
	assert_int_equal(n, 4);
	for (i = 0; i < n; i++)
		assert_string_equal(list[i].run.id, want[i]);
	assert_string_equal(list[0].error, "no such file");
	assert_string_equal(list[0].what, "forget");
	assert_int_equal(list[0].status, 2);
	assert_null(list[1].error);
	assert_int_equal(store_runs_load(store, 1, &rs, &list, &n, &err), 0);
	assert_int_equal(n, 1);
	results_fini(&rs);
	/* The last run is the last that changed something. */
	results_init(&rs);
	assert_int_equal(store_findings_load(store, &rs, &err), 0);
	assert_string_equal(rs.run.id, "r-19700101-0000-2");
	results_fini(&rs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_next),
		TEST(test_list),
		TEST(test_damaged),
		TEST(test_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
