#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "memstore.h"
#include "store/store_heirs.h"

static void
sql(const char *text)
{
	assert_int_equal(sqldb_exec(store_db(store), text, NULL), 0);
}

static void
add_case(const char *id, const char *findings)
{
	struct buf b;

	buf_init(&b);
	buf_addf(&b,
	    "INSERT INTO cases VALUES ('%s', 'closed', 50, 1, 2, 1,"
	    " '{\"findings\":[%s]}')",
	    id, findings);
	sql(b.data);
	buf_fini(&b);
}

static void
add_finding(const char *id, const char *case_id, const char *state)
{
	struct buf b;

	buf_init(&b);
	buf_addf(&b,
	    "INSERT INTO findings (id, case_id, state, rule, score, first_seen,"
	    " last_seen, hash, run, body) VALUES "
	    "('%s', %s, '%s', 'r', 50, 1, 2, 'h', 1, '{}')",
	    id, case_id, state);
	sql(b.data);
	buf_fini(&b);
}

/* Both ways of asking say the same. */
static void
check(const char *case_id, const char *want)
{
	struct fraud_case *c;
	struct results rs;
	struct buf b;
	size_t i;

	buf_init(&b);
	assert_int_equal(store_heirs_of(store, case_id, &b, NULL),
	    want[0] != '\0');
	assert_string_equal(b.data, want);
	results_init(&rs);
	results_case(&rs)->id = "c-9";
	c = results_case(&rs);
	c->id = case_id;
	results_case(&rs)->id = "c-00";
	assert_int_equal(store_heirs_attach(store, &rs, NULL), 0);
	buf_reset(&b);
	for (i = 0; i < c->nheirs; i++)
		buf_addf(&b, "%s%s", i > 0 ? ", " : "", c->heirs[i]);
	assert_string_equal(b.data, want);
	assert_int_equal(rs.cases[0]->nheirs, 0);
	assert_int_equal(rs.cases[2]->nheirs, 0);
	results_fini(&rs);
	buf_fini(&b);
}

static void
check_past(const char *case_id, const char *want)
{
	struct buf b;

	buf_init(&b);
	assert_int_equal(store_heirs_past(store, case_id, &b, NULL), 0);
	assert_string_equal(b.data, want);
	buf_fini(&b);
}

/* Its finding stands, in another case. */
static void
test_moved(void **state)
{
	(void)state;
	add_case("c-1", "\"f-1\", \"f-2\"");
	add_case("c-2", "\"f-2\"");
	add_finding("f-1", "'c-1'", "updated");
	add_finding("f-2", "'c-1'", "updated");
	check("c-2", "c-1");
	check("c-1", "");
	check("c-none", "");
	check_past("c-1", "[\"c-2\"]");
	check_past("c-2", "[]");
	check_past("c-none", "[]");
}

/* Its finding is closed because it became another one. */
static void
test_became(void **state)
{
	(void)state;
	add_case("c-1", "\"f-new\"");
	add_case("c-2", "\"f-old\"");
	add_finding("f-new", "'c-1'", "new");
	add_finding("f-old", "'c-2'", "closed");
	check("c-2", "");
	sql("INSERT INTO aliases (alias, id, run) VALUES "
	    "('f-old', 'f-new', 2)");
	check("c-2", "c-1");
}

/* Each heir once, by id, whichever way it came to it. */
static void
test_several(void **state)
{
	(void)state;
	add_case("c-1", "\"f-1\", \"f-4\"");
	add_case("c-2", "\"f-2\"");
	add_case("c-3", "\"f-2\", \"f-1\", \"f-3\", \"f-gone\"");
	add_finding("f-1", "'c-1'", "updated");
	add_finding("f-2", "'c-2'", "updated");
	add_finding("f-3", "'c-3'", "closed");
	add_finding("f-4", "'c-1'", "new");
	sql("INSERT INTO aliases (alias, id, run) VALUES ('f-3', 'f-4', 2)");
	check("c-3", "c-1, c-2");
	check_past("c-1", "[\"c-3\"]");
	check_past("c-2", "[\"c-3\"]");
}

/* A case that has a finding yet goes on, whatever left it. */
static void
test_goes_on(void **state)
{
	(void)state;
	add_case("c-1", "\"f-1\"");
	add_case("c-2", "\"f-1\", \"f-2\"");
	add_finding("f-1", "'c-1'", "updated");
	add_finding("f-2", "'c-2'", "updated");
	check("c-2", "");
	/* Closed, it is no reason to go on. */
	sql("UPDATE findings SET state = 'closed' WHERE id = 'f-2'");
	check("c-2", "c-1");
}

/* What nothing is found of any more has no heir; nor have waived findings. */
static void
test_over(void **state)
{
	(void)state;
	add_case("c-1", "\"f-1\"");
	add_finding("f-1", "'c-1'", "closed");
	add_finding("f-2", "NULL", "updated");
	check("c-1", "");
	sql("INSERT INTO aliases (alias, id, run) VALUES ('f-1', 'f-2', 2)");
	check("c-1", "");
}

/* An heir that is over itself is named, unless another one stands. */
static void
test_heir_over(void **state)
{
	(void)state;
	add_case("c-1", "\"f-1\"");
	add_case("c-2", "\"f-2\"");
	add_case("c-3", "\"f-1\", \"f-2\"");
	add_finding("f-1", "'c-1'", "closed");
	add_finding("f-2", "'c-2'", "closed");
	check("c-3", "c-1, c-2");
	sql("UPDATE findings SET state = 'updated' WHERE id = 'f-2'");
	check("c-3", "c-2");
}

static void
test_refused(void **state)
{
	struct errmsg err = { "" };
	struct results rs;
	struct buf b;

	(void)state;
	buf_init(&b);
	results_init(&rs);
	assert_int_equal(store_heirs_attach(store, &rs, &err), 0);
	results_case(&rs)->id = "c-1";
	sql("DROP TABLE aliases");
	assert_int_equal(store_heirs_attach(store, &rs, &err), -1);
	assert_non_null(strstr(err.text, "aliases"));
	assert_int_equal(store_heirs_of(store, "c-1", &b, &err), -1);
	assert_int_equal(store_heirs_past(store, "c-1", &b, &err), -1);
	results_fini(&rs);
	buf_fini(&b);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, memstore_open, memstore_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_moved),
		TEST(test_became),
		TEST(test_several),
		TEST(test_goes_on),
		TEST(test_over),
		TEST(test_heir_over),
		TEST(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
