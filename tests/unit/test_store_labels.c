#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "store/store_aliases.h"
#include "store/store_labels.h"

static struct store *store;

/* A case with two findings, one of which is closed; and what aliases there. */
static int
set_up(void **state)
{
	(void)state;
	if (store_open(&store, ":memory:", STORE_WRITE, NULL) != 0)
		return -1;
	return sqldb_exec(store_db(store),
	    "INSERT INTO cases VALUES ('c-1', 'open', 50, 1, 2, 1, '{}');"
	    "INSERT INTO findings (id, case_id, state, rule, score, first_seen,"
	    " last_seen, hash, run, body) VALUES "
	    "('f-1', 'c-1', 'new', 'r', 50, 1, 2, 'h', 1, '{}'),"
	    "('f-2', 'c-1', 'updated', 'r', 50, 1, 2, 'h', 1, '{}'),"
	    "('f-3', 'c-1', 'closed', 'r', 50, 1, 2, 'h', 1, '{}');"
	    "INSERT INTO aliases (alias, id, run) VALUES ('f-old', 'f-1', 2),"
	    "('f-older', 'f-old', 1), ('f-both', 'f-1', 2), "
	    "('f-both', 'f-2', 2)",
	    NULL);
}

static int
tear_down(void **state)
{
	(void)state;
	store_close(&store);
	return 0;
}

static int
say(const char *target, enum label_word word, const char *note)
{
	static int64_t at;
	const struct label l = { target, word, note, "anna", ++at };

	return store_labels_add(store, &l, NULL);
}

/* The label of a finding, "" if it has none. */
static const char *
label_of(const char *finding)
{
	enum label_word w;
	int r = store_labels_of(store, finding, &w, NULL);

	assert_true(r >= 0);
	return r == 1 ? label_name(w) : "";
}

static void
check_case(const char *want)
{
	struct sqlstmt *q;

	assert_int_equal(sqldb_prepare(store_db(store), &q,
			     "SELECT state FROM cases", NULL),
	    0);
	assert_int_equal(sqlstmt_step(q, NULL), 1);
	assert_string_equal(sqlstmt_get_text(q, 0), want);
	sqlstmt_free(&q);
}

static void
test_names(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < LABEL_WORDS; i++)
		assert_int_equal(label_parse(label_name((enum label_word)i)),
		    i);
	assert_int_equal(label_parse("Fraud"), -1);
	assert_int_equal(label_parse(""), -1);
}

/* What was said last counts; that of a case is that of its findings. */
static void
test_case(void **state)
{
	static const struct {
		enum label_word word;
		const char *state, *label;
	} said[] = {
		{ LABEL_NOTE, "open", "" },
		{ LABEL_ACK, "acknowledged", "" },
		{ LABEL_FRAUD, "fraud", "fraud" },
		{ LABEL_NOTE, "fraud", "fraud" },
		{ LABEL_BENIGN, "benign", "benign" },
		{ LABEL_UNSURE, "open", "unsure" },
		{ LABEL_CLOSE, "closed", "unsure" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		assert_int_equal(say("c-1", said[i].word, "why"), 0);
		check_case(said[i].state);
		assert_string_equal(label_of("f-1"), said[i].label);
		assert_string_equal(label_of("f-2"), said[i].label);
		assert_string_equal(label_of("f-3"), "");
	}
	/* One finding may be another thing than its case. */
	assert_int_equal(say("f-2", LABEL_BENIGN, ""), 0);
	assert_string_equal(label_of("f-2"), "benign");
	assert_string_equal(label_of("f-1"), "unsure");
	check_case("closed");
}

static void
sql(const char *text)
{
	assert_int_equal(sqldb_exec(store_db(store), text, NULL), 0);
}

/* What is said of an old id is said of all that it is now. */
static void
test_aliases(void **state)
{
	(void)state;
	assert_int_equal(say("f-older", LABEL_BENIGN, ""), 0);
	assert_string_equal(label_of("f-1"), "benign");
	assert_string_equal(label_of("f-2"), "");
	assert_int_equal(say("f-both", LABEL_UNSURE, ""), 0);
	assert_string_equal(label_of("f-1"), "unsure");
	assert_string_equal(label_of("f-2"), "unsure");
	/* A closed one that became nothing is itself. */
	assert_int_equal(say("f-3", LABEL_FRAUD, ""), 0);
	assert_string_equal(label_of("f-3"), "fraud");
}

/* Of several that became one: fraud, unsure, benign; then the last word. */
static void
test_merged(void **state)
{
	(void)state;
	assert_int_equal(say("f-1", LABEL_UNSURE, ""), 0);
	sql("UPDATE aliases SET word = 'benign', upto = 1 WHERE id = 'f-1'");
	assert_string_equal(label_of("f-1"), "unsure");
	sql("UPDATE aliases SET word = 'fraud' WHERE alias = 'f-both'");
	assert_string_equal(label_of("f-1"), "fraud");
	assert_string_equal(label_of("f-2"), "fraud");
	assert_int_equal(say("f-1", LABEL_BENIGN, ""), 0);
	assert_string_equal(label_of("f-1"), "benign");
	assert_string_equal(label_of("f-2"), "fraud");
}

/* "c-1: f-1 f-2; ..." of the cases that were ended. */
static void
check_ends(const char *want)
{
	struct arena arena = { NULL };
	struct case_end *ends = NULL;
	struct buf got;
	size_t i, k, n;

	buf_init(&got);
	assert_int_equal(store_labels_ends(store, &arena, &ends, &n, NULL), 0);
	for (i = 0; i < n; i++) {
		buf_addf(&got, "%s:", ends[i].case_id);
		for (k = 0; k < ends[i].n; k++)
			buf_addf(&got, " %s", ends[i].findings[k]);
		buf_addstr(&got, "; ");
	}
	assert_string_equal(got.data != NULL ? got.data : "", want);
	buf_fini(&got);
	arena_fini(&arena);
}

/* A label and a close end a case, with what it had and what that became. */
static void
test_ends(void **state)
{
	(void)state;
	(void)say("c-1", LABEL_ACK, "");
	(void)say("c-1", LABEL_UNSURE, "");
	(void)say("f-1", LABEL_FRAUD, "");
	check_ends("");
	(void)say("c-1", LABEL_CLOSE, "");
	check_ends("c-1: f-1 f-2; ");
	sql("INSERT INTO aliases (alias, id, run) VALUES ('f-2', 'f-4', 2),"
	    "('f-4', 'f-5', 3)");
	(void)say("c-1", LABEL_BENIGN, "");
	check_ends("c-1: f-1 f-2 f-4 f-5; c-1: f-1 f-2 f-4 f-5; ");
}

/* A run finds the first `n` findings of the case. */
static void
find_again(size_t n)
{
	static const char *const ids[] = { "f-1", "f-2", "f-3" };
	struct results rs;
	struct finding *f;
	size_t i;

	results_init(&rs);
	for (i = 0; i < n; i++) {
		f = results_finding(&rs);
		f->id = ids[i];
		f->rule = "rule";
	}
	assert_int_equal(store_aliases_note(store, &rs, NULL, 9, NULL), 0);
	results_fini(&rs);
}

/* What was said holds until there are more calls, more score, or another. */
static void
test_state(void **state)
{
	static const struct {
		const char *change, *want;
	} changes[] = {
		{ "UPDATE findings SET state = 'updated' WHERE id <> 'f-3'",
		    "fraud" },
		{ "UPDATE findings SET extent = 'x', calls = 6 WHERE id = "
		  "'f-1'",
		    "open" },
		{ "UPDATE findings SET calls = 4 WHERE id = 'f-1'", "fraud" },
		{ "UPDATE findings SET score = 51 WHERE id = 'f-2'", "open" },
		{ "UPDATE findings SET score = 49 WHERE id = 'f-2'", "fraud" },
		{ "UPDATE findings SET state = 'new' WHERE id = 'f-3'",
		    "open" },
		{ "INSERT INTO aliases (alias, id, run) VALUES "
		  "('f-2', 'f-3', 2)",
		    "fraud" },
	};
	const char *is;
	size_t i;

	(void)state;
	sql("UPDATE findings SET extent = id, calls = 5");
	(void)say("c-1", LABEL_FRAUD, "");
	find_again(2);
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		if (i == 5) {
			find_again(3);
			sql("UPDATE findings SET extent = 'f-2'");
		}
		sql(changes[i].change);
		assert_int_equal(store_labels_state(store, "c-1", &is, NULL),
		    0);
		if (strcmp(is, changes[i].want) != 0)
			fail_msg("change %zu: %s", i, is);
	}
	assert_int_equal(store_labels_state(store, "c-9", &is, NULL), 0);
	assert_string_equal(is, "open");
}

/* Of what more is said than words. */
static void
test_targets(void **state)
{
	struct intern *targets = intern_new();

	(void)state;
	assert_int_equal(say("f-2", LABEL_NOTE, "looked at it"), 0);
	assert_int_equal(say("c-1", LABEL_ACK, ""), 0);
	assert_int_equal(say("c-1", LABEL_NOTE, "at it"), 0);
	assert_int_equal(say("f-3", LABEL_FRAUD, ""), 0);
	assert_int_equal(store_labels_targets(store, targets, NULL), 0);
	assert_int_equal(intern_count(targets), 3); /* and the empty one */
	assert_int_equal(intern_find(targets, "f-2", 3), INTERN_NONE);
	assert_int_not_equal(intern_find(targets, "c-1", 3), INTERN_NONE);
	assert_int_not_equal(intern_find(targets, "f-3", 3), INTERN_NONE);
	intern_free(&targets);
}

/* Which calls are fraud, by what is found and what is left in the store. */
static void
test_fraud(void **state)
{
	struct call_refs refs = { .list = NULL };
	struct call_ref call = { .start = 7 };
	struct results rs;
	struct finding *f;

	(void)state;
	sql("INSERT INTO members VALUES ('f-1', 1, 2, 3, 0, 0, 0, 0),"
	    "('f-1', 2, 2, 3, 0, 0, 0, 0), ('f-2', 3, 2, 3, 0, 0, 0, 0),"
	    "('f-3', 4, 2, 3, 0, 0, 0, 0)");
	assert_int_equal(store_labels_fraud(store, NULL, &refs, NULL), 0);
	assert_int_equal(refs.n, 0);
	(void)say("f-1", LABEL_FRAUD, "");
	(void)say("f-3", LABEL_FRAUD, "");
	(void)say("f-2", LABEL_BENIGN, "");
	assert_int_equal(store_labels_fraud(store, NULL, &refs, NULL), 0);
	assert_int_equal(refs.n, 3);
	assert_int_equal(refs.list[2].start, 4);
	/* f-1 has another call in this run; f-3 is as it was. */
	results_init(&rs);
	f = results_finding(&rs);
	f->id = "f-1";
	f->members = &call;
	f->nmembers = 1;
	assert_int_equal(store_labels_fraud(store, &rs, &refs, NULL), 0);
	assert_int_equal(refs.n, 2);
	assert_int_equal(refs.list[0].start, 4);
	assert_int_equal(refs.list[1].start, 7);
	/* What became another finding has that one's calls and label. */
	sql("INSERT INTO aliases (alias, id, run) VALUES ('f-3', 'f-1', 2)");
	assert_int_equal(store_labels_fraud(store, &rs, &refs, NULL), 0);
	assert_int_equal(refs.n, 1);
	assert_int_equal(store_labels_fraud(store, NULL, &refs, NULL), 0);
	assert_int_equal(refs.n, 2);
	call_refs_fini(&refs);
	results_fini(&rs);
}

static void
test_load(void **state)
{
	struct arena arena = { NULL };
	struct label *list;
	size_t n;

	(void)state;
	assert_int_equal(store_labels_load(store, NULL, &arena, &list, &n,
			     NULL),
	    0);
	assert_int_equal(n, 0);
	(void)say("c-1", LABEL_FRAUD, "called them");
	(void)say("f-2", LABEL_BENIGN, "");
	assert_int_equal(store_labels_load(store, NULL, &arena, &list, &n,
			     NULL),
	    0);
	assert_int_equal(n, 2);
	assert_string_equal(list[0].target, "c-1");
	assert_string_equal(list[0].note, "called them");
	assert_string_equal(list[0].user, "anna");
	assert_int_equal(list[0].word, LABEL_FRAUD);
	assert_string_equal(list[1].target, "f-2");
	assert_true(list[1].at > list[0].at);
	assert_int_equal(store_labels_load(store, "f-2", &arena, &list, &n,
			     NULL),
	    0);
	assert_int_equal(n, 2);
	assert_int_equal(list[0].word, LABEL_FRAUD);
	assert_int_equal(list[1].word, LABEL_BENIGN);
	arena_fini(&arena);
}

static void
test_refused(void **state)
{
	const struct label l = { "f-1", LABEL_ACK, "", "", 1 };
	struct errmsg err = { "" };

	(void)state;
	assert_int_equal(say("c-2", LABEL_FRAUD, ""), 1);
	assert_int_equal(say("f-9", LABEL_NOTE, ""), 1);
	assert_int_equal(say("", LABEL_NOTE, ""), 1);
	assert_int_equal(say("f-1", LABEL_CLOSE, ""), -1);
	assert_int_equal(store_labels_add(store, &l, &err), -1);
	assert_string_equal(err.text, "'f-1' is a finding, not a case");
	check_case("open");
}

/* What is said of a case that was merged would be said of nothing. */
static void
test_of_merged(void **state)
{
	const struct label l = { "c-0", LABEL_ACK, "", "", 1 };
	struct errmsg err = { "" };
	struct label *list = NULL;
	struct arena arena = { 0 };
	size_t n;
	int i;

	(void)state;
	sql("INSERT INTO cases VALUES ('c-0', 'closed', 50, 1, 2, 1,"
	    " '{\"findings\":[\"f-2\"]}')");
	for (i = 0; i < LABEL_WORDS; i++)
		assert_int_equal(say("c-0", (enum label_word)i, ""), -1);
	assert_int_equal(store_labels_add(store, &l, &err), -1);
	assert_string_equal(err.text, "case c-0 is merged into c-1: nothing "
				      "can be said of it any more");
	assert_int_equal(store_labels_load(store, NULL, &arena, &list, &n,
			     NULL),
	    0);
	assert_int_equal(n, 0);
	arena_fini(&arena);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_names),
		TEST(test_case),
		TEST(test_aliases),
		TEST(test_merged),
		TEST(test_ends),
		TEST(test_state),
		TEST(test_targets),
		TEST(test_fraud),
		TEST(test_load),
		TEST(test_refused),
		TEST(test_of_merged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
