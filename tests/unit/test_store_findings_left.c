#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "detect/cases.h"
#include "sample_results.h"
#include "store/store_aliases.h"
#include "store/store_findings.h"
#include "store/store_labels.h"

/* One finding each 4 days, so that each is a case; of two accounts in turn. */
enum { MANY = 20, DAYS = 4 };
#define DAY_MS INT64_C(86400000)

static int64_t
time_of(int i)
{
	return sample_time(1, 1, 2, 0, 0) + i * DAYS * DAY_MS;
}

static void
find(struct results *rs, int i)
{
	struct finding *f = sample_finding(rs, NULL,
	    i % 5 == 4 ? "other" : "rule", "volume", 30, 0, "a reason");

	f->id = arena_printf(&rs->arena, "f-%02d", i);
	f->entity = i % 2 == 0 ? "acme" : "other one";
	f->first_seen = f->crossed_at = time_of(i);
	f->last_seen = f->first_seen + 1000;
}

static int64_t
begin(struct store *s, struct results *rs)
{
	struct errmsg err = { "" };
	struct buf name;
	int64_t number = 0;

	buf_init(&name);
	if (store_begin(s, &err) != 0 ||
	    store_run_next(s, sample_time(1, 14, 4, 10, 0), &number, &name,
		&err) != 0)
		fail_msg("%s", err.text);
	rs->run.tool = "test";
	rs->run.version = "1";
	rs->run.ruleset = "one";
	rs->run.as_of = time_of(MANY);
	rs->run.counts.stored = 1;
	rs->run.id = arena_strdup(&rs->arena, name.data);
	buf_fini(&name);
	return number;
}

static struct store *
fill(void)
{
	struct store_changes changes = { .why = NULL };
	struct store *s = NULL;
	struct results rs;
	int64_t number;
	int i;

	assert_int_equal(store_open(&s, ":memory:", STORE_WRITE, NULL), 0);
	results_init(&rs);
	for (i = 0; i < MANY; i++)
		find(&rs, i);
	number = begin(s, &rs);
	cases_make(&rs);
	assert_int_equal(rs.ncases, MANY);
	assert_int_equal(store_findings_save(s, &rs, number, true, &changes,
			     NULL),
	    0);
	assert_int_equal(store_commit(s, NULL), 0);
	results_fini(&rs);
	return s;
}

static const char *
text_of(struct store *s, const char *sql, const char *arg, char *out,
    size_t size)
{
	struct sqlstmt *q;

	assert_int_equal(sqldb_prepare(store_db(s), &q, sql, NULL), 0);
	sqlstmt_text(q, 1, arg);
	assert_int_equal(sqlstmt_step(q, NULL), 1);
	(void)snprintf(out, size, "%s", sqlstmt_get_text(q, 0));
	sqlstmt_free(&q);
	return out;
}

static const char *
case_of(struct store *s, const char *finding, char out[32])
{
	return text_of(s, "SELECT case_id FROM findings WHERE id = ?", finding,
	    out, 32);
}

static void
test_recent(void **state)
{
	static const struct {
		int since, other, calls; /* which is the first */
		size_t read, bare;
	} rows[] = {
		{ 0, 0, 0, MANY, 0 },
		{ 10, 10, 0, 10, 0 },
		{ 10, 0, 15, 12, 3 },
		{ MANY, MANY, MANY, 0, 0 },
	};
	struct store *s = fill();
	struct store_left left = { .list = NULL };
	struct results rs;
	size_t i, k, bare;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct store_since since[] = {
			{ "rule", time_of(rows[i].since), INT64_MIN },
			{ "other", time_of(rows[i].other),
			    time_of(rows[i].calls) },
		};

		results_init(&rs);
		assert_int_equal(store_findings_recent(s, since, 2, &rs, &left,
				     NULL),
		    0);
		assert_int_equal(rs.n, rows[i].read);
		assert_int_equal(left.n, MANY - rows[i].read);
		assert_int_equal(left.nread, rows[i].read);
		for (k = bare = 0; k < rs.n; k++) {
			assert_ptr_equal(rs.findings[k]->stored,
			    rs.findings[k]);
			bare += rs.findings[k]->bare;
		}
		for (k = 0; k < left.n; k++)
			assert_true(left.list[k].fresh);
		assert_int_equal(bare, rows[i].bare);
		store_left_fini(&left);
		results_fini(&rs);
	}
	store_close(&s);
}

/* What was said something of is read, and so is what is of no such rule. */
static void
test_said(void **state)
{
	const struct store_since since[] = { { "rule", INT64_MAX, INT64_MAX } };
	const struct label label = { .word = LABEL_FRAUD,
		.target = "f-01",
		.note = "",
		.user = "me" };
	struct store *s = fill();
	struct store_left left = { .list = NULL };
	struct results rs;
	bool has = false;
	size_t i;

	(void)state;
	assert_int_equal(store_begin(s, NULL), 0);
	assert_int_equal(store_labels_add(s, &label, NULL), 0);
	results_init(&rs);
	assert_int_equal(store_findings_recent(s, since, 1, &rs, &left, NULL),
	    0);
	assert_int_equal(rs.n, MANY / 5 + 1);
	for (i = 0; i < rs.n; i++)
		if (strcmp(rs.findings[i]->id, "f-01") == 0)
			has = !rs.findings[i]->bare;
	assert_true(has);
	store_left_fini(&left);
	results_fini(&rs);
	store_close(&s);
}

/*
 * A run that finds all but those of one account, or nothing; and how many the
 * cases are about of which anything was said or is gone.
 */
static uint32_t
count_said(struct store *s, const char *but, struct intern *entities)
{
	struct results rs;
	int64_t number;
	int i;

	results_init(&rs);
	for (i = 0; i < MANY; i++) {
		find(&rs, i);
		if (strcmp(rs.findings[rs.n - 1]->entity, but) == 0)
			rs.n--;
	}
	number = begin(s, &rs);
	assert_int_equal(store_aliases_note(s, &rs, NULL, number, NULL), 0);
	assert_int_equal(store_findings_said(s, entities, NULL), 0);
	store_rollback(s);
	results_fini(&rs);
	return intern_count(entities) - 1;
}

/* Whom cases are about that a label names, or that had what is gone. */
static void
test_said_of(void **state)
{
	struct label label = { .word = LABEL_NOTE, .note = "?", .user = "me" };
	struct store *s = fill();
	struct intern *none = intern_new(), *gone = intern_new(),
		      *both = intern_new();
	char target[32];

	(void)state;
	assert_int_equal(count_said(s, "nobody", none), 0);
	assert_int_equal(count_said(s, "acme", gone), 1);
	assert_int_equal(intern_find(gone, "account acme", 12), 1);
	assert_int_equal(store_begin(s, NULL), 0);
	label.target = case_of(s, "f-01", target);
	assert_int_equal(store_labels_add(s, &label, NULL), 0);
	assert_int_equal(store_commit(s, NULL), 0);
	assert_int_equal(count_said(s, "acme", both), 2);
	assert_int_not_equal(intern_find(both, "account other one", 17),
	    INTERN_NONE);
	intern_free(&none);
	intern_free(&gone);
	intern_free(&both);
	store_close(&s);
}

/* The same cases where findings that were read tell whom some are about. */
static void
check_read(struct store *s, const struct intern *entities, const int64_t *from,
    const struct intern *cases)
{
	struct results read;
	struct intern *again;
	size_t i, all;
	uint32_t id;

	results_init(&read);
	assert_int_equal(store_findings_open(s, &read, NULL), 0);
	assert_true(read.n > 0 && read.findings[0]->case_id != NULL);
	all = read.n;
	for (i = 0; i <= all; i += all / 4 + 1) {
		read.n = i;
		again = intern_new();
		assert_int_equal(store_findings_about(s, entities, from, &read,
				     again, NULL),
		    0);
		assert_int_equal(intern_count(again), intern_count(cases));
		for (id = 1; id < intern_count(cases); id++)
			assert_int_not_equal(intern_find(again,
						 intern_text(cases, id),
						 intern_len(cases, id)),
			    INTERN_NONE);
		intern_free(&again);
	}
	results_fini(&read);
}

/* Cases of an account from an instant on, and what was left of them. */
static void
test_about(void **state)
{
	static const struct {
		const char *entity;
		int64_t since; /* after the first */
		size_t cases;
	} rows[] = {
		{ "account acme", 0, MANY / 2 },
		{ "account acme", 4 * DAYS * DAY_MS, MANY / 2 - 2 },
		{ "account acme", 4 * DAYS * DAY_MS + 3 * DAY_MS,
		    MANY / 2 - 2 },
		{ "account acme", 4 * DAYS * DAY_MS + 3 * DAY_MS + 1000,
		    MANY / 2 - 3 },
		{ "account acme", INT64_MAX / 2, 0 },
		{ "account nobody", 0, 0 },
		{ "extension acme", 0, 0 },
	};
	const struct store_since since[] = {
		{ "rule", INT64_MAX, INT64_MAX },
		{ "other", INT64_MAX, INT64_MAX },
	};
	struct store *s = fill();
	struct results rs;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct intern *entities = intern_new(), *cases = intern_new();
		const int64_t from[] = { INT64_MIN,
			time_of(0) + rows[i].since };
		struct store_left left = { .list = NULL };

		(void)intern_addstr(entities, rows[i].entity);
		assert_int_equal(store_findings_about(s, entities, from, NULL,
				     cases, NULL),
		    0);
		assert_int_equal(intern_count(cases) - 1, rows[i].cases);
		check_read(s, entities, from, cases);
		results_init(&rs);
		assert_int_equal(store_findings_recent(s, since, 2, &rs, &left,
				     NULL),
		    0);
		assert_int_equal(rs.n, 0);
		assert_int_equal(store_findings_take_left(s, &left, cases, &rs,
				     NULL),
		    0);
		assert_int_equal(rs.n, rows[i].cases);
		assert_int_equal(left.n, MANY - rows[i].cases);
		results_fini(&rs);
		assert_int_equal(store_findings_these_cases(s, cases, &rs,
				     NULL),
		    0);
		assert_int_equal(rs.ncases, rows[i].cases);
		results_fini(&rs);
		store_left_fini(&left);
		intern_free(&entities);
		intern_free(&cases);
	}
	store_close(&s);
}

/* All of them, however long ago: nothing is before the first instant. */
static void
test_about_ever(void **state)
{
	const int64_t from[] = { INT64_MIN, INT64_MIN };
	struct intern *entities = intern_new(), *cases = intern_new();
	struct store *s = fill();

	(void)state;
	(void)intern_addstr(entities, "account acme");
	assert_int_equal(store_findings_about(s, entities, from, NULL, cases,
			     NULL),
	    0);
	assert_int_equal(intern_count(cases) - 1, MANY / 2);
	intern_free(&entities);
	intern_free(&cases);
	store_close(&s);
}

/* What began after one that lasts is listed, however long ago it ended. */
static void
test_about_lasting(void **state)
{
	const int64_t from[] = { INT64_MIN, INT64_MAX / 2 };
	struct intern *entities = intern_new(), *cases = intern_new();
	struct store *s = fill();

	(void)state;
	(void)intern_addstr(entities, "account acme");
	assert_int_equal(
	    sqldb_exec(store_db(s),
		"UPDATE cases SET last_seen = 9223372036854775807 / 2 "
		"WHERE id IN (SELECT id FROM cases "
		"WHERE body ->> '$.entity.id' = 'acme' "
		"ORDER BY first_seen LIMIT 1 OFFSET 1)",
		NULL),
	    0);
	/* The last that is too long ago to be near: 72 h and 1 ms. */
	assert_int_equal(
	    sqldb_exec(store_db(s),
		"UPDATE cases SET last_seen = 9223372036854775807 / 2 "
		"- 259200001 WHERE id IN (SELECT id FROM cases "
		"WHERE body ->> '$.entity.id' = 'acme' "
		"ORDER BY first_seen LIMIT 1 OFFSET 3)",
		NULL),
	    0);
	assert_int_equal(store_findings_about(s, entities, from, NULL, cases,
			     NULL),
	    0);
	assert_int_equal(intern_count(cases) - 1, MANY / 2 - 1);
	intern_free(&entities);
	intern_free(&cases);
	store_close(&s);
}

/* What is left is neither closed nor new any more, and its case stands. */
static void
test_save(void **state)
{
	const struct store_since since[] = {
		{ "rule", INT64_MAX, INT64_MAX },
		{ "other", INT64_MAX, INT64_MAX },
	};
	struct store *s = fill();
	struct store_left left = { .list = NULL };
	struct intern *standing = intern_new();
	struct store_changes changes = { .left = &left, .standing = standing };
	struct results rs;
	char text[32];
	int64_t number;
	size_t i;

	(void)state;
	results_init(&rs);
	assert_int_equal(store_findings_recent(s, since, 2, &rs, &left, NULL),
	    0);
	for (i = 0; i < left.n; i++)
		(void)intern_addstr(standing, left.list[i].case_id);
	find(&rs, MANY);
	number = begin(s, &rs);
	cases_make(&rs);
	assert_int_equal(store_findings_save(s, &rs, number, true, &changes,
			     NULL),
	    0);
	assert_int_equal(store_commit(s, NULL), 0);
	assert_int_equal(changes.added, 1);
	assert_int_equal(changes.closed, 0);
	assert_string_equal(text_of(s,
				"SELECT count(*) FROM findings WHERE state = ?",
				"updated", text, sizeof(text)),
	    "20");
	assert_string_equal(text_of(s,
				"SELECT count(*) FROM cases WHERE state = ?",
				"open", text, sizeof(text)),
	    "21");
	assert_string_equal(
	    text_of(s,
		"SELECT run FROM cases WHERE id = (SELECT case_id "
		"FROM findings WHERE id = ?)",
		"f-03", text, sizeof(text)),
	    "1");
	assert_int_equal(strncmp(case_of(s, "f-20", text), "c-", 2), 0);
	intern_free(&standing);
	store_left_fini(&left);
	results_fini(&rs);
	store_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recent),
		cmocka_unit_test(test_said),
		cmocka_unit_test(test_said_of),
		cmocka_unit_test(test_about),
		cmocka_unit_test(test_about_ever),
		cmocka_unit_test(test_about_lasting),
		cmocka_unit_test(test_save),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
