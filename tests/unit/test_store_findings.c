#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "detect/cases.h"
#include "detect/findjson.h"
#include "sample_results.h"
#include "store/store_aliases.h"
#include "store/store_findings.h"
#include "store/store_labels.h"

static struct store *
open_store(void)
{
	struct errmsg err = { "" };
	struct store *s = NULL;

	if (store_open(&s, ":memory:", STORE_WRITE, &err) != 0)
		fail_msg("%s", err.text);
	return s;
}

/* One run of a small world ------------------------------------------------ */

/*
 * A finding for each capital letter of a word; "B2" is B with two calls.  A
 * and B are of one account, C of another, S is of a shadow rule.  Lower case
 * is nothing.
 */
static void
find(struct results *rs, const char *word)
{
	static const struct {
		char letter;
		const char *account;
		int score;
		enum finding_kind kind;
	} known[] = {
		{ 'A', "acme", 45, KIND_FINDING },
		{ 'B', "acme", 85, KIND_FINDING },
		{ 'C', "corp", 65, KIND_FINDING },
		{ 'D', "acme", 45, KIND_FINDING },
		{ 'S', "acme", 99, KIND_SHADOW },
	};
	struct finding *f;
	char name[2] = "";
	size_t i;

	for (; *word != '\0'; word++) {
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
			if (known[i].letter != *word)
				continue;
			name[0] = *word;
			f = sample_finding(rs, NULL,
			    arena_strdup(&rs->arena, name), "volume",
			    known[i].score, 0, "a reason");
			f->id = arena_printf(&rs->arena, "f-%s", name);
			f->kind = known[i].kind;
			f->entity = known[i].account;
			f->first_seen = sample_time(1, 13, 2, 0, 0);
			f->first_seen -= *word == 'D' ? 1000 : 0;
			/* D is A, begun earlier. */
			f->rule = *word == 'D' ? "A" : f->rule;
			f->last_seen = f->crossed_at = f->first_seen + 1000;
			f->calls.calls = word[1] == '2' ? 2 : 1;
		}
	}
}

struct outcome {
	struct store_changes changes;
	char cases[64];  /* entities of changes.cases, with a blank behind */
	char states[64]; /* of the findings in order, "A=new " */
};

static const char *
entity_of(const struct results *rs, const char *case_id)
{
	size_t i;

	for (i = 0; i < rs->ncases; i++)
		if (strcmp(rs->cases[i]->id, case_id) == 0)
			return rs->cases[i]->entity;
	fail_msg("no case %s", case_id);
	return NULL;
}

/* Find, make cases, save, commit; `stored` calls are new, `rules` in force. */
static struct outcome
run(struct store *s, const char *found, int stored, const char *rules,
    bool complete)
{
	struct outcome out = { .changes = { .why = NULL }, .cases = "" };
	struct errmsg err = { "" };
	struct results rs;
	struct case_end *ends = NULL;
	struct buf name;
	int64_t number = 0;
	size_t i, nends = 0;

	results_init(&rs);
	buf_init(&name);
	find(&rs, found);
	rs.run.tool = "test";
	rs.run.version = "1";
	rs.run.ruleset = rules;
	rs.run.counts.stored = stored;
	if (store_begin(s, &err) != 0 ||
	    store_run_next(s, sample_time(1, 14, 4, 10, 0), &number, &name,
		&err) != 0)
		fail_msg("%s", err.text);
	rs.run.id = name.data;
	if (store_aliases_note(s, &rs, NULL, number, &err) != 0 ||
	    store_labels_ends(s, &rs.arena, &ends, &nends, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(cases_make_after(&rs, ends, nends, NULL), 0);
	if (store_findings_save(s, &rs, number, complete, &out.changes, &err) !=
		0 ||
	    store_commit(s, &err) != 0)
		fail_msg("%s", err.text);
	for (i = 0; i < out.changes.ncases; i++) {
		(void)strcat(out.cases, entity_of(&rs, out.changes.cases[i]));
		(void)strcat(out.cases, " ");
	}
	buf_fini(&name);
	results_fini(&rs);
	return out;
}

/* What is in the store: "A=new B=updated | acme=open". */
static void
check_store(struct store *s, const char *want)
{
	struct errmsg err = { "" };
	struct results rs;
	struct buf got;
	const char *const ids[] = { "f-A", "f-B", "f-C", "f-S" };
	const struct finding *f;
	size_t i;

	results_init(&rs);
	buf_init(&got);
	if (store_findings_load(s, &rs, &err) != 0)
		fail_msg("%s", err.text);
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if ((f = results_find(&rs, ids[i])) != NULL)
			buf_addf(&got, "%s=%s ", f->id + 2, f->state);
	buf_addstr(&got, "|");
	for (i = 0; i < rs.ncases; i++)
		buf_addf(&got, " %s=%s", rs.cases[i]->entity,
		    rs.cases[i]->state);
	assert_string_equal(got.data, want);
	buf_fini(&got);
	results_fini(&rs);
}

static void
check_changes(const struct outcome *o, int added, int updated, int closed,
    const char *cases)
{
	assert_int_equal(o->changes.added, added);
	assert_int_equal(o->changes.updated, updated);
	assert_int_equal(o->changes.closed, closed);
	assert_string_equal(o->cases, cases);
}

/* Each row is a run over the same store. */
static const struct {
	const char *found;
	int stored;
	const char *rules;
	bool complete;
	int added, updated, closed;
	const char *cases, *store;
} nights[] = {
	{ "AB", 9, "one", true, 2, 0, 0, "acme ", "A=new B=new | acme=open" },
	/* Nothing came: nothing changes, but it is no news any more. */
	{ "AB", 0, "one", true, 0, 0, 0, "",
	    "A=updated B=updated | acme=open" },
	/* Calls came, of others. */
	{ "ABC", 1, "one", true, 1, 0, 0, "corp ",
	    "A=updated B=updated C=new | acme=open corp=open" },
	/* B has grown. */
	{ "AB2C", 1, "one", true, 0, 1, 0, "acme ",
	    "A=updated B=updated C=updated | acme=open corp=open" },
	/* What the rules do not find any more is closed. */
	{ "AB2", 0, "two", true, 0, 0, 1, "",
	    "A=updated B=updated C=closed | acme=open corp=closed" },
	{ "AB2", 0, "two", true, 0, 0, 0, "",
	    "A=updated B=updated C=closed | acme=open corp=closed" },
	/*
	 * Not all rules were asked: that closes nothing, but the case
	 * has only what was found, so it is the lesser one now.
	 */
	{ "A", 1, "two", false, 0, 0, 0, "",
	    "A=updated B=updated C=closed | corp=closed acme=open" },
	/* It comes back, just as it was. */
	{ "AB2C", 1, "two", true, 0, 1, 0, "corp ",
	    "A=updated B=updated C=updated | acme=open corp=open" },
	/* A shadow finding is one, but makes no case. */
	{ "AB2CS", 1, "two", true, 1, 0, 0, "",
	    "A=updated B=updated C=updated S=new | acme=open "
	    "corp=open" },
	/* New and grown at once, the worst case first. */
	{ "A2B2C2S", 1, "two", true, 0, 2, 0, "acme corp ",
	    "A=updated B=updated C=updated S=updated | acme=open "
	    "corp=open" },
	{ "", 1, "two", true, 0, 0, 4, "",
	    "A=closed B=closed C=closed S=closed | acme=closed "
	    "corp=closed" },
};

static void
test_states(void **state)
{
	struct store *s = open_store();
	struct outcome o;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(nights) / sizeof(nights[0]); i++) {
		o = run(s, nights[i].found, nights[i].stored, nights[i].rules,
		    nights[i].complete);
		check_changes(&o, nights[i].added, nights[i].updated,
		    nights[i].closed, nights[i].cases);
		check_store(s, nights[i].store);
	}
	store_close(&s);
}

/* What a run leaves as it is, it has not found for the first time. */
static void
test_staying_not_new(void **state)
{
	struct store *s = open_store();

	(void)state;
	(void)run(s, "AB", 2, "one", true);
	check_store(s, "A=new B=new | acme=open");
	(void)run(s, "AC", 1, "one", false);
	check_store(s, "A=updated B=updated C=new | corp=open acme=open");
	store_close(&s);
}

/* A closed finding keeps its case, and the case its findings. */
static void
test_closed_stay(void **state)
{
	struct store *s = open_store();
	struct errmsg err;
	struct results rs;
	const struct finding *f;
	size_t i;

	(void)state;
	(void)run(s, "ABC", 3, "one", true);
	(void)run(s, "A", 1, "one", true);
	results_init(&rs);
	assert_int_equal(store_findings_load(s, &rs, &err), 0);
	assert_int_equal(rs.n, 3);
	assert_int_equal(rs.ncases, 2);
	for (i = 0; i < rs.ncases; i++) {
		f = results_find(&rs, i == 0 ? "f-C" : "f-A");
		if (strcmp(rs.cases[i]->entity, f->entity) != 0)
			f = results_find(&rs, i == 0 ? "f-A" : "f-C");
		assert_string_equal(f->case_id, rs.cases[i]->id);
	}
	/* B is no part of its case any more, but names it. */
	f = results_find(&rs, "f-B");
	assert_string_equal(f->state, "closed");
	assert_string_equal(f->case_id, results_find(&rs, "f-A")->case_id);
	results_fini(&rs);
	store_close(&s);
}

/* "A1 B1 | acme1": by which run each was written last. */
static void
check_written(struct store *s, const char *want)
{
	struct sqlstmt *q;

	assert_int_equal(
	    sqldb_prepare(store_db(s), &q,
		"SELECT (SELECT group_concat(substr(id, 3) || run, ' ') FROM "
		"(SELECT id, run FROM findings ORDER BY id)) || ' | ' || "
		"(SELECT group_concat(json_extract(body, '$.entity.id') || "
		"run, ' ') FROM (SELECT body, run FROM cases ORDER BY score "
		"DESC, first_seen))",
		NULL),
	    0);
	assert_int_equal(sqlstmt_step(q, NULL), 1);
	assert_string_equal(sqlstmt_get_text(q, 0), want);
	sqlstmt_free(&q);
}

/* A night writes what it changed, not what the store has. */
static void
test_written(void **state)
{
	struct store *s = open_store();

	(void)state;
	(void)run(s, "AB", 9, "one", true);
	check_written(s, "A1 B1 | acme1");
	/* They are no longer new. */
	(void)run(s, "AB", 0, "one", true);
	check_written(s, "A2 B2 | acme1");
	(void)run(s, "ABC", 1, "one", true);
	check_written(s, "A2 B2 C3 | acme1 corp3");
	(void)run(s, "AB2C", 1, "one", true);
	check_written(s, "A2 B4 C4 | acme1 corp3");
	(void)run(s, "AB2C", 1, "one", true);
	check_written(s, "A2 B4 C4 | acme1 corp3");
	/* What closes is not found; what comes back is written anew. */
	(void)run(s, "AB2", 1, "one", true);
	(void)run(s, "AB2C", 1, "one", true);
	check_written(s, "A2 B4 C7 | acme1 corp7");
	store_close(&s);
}

/* "old=new ...|id: reason ..." of aliases and of what is closed. */
static void
check_closed(struct store *s, const char *want)
{
	struct sqlstmt *q;
	struct buf got;

	buf_init(&got);
	assert_int_equal(sqldb_prepare(store_db(s), &q,
			     "SELECT alias || '=' || id || ' ' FROM aliases "
			     "UNION ALL SELECT id || ': ' || reason || '; ' "
			     "FROM findings WHERE state = 'closed' ORDER BY 1",
			     NULL),
	    0);
	while (sqlstmt_step(q, NULL) == 1)
		buf_addstr(&got, sqlstmt_get_text(q, 0));
	sqlstmt_free(&q);
	assert_string_equal(got.data != NULL ? got.data : "", want);
	buf_fini(&got);
}

/* Why it is closed; and what begins earlier is what it was, renamed. */
static void
test_reasons(void **state)
{
	struct store *s = open_store();

	(void)state;
	(void)run(s, "ABC", 3, "one", true);
	check_closed(s, "");
	(void)run(s, "AB", 1, "one", true);
	check_closed(s, "f-C: calls came that change it; ");
	(void)run(s, "A", 1, "two", true);
	check_closed(s, "f-B: the rules, lists or waivers changed; "
			"f-C: calls came that change it; ");
	/* D is of the rule and group of A, and begins a second before. */
	(void)run(s, "D", 1, "two", true);
	check_closed(s, "f-A: it is f-D now; f-A=f-D "
			"f-B: the rules, lists or waivers changed; "
			"f-C: calls came that change it; ");
	(void)run(s, "A", 1, "two", true);
	check_closed(s,
	    "f-B: the rules, lists or waivers changed; "
	    "f-C: calls came that change it; f-D: it is f-A now; f-D=f-A ");
	store_close(&s);
}

/* The states of the cases of acme, worst first; `say` is said of each. */
static void
check_said(struct store *s, const char *want, const char *say)
{
	struct label l = { .note = "", .user = "" };
	struct results rs;
	struct buf got;
	size_t i;

	results_init(&rs);
	buf_init(&got);
	assert_int_equal(store_findings_load(s, &rs, NULL), 0);
	for (i = 0; i < rs.ncases; i++) {
		if (strcmp(rs.cases[i]->entity, "acme") != 0)
			continue;
		buf_addf(&got, "%s ", rs.cases[i]->state);
		l.target = rs.cases[i]->id;
		if (say == NULL)
			continue;
		l.word = (enum label_word)label_parse(say);
		assert_int_equal(store_labels_add(s, &l, NULL), 0);
	}
	assert_string_equal(got.data, want);
	buf_fini(&got);
	results_fini(&rs);
}

/*
 * What a person said holds until something new comes to what the case had;
 * what else comes is another case.
 */
static void
test_said(void **state)
{
	static const struct {
		const char *found, *say, *want;
	} said[] = {
		{ "A", "fraud", "open " },
		{ "A", NULL, "fraud " },
		{ "AC", NULL, "fraud " },
		{ "ABC", "close", "open fraud " },
		{ "ABC", NULL, "closed closed " },
		{ "C", NULL, "closed closed " },
		{ "ABC", "ack", "closed closed " },
		{ "ABC", NULL, "acknowledged acknowledged " },
		{ "AB2C", NULL, "open acknowledged " },
		{ "AB2C", NULL, "open acknowledged " },
		{ "ABC", NULL, "acknowledged acknowledged " },
	};
	struct store *s = open_store();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		(void)run(s, said[i].found, 1, "one", true);
		check_said(s, said[i].want, said[i].say);
	}
	store_close(&s);
}

/* Load equals save -------------------------------------------------------- */

static void
write_all(const struct results *rs, struct buf *out)
{
	struct jsonout j;
	size_t i;

	jsonout_init(&j, out, false);
	for (i = 0; i < rs->n; i++) {
		findjson_finding(&j, rs->findings[i], &rs->run);
		buf_addch(out, '\n');
	}
	for (i = 0; i < rs->ncases; i++) {
		findjson_case(&j, rs->cases[i]);
		buf_addch(out, '\n');
	}
	findjson_run(&j, &rs->run);
}

/* What a rule found before a moment, and is not closed. */
static void
test_before(void **state)
{
	static const struct {
		const char *rule;
		int64_t after; /* the last call of A and of B, in ms */
		const char *found;
	} rows[] = {
		{ "A", 1, "f-A" },
		{ "A", 0, "" },
		{ "B", 1, "f-B" },
		{ "C", 1, "" },
		{ "Z", 1, "" },
	};
	const int64_t last = sample_time(1, 13, 2, 0, 0) + 1000;
	struct store *s = open_store();
	struct errmsg err = { "" };
	struct results rs;
	size_t i;

	(void)state;
	(void)run(s, "ABC", 3, "one", true);
	(void)run(s, "AB", 1, "one", true);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		results_init(&rs);
		assert_int_equal(store_findings_before(s, &rs, rows[i].rule,
				     INT64_MIN, last + rows[i].after, &err),
		    0);
		assert_string_equal(rs.n > 0 ? rs.findings[0]->id : "",
		    rows[i].found);
		assert_int_equal(rs.n, rows[i].found[0] != '\0');
		results_fini(&rs);
	}
	store_close(&s);
}

static void
test_load_equals_save(void **state)
{
	static void (*const samples[])(struct results *) = { sample_night,
		sample_clear, sample_hostile, sample_currencies };
	struct store_changes changes = { .why = NULL };
	struct results in, out;
	struct buf want, got;
	struct errmsg err = { "" };
	struct store *s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		s = open_store();
		results_init(&in);
		results_init(&out);
		buf_init(&want);
		buf_init(&got);
		samples[i](&in);
		results_sort(&in);
		if (in.run.ruleset == NULL)
			in.run.ruleset = "xxh128:0";
		if (store_findings_save(s, &in, 1, true, &changes, &err) != 0 ||
		    store_findings_load(s, &out, &err) != 0)
			fail_msg("%s", err.text);
		write_all(&in, &want);
		write_all(&out, &got);
		assert_string_equal(got.data, want.data);
		buf_fini(&want);
		buf_fini(&got);
		results_fini(&in);
		results_fini(&out);
		store_close(&s);
	}
}

/* Members -------------------------------------------------------------------- */

/* Two calls, of which the second has no cost. */
static void
find_with_members(struct results *rs)
{
	static const struct call_ref members[] = {
		{ .start = -5,
		    .key = UINT64_MAX,
		    .source = 7,
		    .duration = 1500,
		    .cost = -250000,
		    .currency = "USD" },
		{ .start = 1768266669123,
		    .key = 3,
		    .source = UINT64_C(1) << 63,
		    .duration = 0 },
	};
	struct finding *f =
	    sample_finding(rs, NULL, "A", "volume", 45, 0, "a reason");

	f->id = "f-A";
	f->kind = KIND_FINDING;
	f->calls = sample_tally(rs, 2, 1, "USD", -250000);
	f->members = members;
	f->nmembers = 2;
	rs->run.ruleset = "xxh128:0";
	rs->run.id = "r-1";
	rs->run.tool = "cdrscan";
	rs->run.version = "1";
}

/* What a store keeps, so that a call of two cases is told once. */
static void
test_members(void **state)
{
	struct store *s = open_store();
	struct store_changes changes = { .why = NULL };
	struct call_ref a, b;
	struct results in, out;
	struct errmsg err = { "" };
	size_t i;

	(void)state;
	results_init(&in);
	results_init(&out);
	find_with_members(&in);
	if (store_findings_save(s, &in, 1, true, &changes, &err) != 0 ||
	    store_findings_load(s, &out, &err) != 0)
		fail_msg("%s", err.text);
	assert_int_equal(out.n, 1);
	assert_int_equal(out.findings[0]->nmembers, 2);
	for (i = 0; i < 2; i++) {
		a = finding_member(in.findings[0], i);
		b = finding_member(out.findings[0], i);
		assert_int_equal(call_ref_compare(&a, &b), 0);
		assert_int_equal(b.duration, a.duration);
		assert_int_equal(b.cost, a.cost);
	}
	assert_string_equal(finding_member(out.findings[0], 0).currency, "USD");
	assert_null(finding_member(out.findings[0], 1).currency);
	results_fini(&out);
	/* A store of before has none: they are unknown, and no damage. */
	results_init(&out);
	assert_int_equal(sqldb_exec(store_db(s), "DELETE FROM packed_members",
			     &err),
	    0);
	assert_int_equal(store_findings_load(s, &out, &err), 0);
	assert_int_equal(out.findings[0]->nmembers, 0);
	results_fini(&in);
	results_fini(&out);
	store_close(&s);
}

/* Rates were changed: the same calls, at another price. */
static void
test_members_priced_anew(void **state)
{
	const struct amount both[] = { { "EUR", 1000 }, { "USD", 2000 } };
	const struct call_ref first[] = {
		{ .start = 1, .key = 1, .cost = 1000, .currency = "EUR" },
		{ .start = 2, .key = 2, .cost = 2000, .currency = "USD" },
	};
	const struct call_ref second[] = {
		{ .start = 1, .key = 1, .cost = 500, .currency = "USD" },
		{ .start = 2, .key = 2, .cost = 2000, .currency = "USD" },
	};
	struct store *s = open_store();
	struct store_changes changes = { .why = NULL };
	struct results in, out;
	struct errmsg err = { "" };
	struct call_ref got;
	int64_t run;
	size_t i;

	(void)state;
	for (run = 1; run <= 2; run++) {
		results_init(&in);
		results_init(&out);
		find_with_members(&in);
		in.findings[0]->members = run == 1 ? first : second;
		in.findings[0]->calls = sample_tally(&in, 2, 0, "USD", 2500);
		if (run == 1) {
			in.findings[0]->calls.money = both;
			in.findings[0]->calls.nmoney = 2;
		}
		if (store_findings_save(s, &in, run, true, &changes, &err) !=
			0 ||
		    store_findings_load(s, &out, &err) != 0)
			fail_msg("%s", err.text);
		for (i = 0; i < 2; i++) {
			got = finding_member(out.findings[0], i);
			assert_int_equal(got.cost,
			    in.findings[0]->members[i].cost);
			assert_string_equal(got.currency,
			    in.findings[0]->members[i].currency);
		}
		results_fini(&in);
		results_fini(&out);
	}
	store_close(&s);
}

static void
test_members_refused(void **state)
{
	/* As stores of schema 5 have them: two calls, the first before 1970. */
#define AS_ROWS                                                       \
	"DELETE FROM packed_members;"                                 \
	"INSERT INTO members VALUES ('f-A', 1000, 1, 2, 3, 4, 0, 0);" \
	"INSERT INTO members VALUES ('f-A', -5, 1, 2, 3, 4, 1, 0);"
	static const char *const damages[] = {
		/* one call too few, a currency that is none */
		AS_ROWS "DELETE FROM members WHERE start > 0",
		AS_ROWS "UPDATE members SET money = 2 WHERE start < 0",
		"UPDATE packed_members SET calls = 1",
		"UPDATE packed_members SET calls = 0",
		"UPDATE packed_members SET calls = calls << 60",
		"UPDATE packed_members SET data = x''",
		"UPDATE packed_members SET data = CAST(data || x'00' AS BLOB)",
	};
	struct store_changes changes = { .why = NULL };
	struct results in, out;
	struct errmsg err = { "" };
	struct store *s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		s = open_store();
		results_init(&in);
		results_init(&out);
		find_with_members(&in);
		assert_int_equal(store_findings_save(s, &in, 1, true, &changes,
				     &err),
		    0);
		if (sqldb_exec(store_db(s), damages[i], &err) != 0)
			fail_msg("%s", err.text);
		assert_int_equal(store_findings_load(s, &out, &err), -1);
		assert_string_equal(err.text,
		    ":memory:: damaged: finding 'f-A' has other calls than it "
		    "says");
		results_fini(&in);
		results_fini(&out);
		store_close(&s);
	}
}

static void
test_runs(void **state)
{
	struct store *s = open_store();
	struct errmsg err;
	struct results rs;
	struct buf name;
	int64_t number;

	(void)state;
	results_init(&rs);
	assert_int_equal(store_findings_load(s, &rs, &err), 1);
	assert_int_equal(rs.n + rs.ncases, 0);
	buf_init(&name);
	assert_int_equal(store_run_next(s, 0, &number, &name, &err), 0);
	assert_int_equal(number, 1);
	assert_string_equal(name.data, "r-19700101-0000-1");
	/* As long as none is saved it is the next one. */
	buf_reset(&name);
	assert_int_equal(store_run_next(s, sample_time(12, 31, 23, 59, 59),
			     &number, &name, &err),
	    0);
	assert_string_equal(name.data, "r-20261231-2359-1");
	(void)run(s, "", 0, "one", true);
	(void)run(s, "A", 0, "one", true);
	buf_reset(&name);
	assert_int_equal(store_run_next(s, 0, &number, &name, &err), 0);
	assert_int_equal(number, 3);
	/* The last one is told. */
	assert_int_equal(store_findings_load(s, &rs, &err), 0);
	assert_string_equal(rs.run.id, "r-20260114-0410-2");
	assert_true(rs.run.complete);
	buf_fini(&name);
	results_fini(&rs);
	store_close(&s);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *sql, *words;
	} cases[] = {
		{ "UPDATE findings SET body = 'x'", "damaged: " },
		{ "UPDATE findings SET body = '{\"schema\":\"cdr.x/1\"}'",
		    "damaged: unknown schema 'cdr.x/1'" },
		{ "UPDATE findings SET body = '[]'", "damaged: " },
		{ "UPDATE cases SET body = ''", "damaged: " },
		{ "UPDATE findings SET body = (SELECT body FROM cases)",
		    "findings, cases and runs are mixed up" },
		{ "UPDATE cases SET body = (SELECT body FROM runs)",
		    "findings, cases and runs are mixed up" },
		{ "UPDATE runs SET body = (SELECT body FROM findings)",
		    "findings, cases and runs are mixed up" },
	};
	struct errmsg err;
	struct results rs;
	struct store *s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		s = open_store();
		(void)run(s, "A", 1, "one", true);
		assert_int_equal(sqldb_exec(store_db(s), cases[i].sql, &err),
		    0);
		results_init(&rs);
		assert_int_equal(store_findings_load(s, &rs, &err), -1);
		if (strncmp(err.text, ":memory:: damaged: ", 19) != 0 ||
		    strstr(err.text, cases[i].words) == NULL)
			fail_msg("%s", err.text);
		results_fini(&rs);
		store_close(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_staying_not_new),
		cmocka_unit_test(test_closed_stay),
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_said),
		cmocka_unit_test(test_before),
		cmocka_unit_test(test_load_equals_save),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_members_priced_anew),
		cmocka_unit_test(test_members_refused),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
