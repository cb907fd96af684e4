#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "memstore.h"
#include "store/store_aliases.h"
#include "store/store_labels.h"

static int64_t number;

static void
sql(const char *text)
{
	struct errmsg err = { "" };

	if (sqldb_exec(store_db(store), text, &err) != 0)
		fail_msg("%s", err.text);
}

/*
 * A run finds "a1-4 b2-2": group a from 1 to 4 and b at 2; ids are the same
 * words without the end, as the real ones.
 */
static void
find(const char *words)
{
	static const char *const fields[] = { "account" };
	char group[2] = "", insert[300], hex[HASH_HEX];
	struct results rs;
	struct finding *f;
	const char *value;
	size_t i;

	results_init(&rs);
	for (number++; *words != '\0'; words += 4 + (words[4] != '\0')) {
		f = results_finding(&rs);
		group[0] = *words;
		value = arena_strdup(&rs.arena, group);
		f->id = arena_strndup(&rs.arena, words, 2);
		f->rule = "r";
		f->group_fields = fields;
		f->group_values =
		    arena_memdup(&rs.arena, &value, sizeof(value));
		f->ngroup = 1;
		f->first_seen = words[1] - '0';
		f->last_seen = words[3] - '0';
	}
	assert_int_equal(store_aliases_note(store, &rs, NULL, number, NULL), 0);
	/* Once more is the same. */
	assert_int_equal(store_aliases_note(store, &rs, NULL, number, NULL), 0);
	sql("UPDATE findings SET state = 'closed'");
	for (i = 0; i < rs.n; i++) {
		f = rs.findings[i];
		store_subject(f, hex);
		(void)snprintf(insert, sizeof(insert),
		    "INSERT OR REPLACE INTO findings (id, state, rule, score, "
		    "first_seen, last_seen, hash, run, body, subject) VALUES "
		    "('%s', 'new', 'r', 1, %d, %d, '', %d, '', '%s')",
		    f->id, (int)f->first_seen, (int)f->last_seen, (int)number,
		    hex);
		sql(insert);
	}
	assert_int_equal(store_aliases_settle(store, number, NULL), 0);
	results_fini(&rs);
}

static void
say(const char *target, enum label_word word)
{
	const struct label l = { target, word, "", "anna", 1 };

	assert_int_equal(store_labels_add(store, &l, NULL), 0);
}

/* "a1=a0 ..." */
static void
check(const char *want)
{
	struct sqlstmt *q;
	struct buf got;

	buf_init(&got);
	assert_int_equal(sqldb_prepare(store_db(store), &q,
			     "SELECT alias || '=' || id || ' ' FROM aliases "
			     "ORDER BY alias, id",
			     NULL),
	    0);
	while (sqlstmt_step(q, NULL) == 1)
		buf_addstr(&got, sqlstmt_get_text(q, 0));
	sqlstmt_free(&q);
	assert_string_equal(got.data != NULL ? got.data : "", want);
	buf_fini(&got);
}

static const char *
label_of(const char *finding)
{
	enum label_word w;
	int r = store_labels_of(store, finding, &w, NULL);

	assert_true(r >= 0);
	return r == 1 ? label_name(w) : "";
}

static int
open_store(void **state)
{
	number = 0;
	return memstore_open(state);
}

static void
test_renamed(void **state)
{
	(void)state;
	find("a3-5 b3-3");
	check("");
	say("a3", LABEL_BENIGN);
	find("a2-5 b3-3");
	check("a3=a2 ");
	assert_string_equal(label_of("a2"), "benign");
	find("a1-6 b3-3");
	check("a2=a1 a3=a1 ");
	assert_string_equal(label_of("a1"), "benign");
	say("a3", LABEL_FRAUD);
	assert_string_equal(label_of("a1"), "fraud");
	/* It is again what it was. */
	find("a3-5 b3-3");
	check("a1=a3 a2=a3 ");
	assert_string_equal(label_of("a3"), "fraud");
	/* Another episode is another finding, nothing of the old one. */
	find("a7-8 b3-3");
	assert_string_equal(label_of("a7"), "");
}

static void
test_merged(void **state)
{
	(void)state;
	find("a1-2 a4-5 a7-8");
	say("a1", LABEL_BENIGN);
	say("a4", LABEL_UNSURE);
	find("a1-5 a7-8");
	check("a4=a1 ");
	assert_string_equal(label_of("a1"), "unsure");
	say("a7", LABEL_FRAUD);
	find("a0-8");
	check("a1=a0 a4=a0 a7=a0 ");
	assert_string_equal(label_of("a0"), "fraud");
	/* What is said of it now is of it, and not of what it was. */
	say("a0", LABEL_BENIGN);
	assert_string_equal(label_of("a0"), "benign");
	find("a1-8");
	assert_string_equal(label_of("a1"), "benign");
}

static void
test_split(void **state)
{
	(void)state;
	find("a1-9 b1-9");
	say("a1", LABEL_FRAUD);
	say("b1", LABEL_UNSURE);
	/* Under two new ids, or with the old one as the first part. */
	find("a2-4 a6-9 b1-3 b5-9");
	check("a1=a2 a1=a6 b1=b5 ");
	assert_string_equal(label_of("a2"), "fraud");
	assert_string_equal(label_of("a6"), "fraud");
	assert_string_equal(label_of("b1"), "unsure");
	assert_string_equal(label_of("b5"), "unsure");
	/* Still so in the nights after. */
	find("a2-4 a6-9 b1-3 b5-9");
	assert_string_equal(label_of("a6"), "fraud");
	assert_string_equal(label_of("b5"), "unsure");
	say("b1", LABEL_BENIGN);
	assert_string_equal(label_of("b5"), "unsure");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_store, memstore_close)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_renamed),
		TEST(test_merged),
		TEST(test_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
