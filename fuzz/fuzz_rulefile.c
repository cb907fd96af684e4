/*
 * rulefile, ruletest: a file of rules is taken or every problem of it has a
 * place; what is taken can be linted, read again to the same rules, and
 * tested with the tests that it brings.
 */
#include <assert.h>
#include <string.h>

#include "detect/ruletest.h"
#include "fuzz/fuzz.h"
#include "rule/rulefile.h"

static void
check_rules(const struct ruleset *rs)
{
	const struct rule *r;
	size_t i;

	assert(strlen(rs->hash) == HASH_HEX - 1);
	for (i = 0; i < rs->n; i++) {
		r = rs->rules[i];
		assert(ruleset_find(rs, r->id) == r);
		assert(i == 0 || strcmp(rs->rules[i - 1]->id, r->id) < 0);
		assert(strlen(r->hash) == HASH_HEX - 1);
		assert(r->score >= 0 && r->score <= 100 && r->line >= 1);
	}
}

static void
check_tests(const struct ruleset *rs)
{
	struct ruletest_report rep;
	struct notes notes;
	struct errmsg err;

	notes_init(&notes);
	ruletest_init(&rep);
	if (ruletest_run(rs, NULL, &rep, &notes, &err) == 0)
		assert(rep.passed + rep.failed + rep.todo == rep.n);
	else
		fuzz_check_words(err.text);
	ruletest_fini(&rep);
	notes_fini(&notes);
}

static void
check_again(const struct ruleset *rs, const char *path)
{
	struct ruleset again;
	struct notes notes;
	int rc;

	ruleset_init(&again);
	notes_init(&notes);
	rc = rulefile_load(&again, &path, 1, NULL, 0, &notes);
	assert(rc == 0 && again.n == rs->n);
	assert(strcmp(again.hash, rs->hash) == 0);
	notes_fini(&notes);
	ruleset_fini(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_input in = { (const char *)data, size };
	struct fuzz_file f;
	struct ruleset rs;
	struct notes notes;
	const char *path;
	int rc;

	fuzz_file_begin(&f, data, size);
	path = f.path;
	ruleset_init(&rs);
	notes_init(&notes);
	rc = rulefile_load(&rs, &path, 1, NULL, 0, &notes);
	fuzz_check_notes(&notes, &in);
	assert((rc == 0) == (notes.errors == 0));
	if (rc == 0) {
		check_rules(&rs);
		check_again(&rs, path);
		rulefile_lint(&rs, &notes);
		fuzz_check_notes(&notes, &in);
		check_tests(&rs);
	}
	notes_fini(&notes);
	ruleset_fini(&rs);
	fuzz_file_end(&f);
	return 0;
}
