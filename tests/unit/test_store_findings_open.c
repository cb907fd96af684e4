#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "detect/cases.h"
#include "sample_results.h"
#include "store/store_aliases.h"
#include "store/store_findings.h"

/*
 * A run that goes on from the findings of the store saves what one saves that
 * found all of them anew.
 */
enum { MANY = 1500 };

static struct store *
open_store(void)
{
	struct errmsg err = { "" };
	struct store *s = NULL;

	if (store_open(&s, ":memory:", STORE_WRITE, &err) != 0)
		fail_msg("%s", err.text);
	return s;
}

/* Texts that a careless reader would take for something else. */
static const char *const texts[] = { "a reason", "\"evidence\":[{", "]}\\",
	"\\\"]", "," };
enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

/* Up to three calls. */
static void
add_evidence(struct results *rs, struct finding *f, int i)
{
	struct evidence *e = arena_array(&rs->arena, 3, sizeof(*e));
	int k;

	for (k = 0; k < i % 4; k++)
		e[k] = (struct evidence){ .start = f->first_seen,
			.call_id = texts[(i + k) % TEXTS],
			.src = "2041",
			.dst = texts[i / 3 % TEXTS],
			.dst_country = "US",
			.source = "pbx",
			.file = "Master.csv",
			.line = (uint32_t)(i + k) };
	f->evidence = e;
	f->nevidence = (size_t)(i % 4);
}

/* Finding `i`, of one of some accounts. */
static void
find(struct results *rs, int i)
{
	struct finding *f = sample_finding(rs, NULL, "rule", "volume",
	    20 + i % 50, 0, texts[i % TEXTS]);

	f->id = arena_printf(&rs->arena, "f-%04d", i);
	f->entity = arena_printf(&rs->arena, "acme%d", i % 97);
	f->first_seen = sample_time(1, 1, 2, 0, 0) + i * INT64_C(60000);
	f->last_seen = f->crossed_at = f->first_seen + 1000;
	add_evidence(rs, f, i);
}

static void
save(struct store *s, struct results *rs, int stored)
{
	struct store_changes changes = { .why = NULL };
	struct errmsg err = { "" };
	struct buf name;
	int64_t number = 0;

	buf_init(&name);
	rs->run.tool = "test";
	rs->run.version = "1";
	rs->run.ruleset = "one";
	rs->run.as_of = sample_time(1, 20, 0, 0, 0);
	rs->run.counts.stored = stored;
	if (store_begin(s, &err) != 0 ||
	    store_run_next(s, sample_time(1, 14, 4, 10, 0), &number, &name,
		&err) != 0)
		fail_msg("%s", err.text);
	rs->run.id = name.data;
	cases_make(rs);
	if (store_findings_save(s, rs, number, true, &changes, &err) != 0 ||
	    store_commit(s, &err) != 0)
		fail_msg("%s", err.text);
	buf_fini(&name);
}

/* Those of the store, again; all but every `lost`-th, and `more` new ones. */
static void
go_on(struct store *s, bool known, int lost, int more, int stored)
{
	struct results was, now;
	struct errmsg err = { "" };
	struct finding *f;
	size_t i;
	int k;

	results_init(&was);
	results_init(&now);
	if (store_findings_open(s, &was, &err) != 0)
		fail_msg("%s", err.text);
	for (i = 0; i < was.n; i++) {
		assert_ptr_equal(was.findings[i]->stored, was.findings[i]);
		if (lost > 0 && i % (size_t)lost == 0)
			continue;
		f = results_finding(&now);
		*f = *was.findings[i];
		f->state = f->state_reason = f->case_id = NULL;
		f->backlog = false;
		if (!known)
			f->stored = NULL;
	}
	for (k = 0; k < more; k++)
		find(&now, MANY + k);
	save(s, &now, stored);
	results_fini(&now);
	results_fini(&was);
}

/* All that two stores have of findings and cases. */
static void
check_equal(struct store *one, struct store *other)
{
	static const char all[] =
	    "SELECT id, coalesce(case_id, ''), state, score, hash, run, body, "
	    "extent, backlog, calls, coalesce(reason, '') FROM findings "
	    "UNION ALL SELECT id, '', state, score, '', run, body, '', 0, 0, "
	    "'' FROM cases ORDER BY 1";
	struct sqlstmt *p, *q;
	int r, i;

	assert_int_equal(sqldb_prepare(store_db(one), &p, all, NULL), 0);
	assert_int_equal(sqldb_prepare(store_db(other), &q, all, NULL), 0);
	while ((r = sqlstmt_step(p, NULL)) == 1) {
		assert_int_equal(sqlstmt_step(q, NULL), 1);
		for (i = 0; i < 11; i++)
			assert_string_equal(sqlstmt_get_text(p, i),
			    sqlstmt_get_text(q, i));
	}
	assert_int_equal(r, 0);
	assert_int_equal(sqlstmt_step(q, NULL), 0);
	sqlstmt_free(&p);
	sqlstmt_free(&q);
}

static void
test_go_on(void **state)
{
	static const struct {
		int lost, more, stored;
	} nights[] = { { 0, 0, 0 }, { 0, 3, 1 }, { 0, 0, 1 }, { 7, 0, 1 },
		{ 0, 20, 0 }, { 3, 2, 1 } };
	struct store *one = open_store(), *other = open_store();
	struct results rs;
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < 2; i++) {
		results_init(&rs);
		for (k = 0; k < MANY; k++)
			find(&rs, k);
		save(i == 0 ? one : other, &rs, 1);
		results_fini(&rs);
	}
	for (i = 0; i < sizeof(nights) / sizeof(nights[0]); i++) {
		go_on(one, true, nights[i].lost, nights[i].more,
		    nights[i].stored);
		go_on(other, false, nights[i].lost, nights[i].more,
		    nights[i].stored);
		check_equal(one, other);
	}
	store_close(&one);
	store_close(&other);
}

static void
check_evidence(const struct finding *f, const struct finding *g)
{
	size_t i;

	assert_false(g->brief);
	assert_int_equal(f->nevidence, g->nevidence);
	for (i = 0; i < f->nevidence; i++) {
		assert_string_equal(f->evidence[i].call_id,
		    g->evidence[i].call_id);
		assert_string_equal(f->evidence[i].dst, g->evidence[i].dst);
		assert_int_equal(f->evidence[i].line, g->evidence[i].line);
	}
}

/* As store_findings_load() gives them, but for what is closed. */
static void
test_open(void **state)
{
	struct store *s = open_store();
	struct results all, some;
	const struct finding *f;
	size_t i, n = 0;
	int k;

	(void)state;
	results_init(&all);
	for (k = 0; k < MANY; k++)
		find(&all, k);
	save(s, &all, 1);
	results_fini(&all);
	go_on(s, true, 5, 1, 1);
	results_init(&all);
	results_init(&some);
	assert_int_equal(store_findings_load(s, &all, NULL), 0);
	assert_int_equal(store_findings_open(s, &some, NULL), 0);
	for (i = 0; i < all.n; i++)
		n += strcmp(all.findings[i]->state, "closed") != 0;
	assert_int_equal(some.n, n);
	assert_true(n < all.n);
	for (i = 0; i < some.n; i++) {
		f = results_find(&all, some.findings[i]->id);
		assert_int_equal(some.findings[i]->brief, f->nevidence > 0);
		assert_int_equal(some.findings[i]->nevidence, 0);
	}
	assert_int_equal(store_findings_complete(s, some.findings, some.n,
			     &some.arena, NULL),
	    0);
	for (i = 0; i < some.n; i++) {
		f = results_find(&all, some.findings[i]->id);
		assert_non_null(f);
		assert_string_equal(f->state, some.findings[i]->state);
		assert_string_equal(f->case_id, some.findings[i]->case_id);
		assert_string_equal(f->entity, some.findings[i]->entity);
		assert_int_equal(f->backlog, some.findings[i]->backlog);
		assert_string_equal(f->reason, some.findings[i]->reason);
		check_evidence(f, some.findings[i]);
		assert_null(f->stored);
	}
	results_fini(&all);
	results_fini(&some);
	store_close(&s);
}

static void
test_refused(void **state)
{
	static const char *const sql[] = {
		"UPDATE findings SET body = 'x' WHERE id = 'f-0800'",
		"UPDATE findings SET body = '[]' WHERE id = 'f-1499'",
		("UPDATE findings SET body = (SELECT body FROM cases) "
		 "WHERE id = 'f-0000'"),
	};
	struct errmsg err = { "" };
	struct results rs;
	struct store *s;
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		s = open_store();
		results_init(&rs);
		for (k = 0; k < MANY; k++)
			find(&rs, k);
		save(s, &rs, 1);
		results_fini(&rs);
		assert_int_equal(sqldb_exec(store_db(s), sql[i], &err), 0);
		results_init(&rs);
		assert_int_equal(store_findings_open(s, &rs, &err), -1);
		assert_memory_equal(err.text, ":memory:: damaged: ", 19);
		results_fini(&rs);
		store_close(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_go_on),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
